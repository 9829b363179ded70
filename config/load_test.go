package config_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/config"
	"usagebot/locale"
)

// files is a file system of names and contents.
type files map[string]string

func (f files) read(name string) ([]byte, error) {
	if name == "/denied" {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	text, ok := f[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

// required is the least environment with which the bot can serve.
func required() []string {
	return []string{
		"FEISHU_APP_ID=cli_a1b2", "FEISHU_APP_SECRET=app-s3cret",
		"FEISHU_ENCRYPT_KEY=key-s3cret", "FEISHU_VERIFICATION_TOKEN=token-s3cret",
	}
}

// environ is the required environment with the given pairs in front, which win.
func environ(pairs ...string) []string { return append(pairs, required()...) }

func load(t *testing.T, env []string, f files) config.Config {
	t.Helper()
	c, err := config.Load(config.Serve, env, f.read)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c
}

// problems loads what must be wrong and returns each problem's line.
func problems(t *testing.T, p config.Purpose, env []string, f files) []string {
	t.Helper()
	_, err := config.Load(p, env, f.read)
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*config.Error](err)
	if !ok {
		t.Fatalf("Load gave %T, want *config.Error", err)
	}
	var lines []string
	for _, p := range e.Problems {
		lines = append(lines, p.String())
	}
	return lines
}

// names reduces problems to the settings that they name.
func names(lines []string) []string {
	var names []string
	for _, l := range lines {
		name, _, _ := strings.Cut(l, " ")
		names = append(names, name)
	}
	return names
}

func location(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

var sameZone = cmp.Comparer(func(a, b *time.Location) bool { return a.String() == b.String() })

func TestDefaults(t *testing.T) {
	t.Parallel()
	want := config.Config{
		AppID:             "cli_a1b2",
		AppSecret:         config.NewSecret("app-s3cret"),
		EncryptKey:        config.NewSecret("key-s3cret"),
		VerificationToken: config.NewSecret("token-s3cret"),
		BaseURL:           "https://open.feishu.cn",
		EventMode:         config.Webhook,
		ListenAddr:        ":8080",
		DataDir:           "./data",
		TimeZone:          location(t, "Asia/Shanghai"),
		PlatformTimeZone:  location(t, "Asia/Shanghai"),
		Apps:              []config.App{{ID: "cli_a1b2"}},
		Access:            config.Everyone,
		External:          config.Refuse,
		RatePerson:        20,
		RateChat:          60,
		MaxSubscriptions:  20000,
		Language:          locale.Chinese,
		Calendar:          config.ChinaCalendar,
		DigestJitter:      90 * time.Second,
		ReadinessPoll:     5 * time.Minute,
		ReadinessDeadline: config.Clock{Hour: 14},
		DeliveryLease:     2 * time.Minute,
		LogLevel:          slog.LevelInfo,
		LogFormat:         config.AutoFormat,

		MaxSubscriptionsPerChat:   20,
		MaxSubscriptionsPerPerson: 50,
		RetentionDeliveries:       400,
		RetentionAudit:            1000,

		Tick:          time.Second,
		GatherNotices: 30 * time.Second,
	}
	if diff := cmp.Diff(want, load(t, required(), nil), sameZone); diff != "" {
		t.Errorf("defaults (-want +got):\n%s", diff)
	}
}

func TestEverythingSet(t *testing.T) {
	t.Parallel()
	want := config.Config{
		AppID:             "cli_a1b2",
		AppSecret:         config.NewSecret("app-s3cret"),
		EncryptKey:        config.NewSecret("key-s3cret"),
		VerificationToken: config.NewSecret("token-s3cret"),
		BaseURL:           "https://open.larksuite.com",
		EventMode:         config.WebSocket,
		ListenAddr:        "127.0.0.1:9000",
		RedisURL:          config.NewURL("rediss://:pw@redis:6379/1"),
		DatabaseURL:       config.NewURL("postgres://u:pw@db/usagebot"),
		DataDir:           "/var/lib/usagebot",
		TimeZone:          location(t, "Europe/Berlin"),
		PlatformTimeZone:  location(t, "Asia/Tokyo"),
		Apps:              []config.App{{"cli_aaa", "商城"}, {"cli_bbb", ""}},
		Admins:            []string{"ou_a", "ou_b"},
		Access:            config.Listed,
		External:          config.Allow,
		RatePerson:        5,
		RateChat:          10,
		MaxSubscriptions:  100,
		Language:          locale.English,
		Calendar:          config.NoCalendar,
		HolidaysFile:      "/etc/holidays.json",
		DigestJitter:      0,
		ReadinessPoll:     time.Minute,
		ReadinessDeadline: config.Clock{Hour: 9, Minute: 30},
		DeliveryLease:     time.Minute,
		LogLevel:          slog.LevelDebug,
		LogFormat:         config.JSONFormat,

		MaxSubscriptionsPerChat:   3,
		MaxSubscriptionsPerPerson: 7,
		RetentionDeliveries:       31,
		RetentionHistory:          90,

		Tick:          time.Second,
		GatherNotices: 30 * time.Second,
	}
	env := environ(
		"FEISHU_BASE_URL=https://open.larksuite.com/", "EVENT_MODE=websocket", "LISTEN_ADDR=127.0.0.1:9000",
		"REDIS_URL=rediss://:pw@redis:6379/1", "DATABASE_URL=postgres://u:pw@db/usagebot", "DATA_DIR=/var/lib/usagebot",
		"TIMEZONE=Europe/Berlin", "PLATFORM_TIMEZONE=Asia/Tokyo", "APPS=cli_aaa=商城, cli_bbb,", "ADMINS=ou_a,ou_b", "LANGUAGE=EN", "CALENDAR=none", "HOLIDAYS_FILE=/etc/holidays.json", "DIGEST_JITTER=0",
		"READINESS_POLL=1m", "READINESS_DEADLINE=09:30", "DELIVERY_LEASE=60s",
		"ACCESS=Listed", "EXTERNAL=allow", "MAX_SUBSCRIPTIONS_PER_CHAT=3", "MAX_SUBSCRIPTIONS_PER_PERSON=7", "MAX_SUBSCRIPTIONS=100", "RATE_PERSON=5", "RATE_CHAT=10/min",
		"RETENTION_DELIVERIES=31d", "RETENTION_AUDIT=0", "RETENTION_HISTORY=90d", "LOG_LEVEL=DEBUG", "LOG_FORMAT=json",
	)
	if diff := cmp.Diff(want, load(t, env, nil), sameZone); diff != "" {
		t.Errorf("everything set (-want +got):\n%s", diff)
	}
}

func TestWhatIsRequired(t *testing.T) {
	t.Parallel()
	credentials := []string{"FEISHU_APP_ID", "FEISHU_APP_SECRET"}
	webhook := append(credentials[:2:2], "FEISHU_ENCRYPT_KEY", "FEISHU_VERIFICATION_TOKEN")
	tests := []struct {
		name    string
		purpose config.Purpose
		env     []string
		want    []string
	}{
		{"serving by webhook needs everything", config.Serve, nil, webhook},
		{"an unknown mode is taken for the default", config.Serve, []string{"EVENT_MODE=x"}, append(webhook[:4:4], "EVENT_MODE")},
		{"a websocket has no signatures", config.Serve, []string{"EVENT_MODE=websocket"}, credentials},
		{"a question needs the credentials", config.Ask, nil, credentials},
		{"the demo needs nothing", config.Demo, nil, nil},
		{"an empty value is not set", config.Ask, []string{"FEISHU_APP_ID=", "FEISHU_APP_SECRET="}, credentials},
		{"a wrong value is not missing as well", config.Ask, []string{"FEISHU_APP_ID=a b", "FEISHU_APP_SECRET=x "}, credentials},
		{"the demo still wants what is set to be right", config.Demo, []string{"LISTEN_ADDR=x"}, []string{"LISTEN_ADDR"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, names(problems(t, tt.purpose, tt.env, nil))); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEveryProblemIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	env := []string{
		"FEISHU_APP_SECRET=app-s3cret", "EVENT_MODE=webhok", "REDIS_URL=http://:pw@redis",
		"FEISHU_ENCRYPT_KEY_FILE=/nowhere", "APPS=cli_a,cli_a", "READINESS_POLL=5", "CONFIG_FILE=/etc/usagebot.yaml",
	}
	yaml := "listen_addr: 8080\nlanguag: en\ntimezone: Asia/Beijing\n"
	_, err := config.Load(config.Serve, env, files{"/etc/usagebot.yaml": yaml}.read)
	want := `10 settings are wrong:
  "languag" in the YAML file is not a setting; did you mean language?
  FEISHU_APP_ID is missing; expected the app id of the bot's own app, such as cli_a1b2c3d4e5f6a7b8
  FEISHU_ENCRYPT_KEY_FILE names a file that does not exist; expected the encrypt key, from the developer console's page on events
  FEISHU_VERIFICATION_TOKEN is missing; expected the verification token, from the developer console's page on events
  EVENT_MODE "webhok" is not a valid value; expected webhook or websocket
  listen_addr "8080" is not an address with a port; expected host:port or :port, such as :8080
  REDIS_URL does not begin with redis:// or rediss://; expected redis:// or rediss:// with a host, further addresses after commas, such as redis://:password@redis:6379/0
  timezone "Asia/Beijing" is not a valid value; expected a name of the time zone database, such as Asia/Shanghai
  APPS names "cli_a" twice; expected App IDs (cli_ and small letters or digits), optionally with names, e.g. cli_aaa=商城,cli_bbb=报销
  READINESS_POLL "5" has no unit; expected a duration with its unit from 1s to 1h, such as 5m`
	if err == nil {
		t.Fatal("Load found nothing wrong")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

// TestEveryWrongItemIsNamed of a list, and not only the first.
func TestEveryWrongItemIsNamed(t *testing.T) {
	t.Parallel()
	got := problems(t, config.Serve, environ("APPS=foo,cli_a,bar=商城,cli_a", "ADMINS=me,ou_a,you"), nil)
	want := []string{
		`APPS contains "foo", which is not an App ID, contains "bar", which is not an App ID, names "cli_a" twice; expected ` +
			"App IDs (cli_ and small letters or digits), optionally with names, e.g. cli_aaa=商城,cli_bbb=报销",
		`ADMINS contains "me", which is not an open_id, contains "you", which is not an open_id; expected open_ids, such as ou_aaa,ou_bbb`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

func TestGoodSettingsSurviveBadOnes(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Serve, []string{"LOG_FORMAT=json", "LOG_LEVEL=loud"}, files{}.read)
	if err == nil || c.LogFormat != config.JSONFormat || c.LogLevel != slog.LevelInfo {
		t.Errorf("got format %q, level %v, error %v; want json, INFO and an error", c.LogFormat, c.LogLevel, err)
	}
}

func TestWarnings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		pair string
		want []string
	}{
		{"a variable with an underscore less", "FEISHU_APPID=x", []string{`"FEISHU_APPID" is not a known setting. Did you mean FEISHU_APP_ID?`}},
		{"a variable in lower case", "time_zone=x", []string{`"time_zone" is not a known setting. Did you mean TIMEZONE?`}},
		{"the secret under another name", "FEISHU_SECRET=x", []string{`"FEISHU_SECRET" is not a known setting. Did you mean FEISHU_APP_SECRET?`}},
		{"another program's variable", "LANG=zh_CN.UTF-8", nil},
		{"a short name that is near", "APP=x", nil},
		{"another program's address", "REDIS_HOST=x", nil},
		{"a test server on this machine", "FEISHU_BASE_URL=http://127.0.0.1:80", nil},
		{"a hasty poll", "READINESS_POLL=2s", []string{"READINESS_POLL is under 1m: polling for data may use up the platform quota."}},
		{"a list that nobody can write", "ACCESS=listed", []string{"ACCESS is “listed” but ADMINS is empty: nobody can see data or grant access, unless a role was granted earlier."}},
		{"a hasty takeover", "DELIVERY_LEASE=2s", []string{"DELIVERY_LEASE is under 30s: slow platform responses may take longer than that."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, load(t, environ(tt.pair), nil).Warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}
