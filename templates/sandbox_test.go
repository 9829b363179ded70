package templates_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/locale"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

// TestThePlatformTakesEveryCard sends each view to the stand-in, which checks cards after the platform's tables.
func TestThePlatformTakesEveryCard(t *testing.T) {
	t.Parallel()
	all, sb := newTemplates(t), sandboxtest.Start(t)
	sb.SetLimits(sandbox.Limits{})
	credentials := map[string]string{"app_id": sb.Options().AppID, "app_secret": sb.Options().AppSecret}
	token := post(t, sb, "/open-apis/auth/v3/tenant_access_token/internal", "", credentials).Token
	for name, view := range views() {
		for _, lang := range locale.Languages() {
			c := view(all, lang)
			for form, content := range map[string][]byte{"card": c.JSON(), "compact card": c.Compact()} {
				r := post(t, sb, "/open-apis/im/v1/messages?receive_id_type=chat_id", token, map[string]string{
					"receive_id": sb.Group().ID, "msg_type": "interactive", "content": string(content),
				})
				if r.Code != 0 {
					t.Errorf("%s of %s in %s: %d %s", form, name, lang, r.Code, r.Msg)
				}
			}
		}
	}
}

// TestTextIsWhatTheCardShows compares the text of each view with what the sandbox reads in its JSON, which knows nothing of
// how the card was made.
func TestTextIsWhatTheCardShows(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for name, view := range views() {
		for _, lang := range locale.Languages() {
			c := view(all, lang)
			if diff := cmp.Diff(sandbox.CardText(string(c.JSON())), c.Text()); diff != "" || c.Text() == "" {
				t.Errorf("%s in %s (-shown +text):\n%s", name, lang, diff)
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
