package feishu

import (
	"context"
	"encoding/json"
	"net/http"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
)

// SendEphemeral shows a card to one person of a group alone. The platform takes it for ordinary groups, not for topics, and
// shows it only while the person is online: the caller needs another way for a card that is refused. A card that the
// platform cannot draw goes out as a smaller one, and if that is refused as plain text.
//
// There is no uuid, so a call whose answer was lost is not repeated: its error is Ambiguous, and the person may see the card
// or not. The error is an *Error.
func (c *Client) SendEphemeral(ctx context.Context, chatID, openID string, content Content) error {
	card := content.JSON()
	if !validID(chatID) || !validID(openID) || !json.Valid(card) {
		return invalidCallError(epEphemeral, "the chat, the person or the card is malformed")
	}
	err := c.ephemeral(ctx, chatID, openID, card)
	if !cardRefused(err) {
		return err
	}
	if smaller := content.Compact(); smaller != nil {
		if err = c.ephemeral(ctx, chatID, openID, smaller); !cardRefused(err) {
			return err
		}
	}
	return c.ephemeral(ctx, chatID, openID, plainCard(content.Text()))
}

func (c *Client) ephemeral(ctx context.Context, chatID, openID string, card []byte) error {
	req := &larkcore.ApiReq{
		HttpMethod: http.MethodPost, ApiPath: "/open-apis/ephemeral/v1/send", PathParams: larkcore.PathParams{}, QueryParams: larkcore.QueryParams{},
		Body: map[string]any{
			"chat_id": chatID, "open_id": openID, "msg_type": msgTypeCard, "card": json.RawMessage(card),
		},
		SupportedAccessTokenTypes: []larkcore.AccessTokenType{larkcore.AccessTokenTypeTenant},
	}
	_, err := callWithRetry(ctx, c, false, func() (struct{}, error) {
		return call(ctx, c, epEphemeral, func(t larkcore.RequestOptionFunc) (struct{}, error) {
			_, err := c.sdk.Do(ctx, req, t)
			return struct{}{}, err
		})
	})
	return err
}
