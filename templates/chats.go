package templates

import (
	"usagebot/templates/card"
)

// EverySubscriptionView lists the subscriptions of all chats.
type EverySubscriptionView struct {
	Subscriptions []ChatSubscription
	All           int // total number that matches the request
	Turn          Paging
}

// ChatSubscription is a subscription with its chat.
type ChatSubscription struct {
	Subscription
	ChatName, ChatID string
}

// EverySubscription draws the list.
func EverySubscription(cat Catalog, v EverySubscriptionView) card.Card {
	title := cat.count("overview.subscriptions", v.All)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	if len(v.Subscriptions) == 0 {
		p.Add(card.Paragraph(cat.Text("overview.none")))
	}
	left := p.List(len(v.Subscriptions), SubscriptionsOnPage, func(i int) []card.Element { return separated(i, chatSubscription(cat, v.Subscriptions[i])) })
	p.Add(leftOut(cat, left)...)
	p.Add(paging(cat, v.Turn)...)
	return p.Card
}

func chatSubscription(cat Catalog, s ChatSubscription) []card.Element {
	s.Actions.Test, s.Actions.Change = "", ""
	lines := []card.Element{
		card.Paragraph(cat.topic(s.Topic)),
		card.SmallText(card.Dotted(cat.timing(s.Topic.Cycle, s.Timing), state(cat, s.Subscription), next(cat, s.Subscription))),
	}
	lines = append(lines, withOwner(cat, s.Subscription, chatLabel(cat, s.ChatName, s.ChatID))...)
	lines = append(lines, alreadySentNote(cat, s.Subscription)...)
	return append(lines, actionButtons(cat, s.Subscription)...)
}

func chatLabel(cat Catalog, called, id string) string {
	if called != "" {
		return cat.Text("chat.named", "name", card.Name(called))
	}
	end := []rune(id)
	return cat.Text("chat.no_name", "id", card.Name(string(end[max(0, len(end)-shortChatID):])))
}

// shortChatID is how many characters of a chat's id tell chats without a name apart.
const shortChatID = 6

// ChatsView lists the chats that the bot is in, and those with subscriptions.
type ChatsView struct {
	Chats []ChatRow
	Turn  Paging
}

// ChatRow is one chat.
type ChatRow struct {
	ID, Name      string
	Subscriptions int
	Show          string // the command that lists its subscriptions
}

// Chats draws the list.
func Chats(cat Catalog, v ChatsView) card.Card {
	title := cat.Text("chats.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	if len(v.Chats) == 0 {
		p.Add(card.Paragraph(cat.Text("chats.none")))
	}
	left := p.List(len(v.Chats), ChatsOnPage, func(i int) []card.Element {
		c := v.Chats[i]
		about := cat.count("chats.subscriptions", c.Subscriptions)
		words := []card.Inner{card.Paragraph(chatLabel(cat, c.Name, c.ID)), card.SmallText(about)}
		return separated(i, []card.Element{withButton(words, card.Button{Label: cat.Text("chats.show"), Command: c.Show})})
	})
	p.Add(leftOut(cat, left)...)
	p.Add(paging(cat, v.Turn)...)
	return p.Card
}
