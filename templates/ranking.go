package templates

import (
	"strconv"

	"usagebot/usage"
)

// The columns of a ranking's table.
const (
	departmentColumnName = "department"
	valueColumnName      = "value"
	beforeColumnName     = "before"
)

// rankingTable lists the first n departments.
func (w wording) rankingTable(r usage.Ranking, n int) []element {
	columns := []tableColumn{
		textColumn(departmentColumnName, w.say("top.department"), atLeft),
		textColumn(valueColumnName, w.metric(usage.ActiveUsers), atRight),
	}
	if r.Complete { // what matters most comes first: on a phone the rest is a swipe away
		columns = append(columns,
			textColumn(changeColumnName, w.say("usage.change"), atRight),
			textColumn(beforeColumnName, w.say("top.before."+r.Period.Cycle.String()), atRight))
	}
	rows := make([]map[string]string, n)
	for i, row := range r.Rows[:n] {
		rows[i] = map[string]string{departmentColumnName: w.ranked(r, i), valueColumnName: w.counted(row.Value, row.Uncounted)}
		if r.Complete {
			rows[i][beforeColumnName] = w.counted(row.Before, row.BeforeUncounted)
			rows[i][changeColumnName] = w.cellChange(row.Change)
		}
	}
	elements := []element{newTable(columns, rows)}
	if left := len(r.Rows) - n; left > 0 {
		elements = append(elements, remark(w.count("top.more", left)))
	}
	return elements
}

// counted is a department's figure. That it could not be counted does not mean that it has none.
func (w wording) counted(v *int64, uncounted bool) string {
	switch {
	case v != nil:
		return integer(*v)
	case uncounted:
		return w.say("figure.uncounted")
	}
	return absent
}

// Limits of a ranking's chart.
const (
	maxBars    = 10
	maxBarName = 24 // characters
	barHeight  = 30 // pixels
)

// rankingChart draws the departments that come first as bars. Those without a figure have none.
func (w wording) rankingChart(ranks []usage.Rank) []element {
	names := map[string]int{}
	var values []chartDatum
	var most int64
	written := scale{Type: "ordinal", Field: "x"}
	for i, row := range ranks {
		if row.Value == nil || len(values) == maxBars {
			break
		}
		d := chartDatum{X: unmarked(clean(w.ranked(usage.Ranking{Rows: ranks}, i), maxBarName)), Y: row.Value}
		if names[d.X]++; names[d.X] > 1 { // two of one name share a place: a chart would make one bar of them
			d.X += " (" + strconv.Itoa(names[d.X]) + ")"
		}
		values = append(values, d)
		written.Domain, written.Range = append(written.Domain, d.X), append(written.Range, w.short(*row.Value))
		most = max(most, *row.Value)
	}
	if len(values) < 2 {
		return nil // nothing to compare
	}
	axis := countAxis("bottom", roomFor(most), 1)
	axis.Visible = new(bool)
	return []element{chart{
		Height: strconv.Itoa(barHeight*len(values)+20) + "px",
		Spec: chartSpec{
			Type: barChart, Data: []chartData{{ID: "ranking", Values: values}}, Direction: "horizontal", XField: "y", YField: "x",
			Axes:  []chartAxis{{Orient: "left", Type: "band", Tick: &axisTick{}}, axis},
			Label: &chartLabel{Visible: true, Position: "outside", Style: labelStyle{Text: written}}, Tooltip: hidden(),
			Color: chartColors()[:1], Padding: 8, BarWidth: barHeight / 2,
		},
	}}
}

// roomFor returns where the axis ends so that the longest bar leaves room for its figure.
func roomFor(most int64) int64 {
	most = min(max(most, 3), maxTop)
	return most + most/3
}
