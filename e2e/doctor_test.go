package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usagebot/cli"
	"usagebot/config"
	"usagebot/doctor"
	"usagebot/feishu"
	"usagebot/locale"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/store/sqlstore"
)

// examined is what `doctor --json` prints.
type examined struct {
	Status   doctor.Status
	Findings []doctor.JSONFinding
}

// examinable are the settings of a bot at the sandbox, in English.
func examinable(t *testing.T, sb *sandbox.Sandbox) []string {
	t.Helper()
	o := sb.Options()
	return append(askable(sb), "FEISHU_ENCRYPT_KEY="+o.EncryptKey, "FEISHU_VERIFICATION_TOKEN="+o.VerificationToken,
		"DATA_DIR="+t.TempDir(), "LANGUAGE=en", "APPS="+o.AppID+","+o.Apps[1].ID, "ADMINS="+sb.People()[0].OpenID)
}

// but returns the settings with others in their places: the first of two is the one that counts.
func but(environ []string, others ...string) []string { return slices.Concat(others, environ) }

// runDoctor runs the doctor and returns the findings that are not OK, as "status key subject".
func runDoctor(t *testing.T, environ []string) (code int, unwell []string) {
	t.Helper()
	code, stdout, stderr := command(t, environ, "", "doctor", "--json")
	var e examined
	if err := json.Unmarshal([]byte(stdout), &e); err != nil {
		t.Fatalf("exit code %d: %v\n%s%s", code, err, stdout, stderr)
	}
	for _, f := range e.Findings {
		if f.Status == doctor.StatusFailure || f.Status == doctor.StatusWarning {
			unwell = append(unwell, strings.TrimSpace(fmt.Sprint(f.Status, " ", f.Key, " ", f.Subject)))
		}
	}
	return code, unwell
}

// inUse makes the sandbox one at which the bot has run, with every scope: its panel is full.
func inUse(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	sb := sandboxtest.Start(t)
	sb.Grant("im:message.group_msg")
	synchronise(t, panelClient(sb), 1, feishu.SlashCommand{Name: "usage", Description: "The figures."})
	return sb
}

func TestDoctor_Healthy_AllOK(t *testing.T) {
	t.Parallel()
	sb := inUse(t)
	code, stdout, stderr := command(t, examinable(t, sb), "", "doctor")
	if code != cli.ExitOK || strings.Contains(stdout, "✗") || strings.Contains(stdout, "! ") || !strings.Contains(stdout, "All checks passed") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if _, stdout, _ := command(t, examinable(t, sb), "", "doctor", "--lang", "zh"); !strings.Contains(stdout, "全部正常") {
		t.Errorf("in Chinese:\n%s", stdout)
	}
}

// TestDoctor_EachFault_NamedAlone switches on one fault after the other.
func TestDoctor_EachFault_NamedAlone(t *testing.T) {
	t.Parallel()
	mall := func(sb *sandbox.Sandbox) string { return sb.Options().Apps[1].ID }
	tests := []struct {
		name  string
		fault func(sb *sandbox.Sandbox)
		want  func(sb *sandbox.Sandbox) string
		code  int
	}{
		{"plan", func(sb *sandbox.Sandbox) { sb.SetPlan(false) }, is("failure plan.small"), cli.ExitFailed},
		{"stopped app", func(sb *sandbox.Sandbox) { sb.SetStopped(true) }, is("failure stopped"), cli.ExitFailed},
		{"contact range", func(sb *sandbox.Sandbox) { sb.SetContactRange(false) }, is("failure contacts.range"), cli.ExitFailed},
		{"bot ability", func(sb *sandbox.Sandbox) { sb.SetBotState(1) }, is("failure bot.off"), cli.ExitFailed},
		{"clock a little off", func(sb *sandbox.Sandbox) { sb.SetDateSkew(-time.Minute) }, is("warning clock.ahead"), cli.ExitOK},
		{"clock far off", func(sb *sandbox.Sandbox) { sb.SetDateSkew(10 * time.Minute) }, is("failure clock.behind"), cli.ExitFailed},
		{"address not allowed", fault("*", 99991401), is("failure denied"), cli.ExitFailed},
		{"something else answers", func(sb *sandbox.Sandbox) { sb.AddFault(sandbox.Fault{HTML: true, HTTPStatus: 200}) }, is("failure unreachable"), cli.ExitFailed},
		{"token not taken", fault("bot.info", 99991663), is("failure token.refused"), cli.ExitFailed},
		{"another code", fault("overview", 2200), is("failure refused"), cli.ExitFailed},
		{"the month's calls", fault("overview", 99991403), is("failure spent"), cli.ExitFailed},
		{"the month's calls, of all", fault("*", 99991403), is("failure spent"), cli.ExitFailed},
		{"too many calls just now", fault("department.children", 99991400), is("warning throttled"), cli.ExitOK},
		{"no figures at all", fault("overview", 211011), is("warning figures.none"), cli.ExitOK},
		{"own app off", func(sb *sandbox.Sandbox) { sb.SetAppFault(sb.Options().AppID, sandbox.AppFault{Off: true}) }, func(sb *sandbox.Sandbox) string { return "failure app.off " + sb.Options().AppID }, cli.ExitFailed},
		{"another app without a version", func(sb *sandbox.Sandbox) { sb.SetAppFault(mall(sb), sandbox.AppFault{Unpublished: true}) }, func(sb *sandbox.Sandbox) string { return "warning app.unpublished " + mall(sb) }, cli.ExitOK},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sb := inUse(t)
			tt.fault(sb)
			if code, unwell := runDoctor(t, examinable(t, sb)); code != tt.code || len(unwell) != 1 || unwell[0] != tt.want(sb) {
				t.Errorf("exit code %d, not well: %q, want %q", code, unwell, tt.want(sb))
			}
		})
	}
}

