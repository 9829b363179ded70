package templates

import (
	"slices"
	"strconv"

	"usagebot/templates/card"
	"usagebot/usage"
)

// CompareView puts departments, apps or abilities side by side, or periods of one of them.
type CompareView struct {
	By     string // the name of the argument that differs: dept, app, ability or date
	List   []ComparedView
	Metric usage.Metric  // of the chart, and the first in the table; "" is ActiveUsers
	ToDate *usage.ToDate // the first days of two periods of which one is not finished

	// DepartmentPath and TimeZone are as in UsageOptions.
	DepartmentPath, TimeZone string
	Narrowed                 bool // as in UsageOptions
	Union                    bool // the query was for all abilities together

	Cycles         map[usage.Cycle]string // commands for the other cycles
	MetricPick     card.Pick
	Date           card.Pick
	Previous, Next string // commands for the adjacent periods
	Refresh        string // the command that asks again
}

// ComparedView is one of the things that are compared.
type ComparedView struct {
	usage.Compared

	Name      string       // of anything but a period
	Period    usage.Period // of a comparison of periods
	Lack      *Lack        // its app does not have the ability
	ShowUsage string       // the command for its figures
	ShowTrend string       // the command for its trend
}

// byPeriod is the By of a comparison of periods.
const byPeriod = "date"

// Compare draws a comparison: a table of the figures, a chart, and how not to use them.
func Compare(cat Catalog, v CompareView) card.Card {
	v.Metric = metricOrDefault(v.Metric)
	p := card.NewPage(compareHeader(cat, v), compareSummary(cat, v))
	p.Add(narrowedNote(cat, v.Narrowed)...)
	if v.Union {
		p.Add(card.Paragraph(cat.Text("compare.union")))
	}
	if v.By == byPeriod {
		p.Add(periodsBody(cat, v)...)
	} else {
		p.Add(compareNotes(cat, v)...)
		p.Add(compareTable(cat, v)...)
		p.Add(compareChart(cat, v)...)
	}
	p.Add(compareFailures(cat, v)...)
	if v.incomplete() {
		p.Add(refresh(cat, v.Refresh)...)
	}
	if v.By != byPeriod {
		p.Add(card.SmallText(cat.Text("compare.overlap." + v.By)))
	}
	p.Add(explanationOf(cat, v.metrics(), v.abilities(), v.explained(), v.TimeZone))
	p.Add(compareControls(cat, v)...)
	return p.Card
}

// known returns those that have figures.
func (v CompareView) known() []ComparedView {
	return slices.DeleteFunc(slices.Clone(v.List), func(one ComparedView) bool { return one.Err != nil })
}

// explained returns a department if figures of one are shown, so that the explanation says what they include.
func (v CompareView) explained() usage.Department {
	for _, one := range v.List {
		if one.Query.Department.ID != "" {
			return one.Query.Department
		}
	}
	return usage.Department{}
}

func (v CompareView) abilities() (list []usage.Ability) {
	for _, one := range v.List {
		if !slices.Contains(list, one.Query.Ability) {
			list = append(list, one.Query.Ability)
		}
	}
	return list
}

// metrics returns the metrics that one of the things has, the chosen one first.
func (v CompareView) metrics() []usage.Metric {
	list := []usage.Metric{v.Metric}
	for _, m := range usage.AllMetrics() {
		has := func(a usage.Ability) bool { return slices.Contains(a.Metrics(), m) }
		if m != v.Metric && slices.ContainsFunc(v.abilities(), has) {
			list = append(list, m)
		}
	}
	return list
}

// incomplete reports whether asking again may bring more.
func (v CompareView) incomplete() bool {
	if v.ToDate != nil && (incomplete(v.ToDate.Sides[0]) || incomplete(v.ToDate.Sides[1])) {
		return true
	}
	return slices.ContainsFunc(v.List, func(one ComparedView) bool {
		if one.Err != nil {
			return !one.Missing() && !one.Early()
		}
		return one.Report.Failed() || incomplete(one.Trend)
	})
}

func compareHeader(cat Catalog, v CompareView) card.Header {
	first := v.List[0]
	if known := v.known(); len(known) > 0 {
		first = known[0]
	}
	q := first.Query
	title := cat.Text("compare.title."+v.By, "app", appName(q.App), "ability", cat.ability(q.Ability), "cycle", cat.cycle(q.Cycle))
	h := card.Header{Title: card.Text(title), Template: card.BlueHead}
	department := cat.department(q.Department, v.DepartmentPath)
	var subtitle card.PlainText
	switch v.By {
	case byPeriod:
		subtitle = card.Text(department)
	case "dept":
		subtitle = card.Text(cat.covered(first.Report))
	default:
		subtitle = card.Text(cat.Text("usage.subtitle", "days", cat.covered(first.Report), "department", department))
	}
	h.Subtitle = &subtitle
	if v.By != byPeriod {
		h.TextTagList = stateTags(cat, first.Report)
	}
	return h
}

