package feishu

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"usagebot/usage"
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

// Whatever comes without a signature is refused.
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

// An event that is let through has what its type needs.
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
		ev, err := e.known()
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

func FuzzPlainText(f *testing.F) {
	f.Add([]byte(`{"header":{"title":{"tag":"plain_text","content":"t"}},"body":{"elements":[{"tag":"markdown","content":"[a](b)<br>**x**"}]}}`))
	f.Add([]byte(`{"body":{"elements":[{"tag":"table","columns":[{"name":"a"}],"rows":[{"a":1},{"a":[{"text":"x"}]}]}]}}`))
	f.Add([]byte(`{"body":{"elements":[{"tag":"column_set","columns":[{"elements":[{"tag":"column_set","columns":[null]}]}]}]}}`))
	f.Add([]byte(`{"elements":[{"tag":"collapsible_panel","header":{"title":{"content":"<<font"}},"elements":[{"tag":"hr"}]}]}`))
	f.Fuzz(func(t *testing.T, card []byte) {
		text := PlainText(card)
		if !utf8.ValidString(text) {
			t.Errorf("text %q is not UTF-8", text)
		}
		if len(text) > maxPlain {
			t.Errorf("text of %d bytes", len(text))
		}
		if !json.Valid(plainCard(card)) || !json.Valid([]byte(plainMessage(card))) {
			t.Error("the fallback is not JSON")
		}
		if smaller := smallCard(card); smaller != nil && !json.Valid(smaller) {
			t.Error("the smaller card is not JSON")
		}
	})
}

// Whatever the platform answers, Overview gives figures that stand in the answer, or an error; and so does
// DepartmentUsage.
func FuzzAPIAnswers(f *testing.F) {
	for _, body := range []string{
		`{"code":0,"msg":"success","data":{"items":[{"metric_name":"uv","metric_value":12}]}}`,
		`{"code":0,"data":{"items":[{"metric_name":"uv","metric_value":"12"}]}}`, `{"code":0,"data":{"items":[{"metric_name":"uv"`,
		`{"code":"0"}`, `{"code":0,"data":[]}`, `{"code":0,"data":{"items":{}}}`, `<html><body>502</body></html>`, ``, `null`,
		`{"code":211011,"msg":"data not found"}`, `{"code":99991672,"msg":"[a,b","error":{"permission_violations":[null]}}`,
		`{"code":0,"data":{"has_more":true,"page_token":"p","items":[{"department_id":"od-1","app":[{"metric_name":"uv","metric_value":3}],"bot":null}]}}`,
		`{"code":0,"data":{"items":[{"metric_name":"pv","metric_value":1e2}]}}`, `{"code":0,"error":7,"data":{"items":[]}}`,
	} {
		f.Add(200, []byte(body))
		f.Add(500, []byte(body))
	}
	a := &scripted{}
	server := httptest.NewServer(a)
	f.Cleanup(server.Close)
	c := New(Settings{AppID: "a", AppSecret: "s", BaseURL: server.URL})
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 200 || status > 599 || status == 204 || status == 304 {
			return
		}
		c.tokens.hold(token{Value: "t", Until: time.Now().Add(time.Hour)})
		a.status, a.body = status, body
		figures, err := c.Overview(t.Context(), usage.Ask{AppID: "cli_a", Ability: usage.Web, Cycle: usage.Daily, Date: usage.NewDate(2026, 1, 1)})
		if (err == nil) == (figures == nil) {
			t.Fatalf("figures %v, error %v", figures, err)
		}
		if err == nil && status != 200 {
			t.Errorf("figures %v under status %d", figures, status)
		}
		standIn(t, body, figures)
		page, err := c.DepartmentUsage(t.Context(), usage.DepartmentAsk{AppID: "cli_a", Cycle: usage.Daily, Date: usage.NewDate(2026, 1, 1), DepartmentID: "od-1"}, "")
		if err != nil && (page.Departments != nil || page.Next != "") || err == nil && status != 200 {
			t.Errorf("a page %v under status %d, error %v", page, status, err)
		}
		for _, d := range page.Departments {
			for _, figures := range d.Figures {
				standIn(t, body, figures)
			}
		}
	})
}

func standIn(t *testing.T, body []byte, figures usage.Figures) {
	t.Helper()
	for name, v := range figures {
		if !bytes.Contains(body, strconv.AppendInt(nil, v, 10)) {
			t.Errorf("figure %s = %d does not stand in %q", name, v, body)
		}
	}
}

type scripted struct {
	status int
	body   []byte
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if endpointOf(r.Method, r.URL.Path) == epToken {
		_, _ = w.Write([]byte(tokenOf("t").body))
		return
	}
	w.WriteHeader(s.status)
	_, _ = w.Write(s.body)
}