// TestDoctor_ReportedApps: at the apps that administrators chose and at those of subscriptions, and it reads a
// chat.
func TestDoctor_ReportedApps(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := withAccess(t, config.Everyone, func(c *config.Config) { c.DataDir = dir })
	adminChat, _ := h.Single(h.admin())
	do := func(line string) answer { return h.sayAs(t, h.admin(), adminChat.ID, line) }
	mall, gone := h.Options().Apps[1].ID, "cli_0000000000000000"
	do("/admin apps add app:" + mall + " name:商城").has(mall)
	do("/subscribe weekly h5 app:" + mall).has("已订阅")
	do("/admin apps add app:" + gone + " name:别的").has(gone)
	do("/admin apps remove app:" + mall + " confirm").lacks(mall)
	h.SetAppFault(mall, sandbox.AppFault{Unpublished: true})
	look := func(key string) (found []string) {
		for _, f := range h.app.RunChecks(t.Context()) {
			if f.Check == key {
				found = append(found, fmt.Sprint(f.Status, " ", f.Key, " ", f.Subject))
			}
		}
		return found
	}
	want := []string{"ok app.well " + h.Options().AppID, "failure app.none " + gone, "warning app.unpublished " + mall}
	if got := look("apps"); !slices.Equal(got, want) {
		t.Errorf("the running bot: %q, want %q", got, want)
	}
	if got := look("chats"); !slices.Equal(got, []string{"ok chats.well "}) {
		t.Errorf("chats: %q", got)
	}
	h.AddFault(sandbox.Fault{Endpoint: "scope.list", Code: 212100})
	h.Revoke("im:chat:read", "im:chat", "im:chat:readonly")
	if got := look("chats"); !slices.Equal(got, []string{"failure chats.unreadable "}) {
		t.Errorf("without the scope, and without the list of scopes: %q", got)
	}
	h.app.Stop()
	_, unwell := runDoctor(t, but(examinable(t, h.Sandbox), "DATA_DIR="+dir, "APPS="+h.Options().AppID))
	for _, want := range append(want[1:], "failure chats.unreadable") {
		if !slices.Contains(unwell, want) {
			t.Errorf("from the terminal: not well: %q, want %q among them", unwell, want)
		}
	}
}

// TestDoctor_ClockMoved: the bot and the stand-in go by the same clock.
func TestDoctor_ClockMoved(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	h.setClock(wednesday.Add(2_757_239 * time.Second))
	for _, f := range h.app.RunChecks(t.Context()) {
		if f.Check == "clock" && f.Status != doctor.StatusOK {
			t.Errorf("%+v", f.Text(locale.English))
		}
	}
}

