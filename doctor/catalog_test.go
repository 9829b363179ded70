package doctor

import (
	"strings"
	"testing"
	"time"

	"usagebot/config"
	"usagebot/locale"
)

func TestText(t *testing.T) {
	t.Parallel()
	missing := Fail("scope.missing", "scope", "im:chat:read", "cost", "{scope} stays as it is").About("im:chat:read")
	missing.Check = "scopes"
	want := Text{
		Title: "Permission im:chat:read", Detail: "not granted: {scope} stays as it is",
		Todo: "grant im:chat:read under Permissions & Scopes in the developer console, publish a version and have it approved",
	}
	if got := missing.Text(locale.English); got != want {
		t.Errorf("%+v", got)
	}
	skipped := Skip("needs", "check", "token")
	skipped.Check = "bot"
	if got, want := skipped.Text(locale.Chinese), (Text{Title: "机器人能力", Detail: "未检查：需要先通过“访问令牌”"}); got != want {
		t.Errorf("%+v", got)
	}
	if got := CatalogFor(locale.English).Summary([]Finding{missing, skipped}); got != "The bot does not work properly. Failures: 1, warnings: 0, of 2 checks." {
		t.Error(got)
	}
}

func TestSpansAreWordedByTheirLargestUnits(t *testing.T) {
	t.Parallel()
	for length, want := range map[time.Duration][2]string{
		0:                             {"0 seconds", "0 秒"},
		400 * time.Millisecond:        {"0 seconds", "0 秒"},
		time.Second:                   {"1 second", "1 秒"},
		-59 * time.Second:             {"59 seconds", "59 秒"},
		time.Minute:                   {"1 minute", "1 分钟"},
		15 * time.Minute:              {"15 minutes", "15 分钟"},
		90 * time.Second:              {"1 minute 30 seconds", "1 分钟 30 秒"},
		time.Hour + 59*time.Second:    {"1 hour", "1 小时"},
		25 * time.Hour:                {"1 day 1 hour", "1 天 1 小时"},
		-2_757_239 * time.Second:      {"31 days 21 hours", "31 天 21 小时"},
		48*time.Hour + 59*time.Minute: {"2 days", "2 天"},
		3*time.Hour + 4*time.Minute:   {"3 hours 4 minutes", "3 小时 4 分钟"},
	} {
		for i, lang := range []locale.Language{locale.English, locale.Chinese} {
			if got := OK("clock.well", "span", Span(length)).Text(lang).Detail; !strings.Contains(got, want[i]) || strings.Contains(got, "{") {
				t.Errorf("%s is %q, want %q in it", length, got, want[i])
			}
		}
	}
}

func TestTimeZonesThatDifferAreTold(t *testing.T) {
	t.Parallel()
	load := func(name string) *time.Location {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return zone
	}
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for zone, want := range map[string]string{
		"Asia/Shanghai": "", "Asia/Singapore": "", "America/New_York": "ends at 11:00 by the clock of America/New_York, and its data is usually published at 21:00",
		"Pacific/Auckland": "ends at 05:00 by the clock of Pacific/Auckland, and its data is usually published at 15:00",
	} {
		p := &Checkup{cfg: config.Config{TimeZone: load(zone), PlatformTimeZone: load("Asia/Shanghai")}, now: func() time.Time { return now }}
		findings := p.timezone(t.Context())
		last := findings[len(findings)-1].Text(locale.English)
		if want == "" && (len(findings) != 1 || findings[0].Status != StatusOK) || want != "" && (findings[len(findings)-1].Status != StatusWarning || !strings.Contains(last.Detail, want) || last.Todo == "") {
			t.Errorf("%s: %+v, %+v, want %q", zone, findings, last, want)
		}
	}
}
