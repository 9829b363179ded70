package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	lark "github.com/larksuite/oapi-sdk-go/v3"
	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"

	"usagebot/sandbox"
)

// reply is what came back over HTTP.
type reply struct {
	Status int
	Code   int    `json:"code"`
	Msg    string `json:"msg"`
	Error  struct {
		LogID                string `json:"log_id"`
		PermissionViolations []struct {
			Type, Subject string
		} `json:"permission_violations"`
	} `json:"error"`
	Data   json.RawMessage `json:"data"`
	Token  string          `json:"tenant_access_token"`
	Expire int             `json:"expire"`
	Bot    map[string]any  `json:"bot"`

	header http.Header
	raw    string
}

// ask makes one call without the SDK. A body that is no string is sent as JSON.
func ask(t *testing.T, sb *sandbox.Sandbox, method, path, token string, body any) reply {
	t.Helper()
	r, err := try(t, sb, method, path, token, body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return r
}

func try(t *testing.T, sb *sandbox.Sandbox, method, path, token string, body any) (reply, error) {
	t.Helper()
	raw, ok := body.(string)
	if !ok && body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		raw = string(b)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, sb.URL()+path, bytes.NewReader([]byte(raw)))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return reply{}, err
	}
	r := reply{header: resp.Header, raw: string(got)}
	if strings.HasPrefix(path, "/open-apis/") && strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(got, &r); err != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, got)
		}
	}
	r.Status = resp.StatusCode
	return r, nil
}

func tokenOf(t *testing.T, sb *sandbox.Sandbox) string {
	t.Helper()
	o := sb.Options()
	r := ask(t, sb, "POST", "/open-apis/auth/v3/tenant_access_token/internal", "", map[string]string{"app_id": o.AppID, "app_secret": o.AppSecret})
	if r.Token == "" {
		t.Fatalf("no token: %s", r.raw)
	}
	return r.Token
}

func sdk(sb *sandbox.Sandbox) *lark.Client {
	o := sb.Options()
	return lark.NewClient(o.AppID, o.AppSecret, lark.WithOpenBaseUrl(sb.URL()), lark.WithLogLevel(larkcore.LogLevelError))
}
