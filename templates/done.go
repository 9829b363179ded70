package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// DoneKey says what was done to a subscription.
type DoneKey string

// What can be done, and what the way back is.
const (
	DonePaused   DoneKey = "paused"   // back: resume; Subscription.Paused has the end of the pause
	DoneResumed  DoneKey = "resumed"  // back: pause; Subscription.Next has the next digest
	DoneRemoved  DoneKey = "removed"  // back: subscribe again
	DoneKept     DoneKey = "kept"     // it was not removed after all; back: the list
	DoneRequeued DoneKey = "requeued" // a digest goes out again: Period; back: the history

	DoneHandedOver DoneKey = "handed_over" // somebody else answers for it; back: the list
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
	Back         string       // the command of the button that leads back
}

// Done draws a confirmation.
func (t *Templates) Done(lang Language, v DoneView) card.Card {
	w := t.in(lang)
	s := v.Subscription
	key := "done." + string(v.Key)
	title, topic := w.say(key), w.topic(s.Topic)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, w.say("line.titled", "title", title, "text", topic))
	p.Add(card.Paragraph(topic))
	p.Add(card.Paragraph(w.doneWords(v)))
	if v.Key == DoneResumed {
		p.Add(w.sentAlready(s)...)
	}
	if v.Key == DoneHandedOver {
		p.Add(w.owned(s, w.subscriptionID(s.ID))...)
	} else {
		p.Add(card.Remark(w.subscriptionID(s.ID)))
	}
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: w.say("done.back." + string(v.Key)), Command: v.Back}}, card.PlainButton, 1)...)...)
	return p.Card
}

func (w wording) doneWords(v DoneView) string {
	s := v.Subscription
	switch {
	case v.Key == DonePaused && s.Paused != nil && !s.Paused.Until.IsZero():
		return w.say("done.paused_until", "until", w.moment(s.Paused.Until), "zone", card.Name(s.Timing.Zone))
	case v.Key == DoneResumed && len(s.Next) > 0:
		return w.say("done.next", "time", w.moment(s.Next[0]), "zone", card.Name(s.Timing.Zone))
	case v.Key == DoneRequeued:
		return w.say("done.again", "days", w.period(v.Period))
	}
	return w.say("done.what." + string(v.Key))
}
