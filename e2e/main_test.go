package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagebot/app"
	"usagebot/cli"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/store/pgtest"
	"usagebot/store/sqlstore"
	"usagebot/usage"
)

// command runs the program in this process.
func command(t *testing.T, environ []string, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs logBuffer
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	code = cli.Run(&cli.Process{Context: ctx, Environ: environ, Stdin: strings.NewReader(stdin), Stdout: &out, Stderr: &errs}, args)
	return code, out.String(), errs.String()
}

func TestCLI_BadUsageOrSettings_Exit2(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		environ []string
		args    []string
		says    []string
	}{
		{"an unknown command", nil, []string{"serv"}, []string{"serv"}},
		{"an unknown flag", nil, []string{"serve", "--nonsense"}, []string{"--nonsense"}},
		{"a question without words", nil, []string{"ask"}, []string{"question"}},
		{"nothing is set", nil, nil, []string{"FEISHU_APP_ID", "FEISHU_APP_SECRET", "FEISHU_ENCRYPT_KEY", "FEISHU_VERIFICATION_TOKEN"}},
		{
			"every wrong setting at once",
			[]string{"FEISHU_APP_ID=cli_a", "FEISHU_APP_SECRET=sesame", "LANGUAGE=fr", "TIMEZONE=Mars/Olympus", "REDIS_URL=http://x", "LOG_LEVEL=loud"},
			[]string{"serve"},
			[]string{"FEISHU_ENCRYPT_KEY", "LANGUAGE", "TIMEZONE", "REDIS_URL", "LOG_LEVEL"},
		},
		{
			"the long connection needs credentials",
			[]string{"EVENT_MODE=websocket"},
			[]string{"serve"},
			[]string{"2 settings are wrong", "FEISHU_APP_ID", "FEISHU_APP_SECRET"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := command(t, tt.environ, "", tt.args...)
			if code != cli.ExitUsage {
				t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
			}
			for _, want := range tt.says {
				if !strings.Contains(stderr, want) {
					t.Errorf("%q is missing:\n%s", want, stderr)
				}
			}
			if strings.Contains(stdout+stderr, "sesame") {
				t.Error("the secret is printed")
			}
		})
	}
}

func TestCLI_VersionAndHelp(t *testing.T) {
	t.Parallel()
	if code, stdout, _ := command(t, nil, "", "version"); code != cli.ExitOK || !strings.HasPrefix(stdout, "usagebot ") {
		t.Errorf("version: %d %q", code, stdout)
	}
	code, stdout, _ := command(t, nil, "", "--help")
	for _, want := range []string{"serve", "demo", "ask", "doctor", "healthcheck", "version"} {
		if code != cli.ExitOK || !strings.Contains(stdout, want) {
			t.Errorf("--help: %d, %q is missing:\n%s", code, want, stdout)
		}
	}
}

