package sandbox_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"usagebot/sandbox"
	"usagebot/sandbox/company"
	"usagebot/sandbox/sandboxtest"
)

func TestControl(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	startBot(t, sb)
	alice, group := sb.People()[0].OpenID, sb.Group().ID
	card := clickable(t, sb)
	for _, tt := range []struct {
		name, method, path string
		body               any
		status             int
		says               string
	}{
		{"say", "POST", "/sandbox/say", map[string]any{"chat": group, "person": alice, "text": "/help"}, 200, `"taken":true`},
		{"disband", "POST", "/sandbox/disband", map[string]any{"chat": "oc_none", "person": alice}, 400, "error"},
		{"send", "POST", "/sandbox/send", map[string]any{"chat": group, "person": alice, "msg_type": "post", "content": map[string]any{"title": "/help"}}, 200, `"taken":true`},
		{"send without a type", "POST", "/sandbox/send", map[string]any{"chat": group, "person": alice, "content": map[string]any{}}, 400, "error"},
		{"say nowhere", "POST", "/sandbox/say", map[string]any{"chat": "oc_none", "person": alice, "text": "x"}, 400, "error"},
		{"say with more", "POST", "/sandbox/say", map[string]any{"chat": group, "loud": true}, 400, "unknown field"},
		{"click", "POST", "/sandbox/click", map[string]any{"message_id": card, "person": alice, "value": map[string]any{"c": 1}}, 200, `"status":200`},
		{"select", "POST", "/sandbox/click", map[string]any{"message_id": card, "person": alice, "action": map[string]any{"tag": "select_static", "option": "a"}}, 200, `"status":200`},
		{"an action without tag", "POST", "/sandbox/click", map[string]any{"message_id": card, "person": alice, "action": map[string]any{"option": "a"}}, 400, "tag"},
		{"an action with more", "POST", "/sandbox/click", map[string]any{"message_id": card, "person": alice, "action": map[string]any{"tag": "input", "text": "a"}}, 400, "form_value"},
		{"enter", "POST", "/sandbox/enter", map[string]any{"person": alice}, 200, "bot_p2p_chat_entered"},
		{"enter as nobody", "POST", "/sandbox/enter", map[string]any{"person": "ou_none"}, 400, "no person"},
		{"menu", "POST", "/sandbox/menu", map[string]any{"person": alice, "key": "help"}, 200, "application.bot.menu_v6"},
		{"remove the bot", "POST", "/sandbox/bot", map[string]any{"chat": group, "person": alice, "inside": false}, 200, "bot.deleted"},
		{"add the bot", "POST", "/sandbox/bot", map[string]any{"chat": group, "person": alice, "inside": true}, 200, "bot.added"},
		{"trouble", "POST", "/sandbox/trouble", map[string]any{"name": "plan", "on": true}, 200, `{"name":"plan","on":true}`},
		{"unknown trouble", "POST", "/sandbox/trouble", map[string]any{"name": "rain", "on": true}, 400, "throttled"},
		{"no trouble", "DELETE", "/sandbox/trouble", nil, 200, `{"name":"plan","on":false}`},
		{"messages", "GET", "/sandbox/messages?chat=" + group, nil, 200, "/help"},
		{"messages of another chat", "GET", "/sandbox/messages?chat=oc_none", nil, 200, "null"},
		{"chats", "GET", "/sandbox/chats", nil, 200, group},
		{"people", "GET", "/sandbox/people", nil, 200, alice},
		{"calls", "GET", "/sandbox/calls?endpoint=message.create", nil, 200, `"code":0`},
		{"deliveries", "GET", "/sandbox/deliveries", nil, 200, "im.message.receive_v1"},
		{"fault", "POST", "/sandbox/faults", map[string]any{"endpoint": "bot.info", "code": 99991400, "latency": "1ms", "reset": 7}, 200, ""},
		{"bad fault", "POST", "/sandbox/faults", map[string]any{"latency": "long"}, 400, "latency"},
		{"advance", "POST", "/sandbox/clock", map[string]any{"advance": "24h"}, 200, "2026-11-21T12:00:00+08:00"},
		{"go back", "POST", "/sandbox/clock", map[string]any{"advance": "-1h"}, 400, "advance"},
		{"set", "POST", "/sandbox/clock", map[string]any{"now": "2026-12-01T10:00:00+08:00"}, 200, `"newest":"2026-11-30"`},
	} {
		r := ask(t, sb, tt.method, tt.path, "", tt.body)
		if r.Status != tt.status || !strings.Contains(r.raw, tt.says) {
			t.Errorf("%s: %d %s, want %d and %q", tt.name, r.Status, r.raw, tt.status, tt.says)
		}
	}
	if r := ask(t, sb, "GET", "/open-apis/bot/v3/info", "", nil); r.Code != 99991400 {
		t.Errorf("the fault: code %d", r.Code)
	}
	ask(t, sb, "DELETE", "/sandbox/faults", "", nil)
	if r := ask(t, sb, "GET", "/open-apis/bot/v3/info", "", nil); r.Code != 99991661 {
		t.Errorf("no fault: code %d", r.Code)
	}
}

