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
	return info, nil
}

// placed completes a click by whether its chat is somebody's single one, which the platform does not say of clicks. Where
// it cannot be found out the chat is taken for a group, in which not everybody may do everything.
func (b *Bot) placed(ctx context.Context, req Request) Request {
	if req.Click && !req.Single {
		info, err := b.chat(ctx, req.ChatID)
		req.Single = err == nil && info.Single
	}
	return req
}