// TestDoctor_FolderWritableByOthers.
func TestDoctor_FolderWritableByOthers(t *testing.T) {
	t.Parallel()
	sb, dir := inUse(t), t.TempDir()
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if code, unwell := runDoctor(t, but(examinable(t, sb), "DATA_DIR="+dir)); code != cli.ExitOK || !slices.Equal(unwell, []string{"warning database.exposed"}) {
		t.Errorf("exit code %d, not well: %q", code, unwell)
	}
	h := openOn(t, sb, func(c *config.Config) { c.DataDir = dir })
	if !strings.Contains(h.log.String(), "others than the user that runs the bot may write in DATA_DIR") {
		t.Errorf("the start says nothing of it:\n%s", h.log)
	}
}

// TestDoctor_ZonesDiffer.
func TestDoctor_ZonesDiffer(t *testing.T) {
	t.Parallel()
	sb := inUse(t)
	if code, unwell := runDoctor(t, append(examinable(t, sb), "TIMEZONE=America/New_York")); code != cli.ExitOK || !slices.Equal(unwell, []string{"warning timezone.differs"}) {
		t.Errorf("exit code %d, not well: %q", code, unwell)
	}
}

func is(want string) func(*sandbox.Sandbox) string {
	return func(*sandbox.Sandbox) string { return want }
}

func fault(endpoint string, code int) func(*sandbox.Sandbox) {
	return func(sb *sandbox.Sandbox) { sb.AddFault(sandbox.Fault{Endpoint: endpoint, Code: code}) }
}

func TestDoctor_EachMissingScope_Named(t *testing.T) {
	t.Parallel()
	sb := inUse(t)
	environ := append(examinable(t, sb), "ACCESS=listed")
	for _, scope := range []string{
		"application:application.app_usage_stats.overview:readonly", "im:message:send_as_bot", "im:message:update", "im:message.p2p_msg:readonly",
		"im:chat:read", "im:chat.members:bot_access", "contact:contact.base:readonly",
		"contact:department.base:readonly", "contact:department.organize:readonly",
	} {
		sb.Revoke(scope)
		if code, unwell := runDoctor(t, environ); code != cli.ExitFailed || len(unwell) != 1 || unwell[0] != "failure scope.missing "+scope {
			t.Errorf("%s: exit code %d, not well: %q", scope, code, unwell)
		}
		sb.Grant(scope)
	}
	sb.Revoke("im:message.group_at_msg:readonly") // the other lets the bot hear all that is said in groups
	if code, unwell := runDoctor(t, environ); code != cli.ExitOK || len(unwell) > 0 {
		t.Errorf("the lesser of two: exit code %d, not well: %q", code, unwell)
	}
	sb.Revoke("im:message.group_msg")
	want := []string{"failure scope.missing im:message.group_at_msg:readonly", "warning scope.missing im:message.group_msg"}
	if code, unwell := runDoctor(t, environ); code != cli.ExitFailed || !slices.Equal(unwell, want) {
		t.Errorf("neither: exit code %d, not well: %q", code, unwell)
	}
	sb.Grant("im:message.group_at_msg:readonly", "im:message.group_msg")
	for _, scope := range []string{
		"application:app_slash_command:read", "application:app_slash_command:write", "admin:app.info:readonly",
		"im:message.group_msg", "im:message:readonly", "contact:user.department:readonly",
	} {
		sb.Revoke(scope)
		if code, unwell := runDoctor(t, environ); code != cli.ExitOK || len(unwell) != 1 || unwell[0] != "warning scope.missing "+scope {
			t.Errorf("%s: exit code %d, not well: %q", scope, code, unwell)
		}
		sb.Grant(scope)
	}
}

// TestDoctor_UnlistedScopes_Tried has the list refused: then the calls themselves show which scopes are there.
func TestDoctor_UnlistedScopes_Tried(t *testing.T) {
	t.Parallel()
	sb := inUse(t)
	sb.AddFault(sandbox.Fault{Endpoint: "scope.list", Code: 212100})
	sb.Revoke("application:application.app_usage_stats.overview:readonly")
	_, unwell := runDoctor(t, examinable(t, sb))
	if len(unwell) != 2 || unwell[0] != "warning refused" || unwell[1] != "failure scope.refused" {
		t.Errorf("not well: %q", unwell)
	}
}

