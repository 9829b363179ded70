package templates

import "usagebot/templates/card"

// EverySubscriptionView lists the subscriptions of all chats.
type EverySubscriptionView struct {
	Subscriptions []ChatSubscription
	All           int // how many there are that were asked for
	Turn          Turn
}

// ChatSubscription is a subscription, and where it goes.
type ChatSubscription struct {
	Subscription
	ChatName, ChatID string
}

// EverySubscription draws the list.
func (t *Templates) EverySubscription(lang Language, v EverySubscriptionView) card.Card {
	w := t.in(lang)
	title := w.count("overview.subscriptions", v.All)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	if len(v.Subscriptions) == 0 {
		p.Add(card.Paragraph(w.say("overview.none")))
	}
	left := p.List(len(v.Subscriptions), SubscriptionsOnPage, func(i int) []card.Element { return w.chatSubscription(v.Subscriptions[i]) })
	p.Add(w.leftOut(left)...)
	p.Add(w.turn(v.Turn)...)
	return p.Card
}

func (w wording) chatSubscription(s ChatSubscription) []card.Element {
	s.Actions.Test, s.Actions.Change = "", ""
	lines := []card.Element{
		card.Paragraph(w.topic(s.Topic)),
		card.Remark(card.Dotted(w.timing(s.Topic.Cycle, s.Timing), w.state(s.Subscription), w.next(s.Subscription))),
	}
	lines = append(lines, w.owned(s.Subscription, w.subscriptionID(s.ID), w.room(s.ChatName, s.ChatID))...)
	lines = append(lines, w.sentAlready(s.Subscription)...)
	return append(lines, w.actionButtons(s.Subscription)...)
}

func (w wording) room(called, id string) string {
	if called != "" {
		return w.say("chat.named", "name", card.Name(called))
	}
	return card.Name(id)
}

// ChatsView lists the chats that the bot knows.
type ChatsView struct {
	Chats []ChatRow
	Turn  Turn
}

// ChatRow is one of them.
type ChatRow struct {
	ID, Name      string
	Subscriptions int
	Show          string // the command that lists its subscriptions
}

// Chats draws the list.
func (t *Templates) Chats(lang Language, v ChatsView) card.Card {
	w := t.in(lang)
	title := w.say("chats.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	if len(v.Chats) == 0 {
		p.Add(card.Paragraph(w.say("chats.none")))
	}
	left := p.List(len(v.Chats), ChatsOnPage, func(i int) []card.Element {
		c := v.Chats[i]
		about := w.count("chats.subscriptions", c.Subscriptions)
		if c.Name != "" { // else the id is what it is called
			about = card.Dotted(card.Name(c.ID), about)
		}
		words := []card.Inner{card.Paragraph(w.room(c.Name, c.ID)), card.Remark(about)}
		return []card.Element{beside(words, card.Button{Label: w.say("chats.show"), Command: c.Show})}
	})
	p.Add(w.leftOut(left)...)
	p.Add(w.turn(v.Turn)...)
	return p.Card
}
