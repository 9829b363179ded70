package templates

import (
	"strconv"

	"usagebot/templates/card"
	"usagebot/usage"
)

// The columns of a ranking's table.
const (
	departmentColumnName = "department"
	valueColumnName      = "value"
	beforeColumnName     = "before"
)

// rankingTable lists the first n departments.
func (w wording) rankingTable(r usage.Ranking, n int) []card.Element {
	columns := []card.TableColumn{
		card.TextColumn(departmentColumnName, w.say("top.department"), card.AtLeft),
		card.TextColumn(valueColumnName, w.metric(usage.ActiveUsers), card.AtRight),
	}
	if r.Complete { // what matters most comes first: on a phone the rest is a swipe away
		columns = append(columns,
			card.TextColumn(changeColumnName, w.say("usage.change"), card.AtRight),
			card.TextColumn(beforeColumnName, w.say("top.before."+r.Period.Cycle.String()), card.AtRight))
	}
	rows := make([]map[string]string, n)
	for i, row := range r.Rows[:n] {
		rows[i] = map[string]string{departmentColumnName: w.ranked(r, i), valueColumnName: w.counted(row.Value, row.Uncounted)}
		if r.Complete {
			rows[i][beforeColumnName] = w.counted(row.Before, row.BeforeUncounted)
			rows[i][changeColumnName] = w.cellChange(row.Change)
		}
	}
	elements := []card.Element{card.NewTable(columns, rows)}
	if left := len(r.Rows) - n; left > 0 {
		elements = append(elements, card.Remark(w.count("top.more", left)))
	}
	return elements
}

// counted is a department's figure. That it could not be counted does not mean that it has none.
func (w wording) counted(v *int64, uncounted bool) string {
	switch {
	case v != nil:
		return card.Integer(*v)
	case uncounted:
		return w.say("figure.uncounted")
	}
	return card.Absent
}

// Limits of a ranking's chart.
const (
	maxBars    = 10
	maxBarName = 24 // characters
	barHeight  = 30 // pixels
)

// rankingChart draws the departments that come first as bars. Those without a figure have none.
func (w wording) rankingChart(ranks []usage.Rank) []card.Element {
	names := map[string]int{}
	var values []card.ChartDatum
	var most int64
	written := card.Scale{Type: "ordinal", Field: "x"}
	for i, row := range ranks {
		if row.Value == nil || len(values) == maxBars {
			break
		}
		d := card.ChartDatum{X: card.Unmarked(card.Clean(w.ranked(usage.Ranking{Rows: ranks}, i), maxBarName)), Y: row.Value}
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
	return []card.Element{card.Chart{
		Height: strconv.Itoa(barHeight*len(values)+20) + "px",
		Spec: card.ChartSpec{
			Type: card.BarChart, Data: []card.ChartData{{ID: "ranking", Values: values}}, Direction: "horizontal", XField: "y", YField: "x",
			Axes:  []card.ChartAxis{{Orient: "left", Type: "band", Tick: &card.AxisTick{}}, axis},
			Label: &card.ChartLabel{Visible: true, Position: "outside", Style: card.LabelStyle{Text: written}}, Tooltip: card.Hidden(),
			Color: card.ChartColors()[:1], Padding: 8, BarWidth: barHeight / 2,
		},
	}}
}

// roomFor returns where the axis ends so that the longest bar leaves room for its figure.
func roomFor(most int64) int64 {
	most = min(max(most, 3), card.MaxTop)
	return most + most/3
}
