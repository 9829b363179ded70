package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// mainFigure draws the metric that the card is about: its value in large print with the change beside it, a sentence, and
// what stands beside it in small print. The sentence is left out if told says it already.
func mainFigure(cat Catalog, r usage.Report, m usage.Metric, told bool) []card.Element {
	s := r.Sections[0]
	switch {
	case s.Failed:
		return nil // usageFailures says so
	case s.Missing || len(s.Rows) == 0:
		return []card.Element{card.Paragraph(noFiguresText(cat, r))}
	}
	row := mainRow(s, m)
	value := card.Column{Width: card.AutoWidth, Spacing: "4px", Elements: []card.Inner{
		card.SmallText(metricLabel(cat, row)), card.Sized(valueOf(cat, s, row), card.HugeSize),
	}}
	if row.Value == nil && !failedValue(s, row.Metric) {
		value.Elements = append(value.Elements, card.SmallText(cat.Text("usage.not_given")))
	}
	figure := card.ColumnSet{FlexMode: card.KeepColumns, Columns: []card.Column{value}}
	if change := cat.change(row.Change); change != "" {
		figure.Columns = append(figure.Columns, card.Column{Width: card.WeightedWidth, Weight: 1, Align: card.AtBottom, Elements: []card.Inner{card.Paragraph(change)}})
	}
	elements := []card.Element{figure}
	h := r.Headline(row.Metric)
	if sentence := firstSentence(cat, h); !told {
		elements = append(elements, sentence...)
	}
	if beside := card.Dotted(base(cat, r, row, h.Compares()), workingDay(cat, r, row)); beside != "" {
		elements = append(elements, card.SmallText(beside))
	}
	return elements
}

// mainRow returns the row of a metric, or the first one if the ability does not have the metric.
func mainRow(s usage.Section, m usage.Metric) usage.Row {
	if row, ok := findRow(s, m); ok {
		return row
	}
	return s.Rows[0]
}

func valueOf(cat Catalog, s usage.Section, row usage.Row) string {
	switch {
	case row.Value != nil:
		return card.Integer(*row.Value)
	case failedValue(s, row.Metric):
		return cat.Text("figure.failed")
	}
	return card.Absent
}

// metricLabel names the metric and, for a count up to a day, that day.
func metricLabel(cat Catalog, row usage.Row) string {
	if row.AsOf.IsZero() {
		return cat.metric(row.Metric)
	}
	return cat.Text("usage.as_of", "metric", cat.metric(row.Metric), "date", row.AsOf.String())
}

// base writes the value that a row is compared with, and its days. said means that a sentence names them already.
func base(cat Catalog, r usage.Report, row usage.Row, said bool) string {
	key := "usage.base."
	switch {
	case !row.AsOf.IsZero(), row.Before == nil && r.Sections[0].BeforeFailed, said:
		return ""
	case row.Before == nil && r.Complete && row.Value != nil:
		return cat.Text("usage.before.none")
	case row.Before == nil:
		return ""
	case !r.Complete:
		key = "usage.base.whole."
	}
	return cat.Text(key+r.Before.Cycle.String(), "days", cat.baseDays(r.Before), "value", card.Integer(*row.Before))
}

// baseDays writes the days of a period in few characters.
func (cat Catalog) baseDays(p usage.Period) string {
	if p.Cycle == usage.Daily {
		return cat.Text("date.day", "date", shortPeriod(p), "weekday", cat.weekday(p.Start))
	}
	return shortSpan(cat, p, p.End())
}

// workingDay writes the value of the previous working day, which is no comparison: "" if it is not known.
func workingDay(cat Catalog, r usage.Report, row usage.Row) string {
	if row.PreviousWorkday == nil {
		return ""
	}
	return cat.Text("usage.base.working_day", "days", cat.baseDays(r.PreviousWorkday), "value", card.Integer(*row.PreviousWorkday))
}

// otherFigures writes a line for each of the other metrics, with the change beside the value.
func otherFigures(cat Catalog, r usage.Report, m usage.Metric) []card.Inner {
	if len(r.Sections) > 1 {
		return metricLines(cat, r, m)
	}
	if len(r.Sections) == 0 || r.Sections[0].Failed || r.Sections[0].Missing || len(r.Sections[0].Rows) == 0 {
		return nil
	}
	s := r.Sections[0]
	shown := mainRow(s, m).Metric
	var lines []card.Inner
	for _, row := range s.Rows {
		if row.Metric == shown {
			continue
		}
		figure := card.Dotted(valueOf(cat, s, row), cat.change(row.Change), before(cat, r, row))
		lines = append(lines, card.Paragraph(cat.Text("line.titled", "title", metricLabel(cat, row), "text", figure)))
	}
	return lines
}

// before writes the value that a row is compared with: "" if it was not asked for, and words if the platform did not give
// it.
func before(cat Catalog, r usage.Report, row usage.Row) string {
	switch s := r.Sections[0]; {
	case row.Value == nil && !failedValue(s, row.Metric):
		return cat.Text("usage.not_given")
	case !row.AsOf.IsZero():
		return "" // a count up to a day has no period before
	case row.Before == nil && s.BeforeFailed:
		return "" // said once for all metrics
	case row.Before == nil && r.Complete:
		return cat.Text("usage.before.none")
	case row.Before == nil:
		return ""
	case !r.Complete:
		return cat.Text("usage.before.whole."+r.Before.Cycle.String(), "value", card.Integer(*row.Before))
	}
	return cat.Text("usage.before."+r.Before.Cycle.String(), "value", card.Integer(*row.Before))
}