// askable is the settings that `ask` needs.
func askable(sb *sandbox.Sandbox) []string {
	o := sb.Options()
	return []string{"FEISHU_APP_ID=" + o.AppID, "FEISHU_APP_SECRET=" + o.AppSecret, "FEISHU_BASE_URL=" + sb.URL()}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	code, stdout, stderr := command(t, askable(sb), "", "ask", "/usage weekly h5 dept:研发部 date:2026-11-02")
	want := (&testEnv{Sandbox: sb, app: &app.App{}}).department(t, "研发部")
	figures, _ := sb.Figures(usage.Request{AppID: sb.Options().AppID, Ability: usage.Web, Cycle: usage.Weekly, Date: usage.NewDate(2026, 11, 2), DepartmentID: want})
	if code != cli.ExitOK || !strings.Contains(stdout, "研发部") || !strings.Contains(stdout, thousands(figures[usage.ActiveUsers])) {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	for _, line := range []string{"/usage weekly h5 date:2026-11-02 dept:", "/trend weekly h5 dept:", "/top weekly h5 dept:"} {
		code, stdout, stderr = command(t, askable(sb), "", "ask", line+want)
		head, _, _ := strings.Cut(strings.TrimSpace(stdout), "\n\n")
		if code != cli.ExitOK || !strings.Contains(head, "研发部") || strings.Contains(head, want) {
			t.Errorf("%s: exit code %d, headed\n%s%s", line, code, head, stderr)
		}
	}
	code, stdout, _ = command(t, askable(sb), "", "ask", "--json", "/usage weekly h5")
	if !json.Valid([]byte(stdout)) || code != cli.ExitOK {
		t.Errorf("--json: exit code %d\n%s", code, stdout)
	}
	if code, stdout, _ = command(t, askable(sb), "", "ask", "/usage weekyl"); code != cli.ExitUsage || !strings.Contains(stdout, "weekly") {
		t.Errorf("misuse: exit code %d\n%s", code, stdout)
	}
	sb.SetPlan(false)
	if code, stdout, _ = command(t, askable(sb), "", "ask", "/usage monthly h5"); code != cli.ExitFailed || !strings.Contains(stdout, "211004") {
		t.Errorf("a refusal: exit code %d\n%s", code, stdout)
	}
}

// TestAsk_PlainQuestion asks in words, in both languages: an app is found by its English name, and called by it in English.
func TestAsk_PlainQuestion(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	for _, tt := range []struct{ language, question, line, has string }{
		{"zh", "上周h5用得怎么样", "/用量 周报 网页应用 日期:", "用量助手"},
		{"zh", "Mall上周用得怎么样", "/用量 周报 应用:商城 日期:", "商城"},
		{"en", "how was Mall last week?", "/usage weekly app:Mall date:", "Mall"},
	} {
		environ := append(askable(sb), "LANGUAGE="+tt.language, "APPS="+sb.Options().Apps[0].ID+","+sb.Options().Apps[1].ID)
		code, stdout, stderr := command(t, environ, "", "ask", tt.question)
		if code != cli.ExitOK || !strings.Contains(stdout, tt.line) || !strings.Contains(stdout, tt.has) {
			t.Errorf("%s: exit code %d, without %q or %q:\n%s%s", tt.question, code, tt.line, tt.has, stdout, stderr)
		}
	}
}

// TestAsk_ChatCommand_SaysWhereToSendIt asks for commands that need a chat: the answer says where to send them, and not that
// somebody lacks a right.
func TestAsk_ChatCommand_SaysWhereToSendIt(t *testing.T) {
	t.Parallel()
	environ := append(askable(sandboxtest.Start(t)), "LANGUAGE=en")
	for _, line := range []string{
		"/subscribe weekly h5", "/unsubscribe k7q2mw", "/pause k7q2mw", "/settings lang:zh", "/subs", "/history", "/forget-me", "/admin status",
		"/admin refresh 7d", "/admin grant to:ou_84aad35d084aa403a838cf73ee18467 viewer",
	} {
		code, stdout, stderr := command(t, environ, "", "ask", line)
		if code != cli.ExitUsage || !strings.Contains(stdout, "Send it to the bot in the chat") || !strings.Contains(stdout, line) || strings.Contains(stdout, "No access") {
			t.Errorf("%s: exit code %d\n%s%s", line, code, stdout, stderr)
		}
	}
	if _, stdout, _ := command(t, environ, "", "ask", "/admin doctor"); !strings.Contains(stdout, "usagebot doctor") {
		t.Errorf("the doctor:\n%s", stdout)
	}
	if code, stdout, _ := command(t, environ, "", "ask", "/help"); code != cli.ExitOK || strings.Contains(stdout, "subscribe") || !strings.Contains(stdout, "/top") {
		t.Errorf("help: exit code %d\n%s", code, stdout)
	}
}

// TestAsk_PlatformAway names no code and no reference that are not there.
func TestAsk_PlatformAway(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	environ := append([]string{"LANGUAGE=en", "FEISHU_BASE_URL=http://127.0.0.1:1"}, askable(sb)...)
	code, stdout, stderr := command(t, environ, "", "ask", "/usage weekly h5")
	if code != cli.ExitFailed || !strings.Contains(stdout, "can't be reached") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if said := stdout + stderr; strings.Contains(said, "code 0") || strings.Contains(said, `"code":0`) || strings.Contains(said, "code=0") || strings.Contains(said, "reference") || strings.Contains(said, `log_id`) {
		t.Errorf("it names what is not there:\n%s", said)
	}
}

// TestAsk_LeavesDatabasesAlone, whether their tables are older than this program's, newer, or not there.
func TestAsk_LeavesDatabasesAlone(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	server := pgtest.Start(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "usagebot.db")
	for name, content := range map[string]string{"no database at all": "x", "none": ""} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		address := server.NewDatabase(t)
		environ := append(askable(sb), "DATA_DIR="+dir, "DATABASE_URL="+address)
		if code, stdout, stderr := command(t, environ, "", "ask", "/usage weekly h5"); code != cli.ExitOK {
			t.Errorf("%s: exit code %d\n%s%s", name, code, stdout, stderr)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != content {
			t.Errorf("%s: the file holds %q, %v", name, got, err)
		}
		if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
			t.Errorf("%s: the folder holds %v, %v", name, entries, err)
		}
		if c, err := sqlstore.Examine(t.Context(), address, ""); err != nil || c.Tables != 0 {
			t.Errorf("%s: tables of version %d, %v", name, c.Tables, err)
		}
	}
}

func TestAsk_SecretsFromFiles(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(sb.Options().AppSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	environ := []string{"FEISHU_APP_ID=" + sb.Options().AppID, "FEISHU_APP_SECRET_FILE=" + file, "FEISHU_BASE_URL=" + sb.URL(), "LANGUAGE=en"}
	if code, stdout, stderr := command(t, environ, "", "ask", "/usage weekly h5"); code != cli.ExitOK || !strings.Contains(stdout, "Active users") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
}

func TestCLI_Healthcheck(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	environ := []string{"LISTEN_ADDR=" + strings.TrimPrefix(h.app.URL(), "http://")}
	if code, _, stderr := command(t, environ, "", "healthcheck"); code != cli.ExitOK {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	h.app.Stop()
	if code, _, _ := command(t, environ, "", "healthcheck"); code != cli.ExitFailed {
		t.Errorf("of a bot that is gone: exit code %d", code)
	}
}

// TestDemo_AnswersTypedLines runs the demo as a newcomer would, with two lines typed.
func TestDemo_AnswersTypedLines(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := command(t, nil, "/usage all\n部门:市场部\n", "demo")
	if code != cli.ExitOK {
		t.Fatalf("exit code %d\n%s%s", code, stdout, stderr)
	}
	for _, want := range []string{"研发部", "市场部", "小程序", "http://127.0.0.1:"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is missing:\n%s", want, stdout)
		}
	}
	for line := range strings.Lines(stderr) {
		// On a busy machine something may take too long.
		if complains := strings.Contains(line, "ERROR") || strings.Contains(line, "WARN"); complains && !strings.Contains(line, context.DeadlineExceeded.Error()) {
			t.Errorf("the demo complains: %s", line)
		}
	}
}
