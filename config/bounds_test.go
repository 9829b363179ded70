package config_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"usagebot/config"
)

// TestBoundsOfNumbers takes each bound and refuses what lies one beyond it.
func TestBoundsOfNumbers(t *testing.T) {
	t.Parallel()
	longest := "cli_" + strings.Repeat("a", 60)
	for _, tt := range []struct{ name, within, beyond string }{
		{"MAX_SUBSCRIPTIONS_PER_CHAT", "1", "0"},
		{"MAX_SUBSCRIPTIONS_PER_CHAT", "1000", "1001"},
		{"MAX_SUBSCRIPTIONS", "1000000", "1000001"},
		{"RATE_PERSON", "1/min", "0/min"},
		{"RATE_CHAT", "100000/min", "100001/min"},
		{"RETENTION_DELIVERIES", "31d", "30d"},
		{"RETENTION_AUDIT", "3650d", "3651d"},
		{"DIGEST_JITTER", "30m", "30m1s"},
		{"READINESS_POLL", "1h", "1h1s"},
		{"DELIVERY_LEASE", "10m", "10m1s"},
		{"DELIVERY_LEASE", "1s", "999ms"},
		{"FEISHU_APP_ID", longest, longest + "a"},
	} {
		if got := problems(t, config.Serve, environ(tt.name+"="+tt.within), nil); len(got) > 0 {
			t.Errorf("%s=%s: %q", tt.name, tt.within, got)
		}
		if got := problems(t, config.Serve, environ(tt.name+"="+tt.beyond), nil); len(got) != 1 || !strings.HasPrefix(got[0], tt.name+" ") {
			t.Errorf("%s=%s: %q", tt.name, tt.beyond, got)
		}
	}
}

// TestBoundsOfDoubts warns of what is probably not meant, and of nothing beside it.
func TestBoundsOfDoubts(t *testing.T) {
	t.Parallel()
	for pairs, want := range map[string]string{
		"READINESS_POLL=1m":                  "",
		"READINESS_POLL=59s":                 "READINESS_POLL",
		"DELIVERY_LEASE=30s":                 "",
		"DELIVERY_LEASE=29s":                 "DELIVERY_LEASE",
		"FEISHU_BASE_URL=http://localhost:1": "",
		"FEISHU_BASE_URL=http://127.8.9.1:1": "",
		"FEISHU_BASE_URL=http://[::1]:1":     "",
		"FEISHU_APP_ID=cli_x":                "",
		"ACCESS=everyone":                    "",
		"ACCESS=listed":                      "ACCESS",
		"ACCESS=listed ADMINS=ou_a":          "",
	} {
		got := load(t, environ(strings.Fields(pairs)...), nil).Warnings
		if want == "" && len(got) > 0 || want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], want)) {
			t.Errorf("%s: %q, want one of %q", pairs, got, want)
		}
	}
}

func TestWhatEachPurposeNeeds(t *testing.T) {
	t.Parallel()
	missing := func(p config.Purpose, env ...string) string {
		var names []string
		for _, line := range problems(t, p, env, nil) {
			name, _, _ := strings.Cut(line, " ")
			names = append(names, name)
		}
		return strings.Join(names, " ")
	}
	const credentials, events = "FEISHU_APP_ID FEISHU_APP_SECRET", "FEISHU_ENCRYPT_KEY FEISHU_VERIFICATION_TOKEN"
	for _, tt := range []struct {
		purpose config.Purpose
		env     string
		want    string
	}{
		{config.Serve, "", credentials + " " + events},
		{config.Serve, "EVENT_MODE=webhook", credentials + " " + events},
		{config.Serve, "EVENT_MODE=websocket", credentials},
		{config.Ask, "", credentials},
		{config.Demo, "", ""},
		{config.Serve, "FEISHU_APP_ID=cli_a FEISHU_APP_SECRET=", "FEISHU_APP_SECRET " + events}, // empty is not set
	} {
		if got := missing(tt.purpose, strings.Fields(tt.env)...); got != tt.want {
			t.Errorf("purpose %d with %q misses %q, want %q", tt.purpose, tt.env, got, tt.want)
		}
	}
}

func TestHowLongSomethingIsKept(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	if limit, ok := config.Days(31).Before(now); !ok || !limit.Equal(time.Date(2026, 1, 29, 12, 0, 0, 0, time.UTC)) {
		t.Errorf("31 days before: %v, %v", limit, ok)
	}
	if _, ok := config.Days(0).Before(now); ok {
		t.Error("what is kept for ever has a limit")
	}
	if _, ok := config.Days(1).Before(now); !ok {
		t.Error("what is kept for a day has none")
	}
}

func TestAppsAreTheBotsOwnWhereNoneAreNamed(t *testing.T) {
	t.Parallel()
	own := load(t, environ("FEISHU_APP_ID=cli_own"), nil).Apps
	if want := []config.App{{ID: "cli_own"}}; !slices.Equal(own, want) {
		t.Errorf("%v, want %v", own, want)
	}
	named := load(t, environ("FEISHU_APP_ID=cli_own", "APPS=cli_b=商城"), nil).Apps
	if want := []config.App{{ID: "cli_b", Name: "商城"}}; !slices.Equal(named, want) {
		t.Errorf("%v, want %v", named, want)
	}
	if list := load(t, environ("APPS=,"), nil).Apps; len(list) != 1 {
		t.Errorf("a list of nothing names %v", list)
	}
}