func TestDoctor_CredentialsAndUnknownApps(t *testing.T) {
	t.Parallel()
	sb := inUse(t)
	for _, wrong := range []string{"FEISHU_APP_SECRET=another-secret", "FEISHU_APP_ID=cli_0000000000000000"} {
		environ := but(examinable(t, sb), wrong, "APPS="+sb.Options().AppID)
		if code, unwell := runDoctor(t, environ); code != cli.ExitFailed || len(unwell) != 1 || unwell[0] != "failure credentials.refused" {
			t.Errorf("%s: exit code %d, not well: %q", wrong, code, unwell)
		}
	}
	environ := but(examinable(t, sb), "APPS=cli_ffffffffffffffff")
	if code, unwell := runDoctor(t, environ); code != cli.ExitFailed || len(unwell) != 1 || unwell[0] != "failure app.none cli_ffffffffffffffff" {
		t.Errorf("an unknown app: exit code %d, not well: %q", code, unwell)
	}
}

func TestDoctor_Administrators(t *testing.T) {
	t.Parallel()
	sb := inUse(t)
	known := sb.People()[0].OpenID
	for admins, want := range map[string]string{
		"":                                "warning admins.none",
		"ou_0123456789abcdef":             "warning people.unknown ou_0123456789abcdef",
		known + ",ou_0123456789abcdef":    "warning people.unknown ou_0123456789abcdef",
		known + "," + sb.BotOpenID()[:10]: "warning people.unknown " + sb.BotOpenID()[:10],
	} {
		if code, unwell := runDoctor(t, but(examinable(t, sb), "ADMINS="+admins)); code != cli.ExitOK || len(unwell) != 1 || unwell[0] != want {
			t.Errorf("%q: exit code %d, not well: %q, want %q", admins, code, unwell, want)
		}
	}
}

func TestDoctor_LongConnection(t *testing.T) {
	t.Parallel()
	sb := inUse(t)
	environ := but(examinable(t, sb), "EVENT_MODE=websocket")
	for refusal, want := range map[int]string{0: "", 1000040350: "failure longconn.crowded", 10012: "failure longconn.refused"} {
		sb.RefuseConnections(refusal)
		if _, unwell := runDoctor(t, environ); strings.Join(unwell, ",") != want {
			t.Errorf("%d: not well: %q, want %q", refusal, unwell, want)
		}
	}
	if sb.Connections() != 0 {
		t.Error("the doctor has opened a connection")
	}
}

func TestDoctor_Redis(t *testing.T) {
	t.Parallel()
	sb := inUse(t)
	server := redistest.Start(t, "--maxmemory", "64mb", "--maxmemory-policy", "volatile-lru")
	environ := but(examinable(t, sb), "REDIS_URL="+server.URL())
	if code, unwell := runDoctor(t, environ); code != cli.ExitOK || strings.Join(unwell, ",") != "warning redis.fleeting,warning redis.evicts" {
		t.Errorf("exit code %d, not well: %q", code, unwell)
	}
	server.Stop()
	if code, unwell := runDoctor(t, environ); code != cli.ExitFailed || strings.Join(unwell, ",") != "failure redis.away" {
		t.Errorf("away: exit code %d, not well: %q", code, unwell)
	}
}

