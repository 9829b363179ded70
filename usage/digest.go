package usage

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Story is what a digest tells: the figures, how they came about, and what is worth a sentence.
type Story struct {
	Report Report
	Trend  Trend
	Remark Remark
}

// Remark is what changed, as far as it is true and large enough to be told. The zero Remark says nothing, since
// something that it would need is missing.
type Remark struct {
	Kind    RemarkKind
	Metric  Metric
	Value   int64
	Before  int64
	Change  Change
	Against Period // what it is compared with: for a day the same weekday of the week before
	Mover   *Mover // what contributed most, when something stands out among all that may have

	// MoverUnknown tells that some of what may have contributed could not be had, so that nothing can be said to stand out.
	MoverUnknown bool
}

// RemarkKind is the direction of a Remark.
type RemarkKind string

// The kinds of a remark.
const (
	Silent  RemarkKind = ""        // nothing can be said
	Unknown RemarkKind = "unknown" // what it would be compared with could not be had
	Quiet   RemarkKind = "quiet"   // no large change
	Rose    RemarkKind = "rose"
	Fell    RemarkKind = "fell"
)

// Mover is the ability or the department in which the largest part of a change shows. Exactly one of the two is set.
type Mover struct {
	Ability    Ability
	Department Department
	Value      int64
	Before     int64
	Change     Change
}

// digestTimeout is how long a Story waits for what it can do without.
const digestTimeout = 20 * time.Second

// Story answers a query for a digest: the report, how its figures came about, and what changed. Its errors are those of
// Report, but that there are no figures is told by the report; whatever else cannot be had in time is left out.
func (a *Asker) Story(ctx context.Context, q Query, share Share) (s Story, err error) {
	if s.Report, err = a.Report(ctx, q, share); errors.As(err, new(*NoFigures)) {
		return s, nil
	}
	if err != nil {
		return Story{}, err
	}
	within, cancel := context.WithTimeout(ctx, digestTimeout)
	defer cancel()
	var group errgroup.Group
	group.Go(func() error { s.Trend = a.trendTo(ctx, s.Report, share); return nil })
	group.Go(func() error { s.Remark = a.highlight(within, s.Report, share); return nil })
	_ = group.Wait() // neither of the two fails
	return s, ctx.Err()
}

// trendTo finds the periods up to that of a report. When the story ends before it has any, it has no points.
func (a *Asker) trendTo(ctx context.Context, r Report, share Share) Trend {
	t, err := a.TrendTo(ctx, r, DefaultPoints(r.Query.Cycle), share, digestTimeout)
	if err != nil {
		return Trend{Query: r.Query}
	}
	return t
}

// What is large enough to be told: so many people, and so much of what was before.
const (
	largeCount   = 10
	largePercent = 20
)

// isLarge reports whether a count has changed so much that it is worth a sentence. From nothing, and to nothing, every
// count that is large in itself is.
func isLarge(value, before int64) bool {
	delta := absDiff(value, before)
	return delta >= largeCount && 100*delta >= largePercent*before
}

func absDiff(a, b int64) int64 { return max(a-b, b-a) }

// highlight says what changed in a report's active users. It is silent where a figure is missing, and where the period is
// not finished.
func (a *Asker) highlight(ctx context.Context, r Report, share Share) Remark {
	if !r.Complete {
		return Remark{}
	}
	if r.Query.Ability == All {
		r.Query.Ability = AppAbility
	}
	against := r.comparedPeriod()
	c := a.candidate(ctx, r, Mover{Ability: r.Query.Ability}, against, share)
	switch {
	case c.unknown && against != r.Before: // otherwise the report itself says so
		return Remark{Kind: Unknown, Metric: ActiveUsers, Against: against}
	case !c.known():
		return Remark{}
	}
	m := Remark{Kind: Quiet, Metric: ActiveUsers, Value: *c.value, Before: *c.before, Change: compare(c.value, c.before), Against: against}
	if !isLarge(m.Value, m.Before) {
		return m
	}
	m.Kind = Rose
	if m.Change.Delta < 0 {
		m.Kind = Fell
	}
	m.Mover, m.MoverUnknown = a.topContributor(ctx, r, against, m.Kind, batch)
	return m
}

// comparedPeriod is the period that a report's is like: a Monday is like the Monday before and not like Sunday.
func (r Report) comparedPeriod() Period {
	if r.Period.Cycle == Daily {
		return r.Period.shift(-7)
	}
	return r.Before
}

