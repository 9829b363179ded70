package templates

// WelcomeView greets a group that the bot was added to, or a person who opened the single chat. An empty one is for who may not use it. Its commands are those of the three buttons.
type WelcomeView struct {
	Usage, Subscribe, Help string

	Single bool // it is somebody's single chat
}

// Welcome draws the greeting.
func (t *Templates) Welcome(lang Language, v WelcomeView) Card {
	w := t.in(lang)
	title := w.say("welcome.title")
	p := newPage(header{Title: text(title), Template: blueHead}, title)
	body := w.say("welcome.body")
	switch {
	case v.Usage == "":
		body = w.say("welcome.nothing")
	case v.Single:
		body = w.say("welcome.single")
	}
	p.add(paragraph(body))
	p.add(remark(w.say("help.outro")))
	first := drawAll([]Button{{w.say("welcome.usage"), v.Usage}}, primaryButton, 1)
	others := drawAll([]Button{{w.say("welcome.subscribe"), v.Subscribe}, {w.say("welcome.help"), v.Help}}, plainButton, maxActions)
	p.add(buttonRow(append(first, others...)...)...)
	return p.card
}
