package usage

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"
)

// storyPatience is how long a Story waits for what it can do without.
const storyPatience = 20 * time.Second

// Story answers a query for a digest: the report, how its figures came about, and what changed. Its errors are those of
// Report, but that there are no figures is told by the report; whatever else cannot be had in time is left out.
func (a *Asker) Story(ctx context.Context, q Query, share Share) (s Story, err error) {
	if s.Report, err = a.Report(ctx, q, share); errors.As(err, new(*NoFigures)) {
		return s, nil
	}
	if err != nil {
		return Story{}, err
	}
	within, cancel := context.WithTimeout(ctx, storyPatience)
	defer cancel()
	var group errgroup.Group
	group.Go(func() error { s.Trend = a.trendTo(ctx, s.Report, share); return nil })
	group.Go(func() error { s.Remark = a.remark(within, s.Report, share); return nil })
	_ = group.Wait() // neither of the two fails
	return s, ctx.Err()
}

// trendTo finds the periods up to that of a report. When the story ends before it has any, it has no points.
func (a *Asker) trendTo(ctx context.Context, r Report, share Share) Trend {
	t, err := a.TrendTo(ctx, r, DefaultPoints(r.Query.Cycle), share, storyPatience)
	if err != nil {
		return Trend{Query: r.Query}
	}
	return t
}
