package templates_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/templates"
)

// TestThePlatformTakesEveryCard sends each view to the stand-in, which checks cards after the platform's tables.
func TestThePlatformTakesEveryCard(t *testing.T) {
	t.Parallel()
	all, sb := newTemplates(t), sandboxtest.Start(t)
	sb.SetLimits(sandbox.Limits{})
	credentials := map[string]string{"app_id": sb.Options().AppID, "app_secret": sb.Options().AppSecret}
	token := post(t, sb, "/open-apis/auth/v3/tenant_access_token/internal", "", credentials).Token
	for name, view := range views() {
		for _, lang := range templates.Languages() {
			r := post(t, sb, "/open-apis/im/v1/messages?receive_id_type=chat_id", token, map[string]string{
				"receive_id": sb.Group().ID, "msg_type": "interactive", "content": string(view(all, lang).JSON()),
			})
			if r.Code != 0 {
				t.Errorf("%s in %s: %d %s", name, lang, r.Code, r.Msg)
			}
		}
	}
}

// reply is what the platform answers, as far as it matters here.
type reply struct {
	Code  int    `json:"code"`
	Msg   string `json:"msg"`
	Token string `json:"tenant_access_token"`
}

func post(t *testing.T, sb *sandbox.Sandbox, path, token string, body any) (r reply) {
	t.Helper()
	encoded, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, bytes.NewReader(encoded))
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("Authorization", fmt.Sprintf("Bearer %s", token))
	answer := httptest.NewRecorder()
	sb.ServeHTTP(answer, request)
	if err := json.Unmarshal(answer.Body.Bytes(), &r); err != nil {
		t.Fatalf("%s answered %d %s", path, answer.Code, answer.Body)
	}
	return r
}
