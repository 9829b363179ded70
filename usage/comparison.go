package usage

import (
	"math"
	"slices"
)

// comparedPeriod returns the period that a period is compared with. A day is compared with the same weekday of the week
// before, because a Monday resembles other Mondays and not Sundays; a week and a month with the one before.
func comparedPeriod(p Period) Period {
	if p.Cycle == Daily {
		return p.shift(-7)
	}
	return p.Previous()
}

// previousWorkday returns the previous workday of a day, which a card shows in small print; zero for a week or a month.
func previousWorkday(p Period, w *Workdays) Period {
	if p.Cycle != Daily {
		return Period{}
	}
	previous, ok := w.Previous(p.Start)
	if !ok {
		return Period{}
	}
	return Period{Daily, previous}
}

// showsPreviousWorkday reports whether the report has figures of the previous working day: only of a single ability, and only of
// a day that is complete.
func (r Report) showsPreviousWorkday() bool {
	return r.PreviousWorkday != (Period{}) && r.Complete && r.Query.Ability != All
}

// Highlight is the change of a report's active users. The zero Highlight says nothing, because a figure that it needs
// is missing.
type Highlight struct {
	Kind    HighlightKind
	Metric  Metric
	Value   int64
	Before  int64
	Change  Change
	Against Period          // the period it is compared with: for a day the same weekday of the week before
	Mover   *TopContributor // what contributed most, if one part stands out from all others

	// MoverUnknown says that the figures of some parts could not be fetched, so that none can be named.
	MoverUnknown bool
}

// HighlightKind is the direction of a Highlight.
type HighlightKind string

// The kinds of Highlight.
const (
	Silent  HighlightKind = ""        // nothing can be said
	Unknown HighlightKind = "unknown" // the figures to compare with could not be fetched; only Value is known
	Alike   HighlightKind = "same"    // no change
	Steady  HighlightKind = "steady"  // a change of less than 5 %
	Rose    HighlightKind = "rose"
	Fell    HighlightKind = "fell"
)

// Compares reports whether both counts are known.
func (h Highlight) Compares() bool {
	switch h.Kind {
	case Alike, Steady, Rose, Fell:
		return true
	case Silent, Unknown:
	}
	return false
}

// Headline compares a metric of the report's first ability, which for All is the whole app. It says nothing if a figure
// is missing or the period is not complete.
func (r Report) Headline(m Metric) Highlight {
	if !r.Complete || len(r.Sections) == 0 {
		return Highlight{}
	}
	s := r.Sections[0]
	i := slices.IndexFunc(s.Rows, func(row Row) bool { return row.Metric == m })
	if i < 0 || s.Rows[i].Value == nil || !s.Rows[i].AsOf.IsZero() {
		return Highlight{}
	}
	row := s.Rows[i]
	switch {
	case s.BeforeFailed:
		return Highlight{Kind: Unknown, Metric: m, Value: *row.Value, Against: r.Before}
	case row.Before == nil:
		return Highlight{}
	}
	return newHighlight(m, *row.Value, *row.Before, r.Before)
}

// steadyPercent is the change below which a count is called steady.
const steadyPercent = 5

// newHighlight compares two counts. Only a change with a percentage can be steady: a small count gets no verdict, and
// neither does a fall to zero or a rise from it.
func newHighlight(m Metric, value, before int64, against Period) Highlight {
	h := Highlight{Metric: m, Value: value, Before: before, Change: compare(&value, &before), Against: against}
	switch {
	case h.Change.Kind == Same:
		h.Kind = Alike
	case h.Change.Kind == ByPercent && math.Abs(h.Change.Percent) < steadyPercent:
		h.Kind = Steady
	case h.Change.Delta > 0:
		h.Kind = Rose
	default:
		h.Kind = Fell
	}
	return h
}

// Change compares a metric at point i with an earlier point: with the one before it, or a day with the same weekday of the
// week before. It says nothing if there is no such point, or if one of the two does not cover its whole period.
func (t Trend) Change(i int, a Ability, m Metric) Change {
	if i < 0 || i >= len(t.Points) || !t.Points[i].Complete {
		return Change{}
	}
	base := comparedPeriod(t.Points[i].Period)
	j := slices.IndexFunc(t.Points, func(p Point) bool { return p.Period == base })
	if j < 0 || !t.Points[j].Complete {
		return Change{}
	}
	return compare(t.Points[i].Value(a, m), t.Points[j].Value(a, m))
}
