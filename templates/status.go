package templates

import (
	"strconv"
	"time"

	"usagebot/templates/card"
)

// StatusView tells administrators whether all is well. Times are in the bot's zone.
type StatusView struct {
	Version      string
	Replicas     []string // their versions
	Redis        Health
	Database     Health
	DatabaseKind string
	QuotaLeft    int // calls to the platform that could be made at once
	QuotaAll     int
	Wait         time.Duration // of a question that is asked now
	Overdue      int
	OverdueSince time.Time
	Next         []Due
	Failed       []HistoryEntry // the last
	Slips        []Slip         // the last errors of the process that answers
	// Commands that show more.
	ShowSubs, ShowFailed, ShowRoles, ShowRecord string
}

// Slip is an error that was logged.
type Slip struct {
	At        time.Time
	What      string // the log's own words
	Reference string // finds it in the log; may be empty
}

// Health is how a part does.
type Health string

// The ways.
const (
	Well     Health = "well"
	Away     Health = "away"
	Embedded Health = "embedded" // the process's own
)

// Healths returns every one.
func Healths() []Health { return []Health{Well, Away, Embedded} }

// Due is a digest that is due next.
type Due struct {
	ID    string
	Topic Topic
	At    time.Time
}

const maxDue = 5

// Status draws it.
func (t *Templates) Status(lang Language, v StatusView) card.Card {
	w := t.in(lang)
	title := w.say("status.title")
	h := card.Header{Title: card.Text(title), Template: card.BlueHead}
	if v.Redis == Away || v.Database == Away || v.Overdue > 0 {
		h.Template = card.OrangeHead
	}
	p := card.NewPage(h, title)
	p.Add(card.Paragraph(card.Dotted(w.say("status.version", "version", card.Name(v.Version)), w.count("status.replicas", len(v.Replicas)))))
	if mixed(v.Replicas) {
		p.Add(card.Remark(w.say("status.mixed", "versions", w.List(v.Replicas))))
	}
	p.Add(card.Paragraph(card.Dotted(w.say("status.redis", "health", w.say("health."+string(v.Redis))),
		w.say("status.database", "kind", v.DatabaseKind, "health", w.say("health."+string(v.Database))))))
	p.Add(card.Paragraph(card.Dotted(w.say("status.quota", "left", strconv.Itoa(v.QuotaLeft), "all", strconv.Itoa(v.QuotaAll)), w.queue(v.Wait))))
	p.Add(card.Paragraph(w.overdue(v)))
	p.Add(w.comingUp(v.Next)...)
	p.Add(w.lastFailed(v.Failed)...)
	p.Add(w.lastSlips(v.Slips)...)
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{
		{Label: w.say("status.button.subs"), Command: v.ShowSubs},
		{Label: w.say("status.button.failed"), Command: v.ShowFailed},
		{Label: w.say("roles.title.listed"), Command: v.ShowRoles},
		{Label: w.say("record.title"), Command: v.ShowRecord},
	}, card.PlainButton, maxActions)...)...)
	return p.Card
}

// queue says how long a question waits; nothing when it does not.
func (w wording) queue(wait time.Duration) string {
	if wait <= 0 {
		return ""
	}
	return w.count("status.wait", roundUp(wait, time.Second))
}

func mixed(versions []string) bool {
	for _, v := range versions {
		if v != versions[0] {
			return true
		}
	}
	return false
}

func (w wording) overdue(v StatusView) string {
	if v.Overdue == 0 {
		return w.say("status.on_time")
	}
	return w.count("status.overdue", v.Overdue, "time", w.moment(v.OverdueSince))
}

func (w wording) comingUp(list []Due) []card.Element {
	if len(list) == 0 {
		return []card.Element{card.Remark(w.say("status.nothing_due"))}
	}
	lines := []card.Element{card.Paragraph(w.say("status.next"))}
	for _, d := range list[:min(len(list), maxDue)] {
		lines = append(lines, card.Remark(card.Dotted(w.moment(d.At), w.topic(d.Topic), w.subscriptionID(d.ID))))
	}
	return lines
}

func (w wording) lastFailed(list []HistoryEntry) []card.Element {
	if len(list) == 0 {
		return []card.Element{card.Remark(w.say("status.no_failures"))}
	}
	lines := []card.Element{card.Paragraph(w.say("status.failed"))}
	for _, e := range list[:min(len(list), maxDue)] {
		lines = append(lines, card.Remark(card.Dotted(w.period(e.Period), w.topic(e.Topic), w.subscriptionID(e.ID), w.cause(e.Outcome, e.Cause, e.Topic))))
	}
	return lines
}

func (w wording) lastSlips(list []Slip) []card.Element {
	if len(list) == 0 {
		return nil
	}
	lines := []card.Element{card.Paragraph(w.say("status.slips"))}
	for _, s := range list[:min(len(list), maxDue)] {
		lines = append(lines, card.Remark(card.Dotted(w.moment(s.At), card.Clean(s.What, card.MaxName*2), card.Clean(s.Reference, card.MaxName))))
	}
	return lines
}
