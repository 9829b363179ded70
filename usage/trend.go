package usage

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Trend holds an app's figures in consecutive periods, oldest first. The last period is the one that was asked for.
type Trend struct {
	Query  Query
	Points []Point
	NotOut *Period   // as in Report: the trend ends with an earlier period than was meant
	AsOf   time.Time // as in Report, for the points

	// Lacking are abilities that the app does not have, which All then leaves out.
	Lacking []Ability

	// days is what was known of the app's days for the report that the trend belongs to; nil if there is no report.
	days *availability
}

// Point is one period of a Trend.
type Point struct {
	Period   Period
	Through  Date // the last covered day: Period.End(), or earlier if the period is unfinished
	Complete bool // all days of the period are published
	// ZerosFrom is as in Report.
	ZerosFrom Date
	// Figures are the figures by ability. An ability is absent if the platform has none for it in this period, if they
	// could not be fetched, or while they are being fetched. That is a gap, not zero.
	Figures map[Ability]Figures
	// Pending: part of it is still being fetched, or has to be checked.
	Pending bool
	// Unchecked is set for an unfinished point if there was no time to check which days its figures cover: a day after
	// Through may have been published while they were fetched.
	Unchecked bool
	Failed    bool // part of it could not be fetched
	// Nothing lists the abilities that the platform has no figures for.
	Nothing []Ability
}

// Abilities returns the abilities that the trend is about.
func (t Trend) Abilities() []Ability {
	return slices.DeleteFunc(t.Query.Ability.Each(), func(a Ability) bool { return slices.Contains(t.Lacking, a) })
}

// Value returns one metric of one ability; nil for a gap.
func (p Point) Value(a Ability, m Metric) *int64 { return p.Figures[a].get(m) }

// Pending returns how many points are still being fetched.
func (t Trend) Pending() (n int) {
	for _, p := range t.Points {
		if p.Pending {
			n++
		}
	}
	return n
}

// Failed returns how many points could not be fetched.
func (t Trend) Failed() (n int) {
	for _, p := range t.Points {
		if p.Failed {
			n++
		}
	}
	return n
}

// MaxPoints returns the maximum number of periods of a Trend.
func MaxPoints(c Cycle) int {
	switch c {
	case Weekly:
		return 26
	case Monthly:
		return 24
	}
	return 31
}

// DefaultPoints returns the number of periods of a Trend if the query does not say.
func DefaultPoints(c Cycle) int {
	switch c {
	case Weekly:
		return 8
	case Monthly:
		return 12
	}
	return 14
}

// trends makes trends, and completes them in the background.
type trends struct {
	*fetcher
	calendar *calendar
}

// Trend returns the figures of n consecutive periods, clamped to 1 to MaxPoints. The last one is the period that the
// query means; for the newest week or month it is the current one as soon as one of its days is published.
//
// Trend returns when all points are there, or after within once the periods are known; 0 waits for all. Missing points
// are then Pending and are fetched in the background: Resume returns them. A point without figures is a gap, and one
// that could not be fetched is Failed. The errors are those of Report; a failure is returned only if there are no
// figures at all.
func (ts *trends) Trend(ctx context.Context, q Query, n int, share Share, within time.Duration) (Trend, error) {
	timely, cancel := withTimeout(ctx, within)
	defer cancel()
	v, err := ts.calendar.availability(ctx, q.App.ID, share, time.Time{})
	if err != nil {
		return Trend{}, err
	}
	var t Trend
	for range maxRestarts {
		began := ts.now()
		last, notOut, err := lastPoint(q.When, q.Cycle, ts.today(), v)
		if err != nil {
			return Trend{}, err
		}
		t = Trend{Query: q, Points: pointsUpTo(last, min(max(n, 1), MaxPoints(q.Cycle)), v), NotOut: notOut}
		t.setAsOf(v)
		var answered time.Time
		if t, answered, err = ts.collectWithin(ctx, timely, t, nil, share); err != nil {
			return Trend{}, t.noFigures(v, err)
		}
		if notOut != nil {
			answered = ts.calendar.waited(began, answered)
		}
		again, err := ts.calendar.recheck(timely, q.App.ID, share, v, answered)
		switch {
		case err != nil && ctx.Err() == nil && timely.Err() != nil:
			return t.withUnchecked(), nil
		case err != nil:
			return Trend{}, err
		case !t.changedBy(again) && sameEnd(q, ts.today(), last, notOut, again):
			t.setAsOf(again)
			return t, nil
		}
		v = again
	}
	return t.withUnchecked(), nil
}

