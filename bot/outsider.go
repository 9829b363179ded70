package bot

import (
	"context"
	"time"

	"usagebot/feishu"
)

// outsider says that somebody is of another organisation, or asks in a chat that is shared with one.
type outsider struct{}

func (outsider) Error() string { return "not of this organisation" }

// neverChanges is how long it is remembered whether a chat is shared with another organisation, which is settled when it is
// made.
const neverChanges = 24 * time.Hour

// fromOutside reports whether an event comes from outside of the organisation: from a person of another tenant than the
// event's, which is the one that the app is installed in, or from a chat that is shared with others. A chat that cannot
// be read is taken for the organisation's own: otherwise a missing permission would silence every group.
func (b *Bot) fromOutside(ctx context.Context, e *feishu.Event) bool {
	if b.AnswerOutsiders {
		return false
	}
	tenant, chatID, group := "", "", false
	switch {
	case e.Message != nil:
		tenant, chatID, group = e.Message.TenantKey, e.Message.ChatID, e.Message.ChatType != feishu.SingleChat
	case e.Click != nil:
		tenant, chatID, group = e.Click.TenantKey, e.Click.ChatID, true
	}
	if tenant != "" && e.TenantKey != "" && tenant != e.TenantKey {
		return true
	}
	return group && b.shared(ctx, chatID)
}

// shared reports whether a chat is shared with another organisation.
func (b *Bot) shared(ctx context.Context, chatID string) bool {
	key := "shared:" + chatID
	if known, ok := b.Sessions.Get(ctx, key); ok {
		return string(known) == "yes"
	}
	info, err := b.chat(ctx, chatID)
	if err != nil {
		return false
	}
	answer := "no"
	if info.External {
		answer = "yes"
	}
	b.Sessions.Put(ctx, key, []byte(answer), neverChanges)
	return info.External
}
