package templates

import (
	"time"

	"usagebot/templates/card"
	"usagebot/usage"
)

// NoticeKind is what an owner is told.
type NoticeKind string

// The kinds, and what the button of each does.
const (
	NoticeChatGone    NoticeKind = "chat_gone"     // paused: the bot was removed or the chat is gone; none
	NoticeChatForbids NoticeKind = "chat_forbids"  // paused: the chat does not let the bot write; resume
	NoticeUncertain   NoticeKind = "uncertain"     // a digest of which nobody knows whether it arrived; send again
	NoticeFailed      NoticeKind = "failed"        // a digest that did not go out: Cause; send again
	NoticeNotAllowed  NoticeKind = "not_allowed"   // paused: the reader may not see any more what it carries; remove
	NoticeBadSchedule NoticeKind = "bad_schedule"  // paused: its time zone or its day is not known; remove
	NoticeExternal    NoticeKind = "chat_external" // paused: the chat is shared with another organisation; remove
	NoticeHandedOver  NoticeKind = "handed_over"   // the reader answers for the subscription from now on; its history
)

// NoticeKinds returns every kind.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{NoticeChatGone, NoticeChatForbids, NoticeUncertain, NoticeFailed, NoticeNotAllowed, NoticeBadSchedule, NoticeExternal, NoticeHandedOver}
}

// OwnerNoticeView gathers what the owner of subscriptions has to know, for a single chat with the owner.
type OwnerNoticeView struct {
	Notices []OwnerNotice
}

// OwnerNotice is one of them.
type OwnerNotice struct {
	Kind     NoticeKind
	ID       string // the subscription's
	Topic    Topic
	ChatName string       // where known
	Single   bool         // the digest goes to the owner's single chat
	Period   usage.Period // of the digest; only for NoticeUncertain and NoticeFailed
	Cause    Cause        // only for NoticeFailed
	Command  string       // of the button; none when empty
}

const maxNotices = 20

// OwnerNotice draws the notices as one card.
func (t *Templates) OwnerNotice(lang Language, v OwnerNoticeView) card.Card {
	cat := t.in(lang)
	title := cat.count("notice.title", len(v.Notices))
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.OrangeHead}, title)
	p.Add(cat.leftOut(p.List(len(v.Notices), maxNotices, func(i int) []card.Element { return cat.notice(v.Notices[i]) }))...)
	return p.Card
}

func (cat catalog) notice(n OwnerNotice) []card.Element {
	lines := []card.Element{
		card.Sized(cat.topic(n.Topic), card.LargeSize),
		card.Remark(card.Dotted(cat.chat(n), cat.subscriptionID(n.ID))),
		card.Paragraph(cat.noticeWords(n)),
		card.Paragraph(cat.text("notice.todo." + string(n.Kind))),
	}
	b := card.Button{Label: cat.text("notice.button." + string(n.Kind)), Command: n.Command}
	if n.Kind == NoticeChatGone { // nothing that the reader could do here would help
		b.Command = ""
	}
	return append(lines, card.ButtonRow(card.DrawAll([]card.Button{b}, card.PlainButton, 1)...)...)
}

func (cat catalog) noticeWords(n OwnerNotice) string {
	if n.Kind != NoticeUncertain && n.Kind != NoticeFailed {
		return cat.text("notice." + string(n.Kind))
	}
	return cat.text("notice.digest", "days", cat.period(n.Period), "outcome", cat.outcomeWithCause(Outcome(n.Kind), n.Cause, n.Topic))
}

func (cat catalog) chat(n OwnerNotice) string {
	switch {
	case n.Single:
		return cat.text("chat.single")
	case n.ChatName != "":
		return cat.text("chat.named", "name", card.Name(n.ChatName))
	}
	return cat.text("chat.unnamed")
}

