package templates

import (
	"strconv"

	"usagebot/templates/card"
	"usagebot/usage"
)

// periodsBody draws one thing in several periods: its figures and, of two, what changed from the earlier to the later one.
func periodsBody(cat Catalog, v CompareView) []card.Element {
	later, earlier, ok := v.pair()
	switch {
	case ok && later.Report.Complete && earlier.Report.Complete:
		return append(changeTable(cat, v, later, earlier), periodBars(cat, v)...)
	case v.ToDate == nil || !ok:
		return append(compareTable(cat, v), append(unequalNote(cat, v), periodBars(cat, v)...)...)
	}
	elements := append(compareTable(cat, v), unequalNote(cat, v)...)
	return append(elements, toDate(cat, v, later, earlier)...)
}

// pair returns the later and the earlier of two periods that both have figures.
func (v CompareView) pair() (later, earlier ComparedView, ok bool) {
	if len(v.List) != 2 || v.List[0].Err != nil || v.List[1].Err != nil {
		return ComparedView{}, ComparedView{}, false
	}
	later, earlier = v.List[0], v.List[1]
	if later.Report.Period.Start.Before(earlier.Report.Period.Start) {
		later, earlier = earlier, later
	}
	return later, earlier, true
}

// The columns of a table of two periods besides the metrics.
const (
	laterColumn   = "later"
	earlierColumn = "earlier"
)

// changeTable draws a row for each metric of two whole periods: both figures, and the change from the earlier to the later.
func changeTable(cat Catalog, v CompareView, later, earlier ComparedView) []card.Element {
	var rows []map[string]string
	for _, m := range v.metrics() {
		rows = append(rows, map[string]string{
			metricColumnName: cat.metric(m), laterColumn: comparedCell(cat, later, m, card.Integer), earlierColumn: comparedCell(cat, earlier, m, card.Integer),
			changeColumnName: cellChange(cat, usage.ChangeOf(m, later.Compared, earlier.Compared)),
		})
	}
	elements := []card.Element{card.NewTable(twoPeriods(cat, later, earlier), rows)}
	elements = append(elements, card.SmallText(cat.Text("compare.change", "later", cat.period(later.Report.Period), "earlier", cat.period(earlier.Report.Period))))
	return append(elements, totalsNote(cat, v)...)
}

func twoPeriods(cat Catalog, later, earlier ComparedView) []card.TableColumn {
	return []card.TableColumn{
		card.TextColumn(metricColumnName, cat.Text("control.metric"), card.AtLeft),
		card.TextColumn(laterColumn, shortPeriod(later.Report.Period), card.AtRight),
		card.TextColumn(changeColumnName, cat.Text("usage.change"), card.AtRight),
		card.TextColumn(earlierColumn, shortPeriod(earlier.Report.Period), card.AtRight),
	}
}

// unequalNote says why nothing is compared: the days of a period are not all published, or have only zeros so far.
func unequalNote(cat Catalog, v CompareView) (notes []card.Element) {
	for _, one := range v.known() {
		if r := one.Report; !r.ZerosFrom.IsZero() {
			notes = append(notes, card.Paragraph(cat.Text("usage.so_far", "days", cat.days(r.ZerosFrom, r.Through), "time", r.AsOf.Format("15:04"))))
		}
	}
	for _, one := range v.known() {
		if r := one.Report; !r.Complete && r.Period.Cycle != usage.Daily {
			return append(notes, card.Paragraph(cat.Text("compare.unequal")))
		}
	}
	return notes
}

