package templates

import "usagebot/templates/card"

// SubscribedKind is what the command to subscribe came to.
type SubscribedKind string

// The kinds.
const (
	SubscribedNew     SubscribedKind = "new"     // there was none for the same thing
	SubscribedAgain   SubscribedKind = "again"   // it was there already, just so
	SubscribedChanged SubscribedKind = "changed" // it was there already, and what was said now has changed it
)

func subscribedKinds() []SubscribedKind {
	return []SubscribedKind{SubscribedNew, SubscribedAgain, SubscribedChanged}
}

// SubscribedView confirms a subscription.
type SubscribedView struct {
	Kind         SubscribedKind
	Subscription Subscription
	Single       bool // it goes to a single chat
}

// Subscribed draws what was ordered: what, where, when, by whom, and the next digests.
func (t *Templates) Subscribed(lang Language, v SubscribedView) card.Card {
	w := t.in(lang)
	s := v.Subscription
	title, topic := w.say("subscribed."+string(v.Kind)), w.topic(s.Topic)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, w.say("line.titled", "title", title, "text", topic))
	p.Add(card.Paragraph(w.say("subscribed.what", "topic", topic)))
	p.Add(card.Paragraph(w.say("subscribed.where", "chat", w.thisChat(v.Single))))
	p.Add(card.Paragraph(w.say("subscribed.when", "timing", w.timing(s.Topic.Cycle, s.Timing))))
	p.Add(w.owned(s, w.subscriptionID(s.ID))...)
	p.Add(w.announcement(s)...)
	s.Actions.History = "" // there is hardly any yet
	p.Add(w.actionButtons(s)...)
	return p.Card
}

func (w wording) thisChat(single bool) string {
	if single {
		return w.say("chat.this_single")
	}
	return w.say("chat.this_group")
}

// announcement lists the next digests, or says why there is none.
func (w wording) announcement(s Subscription) []card.Element {
	if s.Paused != nil {
		return []card.Element{card.Paragraph(w.state(s))}
	}
	if len(s.Next) == 0 {
		return nil
	}
	lines := []card.Element{card.Paragraph(w.say("subscribed.next", "zone", card.Name(s.Timing.Zone)))}
	for _, at := range s.Next[:min(len(s.Next), maxNext)] {
		lines = append(lines, card.Paragraph(w.moment(at)))
	}
	return append(lines, w.sentAlready(s)...)
}
