package templates

import "usagebot/usage"

// UsageOptions is what a usage card shows beside the report.
type UsageOptions struct {
	// DepartmentPath is the department with its parents (研发部/后端组); the report's department name when empty.
	DepartmentPath string
	// TimeZone is the name of the zone in which the bot tells what day it is; not mentioned when empty.
	TimeZone string
	// Cycles and Abilities are the commands of the buttons: the same question for another cycle or ability. A missing one
	// has no button. The one that the report shows is marked.
	Cycles    map[usage.Cycle]string
	Abilities map[usage.Ability]string
}

// Usage draws a report.
func (t *Templates) Usage(lang Language, r usage.Report, o UsageOptions) Card {
	w := t.in(lang)
	p := newPage(w.usageHeader(r, o.DepartmentPath), w.usageSummary(r))
	w.usageBody(p, r, o.TimeZone)
	p.add(w.cycleButtons(r, o)...)
	p.add(w.abilityButtons(r, o)...)
	return p.card
}

// usageBody draws what a usage card and a digest have in common: the figures and all that is said of them.
func (w wording) usageBody(p *page, r usage.Report, zone string) {
	p.add(w.usageNotes(r)...)
	switch len(r.Sections) {
	case 0:
		p.add(paragraph(w.say("usage.nothing")))
	case 1:
		p.add(w.oneSection(r)...)
	default:
		p.add(w.sideBySide(r)...)
	}
	p.add(w.usageRemarks(r)...)
	p.add(w.explanation(r, zone))
}

func (w wording) usageHeader(r usage.Report, departmentPath string) header {
	q := r.Query
	title := w.say("usage.title", "app", appName(q.App), "ability", w.ability(q.Ability), "cycle", w.cycle(q.Cycle))
	department := w.department(q.Department, departmentPath)
	subtitle := text(w.say("usage.subtitle", "days", w.covered(r), "department", department))
	h := header{Title: text(title), Subtitle: &subtitle, Template: blueHead}
	if !r.Complete {
		tag := "usage.tag.unfinished"
		if r.Over {
			tag = "usage.tag.incomplete"
		}
		h.TextTagList = append(h.TextTagList, textTag{Text: text(w.say(tag)), Color: orangeTag})
	}
	if r.NotOut != nil {
		h.TextTagList = append(h.TextTagList, textTag{Text: text(w.say("usage.tag.not_out")), Color: yellowTag})
	}
	return h
}

// usageSummary names the app, the days and the people, which is what a list of chats has room for.
func (w wording) usageSummary(r usage.Report) string {
	value := absent
	if v := activeUsers(r.Sections); v != nil {
		value = integer(*v)
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
	if !r.Complete {
		key := "usage.unfinished." + r.Period.Cycle.String()
		if r.Over {
			key = "usage.incomplete"
		}
		notes = append(notes, paragraph(w.say(key, "days", w.covered(r))))
	}
	return notes
}

// usageRemarks says below the figures what they are compared with and what must not be done with them.
func (w wording) usageRemarks(r usage.Report) []element {
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

func (w wording) cycleButtons(r usage.Report, o UsageOptions) []element {
	var buttons []button
	for _, c := range usage.Cycles() {
		b := Button{Label: w.cycle(c), Command: o.Cycles[c]}
		if b.usable() {
			buttons = append(buttons, b.draw(look(c == r.Query.Cycle)))
		}
	}
	return buttonRow(buttons...)
}

func (w wording) abilityButtons(r usage.Report, o UsageOptions) []element {
	var buttons []button
	for _, a := range append(usage.Abilities(), usage.All) {
		b := Button{Label: w.ability(a), Command: o.Abilities[a]}
		if b.usable() {
			buttons = append(buttons, b.draw(look(a == r.Query.Ability)))
		}
	}
	return buttonRow(buttons...)
}

func look(current bool) buttonType {
	if current {
		return primaryButton
	}
	return plainButton
}

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
