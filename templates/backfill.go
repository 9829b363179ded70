package templates

import "usagebot/usage"

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
func (t *Templates) Backfill(lang Language, v BackfillView) Card {
	w := t.in(lang)
	title, head := w.say("backfill.title"), blueHead
	switch {
	case v.Stopped:
		title, head = w.say("backfill.stopped"), redHead
	case v.Done >= v.All:
		title = w.say("backfill.done")
	}
	p := newPage(header{Title: text(title), Template: head}, title)
	p.add(paragraph(dotted(appName(v.App), w.days(v.From, v.Until))))
	if v.Stopped {
		p.add(paragraph(w.say("backfill.why")))
		return p.card
	}
	p.add(paragraph(w.count("backfill.progress", v.All, "done", integer(int64(v.Done)))))
	if v.Done < v.All {
		p.add(remark(w.say("backfill.share")))
		p.add(buttonRow(drawAll([]Button{{w.say("backfill.again"), v.Again}}, plainButton, 1)...)...)
	}
	return p.card
}