func TestControlKeepsStrangersOut(t *testing.T) {
	t.Parallel()
	sb := still(t)
	for name, tt := range map[string]struct {
		method, host, kind string
		status             int
	}{
		"this machine":        {"GET", "127.0.0.1:80", "", 200},
		"by its name":         {"GET", "localhost", "", 200},
		"another name":        {"GET", "evil.example", "", 403},
		"a form of some page": {"POST", "127.0.0.1", "text/plain", 415},
	} {
		r := httptest.NewRequestWithContext(t.Context(), tt.method, "http://"+tt.host+"/sandbox/clock", strings.NewReader("{}"))
		r.Header.Set("Content-Type", tt.kind)
		w := httptest.NewRecorder()
		sb.ServeHTTP(w, r)
		if w.Code != tt.status {
			t.Errorf("%s: status %d, want %d", name, w.Code, tt.status)
		}
	}
}

func TestItServesOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for addr, ok := range map[string]bool{":0": true, "127.0.0.1:0": true, "localhost:0": true, "0.0.0.0:0": false, "192.0.2.1:0": false, "nonsense": false} {
		sb := still(t)
		err := sb.Start(t.Context(), addr)
		if (err == nil) != ok {
			t.Errorf("%s: %v", addr, err)
		}
		if ok && !strings.HasPrefix(sb.URL(), "http://127.0.0.1:") && !strings.HasPrefix(sb.URL(), "http://[::1]:") {
			t.Errorf("%s: it serves on %s", addr, sb.URL())
		}
		if ok && sb.Start(t.Context(), addr) == nil {
			t.Errorf("%s: it starts twice", addr)
		}
		if err := sb.Close(); err != nil {
			t.Error(err)
		}
		if err := sb.Close(); err != nil {
			t.Errorf("a second Close: %v", err)
		}
	}
}

func TestOptionsThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]sandbox.Options{
		"too few people":      {People: 2},
		"another app first":   {AppID: "cli_a", Apps: []company.App{{ID: "cli_b"}}},
		"an app without name": {Apps: []company.App{{}, {Name: "x"}}},
	} {
		if _, err := sandbox.New(o); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestClockRunsFromWhereItWasSet(t *testing.T) {
	t.Parallel()
	base := noon()
	c := sandbox.NewClock(func() time.Time { return base })
	c.Set(base.AddDate(0, 0, 7))
	base = base.Add(time.Minute)
	c.Advance(time.Hour)
	if want := noon().AddDate(0, 0, 7).Add(time.Hour + time.Minute); !c.Now().Equal(want) {
		t.Errorf("%v, want %v", c.Now(), want)
	}
}
