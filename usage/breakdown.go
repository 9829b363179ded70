package usage

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Breakdown shows how the active users of the parts changed that a figure has: of the app's abilities, and of the departments
// one level below. A person may be in several parts, so their changes do not add up to the whole's.
type Breakdown struct {
	Report Report // of the whole; if it is not Complete, nothing is compared
	Whole  Part

	Abilities, Departments []Part // largest change first, in either direction; those that cannot be compared last

	// Unknown is how many departments the platform lists that the directory lacks, in the period in which it is more.
	Unknown int
	// DepartmentsFailed is set if no department could be counted.
	DepartmentsFailed bool
}

// Part is one ability or one department. The whole is neither.
type Part struct {
	Ability    Ability
	Department Department
	Value      *int64
	Before     *int64
	Change     Change
	Failed     bool // one of the two could not be fetched, so that the change may be any
}

// Against reports whether the part changed in the other direction than the whole.
func (p Part) Against(whole Part) bool {
	return p.Change.Delta < 0 && whole.Change.Delta > 0 || p.Change.Delta > 0 && whole.Change.Delta < 0
}

// Uncounted returns how many parts may have changed in a way that is not known.
func (b Breakdown) Uncounted() int {
	n := b.Unknown
	for _, p := range slices.Concat(b.Abilities, b.Departments) {
		if p.Failed {
			n++
		}
	}
	return n
}

// From this change on it is worth asking where it comes from: fewer people are mostly chance, and less than 5 % is steady.
const (
	notableCount   = 10
	notablePercent = 5
)

// Moved reports whether the report's active users changed so much that it is worth asking where.
func (r Report) Moved() bool {
	if len(r.Sections) == 0 {
		return false
	}
	c := r.Sections[0].active()
	if c.Change.Kind == Incomparable || c.Before == nil {
		return false
	}
	size := absDiff(c.Change.Delta, 0)
	return size >= notableCount && 100*size >= notablePercent**c.Before
}

// active returns the section's active users in both periods.
func (s Section) active() Row {
	for _, row := range s.Rows {
		if row.Metric == ActiveUsers {
			return row
		}
	}
	return Row{}
}

// breakdowns find out where a change comes from.
type breakdowns struct {
	*fetcher
	reports  *reports
	rankings *rankings
}

// Breakdown answers a query with the change of each part; All is the whole app. Its errors are those of Report. A part that
// cannot be fetched is Failed and does not fail the others.
func (bs *breakdowns) Breakdown(ctx context.Context, q Query, share Share) (Breakdown, error) {
	if q.Ability == All {
		q.Ability = AppAbility
	}
	r, err := bs.reports.Report(ctx, q, share)
	if err != nil {
		return Breakdown{}, err
	}
	b := Breakdown{Report: r}
	row := r.Sections[0].active()
	b.Whole = Part{Value: row.Value, Before: row.Before, Change: row.Change, Failed: r.Failed()}
	if !r.Complete { // part of a week is not compared with a whole one
		return b, nil
	}
	group, within := errgroup.WithContext(ctx)
	if q.Ability == AppAbility {
		group.Go(func() error { b.Abilities = bs.abilities(within, r, share); return nil })
	}
	group.Go(func() error {
		ranking, err := bs.rankings.rank(within, r, r.Before, share)
		b.DepartmentsFailed = failed(err)
		b.Unknown = max(ranking.Unknown, ranking.BeforeUnknown)
		for _, row := range ranking.Rows {
			b.Departments = append(b.Departments, Part{
				Department: row.Department, Value: row.Value, Before: row.Before, Change: row.Change, Failed: row.Uncounted || row.BeforeUncounted,
			})
		}
		return nil
	})
	_ = group.Wait() // what failed is in the parts
	b.Abilities, b.Departments = byChange(b.Abilities), byChange(b.Departments)
	return b, ctx.Err()
}

// abilities fetches the active users of each ability in both periods.
func (bs *breakdowns) abilities(ctx context.Context, r Report, share Share) []Part {
	parts := []Part{{Ability: MiniProgram}, {Ability: Web}, {Ability: Bot}}
	var mu sync.Mutex
	var group errgroup.Group
	for i := range parts {
		p := &parts[i]
		for period, count := range map[Period]**int64{r.Period: &p.Value, r.Before: &p.Before} {
			group.Go(func() error {
				figures, err := bs.fetch(ctx, r.Query.question(p.Ability, period, period.End()), share)
				mu.Lock()
				defer mu.Unlock()
				*count = figures.get(ActiveUsers)
				p.Failed = p.Failed || failed(err)
				return nil
			})
		}
	}
	_ = group.Wait() // what failed is in the parts
	for i := range parts {
		parts[i].Change = compare(parts[i].Value, parts[i].Before)
	}
	return parts
}

// byChange orders the parts by the size of their change, and leaves out those that the platform has no figures of in either
// period, as of an ability that the app does not have.
func byChange(parts []Part) []Part {
	parts = slices.DeleteFunc(parts, func(p Part) bool { return !p.Failed && p.Value == nil && p.Before == nil })
	size := func(p Part) int64 {
		if p.Change.Kind == Incomparable {
			return -1
		}
		return absDiff(p.Change.Delta, 0)
	}
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Compare(size(b), size(a)) })
	return parts
}
