// Package feishu calls the Feishu/Lark platform through its SDK: it fetches figures, departments and names, sends and
// updates messages, and classifies the platform's error codes. Its subpackage events receives events.
package feishu

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkapplication "github.com/larksuite/oapi-sdk-go/v3/service/application/v6"
	larkcontact "github.com/larksuite/oapi-sdk-go/v3/service/contact/v3"
	larkim "github.com/larksuite/oapi-sdk-go/v3/service/im/v1"
)

// Settings configure a Client. Only AppID and AppSecret have no default.
type Settings struct {
	AppID     string
	AppSecret string
	BaseURL   string           // https://open.feishu.cn when empty
	Tokens    TokenStore       // nil: tokens are kept in this process alone
	Timeout   time.Duration    // of one HTTP call; 10 s when zero
	Log       *slog.Logger     // nil: nothing is logged
	Now       func() time.Time // nil: time.Now

	// Observe, if set, is called after every HTTP call with the endpoint (ids replaced by their names), the status (0 without
	// an answer), the platform's code and the duration.
	Observe func(endpoint string, status, code int, d time.Duration)
}

// Client calls the platform as the bot's app. It is safe for use by several goroutines.
type Client struct {
	sdk                *sdk
	appID              string
	tokens             *tokenSource
	transport          *httpTransport
	connectionEndpoint func(context.Context) error // asks for a long connection
	base               string                      // the platform's address, without a slash at its end
	log                *slog.Logger
	firstRetryWait     time.Duration // the first wait before a message call is made again
	tries              uint          // of a message call
}

// New returns a Client. It makes no call.
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
	w := newHTTPTransport(s.Timeout, s.Observe)
	c := &Client{
		appID: s.AppID, transport: w, base: strings.TrimRight(s.BaseURL, "/"), log: s.Log, firstRetryWait: 300 * time.Millisecond, tries: maxTries,
	}
	c.sdk = newSDK(&larkcore.Config{
		BaseUrl: c.base, AppId: s.AppID, AppSecret: s.AppSecret, AppType: larkcore.AppTypeSelfBuilt,
		HttpClient: w, Logger: sdkLog{s.Log}, LogLevel: larkcore.LogLevelError,
	})
	c.tokens = &tokenSource{
		key: tokenKey(s.AppID, s.AppSecret), store: s.Tokens, now: s.Now, timeout: 2 * w.http.Timeout,
		fetch: func(ctx context.Context) (string, time.Duration, error) {
			return c.fetchToken(ctx, s.AppID, s.AppSecret)
		},
	}
	c.connectionEndpoint = func(ctx context.Context) error { return c.fetchConnectionEndpoint(ctx, s.AppID, s.AppSecret) }
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
		c.tokens.invalidate(ctx, held)
	}
	return none, failure
}

// BaseURL is the platform's address in China.
const BaseURL = "https://open.feishu.cn"

// sdk holds the SDK's services that this program calls. The SDK's own client links all of its sixty services, which makes
// the program several megabytes larger.
type sdk struct {
	config      *larkcore.Config
	Application *larkapplication.V6
	Contact     *larkcontact.V3
	Im          *larkim.V1
}

func newSDK(config *larkcore.Config) *sdk {
	larkcore.NewLogger(config)
	larkcore.NewSerialization(config)
	return &sdk{config, larkapplication.New(config), larkcontact.New(config), larkim.New(config)}
}

// Do makes a call that the SDK has no method for.
func (s *sdk) Do(ctx context.Context, req *larkcore.ApiReq, options ...larkcore.RequestOptionFunc) (*larkcore.ApiResp, error) {
	return larkcore.Request(ctx, req, s.config, options...)
}

// Get makes a GET call that the SDK has no method for, with the bot's token.
func (s *sdk) Get(ctx context.Context, path string, options ...larkcore.RequestOptionFunc) (*larkcore.ApiResp, error) {
	return s.Do(ctx, &larkcore.ApiReq{
		HttpMethod: http.MethodGet, ApiPath: path, SupportedAccessTokenTypes: []larkcore.AccessTokenType{larkcore.AccessTokenTypeTenant},
	}, options...)
}

// tenantToken asks for a token of the app's own tenant.
func (s *sdk) tenantToken(ctx context.Context, appID, secret string) (*larkcore.TenantAccessTokenResp, error) {
	raw, err := s.Do(ctx, &larkcore.ApiReq{
		HttpMethod: http.MethodPost, ApiPath: larkcore.TenantAccessTokenInternalUrlPath,
		Body:                      &larkcore.SelfBuiltTenantAccessTokenReq{AppID: appID, AppSecret: secret},
		SupportedAccessTokenTypes: []larkcore.AccessTokenType{larkcore.AccessTokenTypeNone},
	})
	if err != nil {
		return nil, err
	}
	resp := &larkcore.TenantAccessTokenResp{ApiResp: raw}
	return resp, json.Unmarshal(raw.RawBody, resp)
}

// sdkLog is the SDK's logger. It logs only that the SDK reported an error: the SDK's texts contain requests, answers and
// tokens.
type sdkLog struct{ log *slog.Logger }

func (sdkLog) Debug(context.Context, ...any) {}
func (sdkLog) Info(context.Context, ...any)  {}
func (sdkLog) Warn(context.Context, ...any)  {}

func (l sdkLog) Error(ctx context.Context, _ ...any) {
	l.log.ErrorContext(ctx, "the platform's SDK reported an error")
}

const (
	maxTries     = 6 // of a message call
	maxPause     = 5 * time.Second
	maxRetryTime = time.Minute // how long a call is repeated when its context sets no end
	retryJitter  = 500 * time.Millisecond
)

// callWithRetry makes a call and repeats it until ctx ends: after errors of the class Retry, and after ambiguous ones if
// the caller says that the call is idempotent (repeatable). Its error is the last *Error.
func callWithRetry[T any](ctx context.Context, c *Client, repeatable bool, act func() (T, error)) (T, error) {
	var last *Error
	result, err := backoff.Retry(ctx, func() (T, error) {
		result, err := act()
		if err == nil {
			return result, nil
		}
		if !errors.As(err, &last) {
			return result, backoff.Permanent(err)
		}
		return result, backoffError(last, repeatable)
	}, backoff.WithBackOff(c.backOff()), backoff.WithMaxTries(c.tries), backoff.WithMaxElapsedTime(timeLeft(ctx)))
	if err != nil && last != nil {
		return result, last
	}
	return result, err
}

// withMaxTries returns the client with another number of tries.
func (c *Client) withMaxTries(tries uint) *Client {
	other := *c
	other.tries = tries
	return &other
}

func (c *Client) backOff() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.Multiplier, b.MaxInterval = c.firstRetryWait, 2, maxPause
	return b
}

// backoffError wraps an *Error for the backoff library. It adds jitter, so that calls which were told to wait for the same
// time do not all return at once and get refused again.
func backoffError(e *Error, repeatable bool) error {
	switch {
	case e.Class != Retry && (e.Class != Ambiguous || !repeatable):
		return backoff.Permanent(e)
	case e.RetryAfter > 0:
		return errors.Join(&backoff.RetryAfterError{Duration: e.RetryAfter + rand.N(retryJitter)}, e)
	}
	return e
}

func timeLeft(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return maxRetryTime
	}
	return max(time.Until(deadline), 1)
}
