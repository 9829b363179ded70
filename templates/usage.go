package templates

import "usagebot/usage"

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
	Ability, Department           Pick
	MetricPick, Date              Pick
	Previous, Next                string // the same for the period before and after
	ShowTrend, ShowTop, Subscribe string
	Refresh                       string // asks again; only while figures are missing
	AskAnew                       string // has the platform asked anew for these days; for administrators
}

// Usage draws a report.
func (t *Templates) Usage(lang Language, r usage.Report, o UsageOptions) Card {
	w := t.in(lang)
	p := newPage(w.usageHeader(r, o.DepartmentPath), w.usageSummary(r))
	p.add(w.narrowed(o.Narrowed)...)
	w.usageBody(p, picture{r, o.Trend, metricInView(o.Metric), o.Refresh}, o.TimeZone, w.usageControls(r, o))
	return p.card
}

// narrowed says why it is a department's figures that are shown.
func (w wording) narrowed(narrowed bool) []element {
	if !narrowed {
		return nil
	}
	return []element{paragraph(w.say("usage.narrowed"))}
}

func (w wording) usageControls(r usage.Report, o UsageOptions) []element {
	controls := w.periodControls(o.Previous, o.Date, o.Next)
	controls = append(controls, w.cycleControls(o.Cycles, r.Query.Cycle)...)
	controls = append(controls, w.choiceControls(o.Ability, o.Department, o.MetricPick)...)
	return append(controls, sideways(
		one(w.say("control.trend"), o.ShowTrend, plainButton),
		one(w.say("control.top"), o.ShowTop, plainButton),
		one(w.say("control.subscribe"), o.Subscribe, plainButton),
		one(w.say("control.ask_anew"), o.AskAnew, plainButton),
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
func (w wording) usageBody(p *page, v picture, zone string, after []element) {
	r := v.report
	p.add(w.usageNotes(r)...)
	switch len(r.Sections) {
	case 0:
		p.add(paragraph(w.say("usage.nothing")))
	case 1:
		p.add(w.oneSection(r)...)
	default:
		if r.Empty() {
			p.add(paragraph(w.nothing(r)))
			break
		}
		p.add(w.sideBySide(r)...)
	}
	p.add(w.usageRemarks(r)...)
	p.add(w.usageFailures(r)...)
	after = append([]element{w.explanation(r, zone)}, after...)
	if v.trend != nil {
		p.add(w.caption(*v.trend, v.metric))
		p.add(w.trendPicture(*v.trend, v.metric, v.refresh)...)
	}
	if r.Failed() || v.trend != nil && incomplete(*v.trend) {
		p.add(w.refresh(v.refresh)...)
	}
	if v.trend != nil {
		p.shrink(len(v.trend.Points), after, func(n int) []element { return w.trendPanel(*v.trend, v.metric, n) })
	}
	p.add(after...)
}

// caption names what a chart shows.
func (w wording) caption(t usage.Trend, m usage.Metric) div {
	return sized(w.say("trend.caption", "metric", w.metric(m), "span", w.span(t)), largeSize)
}

func (w wording) usageHeader(r usage.Report, departmentPath string) header {
	q := r.Query
	title := w.say("usage.title", "app", appName(q.App), "ability", w.ability(q.Ability), "cycle", w.cycle(q.Cycle))
	department := w.department(q.Department, departmentPath)
	subtitle := text(w.say("usage.subtitle", "days", w.covered(r), "department", department))
	return header{Title: text(title), Subtitle: &subtitle, TextTagList: w.stateTags(r), Template: blueHead}
}

// stateTags say in the head how far the figures are out.
func (w wording) stateTags(r usage.Report) (tags []textTag) {
	if !r.Complete {
		tag := "usage.tag.unfinished"
		switch {
		case endsWithZeros(r):
			tag = "usage.tag.so_far"
		case r.Over:
			tag = "usage.tag.incomplete"
		}
		tags = append(tags, textTag{Text: text(w.say(tag)), Color: orangeTag})
	}
	if r.NotOut != nil {
		tags = append(tags, textTag{Text: text(w.say("usage.tag.not_out")), Color: yellowTag})
	}
	return tags
}

// usageSummary names the app, the days and the people, which is what a list of chats has room for.
func (w wording) usageSummary(r usage.Report) string {
	value := absent
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
func (w wording) usageNotes(r usage.Report) []element {
	var notes []element
	if r.NotOut != nil {
		key := "usage.not_out." + r.NotOut.Cycle.String()
		notes = append(notes, paragraph(w.say(key, "days", w.period(*r.NotOut))))
	}
	if !r.Complete && !endsWithZeros(r) {
		key := "usage.unfinished." + r.Period.Cycle.String()
		if r.Over {
			key = "usage.incomplete"
		}
		notes = append(notes, paragraph(w.say(key, "days", w.covered(r))))
	}
	if !r.ZerosFrom.IsZero() {
		notes = append(notes, paragraph(w.say("usage.so_far", "days", w.days(r.ZerosFrom, r.Through), "time", r.AsOf.Format("15:04"))))
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
	return dotted(w.ability(a), w.department(d, itsPath))
}

// SelectionName returns what cards call the ability and the department of a question.
func (t *Templates) SelectionName(lang Language, a usage.Ability, d usage.Department) string {
	return t.in(lang).selection(a, d, d.Path)
}

// usageRemarks says below the figures what they are compared with and what must not be done with them.
func (w wording) usageRemarks(r usage.Report) []element {
	if r.Empty() {
		return nil
	}
	var remarks []element
	sideBySide := len(r.Sections) > 1
	days := w.period(r.Before)
	switch {
	case !hasBefore(r.Sections):
	case r.Complete:
		remarks = append(remarks, remark(w.say("usage.compared."+r.Before.Cycle.String(), "days", days)))
	case !sideBySide: // the table has no room for figures that nothing may be said about
		remarks = append(remarks, remark(w.say("usage.beside."+r.Before.Cycle.String(), "days", days)))
	}
	if sideBySide {
		remarks = append(remarks, remark(w.say("usage.overlap")))
	}
	if shows(r.Sections, usage.Bot) {
		remarks = append(remarks, remark(w.say("usage.bot_reads")))
	}
	return remarks
}

// usageFailures says what of the figures could not be had.
func (w wording) usageFailures(r usage.Report) []element {
	var failed, uncompared []string
	for _, s := range r.Sections {
		switch {
		case s.Failed:
			failed = append(failed, w.ability(s.Ability))
		case s.BeforeFailed:
			uncompared = append(uncompared, w.ability(s.Ability))
		}
	}
	var words []element
	if len(failed) > 0 {
		words = append(words, paragraph(w.say("usage.failed", "abilities", w.join(failed))))
	}
	switch {
	case len(uncompared) == 0:
	case len(r.Sections) == 1:
		words = append(words, remark(w.say("usage.uncompared", "days", w.period(r.Before))))
	default:
		words = append(words, remark(w.say("usage.uncompared_abilities", "days", w.period(r.Before), "abilities", w.join(uncompared))))
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

func look(current bool) buttonType {
	if current {
		return primaryButton
	}
	return plainButton
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
		return name(a.ID)
	}
	return name(a.Name)
}

// department names the department by its path, if there is one, or in the card's language where the tenant has named it
// so.
func (w wording) department(d usage.Department, itsPath string) string {
	if d.ID == "" {
		return w.say("department.everyone")
	}
	if itsPath != "" {
		return path(itsPath)
	}
	for _, s := range []string{d.I18n[w.say("department.locale")], d.Name, d.ID} {
		if s != "" {
			return name(s)
		}
	}
	return absent
}

// Locale is the platform's name of the language, by which it tells what a department is called there.
func (t *Templates) Locale(lang Language) string { return t.in(lang).say("department.locale") }

// WholeCompany is what no department at all is called.
func (t *Templates) WholeCompany(lang Language) string {
	return t.in(lang).department(usage.Department{}, "")
}
