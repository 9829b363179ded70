package feishu

import (
	"context"
	"encoding/json"
	"errors"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkim "github.com/larksuite/oapi-sdk-go/v3/service/im/v1"
)

// MaxUUID is the longest uuid, in bytes, that the platform takes with a message.
const MaxUUID = 50

const (
	msgTypeCard = "interactive"
	msgTypeText = "text"
)

// Content is what a message says, in the forms in which it can be sent.
type Content interface {
	// JSON returns the card.
	JSON() []byte
	// Compact returns a smaller card that says the same, or nil if there is none.
	Compact() []byte
	// Text returns the text of the card.
	Text() string
}

// Sent is a message that the platform has accepted.
type Sent struct {
	ID    string // message_id
	Plain bool   // sent as plain text because the platform refused the card: Update cannot replace it
}

// The kinds of a receiver.
const (
	ToChat   = "chat_id"
	ToPerson = "open_id"
)

// To is who receives a message.
type To struct {
	Kind string // ToChat or ToPerson
	ID   string
}

// Reply answers a message and returns the new message. The platform makes at most one message in an hour for a
// uuid (at most MaxUUID bytes); that lets Reply repeat a call whose answer was lost, within the context's deadline.
// Without a uuid such a call is not repeated. A card that the platform refuses goes out as a smaller one, and if that is
// refused as plain text. The error is an *Error; its class says what can be done.
func (c *Client) Reply(ctx context.Context, messageID string, content Content, uuid string) (Sent, error) {
	if !validID(messageID) {
		return Sent{}, invalidCallError(epReply, "the message id is not in an id's form")
	}
	return c.deliver(ctx, epReply, content, uuid, func(m outgoing) (string, error) {
		return c.reply(ctx, messageID, m)
	})
}

// SendOnce sends a message to a chat or a person without retries, except for one with a new token. It is for callers that
// record each try. A card that the platform refuses is sent in simpler forms, each of which is another try.
func (c *Client) SendOnce(ctx context.Context, to To, content Content, uuid string) (Sent, error) {
	c = c.withMaxTries(1)
	return c.Send(ctx, to, content, uuid)
}

// Send sends a message to a chat or a person, as Reply does to a message.
func (c *Client) Send(ctx context.Context, to To, content Content, uuid string) (Sent, error) {
	if to.Kind != ToChat && to.Kind != ToPerson || !validID(to.ID) {
		return Sent{}, invalidCallError(epSend, "the receiver is neither a chat nor a person")
	}
	return c.deliver(ctx, epSend, content, uuid, func(m outgoing) (string, error) {
		return c.send(ctx, to, m)
	})
}

// Update replaces a card that the bot sent within the last 14 days. A card that the platform refuses is replaced by a
// smaller one, and if that is refused by one that holds the same as plain text.
func (c *Client) Update(ctx context.Context, messageID string, content Content) error {
	card := content.JSON()
	if !validID(messageID) || !json.Valid(card) {
		return invalidCallError(epUpdate, "the message id or the card is malformed")
	}
	err := c.patch(ctx, messageID, card)
	if !cardRefused(err) {
		return err
	}
	if smaller := content.Compact(); smaller != nil {
		if err = c.patch(ctx, messageID, smaller); !cardRefused(err) {
			return err
		}
	}
	return c.patch(ctx, messageID, plainCard(content.Text()))
}

// outgoing is one message in the platform's form.
type outgoing struct{ kind, content, uuid string }

func (c *Client) deliver(ctx context.Context, e endpoint, content Content, uuid string, post func(outgoing) (string, error)) (Sent, error) {
	if len(uuid) > MaxUUID {
		return Sent{}, invalidCallError(e, "the uuid is longer than %d bytes", MaxUUID)
	}
	card := content.JSON()
	if !json.Valid(card) {
		return Sent{}, invalidCallError(e, "the card is not JSON")
	}
	var sent Sent
	var err error
	for m := range messageForms(card, content, uuid) {
		sent.Plain = m.kind == msgTypeText
		sent.ID, err = callWithRetry(ctx, c, m.uuid != "", func() (string, error) { return post(m) })
		if !cardRefused(err) {
			break
		}
	}
	return sent, err
}

func (c *Client) reply(ctx context.Context, messageID string, m outgoing) (string, error) {
	body := larkim.NewReplyMessageReqBodyBuilder().MsgType(m.kind).Content(m.content)
	if m.uuid != "" {
		body.Uuid(m.uuid)
	}
	req := larkim.NewReplyMessageReqBuilder().MessageId(messageID).Body(body.Build()).Build()
	return call(ctx, c, epReply, func(t larkcore.RequestOptionFunc) (string, error) {
		resp, err := c.sdk.Im.Message.Reply(ctx, req, t)
		if err != nil || resp.Data == nil {
			return "", noAnswer(err)
		}
		return messageIDOf(resp.Data.MessageId)
	})
}

func (c *Client) send(ctx context.Context, to To, m outgoing) (string, error) {
	body := larkim.NewCreateMessageReqBodyBuilder().ReceiveId(to.ID).MsgType(m.kind).Content(m.content)
	if m.uuid != "" {
		body.Uuid(m.uuid)
	}
	req := larkim.NewCreateMessageReqBuilder().ReceiveIdType(to.Kind).Body(body.Build()).Build()
	return call(ctx, c, epSend, func(t larkcore.RequestOptionFunc) (string, error) {
		resp, err := c.sdk.Im.Message.Create(ctx, req, t)
		if err != nil || resp.Data == nil {
			return "", noAnswer(err)
		}
		return messageIDOf(resp.Data.MessageId)
	})
}

// patch may repeat a call whose answer was lost, because it sends the whole card.
func (c *Client) patch(ctx context.Context, messageID string, card []byte) error {
	req := larkim.NewPatchMessageReqBuilder().MessageId(messageID).
		Body(larkim.NewPatchMessageReqBodyBuilder().Content(string(card)).Build()).Build()
	_, err := callWithRetry(ctx, c, true, func() (*larkim.PatchMessageResp, error) {
		return call(ctx, c, epUpdate, func(t larkcore.RequestOptionFunc) (*larkim.PatchMessageResp, error) {
			return c.sdk.Im.Message.Patch(ctx, req, t)
		})
	})
	return err
}

// noAnswer is the error of a call, or that of an answer without data.
func noAnswer(err error) error {
	if err != nil {
		return err
	}
	return errNoMessage()
}

func messageIDOf(id *string) (string, error) {
	if id == nil || *id == "" {
		return "", errNoMessage()
	}
	return *id, nil
}

// errNoMessage is the error for a success without a message id: without it the caller could not update the message.
func errNoMessage() error { return errors.New("it has no message id") }

// cardRefused reports whether the same content may be taken in a simpler form.
func cardRefused(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Code == codeCardRefused || e.Code == codeTooLong)
}
