package usage

import (
	"context"
	"time"
)

// storyPatience is how long a Story waits for what it can do without.
const storyPatience = time.Minute

// Story answers a query for a digest: the report, how its figures came about, and what changed. Its errors are those of
// Report; whatever else cannot be had in time is left out. Since a digest is not filled up later, none of its points is
// Pending.
func (a *Asker) Story(ctx context.Context, q Query, share Share) (Story, error) {
	report, err := a.Report(ctx, q, share)
	if err != nil {
		return Story{}, err
	}
	s := Story{Report: report, Trend: a.trendTo(ctx, report, share)}
	within, cancel := context.WithTimeout(ctx, storyPatience)
	defer cancel()
	s.Remark = a.remark(within, report, share)
	return s, ctx.Err()
}

// trendTo finds the periods up to that of a report. Without any it has no points.
func (a *Asker) trendTo(ctx context.Context, r Report, share Share) Trend {
	q := r.Query
	q.When = When{OnDay, r.Period.Start}
	t, err := a.Trend(ctx, q, DefaultPoints(q.Cycle), share, storyPatience)
	if err != nil {
		return Trend{Query: r.Query}
	}
	t.Query = r.Query
	for i := range t.Points {
		t.Points[i].Pending = false
	}
	return t
}
