package templates

import "usagebot/usage"

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
func (t *Templates) Refresh(lang Language, v RefreshView) Card {
	w := t.in(lang)
	title, head := w.say("refresh.title"), blueHead
	done := v.Done >= v.All
	switch {
	case v.None:
		title = w.say("refresh.none")
	case v.Stopped:
		title, head = w.say("refresh.stopped"), redHead
	case done:
		title = w.say("refresh.done")
	}
	p := newPage(header{Title: text(title), Template: head}, title)
	if v.None {
		p.add(paragraph(w.say("refresh.how", "app", appName(v.App))))
		return p.card
	}
	if v.Other {
		p.add(paragraph(w.say("refresh.other")))
	}
	p.add(paragraph(dotted(appName(v.App), w.department(v.Department, v.Department.Path), w.days(v.From, v.Until))))
	if v.Stopped {
		p.add(paragraph(w.say("refresh.why"))) // what its last step has corrected is not among the counts
		return p.card
	}
	p.add(paragraph(w.count("refresh.progress", v.All, "done", integer(int64(v.Done)))))
	p.add(paragraph(w.count("refresh.changed", v.Changed)))
	if v.Kept > 0 {
		p.add(remark(w.count("refresh.kept", v.Kept)))
	}
	if v.Failed > 0 {
		p.add(remark(w.count("refresh.failed", v.Failed)))
	}
	if done {
		p.add(buttonRow(drawAll([]Button{{w.say("refresh.show"), v.Show}}, plainButton, 1)...)...)
		return p.card
	}
	p.add(remark(w.say("refresh.share")))
	p.add(buttonRow(drawAll([]Button{{w.say("refresh.again"), v.Again}}, plainButton, 1)...)...)
	return p.card
}
