package templates

import (
	"strconv"
	"time"

	"usagebot/templates/card"
	"usagebot/usage"
)

// StatusView shows administrators the state of the system. Times are in the bot's zone.
type StatusView struct {
	Version      string
	Replicas     []string // their versions
	Redis        Health
	Database     Health
	DatabaseKind string
	QuotaLeft    int // calls to the platform that are free now
	QuotaAll     int
	Wait         time.Duration // of a question that is asked now
	Overdue      int
	OverdueSince time.Time
	Next         []Due
	Failed       []HistoryEntry // the latest ones
	RecentErrors []RecentError  // the latest errors of the process that answers
	// Commands of the buttons.
	ShowSubs, ShowFailed, ShowRoles, ShowRecord string
}

// RecentError is a logged error.
type RecentError struct {
	At        time.Time
	What      string // the message in the log
	Reference string // finds it in the log; may be empty
}

// Health is the state of a component.
type Health string

// The states.
const (
	Well     Health = "well"
	Away     Health = "away"
	Embedded Health = "embedded" // part of the process itself
)

// Healths returns every state.
func Healths() []Health { return []Health{Well, Away, Embedded} }

// Due is a digest that is due next.
type Due struct {
	ID    string
	Topic Topic
	At    time.Time
}

const maxDue = 5

// Status draws the state of the system.
func Status(cat Catalog, v StatusView) card.Card {
	title := cat.Text("status.title")
	h := card.Header{Title: card.Text(title), Template: card.BlueHead}
	if v.Redis == Away || v.Database == Away || v.Overdue > 0 {
		h.Template = card.OrangeHead
	}
	p := card.NewPage(h, title)
	p.Add(card.Paragraph(card.Dotted(cat.Text("status.version", "version", card.Name(v.Version)), cat.count("status.replicas", len(v.Replicas)))))
	if mixedVersions(v.Replicas) {
		p.Add(card.SmallText(cat.Text("status.mixed", "versions", cat.list(v.Replicas))))
	}
	p.Add(card.Paragraph(card.Dotted(cat.Text("status.redis", "health", cat.Text("health."+string(v.Redis))),
		cat.Text("status.database", "kind", v.DatabaseKind, "health", cat.Text("health."+string(v.Database))))))
	p.Add(card.Paragraph(card.Dotted(cat.Text("status.quota", "left", strconv.Itoa(v.QuotaLeft), "all", strconv.Itoa(v.QuotaAll)), queue(cat, v.Wait))))
	p.Add(card.Paragraph(overdue(cat, v)))
	p.Add(nextDigests(cat, v.Next)...)
	p.Add(recentFailures(cat, v.Failed)...)
	p.Add(recentErrors(cat, v.RecentErrors)...)
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{
		{Label: cat.Text("status.button.subs"), Command: v.ShowSubs},
		{Label: cat.Text("status.button.failed"), Command: v.ShowFailed},
		{Label: cat.Text("roles.title.listed"), Command: v.ShowRoles},
		{Label: cat.Text("record.title"), Command: v.ShowRecord},
	}, card.PlainButton, maxActions)...)...)
	return p.Card
}

// queue says how long a question waits, or nothing if it does not wait.
func queue(cat Catalog, wait time.Duration) string {
	if wait <= 0 {
		return ""
	}
	return cat.count("status.wait", roundUp(wait, time.Second))
}

func mixedVersions(versions []string) bool {
	for _, v := range versions {
		if v != versions[0] {
			return true
		}
	}
	return false
}

func overdue(cat Catalog, v StatusView) string {
	if v.Overdue == 0 {
		return cat.Text("status.on_time")
	}
	return cat.count("status.overdue", v.Overdue, "time", cat.moment(v.OverdueSince))
}

func nextDigests(cat Catalog, list []Due) []card.Element {
	if len(list) == 0 {
		return []card.Element{card.SmallText(cat.Text("status.nothing_due"))}
	}
	lines := []card.Element{card.Paragraph(cat.Text("status.next"))}
	for _, d := range list[:min(len(list), maxDue)] {
		lines = append(lines, card.SmallText(card.Dotted(cat.moment(d.At), cat.topic(d.Topic), cat.subscriptionID(d.ID))))
	}
	return lines
}

