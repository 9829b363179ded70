package events_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"

	"usagebot/feishu/events"
)

const (
	testApp   = "cli_test"
	testKey   = "encrypt-key-for-tests"
	testToken = "verification-token-for-tests"
)

func testNow() time.Time { return time.Unix(1_764_000_000, 0) }

// hook is a webhook under test with what it let through.
type hook struct {
	engine   *gin.Engine
	events   []*events.Event
	outcomes []string
	answer   func(context.Context, *events.Event) (events.Response, error)
	log      bytes.Buffer
}

func newHook(t testing.TB) *hook {
	t.Helper()
	h := &hook{}
	w, err := events.NewWebhook(events.WebhookSettings{
		AppID: testApp, EncryptKey: testKey, VerificationToken: testToken, Now: testNow,
		Log: slog.New(slog.NewTextHandler(&h.log, nil)),
		Handle: func(ctx context.Context, e *events.Event) (events.Response, error) {
			h.events = append(h.events, e)
			if h.answer != nil {
				return h.answer(ctx, e)
			}
			return events.Response{}, nil
		},
		Observe: func(kind string, o events.Outcome) { h.outcomes = append(h.outcomes, kind+"/"+string(o)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	h.engine = engine(w.ServeGin)
	return h
}

func engine(handle gin.HandlerFunc) *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.POST("/webhook/event", handle)
	return e
}

func (h *hook) serve(r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.engine.ServeHTTP(rec, r)
	return rec
}

// delivery makes a request as the platform does.
func delivery(body []byte, at time.Time, key string) *http.Request {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/webhook/event", bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/json;charset=utf-8")
	stamp := strconv.FormatInt(at.Unix(), 10)
	r.Header.Set("X-Lark-Request-Timestamp", stamp)
	r.Header.Set("X-Lark-Request-Nonce", "nonce")
	r.Header.Set("X-Lark-Signature", events.Sign(stamp, "nonce", key, body))
	return r
}

func sealed(plain []byte) []byte { return events.Encrypt(testKey, plain) }

// sample is the platform's example of an event, made to be ours; edit may change it further.
func sample(t testing.TB, name string, edit func(root, header, event map[string]any)) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var root map[string]any
	if err := json.Unmarshal(b, &root); err != nil {
		t.Fatal(err)
	}
	header, event := root["header"].(map[string]any), root["event"].(map[string]any)
	header["app_id"], header["token"] = testApp, testToken
	if edit != nil {
		edit(root, header, event)
	}
	b, err = json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWebhookAnswers(t *testing.T) {
	t.Parallel()
	good := sample(t, "im.message.receive_v1", nil)
	with := func(edit func(root, header, event map[string]any)) []byte {
		return sample(t, "im.message.receive_v1", edit)
	}
	now := testNow()
	unsigned := func(body []byte) *http.Request {
		r := delivery(body, now, testKey)
		for _, h := range []string{"X-Lark-Request-Timestamp", "X-Lark-Request-Nonce", "X-Lark-Signature"} {
			r.Header.Del(h)
		}
		return r
	}
	challenge := []byte(`{"challenge":"c\"1","token":"` + testToken + `","type":"url_verification"}`)
	tests := map[string]struct {
		request *http.Request
		status  int
		outcome string
	}{
		"a message":                        {delivery(sealed(good), now, testKey), 200, "im.message.receive_v1/accepted"},
		"an upper-case signature":          {withSignature(delivery(sealed(good), now, testKey), strings.ToUpper), 200, "im.message.receive_v1/accepted"},
		"just fresh":                       {delivery(sealed(good), now.Add(-5*time.Minute), testKey), 200, "im.message.receive_v1/accepted"},
		"a clock that is ahead a little":   {delivery(sealed(good), now.Add(5*time.Minute), testKey), 200, "im.message.receive_v1/accepted"},
		"stale":                            {delivery(sealed(good), now.Add(-301*time.Second), testKey), 401, "/stale"},
		"from the future":                  {delivery(sealed(good), now.Add(301*time.Second), testKey), 401, "/stale"},
		"signed with another key":          {delivery(sealed(good), now, "other"), 401, "/bad_signature"},
		"signature cut short":              {withSignature(delivery(sealed(good), now, testKey), func(s string) string { return s[:40] }), 401, "/bad_signature"},
		"signature missing":                {withSignature(delivery(sealed(good), now, testKey), func(string) string { return "" }), 401, "/bad_signature"},
		"no signature headers":             {unsigned(sealed(good)), 401, "/bad_signature"},
		"plain and unsigned":               {unsigned(good), 401, "/bad_signature"},
		"plain though signed":              {delivery(good, now, testKey), 401, "/bad_signature"},
		"plain challenge":                  {unsigned(challenge), 401, "/bad_signature"},
		"plain challenge, signed":          {delivery(challenge, now, testKey), 401, "/bad_signature"},
		"encrypted challenge":              {unsigned(sealed(challenge)), 200, "/challenge"},
		"encrypted and signed challenge":   {delivery(sealed(challenge), now, testKey), 200, "/challenge"},
		"challenge with a wrong signature": {delivery(sealed(challenge), now, "other"), 401, "/bad_signature"},
		"challenge with another token":     {unsigned(sealed(bytes.Replace(challenge, []byte(testToken), []byte("x"), 1))), 401, "/bad_signature"},
		"challenge without a challenge":    {delivery(sealed([]byte(`{"token":"`+testToken+`","type":"url_verification"}`)), now, testKey), 400, "/not_event"},
		"an event like a check, unsigned":  {unsigned(sealed(with(func(_, h, _ map[string]any) { h["x"] = "url_verification" }))), 401, "/bad_signature"},
		"a very long challenge":            {unsigned(sealed(fmt.Appendf(nil, `{"challenge":%q,"token":%q,"type":"url_verification"}`, strings.Repeat("c", 5000), testToken))), 401, "/bad_signature"},
		"another verification token":       {delivery(sealed(with(func(_, h, _ map[string]any) { h["token"] = "x" })), now, testKey), 401, "/wrong_token"},
		"no verification token":            {delivery(sealed(with(func(_, h, _ map[string]any) { delete(h, "token") })), now, testKey), 401, "/wrong_token"},
		"no app id":                        {delivery(sealed(with(func(_, h, _ map[string]any) { delete(h, "app_id") })), now, testKey), 401, "/wrong_app"},
		"a challenge that is half signed":  {withSignature(delivery(sealed(challenge), now, testKey), func(string) string { return "" }), 401, "/bad_signature"},
		"a very long time stamp":           {signedWith(sealed(good), strings.Repeat("0", 300)+stampOf(now), "nonce"), 401, "/bad_signature"},
		"a very long nonce":                {signedWith(sealed(good), stampOf(now), strings.Repeat("n", 300)), 401, "/bad_signature"},
		"a person without an id":           {delivery(sealed(with(func(_, _, e map[string]any) { delete(e["sender"].(map[string]any), "sender_id") })), now, testKey), 400, "/not_event"},
		"an app without an id":             {delivery(sealed(with(func(_, _, e map[string]any) { e["sender"] = map[string]any{"sender_type": "app"} })), now, testKey), 200, "im.message.receive_v1/accepted"},
		"a click without a chat":           {delivery(sealed(sample(t, "card.action.trigger.request", func(_, _, e map[string]any) { delete(e["context"].(map[string]any), "open_chat_id") })), now, testKey), 400, "/not_event"},
		"a click without a message":        {delivery(sealed(sample(t, "card.action.trigger.request", func(_, _, e map[string]any) { delete(e["context"].(map[string]any), "open_message_id") })), now, testKey), 400, "/not_event"},
		"a click without a person":         {delivery(sealed(sample(t, "card.action.trigger.request", func(_, _, e map[string]any) { delete(e["operator"].(map[string]any), "open_id") })), now, testKey), 400, "/not_event"},
		"another app":                      {delivery(sealed(with(func(_, h, _ map[string]any) { h["app_id"] = "cli_other" })), now, testKey), 401, "/wrong_app"},
		"no event id":                      {delivery(sealed(with(func(_, h, _ map[string]any) { delete(h, "event_id") })), now, testKey), 400, "/not_event"},
		"no message":                       {delivery(sealed(with(func(_, _, e map[string]any) { delete(e, "message") })), now, testKey), 400, "/not_event"},
		"a message of another type":        {delivery(sealed(with(func(_, _, e map[string]any) { e["message"] = "text" })), now, testKey), 400, "/not_event"},
		"signed, encrypted, no JSON":       {delivery(sealed([]byte("hello")), now, testKey), 400, "/not_event"},
		"signed, encrypted, a list":        {delivery(sealed([]byte("[]")), now, testKey), 400, "/not_event"},
		"signed, encrypted, other JSON":    {delivery(sealed([]byte(`{"a":1}`)), now, testKey), 400, "/not_event"},
		"signed, nothing known":            {delivery([]byte(`{"a":1}`), now, testKey), 400, "/not_event"},
		"signed, encrypted otherwise":      {delivery(events.Encrypt("other", good), now, testKey), 400, "/not_event"},
		"signed and empty":                 {delivery(nil, now, testKey), 400, "/not_event"},
		"an unknown type":                  {delivery(sealed(sample(t, "im.message.message_read_v1", nil)), now, testKey), 200, "other/ignored"},
		"the older schema":                 {delivery(sealed([]byte(`{"uuid":"u","token":"`+testToken+`","ts":"1.5","type":"event_callback","event":{"type":"add_bot","app_id":"`+testApp+`","message":"x"}}`)), now, testKey), 200, "other/ignored"},
		"the older schema, another token":  {delivery(sealed([]byte(`{"uuid":"u","token":"x","type":"event_callback","event":{"type":"add_bot","app_id":"`+testApp+`"}}`)), now, testKey), 401, "/wrong_token"},
		"the older schema, another app":    {delivery(sealed([]byte(`{"uuid":"u","token":"`+testToken+`","type":"event_callback","event":{"type":"add_bot","app_id":"x"}}`)), now, testKey), 401, "/wrong_app"},
		"another content type":             {withType(delivery(sealed(good), now, testKey), "text/plain"), 415, "/not_json"},
		"no content type":                  {withType(delivery(sealed(good), now, testKey), ""), 415, "/not_json"},
		"too large":                        {delivery(bytes.Repeat([]byte("a"), events.MaxEventSize+1), now, testKey), 413, "/too_large"},
		"too large, of unknown length":     {chunked(delivery(bytes.Repeat([]byte("a"), events.MaxEventSize+1), now, testKey)), 413, "/too_large"},
		"large but not too large":          {chunked(delivery(sealed(with(func(_, h, _ map[string]any) { h["x"] = strings.Repeat("x", 700<<10) })), now, testKey)), 200, "im.message.receive_v1/accepted"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHook(t)
			rec := h.serve(tt.request)
			if rec.Code != tt.status {
				t.Errorf("status = %d, want %d; body %s", rec.Code, tt.status, rec.Body)
			}
			if diff := cmp.Diff([]string{tt.outcome}, h.outcomes); diff != "" {
				t.Errorf("outcome (-want +got):\n%s", diff)
			}
			if got, want := len(h.events) == 1, strings.HasSuffix(tt.outcome, "/accepted"); got != want {
				t.Errorf("handled = %t, want %t", got, want)
			}
			if got := rec.Header().Get("Content-Type"); got != "application/json; charset=utf-8" {
				t.Errorf("content type = %q", got)
			}
			if !json.Valid(rec.Body.Bytes()) {
				t.Errorf("body %q is not JSON", rec.Body)
			}
			if s := rec.Body.String() + h.log.String(); strings.Contains(s, testToken) || strings.Contains(s, testKey) {
				t.Errorf("a secret in %q", s)
			}
		})
	}
}

func withSignature(r *http.Request, edit func(string) string) *http.Request {
	r.Header.Set("X-Lark-Signature", edit(r.Header.Get("X-Lark-Signature")))
	return r
}

func stampOf(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// signedWith is a delivery that is signed under any time stamp and nonce.
func signedWith(body []byte, stamp, nonce string) *http.Request {
	r := delivery(body, testNow(), testKey)
	r.Header.Set("X-Lark-Request-Timestamp", stamp)
	r.Header.Set("X-Lark-Request-Nonce", nonce)
	r.Header.Set("X-Lark-Signature", events.Sign(stamp, nonce, testKey, body))
	return r
}

func withType(r *http.Request, contentType string) *http.Request {
	r.Header.Set("Content-Type", contentType)
	return r
}

func chunked(r *http.Request) *http.Request {
	r.ContentLength, r.Body = -1, io.NopCloser(io.MultiReader(r.Body))
	return r
}

func TestWebhookAnswersTheChallenge(t *testing.T) {
	t.Parallel()
	r := delivery(sealed([]byte(`{"challenge":"a\"<b>","token":"`+testToken+`","type":"url_verification"}`)), testNow(), testKey)
	if got, want := newHook(t).serve(r).Body.String(), `{"challenge":"a\"<b>"}`; got != want {
		t.Errorf("body = %s, want %s", got, want)
	}
}

func TestWebhookAnswersAClick(t *testing.T) {
	t.Parallel()
	toast := &events.Toast{Type: events.ToastInfo, Content: "好"}
	tests := map[string]struct {
		response events.Response
		want     string
	}{
		"nothing changes": {events.Response{}, `{}`},
		"a toast":         {events.Response{Toast: toast}, `{"toast":{"type":"info","content":"好"}}`},
		"a card":          {events.Response{Card: []byte(`{"schema":"2.0"}`)}, `{"card":{"type":"raw","data":{"schema":"2.0"}}}`},
		"both": {
			events.Response{Toast: toast, Card: []byte(`{"a":"<"}`)},
			`{"toast":{"type":"info","content":"好"},"card":{"type":"raw","data":{"a":"<"}}}`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHook(t)
			h.answer = func(context.Context, *events.Event) (events.Response, error) { return tt.response, nil }
			rec := h.serve(delivery(sealed(sample(t, "card.action.trigger.request", nil)), testNow(), testKey))
			if rec.Code != 200 || rec.Body.String() != tt.want {
				t.Errorf("answer = %d %s, want 200 %s", rec.Code, rec.Body, tt.want)
			}
		})
	}
}

func TestWebhookAsksForAnEventAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		event string
		err   error
		card  string
		level string
	}{
		"unavailable":     {"im.message.receive_v1", fmt.Errorf("claim: %w", events.ErrUnavailable), "", "WARN"},
		"any other error": {"im.message.receive_v1", errors.New("boom"), "", "ERROR"},
		"a broken card":   {"card.action.trigger.request", nil, "{", "ERROR"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHook(t)
			h.answer = func(context.Context, *events.Event) (events.Response, error) {
				return events.Response{Card: []byte(tt.card)}, tt.err
			}
			rec := h.serve(delivery(sealed(sample(t, tt.event, nil)), testNow(), testKey))
			if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
				t.Errorf("answer = %d, headers %v; want 503 with Retry-After", rec.Code, rec.Header())
			}
			if strings.Contains(rec.Body.String(), "boom") {
				t.Errorf("the body tells the inside: %s", rec.Body)
			}
			if !strings.Contains(h.log.String(), "level="+tt.level) || strings.Contains(h.log.String(), "hello") {
				t.Errorf("log = %s, want one line of level %s without the message", &h.log, tt.level)
			}
		})
	}
}

