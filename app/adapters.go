package app

import (
	"context"
	"errors"
	"time"

	"usagebot/access"
	"usagebot/bot"
	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/store/sqlstore"
)

// sendTimeout bounds one call to the platform, with its retries.
const sendTimeout = 30 * time.Second

// digestSender sends and updates digests through the Feishu client. Every error that it returns is a *reports.SendError.
type digestSender struct{ client *feishu.Client }

func (o digestSender) Send(ctx context.Context, to reports.Target, card reports.Card, uuid string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	receiver := feishu.To{Kind: feishu.ToChat, ID: to.ChatID}
	if to.OpenID != "" {
		receiver = feishu.To{Kind: feishu.ToPerson, ID: to.OpenID}
	}
	sent, err := o.client.SendOnce(ctx, receiver, card, uuid)
	if err != nil {
		t := sendError(err)
		if e := new(feishu.Error); to.OpenID != "" && errors.As(err, &e) && e.PersonGone() {
			t.Kind = reports.UserGone
		}
		return "", t
	}
	return sent.ID, nil
}

func (o digestSender) Update(ctx context.Context, messageID string, card reports.Card) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := o.client.Update(ctx, messageID, card); err != nil {
		return sendError(err)
	}
	return nil
}

func (o digestSender) Find(ctx context.Context, chatID, mark string, from, until time.Time) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	id, err := o.client.FindCard(ctx, chatID, mark, from, until)
	if err != nil {
		return "", sendError(err)
	}
	return id, nil
}

func (o digestSender) Owner(ctx context.Context, chatID string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	chat, err := o.client.Chat(ctx, chatID)
	if err != nil {
		return "", sendError(err)
	}
	return chat.OwnerID, nil
}

// answerSender sends and edits answers through the Feishu client. It reports each message or edit that the platform accepts.
type answerSender struct {
	client interface {
		Reply(ctx context.Context, messageID string, content feishu.Content, uuid string) (feishu.Sent, error)
		Send(ctx context.Context, to feishu.To, content feishu.Content, uuid string) (feishu.Sent, error)
		Update(ctx context.Context, messageID string, content feishu.Content) error
		SendEphemeral(ctx context.Context, chatID, openID string, content feishu.Content) error
	}
	accepted func(ctx context.Context)
}

func (s answerSender) Reply(ctx context.Context, messageID string, content feishu.Content, uuid string) (feishu.Sent, error) {
	sent, err := s.client.Reply(ctx, messageID, content, uuid)
	return sent, s.report(ctx, err)
}

func (s answerSender) Send(ctx context.Context, to feishu.To, content feishu.Content, uuid string) (feishu.Sent, error) {
	sent, err := s.client.Send(ctx, to, content, uuid)
	return sent, s.report(ctx, err)
}

func (s answerSender) SendEphemeral(ctx context.Context, chatID, openID string, content feishu.Content) error {
	return s.report(ctx, s.client.SendEphemeral(ctx, chatID, openID, content))
}

func (s answerSender) Update(ctx context.Context, messageID string, content feishu.Content) error {
	return s.report(ctx, s.client.Update(ctx, messageID, content))
}

// report reports that the platform accepted a message, unless err says that it did not. It returns err.
func (s answerSender) report(ctx context.Context, err error) error {
	if err == nil {
		s.accepted(ctx)
	}
	return err
}

// sendError converts an error of the Feishu client to a *reports.SendError, whose kind tells package reports how to go on.
func sendError(err error) *reports.SendError {
	t := &reports.SendError{Kind: reports.Ambiguous, Err: err}
	e := new(feishu.Error)
	if !errors.As(err, &e) {
		return t
	}
	t.After, t.Code, t.LogID, t.Scopes, t.Why = e.RetryAfter, e.Code, e.LogID, e.Scopes, e.Reason()
	switch e.Class {
	case feishu.Retry:
		t.Kind = reports.Transient
	case feishu.TargetGone:
		t.Kind = reports.TargetGone
	case feishu.TargetForbidden:
		t.Kind = reports.Forbidden
	case feishu.AppRejected:
		t.Kind = reports.AppWide
		if e.MayConcernTargetOnly() {
			t.Kind = reports.AppRejected
		}
	case feishu.InvalidContent, feishu.Invalid, feishu.MessageGone:
		t.Kind = reports.InvalidContent
	}
	return t
}

// chatSettings stores the settings of chats: language, default app, name, and whether the welcome card was sent.
type chatSettings struct{ sql sqlstore.Chats }

func (b chatSettings) Preferences(ctx context.Context, chatID string) (bot.Preferences, error) {
	chat, err := b.sql.Chat(ctx, chatID)
	return preferences(chat), err
}

func (b chatSettings) Prefer(ctx context.Context, key, chatID string, change func(*bot.Preferences), entry access.Entry[bot.Preferences]) error {
	_, err := b.sql.ChangeChat(ctx, key, chatID, func(chat *sqlstore.Chat) {
		p := preferences(*chat)
		change(&p)
		chat.Language, chat.AppID = p.Language, p.AppID
	}, func(was, is sqlstore.Chat) access.Change { return entry(preferences(was), preferences(is)) })
	return err
}

func preferences(c sqlstore.Chat) bot.Preferences {
	return bot.Preferences{Language: c.Language, AppID: c.AppID}
}

func (b chatSettings) Welcomed(ctx context.Context, chatID string) (bool, error) {
	chat, err := b.sql.Chat(ctx, chatID)
	return chat.Welcomed, err
}

func (b chatSettings) Welcome(ctx context.Context, chatID string) error {
	return b.sql.Welcome(ctx, chatID)
}

func (b chatSettings) Leave(ctx context.Context, chatID string, now time.Time) error {
	return b.sql.LeaveChat(ctx, chatID, now)
}

func (b chatSettings) Join(ctx context.Context, chatID string) error {
	return b.sql.JoinChat(ctx, chatID)
}

func (b chatSettings) Name(ctx context.Context, chatID string) (string, error) {
	chat, err := b.sql.Chat(ctx, chatID)
	return chat.Name, err
}

func (b chatSettings) Rename(ctx context.Context, chatID, name string) error {
	return b.sql.RenameChat(ctx, chatID, name)
}
