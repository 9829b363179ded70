package doctor

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"usagebot/config"
	"usagebot/feishu"
	"usagebot/locale"
	"usagebot/store/redisstore"
	"usagebot/store/sqlstore"
)

func TestFindingsArePrintedALineEach(t *testing.T) {
	t.Parallel()
	missing := Fail("scope.missing", "scope", "im:chat:read", "cost", "@cost.chat").About("im:chat:read").WithCode(99991672, "log-1")
	missing.Check = "scopes"
	well := OK("redis.well", "version", "7.0")
	well.Check = "redis"
	doubt := Warn("redis.full", "used", "95", "limit", "100 MB")
	doubt.Check = "redis"
	needs := Skip("needs", "check", "token")
	needs.Check = "bot"
	findings := []Finding{well, doubt, missing, needs}
	w := CatalogFor(locale.English)
	var out bytes.Buffer
	if err := WriteText(&out, locale.English, findings); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"✓ ok  " + w.Line(w.Text(well)),
		"! warning  Redis: 95 MB in use of 100 MB", "    → raise maxmemory, or find out what else uses this Redis",
		"✗ failure  Permission im:chat:read: not granted: " + w.Raw("cost.chat") + " [log id log-1]", "    → " + w.Text(missing).Todo,
		"- skipped  " + w.Line(w.Text(needs)),
		"The bot does not work properly. Failures: 1, warnings: 1, of 4 checks.", "",
	}
	if got := strings.Split(out.String(), "\n"); !slices.Equal(got, want) {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), strings.Join(want, "\n"))
	}
	if err := WriteText(full{}, locale.English, findings); err == nil {
		t.Error("a full pipe is no error")
	}
	if err := WriteText(full{}, locale.English, nil); err == nil {
		t.Error("nor is it when only the summary is left")
	}

	out.Reset()
	if err := WriteJSON(&out, locale.English, findings[2:3]); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`"status": "failure"`, `"check": "scopes"`, `"subject": "im:chat:read"`, `"key": "scope.missing"`, `"detail": "not granted: `,
		`"todo": "grant im:chat:read`, `"code": 99991672`, `"log_id": "log-1"`,
	} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("no %s in %s", part, out.String())
		}
	}
	out.Reset()
	fine := OK("redis.full", "used", "1 <", "limit", "2") // a finding that is well has nothing to be done, whatever its key
	if err := WriteJSON(&out, locale.English, []Finding{fine}); err != nil || strings.Contains(out.String(), "todo") || !strings.Contains(out.String(), "1 <") {
		t.Errorf("%v: %s", err, out.String())
	}
	out.Reset()
	if err := WriteText(&out, locale.English, []Finding{fine}); err != nil || strings.Contains(out.String(), "→") {
		t.Errorf("%v: %s", err, out.String())
	}
	out.Reset()
	if err := WriteJSON(&out, locale.English, nil); err != nil || !strings.Contains(out.String(), `"findings": []`) {
		t.Errorf("nothing found: %v, %s", err, out.String())
	}
}

// full is a pipe whose reader has gone.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestHowFindingsAreCounted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		findings []Finding
		worst    Status
		says     string
	}{
		{[]Finding{OK("x"), Skip("x")}, StatusOK, "All checks passed (2)."},
		{[]Finding{Warn("x"), OK("x"), Skip("x")}, StatusWarning, "The bot works. Warnings: 1 of 3."},
		{[]Finding{Fail("x"), Warn("x"), Warn("x"), Fail("x"), OK("x")}, StatusFailure, "The bot does not work properly. Failures: 2, warnings: 2, of 5 checks."},
	} {
		if got := CatalogFor(locale.English).Summary(tt.findings); Worst(tt.findings) != tt.worst || got != tt.says {
			t.Errorf("%s: %q, want %s: %q", Worst(tt.findings), got, tt.worst, tt.says)
		}
	}
	f := Fail("x", "a", "1", "b", "2", "left over")
	if len(f.Args) != 2 || f.Args["a"] != "1" || f.Args["b"] != "2" || OK("x").Args != nil {
		t.Errorf("%+v", f)
	}
}

