package events

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/gin-gonic/gin"
)

func seeds(f *testing.F) [][]byte {
	f.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		f.Fatalf("no samples: %v", err)
	}
	var all [][]byte
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

func quietWebhook(f *testing.F) http.Handler {
	f.Helper()
	w, err := NewWebhook(WebhookSettings{
		AppID: "cli_9f5343c580712544", EncryptKey: "k", VerificationToken: "v",
		Handle: func(context.Context, *Event) (Response, error) { return Response{}, nil },
	})
	if err != nil {
		f.Fatal(err)
	}
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.POST("/", w.ServeGin)
	return e
}

// Any body without a signature is refused.
func FuzzWebhookBody(f *testing.F) {
	h := quietWebhook(f)
	for _, b := range seeds(f) {
		f.Add(b, "", "")
		f.Add(Encrypt("k", b), "1764000000", "x")
	}
	f.Add([]byte(`{"encrypt":"P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="}`), "", "")
	f.Add([]byte(`{"challenge":"c","token":"v","type":"url_verification"}`), "", "")
	f.Fuzz(func(t *testing.T, body []byte, stamp, signature string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Lark-Request-Timestamp", stamp)
		r.Header.Set("X-Lark-Signature", signature)
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		if rec.Code == http.StatusOK || rec.Code >= 500 {
			t.Errorf("status %d for %q", rec.Code, body)
		}
	})
}

// An accepted event has the fields that its type needs.
func FuzzDecode(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Add([]byte(`{"schema":"2.0","header":{"event_id":1,"event_type":null},"event":[]}`))
	f.Fuzz(func(t *testing.T, plain []byte) {
		e, err := parse(plain)
		if err != nil {
			return
		}
		ev, err := e.knownEvent()
		if err != nil || ev == nil {
			return
		}
		if ev.ID == "" || ev.Type == "" {
			t.Fatalf("an event without an id or a type: %+v", ev)
		}
		switch {
		case ev.Message != nil:
			if ev.Message.ID == "" || ev.Message.ChatID == "" {
				t.Errorf("message %+v", ev.Message)
			}
		case ev.Click != nil:
			if ev.Click.OperatorID == "" || ev.Click.MessageID == "" {
				t.Errorf("click %+v", ev.Click)
			}
		case ev.Chat == nil && ev.Menu == nil && ev.Department == "":
			t.Errorf("nothing in %+v", ev)
		}
	})
}

// A message's content is read without a failure, names no mention twice, and gives no text to what has none.
func FuzzContent(f *testing.F) {
	f.Add("text", `{"text":"@_user_1 /usage app:[shop.cn](http://shop.cn)"}`, "")
	f.Add("post", `{"zh_cn":{"title":"T","content":[[{"tag":"at","user_id":"ou_1"},{"tag":"a","text":"","href":"http://x"}]]}}`, "@_user_1")
	f.Add("post", `{"post":{"en_us":{"content":[{"tag":"text","text":"&lt;","un_escape":true},[{"tag":"li","content":[[{"tag":"code_block","text":"b"}]]}]]}}}`, "")
	f.Add("image", `{"image_key":"k"}`, "")
	f.Fuzz(func(t *testing.T, kind, content, key string) {
		m := Message{Type: kind}
		if key != "" {
			m.Mentions = []Mention{{Key: key}}
		}
		m.readContent(content)
		seen := map[string]bool{}
		for _, mention := range m.Mentions {
			if seen[mention.Key] {
				t.Fatalf("two mentions are called %q", mention.Key)
			}
			seen[mention.Key] = true
		}
		if kind != "text" && kind != "post" && m.Text+m.Title != "" {
			t.Fatalf("a %q says %q", kind, m.Text)
		}
	})
}
