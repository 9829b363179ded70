package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"usagebot/feishu"
)

const (
	// externalTTL is how long it holds whether a chat is shared with another organisation. An event tells when that changes;
	// this is for an event that did not come.
	externalTTL = time.Hour
	// externalFallbackTTL is how long the last known answer is used while the chat cannot be read.
	externalFallbackTTL = 30 * 24 * time.Hour
)

// externality is whether a chat is shared with another organisation.
type externality struct {
	External bool      `json:"external"`
	Assumed  bool      `json:"assumed,omitempty"` // the platform did not say
	Until    time.Time `json:"until"`             // when to ask the platform again
}

func externalKey(chatID string) string { return "external:" + chatID }

// externalChats knows which chats are shared with other organisations, and pauses their digests.
type externalChats struct {
	cache    cache
	chats    *chatReader
	digests  *chatDigests
	answered bool // other organisations are answered, and may read digests
	now      func() time.Time
}

// last returns what was last known of a chat.
func (x *externalChats) last(ctx context.Context, chatID string) (known externality, ok bool) {
	kept, ok := x.cache.Get(ctx, externalKey(chatID))
	return known, ok && json.Unmarshal(kept, &known) == nil
}

// remember stores what is known of a chat. It is used unasked for ttl, and as a fallback for longer.
func (x *externalChats) remember(ctx context.Context, chatID string, e externality, ttl, fallback time.Duration) {
	e.Until = x.now().Add(ttl)
	if written, err := json.Marshal(e); err == nil {
		x.cache.Put(ctx, externalKey(chatID), written, fallback)
	}
}

// isExternal reports whether a chat is shared with another organisation. While the chat cannot be read, the last known
// answer counts; if there is none, isExternal fails as long as the chat may be readable a little later. A chat that the bot
// is not permitted to read counts as internal: otherwise a missing permission would silence every group.
func (x *externalChats) isExternal(ctx context.Context, chatID string) (bool, error) {
	known, ok := x.last(ctx, chatID)
	if ok && x.now().Before(known.Until) {
		return known.External, nil
	}
	info, err := x.chats.get(ctx, chatID)
	refusal := new(feishu.Error)
	switch {
	case err == nil && (info.External || info.ExternalKnown):
		return info.External, x.learn(ctx, chatID, info.External)
	case errors.As(err, &refusal) && refusal.OtherTenant():
		return true, x.learn(ctx, chatID, true)
	case ok && !known.Assumed:
		return known.External, nil
	case err != nil && isTransient(err):
		return false, err
	}
	x.remember(ctx, chatID, externality{Assumed: true}, chatTTL, chatTTL)
	return false, nil
}

// learn stores whether a chat is shared with another organisation. If other organisations are not answered, its digests
// pause for as long as it is, because they would see them.
func (x *externalChats) learn(ctx context.Context, chatID string, external bool) error {
	was, known := x.last(ctx, chatID)
	if !x.answered && (external || known && was.External) {
		change := x.digests.resumeInternal
		if external {
			change = x.digests.pauseExternal
		}
		// Before it is remembered, so that a failure is tried again with the next event or question.
		if err := change(ctx, chatID); err != nil {
			return fmt.Errorf("following that a chat is shared with another organisation: %w", err)
		}
	}
	x.remember(ctx, chatID, externality{External: external}, externalTTL, externalFallbackTTL)
	return nil
}

// closedToDigests reports whether digests may not go to a chat, as far as that is known.
func (x *externalChats) closedToDigests(ctx context.Context, chatID string) bool {
	known, ok := x.last(ctx, chatID)
	return ok && known.External && !x.answered
}