// toDate draws the sums of the first days of both periods, and says why there are none of people.
func toDate(cat Catalog, v CompareView, later, earlier ComparedView) []card.Element {
	t, ability := *v.ToDate, v.List[0].Query.Ability
	laterSide := 0
	if v.List[1].Report.Period == later.Report.Period {
		laterSide = 1
	}
	var rows []map[string]string
	unknown := false
	for _, m := range v.metrics() {
		if !m.Additive() || !has(ability, m) {
			continue
		}
		row := map[string]string{
			metricColumnName: cat.metric(m), laterColumn: sumCell(cat, t, laterSide, ability, m), earlierColumn: sumCell(cat, t, 1-laterSide, ability, m),
			changeColumnName: cellChange(cat, t.Change(laterSide, 1-laterSide, ability, m)),
		}
		unknown = unknown || t.Sum(0, ability, m) == nil || t.Sum(1, ability, m) == nil
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return []card.Element{card.Paragraph(cat.Text("compare.people_only"))}
	}
	elements := []card.Element{
		card.Sized(cat.count("compare.to_date", t.Days), card.LargeSize), card.NewTable(twoPeriods(cat, later, earlier), rows),
		card.SmallText(cat.Text("compare.change", "later", firstDays(cat, later, t.Days), "earlier", firstDays(cat, earlier, t.Days))),
	}
	switch {
	case t.Pending() > 0:
		elements = append(elements, card.Paragraph(cat.Text("compare.sums_pending")))
	case unknown:
		elements = append(elements, card.Paragraph(cat.Text("compare.sums_unknown")))
	}
	return append(elements, card.Paragraph(cat.Text("compare.no_people")))
}

func has(a usage.Ability, m usage.Metric) bool {
	for _, each := range a.Metrics() {
		if each == m {
			return true
		}
	}
	return false
}

// firstDays names the first days of a period.
func firstDays(cat Catalog, one ComparedView, n int) string {
	start := one.Report.Period.Start
	return cat.days(start, start.AddDays(n-1))
}

// sumCell writes the sum of one side. It distinguishes a sum that is not complete yet from one that cannot be had.
func sumCell(cat Catalog, t usage.ToDate, side int, a usage.Ability, m usage.Metric) string {
	switch sum := t.Sum(side, a, m); {
	case sum != nil:
		return card.Integer(*sum)
	case t.Sides[side].Pending() > 0:
		return cat.Text("trend.coming")
	case t.Sides[side].Failed() > 0:
		return cat.Text("figure.failed")
	}
	return card.Absent
}

// periodBars draws a bar for each whole period, in the order of time.
func periodBars(cat Catalog, v CompareView) []card.Element {
	var bars []bar
	for _, one := range v.known() {
		value := one.Of(v.Metric)
		if !one.Report.Complete || value == nil {
			continue
		}
		i := 0
		for i < len(bars) && bars[i].name < barName(one) {
			i++
		}
		bars = append(bars[:i], append([]bar{{barName(one), *value}}, bars[i:]...)...)
	}
	if len(bars) < 2 {
		return nil
	}
	return append([]card.Element{card.Sized(cat.metric(v.Metric), card.LargeSize)}, barChart(cat, bars)...)
}

// barName is a period's first day, in which years tell equal days apart.
func barName(one ComparedView) string { return one.Report.Period.Start.String() }

// Limits of a chart with bars.
const (
	maxBarName = 24 // characters
	barHeight  = 30 // pixels
)

// axisEnd returns the end of the axis so that the number beside the longest bar fits.
func axisEnd(most int64) int64 {
	most = min(max(most, 3), card.MaxTop)
	return most + most/3
}

// bar is one bar of a chart.
type bar struct {
	name  string
	value int64
}

// barChart draws horizontal bars with the number beside each.
func barChart(cat Catalog, bars []bar) []card.Element {
	names := map[string]int{}
	var values []card.ChartDatum
	var most int64
	written := card.Scale{Type: "ordinal", Field: "x"}
	for _, b := range bars {
		d := card.ChartDatum{X: b.name, Y: &b.value}
		if names[d.X]++; names[d.X] > 1 { // a chart would merge two bars of the same name
			d.X += " (" + strconv.Itoa(names[d.X]) + ")"
		}
		values = append(values, d)
		written.Domain, written.Range = append(written.Domain, d.X), append(written.Range, cat.short(b.value))
		most = max(most, b.value)
	}
	if len(values) < 2 {
		return nil // nothing to compare
	}
	axis := countAxis("bottom", axisEnd(most), 1)
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
