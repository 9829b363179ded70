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
	timely, cancel := limited(ctx, within)
	defer cancel()
	v, err := a.availability(ctx, q.App.ID, share, time.Time{})
	if err != nil {
		return Trend{}, err
	}
	var t Trend
	for range maxLooks {
		last, notOut, err := lastPoint(q.When, q.Cycle, a.today(), v)
		if err != nil {
			return Trend{}, err
		}
		t = Trend{Query: q, Points: pointsUpTo(last, min(max(n, 1), MaxPoints(q.Cycle)), v), NotOut: notOut}
		t.asOf(v)
		var answered time.Time
		if t, answered, err = a.follow(ctx, timely, t, nil, share); err != nil {
			return Trend{}, v.coverage(last).noFigures(q, t.Points[0].Period.Start, err)
		}
		again, err := a.lookAgain(timely, q.App.ID, share, v, answered)
		switch {
		case err != nil && ctx.Err() == nil && timely.Err() != nil:
			return t.withoutUnfinished(), nil
		case err != nil:
			return Trend{}, err
		case !t.changedBy(again):
			t.asOf(again)
			return t, nil
		}
		v = again
	}
	return t.withoutUnfinished(), nil
}

// TrendTo finds the n periods up to that of a report, as of the report's days. What the report has is taken from it and
// not asked for again: the two show one moment. What cannot be had is a gap, and said to be Failed; the only errors are
// those of a context that has ended.
func (a *Asker) TrendTo(ctx context.Context, r Report, n int, share Share, within time.Duration) (Trend, error) {
	timely, cancel := limited(ctx, within)
	defer cancel()
	t := Trend{Query: r.Query, Points: pointsUpTo(r.Period, min(max(n, 1), MaxPoints(r.Query.Cycle)), r.days)}
	t.asOf(r.days)
	t, _, err := a.follow(ctx, timely, t, r.outcomes(), share)
	return t, a.ended(ctx, err)
}

// Resume goes on with a Trend of which points are Pending or Failed: its periods, the days that they cover and what has
// come of them stay. Only where figures of an unfinished period were still to come, all are those of now. Its errors are
// those of TrendTo.
func (a *Asker) Resume(ctx context.Context, t Trend, share Share, within time.Duration) (Trend, error) {
	if slices.ContainsFunc(t.Points, func(p Point) bool { return p.Pending && !p.Complete }) {
		q := t.Query
		q.When = When{OnDay, t.Points[len(t.Points)-1].Period.Start}
		if now, err := a.Trend(ctx, q, len(t.Points), share, within); err == nil {
			if now.NotOut == nil {
				now.NotOut = t.NotOut
			}
			return now, nil
		}
	}
	timely, cancel := limited(ctx, within)
	defer cancel()
	t, _, err := a.follow(ctx, timely, t.blank(), t.outcomes(), share)
	return t, a.ended(ctx, err)
}

// ended keeps of an error only that nobody waits any more: what else a Trend lacks its points tell.
func (a *Asker) ended(ctx context.Context, err error) error {
	if ctx.Err() == nil && a.ctx.Err() == nil {
		return nil
	}
	return err
}

// limited returns a context that ends after a time; never for 0.
func limited(ctx context.Context, within time.Duration) (context.Context, context.CancelFunc) {
	if within <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, within)
}

// follow asks for what is not known of a Trend and waits for it as long as it is timely. It tells when the last figures of
// an unfinished point were answered.
func (a *Asker) follow(ctx, timely context.Context, t Trend, known map[question]outcome, share Share) (Trend, time.Time, error) {
	g, err := a.gather(ctx, t, known, share)
	if err != nil {
		return t, time.Time{}, err
	}
	select {
	case <-timely.Done():
	case <-a.ctx.Done():
		return t, time.Time{}, a.ctx.Err()
	case <-g.done:
	}
	if ctx.Err() != nil {
		return t, time.Time{}, ctx.Err()
	}
	return g.fill(t)
}

// asOf notes when it was that some days had zeros.
func (t *Trend) asOf(v availability) {
	if slices.ContainsFunc(t.Points, func(p Point) bool { return !p.ZerosFrom.IsZero() }) {
		t.AsOf = v.At
	}
}

// changedBy reports whether a point of the trend covers other days by what is known of the app's days now.
func (t Trend) changedBy(v availability) bool {
	return slices.ContainsFunc(t.Points, func(p Point) bool {
		return v.coverage(p.Period) != coverage{p.Through, p.ZerosFrom, p.Complete}
	})
}

// withoutUnfinished takes the figures out of points of which it could not be told in time which days they cover.
func (t Trend) withoutUnfinished() Trend {
	for i, p := range t.Points {
		if !p.Complete {
			t.Points[i].Figures, t.Points[i].Pending, t.Points[i].Nothing = map[Ability]Figures{}, true, nil
		}
	}
	return t
}

// lastPoint is the period in which a Trend ends, and the one that was meant if that is another.
func lastPoint(w When, c Cycle, today Date, v availability) (p Period, notOut *Period, err error) {
	current := PeriodOf(c, today)
	if w.Kind == Newest && !current.Start.After(v.through()) {
		return current, nil, nil // today is never published: it is an unfinished week or month
	}
	return choose(w, c, today, v)
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

// questions are those of a point.
func (t Trend) questions(p Point) (list []question) {
	through := coverage{p.Through, p.ZerosFrom, p.Complete}.published(p.Period)
	for _, ability := range t.Query.Ability.Each() {
		list = append(list, t.Query.question(ability, p.Period, through))
	}
	return list
}

// blank is the Trend without figures.
func (t Trend) blank() Trend {
	t.Points = slices.Clone(t.Points)
	for i := range t.Points {
		p := &t.Points[i]
		p.Figures, p.Pending, p.Failed, p.Nothing = map[Ability]Figures{}, false, false, nil
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
			} else if slices.Contains(p.Nothing, q.Ability) || !p.Pending && !p.Failed {
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
		q := r.Query.question(s.Ability, r.Period, r.published())
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
