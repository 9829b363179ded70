package config

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the tables of the documents anew")

// TestSettingsDocuments holds the tables in doc/ against the table of settings: every setting is there, in its order, with
// its default and, in locale.English, with what it takes. What a setting means stands only in the documents.
func TestSettingsDocuments(t *testing.T) {
	t.Parallel()
	for _, doc := range []struct {
		file, head, required, none string
		values                     bool
	}{
		{"../doc/settings.md", "| name | default | takes | meaning |\n|---|---|---|---|\n", "required", "none", true},
		{"../doc/settings.zh-CN.md", "| 名称 | 默认值 | 含义 |\n|---|---|---|\n", "必填", "无", false},
	} {
		text, err := os.ReadFile(doc.file)
		if err != nil {
			t.Fatal(err)
		}
		place := regexp.MustCompile(`(?s)<!-- begin: settings -->\n(.*?)<!-- end: settings -->`).FindStringSubmatchIndex(string(text))
		if place == nil {
			t.Fatalf("%s has no place for the settings", doc.file)
		}
		was := string(text[place[2]:place[3]])
		is := doc.head
		for _, s := range settings() {
			is += row(t, s, doc.required, doc.none, doc.values, meaning(was, s.name))
		}
		if *update {
			if err := os.WriteFile(doc.file, []byte(string(text[:place[2]])+is+string(text[place[3]:])), 0o644); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%s is written anew: look at it, and run the test without -update", doc.file)
			continue
		}
		if diff := cmp.Diff(is, was); diff != "" {
			t.Errorf("%s (-want +got); run the test with -update, and write what a new setting means:\n%s", doc.file, diff)
		}
	}
}

// meaning returns the last cell of a setting's row.
func meaning(table, name string) string {
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "| `"+name+"`") {
			cells := strings.Split(strings.TrimSuffix(line, " |\n"), " | ")
			return cells[len(cells)-1]
		}
	}
	return ""
}

// row writes a setting's row. The name of a secret is followed by an asterisk.
func row(t *testing.T, s setting, required, none string, values bool, meaning string) string {
	t.Helper()
	if meaning == "" {
		t.Errorf("what %s means is not written down", s.name)
	}
	c, err := defaults()
	if err != nil {
		t.Fatal(err)
	}
	name, standard := "`"+s.name+"`", "`"+fmt.Sprint(s.shown(c))+"`"
	if d, ok := s.shown(c).(time.Duration); ok {
		standard = "`" + short(d) + "`"
	}
	if s.secret {
		name += " *"
	}
	switch {
	case slices.Contains(Serve.requires(Webhook), s.name):
		standard = required
	case standard == "``":
		standard = none
	}
	cells := []string{name, standard, meaning}
	if values {
		cells = slices.Insert(cells, 2, s.want)
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}
