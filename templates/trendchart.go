package templates

import (
	"slices"
	"time"

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
func (w wording) trendChart(t usage.Trend, m usage.Metric) []element {
	abilities := drawable(t, m)
	if len(abilities) == 0 {
		return nil
	}
	top, steps := topOf(largest(t, abilities, m))
	spec := chartSpec{
		Type:    commonChart,
		Axes:    []chartAxis{countAxis("left", top, steps), {Orient: "bottom", Type: "band", Label: &axisLabel{AutoHide: true}}},
		Legends: chartLegend{Visible: len(abilities) > 1, Orient: "bottom"},
		Color:   chartColors(),
		Padding: 8,
	}
	lines := trendLines{w, t, abilities, m}
	spec.add(lineSeries(wholeLine, t), lines.values(wholeLine))
	if slices.ContainsFunc(lines.values(partPoints), chartDatum.known) {
		spec.add(lineSeries(bridgeLine, t), lines.values(bridgeLine))
		spec.add(lineSeries(partPoints, t), lines.values(partPoints))
	}
	spec.add(weekendSeries(), weekends(t, top, lines.name(abilities[0])))
	return []element{chart{Spec: spec, AspectRatio: wideChart}}
}

// add appends a series if there is anything to draw: the platform refuses a null for a list.
func (s *chartSpec) add(series chartSeries, values []chartDatum) {
	if len(values) == 0 {
		return
	}
	s.Series = append(s.Series, series)
	s.Data = append(s.Data, chartData{ID: series.DataID, Values: values})
}

// countAxis is an axis for counts: it begins at zero, or small changes would look large.
func countAxis(orient string, top int64, steps int) chartAxis {
	zero := int64(0)
	return chartAxis{Orient: orient, Type: "linear", Min: &zero, Max: &top, Tick: &axisTick{Count: steps}}
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
func (l trendLines) values(series string) []chartDatum {
	var values []chartDatum
	for _, a := range l.abilities {
		for i, p := range l.trend.Points {
			d := chartDatum{X: shortPeriod(p.Period), S: l.name(a)}
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
func lineSeries(id string, t usage.Trend) chartSeries {
	size := 6
	if len(t.Points) > 16 {
		size = 4
	}
	s := chartSeries{
		ID: id, Type: lineChart, DataID: id, XField: "x", YField: "y", SeriesField: "s", Stack: new(bool), Invalid: "break",
		Line: &chartMark{Style: &markStyle{LineWidth: 2}}, Point: &chartMark{Style: &markStyle{Size: size}},
	}
	switch id {
	case bridgeLine:
		s.Line.Style.LineDash, s.Line.Style.Opacity = []int{4, 4}, 0.8
		s.Point, s.Tooltip = invisible(), hidden()
	case partPoints:
		s.Line = invisible()
		s.Point.Style.FillOpacity = 0.6
	}
	return s
}

func invisible() *chartMark { return &chartMark{Visible: new(bool)} }

// weekendSeries shades weekends. The bars reach to the end of the axis, which they do not move.
func weekendSeries() chartSeries {
	return chartSeries{
		ID: weekendBars, Type: barChart, DataID: weekendBars, XField: "x", YField: "y", SeriesField: "s", BarWidth: "100%",
		Bar: &chartMark{Style: &markStyle{Fill: shade, FillOpacity: shadeOpacity}}, Tooltip: hidden(),
	}
}

// weekends are the marks of the shading. They go by the name of a line, so that a legend has no entry for them: before
// 1.4 a legend cannot be told which series to list.
func weekends(t usage.Trend, top int64, line string) []chartDatum {
	var values []chartDatum
	for _, p := range t.Points {
		if isWeekend(p.Period) {
			values = append(values, chartDatum{X: shortPeriod(p.Period), Y: &top, S: line})
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
