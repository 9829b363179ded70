package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// UsageOptions is what a usage card shows besides the report. An empty command has no button, and a zero Pick no field.
type UsageOptions struct {
	// DepartmentPath names the department with its parents (研发部/后端组). If empty, the report's department name is used.
	DepartmentPath string
	// TimeZone is the zone in which the bot determines the day. It is not shown if empty.
	TimeZone string
	Narrowed bool // the department was chosen because the reader may not see the whole company

	Trend  *usage.Trend // nil: no chart
	Metric usage.Metric // of the chart; "" is ActiveUsers

	Cycles                        map[usage.Cycle]string // commands for the other cycles; the current one is marked
	Ability, Department           card.Pick
	MetricPick, Date              card.Pick
	Previous, Next                string // commands for the adjacent periods
	ShowTrend, ShowTop, Subscribe string
	ShowWhy                       string // the command for where the change comes from; set only if there is one worth asking about
	Lack                          *Lack  // the app does not have the ability
	Refresh                       string // the command that asks again; set only while figures are missing
	AskAnew                       string // the command that asks the platform again for these days; for administrators
}

// Usage draws a report.
func Usage(cat Catalog, r usage.Report, o UsageOptions) card.Card {
	r = withFirst(r, metricOrDefault(o.Metric))
	p := card.NewPage(usageHeader(cat, r, o.DepartmentPath), usageSummary(cat, r, metricOrDefault(o.Metric)))
	p.Add(narrowedNote(cat, o.Narrowed)...)
	p.Add(lackNote(cat, o.Lack)...)
	usageBody(cat, p, usageContent{r, o.Trend, metricOrDefault(o.Metric), o.Refresh}, o.TimeZone, false, usageControls(cat, r, o))
	return p.Card
}

// withFirst returns the report with one metric before the others.
func withFirst(r usage.Report, m usage.Metric) usage.Report {
	r.Sections = slices.Clone(r.Sections)
	for i, s := range r.Sections {
		if row, ok := findRow(s, m); ok {
			others := slices.DeleteFunc(slices.Clone(s.Rows), func(row usage.Row) bool { return row.Metric == m })
			r.Sections[i].Rows = append([]usage.Row{row}, others...)
		}
	}
	return r
}

// narrowedNote says why the card shows a department's figures.
func narrowedNote(cat Catalog, narrowed bool) []card.Element {
	if !narrowed {
		return nil
	}
	return []card.Element{card.Paragraph(cat.Text("usage.narrowed"))}
}

// usageControls draws two rows of buttons, and the fields in a folded panel.
func usageControls(cat Catalog, r usage.Report, o UsageOptions) []card.Element {
	controls := controlRow(
		buttonFor(cat.Text("control.earlier"), o.Previous, card.PlainButton),
		cycleButtons(cat, o.Cycles, r.Query.Cycle),
		buttonFor(cat.Text("control.later"), o.Next, card.PlainButton),
	)
	controls = append(controls, controlRow(
		buttonFor(cat.Text("control.why"), o.ShowWhy, card.PlainButton),
		buttonFor(cat.Text("control.trend"), o.ShowTrend, card.PlainButton),
		buttonFor(cat.Text("control.top"), o.ShowTop, card.PlainButton),
		buttonFor(cat.Text("control.subscribe"), o.Subscribe, card.PlainButton),
	)...)
	return append(controls, fieldPanel(cat, o.Date, o.Ability, o.Department, o.MetricPick, o.AskAnew)...)
}

// usageContent is a report with the trend of one of its metrics.
type usageContent struct {
	report  usage.Report
	trend   *usage.Trend // nil: not shown
	metric  usage.Metric
	refresh string
}

// usageBody draws what a usage card and a digest have in common: the figure, the notes about it, the chart, a folded panel
// with everything else, and then after. told means that the card says already how the figure has changed.
func usageBody(cat Catalog, p *card.Page, v usageContent, zone string, told bool, after []card.Element) {
	r := v.report
	p.Add(usageNotes(cat, r)...)
	switch len(r.Sections) {
	case 0:
		p.Add(card.Paragraph(cat.Text("usage.nothing")))
	case 1:
		p.Add(mainFigure(cat, r, v.metric, told)...)
	default:
		if r.Empty() {
			p.Add(card.Paragraph(noFiguresText(cat, r)))
			break
		}
		p.Add(sideBySide(cat, r, v.metric)...)
	}
	p.Add(usageRemarks(cat, r)...)
	p.Add(usageFailures(cat, r)...)
	if v.trend != nil {
		p.Add(trendPicture(cat, *v.trend, v.metric, v.refresh)...)
	}
	if r.Failed() || v.trend != nil && incomplete(*v.trend) {
		p.Add(refresh(cat, v.refresh)...)
	}
	points := 0
	if v.trend != nil {
		points = len(v.trend.Points)
	}
	if !p.Shrink(points, after, func(n int) []card.Element { return details(cat, v, zone, n) }) {
		p.Add(details(cat, v, zone, 0)...)
	}
	p.Add(after...)
}

