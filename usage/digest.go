package usage

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// DigestData is the content of a digest: the report, the trend, and the most notable change.
type DigestData struct {
	Report Report
	Trend  Trend
	Remark Highlight
}

// TopContributor is the ability or the department that contributed most to a change. Exactly one of the two is set.
type TopContributor struct {
	Ability    Ability
	Department Department
	Value      int64
	Before     int64
	Change     Change
}

// digestTimeout is how long a digest waits for its optional parts.
const digestTimeout = 20 * time.Second

// digests makes the content of digests.
type digests struct {
	*fetcher
	reports  *reports
	trends   *trends
	rankings *rankings
}

// DigestData answers a query for a digest. Its errors are those of Report, except that "no figures" is part of the report
// and not an error. The trend and the remark are left out if they do not come in time.
func (ds *digests) DigestData(ctx context.Context, q Query, share Share) (s DigestData, err error) {
	if s.Report, err = ds.reports.Report(ctx, q, share); errors.As(err, new(*NoFigures)) {
		return s, nil
	}
	if err != nil {
		return DigestData{}, err
	}
	within, cancel := context.WithTimeout(ctx, digestTimeout)
	defer cancel()
	var group errgroup.Group
	group.Go(func() error { s.Trend = ds.trendTo(ctx, s.Report, share); return nil })
	group.Go(func() error { s.Remark = ds.highlight(within, s.Report, share); return nil })
	_ = group.Wait() // neither returns an error
	return s, ctx.Err()
}

// trendTo returns the trend up to the report's period, or one without points if ctx ends first.
func (ds *digests) trendTo(ctx context.Context, r Report, share Share) Trend {
	t, err := ds.trends.TrendTo(ctx, r, DefaultPoints(r.Query.Cycle), share, digestTimeout)
	if err != nil {
		return Trend{Query: r.Query}
	}
	return t
}

// A change is large if it concerns this many people and this percentage of the earlier count.
const (
	largeCount   = 10
	largePercent = 20
)

// isLarge reports whether a change deserves a sentence. A change from or to zero is large if the count is.
func isLarge(value, before int64) bool {
	delta := absDiff(value, before)
	return delta >= largeCount && 100*delta >= largePercent*before
}

func absDiff(a, b int64) int64 { return max(a-b, b-a) }

// highlight returns the change in a report's active users, with what contributed most if it is large.
func (ds *digests) highlight(ctx context.Context, r Report, share Share) Highlight {
	h := r.Headline(ActiveUsers)
	if !h.Compares() || !isLarge(h.Value, h.Before) {
		return h
	}
	if r.Query.Ability == All {
		r.Query.Ability = AppAbility
	}
	h.Mover, h.MoverUnknown = ds.topContributor(ctx, r, r.Before, h.Kind, share.batch())
	return h
}

// candidate is a part that may have contributed to a change, with its active users in both periods.
type candidate struct {
	TopContributor
	value, before *int64 // nil: the platform has no figure, or it could not be fetched
	unknown       bool   // at least one of them could not be fetched
}

func (c candidate) known() bool { return c.value != nil && c.before != nil }

// absent reports whether the platform has no figures in either period, as for an ability that the app lacks or a
// department without users. It contributed nothing.
func (c candidate) absent() bool { return !c.unknown && c.value == nil && c.before == nil }

// candidate fetches the active users of one ability in the report's period, which is complete, and in the period it is
// compared with.
func (ds *digests) candidate(ctx context.Context, r Report, of TopContributor, against Period, share Share) candidate {
	c := candidate{TopContributor: of}
	count := func(p Period) *int64 {
		figures, err := ds.fetch(ctx, r.Query.question(of.Ability, p, p.End()), share)
		c.unknown = c.unknown || failed(err)
		return figures.get(ActiveUsers)
	}
	c.value, c.before = count(r.Period), count(against)
	return c
}

// topContributor returns the ability that contributed most to a change, or the department if one contributed more. It
// names none unless all parts are known in both periods: the largest known one may not be the largest. unknown says
// that figures could not be fetched, as opposed to the platform having none.
func (ds *digests) topContributor(ctx context.Context, r Report, against Period, kind HighlightKind, share Share) (best *TopContributor, unknown bool) {
	var abilities []candidate
	if r.Query.Ability == AppAbility {
		abilities = ds.abilityCandidates(ctx, r, against, share)
	}
	departments, err := ds.departmentCandidates(ctx, r, against, share)
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

// abilityCandidates returns the abilities that the app has.
func (ds *digests) abilityCandidates(ctx context.Context, r Report, against Period, share Share) (list []candidate) {
	for _, ability := range []Ability{MiniProgram, Web, Bot} {
		list = append(list, ds.candidate(ctx, r, TopContributor{Ability: ability}, against, share))
	}
	return slices.DeleteFunc(list, candidate.absent)
}

// departmentCandidates returns the direct sub-departments of the report's department.
func (ds *digests) departmentCandidates(ctx context.Context, r Report, against Period, share Share) (list []candidate, err error) {
	ranking, err := ds.rankings.rank(ctx, r, against, share)
	for _, row := range ranking.Rows {
		list = append(list, candidate{TopContributor{Department: row.Department}, row.Value, row.Before, row.Uncounted || row.BeforeUncounted})
	}
	if hasNone(err) {
		err = nil // the rows say so
	}
	if ranking.Unknown > 0 || ranking.BeforeUnknown > 0 {
		list = append(list, candidate{unknown: true}) // a department that nobody can name may have moved furthest
	}
	return slices.DeleteFunc(list, candidate.absent), err
}

// largestMove returns the candidate that changed most in the direction of kind, if the change is large enough. All
// candidates must be known. tied says that another one changed as much.
func largestMove(list []candidate, kind HighlightKind) (best *TopContributor, tied bool) {
	for _, c := range list {
		m := c.TopContributor
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

func (m TopContributor) absChange() int64 { return absDiff(m.Value, m.Before) }
