package feishu

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
)

// Settings are what a Client needs to know. Only AppID and AppSecret have no default.
type Settings struct {
	AppID     string
	AppSecret string
	BaseURL   string           // https://open.feishu.cn when empty
	Tokens    TokenStore       // nil: tokens are kept in this process alone
	Timeout   time.Duration    // of one HTTP call; 10 s when zero
	Log       *slog.Logger     // nil: nothing is logged
	Now       func() time.Time // nil: time.Now

	// Observe, when set, is told of every HTTP call: the endpoint with ids replaced by their names, the status (0 without
	// an answer) and the platform's code.
	Observe func(endpoint string, status, code int, d time.Duration)
}

// Client calls the platform as the bot's app. It is safe for use by several goroutines.
type Client struct {
	sdk    *sdk
	appID  string
	tokens *tokens
	wire   *wire
	offer  func(context.Context) error // asks for a long connection
	base   string                      // the platform's address, without a slash at its end
	log    *slog.Logger
	pause  time.Duration // the first wait before a message call is made again
	tries  uint          // of a message call
}

// New makes a Client. It makes no call yet.
func New(s Settings) *Client {
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.BaseURL == "" {
		s.BaseURL = BaseURL
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Tokens == nil {
		s.Tokens = noStore{}
	}
	w := newWire(s.Timeout, s.Observe)
	c := &Client{
		appID: s.AppID, wire: w, base: strings.TrimRight(s.BaseURL, "/"), log: s.Log, pause: 300 * time.Millisecond, tries: maxTries,
	}
	c.sdk = newSDK(&larkcore.Config{
		BaseUrl: c.base, AppId: s.AppID, AppSecret: s.AppSecret, AppType: larkcore.AppTypeSelfBuilt,
		HttpClient: w, Logger: sdkLog{s.Log}, LogLevel: larkcore.LogLevelError,
	})
	c.tokens = &tokens{
		key: tokenKey(s.AppID, s.AppSecret), store: s.Tokens, now: s.Now, timeout: 2 * w.http.Timeout,
		fetch: func(ctx context.Context) (string, time.Duration, error) {
			return c.fetchToken(ctx, s.AppID, s.AppSecret)
		},
	}
	c.offer = func(ctx context.Context) error { return c.askForConnection(ctx, s.AppID, s.AppSecret) }
	return c
}

// fetchToken asks the platform for a token. A wrong app id or secret is an *Error of the class Ours.
func (c *Client) fetchToken(ctx context.Context, appID, secret string) (string, time.Duration, error) {
	resp, err := c.sdk.tenantToken(ctx, appID, secret)
	if err != nil {
		return "", 0, asError(epToken, err)
	}
	if resp.TenantAccessToken == "" || resp.Expire <= 0 {
		return "", 0, asError(epToken, errors.New("it has no token"))
	}
	return resp.TenantAccessToken, time.Duration(resp.Expire) * time.Second, nil
}

// call makes one call of the SDK with the bot's token, and once more with a new token when the platform refuses the
// first. Its error is an *Error.
func call[T any](ctx context.Context, c *Client, e endpoint, act func(larkcore.RequestOptionFunc) (T, error)) (T, error) {
	result, err := callOnce(ctx, c, e, act)
	if refusal, ok := errors.AsType[*Error](err); ok && tokenRefused(refusal.Code) {
		return callOnce(ctx, c, e, act)
	}
	return result, err
}

// callOnce makes one call of the SDK. A token that the platform refuses is not used again. Its error is an *Error.
func callOnce[T any](ctx context.Context, c *Client, e endpoint, act func(larkcore.RequestOptionFunc) (T, error)) (T, error) {
	var none T
	held, err := c.tokens.get(ctx)
	if err != nil {
		return none, asError(epToken, err)
	}
	result, err := act(larkcore.WithTenantAccessToken(held))
	if err == nil {
		return result, nil
	}
	failure := asError(e, err)
	if tokenRefused(failure.Code) {
		c.tokens.drop(ctx, held)
	}
	return none, failure
}
