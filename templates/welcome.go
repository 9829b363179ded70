package templates

import "usagebot/templates/card"

// WelcomeView greets a group that the bot was added to, or a person who opened the single chat. An empty one is for who may not use it. Its commands are those of the three buttons.
type WelcomeView struct {
	Usage, Subscribe, Help string

	Single bool // it is somebody's single chat
}

// Welcome draws the greeting.
func (t *Templates) Welcome(lang Language, v WelcomeView) card.Card {
	w := t.in(lang)
	title := w.say("welcome.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	body := w.say("welcome.body")
	switch {
	case v.Usage == "":
		body = w.say("welcome.nothing")
	case v.Single:
		body = w.say("welcome.single")
	}
	p.Add(card.Paragraph(body))
	p.Add(card.Remark(w.say("help.outro")))
	first := card.DrawAll([]card.Button{{Label: w.say("welcome.usage"), Command: v.Usage}}, card.PrimaryButton, 1)
	others := card.DrawAll([]card.Button{{Label: w.say("welcome.subscribe"), Command: v.Subscribe}, {Label: w.say("welcome.help"), Command: v.Help}}, card.PlainButton, maxActions)
	p.Add(card.ButtonRow(append(first, others...)...)...)
	return p.Card
}
