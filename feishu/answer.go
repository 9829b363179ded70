package feishu

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Waiting times when the platform asks to slow down without saying for how long, or for too long: its windows are a
// second or a minute.
const (
	defaultWait  = 3 * time.Second
	maxWait      = time.Minute
	chatWait     = 250 * time.Millisecond // 5 messages a second in a chat
	beingSent    = 500 * time.Millisecond
	maxLogID     = 64
	maxScopes    = 16
	maxScopeName = 100
)

// answer is what every answer of the platform has in common.
type answer struct {
	Code  *int            `json:"code"`
	Msg   string          `json:"msg"`
	Error json.RawMessage `json:"error"`
}

type answerError struct {
	LogID                string `json:"log_id"`
	PermissionViolations []struct {
		Subject string `json:"subject"`
	} `json:"permission_violations"`
}

// judge tells a success from a failure: only HTTP 200 with code 0 is one. The code is returned for the metrics.
func judge(e endpoint, resp *http.Response, body []byte) (code int, failure *Error) {
	status, logID := resp.StatusCode, logIDOf(resp.Header)
	var a answer
	if err := json.Unmarshal(body, &a); err != nil {
		failure := unreadable(e, status, logID, errors.New("it is not the platform's JSON"))
		if failure.Class == Retry { // a gateway's page may still say how long to wait
			failure.RetryAfter = waitOf(resp.Header, status, 0)
		}
		return 0, failure
	}
	if a.Code == nil {
		return 0, unreadable(e, status, logID, errors.New("it has no code"))
	}
	code = *a.Code
	if code == 0 && status == http.StatusOK {
		return 0, nil
	}
	if code == 0 && status < http.StatusInternalServerError {
		return 0, unreadable(e, status, logID, errors.New("its status and its code contradict each other"))
	}
	return code, refusal(e, resp, logID, a)
}

// refusal is the error of an answer with a code.
func refusal(e endpoint, resp *http.Response, logID string, a answer) *Error {
	var detail answerError
	_ = json.Unmarshal(a.Error, &detail) // an extra: without it the code still says what is wrong
	f := &Error{
		Endpoint: string(e), Status: resp.StatusCode, Code: *a.Code, LogID: logID,
		Class: classOf(e, resp.StatusCode, *a.Code),
	}
	if f.LogID == "" {
		f.LogID = cleanLogID(detail.LogID)
	}
	if f.Class == Retry {
		f.RetryAfter = waitOf(resp.Header, resp.StatusCode, f.Code)
	}
	switch f.Code {
	case codeMissingScope, codeNoPermission:
		f.Scopes = scopesOf(detail, a.Msg)
	case codeCardRefused:
		f.Sub = subCode(a.Msg)
	}
	return f
}

// waitOf reads how long the platform asks to wait. The rate limit's header counts seconds until calls are let in again.
func waitOf(h http.Header, status, code int) time.Duration {
	for _, name := range []string{"X-Ogw-Ratelimit-Reset", "Retry-After"} {
		if s, err := strconv.Atoi(strings.TrimSpace(h.Get(name))); err == nil && s > 0 {
			return min(time.Duration(min(s, 3600))*time.Second, maxWait)
		}
	}
	switch {
	case code == codeChatFrequency:
		return chatWait
	case code == codeBeingSent:
		return beingSent
	case code == codeRateLimit || status == http.StatusTooManyRequests:
		return defaultWait
	}
	return 0
}

func logIDOf(h http.Header) string {
	if id := cleanLogID(h.Get("X-Tt-Logid")); id != "" {
		return id
	}
	return cleanLogID(h.Get("X-Request-Id"))
}

// cleanLogID lets only an id through: it is shown to people.
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
func scopesOf(detail answerError, msg string) []string {
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
