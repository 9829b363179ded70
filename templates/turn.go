package templates

import "usagebot/templates/card"

// How many entries a page of a list has. So many fit whatever they are called, so that no entry falls between two pages.
const (
	SubscriptionsOnPage = 6
	ChatsOnPage         = 12
)

// Turn leads to the pages of a list before and after the one in view.
type Turn struct {
	Page     int // of the one in view, from 1
	Back, On string
}

// turn draws it; nothing for a list of one page.
func (w wording) turn(t Turn) []card.Element {
	buttons := sideways(one(w.say("turn.back"), t.Back, card.PlainButton), one(w.say("turn.on"), t.On, card.PlainButton))
	if buttons == nil {
		return nil
	}
	return append([]card.Element{card.Remark(w.say("turn.page", "page", card.Integer(int64(t.Page))))}, buttons...)
}
