package sandbox_test

import (
	"testing"
	"time"

	"usagebot/sandbox/sandboxtest"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	o := sb.Options()
	path := "/open-apis/auth/v3/tenant_access_token/internal"
	for name, tt := range map[string]struct {
		id, secret string
		code       int
	}{
		"wrong id":     {"cli_other", o.AppSecret, 10003},
		"wrong secret": {o.AppID, "other", 10015},
		"right":        {o.AppID, o.AppSecret, 0},
	} {
		r := ask(t, sb, "POST", path, "", map[string]string{"app_id": tt.id, "app_secret": tt.secret})
		if r.Code != tt.code || (r.Token != "") != (tt.code == 0) {
			t.Errorf("%s: code %d, token given: %v", name, r.Code, r.Token != "")
		}
	}
	first := tokenOf(t, sb)
	sb.Clock().Advance(90 * time.Minute)
	if tokenOf(t, sb) != first {
		t.Error("with half an hour left the same token is given")
	}
	sb.Clock().Advance(time.Second)
	second := tokenOf(t, sb)
	if second == first {
		t.Error("in the last half hour a new token is given")
	}
	info := "/open-apis/bot/v3/info"
	if code := ask(t, sb, "GET", info, first, nil).Code; code != 0 {
		t.Errorf("the old token beside the new one: code %d", code)
	}
	sb.Clock().Advance(30 * time.Minute)
	if code := ask(t, sb, "GET", info, first, nil).Code; code != 99991663 {
		t.Errorf("an expired token: code %d", code)
	}
	sb.RevokeTokens()
	if code := ask(t, sb, "GET", info, second, nil).Code; code != 99991663 {
		t.Errorf("a revoked token: code %d", code)
	}
	if bot := ask(t, sb, "GET", info, tokenOf(t, sb), nil).Bot; bot["open_id"] != sb.BotOpenID() || bot["app_name"] != "用量助手" {
		t.Errorf("bot info %v", bot)
	}
}

func TestGateway(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	token := tokenOf(t, sb)
	tests := map[string]struct {
		method, path, token string
		status, code        int
	}{
		"no such path":    {"GET", "/open-apis/nothing", token, 404, 99991201},
		"another method":  {"GET", "/open-apis/application/v6/applications/x/app_usage/overview", token, 400, 99991301},
		"no token":        {"GET", "/open-apis/bot/v3/info", "", 400, 99991661},
		"malformed token": {"GET", "/open-apis/bot/v3/info", "abc", 400, 99991671},
		"unknown token":   {"GET", "/open-apis/bot/v3/info", "t-abc", 400, 99991663},
	}
	for name, tt := range tests {
		r := ask(t, sb, tt.method, tt.path, tt.token, nil)
		if r.Status != tt.status || r.Code != tt.code {
			t.Errorf("%s: status %d code %d, want %d and %d", name, r.Status, r.Code, tt.status, tt.code)
		}
		if id := r.header.Get("X-Tt-Logid"); id == "" || id != r.Error.LogID {
			t.Errorf("%s: log id %q in the header, %q in the body", name, id, r.Error.LogID)
		}
	}
	sb.SetStopped(true)
	if code := ask(t, sb, "GET", "/open-apis/bot/v3/info", token, nil).Code; code != 99991662 {
		t.Errorf("a stopped app: code %d", code)
	}
}
