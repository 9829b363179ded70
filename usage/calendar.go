package usage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// DayState is what is known of a day of an app.
type DayState int

// The states of a day. For a day without use the platform may answer the same as for a day that it still counts: zeros
// or "data not found". So only use proves that a day is published: use on the day itself or on a later one, because the
// platform publishes days in order. Neither the time of day nor a day's age proves it, up to giveUpDays.
const (
	NotPublished DayState = iota // nothing but "data not found"
	ZerosOnly                    // zeros, and no later day has use: nobody used the app, or the platform still counts
	Published                    // the day or a later one has use, or it is older than giveUpDays
)

// verdict is what the platform's answer says of a day of the whole app.
type verdict int

const (
	noData verdict = iota
	zeros
	inUse
)

func (a answer) verdict() verdict {
	switch {
	case a.NoData:
		return noData
	case a.Figures.idle():
		return zeros
	}
	return inUse
}

// calendar knows which days of an app the platform has published.
type calendar struct{ *fetcher }

// probe asks about a day or a week of the whole app, and returns when the platform was asked. A stored answer that shows
// use is final; other stored answers count only if they are not older than since.
func (c *calendar) probe(ctx context.Context, appID string, p Period, share Share, since time.Time) (verdict, time.Time, error) {
	q := question{Request{AppID: appID, Ability: AppAbility, Cycle: p.Cycle, Date: p.Start}, p.End()}
	if known, ok := c.lookup(ctx, q); ok && known.verdict() == inUse {
		c.observe(true)
		return inUse, known.Asked, nil
	}
	q.through = Date{}
	known, err := c.answerSince(ctx, q, share, since)
	return known.verdict(), known.Asked, err
}

// notOut reports whether the platform has no figures for the day. Its page leaves open whether it answers an
// unpublished day with "data not found" or "invalid date range".
func notOut(err error) bool {
	failure := new(Failure)
	return errors.As(err, &failure) && (failure.Reason == NoData || failure.Reason == BadRange)
}

// idle reports whether the figures show no use. The all-time total does not count as use.
func (f Figures) idle() bool {
	for metric, value := range f {
		if metric != TotalUsers && value > 0 {
			return false
		}
	}
	return true
}

// availability is what is known of an app's recent days.
type availability struct {
	// Published is the newest published day. Which periods are complete follows from it.
	Published Date `json:"published"`
	// Unseen says that no day of the last giveUpDays had use. Published is then the day before them.
	Unseen bool `json:"unseen,omitempty"`
	// Zeros are the days after Published that the platform answers with zeros, oldest first. It has no data for the
	// others.
	Zeros []Date `json:"zeros,omitempty"`
	// At is when the platform was asked.
	At time.Time `json:"at"`

	// due is the newest day that should be published by this time of day. It only decides which period a query for the
	// latest one means.
	due Date
}

// Newest returns the app's newest published day. The platform publishes an app's day as a whole, so the answer for the
// whole app holds for every ability, department and cycle. The time of day never replaces figures as evidence.
func (c *calendar) Newest(ctx context.Context, appID string, share Share) (Date, error) {
	v, err := c.availability(ctx, appID, share, time.Time{})
	return v.Published, err
}

// DayState returns the state of an app's day. It uses the same answers as Report, so that a digest and a card never
// disagree.
func (c *calendar) DayState(ctx context.Context, appID string, day Date, share Share) (DayState, error) {
	if !day.Before(c.today()) {
		return NotPublished, nil
	}
	v, err := c.availability(ctx, appID, share, time.Time{})
	return v.state(day), err
}

// Used reports whether the app was used on any of the days, according to the platform's current answers.
func (c *calendar) Used(ctx context.Context, appID string, first, last Date, share Share) (bool, error) {
	for d := first; !d.After(last); d = d.AddDays(1) {
		said, _, err := c.probe(ctx, appID, Period{Daily, d}, share, time.Time{})
		if err != nil || said == inUse {
			return err == nil, err
		}
	}
	return false, nil
}

// availability finds out what is known of the app's recent days. A stored result counts only if it is not older than
// since, unless it is final for today.
func (c *calendar) availability(ctx context.Context, appID string, share Share, since time.Time) (v availability, err error) {
	now := c.now().In(c.zone)
	today := DateOf(now)
	key := fmt.Sprintf("published:%s:%s", appID, today)
	if !c.cacheGet(ctx, key, &v) || !v.final(today) && v.At.Before(since) {
		if v, err = c.findNewest(ctx, appID, share, since, now); err != nil {
			return availability{}, err
		}
		if !v.Unseen {
			c.prove(ctx, appID, v.Published)
		}
		c.cachePut(ctx, key, v, c.availabilityTTL(v, today))
	}
	v.At = v.At.In(c.zone)
	v.due = v.Published
	if sinceMidnight(now) >= lateTime {
		v.due = today.AddDays(-1)
	}
	return v, nil
}

