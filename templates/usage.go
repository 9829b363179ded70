package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// UsageOptions is what a usage card shows beside the report. A command that is empty has no button, and a zero Pick no
// field.
type UsageOptions struct {
	// DepartmentPath is the department with its parents (研发部/后端组); the report's department name when empty.
	DepartmentPath string
	// TimeZone is the name of the zone in which the bot tells what day it is; not mentioned when empty.
	TimeZone string
	Narrowed bool // no department was named, and the reader may not see the whole company

	Trend  *usage.Trend // nil: no chart
	Metric usage.Metric // of the chart; "" is ActiveUsers

	Cycles                        map[usage.Cycle]string // commands for the other cycles; the current one is marked
	Ability, Department           card.Pick
	MetricPick, Date              card.Pick
	Previous, Next                string // the same for the period before and after
	ShowTrend, ShowTop, Subscribe string
	Refresh                       string // asks again; only while figures are missing
	AskAnew                       string // has the platform asked anew for these days; for administrators
}

// Usage draws a report.
func (t *Templates) Usage(lang Language, r usage.Report, o UsageOptions) card.Card {
	cat := t.in(lang)
	p := card.NewPage(cat.usageHeader(r, o.DepartmentPath), cat.usageSummary(r))
	p.Add(cat.narrowedNote(o.Narrowed)...)
	cat.usageBody(p, usageContent{r, o.Trend, metricOrDefault(o.Metric), o.Refresh}, o.TimeZone, cat.usageControls(r, o))
	return p.Card
}

// narrowedNote says why it is a department's figures that are shown.
func (cat catalog) narrowedNote(narrowed bool) []card.Element {
	if !narrowed {
		return nil
	}
	return []card.Element{card.Paragraph(cat.text("usage.narrowed"))}
}

func (cat catalog) usageControls(r usage.Report, o UsageOptions) []card.Element {
	controls := cat.periodControls(o.Previous, o.Date, o.Next)
	controls = append(controls, cat.cycleControls(o.Cycles, r.Query.Cycle)...)
	controls = append(controls, cat.choiceControls(o.Ability, o.Department, o.MetricPick)...)
	return append(controls, controlRow(
		buttonFor(cat.text("control.trend"), o.ShowTrend, card.PlainButton),
		buttonFor(cat.text("control.top"), o.ShowTop, card.PlainButton),
		buttonFor(cat.text("control.subscribe"), o.Subscribe, card.PlainButton),
		buttonFor(cat.text("control.ask_anew"), o.AskAnew, card.PlainButton),
	)...)
}

// usageContent is a report and how one of its metrics came about.
type usageContent struct {
	report  usage.Report
	trend   *usage.Trend // nil: not shown
	metric  usage.Metric
	refresh string
}

// usageBody draws what a usage card and a digest have in common, the figures and all that is said of them, and what comes
// after.
func (cat catalog) usageBody(p *card.Page, v usageContent, zone string, after []card.Element) {
	r := v.report
	p.Add(cat.usageNotes(r)...)
	switch len(r.Sections) {
	case 0:
		p.Add(card.Paragraph(cat.text("usage.nothing")))
	case 1:
		p.Add(cat.oneSection(r)...)
	default:
		if r.Empty() {
			p.Add(card.Paragraph(cat.noFiguresText(r)))
			break
		}
		p.Add(cat.sideBySide(r)...)
	}
	p.Add(cat.usageRemarks(r)...)
	p.Add(cat.usageFailures(r)...)
	after = append([]card.Element{cat.explanation(r, zone)}, after...)
	if v.trend != nil {
		p.Add(cat.caption(*v.trend, v.metric))
		p.Add(cat.trendPicture(*v.trend, v.metric, v.refresh)...)
	}
	if r.Failed() || v.trend != nil && incomplete(*v.trend) {
		p.Add(cat.refresh(v.refresh)...)
	}
	if v.trend != nil {
		p.Shrink(len(v.trend.Points), after, func(n int) []card.Element { return cat.trendPanel(*v.trend, v.metric, n) })
	}
	p.Add(after...)
}

// caption names what a chart shows.
func (cat catalog) caption(t usage.Trend, m usage.Metric) card.Div {
	return card.Sized(cat.text("trend.caption", "metric", cat.metric(m), "span", cat.span(t)), card.LargeSize)
}

func (cat catalog) usageHeader(r usage.Report, departmentPath string) card.Header {
	q := r.Query
	title := cat.text("usage.title", "app", appName(q.App), "ability", cat.ability(q.Ability), "cycle", cat.cycle(q.Cycle))
	department := cat.department(q.Department, departmentPath)
	subtitle := card.Text(cat.text("usage.subtitle", "days", cat.covered(r), "department", department))
	return card.Header{Title: card.Text(title), Subtitle: &subtitle, TextTagList: cat.stateTags(r), Template: card.BlueHead}
}

