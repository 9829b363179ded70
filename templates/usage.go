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
	w := t.in(lang)
	p := card.NewPage(w.usageHeader(r, o.DepartmentPath), w.usageSummary(r))
	p.Add(w.narrowed(o.Narrowed)...)
	w.usageBody(p, picture{r, o.Trend, metricInView(o.Metric), o.Refresh}, o.TimeZone, w.usageControls(r, o))
	return p.Card
}

// narrowed says why it is a department's figures that are shown.
func (w wording) narrowed(narrowed bool) []card.Element {
	if !narrowed {
		return nil
	}
	return []card.Element{card.Paragraph(w.say("usage.narrowed"))}
}

func (w wording) usageControls(r usage.Report, o UsageOptions) []card.Element {
	controls := w.periodControls(o.Previous, o.Date, o.Next)
	controls = append(controls, w.cycleControls(o.Cycles, r.Query.Cycle)...)
	controls = append(controls, w.choiceControls(o.Ability, o.Department, o.MetricPick)...)
	return append(controls, sideways(
		one(w.say("control.trend"), o.ShowTrend, card.PlainButton),
		one(w.say("control.top"), o.ShowTop, card.PlainButton),
		one(w.say("control.subscribe"), o.Subscribe, card.PlainButton),
		one(w.say("control.ask_anew"), o.AskAnew, card.PlainButton),
	)...)
}

// picture is a report and how one of its metrics came about.
type picture struct {
	report  usage.Report
	trend   *usage.Trend // nil: not shown
	metric  usage.Metric
	refresh string
}

// usageBody draws what a usage card and a digest have in common, the figures and all that is said of them, and what comes
// after.
func (w wording) usageBody(p *card.Page, v picture, zone string, after []card.Element) {
	r := v.report
	p.Add(w.usageNotes(r)...)
	switch len(r.Sections) {
	case 0:
		p.Add(card.Paragraph(w.say("usage.nothing")))
	case 1:
		p.Add(w.oneSection(r)...)
	default:
		if r.Empty() {
			p.Add(card.Paragraph(w.nothing(r)))
			break
		}
		p.Add(w.sideBySide(r)...)
	}
	p.Add(w.usageRemarks(r)...)
	p.Add(w.usageFailures(r)...)
	after = append([]card.Element{w.explanation(r, zone)}, after...)
	if v.trend != nil {
		p.Add(w.caption(*v.trend, v.metric))
		p.Add(w.trendPicture(*v.trend, v.metric, v.refresh)...)
	}
	if r.Failed() || v.trend != nil && incomplete(*v.trend) {
		p.Add(w.refresh(v.refresh)...)
	}
	if v.trend != nil {
		p.Shrink(len(v.trend.Points), after, func(n int) []card.Element { return w.trendPanel(*v.trend, v.metric, n) })
	}
	p.Add(after...)
}

// caption names what a chart shows.
func (w wording) caption(t usage.Trend, m usage.Metric) card.Div {
	return card.Sized(w.say("trend.caption", "metric", w.metric(m), "span", w.span(t)), card.LargeSize)
}

func (w wording) usageHeader(r usage.Report, departmentPath string) card.Header {
	q := r.Query
	title := w.say("usage.title", "app", appName(q.App), "ability", w.ability(q.Ability), "cycle", w.cycle(q.Cycle))
	department := w.department(q.Department, departmentPath)
	subtitle := card.Text(w.say("usage.subtitle", "days", w.covered(r), "department", department))
	return card.Header{Title: card.Text(title), Subtitle: &subtitle, TextTagList: w.stateTags(r), Template: card.BlueHead}
}

// stateTags say in the head how far the figures are out.
func (w wording) stateTags(r usage.Report) (tags []card.TextTag) {
	if !r.Complete {
		tag := "usage.tag.unfinished"
		switch {
		case endsWithZeros(r):
			tag = "usage.tag.so_far"
		case r.Over:
			tag = "usage.tag.incomplete"
		}
		tags = append(tags, card.TextTag{Text: card.Text(w.say(tag)), Color: card.OrangeTag})
	}
	if r.NotOut != nil {
		tags = append(tags, card.TextTag{Text: card.Text(w.say("usage.tag.not_out")), Color: card.YellowTag})
	}
	return tags
}