func TestWebhookPassesTheRequestsContextOnWithADeadline(t *testing.T) {
	t.Parallel()
	type key struct{}
	h := newHook(t)
	h.answer = func(ctx context.Context, _ *events.Event) (events.Response, error) {
		deadline, ok := ctx.Deadline()
		if left := time.Until(deadline); !ok || left > events.EventDeadline || left < events.EventDeadline/2 {
			t.Errorf("deadline in %v, want in about %v", left, events.EventDeadline)
		}
		if ctx.Value(key{}) != "mine" {
			t.Error("the context is not the request's")
		}
		return events.Response{}, nil
	}
	r := delivery(sealed(sample(t, "im.message.receive_v1", nil)), testNow(), testKey)
	h.serve(r.WithContext(context.WithValue(r.Context(), key{}, "mine")))
	if len(h.events) != 1 {
		t.Fatal("the event did not arrive")
	}
}

func TestNewWebhookNeedsItsKeys(t *testing.T) {
	t.Parallel()
	handle := func(context.Context, *events.Event) (events.Response, error) { return events.Response{}, nil }
	full := events.WebhookSettings{AppID: "a", EncryptKey: "k", VerificationToken: "v", Handle: handle}
	for name, edit := range map[string]func(*events.WebhookSettings){
		"no app id":             func(s *events.WebhookSettings) { s.AppID = "" },
		"no encrypt key":        func(s *events.WebhookSettings) { s.EncryptKey = "" },
		"no verification token": func(s *events.WebhookSettings) { s.VerificationToken = "" },
		"no handler":            func(s *events.WebhookSettings) { s.Handle = nil },
	} {
		s := full
		edit(&s)
		if _, err := events.NewWebhook(s); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestDeliveriesAtOnceKeepApart(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	texts := map[string]int{}
	w, err := events.NewWebhook(events.WebhookSettings{
		AppID: testApp, EncryptKey: testKey, VerificationToken: testToken, Now: testNow,
		Handle: func(_ context.Context, e *events.Event) (events.Response, error) {
			mu.Lock()
			defer mu.Unlock()
			texts[e.Message.Text]++
			return events.Response{}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	handler := engine(w.ServeGin)
	const deliveries = 100
	var wg sync.WaitGroup
	for i := range deliveries {
		body := sealed(sample(t, "im.message.receive_v1", func(_, _, e map[string]any) {
			e["message"].(map[string]any)["content"] = fmt.Sprintf(`{"text":"%d"}`, i)
		}))
		wg.Go(func() { handler.ServeHTTP(httptest.NewRecorder(), delivery(body, testNow(), testKey)) })
	}
	wg.Wait()
	if len(texts) != deliveries {
		t.Errorf("%d different messages arrived, want %d", len(texts), deliveries)
	}
}
