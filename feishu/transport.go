package feishu

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// DefaultTimeout limits one call, from connecting to the end of the answer.
	DefaultTimeout = 10 * time.Second
	maxAnswer      = 8 << 20 // bytes; the largest answer we ask for, 50 departments, is below 100 KiB
)

// httpTransport is the SDK's HTTP client. It converts every answer that is not a success to an *Error, because the SDK
// would put the headers and the body of an unreadable answer into its error's text.
type httpTransport struct {
	http    *http.Client
	observe func(endpoint string, status, code int, d time.Duration)
}

func newHTTPTransport(timeout time.Duration, observe func(string, int, int, time.Duration)) *httpTransport {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	if observe == nil {
		observe = func(string, int, int, time.Duration) {}
	}
	transport := http.DefaultTransport
	if t, ok := transport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost = 16
		transport = t
	}
	client := &http.Client{
		Timeout:   timeout,
		Transport: transport,
		// The platform's API does not redirect. A server that does is not the platform and must not get the token.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &httpTransport{http: client, observe: observe}
}

// Do makes the request. The answer it returns is always a success with a body in memory.
func (w *httpTransport) Do(req *http.Request) (*http.Response, error) {
	e, started := endpointOf(req.Method, req.URL.Path), time.Now()
	resp, code, failure := w.try(e, req)
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	w.observe(string(e), status, code, time.Since(started))
	if failure != nil {
		return nil, failure
	}
	return resp, nil
}

func (w *httpTransport) try(e endpoint, req *http.Request) (*http.Response, int, *Error) {
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, 0, noAnswerError(e, err)
	}
	body, err := ReadAnswer(resp.Body)
	if err != nil {
		return resp, 0, unreadableError(e, resp.StatusCode, headerLogID(resp.Header), err)
	}
	code, failure := decodeResponse(e, resp, body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.Header.Set("Content-Type", "application/json; charset=utf-8") // a proxy may have changed the header
	return resp, code, failure
}

// ReadAnswer reads the body of an answer and closes it. A longer one than maxAnswer is an error.
func ReadAnswer(body io.ReadCloser) (_ []byte, err error) {
	defer func() { err = errors.Join(err, body.Close()) }()
	b, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err == nil && len(b) > maxAnswer {
		err = fmt.Errorf("it is longer than %d bytes", maxAnswer)
	}
	return b, err
}

// noAnswerError is the error of a call without an answer. Only if no connection was made is it certain that the call had
// no effect.
func noAnswerError(e endpoint, err error) *Error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the URL, which holds ids
	}
	f := &Error{Endpoint: string(e), Class: lostAnswerClass(e), Err: err}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		f.Class = Retry
	}
	return f
}

// Waiting times when the platform asks to slow down without saying for how long, or for too long: its windows are a
// second or a minute.
const (
	defaultWait   = 3 * time.Second
	maxWait       = time.Minute
	chatWait      = 250 * time.Millisecond // 5 messages a second in a chat
	beingSentWait = 500 * time.Millisecond
	maxLogID      = 64
	maxScopes     = 16
	maxScopeName  = 100
)

// apiAnswer is what every answer of the platform has in common.
type apiAnswer struct {
	Code  *int            `json:"code"`
	Msg   string          `json:"msg"`
	Error json.RawMessage `json:"error"`
}

type apiAnswerError struct {
	LogID                string `json:"log_id"`
	PermissionViolations []struct {
		Subject string `json:"subject"`
	} `json:"permission_violations"`
}

