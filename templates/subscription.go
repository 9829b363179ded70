package templates

import (
	"fmt"
	"strconv"
	"time"

	"usagebot/templates/card"
	"usagebot/usage"
)

// Subscription is a digest subscription as cards show it. Times are in its own zone.
type Subscription struct {
	ID       string
	Topic    Topic
	Timing   Timing
	OwnerID  string       // open_id of the owner
	Paused   *Pause       // nil while digests go out
	Next     []time.Time  // the next digests; at most three are shown
	Sent     usage.Period // the period of a digest that was sent ahead of its time; zero if there is none
	Last     *Last        // nil before the first
	LastSent time.Time    // last delivery; zero before the first
	Actions  Actions
}

// Pause says why a subscription is paused and until when.
type Pause struct {
	Cause Cause
	Until time.Time // zero: until it is resumed
}

// Last is the result of the latest digest.
type Last struct {
	Outcome Outcome
	Cause   Cause
}

// Actions are the commands of a subscription's buttons. An empty one has no button. Each view uses those that it has
// room for.
type Actions struct {
	Test, Change, Pause, Resume, History, HandOver, Remove string
}

// maxNext is how many of the next digests are shown.
const maxNext = 3

func (cat Catalog) subscriptionID(id string) string {
	return cat.Text("subscription.id", "id", card.Name(id))
}

// withOwner draws a subscription's id and owner on one line, below a line about it.
func withOwner(cat Catalog, s Subscription, told ...string) []card.Element {
	label := func(owner string) string { return card.Dotted(cat.subscriptionID(s.ID), cat.Text(owner)) }
	return card.WithPeople([]string{s.OwnerID}, label("subscription.owner"), label("subscription.owner.unknown"), told...)
}

// state says whether digests go out and, if not, why and until when.
func state(cat Catalog, s Subscription) string {
	if s.Paused == nil {
		return cat.Text("subscription.active")
	}
	why := optionalText(cat, "paused.", string(s.Paused.Cause))
	if why == "" {
		why = optionalText(cat, "cause.", string(s.Paused.Cause))
	}
	if s.Paused.Until.IsZero() {
		return cat.Text("subscription.paused", "why", why)
	}
	return cat.Text("subscription.paused_until", "why", why, "until", cat.moment(s.Paused.Until))
}

// alreadySentNote names the digest that was sent ahead of its time, or returns nothing.
func alreadySentNote(cat Catalog, s Subscription) []card.Element {
	if s.Paused != nil || s.Sent == (usage.Period{}) {
		return nil
	}
	return []card.Element{card.SmallText(cat.Text("subscription.sent_already", "days", cat.period(s.Sent)))}
}

// next says when the next digest goes out, or returns "".
func next(cat Catalog, s Subscription) string {
	if s.Paused != nil || len(s.Next) == 0 {
		return ""
	}
	return cat.Text("subscription.next", "time", cat.moment(s.Next[0]))
}

func last(cat Catalog, s Subscription) string {
	if s.Last == nil {
		return cat.Text("subscription.last.none")
	}
	last := cat.Text("subscription.last", "outcome", outcomeWithCause(cat, s.Last.Outcome, s.Last.Cause, s.Topic))
	if s.LastSent.IsZero() {
		return last
	}
	return card.Dotted(last, cat.Text("subscription.sent", "time", cat.moment(s.LastSent)))
}

// actionButtons draws a subscription's buttons, and only one of pause and resume.
func actionButtons(cat Catalog, s Subscription) []card.Element {
	if s.Paused == nil {
		s.Actions.Resume = ""
	} else {
		s.Actions.Pause = ""
	}
	a := s.Actions
	return card.ButtonRow(card.DrawAll([]card.Button{
		{Label: cat.Text("action.test"), Command: a.Test},
		{Label: cat.Text("action.change"), Command: a.Change},
		{Label: cat.Text("action.pause"), Command: a.Pause},
		{Label: cat.Text("action.resume"), Command: a.Resume},
		{Label: cat.Text("action.history"), Command: a.History},
		{Label: cat.Text("action.hand_over"), Command: a.HandOver},
		{Label: cat.Text("action.remove"), Command: a.Remove},
	}, card.PlainButton, maxActions)...)
}

const maxActions = 5

// SubscriptionsView lists a chat's subscriptions.
type SubscriptionsView struct {
	Subscriptions []Subscription
	Example       string // a command that subscribes, offered if the list is empty
}

const (
	maxSubscriptions = 20
	fullButtonsLimit = 6 // up to this many subscriptions there is room for all buttons
)

