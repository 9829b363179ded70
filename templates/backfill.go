package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// BackfillView is how far a history is filled.
type BackfillView struct {
	App       usage.App
	From      usage.Date
	Until     usage.Date
	Done, All int    // days
	Stopped   bool   // it could not be done: the log says why
	Again     string // the command that shows how far it is by then
}

// Backfill draws it.
func (t *Templates) Backfill(lang Language, v BackfillView) card.Card {
	w := t.in(lang)
	title, head := w.say("backfill.title"), card.BlueHead
	switch {
	case v.Stopped:
		title, head = w.say("backfill.stopped"), card.RedHead
	case v.Done >= v.All:
		title = w.say("backfill.done")
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	p.Add(card.Paragraph(card.Dotted(appName(v.App), w.days(v.From, v.Until))))
	if v.Stopped {
		p.Add(card.Paragraph(w.say("backfill.why")))
		return p.Card
	}
	p.Add(card.Paragraph(w.count("backfill.progress", v.All, "done", card.Integer(int64(v.Done)))))
	if v.Done < v.All {
		p.Add(card.Remark(w.say("backfill.share")))
		p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: w.say("backfill.again"), Command: v.Again}}, card.PlainButton, 1)...)...)
	}
	return p.Card
}
