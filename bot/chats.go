package bot

import (
	"context"
	"encoding/json"
	"time"

	"usagebot/feishu"
)

// chatFresh is how long what is known of a chat is taken as it is: so long somebody may manage it who ceased to.
const chatFresh = time.Minute

// chat tells about a chat.
func (b *Bot) chat(ctx context.Context, chatID string) (info feishu.ChatInfo, err error) {
	key := "chat:" + chatID
	if known, ok := b.Sessions.Get(ctx, key); ok && json.Unmarshal(known, &info) == nil {
		return info, nil
	}
	if info, err = b.Groups.Chat(ctx, chatID); err != nil {
		return feishu.ChatInfo{}, &chatUnreadable{err}
	}
	if known, err := json.Marshal(info); err == nil {
		b.Sessions.Put(ctx, key, known, chatFresh)
	}
	if info.Single {
		b.noteSingle(ctx, chatID)
	}
	return info, nil
}

// forgetChat has a chat read anew: it was changed.
func (b *Bot) forgetChat(ctx context.Context, chatID string) {
	b.Sessions.Put(ctx, "chat:"+chatID, nil, chatFresh)
}

// singleKept is how long it is remembered that a chat is a person's direct messages with the bot. It stays so for ever.
const singleKept = 30 * 24 * time.Hour

// singleKey names a chat without its id: the id of somebody's direct messages leads to the person.
func singleKey(chatID string) string { return "single:" + feishu.UUID("single", chatID) }

// noteSingle remembers that a chat is a person's direct messages with the bot.
func (b *Bot) noteSingle(ctx context.Context, chatID string) {
	b.Sessions.Put(ctx, singleKey(chatID), []byte("yes"), singleKept)
}

// placed completes a click by whether its chat is a person's direct messages, which the platform does not say of clicks.
// Where it cannot be found out the chat is taken for a group, in which not everybody may do everything.
func (b *Bot) placed(ctx context.Context, req Request) Request {
	if req = b.recalled(ctx, req); req.Click && !req.Single {
		info, err := b.chat(ctx, req.ChatID)
		req.Single = err == nil && info.Single
	}
	return req
}

// recalled is placed by what was told of the chat before, whether or not the chat can be read now: a click does the same as
// what is typed.
func (b *Bot) recalled(ctx context.Context, req Request) Request {
	switch {
	case req.ChatID == "" || req.Local:
	case req.Single:
		b.noteSingle(ctx, req.ChatID)
	case req.Click:
		_, req.Single = b.Sessions.Get(ctx, singleKey(req.ChatID))
	}
	return req
}
