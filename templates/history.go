package templates

import (
	"time"

	"usagebot/templates/card"
	"usagebot/usage"
)

// HistoryView shows the latest digests of a chat or a subscription.
type HistoryView struct {
	Of      *Subscription // nil for the whole chat
	Entries []HistoryEntry
	Zone    string // the zone of the entries' times; empty for the bot's own
}

// HistoryEntry is one digest.
type HistoryEntry struct {
	ID      string // the subscription's; shown in the history of a chat
	Topic   Topic
	Period  usage.Period
	Outcome Outcome
	Cause   Cause
	At      time.Time // when it was sent or given up; zero while it waits
	Late    bool
	Again   string // the command that sends it again; empty if that makes no sense
}

const maxHistory = 20

// History draws the digests as a list, because a table cannot hold buttons.
func History(cat Catalog, v HistoryView) card.Card {
	h := card.Header{Title: card.Text(cat.Text("history.title")), Template: card.BlueHead}
	if v.Of != nil {
		subtitle := card.Text(card.Dotted(cat.topic(v.Of.Topic), cat.subscriptionID(v.Of.ID)))
		h.Subtitle = &subtitle
	}
	p := card.NewPage(h, cat.Text("history.title"))
	if v.Of != nil {
		p.Add(card.WithPeople([]string{v.Of.OwnerID}, cat.Text("subscription.owner"), cat.Text("subscription.owner.unknown"),
			cat.timing(v.Of.Topic.Cycle, v.Of.Timing), state(cat, *v.Of))...)
	}
	if len(v.Entries) == 0 {
		p.Add(card.Paragraph(cat.Text("history.none")))
		return p.Card
	}
	p.Add(leftOut(cat, p.List(len(v.Entries), maxHistory, func(i int) []card.Element { return separated(i, historyEntry(cat, v, v.Entries[i])) }))...)
	p.Add(zoneNote(cat, v.Zone)...)
	return p.Card
}

func historyEntry(cat Catalog, v HistoryView, e HistoryEntry) []card.Element {
	outcome := outcome(cat, e.Outcome)
	if e.Late {
		outcome = cat.Text("outcome.with_cause", "outcome", outcome, "cause", cat.Text("digest.tag.late"))
	}
	words := []card.Inner{card.Paragraph(card.Dotted(cat.period(e.Period), outcome))}
	if v.Of == nil {
		words = append(words, card.SmallText(card.Dotted(cat.topic(e.Topic), cat.subscriptionID(e.ID))))
	}
	if more := card.Dotted(sentAt(cat, e), cause(cat, e.Outcome, e.Cause, e.Topic)); more != "" {
		words = append(words, card.SmallText(more))
	}
	return []card.Element{withButton(words, card.Button{Label: cat.Text("history.again"), Command: e.Again})}
}

// sentAt says when the digest was sent or given up.
func sentAt(cat Catalog, e HistoryEntry) string {
	if e.At.IsZero() {
		return ""
	}
	if e.Outcome == Delivered || e.Outcome == Uncertain {
		return cat.Text("history.sent", "time", cat.moment(e.At))
	}
	return cat.moment(e.At)
}

// Outcome is the result of one digest.
type Outcome string

// The outcomes.
const (
	Delivered Outcome = "delivered"
	Waiting   Outcome = "waiting"
	Skipped   Outcome = "skipped"
	Failed    Outcome = "failed"
	Uncertain Outcome = "uncertain" // it is unknown whether it arrived
)

// Outcomes returns every outcome.
func Outcomes() []Outcome { return []Outcome{Delivered, Waiting, Skipped, Failed, Uncertain} }

// Cause is why a subscription is paused or a digest was not sent as planned. Cards do not show causes that the catalog
// does not know.
type Cause string

// The causes, named as in the packages that set them.
const (
	CauseByPerson      Cause = "by_person"
	CauseChatGone      Cause = "chat_gone"
	CauseChatForbids   Cause = "chat_forbids"
	CauseMissed        Cause = "missed"
	CauseTooLate       Cause = "too_late"
	CauseFiguresAbsent Cause = "figures_absent"
	CauseNotOut        Cause = "not_out"
	CauseBusy          Cause = "busy"
	CauseLost          Cause = "lost"
	CauseRefusing      Cause = "refusing"
	CauseOnHold        Cause = "on_hold"
	CauseRefused       Cause = "refused"
	CauseNoFigures     Cause = "no_figures"
	CauseNothingFor    Cause = "nothing_for"
	CauseInternal      Cause = "internal"
	CauseNotAllowed    Cause = "not_allowed"
	CauseBadSchedule   Cause = "bad_schedule"
	CauseRightsUnread  Cause = "rights_unread"
	CauseChatExternal  Cause = "chat_external"
)

