package feishu

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

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
	OwnerID  string   // open_id; empty if a bot owns the chat, or if the bot is not a member and may not see it
	Managers []string // open_ids
	Single   bool     // a person's direct chat with the bot
	Gone     bool     // dissolved
	External bool     // shared with another organisation

	ExternalKnown bool // whether the platform gave External; it does not to a bot that is not in the chat
}

// OwnerAndManagers returns the open_ids of the chat's owner, if it has one, and of its managers.
func (i ChatInfo) OwnerAndManagers() []string {
	if i.OwnerID == "" {
		return i.Managers
	}
	return append([]string{i.OwnerID}, i.Managers...)
}

// Manages reports whether the person owns or manages the chat.
func (i ChatInfo) Manages(openID string) bool {
	return openID != "" && (i.OwnerID == openID || slices.Contains(i.Managers, openID))
}

// Chat returns a chat. It needs the scope im:chat:read. Its error is an *Error.
func (c *Client) Chat(ctx context.Context, chatID string) (ChatInfo, error) {
	if !validID(chatID) {
		return ChatInfo{}, invalidCallError(epChat, "the chat id is not in an id's form")
	}
	req := larkim.NewGetChatReqBuilder().ChatId(chatID).UserIdType("open_id").Build()
	return callWithRetry(ctx, c, true, func() (ChatInfo, error) {
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
				External: resp.Data.External != nil && *resp.Data.External, ExternalKnown: resp.Data.External != nil,
				Gone: value(resp.Data.ChatStatus) == "dissolved" || value(resp.Data.ChatStatus) == "dissolved_save",
			}, nil
		})
	})
}

// How much of a chat is read to find a card. A chat with more messages in the period is not read to its end.
const (
	messagesPerPage = 50 // the platform's limit
	maxMessagePages = 40
)

// errTooManyMessages means that the card was not among the messages that were read, but may be among the rest.
var errTooManyMessages = errors.New("the chat has more messages than are read")

// FindCard returns the id of the card that the bot itself sent to a chat between two moments, not in reply to anything,
// and that has a command in one of its buttons; the oldest if there are several, and "" if there is none. In groups it
// needs the scope im:message.group_msg. The error is an *Error.
func (c *Client) FindCard(ctx context.Context, chatID, command string, from, until time.Time) (messageID string, err error) {
	if !validID(chatID) {
		return "", invalidCallError(epMessages, "the chat id is not in an id's form")
	}
	page := ""
	for range maxMessagePages {
		found, err := c.messages(ctx, chatID, page, from, until)
		if err != nil {
			return "", err
		}
		for _, m := range found.Items {
			if c.isOwnCard(m) && cardHasCommand([]byte(value(m.Body.Content)), command) {
				return value(m.MessageId), nil
			}
		}
		if page = value(found.PageToken); page == "" || found.HasMore == nil || !*found.HasMore {
			return "", nil
		}
	}
	return "", &Error{Endpoint: string(epMessages), Class: Invalid, Err: errTooManyMessages}
}

// messages reads one page of the messages of a chat, with cards as they were sent.
func (c *Client) messages(ctx context.Context, chatID, page string, from, until time.Time) (*larkim.ListMessageRespData, error) {
	req := larkim.NewListMessageReqBuilder().ContainerIdType("chat").ContainerId(chatID).
		StartTime(strconv.FormatInt(from.Unix(), 10)).EndTime(strconv.FormatInt(until.Unix()+1, 10)).
		SortType("ByCreateTimeAsc").PageSize(messagesPerPage).CardMsgContentType("user_card_content")
	if page != "" {
		req.PageToken(page)
	}
	return callWithRetry(ctx, c, true, func() (*larkim.ListMessageRespData, error) {
		return call(ctx, c, epMessages, func(t larkcore.RequestOptionFunc) (*larkim.ListMessageRespData, error) {
			resp, err := c.sdk.Im.Message.List(ctx, req.Build(), t)
			if err == nil && resp.Data == nil {
				err = errors.New("it has no messages")
			}
			if err != nil {
				return nil, err
			}
			return resp.Data, nil
		})
	})
}

// isOwnCard reports whether a message is a card that the bot's app sent by itself.
func (c *Client) isOwnCard(m *larkim.Message) bool {
	return m != nil && m.Sender != nil && m.Body != nil && value(m.MsgType) == msgTypeCard && value(m.ParentId) == "" &&
		value(m.Sender.IdType) == "app_id" && value(m.Sender.Id) == c.appID && (m.Deleted == nil || !*m.Deleted)
}

// cardHasCommand reports whether a button anywhere in the card has the command.
func cardHasCommand(card []byte, command string) bool {
	var root any
	return json.Unmarshal(card, &root) == nil && nodeHasCommand(root, command)
}

func nodeHasCommand(node any, command string) bool {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			if nodeHasCommand(n, command) {
				return true
			}
		}
	case map[string]any:
		if value, ok := node["value"].(map[string]any); ok && value["cmd"] == command {
			return true
		}
		for _, n := range node {
			if nodeHasCommand(n, command) {
				return true
			}
		}
	}
	return false
}
