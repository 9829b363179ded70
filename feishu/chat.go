package feishu

import (
	"context"
	"errors"
	"slices"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkim "github.com/larksuite/oapi-sdk-go/v3/service/im/v1"
)

// The types of a chat.
const (
	SingleChat = "p2p"
	GroupChat  = "group"
)

// ChatInfo is a chat as far as the bot may see it.
type ChatInfo struct {
	Name     string
	OwnerID  string   // open_id; empty when a bot owns the chat, and where only members may see it
	Managers []string // open_ids
	Single   bool     // somebody's single chat with the bot
	Gone     bool     // dissolved
	External bool     // shared with another organisation

	ExternalTold bool // the platform said whether it is; it does not to a bot that is not in the chat
}

// Offices are the chat's owner, if it has one, and its managers.
func (i ChatInfo) Offices() []string {
	if i.OwnerID == "" {
		return i.Managers
	}
	return append([]string{i.OwnerID}, i.Managers...)
}

// Manages reports whether the person owns or manages the chat.
func (i ChatInfo) Manages(openID string) bool {
	return openID != "" && (i.OwnerID == openID || slices.Contains(i.Managers, openID))
}

// Chat tells about a chat; the scope im:chat:read lets it. Its error is an *Error.
func (c *Client) Chat(ctx context.Context, chatID string) (ChatInfo, error) {
	if !validID(chatID) {
		return ChatInfo{}, invalid(epChat, "the chat id is not in an id's form")
	}
	req := larkim.NewGetChatReqBuilder().ChatId(chatID).UserIdType("open_id").Build()
	return again(ctx, c, true, func() (ChatInfo, error) {
		return call(ctx, c, epChat, func(t larkcore.RequestOptionFunc) (ChatInfo, error) {
			resp, err := c.sdk.Im.Chat.Get(ctx, req, t)
			if err != nil {
				return ChatInfo{}, err
			}
			if resp.Data == nil {
				return ChatInfo{}, errors.New("it has no chat")
			}
			return ChatInfo{
				Name: value(resp.Data.Name), OwnerID: value(resp.Data.OwnerId), Managers: resp.Data.UserManagerIdList,
				Single:   value(resp.Data.ChatMode) == SingleChat,
				External: resp.Data.External != nil && *resp.Data.External, ExternalTold: resp.Data.External != nil,
				Gone: value(resp.Data.ChatStatus) == "dissolved" || value(resp.Data.ChatStatus) == "dissolved_save",
			}, nil
		})
	})
}
