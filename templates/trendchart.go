package templates

import (
	"slices"
	"time"

	"usagebot/templates/card"
	"usagebot/usage"
)

// The series of a trend's chart.
const (
	weekendBars = "weekend"
	wholeLine   = "whole"
	bridgeLine  = "bridge" // from the last whole period to what is unfinished
	partPoints  = "part"   // what is unfinished
)

// trendChart draws a metric over time, a line for each ability; nothing where there is no figure to draw. Days on which
// nothing is known are gaps. What is unfinished is drawn apart, since it is less than it will be.
func (w wording) trendChart(t usage.Trend, m usage.Metric) []card.Element {
	abilities := drawable(t, m)
	if len(abilities) == 0 {
		return nil
	}
	top, steps := card.TopOf(largest(t, abilities, m))
	spec := card.ChartSpec{
		Type:    card.CommonChart,
		Axes:    []card.ChartAxis{countAxis("left", top, steps), {Orient: "bottom", Type: "band", Label: &card.AxisLabel{AutoHide: true}}},
		Legends: card.ChartLegend{Visible: len(abilities) > 1, Orient: "bottom"},
		Color:   card.ChartColors(),
		Padding: 8,
	}
	lines := trendLines{w, t, abilities, m}
	spec.Add(lineSeries(wholeLine, t), lines.values(wholeLine))
	if slices.ContainsFunc(lines.values(partPoints), card.ChartDatum.Known) {
		spec.Add(lineSeries(bridgeLine, t), lines.values(bridgeLine))
		spec.Add(lineSeries(partPoints, t), lines.values(partPoints))
	}
	spec.Add(weekendSeries(), weekends(t, top, lines.name(abilities[0])))
	return []card.Element{card.Chart{Spec: spec, AspectRatio: card.WideChart}}
}

// countAxis is an axis for counts: it begins at zero, or small changes would look large.
func countAxis(orient string, top int64, steps int) card.ChartAxis {
	zero := int64(0)
	return card.ChartAxis{Orient: orient, Type: "linear", Min: &zero, Max: &top, Tick: &card.AxisTick{Count: steps}}
}

// drawable returns the abilities that have a figure in some period.
func drawable(t usage.Trend, m usage.Metric) []usage.Ability {
	return slices.DeleteFunc(counted(t.Query.Ability, m), func(a usage.Ability) bool {
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

// trendLines are the marks of a trend's lines.
type trendLines struct {
	wording

	trend     usage.Trend
	abilities []usage.Ability
	metric    usage.Metric
}

// values are the marks of a series. The whole line has a mark for every period, known or not, so that the axis has them
// all in their order; only at the end it leaves to the others what is theirs, or a reader's finger would find a figure
// and an empty line for the same week.
func (l trendLines) values(series string) []card.ChartDatum {
	var values []card.ChartDatum
	for _, a := range l.abilities {
		for i, p := range l.trend.Points {
			d := card.ChartDatum{X: shortPeriod(p.Period), S: l.name(a)}
			value := p.Value(a, l.metric)
			if l.belongs(series, i) {
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

// name is what a legend or a tooltip calls an ability's line.
func (l trendLines) name(a usage.Ability) string {
	if len(l.abilities) > 1 {
		return l.ability(a)
	}
	return l.wording.metric(l.metric)
}

// wholePoints returns how many points there are before the unfinished ones at the end.
func wholePoints(t usage.Trend) int {
	n := len(t.Points)
	for n > 0 && !t.Points[n-1].Complete {
		n--
	}
	return n
}

// belongs reports whether a series shows a point. The bridge begins at the whole point before an unfinished one.
func (l trendLines) belongs(series string, i int) bool {
	points := l.trend.Points
	switch series {
	case wholeLine:
		return points[i].Complete
	case partPoints:
		return !points[i].Complete
	}
	return !points[i].Complete || i+1 < len(points) && !points[i+1].Complete
}

// lineSeries is one look of a line. Many points are drawn smaller.
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

// weekendSeries shades weekends. The bars reach to the end of the axis, which they do not move.
func weekendSeries() card.ChartSeries {
	return card.ChartSeries{
		ID: weekendBars, Type: card.BarChart, DataID: weekendBars, XField: "x", YField: "y", SeriesField: "s", BarWidth: "100%",
		Bar: &card.ChartMark{Style: &card.MarkStyle{Fill: card.Shade, FillOpacity: card.ShadeOpacity}}, Tooltip: card.Hidden(),
	}
}

// weekends are the marks of the shading. They go by the name of a line, so that a legend has no entry for them: before
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

// shortPeriod names a period in the width of an axis: a day and a week by its first day, a month by its own name.
func shortPeriod(p usage.Period) string {
	if p.Cycle == usage.Monthly {
		return p.Start.String()[:len("2006-01")]
	}
	return p.Start.String()[len("2006-"):]
}
