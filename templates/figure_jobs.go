package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// RefreshView shows the progress of a refresh, which asks the platform again for a range of days.
type RefreshView struct {
	App         usage.App
	Department  usage.Department // zero: the whole company
	From, Until usage.Date
	Done, All   int    // days
	Changed     int    // corrected figures
	Kept        int    // figures that the platform does not give any more
	Failed      int    // questions that the platform refused
	None        bool   // no refresh exists
	Other       bool   // another refresh is running, so the requested one was not started
	Stopped     bool   // it failed; the log says why
	Again       string // the command that shows the current progress
	Show        string // the command that shows the figures
}

// Refresh draws the progress.
func Refresh(cat Catalog, v RefreshView) card.Card {
	title, head := cat.Text("refresh.title"), card.BlueHead
	done := v.Done >= v.All
	switch {
	case v.None:
		title = cat.Text("refresh.none")
	case v.Stopped:
		title, head = cat.Text("refresh.stopped"), card.RedHead
	case done:
		title = cat.Text("refresh.done")
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	if v.None {
		p.Add(card.Paragraph(cat.Text("refresh.how", "app", appName(v.App))))
		return p.Card
	}
	if v.Other {
		p.Add(card.Paragraph(cat.Text("refresh.other")))
	}
	p.Add(card.Paragraph(card.Dotted(appName(v.App), cat.department(v.Department, v.Department.Path), cat.days(v.From, v.Until))))
	if v.Stopped {
		p.Add(card.Paragraph(cat.Text("refresh.why"))) // the counts lack what the failed step has corrected
		return p.Card
	}
	p.Add(card.Paragraph(cat.count("refresh.progress", v.All, "done", card.Integer(int64(v.Done)))))
	p.Add(card.Paragraph(cat.count("refresh.changed", v.Changed)))
	if v.Kept > 0 {
		p.Add(card.SmallText(cat.count("refresh.kept", v.Kept)))
	}
	if v.Failed > 0 {
		p.Add(card.SmallText(cat.count("refresh.failed", v.Failed)))
	}
	if done {
		p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: cat.Text("refresh.show"), Command: v.Show}}, card.PlainButton, 1)...)...)
		return p.Card
	}
	p.Add(card.SmallText(cat.Text("refresh.share")))
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: cat.Text("refresh.again"), Command: v.Again}}, card.PlainButton, 1)...)...)
	return p.Card
}

// BackfillView shows the progress of a backfill.
type BackfillView struct {
	App       usage.App
	From      usage.Date
	Until     usage.Date
	Done, All int    // days
	Stopped   bool   // it failed; the log says why
	Again     string // the command that shows the current progress
}

// Backfill draws the progress.
func Backfill(cat Catalog, v BackfillView) card.Card {
	title, head := cat.Text("backfill.title"), card.BlueHead
	switch {
	case v.Stopped:
		title, head = cat.Text("backfill.stopped"), card.RedHead
	case v.Done >= v.All:
		title = cat.Text("backfill.done")
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	p.Add(card.Paragraph(card.Dotted(appName(v.App), cat.days(v.From, v.Until))))
	if v.Stopped {
		p.Add(card.Paragraph(cat.Text("backfill.why")))
		return p.Card
	}
	p.Add(card.Paragraph(cat.count("backfill.progress", v.All, "done", card.Integer(int64(v.Done)))))
	if v.Done < v.All {
		p.Add(card.SmallText(cat.Text("backfill.share")))
		p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: cat.Text("backfill.again"), Command: v.Again}}, card.PlainButton, 1)...)...)
	}
	return p.Card
}
