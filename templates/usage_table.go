package templates

import (
	"slices"
	"strings"

	"usagebot/templates/card"
	"usagebot/usage"
)

// metricColumnName is the column with the metrics' names. The other columns are named after the abilities.
const metricColumnName = "metric"

// sideBySide draws several abilities as a table: a column for each ability, and for each metric a row of values and one
// of changes. On a phone the column of names stays in place while the numbers scroll.
func sideBySide(cat Catalog, r usage.Report) []card.Element {
	columns := []card.TableColumn{card.TextColumn(metricColumnName, cat.Text("usage.metric"), card.AtLeft)}
	for _, s := range r.Sections {
		columns = append(columns, card.TextColumn(string(s.Ability), cat.ability(s.Ability), card.AtRight))
	}
	var rows []map[string]string
	for _, m := range usage.AllMetrics() {
		rows = append(rows, metricRows(cat, r.Sections, m)...)
	}
	var elements []card.Element
	if len(rows) > 0 { // the platform refuses an empty table
		elements = append(elements, card.NewTable(columns, rows))
	}
	elements = append(elements, exactFigures(cat, r.Sections)...)
	return append(elements, tableRemarks(cat, r.Sections)...)
}

// metricRows returns a metric's values and, if there are any, its changes. Both are in the same table: five metrics
// with their changes fill one page of ten rows.
func metricRows(cat Catalog, sections []usage.Section, m usage.Metric) []map[string]string {
	values := map[string]string{metricColumnName: cat.metric(m)}
	changes := map[string]string{metricColumnName: cat.Text("usage.change")}
	given, changed := false, false
	for _, s := range sections {
		row, ok := findRow(s, m)
		given = given || ok
		changed = changed || row.Change.Kind != usage.Incomparable
		values[string(s.Ability)] = shortValue(cat, s, m, row)
		changes[string(s.Ability)] = changeCell(cat, s, row)
	}
	switch {
	case !given:
		return nil
	case !changed:
		return []map[string]string{values}
	}
	return []map[string]string{values, changes}
}

func shortValue(cat Catalog, s usage.Section, m usage.Metric, row usage.Row) string {
	switch {
	case row.Value != nil:
		return cat.short(*row.Value)
	case failedValue(s, m):
		return cat.Text("figure.failed")
	}
	return card.Absent
}

// failedValue reports whether the metric's figure could not be fetched.
func failedValue(s usage.Section, m usage.Metric) bool {
	return s.Failed && slices.Contains(s.Ability.Metrics(), m) || s.TotalFailed && m == usage.TotalUsers
}

func changeCell(cat Catalog, s usage.Section, row usage.Row) string {
	if row.Change.Kind == usage.Incomparable && row.Value != nil && row.AsOf.IsZero() && s.BeforeFailed {
		return cat.Text("figure.failed")
	}
	return shortChange(cat, row.Change)
}

// exactFigures draws a closed panel with the exact values of shortened cells, or nothing if no cell is shortened.
func exactFigures(cat Catalog, sections []usage.Section) []card.Element {
	var lines []card.Inner
	for _, s := range sections {
		var parts []string
		for _, row := range s.Rows {
			if row.Value != nil && cat.short(*row.Value) != card.Integer(*row.Value) {
				parts = append(parts, cat.Text("line.pair", "name", cat.metric(row.Metric), "value", card.Integer(*row.Value)))
			}
		}
		if len(parts) > 0 {
			lines = append(lines, card.Paragraph(cat.Text("line.titled", "title", cat.ability(s.Ability), "text", card.Dotted(parts...))))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []card.Element{card.Panel(cat.Text("usage.exact"), lines)}
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
