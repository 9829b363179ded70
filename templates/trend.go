package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// TrendView shows one metric over time.
type TrendView struct {
	Trend  usage.Trend
	Metric usage.Metric // "" is ActiveUsers
	// DepartmentPath and TimeZone are as in UsageOptions.
	DepartmentPath, TimeZone string
	Narrowed                 bool // as in UsageOptions
	Range                    bool // the reader asked for these periods, and may expect one figure of them all

	Cycles                        map[usage.Cycle]string // commands for the other cycles
	Ability, Department           card.Pick
	MetricPick, Date              card.Pick
	ShowUsage, ShowTop, Subscribe string
	Refresh                       string // the command that asks again; set only while figures are missing
	AskAnew                       string // as in UsageOptions
}

// Trend draws a metric over time: its newest figure, a chart, and a folded list of the chart's figures, newest first.
func Trend(cat Catalog, v TrendView) card.Card {
	m := metricOrDefault(v.Metric)
	p := card.NewPage(trendHeader(cat, v, m), trendSummary(cat, v, m))
	p.Add(narrowedNote(cat, v.Narrowed)...)
	if out := v.Trend.NotOut; out != nil {
		p.Add(card.Paragraph(cat.Text("trend.not_out."+out.Cycle.String(), "days", cat.period(*out))))
	}
	p.Add(newestFigure(cat, v.Trend, m)...)
	if v.Range && countsPeople(m) {
		p.Add(card.SmallText(cat.Text("trend.no_total." + v.Trend.Query.Cycle.String())))
	}
	p.Add(trendPicture(cat, v.Trend, m, v.Refresh)...)
	if incomplete(v.Trend) {
		p.Add(refresh(cat, v.Refresh)...)
	}
	after := append(trendRemarks(cat, v, m), trendControls(cat, v)...)
	p.Shrink(len(v.Trend.Points), after, func(n int) []card.Element {
		return []card.Element{card.Panel(cat.Text("trend.figures"), pointLines(cat, v.Trend, m, n))}
	})
	p.Add(after...)
	return p.Card
}

func metricOrDefault(m usage.Metric) usage.Metric {
	if m == "" {
		return usage.ActiveUsers
	}
	return m
}

// abilitiesWith returns the trend's abilities for which the platform counts the metric, or all if it counts it for
// none.
func abilitiesWith(t usage.Trend, m usage.Metric) []usage.Ability {
	with := slices.DeleteFunc(t.Abilities(), func(a usage.Ability) bool { return !slices.Contains(a.Metrics(), m) })
	if len(with) == 0 {
		return t.Abilities()
	}
	return with
}

func trendHeader(cat Catalog, v TrendView, m usage.Metric) card.Header {
	q := v.Trend.Query
	title := cat.Text("trend.title", "app", appName(q.App), "ability", cat.ability(q.Ability), "metric", cat.metric(m))
	subtitle := card.Text(cat.Text("usage.subtitle", "days", span(cat, v.Trend), "department", cat.department(q.Department, v.DepartmentPath)))
	return card.Header{Title: card.Text(title), Subtitle: &subtitle, Template: card.BlueHead}
}

// span describes the range of a trend and its steps.
func span(cat Catalog, t usage.Trend) string {
	if len(t.Points) == 0 {
		return cat.cycle(t.Query.Cycle)
	}
	first, last := t.Points[0], t.Points[len(t.Points)-1]
	days := cat.days(first.Period.Start, throughOf(last))
	if t.Query.Cycle == usage.Monthly {
		days = cat.Text("date.days", "first", shortPeriod(first.Period), "last", shortPeriod(last.Period))
	}
	return cat.count("trend.span."+t.Query.Cycle.String(), len(t.Points), "days", days)
}

// throughOf returns the last day that a point covers; the period's last day if it is not known for certain.
func throughOf(p usage.Point) usage.Date {
	if p.Complete || p.Unchecked || p.Through.IsZero() || p.Through.Before(p.Period.Start) {
		return p.Period.End()
	}
	return p.Through
}

// trendSummary names the newest figure, for the list of chats.
func trendSummary(cat Catalog, v TrendView, m usage.Metric) string {
	q := v.Trend.Query
	newest := card.Absent
	first := abilitiesWith(v.Trend, m)[0]
	for _, p := range v.Trend.Points {
		if value := p.Value(first, m); value != nil {
			newest = cat.Text("line.titled", "title", shortPeriod(p.Period), "text", cat.short(*value))
		}
	}
	return cat.Text("trend.summary", "app", appName(q.App), "ability", cat.ability(q.Ability), "metric", cat.metric(m), "newest", newest)
}

// refresh draws the button that asks again for missing figures; nothing in a digest, which has no such command.
func refresh(cat Catalog, command string) []card.Element {
	return controlRow(buttonFor(cat.Text("control.refresh"), command, card.PrimaryButton))
}

// trendRemarks says below the figures how not to use them, and what they mean.
func trendRemarks(cat Catalog, v TrendView, m usage.Metric) []card.Element {
	var remarks []card.Element
	if countsPeople(m) && !v.Range { // for a range it is said above the chart
		remarks = append(remarks, card.SmallText(cat.Text("trend.no_sum")))
	}
	q := v.Trend.Query
	return append(remarks, explanationOf(cat, []usage.Metric{m}, abilitiesWith(v.Trend, m), q.Department, v.TimeZone))
}

