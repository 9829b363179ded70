package templates

// ConfirmRemovalView asks before a subscription is removed.
type ConfirmRemovalView struct {
	Subscription Subscription
	Asked        string // open_id of who wants it removed: nobody else may answer
	Yes, Keep    string // the commands of the two answers
}

// ConfirmRemoval draws the question.
func (t *Templates) ConfirmRemoval(lang Language, v ConfirmRemovalView) Card {
	w := t.in(lang)
	s := v.Subscription
	title := w.say("removal.title")
	p := newPage(header{Title: text(title), Template: orangeHead}, title)
	p.add(paragraph(w.topic(s.Topic)))
	p.add(paragraph(w.timing(s.Topic.Cycle, s.Timing)))
	p.add(w.owned(s, w.subscriptionID(s.ID))...)
	p.add(paragraph(w.say("removal.effect")))
	p.add(confirmation(Button{w.say("removal.yes"), v.Yes}, Button{w.say("removal.keep"), v.Keep}, v.Asked)...)
	return p.card
}