func TestValuesInWords(t *testing.T) {
	t.Parallel()
	texts := `{"line": "{a} and {b}", "one": "first", "two": "second", "separator": ", ", "title.redis": "Redis"}`
	all, err := locale.Load(fstest.MapFS{"locale/zh.json": {Data: []byte(texts)}, "locale/en.json": {Data: []byte(texts)}})
	if err != nil {
		t.Fatal(err)
	}
	w := Catalog{all.In(locale.English)}
	for _, tt := range []struct{ a, b, want string }{
		{"x", "y", "x and y"},
		{"{b}", "y", "{b} and y"}, // a value is never filled in
		{"@one", "@one @two", "first and first, second"},
		{"@one none", "@none", "@one none and @none"},
		{"one", "", "one and —"},
	} {
		if got := w.format("line", map[string]string{"a": tt.a, "b": tt.b}); got != tt.want {
			t.Errorf("%q and %q: %q, want %q", tt.a, tt.b, got, tt.want)
		}
	}
	if w.Title("redis") != "Redis" || w.Title("unnamed") != "unnamed" {
		t.Errorf("titles %q and %q", w.Title("redis"), w.Title("unnamed"))
	}
	if CatalogFor("fr").Status(StatusOK) != CatalogFor(locale.Chinese).Status(StatusOK) || CatalogFor(locale.English).Status(StatusOK) == CatalogFor(locale.Chinese).Status(StatusOK) {
		t.Error("another language is not treated as Chinese")
	}
}

func TestWhatIsFoundOutOfStores(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	for _, tt := range []struct {
		got  Finding
		want string
	}{
		{redisMemory(redisstore.RedisCheckup{Used: 91 * mb, Limit: 100 * mb}), "warning redis.full 91/100 MB"},
		{redisMemory(redisstore.RedisCheckup{Used: 90 * mb, Limit: 100 * mb}), "ok redis.memory 90/100 MB"},
		{redisMemory(redisstore.RedisCheckup{Used: 5000 * mb}), "ok redis.memory 5000/-"},
		{schemaFinding(sqlstore.Checkup{Tables: 6, Want: 7}), "warning database.behind 6/7"},
		{schemaFinding(sqlstore.Checkup{Tables: 7, Want: 7}), "ok database.current 7/"},
		{schemaFinding(sqlstore.Checkup{Tables: 8, Want: 7}), "failure database.ahead 8/7"},
		{folderFindings(&sqlstore.Folder{Full: true, Writable: true, Free: 500 * mb})[0], "failure database.full /"},
		{folderFindings(&sqlstore.Folder{Free: 500 * mb})[0], "failure database.locked /"},
		{folderFindings(&sqlstore.Folder{Writable: true, Free: 255 * mb})[0], "warning database.narrow 255/"},
		{folderFindings(&sqlstore.Folder{Writable: true, Free: 256 * mb})[0], "ok database.folder 256/"},
		{folderFindings(&sqlstore.Folder{Writable: true})[0], "ok database.folder 0/"}, // the system does not tell
	} {
		a := tt.got.Args
		first, second := a["used"]+a["version"]+a["free"], a["limit"]+a["want"]
		if got := string(tt.got.Status) + " " + tt.got.Key + " " + first + "/" + second; got != tt.want {
			t.Errorf("found %q, want %q", got, tt.want)
		}
	}
	if folderFindings(nil) != nil {
		t.Error("a folder was found where there is none")
	}
}

func TestRedisRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		checkup redisstore.RedisCheckup
		want    string // keys and arguments
	}{
		{redisstore.RedisCheckup{Version: "7.2"}, ""},
		{redisstore.RedisCheckup{Replica: true}, "redis.replica"},
		{redisstore.RedisCheckup{ClusterNode: true, Unwritable: "CLUSTERDOWN"}, "redis.node"},
		{redisstore.RedisCheckup{Forbidden: "EVAL"}, "redis.forbidden EVAL"},
		{redisstore.RedisCheckup{Replica: true, Unwritable: "OOM"}, "redis.replica, redis.unwritable OOM"},
	} {
		var got []string
		for _, f := range redisRefusals(tt.checkup) {
			got = append(got, strings.TrimSpace(f.Key+" "+f.Args["command"]+f.Args["why"]))
			for _, language := range locale.Languages() {
				if text := CatalogFor(language).Text(f); f.Status != StatusFailure || text.Todo == "" || strings.Contains(text.Detail, "{") {
					t.Errorf("%s in %s: %s, %+v, want a failure with something to do", f.Key, language, f.Status, text)
				}
			}
		}
		if joined := strings.Join(got, ", "); joined != tt.want {
			t.Errorf("%+v: found %q, want %q", tt.checkup, joined, tt.want)
		}
	}
}

