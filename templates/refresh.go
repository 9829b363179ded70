package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// RefreshView is how far the platform has been asked anew for a range of days.
type RefreshView struct {
	App         usage.App
	Department  usage.Department // zero: the whole company
	From, Until usage.Date
	Done, All   int    // days
	Changed     int    // figures that were mended
	Kept        int    // figures that the platform does not give any more
	Failed      int    // questions that it refused
	None        bool   // there is none
	Other       bool   // it is not the one that was asked for, which was not begun
	Stopped     bool   // it could not be done: the log says why
	Again       string // the command that shows how far it is by then
	Show        string // the command that shows the figures
}

// Refresh draws it.
func (t *Templates) Refresh(lang Language, v RefreshView) card.Card {
	w := t.in(lang)
	title, head := w.say("refresh.title"), card.BlueHead
	done := v.Done >= v.All
	switch {
	case v.None:
		title = w.say("refresh.none")
	case v.Stopped:
		title, head = w.say("refresh.stopped"), card.RedHead
	case done:
		title = w.say("refresh.done")
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	if v.None {
		p.Add(card.Paragraph(w.say("refresh.how", "app", appName(v.App))))
		return p.Card
	}
	if v.Other {
		p.Add(card.Paragraph(w.say("refresh.other")))
	}
	p.Add(card.Paragraph(card.Dotted(appName(v.App), w.department(v.Department, v.Department.Path), w.days(v.From, v.Until))))
	if v.Stopped {
		p.Add(card.Paragraph(w.say("refresh.why"))) // what its last step has corrected is not among the counts
		return p.Card
	}
	p.Add(card.Paragraph(w.count("refresh.progress", v.All, "done", card.Integer(int64(v.Done)))))
	p.Add(card.Paragraph(w.count("refresh.changed", v.Changed)))
	if v.Kept > 0 {
		p.Add(card.Remark(w.count("refresh.kept", v.Kept)))
	}
	if v.Failed > 0 {
		p.Add(card.Remark(w.count("refresh.failed", v.Failed)))
	}
	if done {
		p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: w.say("refresh.show"), Command: v.Show}}, card.PlainButton, 1)...)...)
		return p.Card
	}
	p.Add(card.Remark(w.say("refresh.share")))
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: w.say("refresh.again"), Command: v.Again}}, card.PlainButton, 1)...)...)
	return p.Card
}