// decodeResponse reads the code of an answer. Only HTTP 200 with code 0 is a success. The code is returned for the metrics.
func decodeResponse(e endpoint, resp *http.Response, body []byte) (code int, failure *Error) {
	status, logID := resp.StatusCode, headerLogID(resp.Header)
	var a apiAnswer
	if err := json.Unmarshal(body, &a); err != nil {
		failure := unreadableError(e, status, logID, errors.New("it is not the platform's JSON"))
		if failure.Class == Retry { // a gateway's page may still say how long to wait
			failure.RetryAfter = parseRetryAfter(resp.Header, status, 0)
		}
		return 0, failure
	}
	if a.Code == nil {
		return 0, unreadableError(e, status, logID, errors.New("it has no code"))
	}
	code = *a.Code
	if code == 0 && status == http.StatusOK {
		return 0, nil
	}
	if code == 0 && status < http.StatusInternalServerError {
		return 0, unreadableError(e, status, logID, errors.New("its status and its code contradict each other"))
	}
	return code, refusalError(e, resp, logID, a)
}

// refusalError is the error of an answer with a code.
func refusalError(e endpoint, resp *http.Response, logID string, a apiAnswer) *Error {
	var detail apiAnswerError
	_ = json.Unmarshal(a.Error, &detail) // an extra: without it the code still says what is wrong
	f := &Error{
		Endpoint: string(e), Status: resp.StatusCode, Code: *a.Code, LogID: logID,
		Class: classOf(e, resp.StatusCode, *a.Code),
	}
	if f.LogID == "" {
		f.LogID = cleanLogID(detail.LogID)
	}
	if f.Class == Retry {
		f.RetryAfter = parseRetryAfter(resp.Header, resp.StatusCode, f.Code)
	}
	switch f.Code {
	case codeMissingScope, codeNoPermission:
		f.Scopes = scopesOf(detail, a.Msg)
	case codeCardRefused:
		f.Sub = subCode(a.Msg)
	}
	return f
}

// parseRetryAfter reads how long the platform asks to wait. The headers count the seconds until calls are accepted again.
func parseRetryAfter(h http.Header, status, code int) time.Duration {
	for _, name := range []string{"X-Ogw-Ratelimit-Reset", "Retry-After"} {
		if s, err := strconv.Atoi(strings.TrimSpace(h.Get(name))); err == nil && s > 0 {
			return min(time.Duration(min(s, 3600))*time.Second, maxWait)
		}
	}
	switch {
	case code == codeChatFrequency:
		return chatWait
	case code == codeBeingSent:
		return beingSentWait
	case code == codeRateLimit || status == http.StatusTooManyRequests:
		return defaultWait
	}
	return 0
}

func headerLogID(h http.Header) string {
	if id := cleanLogID(h.Get("X-Tt-Logid")); id != "" {
		return id
	}
	return cleanLogID(h.Get("X-Request-Id"))
}

// cleanLogID returns s if it has the form of an id, and otherwise "": log ids are shown to people.
func cleanLogID(s string) string {
	if len(s) > maxLogID || strings.ContainsFunc(s, func(r rune) bool { return !isWord(r) && r != '-' }) {
		return ""
	}
	return s
}

