package templates

import (
	"cmp"
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
	OfName   string    // what Of is called, where that is known
	Was, Is  Past      // Before and After in names
}

const maxChanges = 20

// Record draws the record of changes.
func (t *Templates) Record(lang Language, v RecordView) Card {
	w := t.in(lang)
	title := w.say("record.title")
	h := header{Title: text(title), Template: blueHead}
	who := people(v.About)
	if v.About != "" && len(who) == 0 {
		subtitle := text(name(v.About))
		h.Subtitle = &subtitle
	}
	p := newPage(h, title)
	p.add(elements(who)...)
	if len(v.Changes) == 0 {
		p.add(paragraph(w.say("record.none")))
	}
	p.add(w.leftOut(p.list(len(v.Changes), maxChanges, func(i int) []element { return w.recorded(v.Changes[i]) }))...)
	p.add(remark(w.say("history.zone", "zone", name(v.Zone))))
	return p.card
}

func (w wording) recorded(c Change) []element {
	act := w.say("act." + string(c.Act))
	lines := []element{paragraph(dotted(act, name(cmp.Or(c.OfName, c.Of))))}
	if who := people(c.Of); len(who) > 0 {
		lines = append([]element{paragraph(act)}, elements(who)...)
	}
	if topic := cmp.Or(c.Is.Topic, c.Was.Topic); topic != nil {
		lines = append(lines, remark(w.topic(*topic)))
	}
	lines = append(lines, elements(toldOf([]string{c.By}, w.say("record.by"), name(c.By), w.moment(c.At), w.place(c)))...)
	lines = append(lines, w.fromTo(w.past(c.Was), w.past(c.Is))...)
	if c.Act == access.HandedOver {
		lines = append(lines, elements(toldOf([]string{c.Is.Owner}, w.say("subscription.owner"), name(c.Is.Owner)))...)
	}
	return lines
}

func (w wording) fromTo(before, after string) []element {
	switch {
	case before != "" && after != "" && before != after:
		return []element{remark(w.say("record.from_to", "before", before, "after", after))}
	case before != "" && after == "":
		return []element{remark(w.say("record.was", "before", before))}
	case after != "":
		return []element{remark(w.say("record.is", "after", after))}
	}
	return nil
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
