package usage

import (
	"context"
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
// are; 0 waits for all. What is missing then is Pending and goes on being asked for: a later Trend finds it. A point that
// the platform has nothing for, or that it refuses, is a gap; only when there are nothing but gaps is the failure
// returned. Its errors are those of Report.
func (a *Asker) Trend(ctx context.Context, q Query, n int, share Share, within time.Duration) (Trend, error) {
	timely := ctx
	if within > 0 {
		var cancel context.CancelFunc
		timely, cancel = context.WithTimeout(ctx, within)
		defer cancel()
	}
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
		g, err := a.gather(ctx, t)
		if err != nil {
			return Trend{}, err
		}
		select {
		case <-timely.Done():
		case <-a.ctx.Done():
			return Trend{}, a.ctx.Err()
		case <-g.done:
		}
		if ctx.Err() != nil {
			return Trend{}, ctx.Err()
		}
		var answered time.Time
		if t, answered, err = g.fill(t); err != nil {
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
			t.Points[i].Figures, t.Points[i].Pending = map[Ability]Figures{}, true
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
