package templates

import (
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
	w := t.in(lang)
	title := w.count("notice.title", len(v.Notices))
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.OrangeHead}, title)
	p.Add(w.leftOut(p.List(len(v.Notices), maxNotices, func(i int) []card.Element { return w.notice(v.Notices[i]) }))...)
	return p.Card
}

func (w wording) notice(n OwnerNotice) []card.Element {
	lines := []card.Element{
		card.Sized(w.topic(n.Topic), card.LargeSize),
		card.Remark(card.Dotted(w.chat(n), w.subscriptionID(n.ID))),
		card.Paragraph(w.noticeWords(n)),
		card.Paragraph(w.say("notice.todo." + string(n.Kind))),
	}
	b := card.Button{Label: w.say("notice.button." + string(n.Kind)), Command: n.Command}
	if n.Kind == NoticeChatGone { // nothing that the reader could do here would help
		b.Command = ""
	}
	return append(lines, card.ButtonRow(card.DrawAll([]card.Button{b}, card.PlainButton, 1)...)...)
}

func (w wording) noticeWords(n OwnerNotice) string {
	if n.Kind != NoticeUncertain && n.Kind != NoticeFailed {
		return w.say("notice." + string(n.Kind))
	}
	return w.say("notice.digest", "days", w.period(n.Period), "outcome", w.outcomeWithCause(Outcome(n.Kind), n.Cause, n.Topic))
}

func (w wording) chat(n OwnerNotice) string {
	switch {
	case n.Single:
		return w.say("chat.single")
	case n.ChatName != "":
		return w.say("chat.named", "name", card.Name(n.ChatName))
	}
	return w.say("chat.unnamed")
}
