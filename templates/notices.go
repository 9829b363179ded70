package templates

import (
	"time"

	"usagebot/templates/card"
	"usagebot/usage"
)

// NoticeKind is the kind of a notice to an owner.
type NoticeKind string

// The kinds, and what the button of each does.
const (
	NoticeChatGone    NoticeKind = "chat_gone"     // paused: the bot was removed or the chat is gone; no button
	NoticeChatForbids NoticeKind = "chat_forbids"  // paused: the chat does not let the bot write; resume
	NoticeUncertain   NoticeKind = "uncertain"     // it is unknown whether a digest arrived; send again
	NoticeFailed      NoticeKind = "failed"        // a digest was not sent, for Cause; send again
	NoticeNotAllowed  NoticeKind = "not_allowed"   // paused: the owner may not see its figures any more; remove
	NoticeBadSchedule NoticeKind = "bad_schedule"  // paused: its time zone or day is invalid; remove
	NoticeExternal    NoticeKind = "chat_external" // paused: the chat is shared with another organisation; remove
	NoticeHandedOver  NoticeKind = "handed_over"   // the reader is the new owner; its history
)

// NoticeKinds returns every kind.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{NoticeChatGone, NoticeChatForbids, NoticeUncertain, NoticeFailed, NoticeNotAllowed, NoticeBadSchedule, NoticeExternal, NoticeHandedOver}
}

// OwnerNoticeView collects the notices for an owner's direct messages.
type OwnerNoticeView struct {
	Notices []OwnerNotice
}

// OwnerNotice is one notice.
type OwnerNotice struct {
	Kind     NoticeKind
	ID       string // the subscription's
	Topic    Topic
	ChatName string       // if known
	Single   bool         // the digest goes to the owner's direct messages
	Period   usage.Period // of the digest; only for NoticeUncertain and NoticeFailed
	Cause    Cause        // only for NoticeFailed
	Command  string       // of the button; no button if empty
}

const maxNotices = 20

// OwnerNotices draws the notices as one card.
func OwnerNotices(cat Catalog, v OwnerNoticeView) card.Card {
	title := cat.count("notice.title", len(v.Notices))
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.OrangeHead}, title)
	p.Add(leftOut(cat, p.List(len(v.Notices), maxNotices, func(i int) []card.Element { return separated(i, notice(cat, v.Notices[i])) }))...)
	return p.Card
}

func notice(cat Catalog, n OwnerNotice) []card.Element {
	lines := []card.Element{
		card.Sized(cat.topic(n.Topic), card.LargeSize),
		card.SmallText(card.Dotted(chat(cat, n), cat.subscriptionID(n.ID))),
		card.Paragraph(noticeWords(cat, n)),
		card.Paragraph(cat.Text("notice.todo." + string(n.Kind))),
	}
	b := card.Button{Label: cat.Text("notice.button." + string(n.Kind)), Command: n.Command}
	if n.Kind == NoticeChatGone { // the reader cannot do anything about it here
		b.Command = ""
	}
	return append(lines, card.ButtonRow(card.DrawAll([]card.Button{b}, card.PlainButton, 1)...)...)
}

func noticeWords(cat Catalog, n OwnerNotice) string {
	if n.Kind != NoticeUncertain && n.Kind != NoticeFailed {
		return cat.Text("notice." + string(n.Kind))
	}
	return cat.Text("notice.digest", "days", cat.period(n.Period), "outcome", outcomeWithCause(cat, Outcome(n.Kind), n.Cause, n.Topic))
}

func chat(cat Catalog, n OwnerNotice) string {
	switch {
	case n.Single:
		return cat.Text("chat.single")
	case n.ChatName != "":
		return cat.Text("chat.named", "name", card.Name(n.ChatName))
	}
	return cat.Text("chat.unnamed")
}

