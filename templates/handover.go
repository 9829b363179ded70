package templates

import "usagebot/templates/card"

// HandOverView asks who is to answer for a subscription.
type HandOverView struct {
	Subscription ChatSubscription
	Candidates   []string // open_ids; whoever is in the chat in which the card stands when there is none
	Line         string   // the command, which the choice completes
	Back         string   // the command of the button that leads back
}

// handTo is the argument that the choice completes the command by.
const handTo = "person"

// HandOver draws the question.
func (t *Templates) HandOver(lang Language, v HandOverView) card.Card {
	w := t.in(lang)
	s := v.Subscription
	title, topic := w.say("hand_over.title"), w.topic(s.Topic)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, w.say("line.titled", "title", title, "text", topic))
	p.Add(card.Paragraph(topic))
	p.Add(w.owned(s.Subscription, w.subscriptionID(s.ID), w.room(s.ChatName, s.ChatID))...)
	p.Add(w.candidates(v)...)
	p.Add(card.Remark(w.say("hand_over.other", "id", card.Name(s.ID))))
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: w.say("hand_over.back"), Command: v.Back}}, card.PlainButton, 1)...)...)
	return p.Card
}

// candidates is the field to choose from.
func (w wording) candidates(v HandOverView) []card.Element {
	if !(card.Pick{Line: v.Line, Arg: handTo}).Usable() {
		return nil
	}
	field := card.SelectPerson{Placeholder: card.Text(w.say("hand_over.to")), Behaviors: []card.Callback{{Value: card.CallbackValue{Cmd: v.Line, With: handTo}}}}
	for _, p := range card.Persons(v.Candidates) {
		field.Options = append(field.Options, card.Candidate{Value: p.ID})
	}
	return []card.Element{field}
}