// stateTags say in the head how far the figures are out.
func (cat catalog) stateTags(r usage.Report) (tags []card.TextTag) {
	if !r.Complete {
		tag := "usage.tag.unfinished"
		switch {
		case endsWithZeros(r):
			tag = "usage.tag.so_far"
		case r.Over:
			tag = "usage.tag.incomplete"
		}
		tags = append(tags, card.TextTag{Text: card.Text(cat.text(tag)), Color: card.OrangeTag})
	}
	if r.NotOut != nil {
		tags = append(tags, card.TextTag{Text: card.Text(cat.text("usage.tag.not_out")), Color: card.YellowTag})
	}
	return tags
}

// usageSummary names the app, the days and the people, which is what a list of chats has room for.
func (cat catalog) usageSummary(r usage.Report) string {
	value := card.Absent
	if v := activeUsers(r.Sections); v != nil {
		value = cat.short(*v)
	} else if len(r.Sections) > 0 && r.Sections[0].Failed {
		value = cat.text("figure.failed")
	}
	q := r.Query
	return cat.text("usage.summary", "app", appName(q.App), "ability", cat.ability(q.Ability), "cycle", cat.cycle(q.Cycle),
		"days", cat.covered(r), "value", value)
}

// activeUsers is the first section's count: for all abilities that is the whole app, the union of the rest.
func activeUsers(sections []usage.Section) *int64 {
	if len(sections) == 0 {
		return nil
	}
	row, _ := findRow(sections[0], usage.ActiveUsers)
	return row.Value
}

// usageNotes says before the figures what they are not. The days are named rather than called yesterday or this week,
// since a card is read later than it is sent.
func (cat catalog) usageNotes(r usage.Report) []card.Element {
	var notes []card.Element
	if r.NotOut != nil {
		key := "usage.not_out." + r.NotOut.Cycle.String()
		notes = append(notes, card.Paragraph(cat.text(key, "days", cat.period(*r.NotOut))))
	}
	if !r.Complete && !endsWithZeros(r) {
		key := "usage.unfinished." + r.Period.Cycle.String()
		if r.Over {
			key = "usage.incomplete"
		}
		notes = append(notes, card.Paragraph(cat.text(key, "days", cat.covered(r))))
	}
	if !r.ZerosFrom.IsZero() {
		notes = append(notes, card.Paragraph(cat.text("usage.so_far", "days", cat.days(r.ZerosFrom, r.Through), "time", r.AsOf.Format("15:04"))))
	}
	return notes
}

// endsWithZeros reports whether all of a period's days have figures, of which the last are zeros so far.
func endsWithZeros(r usage.Report) bool { return !r.ZerosFrom.IsZero() && r.Through == r.Period.End() }

// noFiguresText says that the platform has no figures for what a report is about. Of days that may still be counted that says
// less.
func (cat catalog) noFiguresText(r usage.Report) string {
	if !r.ZerosFrom.IsZero() || r.Through.IsZero() {
		return cat.text("usage.nothing")
	}
	return cat.text("usage.nothing_for", "what", cat.selection(r.Query.Ability, r.Query.Department, ""), "days", cat.covered(r))
}

// selection names the ability and the department of a question.
func (cat catalog) selection(a usage.Ability, d usage.Department, itsPath string) string {
	if d.ID == "" {
		return cat.ability(a)
	}
	return card.Dotted(cat.ability(a), cat.department(d, itsPath))
}

// SelectionName returns what cards call the ability and the department of a question.
func (t *Templates) SelectionName(lang Language, a usage.Ability, d usage.Department) string {
	return t.in(lang).selection(a, d, d.Path)
}

// usageRemarks says below the figures what they are compared with and what must not be done with them.
func (cat catalog) usageRemarks(r usage.Report) []card.Element {
	if r.Empty() {
		return nil
	}
	var remarks []card.Element
	sideBySide := len(r.Sections) > 1
	days := cat.period(r.Before)
	switch {
	case !hasBefore(r.Sections):
	case r.Complete:
		remarks = append(remarks, card.Remark(cat.text("usage.compared."+r.Before.Cycle.String(), "days", days)))
	case !sideBySide: // the table has no room for figures that nothing may be said about
		remarks = append(remarks, card.Remark(cat.text("usage.beside."+r.Before.Cycle.String(), "days", days)))
	}
	if sideBySide {
		remarks = append(remarks, card.Remark(cat.text("usage.overlap")))
	}
	if hasAbility(r.Sections, usage.Bot) {
		remarks = append(remarks, card.Remark(cat.text("usage.bot_reads")))
	}
	return remarks
}

