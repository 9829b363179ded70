package command

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/locale"
)

var update = flag.Bool("update", false, "write the tables of the documents anew")

// TestCommandDocuments holds the tables in doc/commands*.md against the registry of commands and the words of /help.
func TestCommandDocuments(t *testing.T) {
	t.Parallel()
	for _, d := range []commandDocument{
		{
			file: "../../doc/commands.md", langs: [2]locale.Language{locale.English, locale.Chinese},
			commands: "| command | what it does |", mayUse: "who may use it", arguments: "| argument | written as | meaning |",
			who: map[Who]string{
				Anyone: "anyone", Viewer: "viewers", Manager: "managers", AdminOnly: "administrators",
			},
		},
		{
			file: "../../doc/commands.zh-CN.md", langs: [2]locale.Language{locale.Chinese, locale.English},
			commands: "| 命令 | 作用 |", mayUse: "谁可以用", arguments: "| 参数 | 写法 | 含义 |",
			who: map[Who]string{
				Anyone: "所有人", Viewer: "查看者", Manager: "管理者", AdminOnly: "管理员",
			},
		},
	} {
		text, err := os.ReadFile(d.file)
		if err != nil {
			t.Fatal(err)
		}
		want := string(text)
		r := NewRegistry(Builtin()...)
		for name, table := range map[string]string{
			"commands":  d.commandTable(t, r.Specs(nil), true),
			"admin":     d.commandTable(t, r.Under("admin", nil), false),
			"arguments": d.argumentTable(t),
		} {
			place := regexp.MustCompile(`(?s)(<!-- begin: ` + name + ` -->\n).*?(<!-- end: ` + name + ` -->)`)
			if !place.MatchString(want) {
				t.Fatalf("%s has no place for the table %q", d.file, name)
			}
			want = place.ReplaceAllStringFunc(want, func(found string) string {
				parts := place.FindStringSubmatch(found)
				return parts[1] + table + parts[2]
			})
		}
		if *update {
			if err := os.WriteFile(d.file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			t.Errorf("%s is written anew: look at it, and run the test without -update", d.file)
		} else if diff := cmp.Diff(want, string(text)); diff != "" {
			t.Errorf("%s (-want +got); run the test with -update if it should differ:\n%s", d.file, diff)
		}
	}
}

// commandDocument is a document with tables of commands, in a language of its own and beside it in the other.
type commandDocument struct {
	file                string
	langs               [2]locale.Language
	commands, arguments string // the heads of the tables
	mayUse              string // the head of the last column
	who                 map[Who]string
}

func (d commandDocument) commandTable(t *testing.T, specs []*Spec, who bool) string {
	t.Helper()
	head, rule := d.commands, "\n|---|---|"
	if who {
		head, rule = head+" "+d.mayUse+" |", rule+"---|"
	}
	rows := head + rule + "\n"
	words := d.words(t)
	for _, s := range specs {
		rows += "| " + cell(s.Usage(d.langs[0])) + "<br>" + cell(s.Usage(d.langs[1])) + " | " + d.word(t, words, "command."+s.Name()) + " |"
		if who {
			rows += " " + d.who[s.Who] + " |"
		}
		rows += "\n"
	}
	return rows
}

// argumentTable lists the arguments of all commands, each once.
func (d commandDocument) argumentTable(t *testing.T) string {
	t.Helper()
	rows := d.arguments + "\n|---|---|---|\n"
	words, listed := d.words(t), map[string]bool{}
	for _, s := range Builtin() {
		for _, a := range s.Args {
			if listed[a.Name] {
				continue
			}
			listed[a.Name] = true
			rows += fmt.Sprintf("| %s | %s | %s |\n",
				d.word(t, words, "argument."+a.Name+".name"), d.written(a), d.word(t, words, "argument."+a.Name))
		}
	}
	return rows
}

// maxValues is how many values of an argument are listed.
const maxValues = 8

// written shows an argument's values where they are few, and else an example.
func (d commandDocument) written(a *Arg) string {
	var forms []string
	for _, lang := range d.langs {
		form := cell(a.Example.First(lang))
		if values := a.Allowed(lang); 0 < len(a.Values) && len(values) <= maxValues && !a.Free {
			form = cell(strings.Join(values, "` `"))
			if key := a.key(lang); key != "" {
				form = cell(key+":") + " " + form
			}
		}
		if !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return strings.Join(forms, "<br>")
}

// words are those of the cards.
func (d commandDocument) words(t *testing.T) (words map[string]any) {
	t.Helper()
	text, err := os.ReadFile("../../templates/locale/" + string(d.langs[0]) + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &words); err != nil {
		t.Fatal(err)
	}
	return words
}

func (d commandDocument) word(t *testing.T, words map[string]any, key string) string {
	t.Helper()
	text, ok := words[key].(string) // words with a plural are no strings
	if !ok {
		t.Errorf("there are no words for %s", key)
	}
	return text
}

// cell writes text as code in a cell of a table.
func cell(text string) string { return "`" + strings.ReplaceAll(text, "|", `\|`) + "`" }
