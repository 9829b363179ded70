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

// The states of a day. The platform answers a day that nobody used as it may answer one that it still counts, with zeros
// or with "data not found". So only use tells that a day is published: its own, or that of a later day, since the
// platform publishes one day after the other. Without use a day is taken as it is once it is goneDays old.
const (
	NotPublished DayState = iota // nothing but "data not found"
	ZerosOnly                    // zeros, and no later day has use: nobody used the app, or the platform still counts
	Published                    // the day or a later one has use, or its figures would have come long ago
)

// verdict is what the platform says of a day of the whole app.
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

// probe asks what the platform says of a day of the whole app, and tells when it said so. Use is final; what else is
// remembered counts only if it was said at since or later.
func (a *Asker) probe(ctx context.Context, appID string, d Date, share Share, since time.Time) (verdict, time.Time, error) {
	q := question{Ask{AppID: appID, Ability: AppAbility, Cycle: Daily, Date: d}, d}
	if known, ok := a.lookup(ctx, q); ok && known.verdict() == inUse {
		a.observe(true)
		return inUse, known.Asked, nil
	}
	q.through = Date{}
	known, err := a.answerSince(ctx, q, share, since)
	return known.verdict(), known.Asked, err
}

// notOut reports whether the platform has nothing to say of the day. Its page leaves open whether a day that is not out
// yet is "data not found" or an "invalid date range".
func notOut(err error) bool {
	failure := new(Failure)
	return errors.As(err, &failure) && (failure.Reason == NoData || failure.Reason == BadRange)
}

// idle reports whether the figures show no use: the total of all times says nothing of that.
func (f Figures) idle() bool {
	for metric, value := range f {
		if metric != TotalUsers && value > 0 {
			return false
		}
	}
	return true
}

// availability is how far an app's figures go.
type availability struct {
	// Published is the newest day that is published. All that is said to be whole is whole by it.
	Published Date `json:"published"`
	// Unseen: no use was seen. Published is then only the last day of which nothing is expected any more.
	Unseen bool `json:"unseen,omitempty"`
	// Zeros are the later days of which the platform says zeros, oldest first. Of the others it says nothing.
	Zeros []Date `json:"zeros,omitempty"`
	// At is when the platform was asked.
	At time.Time `json:"at"`

	// due is the newest day that ought to be published by the hour. It only says which period is meant.
	due Date
}

// Newest finds the newest day that is published for an app. The platform publishes an app's day as a whole, so one day's
// question about the whole app answers for every ability, department and cycle. No hour of the day stands in for figures.
func (a *Asker) Newest(ctx context.Context, appID string, share Share) (Date, error) {
	v, err := a.availability(ctx, appID, share, time.Time{})
	return v.Published, err
}

// DayState tells what is known of an app's day: it goes by the same answers as a Report, so that a digest and a card never
// disagree.
func (a *Asker) DayState(ctx context.Context, appID string, day Date, share Share) (DayState, error) {
	if !day.Before(a.today()) {
		return NotPublished, nil
	}
	v, err := a.availability(ctx, appID, share, time.Time{})
	return v.state(day), err
}

// Used reports whether the app was used, by what the platform says now, on one of several days.
func (a *Asker) Used(ctx context.Context, appID string, first, last Date, share Share) (bool, error) {
	for d := first; !d.After(last); d = d.AddDays(1) {
		said, _, err := a.probe(ctx, appID, d, share, time.Time{})
		if err != nil || said == inUse {
			return err == nil, err
		}
	}
	return false, nil
}

// availability finds how far an app's figures go, once for all who ask. What is remembered of it counts only if it was
// found at since or later.
func (a *Asker) availability(ctx context.Context, appID string, share Share, since time.Time) (v availability, err error) {
	now := a.now().In(a.zone)
	today := DateOf(now)
	key := fmt.Sprintf("published:%s:%s", appID, today)
	if !a.cacheGet(ctx, key, &v) || !v.final(today) && v.At.Before(since) {
		if v, err = a.findNewest(ctx, appID, share, since, now); err != nil {
			return availability{}, err
		}
		a.cachePut(ctx, key, v, a.availabilityTTL(v, today))
	}
	v.At = v.At.In(a.zone)
	v.due = v.Published
	if sinceMidnight(now) >= lateTime {
		v.due = today.AddDays(-1)
	}
	return v, nil
}

// findNewest goes back from yesterday to the first day that is published.
func (a *Asker) findNewest(ctx context.Context, appID string, share Share, since, now time.Time) (availability, error) {
	today := DateOf(now)
	v := availability{Published: oldestOpenDay(today).AddDays(-1), Unseen: true, At: now}
	for d := today.AddDays(-1); d.After(v.Published); d = d.AddDays(-1) {
		said, asked, err := a.probe(ctx, appID, d, share, since)
		if err != nil {
			return availability{}, err
		}
		if said == inUse {
			v.Published, v.Unseen = d, false
			break
		}
		if asked.Before(v.At) {
			v.At = asked
		}
		if said == zeros {
			v.Zeros = slices.Insert(v.Zeros, 0, d)
		}
	}
	return v, nil
}

// availabilityTTL keeps what may change at any minute only for as long as a person may be told so in vain.
func (a *Asker) availabilityTTL(v availability, today Date) time.Duration {
	if v.final(today) {
		return 24 * time.Hour
	}
	return a.notOutTTL
}

// lastUse is the newest day that is published, as far as use shows it; zero where none does.
func (v availability) lastUse() Date {
	if v.Unseen {
		return Date{}
	}
	return v.Published
}

// final reports whether yesterday is published, so that nothing more can be before tomorrow.
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

// lastAnswered is the newest day of which the platform gives figures, if only zeros.
func (v availability) lastAnswered() Date {
	if n := len(v.Zeros); n > 0 {
		return v.Zeros[n-1]
	}
	return v.Published
}

// through is the last day up to which the platform gives figures of every day.
func (v availability) through() Date {
	d := v.Published
	for v.state(d.AddDays(1)) == ZerosOnly {
		d = d.AddDays(1)
	}
	return d
}

// coverage is how far a period's figures go.
type coverage struct {
	through   Date // the last day that they cover
	zerosFrom Date // the first of the days up to it of which there are zeros only; none when it is zero
	complete  bool // all of the period's days are published
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

// lastPublished is the last day of a period that its figures surely hold: a question goes by it, so that an answer from before
// a day was published is not taken for one from after. There is none of a day that is not published itself.
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

// lastPublished is that of the report's period.
func (r Report) lastPublished() Date {
	return coverage{r.Through, r.ZerosFrom, r.Complete}.lastPublished(r.Period)
}