func TestDoctor_Databases(t *testing.T) {
	t.Parallel()
	sb := inUse(t)
	server := pgtest.Start(t)
	address := server.NewDatabase(t)
	environ := but(examinable(t, sb), "DATABASE_URL="+address)
	if code, unwell := runDoctor(t, environ); code != cli.ExitOK || strings.Join(unwell, ",") != "warning database.behind" {
		t.Errorf("PostgreSQL without tables: exit code %d, not well: %q", code, unwell)
	}
	sql, err := sqlstore.Open(t.Context(), address, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := sql.Close(); err != nil {
		t.Fatal(err)
	}
	if code, unwell := runDoctor(t, environ); code != cli.ExitOK || len(unwell) > 0 {
		t.Errorf("PostgreSQL: exit code %d, not well: %q", code, unwell)
	}
	for want, wrong := range map[string]string{
		"failure database.refused": strings.Replace(address, "pgtest-password", "sesame", 1), "failure database.missing": strings.Replace(address, "?", "x?", 1),
	} {
		code, stdout, stderr := command(t, but(environ, "DATABASE_URL="+wrong), "", "doctor", "--json")
		if code != cli.ExitFailed || !strings.Contains(stdout, `"key": "`+strings.TrimPrefix(want, "failure ")+`"`) || strings.Contains(stdout+stderr, "sesame") {
			t.Errorf("want %s: exit code %d\n%s%s", want, code, stdout, stderr)
		}
	}
	server.Stop()
	if code, unwell := runDoctor(t, environ); code != cli.ExitFailed || strings.Join(unwell, ",") != "failure database.away" {
		t.Errorf("PostgreSQL away: exit code %d, not well: %q", code, unwell)
	}
	file := filepath.Join(t.TempDir(), "a file and no folder")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code, unwell := runDoctor(t, but(examinable(t, sb), "DATA_DIR="+file)); code != cli.ExitFailed || strings.Join(unwell, ",") != "failure database.away,failure database.locked" {
		t.Errorf("SQLite: exit code %d, not well: %q", code, unwell)
	}
}

func TestDoctor_PrintsNoSecrets(t *testing.T) {
	t.Parallel()
	sb := inUse(t)
	environ := but(examinable(t, sb), "REDIS_URL=redis://:sesame-redis@127.0.0.1:1", "DATABASE_URL=postgres://bot:sesame-sql@127.0.0.1:1/bot")
	for _, tt := range []struct{ args, tells []string }{ // it has tried both addresses whose passwords it must not tell
		{[]string{"doctor"}, []string{"Redis: does not respond", "Database: PostgreSQL does not respond"}},
		{[]string{"doctor", "--json"}, []string{`"key": "redis.away"`, `"key": "database.away"`}},
	} {
		args := tt.args
		code, stdout, stderr := command(t, environ, "", args...)
		for _, told := range tt.tells {
			if code != cli.ExitFailed || !strings.Contains(stdout, told) {
				t.Errorf("%v: exit code %d, and no %q:\n%s%s", args, code, told, stdout, stderr)
			}
		}
		for _, secret := range []string{"sesame", sb.Options().AppSecret, sb.Options().EncryptKey, sb.Options().VerificationToken} {
			if strings.Contains(stdout+stderr, secret) || regexp.MustCompile(`\bt-[0-9a-f]{20}`).MatchString(stdout+stderr) {
				t.Errorf("%v tells %q:\n%s%s", args, secret, stdout, stderr)
			}
		}
	}
	code, stdout, stderr := command(t, but(environ, "LANGUAGE=fr", "TIMEZONE=Mars/Olympus"), "", "doctor", "--json")
	if code != cli.ExitUsage || !strings.Contains(stderr, "LANGUAGE") || !strings.Contains(stderr, "TIMEZONE") || strings.Contains(stdout+stderr, "sesame") {
		t.Errorf("bad settings: exit code %d\n%s%s", code, stdout, stderr)
	}
}

// TestDoctor_AskedInChat does so as a command in a chat would.
func TestDoctor_AskedInChat(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, clockFrom(time.Now()))
	h := openOn(t, sb, func(c *config.Config) { c.Admins = []string{sb.People()[0].OpenID} })
	h.Grant("im:message.group_msg")
	await(t, "the panel is filled", func() bool { return len(h.SlashCommands()) > 0 })
	if found := h.app.RunChecks(t.Context()); doctor.Worst(found) != doctor.StatusOK || len(found) < 20 {
		t.Errorf("%d findings: %+v", len(found), found)
	}
	h.SetContactRange(false)
	found := h.app.RunChecks(t.Context())
	i := slices.IndexFunc(found, func(f doctor.Finding) bool { return f.Status == doctor.StatusFailure })
	if i < 0 || found[i].Text(locale.Chinese).Title != "通讯录权限范围" || !strings.Contains(found[i].Text(locale.Chinese).Todo, "全部成员") {
		t.Errorf("without the contact range: %+v", found)
	}
}

// TestDoctor_EachFinding_HasWords reads the sources for keys, since a key without words prints an empty line.
func TestDoctor_EachFinding_HasWords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../doctor/*.go")
	if err != nil || len(files) < 4 {
		t.Fatalf("%v, %v", files, err)
	}
	words := doctor.CatalogFor(locale.English)
	found := map[string]int{} // by what makes the finding
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range regexp.MustCompile(`\b(OK|Warn|Fail|Skip|find)\("([a-z.]+)"`).FindAllStringSubmatch(string(source), -1) {
			kind, key := match[1], match[2]
			found[kind]++
			if words.Raw(key) == "" {
				t.Errorf("%s: %q has no words", file, key)
			}
			if kind == "Fail" && words.Raw(key+".todo") == "" {
				t.Errorf("%s: %q does not say what to do", file, key)
			}
		}
	}
	for _, kind := range []string{"OK", "Warn", "Fail", "Skip", "find"} {
		if found[kind] == 0 {
			t.Errorf("no finding is made by %s: its name has changed, and this test does not look at it", kind)
		}
	}
}
