package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// ConfirmAppRemovalView asks before it removes an app from the list.
type ConfirmAppRemovalView struct {
	App       usage.App
	Asked     string // open_id of the person who asked, who alone may answer
	Yes, Keep string // the commands of the two answers
}

// ConfirmAppRemoval draws the question.
func ConfirmAppRemoval(cat Catalog, v ConfirmAppRemovalView) card.Card {
	title := cat.Text("apps.removal.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.OrangeHead}, title)
	p.Add(card.Paragraph(card.Dotted(appName(v.App), card.Name(v.App.ID))))
	p.Add(card.Paragraph(cat.Text("apps.removal.effect")))
	p.Add(card.Confirmation(card.Button{Label: cat.Text("apps.remove"), Command: v.Yes}, card.Button{Label: cat.Text("removal.keep"), Command: v.Keep}, v.Asked)...)
	return p.Card
}
