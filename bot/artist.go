package bot

import (
	"context"
	"fmt"
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

// Digest draws a digest, once for all chats that get the same in the same language.
func (a *Artist) Digest(r usage.Report, o reports.Looks) []byte {
	b := a.bot.speaker(context.Background(), o.ChatID)
	o.ChatID = ""
	key := fmt.Sprint(b.language, o, r.Query, r.Period, r.Sections[0].Rows[0].Value == nil, figuresOf(r))
	a.mu.Lock()
	defer a.mu.Unlock()
	if card, ok := a.cards[key]; ok {
		return card
	}
	if len(a.cards) >= maxDrawn {
		clear(a.cards)
	}
	card := b.digestCard(r, o).JSON()
	a.cards[key] = card
	return card
}

// figuresOf writes a report's figures in a row, so that mended figures make another card.
func figuresOf(r usage.Report) string {
	var row []byte
	number := func(v *int64) {
		if v != nil {
			row = strconv.AppendInt(row, *v, 10)
		}
		row = append(row, ',')
	}
	for _, s := range r.Sections {
		row = append(row, s.Ability...)
		for _, r := range s.Rows {
			number(r.Value)
			number(r.Before)
		}
	}
	return string(row)
}

// FiguresLate draws the word that a digest waits for its figures.
func (a *Artist) FiguresLate(s reports.Subscription, d reports.Delivery) []byte {
	b := a.bot.speaker(context.Background(), s.ChatID)
	return b.templates.FiguresLate(b.language, templates.FiguresLateView{Topic: b.topic(s), Period: d.Period}).JSON()
}

// OwnerNotice draws what an owner is told, gathered.
func (a *Artist) OwnerNotice(notices []reports.Notice) []byte {
	b := a.bot.speaker(context.Background(), "")
	var v templates.OwnerNoticeView
	for _, n := range notices {
		s := n.Subscription
		shown := templates.OwnerNotice{ID: s.ID, Topic: b.topic(s), Single: s.Single, Period: n.Period, Cause: templates.Cause(n.Reason)}
		switch n.Reason {
		case reports.ChatGone:
			shown.Kind = templates.NoticeChatGone
		case reports.ChatForbids:
			shown.Kind, shown.Command = templates.NoticeChatForbids, idCommand("resume", s.ID)
		case reports.Lost:
			shown.Kind, shown.Command = templates.NoticeUncertain, retryCommand(s.ID, n.Period)
		default:
			shown.Kind, shown.Command = templates.NoticeFailed, retryCommand(s.ID, n.Period)
		}
		v.Notices = append(v.Notices, shown)
	}
	return b.templates.OwnerNotice(b.language, v).JSON()
}

// AdminAlert draws the word that digests are on hold.
func (a *Artist) AdminAlert(code int, logID string) []byte {
	b := a.bot.speaker(context.Background(), "")
	return b.templates.AdminAlert(b.language, templates.AdminAlertView{
		Key: templates.MessageRejected, Args: map[string]string{"code": strconv.Itoa(code)}, Since: b.Now().In(b.Zone), LogID: logID,
	}).JSON()
}