// Subscriptions draws the list.
func Subscriptions(cat Catalog, v SubscriptionsView) card.Card {
	n := len(v.Subscriptions)
	title := cat.Text("subscriptions.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, cat.Text("line.titled", "title", title, "text", card.Integer(int64(n))))
	if n == 0 {
		p.Add(card.Paragraph(cat.Text("subscriptions.none")))
		p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Command: v.Example}}, card.PrimaryButton, 1)...)...)
		return p.Card
	}
	left := p.List(n, maxSubscriptions, func(i int) []card.Element {
		return separated(i, subscription(cat, v.Subscriptions[i], n <= fullButtonsLimit))
	})
	p.Add(notListed(cat, v.Subscriptions[n-left:])...)
	return p.Card
}

func subscription(cat Catalog, s Subscription, roomy bool) []card.Element {
	lines := []card.Element{
		card.Sized(cat.topic(s.Topic), card.LargeSize),
		card.Lines(card.Dotted(cat.timing(s.Topic.Cycle, s.Timing), state(cat, s), next(cat, s)), last(cat, s)),
	}
	lines = append(lines, withOwner(cat, s)...)
	lines = append(lines, alreadySentNote(cat, s)...)
	s.Actions.Remove = ""
	if !roomy { // in a long list more buttons would push out the last entries
		s.Actions.Change, s.Actions.History = "", ""
	}
	return append(lines, actionButtons(cat, s)...)
}

// separated draws a line above every entry of a list but the first.
func separated(i int, entry []card.Element) []card.Element {
	if i == 0 {
		return entry
	}
	return append([]card.Element{card.Divider{}}, entry...)
}

// notListed gives the ids of the subscriptions that do not fit, for use in commands.
func notListed(cat Catalog, rest []Subscription) []card.Element {
	if len(rest) == 0 {
		return nil
	}
	ids := make([]string, len(rest))
	for i, s := range rest {
		ids[i] = s.ID
	}
	return []card.Element{card.SmallText(cat.count("subscriptions.more", len(rest), "ids", cat.list(ids)))}
}

// SubscribeFormView asks when the digest should go out.
type SubscribeFormView struct {
	Topic  Topic
	Timing Timing                 // initial values of the fields
	On     []string               // the selectable days, in the command's words; "" is every day
	Cycles map[usage.Cycle]string // commands that show the form for another cycle
	Submit string                 // the command that the fields complete
	Change bool                   // the form changes an existing subscription
	Back   string                 // the command that leads back
}

// Names of the form and its fields. The first two are arguments of the command.
const (
	timeField    = "time"
	daysField    = "on"
	submitName   = "subscribe"
	everyDay     = "daily" // the option for every day, for which the command has no word
	maxDayChoice = 40      // every day of a month, and its last
)

// SubscribeForm draws the form.
func SubscribeForm(cat Catalog, v SubscribeFormView) card.Card {
	key := "new"
	if v.Change {
		key = "change"
	}
	title, topic := cat.Text("form.title."+key), cat.topic(v.Topic)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, cat.Text("line.titled", "title", title, "text", topic))
	p.Add(card.Paragraph(cat.Text("subscribed.what", "topic", topic)))
	p.Add(cycleControls(cat, v.Cycles, v.Topic.Cycle)...)
	p.Add(subscribeFields(cat, v, cat.Text("form.submit."+key))...)
	p.Add(controlRow(buttonFor(cat.Text("form.back"), v.Back, card.PlainButton))...)
	return p.Card
}

func subscribeFields(cat Catalog, v SubscribeFormView, submit string) []card.Element {
	send := card.SubmitButton(submitName, submit, v.Submit)
	if len(send) == 0 { // without a command the fields are useless
		return nil
	}
	label := cat.Text("form.time")
	if v.Timing.Zone != "" {
		label = cat.inZone(label, v.Timing.Zone)
	}
	fields := []card.Inner{
		card.SmallText(label),
		card.TimePicker{Name: timeField, Placeholder: card.Text(cat.Text("form.time")), Initial: v.Timing.clock()},
	}
	options := card.DrawOptions(dayOptions(cat, v.Topic.Cycle, v.On), dayValue(v.Timing.On), maxDayChoice)
	if len(options) > 0 {
		days := card.SelectStatic{Name: daysField, Placeholder: card.Text(cat.Text("form.days")), Options: options}
		if card.HasOption(options, dayValue(v.Timing.On)) {
			days.Initial = dayValue(v.Timing.On)
		}
		fields = append(fields, card.SmallText(cat.Text("form.days")), days)
	}
	return []card.Element{card.InputForm{Name: submitName + "_form", Elements: append(fields, send...)}}
}