// details draws a folded panel with the other metrics, the newest n points of the chart, and what the metrics mean.
func details(cat Catalog, v usageContent, zone string, n int) []card.Element {
	lines := otherFigures(cat, v.report, v.metric)
	if n > 0 {
		lines = append(lines, card.Sized(caption(cat, *v.trend, v.metric), card.LargeSize))
		lines = append(lines, pointLines(cat, *v.trend, v.metric, n)...)
	}
	title := cat.Text("explain.title")
	if len(lines) > 0 {
		title = cat.Text("usage.details")
		lines = append(lines, card.Sized(cat.Text("explain.title"), card.LargeSize))
	}
	return []card.Element{card.Panel(title, append(lines, explanationLines(cat, v.report, zone)...))}
}

// caption names the chart's content.
func caption(cat Catalog, t usage.Trend, m usage.Metric) string {
	return cat.Text("trend.caption", "metric", cat.metric(m), "span", span(cat, t))
}

func usageHeader(cat Catalog, r usage.Report, departmentPath string) card.Header {
	q := r.Query
	title := cat.Text("usage.title", "app", appName(q.App), "ability", cat.ability(q.Ability), "cycle", cat.cycle(q.Cycle))
	department := cat.department(q.Department, departmentPath)
	subtitle := card.Text(cat.Text("usage.subtitle", "days", cat.covered(r), "department", department))
	return card.Header{Title: card.Text(title), Subtitle: &subtitle, TextTagList: stateTags(cat, r), Template: card.BlueHead}
}

// stateTags show in the head how complete the figures are.
func stateTags(cat Catalog, r usage.Report) (tags []card.TextTag) {
	if !r.Complete {
		tag := "usage.tag.unfinished"
		switch {
		case endsWithZeros(r):
			tag = "usage.tag.so_far"
		case r.Over:
			tag = "usage.tag.incomplete"
		}
		tags = append(tags, card.TextTag{Text: card.Text(cat.Text(tag)), Color: card.OrangeTag})
	}
	if r.NotOut != nil {
		tags = append(tags, card.TextTag{Text: card.Text(cat.Text("usage.tag.not_out")), Color: card.YellowTag})
	}
	return tags
}

// usageSummary names the app, the days and the metric's value, for the list of chats.
func usageSummary(cat Catalog, r usage.Report, m usage.Metric) string {
	if len(r.Sections) > 0 {
		if _, has := findRow(r.Sections[0], m); !has { // the whole app has no page views
			m = usage.ActiveUsers
		}
	}
	value := card.Absent
	if v := firstValue(r.Sections, m); v != nil {
		value = cat.short(*v)
	} else if len(r.Sections) > 0 && r.Sections[0].Failed {
		value = cat.Text("figure.failed")
	}
	q := r.Query
	if m != usage.ActiveUsers {
		return cat.Text("usage.summary_of", "app", appName(q.App), "ability", cat.ability(q.Ability), "cycle", cat.cycle(q.Cycle),
			"days", cat.covered(r), "metric", cat.metric(m), "value", value)
	}
	return cat.Text("usage.summary", "app", appName(q.App), "ability", cat.ability(q.Ability), "cycle", cat.cycle(q.Cycle),
		"days", cat.covered(r), "value", value)
}

// firstValue returns a metric of the first section. For all abilities that is the whole app, whose users are the union of
// the others.
func firstValue(sections []usage.Section, m usage.Metric) *int64 {
	if len(sections) == 0 {
		return nil
	}
	row, _ := findRow(sections[0], m)
	return row.Value
}

