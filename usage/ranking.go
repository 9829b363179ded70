package usage

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Ranking compares the direct sub-departments of a department, or the top departments, by active users. A person in two
// departments counts in both, so the counts must never be added up.
type Ranking struct {
	Query    Query // its Department is the parent of the ranked departments; zero for the top departments
	Period   Period
	Through  Date
	Complete bool
	Over     bool
	NotOut   *Period // as in Report, like ZerosFrom and AsOf
	Before   Period

	ZerosFrom Date
	AsOf      time.Time

	Rows []Rank // most active users first, or largest change first; departments without a figure last

	ByChange bool // made by OrderedByChange

	// Unknown is how many departments the platform lists that the directory lacks, and BeforeUnknown the same in the
	// period before. They have no row, because nothing is known of them but an id.
	Unknown, BeforeUnknown int
}

// Departments returns how many departments there are, with those that have no row.
func (r Ranking) Departments() int { return len(r.Rows) + r.Unknown }

// Place returns the place of row i, from 1 on, or 0 without a figure. Equal figures share a place and the next places
// are skipped: 1, 2, 2, 4. If the ranking is by change, its size counts and not its direction.
func (r Ranking) Place(i int) int {
	if !r.ranked(i) {
		return 0
	}
	for i > 0 && r.ranked(i-1) && r.measure(i-1) == r.measure(i) {
		i--
	}
	return i + 1
}

// ranked reports whether row i has what the ranking is made by.
func (r Ranking) ranked(i int) bool {
	if r.ByChange {
		return r.Rows[i].Change.Kind != Incomparable
	}
	return r.Rows[i].Value != nil
}

func (r Ranking) measure(i int) int64 {
	if r.ByChange {
		return absDiff(r.Rows[i].Change.Delta, 0)
	}
	return *r.Rows[i].Value
}

// OrderedByChange returns the ranking by the size of the change, in either direction. It has only the departments with
// figures in both periods; without is how many of the counted ones have none in one of them.
func (r Ranking) OrderedByChange() (ranked Ranking, without int) {
	ranked = r
	ranked.ByChange = true
	ranked.Rows = slices.Clone(r.Rows)
	ranked.Rows = slices.DeleteFunc(ranked.Rows, func(row Rank) bool {
		if row.Change.Kind == Incomparable && !row.Uncounted && !row.BeforeUncounted {
			without++
		}
		return row.Change.Kind == Incomparable
	})
	slices.SortStableFunc(ranked.Rows, func(a, b Rank) int {
		return cmp.Compare(absDiff(b.Change.Delta, 0), absDiff(a.Change.Delta, 0))
	})
	return ranked, without
}

// Incomparable returns how many departments could not be counted in one of the two periods, or are Unknown in one. Their
// change may be larger than any that is known.
func (r Ranking) Incomparable() int {
	n := max(r.Unknown, r.BeforeUnknown)
	for _, row := range r.Rows {
		if row.Uncounted || row.BeforeUncounted {
			n++
		}
	}
	return n
}

// Uncounted returns how many departments could not be counted, or are Unknown. If there are any, the ranking only
// compares the others.
func (r Ranking) Uncounted() (n int) {
	n = r.Unknown
	for _, row := range r.Rows {
		if row.Uncounted {
			n++
		}
	}
	return n
}

// BeforeUncounted returns how many could not be counted in the period before, if the ranking shows it.
func (r Ranking) BeforeUncounted() (n int) {
	if !r.Complete {
		return 0
	}
	n = r.BeforeUnknown
	for _, row := range r.Rows {
		if row.BeforeUncounted {
			n++
		}
	}
	return n
}

// Rank is one department of a Ranking.
type Rank struct {
	Department Department
	Below      int    // number of direct sub-departments
	Value      *int64 // active users; nil: the platform has no figure, or the department could not be counted
	Before     *int64
	Change     Change

	Uncounted       bool // the department was not asked for, or the call failed
	BeforeUncounted bool // the same in the period before
}

