package usage

import "context"

// What is large enough to be told: so many people, and so much of what was before.
const (
	largeCount   = 10
	largePercent = 20
)

// large reports whether a count has changed so much that it is worth a sentence. From nothing, and to nothing, every
// count that is large in itself is.
func large(value, before int64) bool {
	delta := distance(value, before)
	return delta >= largeCount && 100*delta >= largePercent*before
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// remark says what changed in a report's active users. It is silent where a figure is missing, and where the period is
// not finished.
func (a *Asker) remark(ctx context.Context, r Report, share Share) Remark {
	if !r.Complete {
		return Remark{}
	}
	if r.Query.Ability == All {
		r.Query.Ability = AppAbility
	}
	against := r.against()
	value, before := a.count(ctx, r, r.Period, share), a.count(ctx, r, against, share)
	if value == nil || before == nil {
		return Remark{}
	}
	m := Remark{Quiet, ActiveUsers, *value, *before, compare(value, before), against, nil}
	if !large(m.Value, m.Before) {
		return m
	}
	m.Kind = Rose
	if m.Change.Delta < 0 {
		m.Kind = Fell
	}
	m.Mover = a.mover(ctx, r, against, m.Kind, charts)
	return m
}

// against is the period that a report's is like: a Monday is like the Monday before and not like Sunday.
func (r Report) against() Period {
	if r.Period.Cycle == Daily {
		return r.Period.shift(-7)
	}
	return r.Before
}

// count asks for the active users of one ability in a complete period; nil where there is no figure, whatever the reason.
func (a *Asker) count(ctx context.Context, r Report, p Period, share Share) *int64 {
	figures, err := a.fetch(ctx, r.Query.question(r.Query.Ability, p, p.End()), share)
	if err != nil {
		return nil
	}
	return figures.get(ActiveUsers)
}

// mover finds where the largest part of a change shows: in an ability, or in a department if it shows more there.
func (a *Asker) mover(ctx context.Context, r Report, against Period, kind RemarkKind, share Share) *Mover {
	var best *Mover
	if r.Query.Ability == AppAbility {
		best = a.movingAbility(ctx, r, against, kind, share)
	}
	ranking, err := a.rank(ctx, r, against, share)
	if err != nil {
		return best
	}
	for _, row := range ranking.Rows {
		best = outdone(best, Mover{Department: row.Department}, row.Value, row.Before, kind)
	}
	return best
}

func (a *Asker) movingAbility(ctx context.Context, r Report, against Period, kind RemarkKind, share Share) (best *Mover) {
	for _, ability := range []Ability{MiniProgram, Web, Bot} {
		r.Query.Ability = ability
		value := a.count(ctx, r, r.Period, share)
		if value == nil {
			continue // the app most likely lacks it
		}
		best = outdone(best, Mover{Ability: ability}, value, a.count(ctx, r, against, share), kind)
	}
	return best
}

// outdone returns the candidate if it has moved further than the best so far: in the same direction, and far enough to be
// named at all.
func outdone(best *Mover, candidate Mover, value, before *int64, kind RemarkKind) *Mover {
	if value == nil || before == nil || (*value > *before) != (kind == Rose) {
		return best
	}
	moved := distance(*value, *before)
	if moved < largeCount || best != nil && moved <= distance(best.Value, best.Before) {
		return best
	}
	candidate.Value, candidate.Before, candidate.Change = *value, *before, compare(value, before)
	return &candidate
}