func dayOptions(cat Catalog, c usage.Cycle, on []string) []card.Option {
	options := make([]card.Option, len(on))
	for i, word := range on {
		options[i] = card.Option{Text: sendingDays(cat, c, word), Value: dayValue(word)}
	}
	return options
}

func dayValue(on string) string {
	if on == "" {
		return everyDay
	}
	return on
}

// SubscribedKind is the result of the subscribe command.
type SubscribedKind string

// The kinds.
const (
	SubscribedNew     SubscribedKind = "new"     // a new subscription
	SubscribedAgain   SubscribedKind = "again"   // it existed already, unchanged
	SubscribedChanged SubscribedKind = "changed" // it existed already and was changed
)

func subscribedKinds() []SubscribedKind {
	return []SubscribedKind{SubscribedNew, SubscribedAgain, SubscribedChanged}
}

// SubscribedView confirms a subscription.
type SubscribedView struct {
	Kind         SubscribedKind
	Subscription Subscription
	Single       bool // it goes to direct messages
}

// Subscribed draws what was subscribed: topic, chat, time, owner, and the next digests.
func Subscribed(cat Catalog, v SubscribedView) card.Card {
	s := v.Subscription
	title, topic := cat.Text("subscribed."+string(v.Kind)), cat.topic(s.Topic)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, cat.Text("line.titled", "title", title, "text", topic))
	p.Add(card.Paragraph(cat.Text("subscribed.what", "topic", topic)))
	p.Add(card.Paragraph(cat.Text("subscribed.where", "chat", thisChat(cat, v.Single))))
	p.Add(card.Paragraph(cat.Text("subscribed.when", "timing", cat.timing(s.Topic.Cycle, s.Timing))))
	p.Add(announcement(cat, s)...)
	p.Add(withOwner(cat, s)...)
	s.Actions.History = "" // there is hardly any yet
	p.Add(actionButtons(cat, s)...)
	return p.Card
}

func thisChat(cat Catalog, single bool) string {
	if single {
		return cat.Text("chat.this_single")
	}
	return cat.Text("chat.this_group")
}

// announcement lists the next digests, or says why there are none.
func announcement(cat Catalog, s Subscription) []card.Element {
	if s.Paused != nil {
		return []card.Element{card.Paragraph(state(cat, s))}
	}
	if len(s.Next) == 0 {
		return nil
	}
	var days []string // the time of day is part of the schedule
	for _, at := range s.Next[:min(len(s.Next), maxNext)] {
		days = append(days, cat.day(usage.DateOf(at)))
	}
	lines := []card.Element{
		card.Paragraph(cat.Text("subscribed.next", "days", cat.join(days))),
		card.SmallText(cat.Text("subscribed.waits")),
	}
	return append(lines, alreadySentNote(cat, s)...)
}

// Timing is when a digest goes out.
type Timing struct {
	Hour, Minute int
	// On is the choice of days in the command's words: "" (every day) or "workdays"; "mon" to "sun"; "1" to "31" or
	// "last".
	On   string
	Zone string // IANA name; empty for the bot's own zone
}

// shortestMonth is the number of days that every month has.
const shortestMonth = 28

func (cat Catalog) timing(c usage.Cycle, t Timing) string {
	return cat.inZone(cat.Text("timing.at", "days", sendingDays(cat, c, t.On), "time", t.clock()), t.Zone)
}

func (t Timing) clock() string { return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute) }

func sendingDays(cat Catalog, c usage.Cycle, on string) string {
	switch {
	case on == "" && c == usage.Daily:
		return cat.Text("timing.every_day")
	case on == "workdays":
		return cat.Text("timing.workdays")
	case on == "last":
		return cat.Text("timing.last_day")
	case optionalText(cat, "timing.weekday.", on) != "":
		return cat.Text("timing.weekday." + on)
	}
	d, err := strconv.Atoi(on)
	switch {
	case err != nil:
		return card.Name(on)
	case d > shortestMonth:
		return cat.Text("timing.late_day", "day", strconv.Itoa(d))
	}
	return cat.Text("timing.day", "day", strconv.Itoa(d))
}

// Topic is what a digest reports on.
type Topic struct {
	App        usage.App
	Ability    usage.Ability
	Cycle      usage.Cycle
	Department usage.Department // zero: the whole company
	// DepartmentPath names the department with its parents (研发部/后端组). If empty, the department's name is used.
	DepartmentPath string
}

// topic names everything that distinguishes two digests.
func (cat Catalog) topic(t Topic) string {
	return cat.Text("topic.line", "app", appName(t.App), "ability", cat.ability(t.Ability), "cycle", cat.cycle(t.Cycle),
		"department", cat.department(t.Department, t.DepartmentPath))
}
