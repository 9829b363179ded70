package templates

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
func (t *Templates) Subscriptions(lang Language, v SubscriptionsView) Card {
	w := t.in(lang)
	n := len(v.Subscriptions)
	title := w.say("subscriptions.title")
	p := newPage(header{Title: text(title), Template: blueHead}, w.say("line.titled", "title", title, "text", integer(int64(n))))
	if n == 0 {
		p.add(paragraph(w.say("subscriptions.none")))
		p.add(buttonRow(drawAll([]Button{{Command: v.Example}}, primaryButton, 1)...)...)
		return p.card
	}
	left := p.list(n, maxSubscriptions, func(i int) []element { return w.subscription(v.Subscriptions[i], n <= roomyList) })
	p.add(w.notListed(v.Subscriptions[n-left:])...)
	return p.card
}

func (w wording) subscription(s Subscription, roomy bool) []element {
	lines := []element{
		sized(w.topic(s.Topic), largeSize),
		paragraph(dotted(w.timing(s.Topic.Cycle, s.Timing), w.state(s), w.next(s))),
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
func (w wording) notListed(rest []Subscription) []element {
	if len(rest) == 0 {
		return nil
	}
	ids := make([]string, len(rest))
	for i, s := range rest {
		ids[i] = s.ID
	}
	return []element{remark(w.count("subscriptions.more", len(rest), "ids", w.list(ids)))}
}