// TrendTo returns the n periods up to a report's, using the same availability. It takes figures from the report instead
// of asking again, so that both show the same moment. Points that cannot be fetched are Failed; errors come only from
// an ended context.
func (ts *trends) TrendTo(ctx context.Context, r Report, n int, share Share, within time.Duration) (Trend, error) {
	timely, cancel := withTimeout(ctx, within)
	defer cancel()
	t := Trend{Query: r.Query, Points: pointsUpTo(r.Period, min(max(n, 1), MaxPoints(r.Query.Cycle)), r.days), days: &r.days}
	t.setAsOf(r.days)
	return ts.complete(ctx, timely, t, r.outcomes(), share)
}

// Resume completes a Trend that has Pending or Failed points, with the same periods and covered days. If figures of an
// unfinished period were still pending, it makes a new Trend instead, unless the Trend belongs to a report: then it
// stays with the report's moment. Its errors are those of TrendTo.
func (ts *trends) Resume(ctx context.Context, t Trend, share Share, within time.Duration) (Trend, error) {
	if t.days == nil && slices.ContainsFunc(t.Points, func(p Point) bool { return p.Pending && !p.Complete }) {
		q := t.Query
		q.When = When{Kind: OnDay, Date: t.Points[len(t.Points)-1].Period.Start}
		if now, err := ts.Trend(ctx, q, len(t.Points), share, within); err == nil {
			if now.NotOut == nil {
				now.NotOut = t.NotOut
			}
			return now, nil
		}
	}
	timely, cancel := withTimeout(ctx, within)
	defer cancel()
	return ts.complete(ctx, timely, t.withoutFigures(), t.outcomes(), share)
}

// complete fetches what is not known of a Trend.
func (ts *trends) complete(ctx, timely context.Context, t Trend, known map[question]outcome, share Share) (Trend, error) {
	t, answered, err := ts.collectWithin(ctx, timely, t, known, share)
	if err == nil && t.days != nil && answered.Sub(t.days.At) > zerosMaxAge {
		again, failure := ts.calendar.recheck(timely, t.Query.App.ID, share, *t.days, answered)
		if failure != nil || t.changedBy(again) {
			t.dropNew(known, failure != nil && ctx.Err() == nil && timely.Err() != nil)
		}
	}
	return t, ts.onlyContextError(ctx, err)
}

// dropNew removes the figures of unfinished points that were not known before, because they may be of a later moment than
// the report that the Trend belongs to. The points are Pending if there was no time to find that out, and else Failed: a
// refresh of the whole card shows all figures as of now.
func (t *Trend) dropNew(known map[question]outcome, pending bool) {
	for i := range t.Points {
		p := &t.Points[i]
		for _, q := range t.questions(*p) {
			if _, ok := known[q]; ok || p.Complete {
				continue
			}
			delete(p.Figures, q.Ability)
			p.Nothing = slices.DeleteFunc(p.Nothing, func(a Ability) bool { return a == q.Ability })
			p.Pending, p.Failed = p.Pending || pending, p.Failed || !pending
		}
	}
}

// onlyContextError returns err if the caller or the Client has ended, and nil otherwise: the points themselves tell what
// failed.
func (ts *trends) onlyContextError(ctx context.Context, err error) error {
	if ctx.Err() == nil && ts.lifecycle.ctx.Err() == nil {
		return nil
	}
	return err
}

// withTimeout returns a context with a timeout; none for 0.
func withTimeout(ctx context.Context, within time.Duration) (context.Context, context.CancelFunc) {
	if within <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, within)
}

// collectWithin fetches what is not known of a Trend and waits until timely ends. The time is when the platform
// answered the last figures of an unfinished point.
func (ts *trends) collectWithin(ctx, timely context.Context, t Trend, known map[question]outcome, share Share) (Trend, time.Time, error) {
	g, err := ts.collect(ctx, t, known, share)
	if err != nil {
		return t, time.Time{}, err
	}
	select {
	case <-timely.Done():
	case <-ts.lifecycle.ctx.Done():
		return t, time.Time{}, ts.lifecycle.ctx.Err()
	case <-g.done:
	}
	if ctx.Err() != nil {
		return t, time.Time{}, ctx.Err()
	}
	return g.fill(t)
}

// setAsOf sets AsOf if a point has days with zeros so far.
func (t *Trend) setAsOf(v availability) {
	if slices.ContainsFunc(t.Points, func(p Point) bool { return !p.ZerosFrom.IsZero() }) {
		t.AsOf = v.At
	}
}

// changedBy reports whether a point covers other days under the given availability.
func (t Trend) changedBy(v availability) bool {
	return slices.ContainsFunc(t.Points, func(p Point) bool {
		return v.coverage(p.Period) != coverage{p.Through, p.ZerosFrom, p.Complete}
	})
}

