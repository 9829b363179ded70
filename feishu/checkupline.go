package feishu

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"

	larkws "github.com/larksuite/oapi-sdk-go/v3/ws"
)

// OffersConnection asks where a long connection could be opened, as a client of one does first, and opens none: it would
// be given events. Its error is an *Error. That there are too many is often told only to whoever opens one more.
func (c *Client) OffersConnection(ctx context.Context) error { return c.offer(ctx) }

func (c *Client) askForConnection(ctx context.Context, appID, secret string) error {
	body, err := json.Marshal(map[string]string{"AppID": appID, "AppSecret": secret})
	if err != nil {
		return invalid(epConnection, "prepare the call: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+larkws.GenEndpointUri, bytes.NewReader(body))
	if err != nil {
		return invalid(epConnection, "prepare the call: %w", err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := c.wire.Do(req)
	if err != nil {
		return asError(epConnection, err)
	}
	_ = resp.Body.Close() // it is in memory
	return nil
}

// TooManyConnections reports whether a code says that the app has all the long connections that it may have.
func TooManyConnections(code int) bool { return code == larkws.ExceedConnLimit }
