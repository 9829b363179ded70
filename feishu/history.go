package feishu

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkim "github.com/larksuite/oapi-sdk-go/v3/service/im/v1"
)

// How much of a chat is read to find a card. A chat in which more is written in an hour is not read to its end.
const (
	messagesPerPage = 50 // the platform's limit
	maxMessagePages = 40
)

// errTooManyMessages says that a card was not found in what was read, and may stand in the rest.
var errTooManyMessages = errors.New("the chat has more messages than are read")

// FindCard returns the id of the card that the bot itself sent to a chat between two moments, not in reply to anything,
// and that carries a command in one of its buttons; the oldest if there are several, and none if there is none. In
// groups the scope im:message.group_msg lets it. The error is an *Error.
func (c *Client) FindCard(ctx context.Context, chatID, command string, from, until time.Time) (messageID string, err error) {
	if !validID(chatID) {
		return "", invalid(epMessages, "the chat id is not in an id's form")
	}
	page := ""
	for range maxMessagePages {
		found, err := c.messages(ctx, chatID, page, from, until)
		if err != nil {
			return "", err
		}
		for _, m := range found.Items {
			if c.isOwnCard(m) && carries([]byte(value(m.Body.Content)), command) {
				return value(m.MessageId), nil
			}
		}
		if page = value(found.PageToken); page == "" || found.HasMore == nil || !*found.HasMore {
			return "", nil
		}
	}
	return "", &Error{Endpoint: string(epMessages), Class: Invalid, Err: errTooManyMessages}
}

// messages reads one page of what was written in a chat, with cards as they were sent.
func (c *Client) messages(ctx context.Context, chatID, page string, from, until time.Time) (*larkim.ListMessageRespData, error) {
	req := larkim.NewListMessageReqBuilder().ContainerIdType("chat").ContainerId(chatID).
		StartTime(strconv.FormatInt(from.Unix(), 10)).EndTime(strconv.FormatInt(until.Unix()+1, 10)).
		SortType("ByCreateTimeAsc").PageSize(messagesPerPage).CardMsgContentType("user_card_content")
	if page != "" {
		req.PageToken(page)
	}
	return again(ctx, c, true, func() (*larkim.ListMessageRespData, error) {
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

// carries reports whether a button of the card carries the command, wherever in the card it stands.
func carries(card []byte, command string) bool {
	var root any
	return json.Unmarshal(card, &root) == nil && holdsCommand(root, command)
}

func holdsCommand(node any, command string) bool {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			if holdsCommand(n, command) {
				return true
			}
		}
	case map[string]any:
		if object(node["value"])["cmd"] == command {
			return true
		}
		for _, n := range node {
			if holdsCommand(n, command) {
				return true
			}
		}
	}
	return false
}
