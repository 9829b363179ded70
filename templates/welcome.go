package templates

// WelcomeView greets a group that the bot was added to. Its commands are those of the three buttons.
type WelcomeView struct {
	Usage, Subscribe, Help string
}

// Welcome draws the greeting.
func (t *Templates) Welcome(lang Language, v WelcomeView) Card {
	w := t.in(lang)
	title := w.say("welcome.title")
	p := newPage(header{Title: text(title), Template: blueHead}, title)
	p.add(paragraph(w.say("welcome.body")))
	p.add(remark(w.say("help.outro")))
	first := drawAll([]Button{{w.say("welcome.usage"), v.Usage}}, primaryButton, 1)
	others := drawAll([]Button{{w.say("welcome.subscribe"), v.Subscribe}, {w.say("welcome.help"), v.Help}}, plainButton, maxActions)
	p.add(buttonRow(append(first, others...)...)...)
	return p.card
}