func TestServerFindings(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		tables int64
		server sqlstore.Server
		want   string // status, key and arguments of each
	}{
		{7, sqlstore.Server{MayMigrate: true}, "ok database.current 7"},
		{7, sqlstore.Server{}, "ok database.current 7"},
		{6, sqlstore.Server{MayMigrate: true}, "warning database.behind 67"},
		{6, sqlstore.Server{}, "failure database.fixed 67"},
		{0, sqlstore.Server{Forbidden: []string{"goose_db_version", "tasks"}}, "failure database.forbidden goose_db_version, tasks"},
		{7, sqlstore.Server{Standby: true, ReadOnly: true}, "ok database.current 7; failure database.standby"},
		{7, sqlstore.Server{ReadOnly: true, Full: true}, "ok database.current 7; failure database.readonly; failure database.full"},
		{7, sqlstore.Server{Pooled: true}, "ok database.current 7; ok database.pooled"},
		{7, sqlstore.Server{Pooled: true, NoStatements: true}, "ok database.current 7; failure database.mixed"},
		{7, sqlstore.Server{Pooled: true, NoTransactions: "no"}, "ok database.current 7; failure database.untransacted no"},
	} {
		var got []string
		for _, f := range serverFindings(sqlstore.Checkup{Tables: tt.tables, Want: 7, Server: &tt.server}) {
			a := f.Args
			got = append(got, strings.TrimSpace(string(f.Status)+" "+f.Key+" "+a["version"]+a["want"]+a["tables"]+a["why"]))
			for _, language := range locale.Languages() {
				text := CatalogFor(language).Text(f)
				if (text.Todo == "") != (f.Status == StatusOK) || text.Detail == "" || strings.Contains(text.Detail, "{") {
					t.Errorf("%s in %s: %+v", f.Key, language, text)
				}
			}
		}
		if joined := strings.Join(got, "; "); joined != tt.want {
			t.Errorf("%d, %+v: found %q, want %q", tt.tables, tt.server, joined, tt.want)
		}
	}
}

func TestWhatARefusalMeans(t *testing.T) {
	t.Parallel()
	p := &Checkup{cfg: config.Config{BaseURL: "https://platform"}}
	for _, tt := range []struct {
		err  error
		want string
	}{
		{&feishu.Error{Code: 99991401, LogID: "l"}, "failure denied 99991401 l"},
		{&feishu.Error{Code: 99991662, LogID: "l"}, "failure stopped 99991662 l"},
		{&feishu.Error{Code: 99991403}, "failure spent 99991403 "},
		{&feishu.Error{Code: 99991400, LogID: "l"}, "warning throttled  l"},
		{&feishu.Error{Status: 429}, "warning throttled  "},
		{&feishu.Error{Code: 12345, LogID: "l"}, "failure refused 12345 l"},
		{&feishu.Error{Err: errors.New("no answer")}, "failure unreachable  "},
		{errors.New("a defect"), "failure broken  "},
	} {
		found := p.platformError(tt.err)
		if len(found) != 1 {
			t.Fatalf("%v: %d findings", tt.err, len(found))
		}
		f := found[0]
		if got := strings.Join([]string{string(f.Status), f.Key, f.Args["code"], f.LogID}, " "); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.err, got, tt.want)
		}
		if f.Key == "unreachable" && f.Args["url"] != "https://platform" {
			t.Errorf("what cannot be reached is %q", f.Args["url"])
		}
	}

	missing := &feishu.Error{Code: 99991672, LogID: "l", Scopes: []string{"a", "b"}}
	s := &scopeCheck{Checkup: p}
	if f := s.callFailed(missing, "c"); f.Key != "scope.refused" || f.Args["scope"] != "a, b" || f.Status != StatusFailure || f.Code != 99991672 || f.LogID != "l" {
		t.Errorf("where scopes are not listed: %+v", f)
	}
	if f := s.callFailed(&feishu.Error{Code: 99991672}, "c", "d"); f.Args["scope"] != "c, d" {
		t.Errorf("where the platform names none: %+v", f)
	}
	if f := s.callFailed(&feishu.Error{Code: 99991401}, "c"); f.Key != "denied" {
		t.Errorf("another refusal: %+v", f)
	}
	s.listed.Store(true)
	if f := s.callFailed(missing, "c"); f.Key != "scope.unseen" || f.Args["scope"] != "c" || f.Status != StatusSkipped {
		t.Errorf("where they are, the list has named it: %+v", f)
	}
}

