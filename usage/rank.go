package usage

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Ranking compares the departments right below the query's by their active users: those of the whole app for All. Its
// errors are those of Report. It is empty where no department is below.
func (a *Asker) Ranking(ctx context.Context, q Query, share Share) (Ranking, error) {
	v, err := a.availability(ctx, q.App.ID, share, time.Time{})
	if err != nil {
		return Ranking{}, err
	}
	var ranking Ranking
	for range maxLooks {
		r, err := a.frame(q, v)
		if err != nil {
			return Ranking{}, err
		}
		if ranking, err = a.rank(ctx, r, r.Before, share); err != nil {
			return Ranking{}, v.coverage(r.Period).noFigures(ranking.Query, r.Period.Start, err)
		}
		if r.Complete {
			return ranking, nil
		}
		again, err := a.lookAgain(ctx, q.App.ID, share, v, a.now())
		if err != nil {
			return Ranking{}, err
		}
		if again.coverage(r.Period) == v.coverage(r.Period) {
			break
		}
		v = again
	}
	return ranking, nil
}

// rank makes the ranking of a report's period, beside another one. Where the platform has no figures at all, its rows say
// so beside the error.
func (a *Asker) rank(ctx context.Context, r Report, before Period, share Share) (Ranking, error) {
	q := r.Query
	if q.Ability == All {
		q.Ability = AppAbility
	}
	ranking := Ranking{
		Query: q, Period: r.Period, Through: r.Through, Complete: r.Complete, Over: r.Over, NotOut: r.NotOut, Before: before,
		ZerosFrom: r.ZerosFrom, AsOf: r.AsOf,
	}
	below, err := a.below(ctx, q.Department.ID)
	if err != nil || len(below) == 0 {
		return ranking, err
	}
	var now, then headcount
	var nothing error // the platform has no figures of any
	group, within := errgroup.WithContext(ctx)
	if q.top() {
		group.SetLimit(1) // what the platform refuses for the first period need not be tried for the second
	}
	group.Go(func() (err error) {
		if now, err = a.countByDepartment(within, q, span{r.Period, r.published()}, below, share); hasNone(err) {
			nothing, err = err, nil
		}
		return err
	})
	if r.Complete { // what three days of a week have is not compared with the whole week before
		group.Go(func() error {
			then, _ = a.countByDepartment(within, q, span{before, before.End()}, below, share) // it costs the comparison alone
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return Ranking{}, err
	}
	ranking.Rows = a.ranks(ctx, below, now, then)
	return ranking, nothing
}

// below asks which departments are right below one.
func (a *Asker) below(ctx context.Context, id string) ([]Department, error) {
	if a.children == nil {
		return nil, errors.New("nobody knows which departments are below another")
	}
	return a.children(ctx, id)
}

func (a *Asker) ranks(ctx context.Context, below []Department, now, then headcount) []Rank {
	rows := make([]Rank, len(below))
	for i, d := range below {
		value, counted := now[d.ID]
		before, countedBefore := then[d.ID]
		rows[i] = Rank{
			Department: d, Value: value, Before: before, Change: compare(value, before),
			Uncounted: !counted, BeforeUncounted: !countedBefore,
		}
		if further, err := a.below(ctx, d.ID); err == nil {
			rows[i].Below = len(further)
		}
	}
	slices.SortStableFunc(rows, func(a, b Rank) int { return cmp.Compare(b.key(), a.key()) })
	return rows
}

// key puts those without a figure after those with one, and those that could not be counted last.
func (r Rank) key() int64 {
	switch {
	case r.Value != nil:
		return *r.Value
	case r.Uncounted:
		return -2
	}
	return -1
}
