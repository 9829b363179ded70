package e2e

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/cli"
	"usagebot/feishu"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestDoctor_JSON holds the form that scripts read, with what differs from run to run replaced.
func TestDoctor_JSON(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, func(o *sandbox.Options) { o.AppID = "cli_0123456789abcdef" })
	sb.Grant("im:message.group_msg")
	synchronise(t, panelClient(sb), 1, feishu.SlashCommand{Name: "usage", Description: "The figures."})
	sb.SetPlan(false)
	sb.Revoke("im:chat:read")
	code, stdout, stderr := command(t, examinable(t, sb), "", "doctor", "--json")
	if code != cli.ExitFailed || stderr != "" {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	got := stdout
	for pattern, name := range map[string]string{
		`[0-9]{14}[0-9A-F]{20}`: "LOGID", `127\.0\.0\.1:[0-9]+`: "ADDRESS", `\d+ MB free`: "N MB free",
		`it is [-0-9: ]+ there`: "it is NOW there", `differs by \d+ seconds?`: "differs by N seconds",
	} {
		got = regexp.MustCompile(pattern).ReplaceAllString(got, name)
	}
	file := filepath.Join("testdata", "doctor.json")
	want, err := os.ReadFile(file)
	if *update && string(want) != got {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("%s is written anew: look at it, and run the test without -update", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("differs from %s (-want +got); run the test with -update if it should:\n%s", file, diff)
	}
}
