package feishu

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkapplication "github.com/larksuite/oapi-sdk-go/v3/service/application/v6"
	larkws "github.com/larksuite/oapi-sdk-go/v3/ws"
)

// BotState is whether the tenant has the bot switched on, in the platform's numbers.
type BotState int

// BotOn is the one state in which the bot works.
const BotOn BotState = 2

// grantedScope is the grant_status of a scope that the tenant granted.
const grantedScope = 1

// Diagnostics asks the platform what the doctor has to know.
type Diagnostics struct{ client *Client }

// Diagnostics returns the calls of the doctor.
func (c *Client) Diagnostics() Diagnostics { return Diagnostics{c} }

// Reach checks that the platform answers, and returns by how much its clock is ahead of ours (negative: behind), to the
// second. It needs no token. Its error is an *Error.
func (d Diagnostics) Reach(ctx context.Context) (ahead time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.client.base+"/open-apis/bot/v3/info", http.NoBody)
	if err != nil {
		return 0, invalidCallError(epBot, "prepare the call: %w", err)
	}
	began := time.Now()
	resp, err := d.client.transport.http.Do(req) //nolint:bodyclose // readAnswer closes it
	if err != nil {
		return 0, noAnswerError(epBot, err)
	}
	took := time.Since(began)
	body, err := ReadAnswer(resp.Body)
	if err == nil && !json.Valid(body) {
		err = errors.New("it is no JSON, so it is not the platform's")
	}
	if err != nil {
		return 0, unreadableError(epBot, resp.StatusCode, headerLogID(resp.Header), err)
	}
	return d.ahead(resp, took)
}

// ahead compares the answer's Date with the middle of the time that the call took.
func (d Diagnostics) ahead(resp *http.Response, took time.Duration) (time.Duration, error) {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return 0, unreadableError(epBot, resp.StatusCode, headerLogID(resp.Header), errors.New("it has no date"))
	}
	// A Date has no fractions of a second, so on average it is half a second too early.
	return date.Add(time.Second / 2).Sub(d.client.tokens.now().Add(-took / 2)).Round(time.Second), nil
}

// CheckCredentials fetches a token and discards it, so that a cached token cannot hide a wrong secret. Its error is an
// *Error.
func (d Diagnostics) CheckCredentials(ctx context.Context) error {
	_, _, err := d.client.tokens.fetch(ctx)
	if err != nil {
		return asError(epToken, err)
	}
	return nil
}

// Scopes returns the names of the scopes that the tenant granted to the bot's app itself. It needs no scope. Its error is
// an *Error.
func (d Diagnostics) Scopes(ctx context.Context) (map[string]bool, error) {
	return callWithRetry(ctx, d.client, true, func() (map[string]bool, error) {
		return call(ctx, d.client, epScopes, func(t larkcore.RequestOptionFunc) (map[string]bool, error) {
			resp, err := d.client.sdk.Application.Scope.List(ctx, t)
			if err != nil {
				return nil, err
			}
			if resp.Data == nil {
				return nil, errors.New("it has no scopes")
			}
			return grantsOf(resp.Data.Scopes), nil
		})
	})
}

// grantsOf leaves out the scopes that people granted for actions in their own name. Older answers do not distinguish them.
func grantsOf(list []*larkapplication.Scope) map[string]bool {
	granted := map[string]bool{}
	for _, s := range list {
		if s != nil && s.GrantStatus != nil && *s.GrantStatus == grantedScope && value(s.ScopeType) != "user" {
			granted[value(s.ScopeName)] = true
		}
	}
	return granted
}

// CountVisibleDepartments reports how many departments right below the company the bot may see, at most 50. Its error is an *Error.
func (d Diagnostics) CountVisibleDepartments(ctx context.Context) (int, error) {
	page, err := d.client.departmentPage(ctx, rootDepartment, "", false)
	if err != nil {
		return 0, asError(epDepartments, err)
	}
	return len(page.Items), nil
}

// Codes under which the application's endpoint says that it will not show an app.
const (
	codeNoSuchApp    = 210506
	codeAppForbidden = 210508
)

// NoSuchApp reports whether the platform said that there is no app of that id for this tenant.
func (e *Error) NoSuchApp() bool {
	return endpoint(e.Endpoint) == epApplication && e.Code == codeNoSuchApp || endpoint(e.Endpoint) == epOverview && e.Code == 211005
}

// NoScope reports whether a scope is missing.
func (e *Error) NoScope() bool {
	return e.Code == codeMissingScope || e.Code == codeSlashScope || endpoint(e.Endpoint) == epApplication && e.Code == codeAppForbidden
}

// OutsideContactRange reports whether the bot's contact range leaves the company out.
func (e *Error) OutsideContactRange() bool {
	return endpoint(e.Endpoint) == epDepartments && (e.Code == codeNoDepartment || e.Code == codeNoParent)
}

// AppDisabled reports whether the bot's app is switched off or not installed.
func (e *Error) AppDisabled() bool { return e.Code == codeAppStopped || e.Code == codeAppNotInstalled }

// IPDenied reports whether the platform rejects calls from this machine's IP address.
func (e *Error) IPDenied() bool { return e.Code == codeIPDenied }

// Throttled reports whether the platform wants fewer calls.
func (e *Error) Throttled() bool {
	return e.Status == http.StatusTooManyRequests || e.Code == codeRateLimit
}

// SpentForMonth reports whether the tenant has used up its plan's calls for the month.
func (e *Error) SpentForMonth() bool { return e.Code == codeMonthQuota }

// String gives the number.
func (s BotState) String() string { return strconv.Itoa(int(s)) }

// TokenRefused reports whether the platform rejects the token that it issued.
func (e *Error) TokenRefused() bool { return tokenRefused(e.Code) }

// OffersConnection asks for the address of a long connection, which is a client's first step, but opens none: the platform
// would send events to it. Its error is an *Error. A nil error does not prove that another connection is allowed: the
// platform often reports too many connections only when one is opened.
func (d Diagnostics) OffersConnection(ctx context.Context) error {
	return d.client.connectionEndpoint(ctx)
}

func (c *Client) fetchConnectionEndpoint(ctx context.Context, appID, secret string) error {
	body, err := json.Marshal(map[string]string{"AppID": appID, "AppSecret": secret})
	if err != nil {
		return invalidCallError(epConnection, "prepare the call: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+larkws.GenEndpointUri, bytes.NewReader(body))
	if err != nil {
		return invalidCallError(epConnection, "prepare the call: %w", err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := c.transport.Do(req)
	if err != nil {
		return asError(epConnection, err)
	}
	_ = resp.Body.Close() // the body is in memory
	return nil
}

// TooManyConnections reports whether a code says that the app has all the long connections that it may have.
func TooManyConnections(code int) bool { return code == larkws.ExceedConnLimit }