// candidate is what may have moved, with its active users in two periods.
type candidate struct {
	Mover
	value, before *int64 // nil: the platform has no figure, or it is unknown
	unknown       bool   // one of them could not be had
}

func (c candidate) known() bool { return c.value != nil && c.before != nil }

// absent reports whether the platform says that it has nothing in either period: an ability that the app lacks, or a
// department where nobody uses it. It has not moved.
func (c candidate) absent() bool { return !c.unknown && c.value == nil && c.before == nil }

// candidate asks for the active users of one ability in a report's period, which is complete, and in the one that it is
// held against.
func (a *Asker) candidate(ctx context.Context, r Report, of Mover, against Period, share Share) candidate {
	c := candidate{Mover: of}
	count := func(p Period) *int64 {
		figures, err := a.fetch(ctx, r.Query.question(of.Ability, p, p.End()), share)
		c.unknown = c.unknown || failed(err)
		return figures.get(ActiveUsers)
	}
	c.value, c.before = count(r.Period), count(against)
	return c
}

// topContributor finds where the largest part of a change shows: in an ability, or in a department if it shows more there. It names
// none unless all of them are known in both periods: the largest of those that happen to be known may not be the largest.
// unknown tells that some could not be had, which is not the same as that the platform has no figures of them.
func (a *Asker) topContributor(ctx context.Context, r Report, against Period, kind RemarkKind, share Share) (best *Mover, unknown bool) {
	var abilities []candidate
	if r.Query.Ability == AppAbility {
		abilities = a.abilityCandidates(ctx, r, against, share)
	}
	departments, err := a.departmentCandidates(ctx, r, against, share)
	unknown = failed(err)
	for _, c := range slices.Concat(abilities, departments) {
		unknown = unknown || c.unknown
	}
	if err != nil || unknown {
		return nil, unknown
	}
	if slices.ContainsFunc(slices.Concat(abilities, departments), func(c candidate) bool { return !c.known() }) {
		return nil, false
	}
	best, tied := largestMove(abilities, kind)
	if department, alike := largestMove(departments, kind); department != nil && (best == nil || department.absChange() > best.absChange()) {
		best, tied = department, alike
	}
	if tied {
		return nil, false
	}
	return best, false
}

// abilityCandidates are the abilities that the app has.
func (a *Asker) abilityCandidates(ctx context.Context, r Report, against Period, share Share) (list []candidate) {
	for _, ability := range []Ability{MiniProgram, Web, Bot} {
		list = append(list, a.candidate(ctx, r, Mover{Ability: ability}, against, share))
	}
	return slices.DeleteFunc(list, candidate.absent)
}

// departmentCandidates are the departments right below the report's.
func (a *Asker) departmentCandidates(ctx context.Context, r Report, against Period, share Share) (list []candidate, err error) {
	ranking, err := a.rank(ctx, r, against, share)
	for _, row := range ranking.Rows {
		list = append(list, candidate{Mover{Department: row.Department}, row.Value, row.Before, row.Uncounted || row.BeforeUncounted})
	}
	if hasNone(err) {
		err = nil // so its rows say
	}
	return slices.DeleteFunc(list, candidate.absent), err
}

// largestMove returns which of the candidates, all of them known, has moved furthest in a direction, if it is far enough to be
// named. tied tells that another one has moved as far.
func largestMove(list []candidate, kind RemarkKind) (best *Mover, tied bool) {
	for _, c := range list {
		m := c.Mover
		m.Value, m.Before, m.Change = *c.value, *c.before, compare(c.value, c.before)
		switch {
		case m.absChange() < largeCount || (m.Value > m.Before) != (kind == Rose):
		case best == nil || m.absChange() > best.absChange():
			best, tied = &m, false
		case m.absChange() == best.absChange():
			tied = true
		}
	}
	return best, tied
}

func (m Mover) absChange() int64 { return absDiff(m.Value, m.Before) }

// Change is what may be said of a metric of the point with the index against the point before it: nothing of the first,
// and nothing while one of the two does not cover its whole period.
func (t Trend) Change(i int, a Ability, m Metric) Change {
	if i < 1 || i >= len(t.Points) || !t.Points[i].Complete || !t.Points[i-1].Complete {
		return Change{}
	}
	return compare(t.Points[i].Value(a, m), t.Points[i-1].Value(a, m))
}
