package usage

import (
	"context"
	"errors"
	"slices"
	"time"
)

// MaxPoints is how many periods a Trend may have.
func MaxPoints(c Cycle) int {
	switch c {
	case Weekly:
		return 26
	case Monthly:
		return 24
	}
	return 31
}

// DefaultPoints is how many periods a Trend has when nothing else is asked for.
func DefaultPoints(c Cycle) int {
	switch c {
	case Weekly:
		return 8
	case Monthly:
		return 12
	}
	return 14
}

// Trend finds the figures of n consecutive periods, at least 1 and at most MaxPoints, the last of which is the one that
// the query means. The newest week or month is the current one as soon as one of its days is out.
//
// It returns when all points are there, or when within has passed since it was called and it is known which periods they
// are; 0 waits for all. What is missing then is Pending and goes on being asked for: Resume finds it. A point that the
// platform has nothing for is a gap, and one that could not be had is Failed; only when there are no figures at all is the
// failure returned. Its errors are those of Report.
func (a *Asker) Trend(ctx context.Context, q Query, n int, share Share, within time.Duration) (Trend, error) {
	late, stop := after(within)
	defer stop()
	now := a.now().In(a.zone)
	reach, err := a.reach(ctx, q.App.ID, share, now)
	if err != nil {
		return Trend{}, err
	}
	last, err := lastPoint(q.When, q.Cycle, DateOf(now), reach)
	if err != nil {
		return Trend{}, err
	}
	t := Trend{Query: q, Points: pointsUpTo(last, min(max(n, 1), MaxPoints(q.Cycle)), reach.out)}
	if t, err = a.follow(ctx, t, nil, share, late); err != nil {
		return Trend{}, err
	}
	return t, nil
}

// TrendTo finds the n periods up to that of a report, as of the report's days. What the report has is taken from it and
// not asked for again: the two show one moment. What cannot be had is a gap, and said to be Failed; the only errors are
// those of a context that has ended.
func (a *Asker) TrendTo(ctx context.Context, r Report, n int, share Share, within time.Duration) (Trend, error) {
	late, stop := after(within)
	defer stop()
	t := Trend{Query: r.Query, Points: pointsUpTo(r.Period, min(max(n, 1), MaxPoints(r.Query.Cycle)), r.Through)}
	t, err := a.follow(ctx, t, r.outcomes(), share, late)
	return t, a.ended(ctx, err)
}

// Resume goes on with a Trend of which points are Pending or Failed: its periods, the days that they cover and what has
// come of them stay. Only where the newest figures themselves were still to come, all are those of now. Its errors are
// those of TrendTo.
func (a *Asker) Resume(ctx context.Context, t Trend, share Share, within time.Duration) (Trend, error) {
	last := t.Points[len(t.Points)-1]
	if last.Pending && !last.Complete {
		q := t.Query
		q.When = When{OnDay, last.Period.Start}
		if now, err := a.Trend(ctx, q, len(t.Points), share, within); err == nil {
			return now, nil
		}
	}
	late, stop := after(within)
	defer stop()
	t, err := a.follow(ctx, t.blank(), t.outcomes(), share, late)
	return t, a.ended(ctx, err)
}

// ended keeps of an error only that nobody waits any more: what else a Trend lacks its points tell.
func (a *Asker) ended(ctx context.Context, err error) error {
	if ctx.Err() == nil && a.ctx.Err() == nil {
		return nil
	}
	return err
}

// after gives a channel that tells when a time has passed; never for 0.
func after(within time.Duration) (late <-chan time.Time, stop func()) {
	if within <= 0 {
		return nil, func() {}
	}
	timer := time.NewTimer(within)
	return timer.C, func() { timer.Stop() }
}

// follow asks for what is not known of a Trend and waits for it until it is late.
func (a *Asker) follow(ctx context.Context, t Trend, known map[question]outcome, share Share, late <-chan time.Time) (Trend, error) {
	g, err := a.gather(ctx, t, known, share)
	if err != nil {
		return t, err
	}
	select {
	case <-ctx.Done():
		return t, ctx.Err()
	case <-a.ctx.Done():
		return t, a.ctx.Err()
	case <-late:
	case <-g.done:
	}
	return g.fill(t)
}

// lastPoint is the period in which a Trend ends.
func lastPoint(w When, c Cycle, today Date, r reach) (Period, error) {
	current := PeriodOf(c, today)
	if w.Kind == Newest && !current.Start.After(r.out) {
		return current, nil // today is never out: it is an unfinished week or month
	}
	p, _, err := choose(w, c, today, r)
	return p, err
}

func pointsUpTo(last Period, n int, newest Date) []Point {
	points := make([]Point, n)
	for i := range points {
		p := last.shift(i - n + 1)
		points[i] = Point{Period: p, Through: p.through(newest), Complete: p.CompleteOn(newest), Figures: map[Ability]Figures{}}
	}
	return points
}

// questions are those of a point.
func (t Trend) questions(p Point) (list []question) {
	for _, ability := range t.Query.Ability.Each() {
		list = append(list, t.Query.question(ability, p.Period, p.Through))
	}
	return list
}

// blank is the Trend without figures.
func (t Trend) blank() Trend {
	t.Points = slices.Clone(t.Points)
	for i := range t.Points {
		p := &t.Points[i]
		p.Figures, p.Pending, p.Failed = map[Ability]Figures{}, false, false
	}
	return t
}

// outcomes are what is known of a Trend's questions.
func (t Trend) outcomes() map[question]outcome {
	known := map[question]outcome{}
	for _, p := range t.Points {
		for _, q := range t.questions(p) {
			if figures, ok := p.Figures[q.Ability]; ok {
				known[q] = outcome{figures: figures}
			} else if !p.Pending && !p.Failed {
				known[q] = outcome{err: &Failure{Reason: NoData, Err: errors.New("no data, as the platform said before")}}
			}
		}
	}
	return known
}

// outcomes are what a report says of its period and the one before, as answers to questions.
func (r Report) outcomes() map[question]outcome {
	known := map[question]outcome{}
	for _, s := range r.Sections {
		q := r.Query.question(s.Ability, r.Period, r.Through)
		now, before := s.figures()
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
	}
	return known
}

// figures are those of a section's period and of the one before, without what is counted up to a day.
func (s Section) figures() (now, before Figures) {
	now, before = Figures{}, Figures{}
	for _, row := range s.Rows {
		if row.Value != nil && row.AsOf.IsZero() {
			now[row.Metric] = *row.Value
		}
		if row.Before != nil {
			before[row.Metric] = *row.Before
		}
	}
	return now, before
}