// sameEnd reports whether a trend would end in the same way under another availability.
func sameEnd(q Query, today Date, last Period, notOut *Period, v availability) bool {
	p, not, err := lastPoint(q.When, q.Cycle, today, v)
	return err == nil && p == last && (not == nil) == (notOut == nil)
}

// withUnchecked marks unfinished points as Pending and Unchecked.
func (t Trend) withUnchecked() Trend {
	for i, p := range t.Points {
		if !p.Complete {
			t.Points[i].Pending, t.Points[i].Unchecked, t.Points[i].Nothing = true, true, nil
		}
	}
	return t
}

// noFigures turns the platform's "data not found" for all points into a NoFigures that names the days of the points. It
// returns other errors unchanged.
func (t Trend) noFigures(v availability, err error) error {
	last := t.Points[len(t.Points)-1].Period
	c := v.coverage(last)
	if c.through.Before(last.Start) { // a day that is not published: no recent day has figures that could replace it
		c.through, c.zerosFrom = last.End(), last.Start
	}
	return c.noFigures(t.Query, t.Points[0].Period.Start, err)
}

// lastPoint returns the last period of a Trend, and the period that was meant if it is another.
func lastPoint(w When, c Cycle, today Date, v availability) (p Period, notOut *Period, err error) {
	current := PeriodOf(c, today)
	if w.Kind == Newest && !current.Start.After(v.through()) {
		return current, nil, nil // the current week or month is unfinished, because today is never published
	}
	return choosePeriod(w, c, today, v)
}

func pointsUpTo(last Period, n int, v availability) []Point {
	points := make([]Point, n)
	for i := range points {
		p := last.shift(i - n + 1)
		c := v.coverage(p)
		points[i] = Point{Period: p, Through: c.through, ZerosFrom: c.zerosFrom, Complete: c.complete, Figures: map[Ability]Figures{}}
	}
	return points
}

// questions returns the questions for a point's figures.
func (t Trend) questions(p Point) (list []question) {
	through := coverage{p.Through, p.ZerosFrom, p.Complete}.lastPublished(p.Period)
	for _, ability := range t.Query.Ability.Each() {
		list = append(list, t.Query.question(ability, p.Period, through))
	}
	return list
}

// withoutFigures returns the Trend without figures.
func (t Trend) withoutFigures() Trend {
	t.Points = slices.Clone(t.Points)
	for i := range t.Points {
		p := &t.Points[i]
		p.Figures, p.Pending, p.Failed, p.Nothing = map[Ability]Figures{}, false, false, nil
	}
	return t
}

// outcomes returns the Trend's figures as answers to its questions.
func (t Trend) outcomes() map[question]outcome {
	known := map[question]outcome{}
	for _, p := range t.Points {
		for _, q := range t.questions(p) {
			if figures, ok := p.Figures[q.Ability]; ok {
				known[q] = outcome{figures: figures}
			} else if slices.Contains(p.Nothing, q.Ability) || !p.Pending && !p.Failed {
				known[q] = outcome{err: &Failure{Reason: NoData, Err: errors.New("no data, as the platform said before")}}
			}
		}
	}
	return known
}

// outcomes returns all figures of the report as answers to questions.
func (r Report) outcomes() map[question]outcome {
	known := map[question]outcome{}
	for _, s := range r.Sections {
		q := r.Query.question(s.Ability, r.Period, r.lastPublished())
		now, before, workday := s.figures()
		switch {
		case s.Missing:
			known[q] = outcome{err: &Failure{Reason: NoData, Err: errors.New("no data, as the report says")}}
		case s.Failed:
			known[q] = outcome{err: &Failure{Reason: Unavailable, Err: errors.New("it could not be had, as the report says")}}
		default:
			known[q] = outcome{figures: now}
		}
		if len(before) > 0 {
			known[r.Query.question(s.Ability, r.Before, r.Before.End())] = outcome{figures: before}
		}
		if len(workday) > 0 {
			known[r.Query.question(s.Ability, r.PreviousWorkday, r.PreviousWorkday.End())] = outcome{figures: workday}
		}
	}
	return known
}

// figures returns a section's figures in all of the report's periods, except counts up to a day.
func (s Section) figures() (now, before, workday Figures) {
	now, before, workday = Figures{}, Figures{}, Figures{}
	for _, row := range s.Rows {
		if row.Value != nil && row.AsOf.IsZero() {
			now[row.Metric] = *row.Value
		}
		if row.Before != nil {
			before[row.Metric] = *row.Before
		}
		if row.PreviousWorkday != nil {
			workday[row.Metric] = *row.PreviousWorkday
		}
	}
	return now, before, workday
}