// usageNotes says above the figures how they are incomplete. It gives dates instead of "yesterday" or "this week",
// because cards are also read later.
func usageNotes(cat Catalog, r usage.Report) []card.Element {
	var notes []card.Element
	if r.NotOut != nil {
		key := "usage.not_out." + r.NotOut.Cycle.String()
		notes = append(notes, card.Paragraph(cat.Text(key, "days", cat.period(*r.NotOut))))
	}
	if !r.Complete && !endsWithZeros(r) {
		key := "usage.unfinished." + r.Period.Cycle.String()
		if r.Over {
			key = "usage.incomplete"
		}
		notes = append(notes, card.Paragraph(cat.Text(key, "days", cat.covered(r))))
	}
	if !r.ZerosFrom.IsZero() {
		notes = append(notes, card.Paragraph(cat.Text("usage.so_far", "days", cat.days(r.ZerosFrom, r.Through), "time", r.AsOf.Format("15:04"))))
	}
	return notes
}

// endsWithZeros reports whether all days of the period have figures, and the last ones only zeros so far.
func endsWithZeros(r usage.Report) bool { return !r.ZerosFrom.IsZero() && r.Through == r.Period.End() }

// noFiguresText says that the platform has no figures. It names the days unless they may still be counted.
func noFiguresText(cat Catalog, r usage.Report) string {
	if !r.ZerosFrom.IsZero() || r.Through.IsZero() {
		return cat.Text("usage.nothing")
	}
	return cat.Text("usage.nothing_for", "what", cat.selection(r.Query.Ability, r.Query.Department, ""), "days", cat.covered(r))
}

// usageRemarks says below the figures what they are compared with and how not to use them.
func usageRemarks(cat Catalog, r usage.Report) []card.Element {
	if r.Empty() {
		return nil
	}
	if len(r.Sections) < 2 {
		return nil // the figure says it
	}
	var remarks []card.Element
	if r.Complete && hasBefore(r.Sections) { // the table has no room for figures that are not compared
		remarks = append(remarks, card.SmallText(cat.Text("usage.compared."+r.Before.Cycle.String(), "days", cat.period(r.Before))))
	}
	return append(remarks, card.SmallText(cat.Text("usage.overlap")))
}

// usageFailures says which figures could not be fetched.
func usageFailures(cat Catalog, r usage.Report) []card.Element {
	var failed, uncompared []string
	for _, s := range r.Sections {
		switch {
		case s.Failed:
			failed = append(failed, cat.ability(s.Ability))
		case s.BeforeFailed:
			uncompared = append(uncompared, cat.ability(s.Ability))
		}
	}
	var words []card.Element
	if len(failed) > 0 {
		words = append(words, card.Paragraph(cat.Text("usage.failed", "abilities", cat.join(failed))))
	}
	switch {
	case len(uncompared) == 0:
	case len(r.Sections) == 1:
		words = append(words, card.SmallText(cat.Text("usage.uncompared", "days", cat.period(r.Before))))
	default:
		words = append(words, card.SmallText(cat.Text("usage.uncompared_abilities", "days", cat.period(r.Before), "abilities", cat.join(uncompared))))
	}
	return words
}

func hasBefore(sections []usage.Section) bool {
	for _, s := range sections {
		for _, row := range s.Rows {
			if row.Before != nil {
				return true
			}
		}
	}
	return false
}

func hasAbility(sections []usage.Section, a usage.Ability) bool {
	for _, s := range sections {
		if s.Ability == a {
			return true
		}
	}
	return false
}

func findRow(s usage.Section, m usage.Metric) (usage.Row, bool) {
	for _, row := range s.Rows {
		if row.Metric == m {
			return row, true
		}
	}
	return usage.Row{}, false
}

// Lack says that an app does not have an ability, and which it has.
type Lack struct {
	App     usage.App
	Ability usage.Ability
	Has     []usage.Ability
}

// LackArgs returns the places of the texts about a Lack.
func LackArgs(cat Catalog, l Lack) map[string]string {
	var has []string
	for _, a := range l.Has {
		has = append(has, cat.ability(a))
	}
	return map[string]string{"app": appName(l.App), "ability": cat.ability(l.Ability), "has": cat.join(has)}
}

// lackNote says it on a card; nothing for nil.
func lackNote(cat Catalog, l *Lack) []card.Element {
	if l == nil {
		return nil
	}
	return []card.Element{card.Paragraph(lackText(cat, *l))}
}

// lackText says it in one sentence.
func lackText(cat Catalog, l Lack) string { return cat.TextWith("usage.lack", LackArgs(cat, l)) }