// AdminAlertView tells administrators that digests are on hold because the platform refuses the bot's own app or its
// questions about an app.
type AdminAlertView struct {
	Key    ProblemKey        // BotOff, MessageScope, MessageRejected, or the key of a usage.Reason
	Args   map[string]string // placeholders of the key's texts
	Scopes []string          // missing permissions; if empty, those that the platform's documents name
	App    usage.App         // the app whose digests wait; zero if all wait
	Since  time.Time         // since when they wait, in the administrators' zone
	LogID  string            // finds the call in the platform's log
}

// AdminAlert draws the alert.
func AdminAlert(cat Catalog, v AdminAlertView) card.Card {
	title, what := cat.Text("alert.title"), problem(cat, v.Key, "what", v.Args)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.RedHead}, cat.Text("line.titled", "title", title, "text", what))
	if v.App != (usage.App{}) {
		p.Add(card.Paragraph(cat.Text("alert.app", "app", appName(v.App))))
	}
	p.Add(card.Paragraph(what))
	p.Add(card.Paragraph(problem(cat, v.Key, "todo", v.Args)))
	if len(v.Scopes) == 0 {
		v.Scopes = v.Key.scopes()
	}
	p.Add(scopes(v.Scopes)...)
	p.Add(card.SmallText(cat.Text("alert.since", "since", cat.moment(v.Since))))
	p.Add(card.SmallText(cat.Text("alert.after")))
	p.Add(references(cat, ProblemView{LogID: v.LogID})...)
	return p.Card
}

// HandOverView asks for a subscription's new owner.
type HandOverView struct {
	Subscription ChatSubscription
	Candidates   []string // open_ids; if empty, the members of the chat that shows the card
	Line         string   // the command that the chosen person completes
	Back         string   // the command of the back button
}

// handOverArg is the argument that takes the chosen person.
const handOverArg = "person"

// HandOver draws the question.
func HandOver(cat Catalog, v HandOverView) card.Card {
	s := v.Subscription
	title, topic := cat.Text("hand_over.title"), cat.topic(s.Topic)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, cat.Text("line.titled", "title", title, "text", topic))
	p.Add(card.Paragraph(topic))
	p.Add(withOwner(cat, s.Subscription, chatLabel(cat, s.ChatName, s.ChatID))...)
	p.Add(candidates(cat, v)...)
	p.Add(card.SmallText(cat.Text("hand_over.other", "id", card.Name(s.ID))))
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: cat.Text("hand_over.back"), Command: v.Back}}, card.PlainButton, 1)...)...)
	return p.Card
}

// candidates draws the field to choose a person.
func candidates(cat Catalog, v HandOverView) []card.Element {
	if !(card.Pick{Line: v.Line, Arg: handOverArg}).Usable() {
		return nil
	}
	field := card.SelectPerson{Placeholder: card.Text(cat.Text("hand_over.to")), Behaviors: []card.Callback{{Value: card.CallbackValue{Cmd: v.Line, With: handOverArg}}}}
	for _, p := range card.Persons(v.Candidates) {
		field.Options = append(field.Options, card.Candidate{Value: p.ID})
	}
	return []card.Element{field}
}

// OwnerLeftView is a subscription that was paused because its owner has left and the chat's owner may not see its
// figures.
type OwnerLeftView struct {
	ID     string // the subscription's
	Topic  Topic
	Resume string // the command of the button
}

// OwnerLeft draws the message to the chat. It shows no figures, because its readers may not be allowed to see them.
func OwnerLeft(cat Catalog, v OwnerLeftView) card.Card {
	title := cat.Text("owner_left.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.OrangeHead}, cat.Text("line.titled", "title", title, "text", cat.topic(v.Topic)))
	p.Add(card.Sized(cat.topic(v.Topic), card.LargeSize), card.SmallText(cat.subscriptionID(v.ID)))
	p.Add(card.Paragraph(cat.Text("owner_left.body")), card.Paragraph(cat.Text("owner_left.todo")))
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: cat.Text("action.resume"), Command: v.Resume}}, card.PlainButton, 1)...)...)
	return p.Card
}