// rankings compares departments.
type rankings struct {
	*fetcher
	calendar    *calendar
	departments *departments
}

// Ranking compares the direct sub-departments of the query's department by active users; for All by those of the whole
// app. It is empty if there are none. Its errors are those of Report.
func (rs *rankings) Ranking(ctx context.Context, q Query, share Share) (Ranking, error) {
	v, err := rs.calendar.availability(ctx, q.App.ID, share, time.Time{})
	if err != nil {
		return Ranking{}, err
	}
	var ranking Ranking
	for range maxRestarts {
		began := rs.now()
		r, err := emptyReport(q, rs.today(), v)
		if err != nil {
			return Ranking{}, err
		}
		if ranking, err = rs.rank(ctx, r, r.Before, share); err != nil {
			return Ranking{}, v.coverage(r.Period).noFigures(ranking.Query, r.Period.Start, err)
		}
		answered := rs.now()
		switch {
		case r.Complete && r.NotOut == nil:
			return ranking, nil
		case r.Complete:
			answered = rs.calendar.waited(began, time.Time{})
		}
		again, err := rs.calendar.recheck(ctx, q.App.ID, share, v, answered)
		if err != nil {
			return Ranking{}, err
		}
		if sameDays(q, rs.today(), r, again) {
			break
		}
		v = again
	}
	return ranking, nil
}

// rank makes the ranking of a report's period compared with another period. If the platform has no figures at all, it
// returns rows without figures along with the error.
func (rs *rankings) rank(ctx context.Context, r Report, before Period, share Share) (Ranking, error) {
	q := r.Query
	if q.Ability == All {
		q.Ability = AppAbility
	}
	ranking := Ranking{
		Query: q, Period: r.Period, Through: r.Through, Complete: r.Complete, Over: r.Over, NotOut: r.NotOut, Before: before,
		ZerosFrom: r.ZerosFrom, AsOf: r.AsOf,
	}
	below, err := rs.departments.below(ctx, q.Department.ID)
	if err != nil || len(below) == 0 {
		return ranking, err
	}
	var now, then headcount
	var nothing error // set if the platform has no figures of any department
	group, within := errgroup.WithContext(ctx)
	if q.wholeTenant() {
		group.SetLimit(1) // if the platform refuses the first period, do not try the second
	}
	group.Go(func() (err error) {
		if now, ranking.Unknown, err = rs.departments.countByDepartment(within, q, span{r.Period, r.lastPublished()}, below, share); hasNone(err) {
			nothing, err = err, nil
		}
		return err
	})
	if r.Complete { // part of a week is not compared with a whole one
		group.Go(func() error {
			// An error only costs the comparison.
			then, ranking.BeforeUnknown, _ = rs.departments.countByDepartment(within, q, span{before, before.End()}, below, share)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return Ranking{}, err
	}
	ranking.Rows = rs.ranks(ctx, below, now, then)
	return ranking, nothing
}

func (rs *rankings) ranks(ctx context.Context, below []Department, now, then headcount) []Rank {
	rows := make([]Rank, len(below))
	for i, d := range below {
		value, counted := now[d.ID]
		before, countedBefore := then[d.ID]
		rows[i] = Rank{
			Department: d, Value: value, Before: before, Change: compare(value, before),
			Uncounted: !counted, BeforeUncounted: !countedBefore,
		}
		if further, err := rs.departments.below(ctx, d.ID); err == nil {
			rows[i].Below = len(further)
		}
	}
	slices.SortStableFunc(rows, func(a, b Rank) int { return cmp.Compare(b.key(), a.key()) })
	return rows
}

// key sorts rows without a figure after those with one, and those that could not be counted last.
func (r Rank) key() int64 {
	switch {
	case r.Value != nil:
		return *r.Value
	case r.Uncounted:
		return -2
	}
	return -1
}
