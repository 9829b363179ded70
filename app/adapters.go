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

// sendTimeout is how long the platform may take for one digest.
const sendTimeout = 30 * time.Second

// outbox sends what digests are made of, and says of each failure what can be done about it.
type outbox struct{ client *feishu.Client }

func (o outbox) Send(ctx context.Context, to reports.Target, card []byte, uuid string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	receiver := feishu.To{Kind: feishu.ToChat, ID: to.ChatID}
	if to.OpenID != "" {
		receiver = feishu.To{Kind: feishu.ToPerson, ID: to.OpenID}
	}
	sent, err := o.client.SendOnce(ctx, receiver, feishu.Content{Card: card}, uuid)
	if err != nil {
		t := troubleOf(err)
		if e := new(feishu.Error); to.OpenID != "" && errors.As(err, &e) && e.PersonGone() {
			t.Kind = reports.UserGone
		}
		return "", t
	}
	return sent.ID, nil
}

func (o outbox) Update(ctx context.Context, messageID string, card []byte) error {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	if err := o.client.Update(ctx, messageID, card); err != nil {
		return troubleOf(err)
	}
	return nil
}

func (o outbox) Find(ctx context.Context, chatID, mark string, from, until time.Time) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	id, err := o.client.FindCard(ctx, chatID, mark, from, until)
	if err != nil {
		return "", troubleOf(err)
	}
	return id, nil
}

func (o outbox) Owner(ctx context.Context, chatID string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	chat, err := o.client.Chat(ctx, chatID)
	if err != nil {
		return "", troubleOf(err)
	}
	return chat.OwnerID, nil
}

// troubleOf puts the platform's classes into the words of whoever sends digests.
func troubleOf(err error) *reports.SendError {
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
	case feishu.TargetForbids:
		t.Kind = reports.Forbidden
	case feishu.Ours:
		t.Kind = reports.AppWide
		if e.MaybeTarget() {
			t.Kind = reports.AppRejected
		}
	case feishu.ContentRefused, feishu.Invalid, feishu.MessageGone:
		t.Kind = reports.InvalidContent
	}
	return t
}

// chatBook keeps what chats have set for themselves.
type chatBook struct{ sql sqlstore.Chats }

func (b chatBook) Preferences(ctx context.Context, chatID string) (bot.Preferences, error) {
	chat, err := b.sql.Chat(ctx, chatID)
	return preferences(chat), err
}

func (b chatBook) Prefer(ctx context.Context, key, chatID string, change func(*bot.Preferences), entry access.Entry[bot.Preferences]) error {
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

func (b chatBook) Welcomed(ctx context.Context, chatID string) (bool, error) {
	chat, err := b.sql.Chat(ctx, chatID)
	return chat.Welcomed, err
}

func (b chatBook) Welcome(ctx context.Context, chatID string) error {
	return b.sql.Welcome(ctx, chatID)
}

func (b chatBook) Name(ctx context.Context, chatID string) (string, error) {
	chat, err := b.sql.Chat(ctx, chatID)
	return chat.Name, err
}

func (b chatBook) Rename(ctx context.Context, chatID, name string) error {
	return b.sql.RenameChat(ctx, chatID, name)
}