// usageSummary names the app, the days and the people, which is what a list of chats has room for.
func (w wording) usageSummary(r usage.Report) string {
	value := card.Absent
	if v := activeUsers(r.Sections); v != nil {
		value = w.short(*v)
	} else if len(r.Sections) > 0 && r.Sections[0].Failed {
		value = w.say("figure.failed")
	}
	q := r.Query
	return w.say("usage.summary", "app", appName(q.App), "ability", w.ability(q.Ability), "cycle", w.cycle(q.Cycle),
		"days", w.covered(r), "value", value)
}

// activeUsers is the first section's count: for all abilities that is the whole app, the union of the rest.
func activeUsers(sections []usage.Section) *int64 {
	if len(sections) == 0 {
		return nil
	}
	row, _ := find(sections[0], usage.ActiveUsers)
	return row.Value
}

// usageNotes says before the figures what they are not. The days are named rather than called yesterday or this week,
// since a card is read later than it is sent.
func (w wording) usageNotes(r usage.Report) []card.Element {
	var notes []card.Element
	if r.NotOut != nil {
		key := "usage.not_out." + r.NotOut.Cycle.String()
		notes = append(notes, card.Paragraph(w.say(key, "days", w.period(*r.NotOut))))
	}
	if !r.Complete && !endsWithZeros(r) {
		key := "usage.unfinished." + r.Period.Cycle.String()
		if r.Over {
			key = "usage.incomplete"
		}
		notes = append(notes, card.Paragraph(w.say(key, "days", w.covered(r))))
	}
	if !r.ZerosFrom.IsZero() {
		notes = append(notes, card.Paragraph(w.say("usage.so_far", "days", w.days(r.ZerosFrom, r.Through), "time", r.AsOf.Format("15:04"))))
	}
	return notes
}

// endsWithZeros reports whether all of a period's days have figures, of which the last are zeros so far.
func endsWithZeros(r usage.Report) bool { return !r.ZerosFrom.IsZero() && r.Through == r.Period.End() }

// nothing says that the platform has no figures for what a report is about. Of days that may still be counted that says
// less.
func (w wording) nothing(r usage.Report) string {
	if !r.ZerosFrom.IsZero() || r.Through.IsZero() {
		return w.say("usage.nothing")
	}
	return w.say("usage.nothing_for", "what", w.selection(r.Query.Ability, r.Query.Department, ""), "days", w.covered(r))
}

// selection names the ability and the department of a question.
func (w wording) selection(a usage.Ability, d usage.Department, itsPath string) string {
	if d.ID == "" {
		return w.ability(a)
	}
	return card.Dotted(w.ability(a), w.department(d, itsPath))
}

// SelectionName returns what cards call the ability and the department of a question.
func (t *Templates) SelectionName(lang Language, a usage.Ability, d usage.Department) string {
	return t.in(lang).selection(a, d, d.Path)
}

// usageRemarks says below the figures what they are compared with and what must not be done with them.
func (w wording) usageRemarks(r usage.Report) []card.Element {
	if r.Empty() {
		return nil
	}
	var remarks []card.Element
	sideBySide := len(r.Sections) > 1
	days := w.period(r.Before)
	switch {
	case !hasBefore(r.Sections):
	case r.Complete:
		remarks = append(remarks, card.Remark(w.say("usage.compared."+r.Before.Cycle.String(), "days", days)))
	case !sideBySide: // the table has no room for figures that nothing may be said about
		remarks = append(remarks, card.Remark(w.say("usage.beside."+r.Before.Cycle.String(), "days", days)))
	}
	if sideBySide {
		remarks = append(remarks, card.Remark(w.say("usage.overlap")))
	}
	if shows(r.Sections, usage.Bot) {
		remarks = append(remarks, card.Remark(w.say("usage.bot_reads")))
	}
	return remarks
}