func recentFailures(cat Catalog, list []HistoryEntry) []card.Element {
	if len(list) == 0 {
		return []card.Element{card.SmallText(cat.Text("status.no_failures"))}
	}
	lines := []card.Element{card.Paragraph(cat.Text("status.failed"))}
	for _, e := range list[:min(len(list), maxDue)] {
		lines = append(lines, card.SmallText(card.Dotted(cat.period(e.Period), cat.topic(e.Topic), cat.subscriptionID(e.ID), cause(cat, e.Outcome, e.Cause, e.Topic))))
	}
	return lines
}

func recentErrors(cat Catalog, list []RecentError) []card.Element {
	if len(list) == 0 {
		return nil
	}
	lines := []card.Element{card.Paragraph(cat.Text("status.recent_errors"))}
	for _, s := range list[:min(len(list), maxDue)] {
		lines = append(lines, card.SmallText(card.Dotted(cat.moment(s.At), card.Clean(s.What, card.MaxName*2), card.Clean(s.Reference, card.MaxName))))
	}
	return lines
}

// CheckupView shows the results of all checks.
type CheckupView struct{ Findings []Finding }

// Finding is the result of one check, in the checker's words.
type Finding struct {
	Grade Grade
	What  string
	Todo  string // empty if there is nothing to do
}

// Grade is the severity of a finding.
type Grade string

// The grades.
const (
	OK   Grade = "ok"
	Warn Grade = "warning"
	Fail Grade = "failure"
)

// Grades returns every grade.
func Grades() []Grade { return []Grade{OK, Warn, Fail} }

const maxFindings = 40

// Checkup draws the findings, worst first.
func Checkup(cat Catalog, v CheckupView) card.Card {
	title, head := cat.Text("checkup.title"), card.BlueHead
	var sorted []Finding
	for _, g := range []Grade{Fail, Warn, OK} {
		for _, f := range v.Findings {
			if f.Grade == g {
				sorted = append(sorted, f)
			}
		}
	}
	if len(sorted) > 0 && sorted[0].Grade != OK {
		head = map[Grade]card.Template{Warn: card.OrangeHead, Fail: card.RedHead}[sorted[0].Grade]
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	if len(sorted) == 0 {
		p.Add(card.Paragraph(cat.Text("checkup.none")))
	}
	left := p.List(len(sorted), maxFindings, func(i int) []card.Element {
		f := sorted[i]
		lines := []card.Element{card.Paragraph(card.Dotted(cat.Text("grade."+string(f.Grade)), card.Clean(f.What, card.MaxText/2)))}
		if f.Todo != "" {
			lines = append(lines, card.SmallText(card.Clean(f.Todo, card.MaxText/2)))
		}
		return lines
	})
	p.Add(leftOut(cat, left)...)
	return p.Card
}

// AppListView lists the apps that the bot reports on, for administrators.
type AppListView struct {
	Changed bool
	Apps    []AppRow
}

// AppRow is one app.
type AppRow struct {
	App             usage.App
	Default         bool
	MakeDefault     string // the commands; none when empty
	Remove          string
	Abilities       []usage.Ability // if the platform gives them
	AbilitiesHidden bool            // the platform does not give them
}

const maxAppRows = 15

// AppList draws the list.
func AppList(cat Catalog, v AppListView) card.Card {
	title := cat.Text("apps.title")
	if v.Changed {
		title = cat.Text("apps.changed")
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	p.Add(leftOut(cat, p.List(len(v.Apps), maxAppRows, func(i int) []card.Element { return separated(i, appRow(cat, v.Apps[i])) }))...)
	p.Add(card.SmallText(cat.Text("apps.how")))
	return p.Card
}

func appRow(cat Catalog, a AppRow) []card.Element {
	called := appName(a.App)
	if a.Default {
		called = cat.Text("apps.default", "app", called)
	}
	abilities := cat.Text("apps.abilities_hidden")
	if !a.AbilitiesHidden {
		var names []string
		for _, ability := range a.Abilities {
			names = append(names, cat.ability(ability))
		}
		abilities = cat.Text("apps.abilities", "names", cat.list(names))
	}
	lines := []card.Element{card.Paragraph(called), card.SmallText(card.Dotted(card.Name(a.App.ID), abilities))}
	return append(lines, card.ButtonRow(card.DrawAll([]card.Button{
		{Label: cat.Text("apps.make_default"), Command: a.MakeDefault}, {Label: cat.Text("apps.remove"), Command: a.Remove},
	}, card.PlainButton, maxActions)...)...)
}