// compareSummary names the figures, for the list of chats.
func compareSummary(cat Catalog, v CompareView) string {
	var parts []string
	for _, one := range v.List {
		parts = append(parts, cat.Text("line.pair", "name", one.label(cat), "value", comparedCell(cat, one, v.Metric, cat.short)))
	}
	return cat.Text("line.titled", "title", cat.Text("compare.summary", "metric", cat.metric(v.Metric)), "text", cat.join(parts))
}

// label returns the thing's name in the width of a table cell. It is never empty. A period is named by the days that its figures cover.
func (v ComparedView) label(cat Catalog) string {
	if p := v.Period; p.Cycle != 0 {
		last := p.End()
		if v.Err == nil && !v.Report.Complete {
			last = lastDay(v.Report)
			return cat.Text("trend.part", "days", shortSpan(cat, p, last))
		}
		return shortSpan(cat, p, last)
	}
	if s := card.Clean(v.Name, maxRankName); s != "" {
		return s
	}
	return card.Absent
}

// compareNotes says above the figures which days they cover.
func compareNotes(cat Catalog, v CompareView) []card.Element {
	var notes []card.Element
	known := v.known()
	replaced := slices.DeleteFunc(slices.Clone(known), func(one ComparedView) bool { return one.Report.NotOut == nil })
	switch {
	case len(replaced) == 0:
	case len(replaced) < len(known): // some apps have the newer period
		notes = append(notes, card.Paragraph(cat.Text("compare.not_out", "days", cat.period(*replaced[0].Report.NotOut))))
	default:
		out := *replaced[0].Report.NotOut
		notes = append(notes, card.Paragraph(cat.Text("usage.not_out."+out.Cycle.String(), "days", cat.period(out))))
	}
	for _, one := range known {
		switch r := one.Report; {
		case r.Complete:
			continue
		case !r.ZerosFrom.IsZero():
			notes = append(notes, card.Paragraph(cat.Text("compare.so_far", "days", cat.days(r.ZerosFrom, r.Through), "time", r.AsOf.Format("15:04"))))
		case !v.sameDays():
			notes = append(notes, card.Paragraph(cat.Text("compare.other_days")))
		default:
			notes = append(notes, card.Paragraph(cat.Text("compare.unfinished", "days", cat.covered(r))))
		}
		break
	}
	return notes
}

// sameDays reports whether all figures cover the same days.
func (v CompareView) sameDays() bool {
	known := v.known()
	return !slices.ContainsFunc(known, func(one ComparedView) bool { return lastDay(one.Report) != lastDay(known[0].Report) })
}

// comparedColumn is the column with the names. The other columns are numbered.
const comparedColumn = "name"

// compareTable draws a row for each thing and a column for each metric.
func compareTable(cat Catalog, v CompareView) []card.Element {
	metrics := v.metrics()
	columns := []card.TableColumn{card.TextColumn(comparedColumn, cat.Text("compare.column."+v.By), card.AtLeft)}
	for i, m := range metrics {
		columns = append(columns, card.TextColumn(strconv.Itoa(i), cat.metric(m), card.AtRight))
	}
	var rows []map[string]string
	for _, one := range v.List {
		row := map[string]string{comparedColumn: one.label(cat)}
		if one.Err == nil && !one.Report.Complete && v.By != byPeriod && !v.sameDays() {
			row[comparedColumn] = cat.Text("compare.through", "name", row[comparedColumn], "date", lastDay(one.Report).String())
		}
		for i, m := range metrics {
			row[strconv.Itoa(i)] = comparedCell(cat, one, m, card.Integer)
		}
		rows = append(rows, row)
	}
	return append([]card.Element{card.NewTable(columns, rows)}, totalsNote(cat, v)...)
}

// totalsNote says up to which day total users are counted, if the period is longer than a day.
func totalsNote(cat Catalog, v CompareView) []card.Element {
	var days []string
	for _, one := range v.known() {
		for _, s := range one.Report.Sections {
			if row, _ := findRow(s, usage.TotalUsers); row.Value != nil && !row.AsOf.IsZero() && !slices.Contains(days, row.AsOf.String()) {
				days = append(days, row.AsOf.String())
			}
		}
	}
	if len(days) == 0 {
		return nil
	}
	return []card.Element{card.SmallText(cat.Text("usage.total_as_of", "date", cat.join(days)))}
}

// comparedCell writes one figure. It distinguishes figures that could not be fetched from those that there are none of.
func comparedCell(cat Catalog, one ComparedView, m usage.Metric, write func(int64) string) string {
	switch value := one.Of(m); {
	case value != nil:
		return write(*value)
	case one.Err != nil && (one.Missing() || one.Early()), !slices.Contains(one.Query.Ability.Metrics(), m):
		return card.Absent
	case one.Err != nil, slices.ContainsFunc(one.Report.Sections, func(s usage.Section) bool { return failedValue(s, m) }):
		return cat.Text("figure.failed")
	}
	return card.Absent
}

