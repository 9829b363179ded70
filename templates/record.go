package templates

import (
	"time"

	"usagebot/access"
)

// RecordView is the newest of what was changed.
type RecordView struct {
	About   string // whom or what it is about; empty for everything
	Changes []Change
	Zone    string
}

// Change is one of them.
type Change struct {
	access.Change
	At       time.Time // in the zone
	ChatName string    // where it is known
}

const maxChanges = 20

// Record draws the record of changes.
func (t *Templates) Record(lang Language, v RecordView) Card {
	w := t.in(lang)
	title := w.say("record.title")
	h := header{Title: text(title), Template: blueHead}
	if v.About != "" {
		subtitle := text(name(v.About))
		h.Subtitle = &subtitle
	}
	p := newPage(h, title)
	if len(v.Changes) == 0 {
		p.add(paragraph(w.say("record.none")))
	}
	p.add(w.leftOut(p.list(len(v.Changes), maxChanges, func(i int) []element { return w.recorded(v.Changes[i]) }))...)
	p.add(remark(w.say("history.zone", "zone", name(v.Zone))))
	return p.card
}

func (w wording) recorded(c Change) []element {
	act := w.say("act." + string(c.Act))
	lines := []element{paragraph(dotted(act, name(c.Of)))}
	if who := people(c.Of); len(who) > 0 {
		lines = append([]element{paragraph(act)}, elements(who)...)
	}
	lines = append(lines, elements(toldOf([]string{c.By}, w.say("record.by"), name(c.By), w.moment(c.At), w.place(c)))...)
	switch {
	case c.Before != "" && c.After != "":
		lines = append(lines, remark(w.say("record.from_to", "before", clean(c.Before, maxText/2), "after", clean(c.After, maxText/2))))
	case c.Before != "":
		lines = append(lines, remark(w.say("record.was", "before", clean(c.Before, maxText/2))))
	case c.After != "":
		lines = append(lines, remark(w.say("record.is", "after", clean(c.After, maxText/2))))
	}
	return lines
}

func (w wording) place(c Change) string {
	switch {
	case c.ChatName != "":
		return w.say("chat.named", "name", name(c.ChatName))
	case c.ChatID != "":
		return name(c.ChatID)
	}
	return ""
}
