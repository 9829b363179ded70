package templates

import "usagebot/templates/card"

// OwnerLeftView is a subscription that was paused since its owner has left and the owner of its chat may not see its figures.
type OwnerLeftView struct {
	ID     string // the subscription's
	Topic  Topic
	Resume string // the command of the button
}

// OwnerLeft draws the message to the chat. It shows no figures: people who may not see them read it, too.
func (t *Templates) OwnerLeft(lang Language, v OwnerLeftView) card.Card {
	w := t.in(lang)
	title := w.say("owner_left.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.OrangeHead}, w.say("line.titled", "title", title, "text", w.topic(v.Topic)))
	p.Add(card.Sized(w.topic(v.Topic), card.LargeSize), card.Remark(w.subscriptionID(v.ID)))
	p.Add(card.Paragraph(w.say("owner_left.body")), card.Paragraph(w.say("owner_left.todo")))
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: w.say("action.resume"), Command: v.Resume}}, card.PlainButton, 1)...)...)
	return p.Card
}
