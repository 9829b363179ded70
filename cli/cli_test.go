package cli

import (
	"bytes"
	"strings"
	"testing"

	"usagebot/config"
)

// run runs the program with the arguments and no environment.
func run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Run(&Process{Context: t.Context(), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Version: "v1", Commit: "c"}, args)
	return code, out.String(), errs.String()
}

func TestRun_SuggestsWhatWasMeant(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string // the whole standard error
	}{
		{[]string{"serv"}, "usagebot: unknown command \"serv\"; did you mean serve?\nTry: usagebot help\n"},
		{[]string{"docter", "--json"}, "usagebot: unknown command \"docter\"; did you mean doctor?\nTry: usagebot help\n"},
		{[]string{"setings"}, "usagebot: unknown command \"setings\"; did you mean settings?\nTry: usagebot help\n"},
		{[]string{"frobnicate"}, "usagebot: unknown command \"frobnicate\"\nTry: usagebot help\n"},
		{[]string{"doctor", "--jsno"}, "usagebot: unknown flag: --jsno; did you mean --json?\nTry: usagebot help\n"},
		{[]string{"--verson"}, "usagebot: unknown flag: --verson; did you mean --version?\nTry: usagebot help\n"},
		{[]string{"ask", "--nonsense", "x"}, "usagebot: unknown flag: --nonsense\nTry: usagebot help\n"},
		{[]string{"doctor", "-x"}, "usagebot: unknown shorthand flag: 'x' in -x\nTry: usagebot help\n"},
		{[]string{"doctor", "--lang"}, "usagebot: flag needs an argument: --lang\nTry: usagebot help\n"},
	} {
		code, stdout, stderr := run(t, tt.args...)
		if code != ExitUsage || stderr != tt.want || stdout != "" {
			t.Errorf("%q: exit code %d, %q on stdout, stderr\n%s, want %d and\n%s", tt.args, code, stdout, stderr, ExitUsage, tt.want)
		}
	}
}

func TestRun_HelpSettings(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := run(t, "help", "settings")
	if code != ExitOK || stderr != "" {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	described, err := config.Describe()
	if err != nil || len(described) != config.Count() {
		t.Fatalf("%d settings are described, %v; want %d", len(described), err, config.Count())
	}
	for _, d := range described {
		if !strings.Contains(stdout, "\n"+d.Name) || !strings.Contains(stdout, d.Takes) || d.About == "" {
			t.Errorf("%s is not explained in\n%s", d.Name, stdout)
		}
	}
	for _, want := range []string{
		"\nFEISHU_APP_SECRET  (required, secret)\n    the secret of that app\n    takes: the App Secret, ", "\nDIGEST_JITTER  (default 1m30s)\n", "\nADMINS\n    ",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is missing in\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "`") {
		t.Errorf("there is markup in\n%s", stdout)
	}
	if _, again, _ := run(t, "settings", "--help"); again != stdout {
		t.Errorf("settings --help prints\n%s", again)
	}
}

// TestRun_Completes asks as the scripts do that "usagebot completion" writes for a shell.
func TestRun_Completes(t *testing.T) {
	t.Parallel()
	const noFiles, files = ":4\n", ":0\n"
	for _, tt := range []struct {
		args []string
		want string // the lines of standard output; explanations go to standard error
	}{
		{[]string{"doctor", "--lang", ""}, "zh\nen\n" + noFiles},
		{[]string{"serve", ""}, noFiles},
		{[]string{"ask", ""}, noFiles},
		{[]string{"backup", ""}, files},
		{[]string{"restore", ""}, files},
		{[]string{"doc"}, "doctor\tCheck everything that the bot needs, and say what to do about each fault\n" + noFiles},
	} {
		if code, stdout, _ := run(t, append([]string{"__complete"}, tt.args...)...); code != ExitOK || stdout != tt.want {
			t.Errorf("%q: exit code %d,\n%q, want\n%q", tt.args, code, stdout, tt.want)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if code, stdout, stderr := run(t, "completion", shell); code != ExitOK || !strings.Contains(stdout, "usagebot") || stderr != "" {
			t.Errorf("completion %s: exit code %d, %d bytes, %q", shell, code, len(stdout), stderr)
		}
	}
}
