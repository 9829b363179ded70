package templates

import (
	"cmp"
	"time"

	"usagebot/access"
	"usagebot/templates/card"
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
func (t *Templates) Record(lang Language, v RecordView) card.Card {
	w := t.in(lang)
	title := w.say("record.title")
	h := card.Header{Title: card.Text(title), Template: card.BlueHead}
	who := card.People(v.About)
	if v.About != "" && len(who) == 0 {
		subtitle := card.Text(card.Name(v.About))
		h.Subtitle = &subtitle
	}
	p := card.NewPage(h, title)
	p.Add(card.Elements(who)...)
	if len(v.Changes) == 0 {
		p.Add(card.Paragraph(w.say("record.none")))
	}
	p.Add(w.leftOut(p.List(len(v.Changes), maxChanges, func(i int) []card.Element { return w.recorded(v.Changes[i]) }))...)
	p.Add(card.Remark(w.say("history.zone", "zone", card.Name(v.Zone))))
	return p.Card
}

func (w wording) recorded(c Change) []card.Element {
	act := w.say("act." + string(c.Act))
	lines := []card.Element{card.Paragraph(card.Dotted(act, card.Name(cmp.Or(c.OfName, c.Of))))}
	if who := card.People(c.Of); len(who) > 0 {
		lines = append([]card.Element{card.Paragraph(act)}, card.Elements(who)...)
	}
	if topic := cmp.Or(c.Is.Topic, c.Was.Topic); topic != nil {
		lines = append(lines, card.Remark(w.topic(*topic)))
	}
	lines = append(lines, card.Elements(card.ToldOf([]string{c.By}, w.say("record.by"), card.Name(c.By), w.moment(c.At), w.place(c)))...)
	lines = append(lines, w.fromTo(w.past(c.Was), w.past(c.Is))...)
	if c.Act == access.HandedOver {
		lines = append(lines, card.Elements(card.ToldOf([]string{c.Is.Owner}, w.say("subscription.owner"), card.Name(c.Is.Owner)))...)
	}
	return lines
}

func (w wording) fromTo(before, after string) []card.Element {
	switch {
	case before != "" && after != "" && before != after:
		return []card.Element{card.Remark(w.say("record.from_to", "before", before, "after", after))}
	case before != "" && after == "":
		return []card.Element{card.Remark(w.say("record.was", "before", before))}
	case after != "":
		return []card.Element{card.Remark(w.say("record.is", "after", after))}
	}
	return nil
}

func (w wording) place(c Change) string {
	switch {
	case c.ChatName != "":
		return w.say("chat.named", "name", card.Name(c.ChatName))
	case c.ChatID != "":
		return card.Name(c.ChatID)
	}
	return ""
}