// usageFailures says what of the figures could not be had.
func (cat catalog) usageFailures(r usage.Report) []card.Element {
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
		words = append(words, card.Paragraph(cat.text("usage.failed", "abilities", cat.join(failed))))
	}
	switch {
	case len(uncompared) == 0:
	case len(r.Sections) == 1:
		words = append(words, card.Remark(cat.text("usage.uncompared", "days", cat.period(r.Before))))
	default:
		words = append(words, card.Remark(cat.text("usage.uncompared_abilities", "days", cat.period(r.Before), "abilities", cat.join(uncompared))))
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

func buttonStyle(current bool) card.ButtonType {
	if current {
		return card.PrimaryButton
	}
	return card.PlainButton
}

// CycleName returns what cards call a cycle.
func (t *Templates) CycleName(lang Language, c usage.Cycle) string { return t.in(lang).cycle(c) }

// AbilityName returns what cards call an ability.
func (t *Templates) AbilityName(lang Language, a usage.Ability) string { return t.in(lang).ability(a) }

// MetricName returns what cards call a metric.
func (t *Templates) MetricName(lang Language, m usage.Metric) string { return t.in(lang).metric(m) }

func (cat catalog) cycle(c usage.Cycle) string     { return cat.text("cycle." + c.String()) }
func (cat catalog) ability(a usage.Ability) string { return cat.text("ability." + string(a)) }
func (cat catalog) metric(m usage.Metric) string   { return cat.text("metric." + string(m)) }

func appName(a usage.App) string {
	if a.Name == "" {
		return card.Name(a.ID)
	}
	return card.Name(a.Name)
}

// department names the department by its path, if there is one, or in the card's language where the tenant has named it
// so.
func (cat catalog) department(d usage.Department, itsPath string) string {
	if d.ID == "" {
		return cat.text("department.everyone")
	}
	if itsPath != "" {
		return card.Path(itsPath)
	}
	for _, s := range []string{d.I18n[cat.text("department.locale")], d.Name, d.ID} {
		if s != "" {
			return card.Name(s)
		}
	}
	return card.Absent
}

// Locale is the platform's name of the language, by which it tells what a department is called there.
func (t *Templates) Locale(lang Language) string { return t.in(lang).text("department.locale") }

// WholeCompany is what no department at all is called.
func (t *Templates) WholeCompany(lang Language) string {
	return t.in(lang).department(usage.Department{}, "")
}

// controlRow lays controls side by side, wrapped where the screen is narrow; without any it returns nothing.
func controlRow(groups ...[]card.Inner) []card.Element {
	set := card.ColumnSet{FlexMode: card.WrapColumns}
	for _, group := range groups {
		for _, control := range group {
			set.Columns = append(set.Columns, card.Column{Width: card.AutoWidth, Align: card.Centered, Elements: []card.Inner{control}})
		}
	}
	if len(set.Columns) == 0 {
		return nil
	}
	return []card.Element{set}
}

// withButton lays words at the left and a button at the right, if it can be used.
func withButton(words []card.Inner, b card.Button) card.ColumnSet {
	set := card.ColumnSet{FlexMode: card.KeepColumns, Columns: []card.Column{{Width: card.WeightedWidth, Weight: 1, Align: card.Centered, Spacing: "4px", Elements: words}}}
	for _, b := range buttonFor(b.Label, b.Command, card.PlainButton) {
		set.Columns = append(set.Columns, card.Column{Width: card.AutoWidth, Align: card.Centered, Elements: []card.Inner{b}})
	}
	return set
}

// buttonFor draws a button with a label of the card's own; nothing without a command.
func buttonFor(label, command string, look card.ButtonType) []card.Inner {
	b := card.Button{Label: label, Command: command}
	if !b.Usable() {
		return nil
	}
	return []card.Inner{b.Draw(look)}
}

// periodControls lead to the period before, to any other and to the one after.
func (cat catalog) periodControls(previous string, date card.Pick, next string) []card.Element {
	return controlRow(
		buttonFor(cat.text("control.previous"), previous, card.PlainButton),
		date.Date(cat.text("control.date")),
		buttonFor(cat.text("control.next"), next, card.PlainButton),
	)
}

// cycleControls ask the same for another cycle; the one in view is marked.
func (cat catalog) cycleControls(commands map[usage.Cycle]string, current usage.Cycle) []card.Element {
	var buttons []card.Inner
	for _, c := range usage.Cycles() {
		buttons = append(buttons, buttonFor(cat.cycle(c), commands[c], buttonStyle(c == current))...)
	}
	return controlRow(buttons)
}

// choiceControls ask for another ability, department or metric. A department that has no room is told about, since it
// can be asked for by name.
func (cat catalog) choiceControls(ability, department, metric card.Pick) []card.Element {
	return append(controlRow(
		ability.List(cat.text("control.ability")), department.List(cat.text("control.department")), metric.List(cat.text("control.metric")),
	), cat.notOffered(department)...)
}
