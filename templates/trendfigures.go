package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// The columns of a trend's table that are not named as an ability is.
const (
	periodColumnName = "period"
	changeColumnName = "change"
)

// trendTable lists the newest n figures of a trend, newest first.
func (w wording) trendTable(t usage.Trend, m usage.Metric, n int) []card.Element {
	abilities := counted(t.Query.Ability, m)
	columns := []card.TableColumn{card.TextColumn(periodColumnName, w.say("trend.period"), card.AtLeft)}
	for _, a := range abilities {
		title := w.ability(a)
		if len(abilities) == 1 {
			title = w.metric(m)
		}
		columns = append(columns, card.TextColumn(string(a), title, card.AtRight))
	}
	if len(abilities) == 1 {
		columns = append(columns, card.TextColumn(changeColumnName, w.say("trend.change"), card.AtRight))
	}
	var rows []map[string]string
	for i := len(t.Points) - 1; i >= len(t.Points)-n; i-- {
		rows = append(rows, w.trendRow(t, i, abilities, m))
	}
	elements := []card.Element{card.NewTable(columns, rows)}
	if left := len(t.Points) - n; left > 0 {
		elements = append(elements, card.Remark(w.count("trend.older", left)))
	}
	return elements
}

func (w wording) trendRow(t usage.Trend, i int, abilities []usage.Ability, m usage.Metric) map[string]string {
	row := map[string]string{periodColumnName: w.pointName(t.Points[i])}
	for _, a := range abilities {
		row[string(a)] = w.pointValue(t.Points[i], a, m)
	}
	if len(abilities) == 1 {
		row[changeColumnName] = w.cellChange(t.Change(i, abilities[0], m))
	}
	return row
}

// cellChange tells a change in the width of a cell, with the count beside the percentage: the same table has the figures.
func (w wording) cellChange(c usage.Change) string {
	if p := percent(c.Percent); c.Kind == usage.ByPercent && p != "" {
		return w.say("change.cell", "delta", signed(c.Delta), "percent", p)
	}
	return w.shortChange(c)
}

// pointName names a point's period and says when it is unfinished.
func (w wording) pointName(p usage.Point) string {
	switch {
	case !p.ZerosFrom.IsZero() && p.Through == p.Period.End():
		return w.say("trend.so_far", "days", w.shortSpan(p.Period, p.Through))
	case !p.Complete:
		return w.say("trend.part", "days", w.shortSpan(p.Period, throughOf(p)))
	}
	return w.shortSpan(p.Period, p.Period.End())
}

// shortSpan writes a day with its weekday, a month by its name, and other spans by their two ends.
func (w wording) shortSpan(p usage.Period, last usage.Date) string {
	switch {
	case p.Cycle == usage.Monthly && last == p.End():
		return shortPeriod(p)
	case p.Start == last:
		return w.day(last)
	}
	return w.say("date.days", "first", p.Start.String(), "last", last.String()[len("2006-"):])
}

// pointValue is a figure; what is still being asked for, or could not be had, is no gap.
func (w wording) pointValue(p usage.Point, a usage.Ability, m usage.Metric) string {
	v := p.Value(a, m)
	switch {
	case v != nil:
		return card.Integer(*v)
	case slices.Contains(p.Nothing, a):
		return card.Absent
	case p.Pending:
		return w.say("trend.coming")
	case p.Failed && p.Figures[a] == nil:
		return w.say("figure.failed")
	}
	return card.Absent
}

// trendPanel is a closed panel with the newest n figures of a trend as lines of text.
func (w wording) trendPanel(t usage.Trend, m usage.Metric, n int) []card.Element {
	var lines []card.Inner
	for i := len(t.Points) - 1; i >= len(t.Points)-n; i-- {
		p := t.Points[i]
		lines = append(lines, card.Paragraph(w.say("line.titled", "title", w.pointName(p), "text", w.pointValues(t, p, m))))
	}
	if left := len(t.Points) - n; left > 0 {
		lines = append(lines, card.Remark(w.count("trend.older", left)))
	}
	return []card.Element{card.Panel(w.say("trend.figures"), lines)}
}

func (w wording) pointValues(t usage.Trend, p usage.Point, m usage.Metric) string {
	abilities := counted(t.Query.Ability, m)
	if len(abilities) == 1 {
		return w.pointValue(p, abilities[0], m)
	}
	var parts []string
	for _, a := range abilities {
		parts = append(parts, w.say("line.pair", "name", w.ability(a), "value", w.pointValue(p, a, m)))
	}
	return card.Dotted(parts...)
}
