package bot

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"usagebot/feishu"
	"usagebot/templates"
	"usagebot/usage"
)

// groups reads chats from the platform.
type groups interface {
	Chat(ctx context.Context, chatID string) (feishu.ChatInfo, error)
}

// chatReader reads chats from the platform and remembers them for a while.
type chatReader struct {
	groups groups
	cache  cache
}

const (
	// chatTTL is how long a chat is remembered. A person who ceased to manage it may go on managing its digests for as long.
	chatTTL = time.Minute
	// directTTL is how long it is remembered that a chat is a person's direct messages, which never changes.
	directTTL = 30 * 24 * time.Hour
)

// get returns a chat.
func (r *chatReader) get(ctx context.Context, chatID string) (info feishu.ChatInfo, err error) {
	key := "chat:" + chatID
	if known, ok := r.cache.Get(ctx, key); ok && json.Unmarshal(known, &info) == nil {
		return info, nil
	}
	if info, err = r.groups.Chat(ctx, chatID); err != nil {
		return feishu.ChatInfo{}, chatUnreadable(err)
	}
	if known, err := json.Marshal(info); err == nil {
		r.cache.Put(ctx, key, known, chatTTL)
	}
	if info.Single {
		r.rememberDirect(ctx, chatID)
	}
	return info, nil
}

// chatUnreadable says that the chat cannot be read, so that nobody knows who manages it. A missing scope is for an
// administrator; what may pass is not.
func chatUnreadable(err error) error {
	return &userError{err: &wrapped{"the chat cannot be read", err}, problem: func(c conversation) templates.ProblemView {
		c.log.Warn("could not read a chat", "error", err)
		v := templates.ProblemView{Key: templates.ChatUnreadable}
		if isTransient(err) {
			v.Key = templates.ReasonKey(usage.Unavailable)
		}
		if refusal := new(feishu.Error); errors.As(err, &refusal) {
			v.Scopes, v.LogID = refusal.Scopes, refusal.LogID
		}
		return v
	}}
}

// forget makes the next get read the chat again, since it was changed.
func (r *chatReader) forget(ctx context.Context, chatID string) {
	r.cache.Put(ctx, "chat:"+chatID, nil, chatTTL)
}

// directKey names a chat without its id: the id of direct messages would lead to the person.
func directKey(chatID string) string { return "single:" + feishu.UUID("single", chatID) }

// rememberDirect remembers that a chat is a person's direct messages with the bot.
func (r *chatReader) rememberDirect(ctx context.Context, chatID string) {
	r.cache.Put(ctx, directKey(chatID), []byte("yes"), directTTL)
}

// complete finds out whether a click came from direct messages, which the platform does not say of clicks. If that cannot
// be found out the chat counts as a group, where not everybody may do everything.
func (r *chatReader) complete(ctx context.Context, req Request) Request {
	if req = r.recall(ctx, req); req.Click && !req.Single {
		info, err := r.get(ctx, req.ChatID)
		req.Single = err == nil && info.Single
	}
	return req
}

// recall is complete by memory alone, whether or not the chat can be read now: a click then does the same as the typed
// command. It also recalls the topic of a clicked card, which the platform does not say either.
func (r *chatReader) recall(ctx context.Context, req Request) Request {
	switch {
	case req.ChatID == "" || req.Local:
	case req.Single:
		r.rememberDirect(ctx, req.ChatID)
	case req.Click:
		_, req.Single = r.cache.Get(ctx, directKey(req.ChatID))
		thread, _ := r.cache.Get(ctx, threadKey(req.MessageID))
		req.ThreadID = string(thread)
	}
	return req
}

func threadKey(messageID string) string { return "thread:" + messageID }
