package templates

import (
	"slices"
	"time"

	"usagebot/templates/card"
	"usagebot/usage"
)

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
