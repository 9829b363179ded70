package templates

import (
	"time"

	"usagebot/templates/card"
	"usagebot/usage"
)

// HistoryView is the newest digests of a chat, or of one of its subscriptions.
type HistoryView struct {
	Of      *Subscription // nil for the whole chat
	Entries []HistoryEntry
	Zone    string // in which the entries' times are
}

// HistoryEntry is one digest.
type HistoryEntry struct {
	ID      string // the subscription's; shown in a history of the whole chat
	Topic   Topic
	Period  usage.Period
	Outcome Outcome
	Cause   Cause
	At      time.Time // when it was sent or given up; zero while it waits
	Late    bool
	Again   string // the command that sends it once more; only where that makes sense
}

const maxHistory = 20

// History draws the digests as a list, since a table has no room for buttons.
func (t *Templates) History(lang Language, v HistoryView) card.Card {
	w := t.in(lang)
	h := card.Header{Title: card.Text(w.say("history.title")), Template: card.BlueHead}
	if v.Of != nil {
		subtitle := card.Text(card.Dotted(w.topic(v.Of.Topic), w.subscriptionID(v.Of.ID)))
		h.Subtitle = &subtitle
	}
	p := card.NewPage(h, w.say("history.title"))
	if v.Of != nil {
		p.Add(w.owned(*v.Of, w.timing(v.Of.Topic.Cycle, v.Of.Timing), w.state(*v.Of))...)
	}
	if len(v.Entries) == 0 {
		p.Add(card.Paragraph(w.say("history.none")))
		return p.Card
	}
	p.Add(w.leftOut(p.List(len(v.Entries), maxHistory, func(i int) []card.Element { return w.historyEntry(v, v.Entries[i]) }))...)
	if v.Zone != "" {
		p.Add(card.Remark(w.say("history.zone", "zone", card.Name(v.Zone))))
	}
	return p.Card
}

func (w wording) historyEntry(v HistoryView, e HistoryEntry) []card.Element {
	outcome := w.outcome(e.Outcome)
	if e.Late {
		outcome = w.say("outcome.with_cause", "outcome", outcome, "cause", w.say("digest.tag.late"))
	}
	words := []card.Inner{card.Paragraph(card.Dotted(w.period(e.Period), outcome))}
	if v.Of == nil {
		words = append(words, card.Remark(card.Dotted(w.topic(e.Topic), w.subscriptionID(e.ID))))
	}
	if more := card.Dotted(w.happened(e), w.cause(e.Outcome, e.Cause, e.Topic)); more != "" {
		words = append(words, card.Remark(more))
	}
	return []card.Element{beside(words, card.Button{Label: w.say("history.again"), Command: e.Again})}
}

// happened says when the digest was sent, or when it was given up.
func (w wording) happened(e HistoryEntry) string {
	if e.At.IsZero() {
		return ""
	}
	if e.Outcome == Delivered || e.Outcome == Uncertain {
		return w.say("history.sent", "time", w.moment(e.At))
	}
	return w.moment(e.At)
}
