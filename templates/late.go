package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// FiguresLateView is a digest whose figures are not out when they should be. It holds nothing of a single subscription:
// one card serves all chats that wait for the same.
type FiguresLateView struct {
	Topic  Topic
	Period usage.Period
}

// FiguresLate draws the brief word to a chat that its digest will follow.
func (t *Templates) FiguresLate(lang Language, v FiguresLateView) card.Card {
	w := t.in(lang)
	title := w.say("late.title")
	words := w.say("late.body", "days", w.period(v.Period))
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.GreyHead}, w.say("line.titled", "title", title, "text", w.topic(v.Topic)))
	p.Add(card.Paragraph(w.topic(v.Topic)))
	p.Add(card.Paragraph(words))
	return p.Card
}
