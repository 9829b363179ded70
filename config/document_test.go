package config

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

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
		described, err := Describe()
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range described {
			if !doc.values {
				d.About = meaning(was, d.Name)
			}
			is += row(t, d, doc.required, doc.none, doc.values)
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
func row(t *testing.T, d Description, required, none string, values bool) string {
	t.Helper()
	if d.About == "" {
		t.Errorf("what %s means is not written down", d.Name)
	}
	name, standard := "`"+d.Name+"`", "`"+d.Default+"`"
	if d.Secret {
		name += " *"
	}
	switch {
	case d.Required:
		standard = required
	case d.Default == "":
		standard = none
	}
	cells := []string{name, standard, d.About}
	if values {
		cells = slices.Insert(cells, 2, d.Takes)
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}
