package sandbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault   sandbox.Fault
		dropped bool
		status  int
		code    int
		effect  bool
	}{
		"a code":                 {sandbox.Fault{Endpoint: "message.create", Code: 230020}, false, 400, 230020, false},
		"a code by path":         {sandbox.Fault{Endpoint: "/open-apis/im/v1/*", Code: 230020}, false, 400, 230020, false},
		"another endpoint":       {sandbox.Fault{Endpoint: "overview", Code: 211004}, false, 200, 0, true},
		"dropped answer":         {sandbox.Fault{Endpoint: "message.*", DropAnswer: true}, true, 0, 0, true},
		"dropped request":        {sandbox.Fault{Endpoint: "message.*", DropAnswer: true, BeforeEffect: true}, true, 0, 0, false},
		"gateway's page":         {sandbox.Fault{HTML: true}, false, 502, 0, true},
		"gateway's page, before": {sandbox.Fault{HTML: true, HTTPStatus: 504, BeforeEffect: true}, false, 504, 0, false},
		"bare status":            {sandbox.Fault{HTTPStatus: 500}, false, 500, 2200, true},
		"late":                   {sandbox.Fault{Latency: time.Millisecond}, false, 200, 0, true},
	} {
		sb := sandboxtest.Start(t)
		token := tokenOf(t, sb)
		tt.fault.Times = 1
		sb.AddFault(tt.fault)
		send := func() (reply, error) {
			return try(t, sb, "POST", messagesPath+"?receive_id_type=chat_id", token, textMessage(sb.Group().ID, "x", ""))
		}
		r, err := send()
		if (err != nil) != tt.dropped || r.Status != tt.status || r.Code != tt.code {
			t.Errorf("%s: %v, status %d, code %d", name, err, r.Status, r.Code)
		}
		if got := len(sb.BotMessages("")) == 1; got != tt.effect {
			t.Errorf("%s: took effect %v, want %v", name, got, tt.effect)
		}
		if r, err := send(); tt.fault.Endpoint != "overview" && (err != nil || r.Code != 0) {
			t.Errorf("%s: the call after: %v, code %d", name, err, r.Code)
		}
	}
}

func TestThrottlingFault(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	token := tokenOf(t, sb)
	sb.AddFault(sandbox.Fault{Endpoint: "overview", Code: 99991400, Reset: 52})
	r := ask(t, sb, "POST", overviewPath(sb.Apps()[0].ID), token, nil)
	if r.Status != 429 || r.Code != 99991400 || r.header.Get("x-ogw-ratelimit-reset") != "52" {
		t.Errorf("status %d, code %d, %v", r.Status, r.Code, r.header)
	}
	sb.ClearFaults()
	if r := ask(t, sb, "POST", overviewPath("x"), token, question{"date": "2026-11-19", "cycle_type": 1, "ability": "app"}); r.Code != 211005 {
		t.Errorf("without faults: code %d", r.Code)
	}
}

func TestCallsAreRecorded(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	token := tokenOf(t, sb)
	sb.AddFault(sandbox.Fault{Endpoint: "bot.info", DropAnswer: true, Times: 1})
	// A GET that is dropped on a connection in use is repeated by net/http itself, so the first of the two is dropped.
	_, _ = try(t, sb, "GET", "/open-apis/bot/v3/info", token, nil)
	calls := sb.Calls("")
	if calls[0].Endpoint != "token" || calls[0].Status != 200 || !calls[0].At.Equal(noon()) || calls[0].LogID == "" {
		t.Errorf("the first call: %+v", calls[0])
	}
	if dropped := sb.Calls("bot.info")[0]; dropped.Status != 0 || !strings.HasSuffix(dropped.Path, "/info") {
		t.Errorf("the dropped call: %+v", dropped)
	}
}

// direct makes a call without a network, which time in a bubble cannot pass through. It reports whether it was answered.
func direct(ctx context.Context, sb *sandbox.Sandbox, path, token, body string) (w *httptest.ResponseRecorder, answered bool) {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	w, answered = httptest.NewRecorder(), true
	defer func() {
		if recover() != nil {
			answered = false
		}
	}()
	sb.ServeHTTP(w, r)
	return w, answered
}

func directToken(t *testing.T, sb *sandbox.Sandbox) string {
	t.Helper()
	o := sb.Options()
	body := fmt.Sprintf(`{"app_id":%q,"app_secret":%q}`, o.AppID, o.AppSecret)
	w, _ := direct(t.Context(), sb, "/open-apis/auth/v3/tenant_access_token/internal", "", body)
	var r reply
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil || r.Token == "" {
		t.Fatalf("no token: %v", err)
	}
	return r.Token
}

func TestLatency(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault    sandbox.Fault
		patience time.Duration
		took     time.Duration
		answered bool
		effect   bool
	}{
		"waited for":                   {sandbox.Fault{Latency: 5 * time.Second}, 10 * time.Second, 5 * time.Second, true, true},
		"never over a minute":          {sandbox.Fault{Latency: time.Hour}, time.Hour, time.Minute, true, true},
		"given up after the effect":    {sandbox.Fault{Latency: 5 * time.Second}, time.Second, time.Second, false, true},
		"given up before the effect":   {sandbox.Fault{Latency: 5 * time.Second, BeforeEffect: true}, time.Second, time.Second, false, false},
		"waited for before the effect": {sandbox.Fault{Latency: 5 * time.Second, BeforeEffect: true}, 10 * time.Second, 5 * time.Second, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sb, err := sandbox.New(sandbox.Options{People: 10})
				if err != nil {
					t.Fatal(err)
				}
				token := directToken(t, sb)
				tt.fault.Times = 1
				sb.AddFault(tt.fault)
				ctx, cancel := context.WithTimeout(t.Context(), tt.patience)
				defer cancel()
				start := time.Now()
				body, err := json.Marshal(textMessage(sb.Group().ID, "x", ""))
				if err != nil {
					t.Fatal(err)
				}
				_, answered := direct(ctx, sb, messagesPath+"?receive_id_type=chat_id", token, string(body))
				if took := time.Since(start); took != tt.took || answered != tt.answered {
					t.Errorf("it took %v, answered %v", took, answered)
				}
				if effect := len(sb.BotMessages("")) == 1; effect != tt.effect {
					t.Errorf("took effect: %v", effect)
				}
			})
		})
	}
}