// compareChart draws one line for each thing, under its name. The periods of all are the same.
func compareChart(cat Catalog, v CompareView) []card.Element {
	var drawn []ComparedView
	var most int64
	pending, unfetched := 0, 0
	for _, one := range v.known() {
		pending += gapsOf(one.Trend, v.Metric)
		unfetched += one.Trend.Failed()
		if abilities := abilitiesWithData(one.Trend, v.Metric); len(abilities) > 0 {
			drawn = append(drawn, one)
			most = max(most, largest(one.Trend, abilities, v.Metric))
		}
	}
	var elements []card.Element
	if len(drawn) > 0 {
		t := drawn[0].Trend
		elements = append(elements, card.SmallText(caption(cat, t, v.Metric)), linesOf(cat, drawn, v.Metric, most))
		elements = append(elements, legend(cat, t, v.Metric)...)
	}
	if pending > 0 {
		elements = append(elements, card.Paragraph(cat.count("compare.pending", pending)))
	}
	if unfetched > 0 {
		elements = append(elements, card.Paragraph(cat.count("compare.failed_points", unfetched)))
	}
	return elements
}

func linesOf(cat Catalog, drawn []ComparedView, m usage.Metric, most int64) card.Chart {
	top, steps := card.AxisRange(most)
	t := drawn[0].Trend
	spec := card.ChartSpec{
		Type:    card.CommonChart,
		Axes:    []card.ChartAxis{countAxis("left", top, steps), {Orient: "bottom", Type: "band", Label: &card.AxisLabel{AutoHide: true}}},
		Legends: card.ChartLegend{Visible: true, Orient: "bottom"},
		Color:   append(card.ChartColors(), card.FifthColor),
		Padding: 8,
	}
	names := chartNames(cat, drawn)
	for _, series := range []string{wholeLine, bridgeLine, partPoints} {
		var values []card.ChartDatum
		for i, one := range drawn {
			lines := trendLines{cat, one.Trend, abilitiesWith(one.Trend, m), m}
			if series != wholeLine && !slices.ContainsFunc(lines.values(partPoints), card.ChartDatum.Known) {
				continue
			}
			for _, d := range lines.values(series) {
				d.S = names[i]
				values = append(values, d)
			}
		}
		spec.Add(lineSeries(series, t), values)
	}
	spec.Add(weekendSeries(), weekends(t, top, names[0]))
	return card.Chart{Spec: spec, AspectRatio: card.WideChart}
}

// chartNames returns the names of the lines. A chart would merge two lines of one name.
func chartNames(cat Catalog, list []ComparedView) []string {
	used := map[string]int{}
	names := make([]string, len(list))
	for i, one := range list {
		name := card.WithoutBrackets(card.Clean(one.label(cat), maxBarName))
		if used[name]++; used[name] > 1 {
			name += " (" + strconv.Itoa(used[name]) + ")"
		}
		names[i] = name
	}
	return names
}

// compareFailures says for which things there are no figures, and why.
func compareFailures(cat Catalog, v CompareView) []card.Element {
	var failed, missing, early []string
	var words []card.Element
	for _, one := range v.List {
		switch {
		case one.Lack != nil:
			words = append(words, card.Paragraph(lackText(cat, *one.Lack)))
		case one.Err == nil:
		case one.Early():
			early = append(early, one.label(cat))
		case one.Missing():
			missing = append(missing, one.label(cat))
		default:
			failed = append(failed, one.label(cat))
		}
	}
	if len(failed) > 0 {
		words = append(words, card.Paragraph(cat.Text("compare.failed", "names", cat.join(failed))))
	}
	if len(missing) > 0 {
		words = append(words, card.Paragraph(cat.Text("compare.nothing", "names", cat.join(missing))))
	}
	if len(early) > 0 {
		words = append(words, card.Paragraph(cat.Text("compare.early", "names", cat.join(early))))
	}
	return words
}

func compareControls(cat Catalog, v CompareView) []card.Element {
	controls := periodControls(cat, v.Previous, v.Date, v.Next)
	controls = append(controls, cycleControls(cat, v.Cycles, v.List[0].Query.Cycle)...)
	controls = append(controls, controlRow(v.MetricPick.List(cat.Text("control.metric")))...)
	opens := "trend"
	if v.By == byPeriod {
		opens = "usage"
	}
	var buttons []card.ButtonElement
	for _, one := range v.List {
		show := map[string]string{"trend": one.ShowTrend, "usage": one.ShowUsage}[opens]
		if b := (card.Button{Label: one.label(cat), Command: show}); b.Usable() {
			buttons = append(buttons, b.Draw(card.PlainButton))
		}
	}
	if len(buttons) == 0 {
		return controls
	}
	controls = append(controls, card.SmallText(cat.Text("compare.open."+opens)))
	return append(controls, card.ButtonRow(buttons...)...)
}
