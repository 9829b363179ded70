package bot

import (
	"context"
	"time"

	"usagebot/feishu"
	"usagebot/templates"
)

// outsider says that somebody is of another organisation, or asks in a chat that is shared with one.
type outsider struct{}

func (outsider) Error() string { return "not of this organisation" }

func (outsider) view(speaker) templates.ProblemView {
	return templates.ProblemView{Key: templates.Outsider}
}

// notAsked says that a card asks somebody else.
type notAsked struct{}

func (notAsked) Error() string { return "somebody else was asked" }

func (notAsked) view(speaker) templates.ProblemView {
	return templates.ProblemView{Key: templates.NotAsked}
}

// stranger reports whether an event is of a person of another tenant than the event's, which is the one that the app is
// installed in. The menu does not tell.
func stranger(e *feishu.Event) bool {
	tenant := ""
	switch {
	case e.Message != nil:
		tenant = e.Message.TenantKey
	case e.Click != nil:
		tenant = e.Click.TenantKey
	}
	return tenant != "" && e.TenantKey != "" && tenant != e.TenantKey
}

// refusal is why a request is not answered, whatever it asks; nil when it is.
func (b *Bot) refusal(ctx context.Context, req Request) error {
	switch {
	case req.Excess != nil:
		return req.Excess
	case req.For != "" && req.For != req.UserID:
		return notAsked{}
	case b.AnswerOutsiders || req.Local:
		return nil
	case req.Stranger, !req.Single && req.ChatID != "" && b.shared(ctx, req.ChatID):
		return outsider{}
	}
	return nil
}

// neverChanges is how long it is remembered whether a chat is shared with another organisation, which is settled when it is
// made.
const neverChanges = 24 * time.Hour

// shared reports whether a chat is shared with another organisation. One that cannot be read is taken for the
// organisation's own: otherwise a missing permission would silence every group.
func (b *Bot) shared(ctx context.Context, chatID string) bool {
	key := "shared:" + chatID
	if known, ok := b.Sessions.Get(ctx, key); ok {
		return string(known) == "yes"
	}
	answer, fresh := "no", neverChanges
	info, err := b.chat(ctx, chatID)
	switch {
	case err != nil:
		fresh = chatFresh
	case info.External:
		answer = "yes"
	}
	b.Sessions.Put(ctx, key, []byte(answer), fresh)
	return info.External
}