// findNewest goes back from yesterday to the newest published day.
func (c *calendar) findNewest(ctx context.Context, appID string, share Share, since, now time.Time) (availability, error) {
	today := DateOf(now)
	v := availability{Published: oldestOpenDay(today).AddDays(-1), Unseen: true, At: now}
	var used Period // the week with use whose days are asked for one by one
	for d := today.AddDays(-1); d.After(v.Published); {
		p := Period{Daily, d}
		if week := PeriodOf(Weekly, d); d.Before(today.AddDays(-recentDays)) && week != used {
			p = week
		}
		said, asked, err := c.probe(ctx, appID, p, share, since)
		switch {
		case err != nil:
			return availability{}, err
		case said == inUse && p.Cycle == Daily:
			v.Published, v.Unseen = d, false
			return v, nil
		case said == inUse:
			used = p
			continue
		case asked.Before(v.At):
			v.At = asked
		}
		for ; !d.Before(p.Start) && d.After(v.Published); d = d.AddDays(-1) {
			if said == zeros {
				v.Zeros = slices.Insert(v.Zeros, 0, d)
			}
		}
	}
	return v, nil
}

// availabilityTTL caches a result that may change at any minute only briefly.
func (c *calendar) availabilityTTL(v availability, today Date) time.Duration {
	if v.final(today) {
		return 24 * time.Hour
	}
	return c.notOutTTL
}

// zerosMaxAge is the longest that a report may repeat that recent days have zeros so far: the card shows the time.
const zerosMaxAge = 10 * time.Second

// waited returns the time up to which the newest day has to be known for an answer that shows an earlier period than was
// meant. If the answer took long, as when it waited for the quota, that is now; otherwise it is answered.
func (c *calendar) waited(began, answered time.Time) time.Time {
	if now := c.now(); now.Sub(began) > zerosMaxAge {
		return now
	}
	return answered
}

// recheck determines the availability again if figures of an unfinished period were answered after v: a day may have
// been published in between and be part of them. Otherwise it returns v.
func (c *calendar) recheck(ctx context.Context, appID string, share Share, v availability, answered time.Time) (availability, error) {
	if recent := c.now().Add(-zerosMaxAge); len(v.Zeros) > 0 && v.At.Before(recent) && answered.Before(recent) {
		answered = recent
	}
	if v.final(c.today()) || !answered.After(v.At) {
		return v, nil
	}
	return c.availability(ctx, appID, share, answered)
}

// lastUse returns the newest published day, or zero if no recent day had use.
func (v availability) lastUse() Date {
	if v.Unseen {
		return Date{}
	}
	return v.Published
}

// final reports whether yesterday is published, so that nothing changes before tomorrow.
func (v availability) final(today Date) bool { return v.Published == today.AddDays(-1) }

func (v availability) state(d Date) DayState {
	switch {
	case !d.After(v.Published):
		return Published
	case slices.Contains(v.Zeros, d):
		return ZerosOnly
	}
	return NotPublished
}

// lastAnswered returns the newest day that the platform gives figures for, including zeros.
func (v availability) lastAnswered() Date {
	if n := len(v.Zeros); n > 0 {
		return v.Zeros[n-1]
	}
	return v.Published
}

// through returns the last day up to which the platform gives figures for every day.
func (v availability) through() Date {
	d := v.Published
	for v.state(d.AddDays(1)) == ZerosOnly {
		d = d.AddDays(1)
	}
	return d
}

// coverage says which days of a period the figures cover.
type coverage struct {
	through   Date // the last covered day
	zerosFrom Date // the first covered day that has only zeros so far; zero if there is none
	complete  bool // all days of the period are published
}

func (v availability) coverage(p Period) coverage {
	switch {
	case p.CompleteOn(v.Published):
		return coverage{through: p.End(), complete: true}
	case p.Cycle == Daily && v.state(p.Start) == ZerosOnly:
		return coverage{through: p.Start, zerosFrom: p.Start}
	}
	c := coverage{through: v.through()}
	if c.through.After(p.End()) {
		c.through = p.End()
	}
	if c.through.After(v.Published) && !c.through.Before(p.Start) {
		c.zerosFrom = v.Published.AddDays(1)
		if c.zerosFrom.Before(p.Start) {
			c.zerosFrom = p.Start
		}
	}
	return c
}

// lastPublished returns the last day of the period that is published. It is part of the question, so that an answer
// from before a day was published is not reused after. It is zero for a day that is not published itself.
func (c coverage) lastPublished(p Period) Date {
	switch {
	case c.complete:
		return p.End()
	case p.Cycle == Daily:
		return Date{}
	case c.zerosFrom.IsZero():
		return c.through
	}
	return c.zerosFrom.AddDays(-1)
}

// lastPublished returns the last published day of the report's period.
func (r Report) lastPublished() Date {
	return coverage{r.Through, r.ZerosFrom, r.Complete}.lastPublished(r.Period)
}
