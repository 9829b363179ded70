package templates

import (
	"slices"
	"strings"

	"usagebot/templates/card"
	"usagebot/usage"
)

// sideBySide draws the active users of several abilities, a row for each. The other metrics are in the folded panel.
func sideBySide(cat Catalog, r usage.Report, m usage.Metric) []card.Element {
	elements := []card.Element{columnsNote(cat, shownMetric(r, m))}
	for _, s := range r.Sections {
		row, ok := findRow(s, shownMetric(r, m))
		if s.Missing || !ok && !s.Failed {
			continue
		}
		elements = append(elements, card.ColumnSet{FlexMode: card.KeepColumns, Columns: []card.Column{
			{Width: card.WeightedWidth, Weight: 1, Align: card.Centered, Elements: []card.Inner{card.Paragraph(cat.ability(s.Ability))}},
			{Width: card.AutoWidth, Align: card.Centered, Elements: []card.Inner{card.Paragraph(cellOf(cat, s, shownMetric(r, m), row))}},
		}})
	}
	return append(elements, tableRemarks(cat, r.Sections)...)
}

// The columns of a table other than the abilities.
const (
	metricColumnName = "metric"
	changeColumnName = "change"
)

// columnsNote says what stands at the right of each row.
func columnsNote(cat Catalog, m usage.Metric) card.Div {
	return card.SmallText(cat.Text("usage.cell", "value", cat.metric(m), "change", cat.Text("usage.change")))
}

// shownMetric returns the metric that the rows show: the active users, unless the metric is of more than one ability.
func shownMetric(r usage.Report, m usage.Metric) usage.Metric {
	n := 0
	for _, s := range r.Sections {
		if _, ok := findRow(s, m); ok {
			n++
		}
	}
	if n < 2 {
		return usage.ActiveUsers
	}
	return m
}

// metricLines writes a line for each metric that the rows do not show, with the figure of every ability that has it.
func metricLines(cat Catalog, r usage.Report, m usage.Metric) (lines []card.Inner) {
	for _, metric := range usage.AllMetrics() {
		if metric == shownMetric(r, m) {
			continue
		}
		var parts []string
		for _, s := range r.Sections {
			row, ok := findRow(s, metric)
			if ok || failedValue(s, metric) {
				parts = append(parts, cat.Text("line.pair", "name", cat.ability(s.Ability), "value", cellOf(cat, s, metric, row)))
			}
		}
		if len(parts) > 0 {
			lines = append(lines, card.Paragraph(cat.Text("line.titled", "title", cat.metric(metric), "text", card.Dotted(parts...))))
		}
	}
	return lines
}

// cellOf writes a metric's value with the change beside it, in one format for all.
func cellOf(cat Catalog, s usage.Section, m usage.Metric, row usage.Row) string {
	switch {
	case row.Value == nil && failedValue(s, m):
		return cat.Text("figure.failed")
	case row.Value == nil:
		return card.Absent
	case row.Change.Kind == usage.Incomparable:
		return card.Integer(*row.Value)
	}
	return cat.Text("usage.cell", "value", card.Integer(*row.Value), "change", countChange(cat, row.Change))
}

// countChange writes a change as a count.
func countChange(cat Catalog, c usage.Change) string {
	if c.Kind == usage.Same {
		return cat.Text("change.same")
	}
	return signed(c.Delta)
}

// failedValue reports whether the metric's figure could not be fetched.
func failedValue(s usage.Section, m usage.Metric) bool {
	return s.Failed && slices.Contains(s.Ability.Metrics(), m) || s.TotalFailed && m == usage.TotalUsers
}

// tableRemarks says below the table what its cells have no room for.
func tableRemarks(cat Catalog, sections []usage.Section) []card.Element {
	var remarks []card.Element
	for _, s := range sections {
		if row, _ := findRow(s, usage.TotalUsers); !row.AsOf.IsZero() {
			remarks = append(remarks, card.SmallText(cat.Text("usage.total_as_of", "date", row.AsOf.String())))
			break
		}
	}
	if missing := missingAbilities(cat, sections); missing != "" {
		remarks = append(remarks, card.SmallText(missing))
	}
	return remarks
}

// missingAbilities names the abilities without figures.
func missingAbilities(cat Catalog, sections []usage.Section) string {
	var names []string
	for _, s := range sections {
		if s.Missing {
			names = append(names, cat.ability(s.Ability))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return cat.Text("usage.missing", "abilities", cat.join(names))
}

// change writes a change in full, or "" if there is nothing to say.
func (cat Catalog) change(c usage.Change) string {
	arrow, delta := arrowOf(c.Delta), card.Integer(abs(c.Delta)) // the arrow is the sign
	switch c.Kind {
	case usage.Same:
		return cat.Text("change.same")
	case usage.FromZero:
		return cat.Text("change.new", "arrow", arrow, "delta", delta)
	case usage.ByCount:
		return cat.Text("change.by_count", "arrow", arrow, "delta", delta)
	case usage.ByPercent:
		if c.Percent == -100 { // exactly the whole count
			return cat.Text("change.to_zero", "arrow", arrow, "delta", delta)
		}
		if p := percent(c.Percent); p != "" {
			return cat.Text("change.by_percent", "arrow", arrow, "delta", delta, "percent", unsigned(p))
		}
		return arrow + " " + delta
	}
	return ""
}

// shortChange writes a change in the width of a table cell.
func shortChange(cat Catalog, c usage.Change) string {
	switch c.Kind {
	case usage.Same:
		return cat.Text("change.same")
	case usage.FromZero:
		return cat.Text("change.short_new")
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

// explanationLines define each shown metric as the platform does.
func explanationLines(cat Catalog, r usage.Report, zone string) []card.Inner {
	abilities := make([]usage.Ability, len(r.Sections))
	for i, s := range r.Sections {
		abilities[i] = s.Ability
	}
	lines := meanings(cat, usage.AllMetrics(), abilities, r.Query.Department, zone)
	if hasAbility(r.Sections, usage.Bot) {
		lines = append([]card.Inner{card.Paragraph(cat.Text("usage.bot_reads"))}, lines...)
	}
	return lines
}

// explanationOf draws a closed panel that defines the metrics.
func explanationOf(cat Catalog, metrics []usage.Metric, abilities []usage.Ability, d usage.Department, zone string) card.CollapsiblePanel {
	return card.Panel(cat.Text("explain.title"), meanings(cat, metrics, abilities, d, zone))
}

func meanings(cat Catalog, metrics []usage.Metric, abilities []usage.Ability, d usage.Department, zone string) []card.Inner {
	var lines []card.Inner
	for _, m := range metrics {
		for _, a := range abilities {
			line := card.Paragraph(meaning(cat, a, m))
			if slices.Contains(a.Metrics(), m) && !slices.Contains(lines, card.Inner(line)) {
				lines = append(lines, line)
			}
		}
	}
	if d.ID != "" {
		lines = append(lines, card.Paragraph(cat.Text("explain.department")))
	}
	lines = append(lines, card.Paragraph(cat.Text("explain.periods")))
	if zone != "" {
		lines = append(lines, card.Paragraph(cat.Text("explain.zone", "zone", cat.zone(zone))))
	}
	return append(lines, card.Paragraph(cat.Text("explain.source")))
}

// meaning defines a metric. Only the definition of active users depends on the ability.
func meaning(cat Catalog, a usage.Ability, m usage.Metric) string {
	if m == usage.ActiveUsers {
		return cat.Text("explain.uv." + string(a))
	}
	return cat.Text("explain." + string(m))
}