func isWord(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// scopesOf finds the names of the missing scopes: in the violations, or else in the message's first square brackets
// ("One of the following scopes is required: [a, b]").
func scopesOf(detail apiAnswerError, msg string) []string {
	var found []string
	for _, v := range detail.PermissionViolations {
		found = append(found, v.Subject)
	}
	if _, rest, ok := strings.Cut(msg, "["); ok && len(found) == 0 {
		list, _, _ := strings.Cut(rest, "]")
		found = strings.Split(list, ",")
	}
	var scopes []string
	for _, s := range found {
		s = strings.TrimSpace(s)
		if isScope(s) && !slices.Contains(scopes, s) && len(scopes) < maxScopes {
			scopes = append(scopes, s)
		}
	}
	return scopes
}

func isScope(s string) bool {
	return s != "" && len(s) <= maxScopeName &&
		!strings.ContainsFunc(s, func(r rune) bool { return !isWord(r) && !strings.ContainsRune(":.-", r) })
}

// subCode finds the card's error in the message of 230099: "…, ext=ErrCode: 11310; ErrMsg: …".
func subCode(msg string) int {
	_, rest, ok := strings.Cut(msg, "ErrCode:")
	if !ok {
		return 0
	}
	number, _, _ := strings.Cut(rest, ";")
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil {
		return 0
	}
	return n
}

// endpoint is one call of the platform's API: its method and its path, with ids replaced by their names. Error codes
// are per endpoint: the same number means different things in different places.
type endpoint string

const (
	epToken           endpoint = "POST /open-apis/auth/v3/tenant_access_token/internal"
	epOverview        endpoint = "POST /open-apis/application/v6/applications/:app_id/app_usage/overview"
	epDepartmentUsage endpoint = "POST /open-apis/application/v6/applications/:app_id/app_usage/department_overview"
	epApplication     endpoint = "GET /open-apis/application/v6/applications/:app_id"
	epVersion         endpoint = "GET /open-apis/application/v6/applications/:app_id/app_versions/:version_id"
	epScopes          endpoint = "GET /open-apis/application/v6/scopes"
	epDepartments     endpoint = "GET /open-apis/contact/v3/departments/:department_id/children"
	epBot             endpoint = "GET /open-apis/bot/v3/info"
	epSend            endpoint = "POST /open-apis/im/v1/messages"
	epReply           endpoint = "POST /open-apis/im/v1/messages/:message_id/reply"
	epUpdate          endpoint = "PATCH /open-apis/im/v1/messages/:message_id"
	epEphemeral       endpoint = "POST /open-apis/ephemeral/v1/send"
	epMessages        endpoint = "GET /open-apis/im/v1/messages"
	epPerson          endpoint = "GET /open-apis/contact/v3/users/:user_id"
	epChat            endpoint = "GET /open-apis/im/v1/chats/:chat_id"
	epSlashList       endpoint = "GET /open-apis/application/v7/app_slash_commands"
	epSlashPut        endpoint = "POST /open-apis/application/v7/app_slash_commands"
	epSlashPatch      endpoint = "PATCH /open-apis/application/v7/app_slash_commands/:command_id"
	epSlashDelete     endpoint = "DELETE /open-apis/application/v7/app_slash_commands/:command_id"
	epConnection      endpoint = "POST /callback/ws/endpoint"
	epOther           endpoint = "other"
)

func endpoints() []endpoint {
	return []endpoint{
		epToken, epOverview, epDepartmentUsage, epApplication, epVersion, epScopes, epDepartments, epPerson, epBot,
		epSend, epReply, epUpdate, epEphemeral, epMessages, epChat, epConnection, epSlashList, epSlashPut, epSlashPatch, epSlashDelete,
	}
}

// endpointOf finds the endpoint of a request, so that neither an error nor a metric carries an id.
func endpointOf(method, path string) endpoint {
	if at := strings.Index(path, "/open-apis/"); at > 0 {
		path = path[at:] // a base URL may have a path of its own
	}
	for _, e := range endpoints() {
		m, pattern, _ := strings.Cut(string(e), " ")
		if m == method && matches(pattern, path) {
			return e
		}
	}
	return epOther
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i, segment := range want {
		if segment != got[i] && !strings.HasPrefix(segment, ":") {
			return false
		}
	}
	return true
}

// givesUsage reports whether the endpoint returns usage figures.
func (e endpoint) givesUsage() bool { return e == epOverview || e == epDepartmentUsage }

// sendsMessage reports whether the endpoint creates or updates a message, so that a call whose answer was lost may have
// had its effect.
func (e endpoint) sendsMessage() bool {
	return e == epSend || e == epReply || e == epUpdate || e == epEphemeral
}

// validID reports whether an id is safe in a URL path: it cannot change which endpoint is called.
func validID(id string) bool {
	if id == "" || len(id) > 128 || strings.Trim(id, ".") == "" {
		return false
	}
	for _, r := range id {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune("_-.@=", r) {
			return false
		}
	}
	return true
}
