package templates

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
func (w wording) turn(t Turn) []element {
	buttons := sideways(one(w.say("turn.back"), t.Back, plainButton), one(w.say("turn.on"), t.On, plainButton))
	if buttons == nil {
		return nil
	}
	return append([]element{remark(w.say("turn.page", "page", integer(int64(t.Page))))}, buttons...)
}