// Causes returns every cause.
func Causes() []Cause {
	return []Cause{
		CauseByPerson, CauseChatGone, CauseChatForbids, CauseMissed, CauseTooLate, CauseFiguresAbsent, CauseNotOut, CauseBusy,
		CauseLost, CauseRefusing, CauseOnHold, CauseRefused, CauseNoFigures, CauseNothingFor, CauseInternal, CauseNotAllowed, CauseBadSchedule,
		CauseRightsUnread, CauseChatExternal,
	}
}

// outcome names an outcome, in the same words on all cards.
func outcome(cat Catalog, o Outcome) string { return cat.Text("outcome." + string(o)) }

// cause explains an outcome. It returns "" if the outcome's name says it already (waiting for figures), and for a
// delivered digest unless it had no figures.
func cause(cat Catalog, o Outcome, c Cause, t Topic) string {
	if o == Delivered && c != CauseNothingFor || o == Waiting && c == CauseNotOut || optionalText(cat, "cause.", string(c)) == "" {
		return ""
	}
	return cat.Text("cause."+string(c), "what", cat.selection(t.Ability, t.Department, t.DepartmentPath))
}

// outcomeWithCause names the outcome and its cause.
func outcomeWithCause(cat Catalog, o Outcome, c Cause, t Topic) string {
	if cause := cause(cat, o, c, t); cause != "" {
		return cat.Text("outcome.with_cause", "outcome", outcome(cat, o), "cause", cause)
	}
	return outcome(cat, o)
}

// DoneKey says what was done to a subscription.
type DoneKey string

// What was done, and what the button does.
const (
	DonePaused   DoneKey = "paused"   // button: resume; Subscription.Paused has the end of the pause
	DoneResumed  DoneKey = "resumed"  // button: pause; Subscription.Next has the next digest
	DoneRemoved  DoneKey = "removed"  // button: subscribe again
	DoneKept     DoneKey = "kept"     // it was not removed after all; button: the list
	DoneRequeued DoneKey = "requeued" // a digest goes out again, for Period; button: the history

	DoneHandedOver DoneKey = "handed_over" // the subscription has a new owner; button: the list
)

// DoneKeys returns every key.
func DoneKeys() []DoneKey {
	return []DoneKey{DonePaused, DoneResumed, DoneRemoved, DoneKept, DoneRequeued, DoneHandedOver}
}

// DoneView confirms what was done.
type DoneView struct {
	Key          DoneKey
	Subscription Subscription
	Period       usage.Period // only for DoneRequeued
	Back         string       // the command of the button
}

// Done draws a confirmation.
func Done(cat Catalog, v DoneView) card.Card {
	s := v.Subscription
	key := "done." + string(v.Key)
	title, topic := cat.Text(key), cat.topic(s.Topic)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, cat.Text("line.titled", "title", title, "text", topic))
	p.Add(card.Paragraph(topic))
	p.Add(card.Paragraph(doneWords(cat, v)))
	if v.Key == DoneResumed {
		p.Add(alreadySentNote(cat, s)...)
	}
	if v.Key == DoneHandedOver {
		p.Add(withOwner(cat, s)...)
	} else {
		p.Add(card.SmallText(cat.subscriptionID(s.ID)))
	}
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: cat.Text("done.back." + string(v.Key)), Command: v.Back}}, card.PlainButton, 1)...)...)
	return p.Card
}

func doneWords(cat Catalog, v DoneView) string {
	s := v.Subscription
	switch {
	case v.Key == DonePaused && s.Paused != nil && !s.Paused.Until.IsZero():
		return cat.Text("done.paused_until", "until", cat.inZone(cat.moment(s.Paused.Until), s.Timing.Zone))
	case v.Key == DoneResumed && len(s.Next) > 0:
		return cat.Text("done.next", "time", cat.inZone(cat.moment(s.Next[0]), s.Timing.Zone))
	case v.Key == DoneRequeued:
		return cat.Text("done.again", "days", cat.period(v.Period))
	}
	return cat.Text("done.what." + string(v.Key))
}

// ConfirmRemovalView asks before it removes a subscription.
type ConfirmRemovalView struct {
	Subscription Subscription
	Asked        string // open_id of the person who asked, who alone may answer
	Yes, Keep    string // the commands of the two answers
}

// ConfirmRemoval draws the question.
func ConfirmRemoval(cat Catalog, v ConfirmRemovalView) card.Card {
	s := v.Subscription
	title := cat.Text("removal.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.OrangeHead}, title)
	p.Add(card.Paragraph(cat.topic(s.Topic)))
	p.Add(card.Paragraph(cat.timing(s.Topic.Cycle, s.Timing)))
	p.Add(withOwner(cat, s)...)
	p.Add(card.Paragraph(cat.Text("removal.effect")))
	p.Add(card.Confirmation(card.Button{Label: cat.Text("removal.yes"), Command: v.Yes}, card.Button{Label: cat.Text("removal.keep"), Command: v.Keep}, v.Asked)...)
	return p.Card
}
