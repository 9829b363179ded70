package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"usagebot/config"
)

// canary is the part that all secrets of these tests share: where it shows up, one of them has got out.
const canary = "s3cret"

func secretive(t *testing.T) config.Config {
	t.Helper()
	return load(t, environ(
		"REDIS_URL=redis://"+canary+":"+canary+"@a:1,b:2?master_name=m&sentinel_password="+canary,
		"DATABASE_URL=postgres://"+canary+":"+canary+"@db/x?password="+canary,
	), nil)
}

// printings returns v in every way in which a value is printed.
func printings(v any) map[string]string {
	hidden := struct{ unexported any }{v}
	all := map[string]string{}
	for _, verb := range strings.Split("v +v #v s q x X d p T t b o U e g c # x", " ") {
		all["%"+verb] = fmt.Sprintf("%"+verb, v)
		all["%"+verb+" inside a struct"] = fmt.Sprintf("%"+verb, hidden)
		all["%"+verb+" in a list"] = fmt.Sprintf("%"+verb, []any{v, &v})
	}
	asJSON, err := json.Marshal(map[string]any{"v": v})
	all["json"] = fmt.Sprint(string(asJSON), err)
	asYAML, err := yaml.Marshal(map[string]any{"v": v})
	all["yaml"] = fmt.Sprint(string(asYAML), err)
	var b bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&b, nil), slog.NewJSONHandler(&b, nil)} {
		slog.New(h).Info("settings", "v", v, slog.Group("g", "v", v), "list", []any{v})
	}
	all["slog"] = b.String()
	all["error"] = fmt.Errorf("wrong: %v: %w", v, errors.New("x")).Error()
	return all
}

func TestNoPrintingShowsASecret(t *testing.T) {
	t.Parallel()
	c := secretive(t)
	values := map[string]any{
		"config": c, "pointer": &c, "secret": c.AppSecret, "pointer to secret": &c.AppSecret, "redis": c.RedisURL, "database": c.DatabaseURL,
	}
	hexed := fmt.Sprintf("%x", canary)
	for name, v := range values {
		for way, text := range printings(v) {
			if strings.Contains(text, canary) || strings.Contains(strings.ToLower(text), hexed) {
				t.Errorf("%s by %s shows a secret: %s", name, way, text)
			}
		}
	}
}

func TestPrintedSecrets(t *testing.T) {
	t.Parallel()
	secret, none := config.NewSecret("x"), config.NewSecret("")
	for way, got := range map[string]string{
		"%v": fmt.Sprintf("%v", secret), "%#v": fmt.Sprintf("%#v", secret), "%q": fmt.Sprintf("%q", secret), "%x": fmt.Sprintf("%x", secret),
		"String": secret.String(), "GoString": secret.GoString(), "LogValue": secret.LogValue().String(),
	} {
		if got != "<secret>" {
			t.Errorf("%s: got %q, want <secret>", way, got)
		}
	}
	if none.String() != "" || !none.IsZero() || none.Reveal() != "" {
		t.Error("the empty secret is something")
	}
	if !secret.Equal(config.NewSecret("x")) || secret.Equal(none) {
		t.Error("secrets are compared wrongly")
	}
}

func TestAddressesThatWereNeverChecked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "",
		"s3cret":                       "<secret>",
		"redis://u:a@b@host":           "redis://<secret>@host",
		"redis://u:a/b@host/1":         "redis://<secret>@host/1",
		"redis://u:a?b@host?db=1":      "redis://<secret>@host?…",
		"redis://:a@one,redis://:b@on": "redis://<secret>@on",
	} {
		if got := config.NewURL(text).String(); got != want {
			t.Errorf("%q prints as %q, want %q", text, got, want)
		}
	}
}

func TestDumpShowsEverySetting(t *testing.T) {
	t.Parallel()
	want := `FEISHU_APP_ID=cli_a1b2
FEISHU_APP_SECRET=<secret>
FEISHU_ENCRYPT_KEY=<secret>
FEISHU_VERIFICATION_TOKEN=<secret>
FEISHU_BASE_URL=https://open.feishu.cn
EVENT_MODE=webhook
LISTEN_ADDR=:8080
REDIS_URL=redis://<secret>@a:1,b:2?…
DATABASE_URL=postgres://<secret>@db/x?…
DATA_DIR=./data
TIMEZONE=Asia/Shanghai
PLATFORM_TIMEZONE=Asia/Shanghai
APPS=cli_a1b2
ADMINS=
LANGUAGE=zh
CALENDAR=cn
HOLIDAYS_FILE=
DIGEST_JITTER=1m30s
READINESS_POLL=5m0s
READINESS_DEADLINE=14:00
DELIVERY_LEASE=2m0s
ACCESS=everyone
EXTERNAL=refuse
MAX_SUBSCRIPTIONS_PER_CHAT=20
MAX_SUBSCRIPTIONS_PER_PERSON=50
MAX_SUBSCRIPTIONS=20000
RATE_PERSON=20/min
RATE_CHAT=60/min
RETENTION_DELIVERIES=400d
RETENTION_AUDIT=1000d
RETENTION_HISTORY=0
LOG_LEVEL=info
LOG_FORMAT=
`
	if got := secretive(t).String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var b bytes.Buffer
	slog.New(slog.NewTextHandler(&b, nil)).Info("starting", "config", secretive(t))
	if !strings.Contains(b.String(), "config.feishu_app_secret=<secret> ") || !strings.Contains(b.String(), "config.timezone=Asia/Shanghai ") {
		t.Errorf("log lacks settings: %s", b.String())
	}
	b.Reset()
	named := load(t, environ("APPS=cli_aaa=商城,cli_bbb"), nil)
	slog.New(slog.NewTextHandler(&b, nil)).Info("starting", "config", named)
	if !strings.Contains(b.String(), "config.apps=cli_aaa,cli_bbb ") || !strings.Contains(named.String(), "APPS=cli_aaa=商城,cli_bbb\n") {
		t.Errorf("the log does not name the apps by their ids: %s", b.String())
	}
}