// usageFailures says what of the figures could not be had.
func (w wording) usageFailures(r usage.Report) []card.Element {
	var failed, uncompared []string
	for _, s := range r.Sections {
		switch {
		case s.Failed:
			failed = append(failed, w.ability(s.Ability))
		case s.BeforeFailed:
			uncompared = append(uncompared, w.ability(s.Ability))
		}
	}
	var words []card.Element
	if len(failed) > 0 {
		words = append(words, card.Paragraph(w.say("usage.failed", "abilities", w.join(failed))))
	}
	switch {
	case len(uncompared) == 0:
	case len(r.Sections) == 1:
		words = append(words, card.Remark(w.say("usage.uncompared", "days", w.period(r.Before))))
	default:
		words = append(words, card.Remark(w.say("usage.uncompared_abilities", "days", w.period(r.Before), "abilities", w.join(uncompared))))
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

func shows(sections []usage.Section, a usage.Ability) bool {
	for _, s := range sections {
		if s.Ability == a {
			return true
		}
	}
	return false
}

func find(s usage.Section, m usage.Metric) (usage.Row, bool) {
	for _, row := range s.Rows {
		if row.Metric == m {
			return row, true
		}
	}
	return usage.Row{}, false
}

func look(current bool) card.ButtonType {
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

func (w wording) cycle(c usage.Cycle) string     { return w.say("cycle." + c.String()) }
func (w wording) ability(a usage.Ability) string { return w.say("ability." + string(a)) }
func (w wording) metric(m usage.Metric) string   { return w.say("metric." + string(m)) }

func appName(a usage.App) string {
	if a.Name == "" {
		return card.Name(a.ID)
	}
	return card.Name(a.Name)
}

// department names the department by its path, if there is one, or in the card's language where the tenant has named it
// so.
func (w wording) department(d usage.Department, itsPath string) string {
	if d.ID == "" {
		return w.say("department.everyone")
	}
	if itsPath != "" {
		return card.Path(itsPath)
	}
	for _, s := range []string{d.I18n[w.say("department.locale")], d.Name, d.ID} {
		if s != "" {
			return card.Name(s)
		}
	}
	return card.Absent
}

// Locale is the platform's name of the language, by which it tells what a department is called there.
func (t *Templates) Locale(lang Language) string { return t.in(lang).say("department.locale") }

// WholeCompany is what no department at all is called.
func (t *Templates) WholeCompany(lang Language) string {
	return t.in(lang).department(usage.Department{}, "")
}

// sideways lays controls side by side, wrapped where the screen is narrow; without any it returns nothing.
func sideways(groups ...[]card.Inner) []card.Element {
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

// beside lays words at the left and a button at the right, if it can be used.
func beside(words []card.Inner, b card.Button) card.ColumnSet {
	set := card.ColumnSet{FlexMode: card.KeepColumns, Columns: []card.Column{{Width: card.WeightedWidth, Weight: 1, Align: card.Centered, Spacing: "4px", Elements: words}}}
	for _, b := range one(b.Label, b.Command, card.PlainButton) {
		set.Columns = append(set.Columns, card.Column{Width: card.AutoWidth, Align: card.Centered, Elements: []card.Inner{b}})
	}
	return set
}

// one draws a button with a label of the card's own; nothing without a command.
func one(label, command string, look card.ButtonType) []card.Inner {
	b := card.Button{Label: label, Command: command}
	if !b.Usable() {
		return nil
	}
	return []card.Inner{b.Draw(look)}
}

// periodControls lead to the period before, to any other and to the one after.
func (w wording) periodControls(previous string, date card.Pick, next string) []card.Element {
	return sideways(
		one(w.say("control.previous"), previous, card.PlainButton),
		date.Date(w.say("control.date")),
		one(w.say("control.next"), next, card.PlainButton),
	)
}

// cycleControls ask the same for another cycle; the one in view is marked.
func (w wording) cycleControls(commands map[usage.Cycle]string, current usage.Cycle) []card.Element {
	var buttons []card.Inner
	for _, c := range usage.Cycles() {
		buttons = append(buttons, one(w.cycle(c), commands[c], look(c == current))...)
	}
	return sideways(buttons)
}

// choiceControls ask for another ability, department or metric. A department that has no room is told about, since it
// can be asked for by name.
func (w wording) choiceControls(ability, department, metric card.Pick) []card.Element {
	return append(sideways(
		ability.List(w.say("control.ability")), department.List(w.say("control.department")), metric.List(w.say("control.metric")),
	), w.notOffered(department)...)
}
