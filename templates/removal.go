package templates

import "usagebot/templates/card"

// ConfirmRemovalView asks before a subscription is removed.
type ConfirmRemovalView struct {
	Subscription Subscription
	Asked        string // open_id of who wants it removed: nobody else may answer
	Yes, Keep    string // the commands of the two answers
}

// ConfirmRemoval draws the question.
func (t *Templates) ConfirmRemoval(lang Language, v ConfirmRemovalView) card.Card {
	w := t.in(lang)
	s := v.Subscription
	title := w.say("removal.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.OrangeHead}, title)
	p.Add(card.Paragraph(w.topic(s.Topic)))
	p.Add(card.Paragraph(w.timing(s.Topic.Cycle, s.Timing)))
	p.Add(w.owned(s, w.subscriptionID(s.ID))...)
	p.Add(card.Paragraph(w.say("removal.effect")))
	p.Add(card.Confirmation(card.Button{Label: w.say("removal.yes"), Command: v.Yes}, card.Button{Label: w.say("removal.keep"), Command: v.Keep}, v.Asked)...)
	return p.Card
}
