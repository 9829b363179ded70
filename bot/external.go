package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/reports"
)

const (
	// externalFresh is how long it is taken as it is whether a chat is shared with another organisation. An event tells when
	// that changes; this is for an event that did not come.
	externalFresh = time.Hour
	// externalKept is how long the last that was known stands in while the chat cannot be read.
	externalKept = 30 * 24 * time.Hour
)

// externality is what is known of whether a chat is shared with another organisation.
type externality struct {
	External bool      `json:"external"`
	Assumed  bool      `json:"assumed,omitempty"` // the platform did not say
	Until    time.Time `json:"until"`             // when the platform is to be asked again
}

func externalKey(chatID string) string { return "external:" + chatID }

// lastExternality returns the last that was known of a chat.
func (b *Bot) lastExternality(ctx context.Context, chatID string) (known externality, ok bool) {
	kept, ok := b.Sessions.Get(ctx, externalKey(chatID))
	return known, ok && json.Unmarshal(kept, &known) == nil
}

func (b *Bot) keepExternality(ctx context.Context, chatID string, e externality, fresh, kept time.Duration) {
	e.Until = b.Now().Add(fresh)
	if written, err := json.Marshal(e); err == nil {
		b.Sessions.Put(ctx, externalKey(chatID), written, kept)
	}
}

// external reports whether a chat is shared with another organisation. While the chat cannot be read the last that was
// known counts; where nothing is known, it fails if the chat may be read a little later. A chat that the bot is not
// permitted to read counts as the organisation's own: otherwise a missing permission would silence every group.
func (b *Bot) external(ctx context.Context, chatID string) (bool, error) {
	known, ok := b.lastExternality(ctx, chatID)
	if ok && b.Now().Before(known.Until) {
		return known.External, nil
	}
	info, err := b.chat(ctx, chatID)
	refusal := new(feishu.Error)
	switch {
	case err == nil && (info.External || info.ExternalTold):
		return info.External, b.learnExternality(ctx, chatID, info.External)
	case errors.As(err, &refusal) && refusal.OtherTenant():
		return true, b.learnExternality(ctx, chatID, true)
	case ok && !known.Assumed:
		return known.External, nil
	case err != nil && passing(err):
		return false, err
	}
	b.keepExternality(ctx, chatID, externality{Assumed: true}, chatFresh, chatFresh)
	return false, nil
}

// followExternality takes from an event whether its chat is shared with another organisation.
func (b *Bot) followExternality(ctx context.Context, e *events.Event) error {
	if e.Type != events.ChatUpdated && e.Type != events.BotAdded {
		return nil
	}
	b.forgetChat(ctx, e.Chat.ID)
	if !e.Chat.External && !e.Chat.ExternalTold {
		return nil
	}
	if e.ID != "" { // apart from what else the event changes of the same subscriptions
		ctx = b.Inbox.Once(ctx, "chat:"+e.ID+":external")
	}
	return b.learnExternality(ctx, e.Chat.ID, e.Chat.External)
}

// learnExternality keeps whether a chat is shared with another organisation. If people of others are not answered, its digests
// pause as long as it is: they would see them.
func (b *Bot) learnExternality(ctx context.Context, chatID string, external bool) error {
	was, known := b.lastExternality(ctx, chatID)
	if !b.AnswerOutsiders && (external || known && was.External) {
		// Before it is kept: what fails is tried again with the next event or question.
		if err := b.pauseExternal(ctx, chatID, external); err != nil {
			return fmt.Errorf("following that a chat is shared with another organisation: %w", err)
		}
	}
	b.keepExternality(ctx, chatID, externality{External: external}, externalFresh, externalKept)
	return nil
}

// pauseExternal pauses a chat's digests since it is shared with another organisation, or lets them go on since it no
// longer is. A pause that would end by itself meanwhile becomes such a one: it must not end while the chat is shared.
func (b *Bot) pauseExternal(ctx context.Context, chatID string, external bool) error {
	if external {
		return b.eachIn(ctx, chatID, reports.ChatExternal, func(s *reports.Subscription) error {
			if s.State != reports.Active && (s.State != reports.Paused || s.PausedUntil.IsZero()) {
				return reports.ErrUnchanged
			}
			s.State, s.Reason, s.PausedUntil = reports.Paused, reports.ChatExternal, time.Time{}
			return nil
		}, nil)
	}
	return b.eachIn(ctx, chatID, "", func(s *reports.Subscription) error {
		if s.State != reports.Paused || s.Reason != reports.ChatExternal {
			return reports.ErrUnchanged
		}
		return s.Activate(b.Now(), b.Jitter, "")
	}, nil)
}

// closedToDigests reports whether digests may not go to a chat, as far as that is known: it is shared with another
// organisation, and such are not answered.
func (b *Bot) closedToDigests(ctx context.Context, chatID string) bool {
	known, ok := b.lastExternality(ctx, chatID)
	return ok && known.External && !b.AnswerOutsiders
}
