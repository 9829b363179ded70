package usage

import (
	"context"
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
	var late <-chan time.Time
	if within > 0 {
		timer := time.NewTimer(within)
		defer timer.Stop()
		late = timer.C
	}
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
	g, err := a.gather(ctx, t, share)
	if err != nil {
		return Trend{}, err
	}
	select {
	case <-ctx.Done():
		return Trend{}, ctx.Err()
	case <-a.ctx.Done():
		return Trend{}, a.ctx.Err()
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
