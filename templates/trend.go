package templates

import (
	"slices"
	"time"

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

// trendPicture draws the chart and the notes about it.
func trendPicture(cat Catalog, t usage.Trend, m usage.Metric, refresh string) []card.Element {
	drawn := trendChart(cat, t, m)
	switch {
	case len(drawn) > 0:
		drawn = append(drawn, legend(cat, t, m)...)
	case !incomplete(t):
		return []card.Element{card.SmallText(cat.Text("trend.nothing", "metric", cat.metric(m)))}
	}
	switch n := gapsOf(t, m); {
	case n == 0:
	case refresh == "": // a digest is not updated later
		drawn = append(drawn, card.SmallText(cat.count("trend.unasked", n)))
	default:
		drawn = append(drawn, card.Paragraph(cat.count("trend.pending", n)))
	}
	if n := t.Failed(); n > 0 {
		drawn = append(drawn, card.Paragraph(cat.count("trend.failed", n)))
	}
	return drawn
}

// gapsOf returns the number of points that have no figure because it is still being fetched.
func gapsOf(t usage.Trend, m usage.Metric) (n int) {
	for _, p := range t.Points {
		missing := func(a usage.Ability) bool { return p.Value(a, m) == nil && !slices.Contains(p.Nothing, a) }
		if p.Pending && slices.ContainsFunc(abilitiesWith(t, m), missing) {
			n++
		}
	}
	return n
}

// incomplete reports whether figures of a trend are pending, could not be fetched, or were not checked.
func incomplete(t usage.Trend) bool {
	return t.Pending()+t.Failed() > 0 || slices.ContainsFunc(t.Points, func(p usage.Point) bool { return p.Unchecked })
}

// refresh draws the button that asks again for missing figures; nothing in a digest, which has no such command.
func refresh(cat Catalog, command string) []card.Element {
	return controlRow(buttonFor(cat.Text("control.refresh"), command, card.PrimaryButton))
}

// legend explains the marks of the chart that have no label.
func legend(cat Catalog, t usage.Trend, m usage.Metric) []card.Element {
	var parts []string
	if slices.ContainsFunc(t.Points, func(p usage.Point) bool { return isWeekend(p.Period) }) {
		parts = append(parts, cat.Text("trend.legend.weekend"))
	}
	last := t.Points[len(t.Points)-1]
	zeros := slices.IndexFunc(t.Points, func(p usage.Point) bool { return !p.ZerosFrom.IsZero() })
	switch {
	case last.Complete || len(last.Figures) == 0:
	case last.Unchecked:
		parts = append(parts, cat.Text("trend.legend.unchecked"))
	case zeros >= 0:
		days := cat.days(t.Points[zeros].ZerosFrom, throughOf(last))
		parts = append(parts, cat.Text("trend.legend.so_far", "days", days, "time", t.AsOf.Format("15:04")))
	default:
		parts = append(parts, cat.Text("trend.legend.part", "days", cat.days(last.Period.Start, throughOf(last))))
	}
	if len(abilitiesWith(t, m)) > 1 {
		parts = append(parts, cat.Text("trend.legend.overlap"))
	}
	if len(parts) == 0 {
		return nil
	}
	return []card.Element{card.SmallText(card.Dotted(parts...))}
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

// The series of a trend's chart.
const (
	weekendBars = "weekend"
	wholeLine   = "whole"
	bridgeLine  = "bridge" // from the last complete period to the unfinished one
	partPoints  = "part"   // the unfinished period
)

// chartHeight is that of a trend's chart, which is the same on a phone and on a wide screen.
const chartHeight = "170px"

// trendChart draws one line for each ability, or nothing if there are no figures. Missing figures are gaps. Unfinished
// periods are drawn separately, because their figures will still grow.
func trendChart(cat Catalog, t usage.Trend, m usage.Metric) []card.Element {
	abilities := abilitiesWithData(t, m)
	if len(abilities) == 0 {
		return nil
	}
	top, steps := card.AxisRange(largest(t, abilities, m))
	spec := card.ChartSpec{
		Type:    card.CommonChart,
		Axes:    []card.ChartAxis{countAxis("left", top, steps), {Orient: "bottom", Type: "band", Label: &card.AxisLabel{AutoHide: true, FirstVisible: true, LastVisible: true}, Inner: new(float64)}},
		Legends: card.ChartLegend{Visible: len(abilities) > 1, Orient: "bottom"},
		Color:   card.ChartColors(),
		Padding: 8,
	}
	lines := trendLines{cat, t, abilities, m}
	spec.Add(lineSeries(wholeLine, t), lines.values(wholeLine))
	if slices.ContainsFunc(lines.values(partPoints), card.ChartDatum.Known) {
		spec.Add(lineSeries(bridgeLine, t), lines.values(bridgeLine))
		spec.Add(lineSeries(partPoints, t), lines.values(partPoints))
	}
	if len(abilities) == 1 { // the labels of several lines would cover each other
		lines.labelNewest(&spec)
	}
	spec.Add(weekendSeries(), weekends(t, top, lines.name(abilities[0])))
	return []card.Element{card.Chart{Spec: spec, Height: chartHeight}}
}

// countAxis returns an axis for counts. It starts at zero, because otherwise small changes would look large.
func countAxis(orient string, top int64, steps int) card.ChartAxis {
	zero := int64(0)
	return card.ChartAxis{Orient: orient, Type: "linear", Min: &zero, Max: &top, Tick: &card.AxisTick{Count: steps}}
}

// abilitiesWithData returns the abilities that have a figure in some period.
func abilitiesWithData(t usage.Trend, m usage.Metric) []usage.Ability {
	return slices.DeleteFunc(abilitiesWith(t, m), func(a usage.Ability) bool {
		return !slices.ContainsFunc(t.Points, func(p usage.Point) bool { return p.Value(a, m) != nil })
	})
}

func largest(t usage.Trend, abilities []usage.Ability, m usage.Metric) (most int64) {
	for _, p := range t.Points {
		for _, a := range abilities {
			if v := p.Value(a, m); v != nil {
				most = max(most, *v)
			}
		}
	}
	return most
}

// trendLines computes the data points of a trend's lines.
type trendLines struct {
	Catalog

	trend     usage.Trend
	abilities []usage.Ability
	metric    usage.Metric
}

// values returns the data points of a series. The solid series has a point for every period, so that the axis is
// complete, except where the other series take over at the end; otherwise a tooltip would show both.
func (l trendLines) values(series string) []card.ChartDatum {
	var values []card.ChartDatum
	for _, a := range l.abilities {
		for i, p := range l.trend.Points {
			d := card.ChartDatum{X: shortPeriod(p.Period), S: l.name(a)}
			value := p.Value(a, l.metric)
			if l.includes(series, i) {
				d.Y = value
			}
			leftToOthers := series == wholeLine && value != nil && i >= wholePoints(l.trend)
			if d.Y != nil || series == wholeLine && !leftToOthers {
				values = append(values, d)
			}
		}
	}
	return values
}

// newestPoints is the series of the newest figures, which have a label.
const newestPoints = "newest"

// labelNewest writes the newest figure of the line beside its point.
func (l trendLines) labelNewest(spec *card.ChartSpec) {
	for _, p := range slices.Backward(l.trend.Points) {
		v := p.Value(l.abilities[0], l.metric)
		if v == nil {
			continue
		}
		d := card.ChartDatum{X: shortPeriod(p.Period), Y: v, S: l.name(l.abilities[0])}
		s := lineSeries(newestPoints, l.trend)
		s.Line, s.Tooltip = invisible(), card.Hidden()
		written := card.Scale{Type: "ordinal", Field: "s", Domain: []string{d.S}, Range: []string{l.short(*v)}}
		s.Label = &card.ChartLabel{Visible: true, Position: "top", Style: card.LabelStyle{Text: written}}
		spec.Add(s, []card.ChartDatum{d})
		return
	}
}

// name returns a line's name in legend and tooltip.
func (l trendLines) name(a usage.Ability) string {
	if len(l.abilities) > 1 {
		return l.ability(a)
	}
	return l.Catalog.metric(l.metric)
}

// wholePoints returns the number of points before the unfinished ones at the end.
func wholePoints(t usage.Trend) int {
	n := len(t.Points)
	for n > 0 && !t.Points[n-1].Complete {
		n--
	}
	return n
}

// includes reports whether a series shows a point. The bridge starts at the complete point before an unfinished one.
func (l trendLines) includes(series string, i int) bool {
	points := l.trend.Points
	switch series {
	case wholeLine:
		return points[i].Complete
	case partPoints:
		return !points[i].Complete
	}
	return !points[i].Complete || i+1 < len(points) && !points[i+1].Complete
}

// lineSeries returns the style of a line. Points are smaller if there are many.
func lineSeries(id string, t usage.Trend) card.ChartSeries {
	size := 6
	if len(t.Points) > 16 {
		size = 4
	}
	s := card.ChartSeries{
		ID: id, Type: card.LineChart, DataID: id, XField: "x", YField: "y", SeriesField: "s", Stack: new(bool), Invalid: "break",
		Line: &card.ChartMark{Style: &card.MarkStyle{LineWidth: 2}}, Point: &card.ChartMark{Style: &card.MarkStyle{Size: size}},
	}
	switch id {
	case bridgeLine:
		s.Line.Style.LineDash, s.Line.Style.Opacity = []int{4, 4}, 0.8
		s.Point, s.Tooltip = invisible(), card.Hidden()
	case partPoints:
		s.Line = invisible()
		s.Point.Style.FillOpacity = 0.6
	}
	return s
}

func invisible() *card.ChartMark { return &card.ChartMark{Visible: new(bool)} }

// weekendSeries shades weekends with bars as high as the axis, so that they do not change its range.
func weekendSeries() card.ChartSeries {
	return card.ChartSeries{
		ID: weekendBars, Type: card.BarChart, DataID: weekendBars, XField: "x", YField: "y", SeriesField: "s", BarWidth: "100%",
		Bar: &card.ChartMark{Style: &card.MarkStyle{Fill: card.Shade, FillOpacity: card.ShadeOpacity}}, Tooltip: card.Hidden(),
	}
}

// weekends returns the data points of the shading. They use the name of a line to stay out of the legend: before VChart
// 1.4 a legend cannot be told which series to list.
func weekends(t usage.Trend, top int64, line string) []card.ChartDatum {
	var values []card.ChartDatum
	for _, p := range t.Points {
		if isWeekend(p.Period) {
			values = append(values, card.ChartDatum{X: shortPeriod(p.Period), Y: &top, S: line})
		}
	}
	return values
}

func isWeekend(p usage.Period) bool {
	d := p.Start.Weekday()
	return p.Cycle == usage.Daily && (d == time.Saturday || d == time.Sunday)
}

// shortPeriod names a period in the width of an axis label: a day and a week by the first day, a month by its name.
func shortPeriod(p usage.Period) string {
	if p.Cycle == usage.Monthly {
		return p.Start.String()[:len("2006-01")]
	}
	return p.Start.String()[len("2006-"):]
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

// RefreshView shows the progress of a refresh, which asks the platform again for a range of days.
type RefreshView struct {
	App         usage.App
	Department  usage.Department // zero: the whole company
	From, Until usage.Date
	Done, All   int    // days
	Changed     int    // corrected figures
	Kept        int    // figures that the platform does not give any more
	Failed      int    // questions that the platform refused
	None        bool   // no refresh exists
	Other       bool   // another refresh is running, so the requested one was not started
	Stopped     bool   // it failed; the log says why
	Again       string // the command that shows the current progress
	Show        string // the command that shows the figures
}

// Refresh draws the progress.
func Refresh(cat Catalog, v RefreshView) card.Card {
	title, head := cat.Text("refresh.title"), card.BlueHead
	done := v.Done >= v.All
	switch {
	case v.None:
		title = cat.Text("refresh.none")
	case v.Stopped:
		title, head = cat.Text("refresh.stopped"), card.RedHead
	case done:
		title = cat.Text("refresh.done")
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	if v.None {
		p.Add(card.Paragraph(cat.Text("refresh.how", "app", appName(v.App))))
		return p.Card
	}
	if v.Other {
		p.Add(card.Paragraph(cat.Text("refresh.other")))
	}
	p.Add(card.Paragraph(card.Dotted(appName(v.App), cat.department(v.Department, v.Department.Path), cat.days(v.From, v.Until))))
	if v.Stopped {
		p.Add(card.Paragraph(cat.Text("refresh.why"))) // the counts lack what the failed step has corrected
		return p.Card
	}
	p.Add(card.Paragraph(cat.count("refresh.progress", v.All, "done", card.Integer(int64(v.Done)))))
	p.Add(card.Paragraph(cat.count("refresh.changed", v.Changed)))
	if v.Kept > 0 {
		p.Add(card.SmallText(cat.count("refresh.kept", v.Kept)))
	}
	if v.Failed > 0 {
		p.Add(card.SmallText(cat.count("refresh.failed", v.Failed)))
	}
	if done {
		p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: cat.Text("refresh.show"), Command: v.Show}}, card.PlainButton, 1)...)...)
		return p.Card
	}
	p.Add(card.SmallText(cat.Text("refresh.share")))
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: cat.Text("refresh.again"), Command: v.Again}}, card.PlainButton, 1)...)...)
	return p.Card
}