func TestScopesThatASettingNeeds(t *testing.T) {
	t.Parallel()
	wanted := func(cfg config.Config) (costs []string) {
		for _, n := range neededScopes(cfg, cfg.Apps) {
			if n.cost == "belonging" || n.cost == "names" {
				costs = append(costs, n.cost)
			}
		}
		return costs
	}
	own := []config.App{{ID: "cli_a"}}
	for _, tt := range []struct {
		cfg  config.Config
		want []string
	}{
		{config.Config{AppID: "cli_a", Access: config.Everyone, Apps: own}, nil},
		{config.Config{AppID: "cli_a", Access: config.Listed, Apps: own}, []string{"belonging"}},
		{config.Config{AppID: "cli_a", Access: config.Everyone, Apps: append(own, config.App{ID: "cli_b"})}, []string{"names"}},
	} {
		if got := wanted(tt.cfg); !slices.Equal(got, tt.want) {
			t.Errorf("%s with %d apps: %q, want %q", tt.cfg.Access, len(tt.cfg.Apps), got, tt.want)
		}
	}
}

func TestCalendar_YearNotKnown(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "holidays.json")
	if err := os.WriteFile(file, []byte(`{"days":[{"name":"元旦","date":"2028-01-03","isOffDay":true}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		calendar   config.Calendar
		file, now  string
		want, year string
		status     Status
	}{
		{config.ChinaCalendar, "", "2026-12-31", "calendar.well", "2027", StatusOK},
		{config.ChinaCalendar, "", "2027-11-30", "calendar.well", "2027", StatusOK},
		{config.ChinaCalendar, "", "2027-12-01", "calendar.unknown", "2028", StatusWarning},
		{config.ChinaCalendar, "", "2028-03-01", "calendar.unknown", "2028", StatusWarning},
		{config.ChinaCalendar, file, "2027-12-01", "calendar.well", "2028", StatusOK},
		{config.NoCalendar, "", "2028-03-01", "calendar.none", "", StatusOK},
		{config.NoCalendar, file, "2026-03-01", "calendar.unknown", "2026", StatusWarning},
		{config.ChinaCalendar, file + "x", "2026-03-01", "calendar.file", "", StatusFailure},
	} {
		now, err := time.Parse(time.DateOnly, tt.now)
		if err != nil {
			t.Fatal(err)
		}
		p := &Checkup{now: func() time.Time { return now }, cfg: config.Config{Calendar: tt.calendar, HolidaysFile: tt.file, PlatformTimeZone: time.UTC}}
		if f := p.calendar(t.Context()); len(f) != 1 || f[0].Key != tt.want || f[0].Status != tt.status || f[0].Args["year"] != tt.year {
			t.Errorf("%s with %q on %s: %+v, want %s of %q", tt.calendar, tt.file, tt.now, f, tt.want, tt.year)
		}
	}
}

func TestSettingsThatTheDoctorLooksAt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 3, 4, 0, 0, time.UTC)
	secret := config.NewSecret("s")
	p := &Checkup{now: func() time.Time { return now }}
	p.cfg = config.Config{TimeZone: time.FixedZone("UTC", 8*3600), PlatformTimeZone: time.FixedZone("UTC+8", 8*3600), Warnings: []string{"first", "second"}, EncryptKey: secret}
	if f := p.timezone(t.Context()); f[0].Status != StatusOK || f[0].Args["now"] != "2026-11-25 11:04" || f[0].Args["zone"] != "UTC" {
		t.Errorf("%+v", f)
	}
	if f := p.config(t.Context()); len(f) != 3 || f[0].Status != StatusOK || f[2].Status != StatusWarning || f[2].Args["doubt"] != "second" {
		t.Errorf("%+v", f)
	}
	event := func(want string) {
		t.Helper()
		if f := p.events(t.Context()); len(f) != 1 || f[0].Key != want || (f[0].Status == StatusOK) == (want == "events.missing") {
			t.Errorf("%+v, want %s", f, want)
		}
	}
	event("events.missing")
	p.cfg.VerificationToken = secret
	event("events.webhook")
	p.cfg.EncryptKey = config.Secret{}
	event("events.missing")
	p.cfg.EventMode = config.WebSocket
	event("events.websocket")
	p.cfg.TimeZone = time.FixedZone("Mars/Olympus", 0)
	if f := p.timezone(t.Context()); f[0].Status != StatusFailure || f[0].Args["zone"] != "Mars/Olympus" {
		t.Errorf("%+v", f)
	}
}