// countsPeople reports whether a metric counts each person once in a period.
func countsPeople(m usage.Metric) bool { return m == usage.ActiveUsers || m == usage.NewUsers }

func trendControls(cat Catalog, v TrendView) []card.Element {
	controls := cycleControls(cat, v.Cycles, v.Trend.Query.Cycle)
	controls = append(controls, controlRow(
		buttonFor(cat.Text("control.usage"), v.ShowUsage, card.PlainButton),
		buttonFor(cat.Text("control.top"), v.ShowTop, card.PlainButton),
		buttonFor(cat.Text("control.subscribe"), v.Subscribe, card.PlainButton),
	)...)
	return append(controls, fieldPanel(cat, v.Date, v.Ability, v.Department, v.MetricPick, v.AskAnew)...)
}

// newestFigure draws the newest figure of a single line in large print, with its change.
func newestFigure(cat Catalog, t usage.Trend, m usage.Metric) []card.Element {
	abilities := abilitiesWith(t, m)
	if len(abilities) != 1 {
		return nil
	}
	for i, p := range slices.Backward(t.Points) {
		v := p.Value(abilities[0], m)
		if v == nil {
			continue
		}
		label := card.Dotted(cat.metric(m), pointName(cat, p))
		set := card.ColumnSet{FlexMode: card.KeepColumns, Columns: []card.Column{{
			Width: card.AutoWidth, Spacing: "4px", Elements: []card.Inner{card.SmallText(label), card.Sized(card.Integer(*v), card.HugeSize)},
		}}}
		if change := cat.change(t.Change(i, abilities[0], m)); change != "" {
			words := []card.Inner{card.SmallText(cat.changeColumn(t.Query.Cycle)), card.Paragraph(change)}
			set.Columns = append(set.Columns, card.Column{Width: card.WeightedWidth, Weight: 1, Align: card.AtBottom, Spacing: "4px", Elements: words})
		}
		return []card.Element{set}
	}
	return nil
}

// changeColumn names the column of changes: a day is compared with its weekday of the week before.
func (cat Catalog) changeColumn(c usage.Cycle) string {
	return cat.Text("trend.change." + c.String())
}

// cellChange writes a change in the width of a cell, as count and percentage.
func cellChange(cat Catalog, c usage.Change) string {
	if p := percent(c.Percent); c.Kind == usage.ByPercent && p != "" {
		return cat.Text("change.cell", "delta", signed(c.Delta), "percent", p)
	}
	return shortChange(cat, c)
}

// pointName names a point's period and marks an unfinished one.
func pointName(cat Catalog, p usage.Point) string {
	switch {
	case !p.ZerosFrom.IsZero() && p.Through == p.Period.End() && !p.Unchecked:
		return cat.Text("trend.so_far", "days", shortSpan(cat, p.Period, p.Through))
	case !p.Complete:
		return cat.Text("trend.part", "days", shortSpan(cat, p.Period, throughOf(p)))
	}
	return shortSpan(cat, p.Period, p.Period.End())
}

// shortSpan writes a day with its weekday, a month by its name, and other ranges by first and last day.
func shortSpan(cat Catalog, p usage.Period, last usage.Date) string {
	switch {
	case p.Cycle == usage.Monthly && last == p.End():
		return shortPeriod(p)
	case p.Start == last:
		return cat.day(last)
	}
	return cat.Text("date.days", "first", p.Start.String(), "last", last.String()[len("2006-"):])
}

// pointValue writes a figure. It distinguishes pending and failed figures from gaps.
func pointValue(cat Catalog, p usage.Point, a usage.Ability, m usage.Metric) string {
	v := p.Value(a, m)
	switch {
	case v != nil:
		return card.Integer(*v)
	case slices.Contains(p.Nothing, a):
		return card.Absent
	case p.Pending:
		return cat.Text("trend.coming")
	case p.Failed && p.Figures[a] == nil:
		return cat.Text("figure.failed")
	}
	return card.Absent
}

// pointLines lists the newest n points as text.
func pointLines(cat Catalog, t usage.Trend, m usage.Metric, n int) []card.Inner {
	var lines []card.Inner
	for i := len(t.Points) - 1; i >= len(t.Points)-n; i-- {
		p := t.Points[i]
		text := pointValues(cat, t, p, m)
		if abilities := abilitiesWith(t, m); len(abilities) == 1 {
			if c := t.Change(i, abilities[0], m); c.Kind != usage.Incomparable {
				text = card.Dotted(text, countChange(cat, c))
			}
		}
		lines = append(lines, card.Paragraph(cat.Text("line.titled", "title", pointName(cat, p), "text", text)))
	}
	if left := len(t.Points) - n; left > 0 {
		lines = append(lines, card.SmallText(cat.count("trend.older", left)))
	}
	return lines
}

func pointValues(cat Catalog, t usage.Trend, p usage.Point, m usage.Metric) string {
	abilities := abilitiesWith(t, m)
	if len(abilities) == 1 {
		return pointValue(cat, p, abilities[0], m)
	}
	var parts []string
	for _, a := range abilities {
		parts = append(parts, cat.Text("line.pair", "name", cat.ability(a), "value", pointValue(cat, p, a, m)))
	}
	return card.Dotted(parts...)
}
