package templates

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
func (t *Templates) EverySubscription(lang Language, v EverySubscriptionView) Card {
	w := t.in(lang)
	title := w.count("overview.subscriptions", v.All)
	p := newPage(header{Title: text(title), Template: blueHead}, title)
	if len(v.Subscriptions) == 0 {
		p.add(paragraph(w.say("overview.none")))
	}
	left := p.list(len(v.Subscriptions), SubscriptionsOnPage, func(i int) []element { return w.chatSubscription(v.Subscriptions[i]) })
	p.add(w.leftOut(left)...)
	p.add(w.turn(v.Turn)...)
	return p.card
}

func (w wording) chatSubscription(s ChatSubscription) []element {
	s.Actions.Test, s.Actions.Change = "", ""
	lines := []element{
		paragraph(w.topic(s.Topic)),
		remark(dotted(w.timing(s.Topic.Cycle, s.Timing), w.state(s.Subscription), w.next(s.Subscription))),
	}
	lines = append(lines, w.owned(s.Subscription, w.subscriptionID(s.ID), w.room(s.ChatName, s.ChatID))...)
	lines = append(lines, w.sentAlready(s.Subscription)...)
	return append(lines, w.actionButtons(s.Subscription)...)
}

func (w wording) room(called, id string) string {
	if called != "" {
		return w.say("chat.named", "name", name(called))
	}
	return name(id)
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
func (t *Templates) Chats(lang Language, v ChatsView) Card {
	w := t.in(lang)
	title := w.say("chats.title")
	p := newPage(header{Title: text(title), Template: blueHead}, title)
	if len(v.Chats) == 0 {
		p.add(paragraph(w.say("chats.none")))
	}
	left := p.list(len(v.Chats), ChatsOnPage, func(i int) []element {
		c := v.Chats[i]
		about := w.count("chats.subscriptions", c.Subscriptions)
		if c.Name != "" { // else the id is what it is called
			about = dotted(name(c.ID), about)
		}
		words := []inner{paragraph(w.room(c.Name, c.ID)), remark(about)}
		return []element{beside(words, Button{w.say("chats.show"), c.Show})}
	})
	p.add(w.leftOut(left)...)
	p.add(w.turn(v.Turn)...)
	return p.card
}
