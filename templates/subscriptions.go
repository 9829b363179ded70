package templates

import "usagebot/templates/card"

// SubscriptionsView lists a chat's subscriptions.
type SubscriptionsView struct {
	Subscriptions []Subscription
	Example       string // a command that subscribes, offered where there is nothing to list
}

const (
	maxSubscriptions = 20
	roomyList        = 6 // up to so many subscriptions leave room for a fourth button each
)

// Subscriptions draws the list.
func (t *Templates) Subscriptions(lang Language, v SubscriptionsView) card.Card {
	w := t.in(lang)
	n := len(v.Subscriptions)
	title := w.say("subscriptions.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, w.say("line.titled", "title", title, "text", card.Integer(int64(n))))
	if n == 0 {
		p.Add(card.Paragraph(w.say("subscriptions.none")))
		p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Command: v.Example}}, card.PrimaryButton, 1)...)...)
		return p.Card
	}
	left := p.List(n, maxSubscriptions, func(i int) []card.Element { return w.subscription(v.Subscriptions[i], n <= roomyList) })
	p.Add(w.notListed(v.Subscriptions[n-left:])...)
	return p.Card
}

func (w wording) subscription(s Subscription, roomy bool) []card.Element {
	lines := []card.Element{
		card.Sized(w.topic(s.Topic), card.LargeSize),
		card.Paragraph(card.Dotted(w.timing(s.Topic.Cycle, s.Timing), w.state(s), w.next(s))),
	}
	lines = append(lines, w.owned(s, w.subscriptionID(s.ID), w.last(s))...)
	lines = append(lines, w.sentAlready(s)...)
	s.Actions.Remove = ""
	if !roomy { // a fourth button would cost a list its last entries
		s.Actions.Change = ""
	}
	return append(lines, w.actionButtons(s)...)
}

// notListed names those for which the card has no room by what commands call them.
func (w wording) notListed(rest []Subscription) []card.Element {
	if len(rest) == 0 {
		return nil
	}
	ids := make([]string, len(rest))
	for i, s := range rest {
		ids[i] = s.ID
	}
	return []card.Element{card.Remark(w.count("subscriptions.more", len(rest), "ids", w.List(ids)))}
}
