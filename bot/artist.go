package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"sync"

	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// Artist draws what the bot sends without being asked.
type Artist struct {
	bot *Bot

	mu    sync.Mutex
	cards map[string][]byte // drawn digests, by what is on them
}

// Artist returns the bot's artist.
func (b *Bot) Artist() *Artist { return &Artist{bot: b, cards: map[string][]byte{}} }

// maxDrawn bounds how many drawn digests are kept for whoever gets the same.
const maxDrawn = 256

// Digest draws a digest, once for all chats that get the same in the same language. Only the subscription's id is put in
// for each.
func (a *Artist) Digest(ctx context.Context, story usage.Story, o reports.DigestOptions) []byte {
	b := a.bot.speaker(ctx, o.ChatID)
	id := o.SubscriptionID
	o.ChatID, o.SubscriptionID = "", anySubscription
	called := b.current(story.Report.Query.Department).Path
	card := a.once([]any{b.language, o, story, called}, func() []byte { return b.digestCard(story, o).JSON() })
	return bytes.ReplaceAll(card, pauseOf(anySubscription), pauseOf(id))
}

// anySubscription stands for the subscription's id in a digest that is drawn for many: no id has a 0.
const anySubscription = "000000"

func pauseOf(id string) []byte { return []byte(idCommand("pause", id)) }

// once draws what is the same, of the same, only once.
func (a *Artist) once(of []any, draw func() []byte) []byte {
	written, err := json.Marshal(of)
	if err != nil { // an endless percentage, which no figures give
		return draw()
	}
	key := string(written)
	a.mu.Lock()
	defer a.mu.Unlock()
	if card, ok := a.cards[key]; ok {
		return card
	}
	if len(a.cards) >= maxDrawn {
		clear(a.cards)
	}
	card := draw()
	a.cards[key] = card
	return card
}

// LookupKey returns the command of the button by which a digest is found again among the messages of its chat.
func (a *Artist) LookupKey(q usage.Query, p usage.Period) string { return openLine(q, p) }

// FiguresLate draws the word that a digest waits for its figures.
func (a *Artist) FiguresLate(ctx context.Context, s reports.Subscription, d reports.Delivery) []byte {
	b := a.bot.speaker(ctx, s.ChatID)
	return b.templates.FiguresLate(b.language, templates.FiguresLateView{Topic: b.topic(s), Period: d.Period}).JSON()
}

// OwnerNotice draws what an owner is told, gathered.
func (a *Artist) OwnerNotice(ctx context.Context, notices []reports.Notice) []byte {
	b := a.bot.speaker(ctx, "")
	var v templates.OwnerNoticeView
	for _, n := range notices {
		v.Notices = append(v.Notices, b.ownerNotice(ctx, n))
	}
	return b.templates.OwnerNotice(b.language, v).JSON()
}

func (b speaker) ownerNotice(ctx context.Context, n reports.Notice) templates.OwnerNotice {
	s := n.Subscription
	shown := templates.OwnerNotice{ID: s.ID, Topic: b.topic(s), Single: s.Single, Period: n.Period, Cause: templates.Cause(n.Reason)}
	name, err := b.Chats.Name(ctx, s.ChatID)
	if err != nil {
		b.Log.Warn("a chat's name could not be read", "error", err)
	}
	shown.ChatName = name
	switch n.Reason {
	case reports.ChatGone:
		shown.Kind = templates.NoticeChatGone
	case reports.ChatForbids:
		shown.Kind, shown.Command = templates.NoticeChatForbids, idCommand("resume", s.ID)
	case reports.Lost:
		shown.Kind, shown.Command = templates.NoticeUncertain, retryCommand(s.ID, n.Period)
	case reports.NotAllowed:
		shown.Kind, shown.Command = templates.NoticeNotAllowed, idCommand("unsubscribe", s.ID)
	case reports.BadSchedule:
		shown.Kind, shown.Command = templates.NoticeBadSchedule, idCommand("unsubscribe", s.ID)
	case reports.ChatExternal:
		shown.Kind, shown.Command = templates.NoticeExternal, idCommand("unsubscribe", s.ID)
	case reports.HandedOver:
		shown.Kind, shown.Command = templates.NoticeHandedOver, idCommand("history", s.ID)
	default:
		shown.Kind, shown.Command = templates.NoticeFailed, retryCommand(s.ID, n.Period)
	}
	return shown
}

// OwnerLeft draws the message to a chat that its digest is paused, since its owner has left and nobody could take it over.
func (a *Artist) OwnerLeft(ctx context.Context, s reports.Subscription) []byte {
	b := a.bot.speaker(ctx, s.ChatID)
	return b.templates.OwnerLeft(b.language, templates.OwnerLeftView{ID: s.ID, Topic: b.topic(s), Resume: idCommand("resume", s.ID)}).JSON()
}

// AdminAlert draws the word that digests are on hold.
func (a *Artist) AdminAlert(ctx context.Context, alert reports.Alert) []byte {
	b := a.bot.speaker(ctx, "")
	v := templates.AdminAlertView{
		Key: alertKey(alert), Args: map[string]string{"code": strconv.Itoa(alert.Code)}, Scopes: alert.Scopes,
		Since: alert.Since.In(b.Zone), LogID: alert.LogID,
	}
	if alert.AppID != "" {
		v.App = usage.App{ID: alert.AppID, Name: b.AppName(alert.AppID)}
	}
	return b.templates.AdminAlert(b.language, v).JSON()
}

// botOff is the platform's code for a bot whose own ability is switched off.
const botOff = 230006

// alertKey finds the words for what administrators have to do.
func alertKey(a reports.Alert) templates.ProblemKey {
	switch {
	case a.Sending && a.Code == botOff:
		return templates.BotOff
	case a.Sending && a.Why == usage.MissingScope:
		return templates.MessageScope
	case a.Sending && a.Why == usage.Rejected:
		return templates.MessageRejected
	}
	return reasonKey(a.Why, a.Code)
}
