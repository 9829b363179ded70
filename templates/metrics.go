package templates

import (
	"strings"

	"usagebot/templates/card"
	"usagebot/usage"
)

// oneSection draws the metrics of one ability: the first large, the others in pairs below it.
func (w wording) oneSection(r usage.Report) []card.Element {
	s := r.Sections[0]
	if s.Failed {
		return nil // which is said with all that could not be had
	}
	if s.Missing || len(s.Rows) == 0 {
		return []card.Element{card.Paragraph(w.nothing(r))}
	}
	first := card.ColumnSet{FlexMode: card.KeepColumns, Columns: []card.Column{w.metricColumn(r, s.Rows[0], card.HugeSize)}}
	elements := []card.Element{first}
	for rest := s.Rows[1:]; len(rest) > 0; {
		n := min(2, len(rest))
		pair := card.ColumnSet{FlexMode: card.HalfColumns}
		for _, row := range rest[:n] {
			pair.Columns = append(pair.Columns, w.metricColumn(r, row, card.LargeSize))
		}
		elements = append(elements, pair)
		rest = rest[n:]
	}
	return elements
}

func (w wording) metricColumn(r usage.Report, row usage.Row, size card.TextSize) card.Column {
	elements := []card.Inner{card.Remark(w.metricLabel(row))}
	switch {
	case row.Value != nil:
		elements = append(elements, card.Sized(card.Integer(*row.Value), size))
	case failedValue(r.Sections[0], row.Metric):
		elements = append(elements, card.Sized(w.say("figure.failed"), size))
	default:
		elements = append(elements, card.Sized(card.Absent, size), card.Remark(w.say("usage.not_given")))
	}
	if change := w.change(row.Change); change != "" {
		elements = append(elements, card.Paragraph(change))
	}
	if before := w.before(r, row); before != "" {
		elements = append(elements, card.Remark(before))
	}
	return card.Column{Width: card.WeightedWidth, Weight: 1, Spacing: "4px", Elements: elements}
}

// metricLabel names the metric and, where the count is not over the period, up to which day it counts.
func (w wording) metricLabel(row usage.Row) string {
	if row.AsOf.IsZero() {
		return w.metric(row.Metric)
	}
	return w.say("usage.as_of", "metric", w.metric(row.Metric), "date", row.AsOf.String())
}

// before gives the figure of the period before; nothing when it was not asked for, words when it was not given.
func (w wording) before(r usage.Report, row usage.Row) string {
	switch {
	case !row.AsOf.IsZero():
		return "" // a count up to a day has no period before
	case row.Before == nil && r.Sections[0].BeforeFailed:
		return "" // which is said once for all metrics
	case row.Before == nil && r.Complete && row.Value != nil:
		return w.say("usage.before.none")
	case row.Before == nil:
		return ""
	case !r.Complete:
		return w.say("usage.before.whole."+r.Before.Cycle.String(), "value", card.Integer(*row.Before))
	}
	return w.say("usage.before."+r.Before.Cycle.String(), "value", card.Integer(*row.Before))
}

// change tells a change in full; nothing where nothing may be said.
func (w wording) change(c usage.Change) string {
	arrow, delta := arrowOf(c.Delta), signed(c.Delta)
	switch c.Kind {
	case usage.Same:
		return w.say("change.same")
	case usage.FromZero:
		return w.say("change.new", "arrow", arrow, "delta", delta)
	case usage.ByCount:
		return w.say("change.by_count", "arrow", arrow, "delta", delta)
	case usage.ByPercent:
		if p := percent(c.Percent); p != "" {
			return w.say("change.by_percent", "arrow", arrow, "delta", delta, "percent", p)
		}
		return arrow + " " + delta
	}
	return ""
}

// shortChange tells a change in the width of a table's cell.
func (w wording) shortChange(c usage.Change) string {
	switch c.Kind {
	case usage.Same:
		return w.say("change.same")
	case usage.FromZero:
		return w.say("change.short_new")
	case usage.ByCount:
		return signed(c.Delta)
	case usage.ByPercent:
		if p := percent(c.Percent); p != "" && !strings.Contains(p, "<") {
			return p
		}
		return signed(c.Delta)
	}
	return card.Absent
}

func arrowOf(delta int64) string {
	if delta < 0 {
		return "▼"
	}
	return "▲"
}
