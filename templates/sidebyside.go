package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// metricColumnName is the table's column that names the metrics; the others are named as the abilities are.
const metricColumnName = "metric"

// sideBySide draws several abilities as a table: a column for each, a row for each metric and one for its change. On a
// phone that is one narrow column of names, held in place, and numbers that scroll beside it.
func (w wording) sideBySide(r usage.Report) []card.Element {
	columns := []card.TableColumn{card.TextColumn(metricColumnName, w.say("usage.metric"), card.AtLeft)}
	for _, s := range r.Sections {
		columns = append(columns, card.TextColumn(string(s.Ability), w.ability(s.Ability), card.AtRight))
	}
	var rows []map[string]string
	for _, m := range usage.AllMetrics() {
		rows = append(rows, w.metricRows(r.Sections, m)...)
	}
	var elements []card.Element
	if len(rows) > 0 { // the platform takes no table without any
		elements = append(elements, card.NewTable(columns, rows))
	}
	elements = append(elements, w.exactFigures(r.Sections)...)
	return append(elements, w.tableRemarks(r.Sections)...)
}

// metricRows are the metric's figures and, where there is anything to say, their changes. The change comes with a
// metric in the same table rather than in one of its own: five metrics and their changes are just a page of ten rows.
func (w wording) metricRows(sections []usage.Section, m usage.Metric) []map[string]string {
	values := map[string]string{metricColumnName: w.metric(m)}
	changes := map[string]string{metricColumnName: w.say("usage.change")}
	given, changed := false, false
	for _, s := range sections {
		row, ok := find(s, m)
		given = given || ok
		changed = changed || row.Change.Kind != usage.Incomparable
		values[string(s.Ability)] = w.shortValue(s, m, row)
		changes[string(s.Ability)] = w.changeCell(s, row)
	}
	switch {
	case !given:
		return nil
	case !changed:
		return []map[string]string{values}
	}
	return []map[string]string{values, changes}
}

func (w wording) shortValue(s usage.Section, m usage.Metric, row usage.Row) string {
	switch {
	case row.Value != nil:
		return w.short(*row.Value)
	case failedValue(s, m):
		return w.say("figure.failed")
	}
	return card.Absent
}

// failedValue reports whether a metric's figure could not be had, where there is none.
func failedValue(s usage.Section, m usage.Metric) bool {
	return s.Failed && slices.Contains(s.Ability.Metrics(), m) || s.TotalFailed && m == usage.TotalUsers
}

func (w wording) changeCell(s usage.Section, row usage.Row) string {
	if row.Change.Kind == usage.Incomparable && row.Value != nil && row.AsOf.IsZero() && s.BeforeFailed {
		return w.say("figure.failed")
	}
	return w.shortChange(row.Change)
}

// exactFigures is a closed panel with what the table's cells shorten; nothing when they shorten nothing.
func (w wording) exactFigures(sections []usage.Section) []card.Element {
	var lines []card.Inner
	for _, s := range sections {
		var parts []string
		for _, row := range s.Rows {
			if row.Value != nil && w.short(*row.Value) != card.Integer(*row.Value) {
				parts = append(parts, w.say("line.pair", "name", w.metric(row.Metric), "value", card.Integer(*row.Value)))
			}
		}
		if len(parts) > 0 {
			lines = append(lines, card.Paragraph(w.say("line.titled", "title", w.ability(s.Ability), "text", card.Dotted(parts...))))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []card.Element{card.Panel(w.say("usage.exact"), lines)}
}

// tableRemarks says below the table what its narrow cells have no room for.
func (w wording) tableRemarks(sections []usage.Section) []card.Element {
	var remarks []card.Element
	for _, s := range sections {
		if row, _ := find(s, usage.TotalUsers); !row.AsOf.IsZero() {
			remarks = append(remarks, card.Remark(w.say("usage.total_as_of", "date", row.AsOf.String())))
			break
		}
	}
	if missing := w.missing(sections); missing != "" {
		remarks = append(remarks, card.Remark(missing))
	}
	return remarks
}

// missing says which abilities the platform had nothing for.
func (w wording) missing(sections []usage.Section) string {
	var names []string
	for _, s := range sections {
		if s.Missing {
			names = append(names, w.ability(s.Ability))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return w.say("usage.missing", "abilities", w.join(names))
}
