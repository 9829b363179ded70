package templates

import "usagebot/templates/card"

// ForgetView asks whether somebody is to be forgotten, or tells that he is.
type ForgetView struct {
	Done       bool
	HandedOver int    // subscriptions in groups, which their chats' owners answer for from now on
	Removed    int    // those of the person's own single chat, and those that nobody takes over
	Owned      int    // all that the person answers for, where it was not looked at what becomes of each
	Asked      string // open_id of who is to be forgotten: nobody else may answer
	Yes        string // the command that does it
	Keep       string // the command that does not
}

// Forget draws it.
func (t *Templates) Forget(lang Language, v ForgetView) card.Card {
	w := t.in(lang)
	title, head := w.say("forget.title"), card.OrangeHead
	if v.Done {
		title, head = w.say("forget.done"), card.BlueHead
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	if !v.Done {
		p.Add(card.Paragraph(w.say("forget.what")))
	}
	if v.Owned > 0 {
		p.Add(card.Paragraph(w.count("forget.owned", v.Owned)))
	}
	if v.HandedOver > 0 {
		p.Add(card.Paragraph(w.count("forget.handed_over", v.HandedOver)))
	}
	if v.Removed > 0 {
		p.Add(card.Paragraph(w.count("forget.removed", v.Removed)))
	}
	p.Add(card.Remark(w.say("forget.record")))
	if !v.Done {
		p.Add(card.Confirmation(card.Button{Label: w.say("forget.yes"), Command: v.Yes}, card.Button{Label: w.say("forget.keep"), Command: v.Keep}, v.Asked)...)
	}
	return p.Card
}
