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
		rows[i] = map[string]string{departmentColumnName: w.ranked(i, row), valueColumnName: exact(row.Value)}
		if r.Complete {
			rows[i][beforeColumnName], rows[i][changeColumnName] = exact(row.Before), w.cellChange(row.Change)
		}
	}
	elements := []element{newTable(columns, rows)}
	if left := len(r.Rows) - n; left > 0 {
		elements = append(elements, remark(w.count("top.more", left)))
	}
	return elements
}

func exact(v *int64) string {
	if v == nil {
		return absent
	}
	return integer(*v)
}

// Limits of a ranking's chart.
const (
	maxBars    = 10
	maxBarName = 24 // characters
	barHeight  = 30 // pixels
)

// rankingChart draws the departments that come first as bars. Those without a figure have none.
func (w wording) rankingChart(ranks []usage.Rank) []element {
	var values []chartDatum
	var most int64
	written := scale{Type: "ordinal", Field: "x"}
	for i, row := range ranks {
		if row.Value == nil || len(values) == maxBars {
			break
		}
		d := chartDatum{X: unmarked(clean(w.ranked(i, row), maxBarName)), Y: row.Value}
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
