package doctor

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/config"
	"usagebot/feishu/events"
	"usagebot/locale"
	"usagebot/store"
)

// TestDoctorLooksForTheScopesOfTheDocuments holds the doctor's list of scopes against the tables of doc/scopes*.md.
func TestDoctorLooksForTheScopesOfTheDocuments(t *testing.T) {
	t.Parallel()
	cfg := config.Config{AppID: "cli_a", Access: config.Listed, Apps: []config.App{{ID: "cli_a"}}}
	looked := map[string]bool{} // whether it is optional
	for _, n := range neededScopes(cfg, []config.App{{ID: "cli_a"}, {ID: "cli_b"}}) {
		looked[n.any[0]] = n.optional
	}
	for file, optional := range map[string]string{"doc/scopes.md": "optional", "doc/scopes.zh-CN.md": "可选"} {
		text, err := os.ReadFile("../" + file)
		if err != nil {
			t.Fatal(err)
		}
		listed := map[string]bool{}
		for _, row := range regexp.MustCompile("(?m)^\\| (`[a-z0-9_]+:.*?) \\| (.*) \\|$").FindAllStringSubmatch(string(text), -1) {
			for _, scope := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(row[1], -1) {
				listed[scope[1]] = strings.HasPrefix(row[2], optional)
			}
		}
		if diff := cmp.Diff(listed, looked); diff != "" {
			t.Errorf("%s has other scopes than the doctor looks for (-%s +doctor):\n%s", file, file, diff)
		}
	}
}

// TestEveryFaultOfAStoreHasWords: the keys are made of the faults.
func TestEveryFaultOfAStoreHasWords(t *testing.T) {
	t.Parallel()
	common := []store.Fault{store.NoAnswer, store.Refused, store.Missing, store.Insecure, store.Crowded}
	for check, faults := range map[string][]store.Fault{"redis": common, "database": append(common[:5:5], store.Corrupt)} {
		for _, fault := range faults {
			f := storeFault(check, fault, "kind", "PostgreSQL")
			if text := f.Text(locale.Chinese); f.Status != StatusFailure || text.Detail == "" || text.Todo == "" || strings.Contains(text.Detail, "{") {
				t.Errorf("%s: %+v", f.Key, text)
			}
		}
	}
}

func TestConnectionFinding(t *testing.T) {
	t.Parallel()
	for want, s := range map[string]events.ConnectionState{
		"longconn.open": {Up: true}, "longconn.closed": {}, "longconn.crowded": {Code: 1000040350}, "longconn.refused": {Code: 403},
	} {
		if got := connectionFinding(s); got.Key != want || (got.Status == StatusOK) != s.Up {
			t.Errorf("%+v: %+v, want %s", s, got, want)
		}
	}
}
