package templates

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
func (t *Templates) Subscribed(lang Language, v SubscribedView) Card {
	w := t.in(lang)
	s := v.Subscription
	title, topic := w.say("subscribed."+string(v.Kind)), w.topic(s.Topic)
	p := newPage(header{Title: text(title), Template: blueHead}, w.say("line.titled", "title", title, "text", topic))
	p.add(paragraph(w.say("subscribed.what", "topic", topic)))
	p.add(paragraph(w.say("subscribed.where", "chat", w.thisChat(v.Single))))
	p.add(paragraph(w.say("subscribed.when", "timing", w.timing(s.Topic.Cycle, s.Timing))))
	p.add(w.owned(s, w.subscriptionID(s.ID))...)
	p.add(w.announcement(s)...)
	s.Actions.History = "" // there is hardly any yet
	p.add(w.actionButtons(s)...)
	return p.card
}

func (w wording) thisChat(single bool) string {
	if single {
		return w.say("chat.this_single")
	}
	return w.say("chat.this_group")
}

// announcement lists the next digests, or says why there is none.
func (w wording) announcement(s Subscription) []element {
	if s.Paused != nil {
		return []element{paragraph(w.state(s))}
	}
	if len(s.Next) == 0 {
		return nil
	}
	lines := []element{paragraph(w.say("subscribed.next", "zone", name(s.Timing.Zone)))}
	for _, at := range s.Next[:min(len(s.Next), maxNext)] {
		lines = append(lines, paragraph(w.moment(at)))
	}
	return append(lines, w.sentAlready(s)...)
}
