package templates

// OwnerLeftView is a subscription that was paused since its owner has left and the owner of its chat may not see its figures.
type OwnerLeftView struct {
	ID     string // the subscription's
	Topic  Topic
	Resume string // the command of the button
}

// OwnerLeft draws the message to the chat. It shows no figures: people who may not see them read it, too.
func (t *Templates) OwnerLeft(lang Language, v OwnerLeftView) Card {
	w := t.in(lang)
	title := w.say("owner_left.title")
	p := newPage(header{Title: text(title), Template: orangeHead}, w.say("line.titled", "title", title, "text", w.topic(v.Topic)))
	p.add(sized(w.topic(v.Topic), largeSize), remark(w.subscriptionID(v.ID)))
	p.add(paragraph(w.say("owner_left.body")), paragraph(w.say("owner_left.todo")))
	p.add(buttonRow(drawAll([]Button{{w.say("action.resume"), v.Resume}}, plainButton, 1)...)...)
	return p.card
}