// AdminAlertView tells administrators that digests are on hold, since the platform refuses the bot's own app, or what it
// asks of another.
type AdminAlertView struct {
	Key    ProblemKey        // why: BotOff, MessageScope, MessageRejected, or that of a usage.Reason
	Args   map[string]string // what the key's words need
	Scopes []string          // the permissions that are missing; those of the documents when empty
	App    usage.App         // whose digests wait; none when all do
	Since  time.Time         // from when on they wait, in the zone that the administrators use
	LogID  string            // finds the call in the platform's log
}

// AdminAlert draws the alert.
func (t *Templates) AdminAlert(lang Language, v AdminAlertView) card.Card {
	cat := t.in(lang)
	title, what := cat.text("alert.title"), cat.problem(v.Key, "what", v.Args)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.RedHead}, cat.text("line.titled", "title", title, "text", what))
	if v.App != (usage.App{}) {
		p.Add(card.Paragraph(cat.text("alert.app", "app", appName(v.App))))
	}
	p.Add(card.Paragraph(what))
	p.Add(card.Paragraph(cat.problem(v.Key, "todo", v.Args)))
	if len(v.Scopes) == 0 {
		v.Scopes = v.Key.scopes()
	}
	p.Add(scopes(v.Scopes)...)
	p.Add(card.Remark(cat.text("alert.since", "since", cat.moment(v.Since))))
	p.Add(card.Remark(cat.text("alert.after")))
	p.Add(cat.references(ProblemView{LogID: v.LogID})...)
	return p.Card
}

// HandOverView asks who is to answer for a subscription.
type HandOverView struct {
	Subscription ChatSubscription
	Candidates   []string // open_ids; whoever is in the chat in which the card stands when there is none
	Line         string   // the command, which the choice completes
	Back         string   // the command of the button that leads back
}

// handOverArg is the argument that the choice completes the command by.
const handOverArg = "person"

// HandOver draws the question.
func (t *Templates) HandOver(lang Language, v HandOverView) card.Card {
	cat := t.in(lang)
	s := v.Subscription
	title, topic := cat.text("hand_over.title"), cat.topic(s.Topic)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, cat.text("line.titled", "title", title, "text", topic))
	p.Add(card.Paragraph(topic))
	p.Add(cat.withOwner(s.Subscription, cat.subscriptionID(s.ID), cat.chatLabel(s.ChatName, s.ChatID))...)
	p.Add(cat.candidates(v)...)
	p.Add(card.Remark(cat.text("hand_over.other", "id", card.Name(s.ID))))
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: cat.text("hand_over.back"), Command: v.Back}}, card.PlainButton, 1)...)...)
	return p.Card
}

// candidates is the field to choose from.
func (cat catalog) candidates(v HandOverView) []card.Element {
	if !(card.Pick{Line: v.Line, Arg: handOverArg}).Usable() {
		return nil
	}
	field := card.SelectPerson{Placeholder: card.Text(cat.text("hand_over.to")), Behaviors: []card.Callback{{Value: card.CallbackValue{Cmd: v.Line, With: handOverArg}}}}
	for _, p := range card.Persons(v.Candidates) {
		field.Options = append(field.Options, card.Candidate{Value: p.ID})
	}
	return []card.Element{field}
}

// OwnerLeftView is a subscription that was paused since its owner has left and the owner of its chat may not see its figures.
type OwnerLeftView struct {
	ID     string // the subscription's
	Topic  Topic
	Resume string // the command of the button
}

// OwnerLeft draws the message to the chat. It shows no figures: people who may not see them read it, too.
func (t *Templates) OwnerLeft(lang Language, v OwnerLeftView) card.Card {
	cat := t.in(lang)
	title := cat.text("owner_left.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.OrangeHead}, cat.text("line.titled", "title", title, "text", cat.topic(v.Topic)))
	p.Add(card.Sized(cat.topic(v.Topic), card.LargeSize), card.Remark(cat.subscriptionID(v.ID)))
	p.Add(card.Paragraph(cat.text("owner_left.body")), card.Paragraph(cat.text("owner_left.todo")))
	p.Add(card.ButtonRow(card.DrawAll([]card.Button{{Label: cat.text("action.resume"), Command: v.Resume}}, card.PlainButton, 1)...)...)
	return p.Card
}
