package sentence_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"usagebot/bot/sentence"
	"usagebot/usage"
)

// The questions' organisation; testdata/README.md describes it.
func organisation() sentence.Context {
	dept := func(id, parent, name, english, sound string) sentence.Name {
		n := sentence.Name{ID: id, Parent: parent, Name: name, Path: name}
		if english != "" {
			n.Also = []string{english}
		}
		if sound != "" {
			n.Sounds = []string{sound}
		}
		return n
	}
	list := []sentence.Name{
		dept("rd", "0", "研发部", "R&D", "yanfabu"), dept("fe", "rd", "前端组", "", "qianduanzu"), dept("be", "rd", "后端组", "Backend", "houduanzu"),
		dept("qa", "rd", "测试组", "", "ceshizu"), dept("mkt", "0", "市场部", "Marketing", "shichangbu"), dept("brand", "mkt", "品牌组", "", "pinpaizu"),
		dept("grow", "mkt", "增长组", "", "zengzhangzu"), dept("sales", "0", "销售部", "Sales", "xiaoshoubu"), dept("east", "sales", "华东区", "", "huadongqu"),
		dept("south", "sales", "华南区", "", "huananqu"), dept("prod", "0", "产品部", "Product", "chanpinbu"), dept("be2", "prod", "后端组", "Backend", "houduanzu"),
		dept("hr", "0", "人力资源部", "HR", "renliziyuanbu"), dept("fin", "0", "财务部", "Finance", "caiwubu"),
		dept("cq", "0", "重庆分公司", "Chongqing Branch", "chongqingfengongsi"),
	}
	names := map[string]string{}
	for i := range list {
		names[list[i].ID] = list[i].Name
		if above := names[list[i].Parent]; above != "" {
			list[i].Path = above + "/" + list[i].Name
		}
	}
	return sentence.Context{
		Today: usage.NewDate(2026, 11, 18), Newest: usage.NewDate(2026, 11, 17), Names: sentence.NewNames(list),
		Holidays: []sentence.Holiday{
			{Name: "国庆中秋", First: usage.NewDate(2025, 10, 1), Last: usage.NewDate(2025, 10, 8)},
			{Name: "春节", First: usage.NewDate(2026, 2, 15), Last: usage.NewDate(2026, 2, 23)},
			{Name: "清明节", First: usage.NewDate(2026, 4, 4), Last: usage.NewDate(2026, 4, 6)},
			{Name: "国庆节", First: usage.NewDate(2026, 10, 1), Last: usage.NewDate(2026, 10, 7)},
		},
		Apps: sentence.NewNames([]sentence.Name{
			{ID: "cli_1", Name: "用量助手"},
			{ID: "cli_2", Name: "商城", Also: []string{"Mall"}},
			{ID: "cli_3", Name: "报销", Also: []string{"Expenses"}},
			{ID: "cli_4", Name: "OA审批"},
		}),
	}
}

// expectation is what a sentence must become, or Or one of others.
type expectation struct {
	Kind    sentence.Kind  `json:"kind"`
	Command string         `json:"command"`
	About   sentence.About `json:"about"`
	Or      []expectation  `json:"or"`
}

// read reads a sentence after another line or sentence.
func read(text, after string) sentence.Reading {
	c := organisation()
	if after != "" && !strings.HasPrefix(after, "/") {
		after = sentence.Read(after, c).Line
	}
	c.Previous = after
	return sentence.Read(text, c)
}

// meets reports whether a reading is what is expected.
func meets(r sentence.Reading, want expectation) bool {
	same := r.Kind == want.Kind && (want.About == "" || r.About == want.About)
	if same && want.Command != "" {
		same = meaning(r.Line) == meaning(want.Command)
	}
	return same || slices.ContainsFunc(want.Or, func(or expectation) bool { return meets(r, or) })
}

// meaning returns a line in a form in which equal meanings are equal: without defaults, its arguments in order.
func meaning(line string) string {
	words := strings.Fields(strings.ReplaceAll(line, `"`, ""))
	if len(words) == 0 {
		return ""
	}
	command, rest := words[0], words[1:]
	if command == "/export" && len(rest) > 0 {
		command, rest = command+" "+rest[0], rest[1:]
	}
	cycle := "daily"
	for _, c := range []string{"weekly", "monthly"} {
		if slices.Contains(rest, c) {
			cycle = c
		}
	}
	newest := map[string]string{"daily": "2026-11-17", "weekly": "2026-11-09", "monthly": "2026-10-01"}[cycle]
	defaults := []string{"daily", "app", "metric:uv", "app:用量助手", "format:xlsx", "10:30", "on:daily"}
	switch {
	case strings.Contains(command, "subscribe"):
		defaults = append(defaults, map[string]string{"daily": "on:daily", "weekly": "on:mon", "monthly": "on:1"}[cycle])
	case strings.Contains(command, "trend"):
		defaults = append(defaults, map[string]string{"daily": "n:14", "weekly": "n:8", "monthly": "n:12"}[cycle], "date:"+newest)
		if cycle == "weekly" {
			defaults = append(defaults, "date:2026-11-15")
		}
	case strings.Contains(command, "top"):
		defaults = append(defaults, "n:10", "date:"+newest)
	case !strings.Contains(line, "date:"+newest+" date:") && strings.Count(line, "date:") < 2:
		defaults = append(defaults, "date:"+newest)
	}
	rest = slices.DeleteFunc(slices.Clone(rest), func(w string) bool { return slices.Contains(defaults, w) })
	slices.Sort(rest)
	return command + " " + cycle + " " + strings.Join(rest, " ")
}

// questionFiles are the files of questions, with how many each has.
var questionFiles = map[string]int{"questions.jsonl": 110, "unseen.jsonl": 140, "further.jsonl": 60}

func TestQuestions(t *testing.T) {
	for name, count := range questionFiles {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile("testdata/" + name)
			if err != nil {
				t.Fatal(err)
			}
			questions := 0
			for line := range bytes.Lines(data) {
				var q struct {
					Text, After string
					Expect      expectation
				}
				if err := json.Unmarshal(line, &q); err != nil {
					t.Fatal(err)
				}
				questions++
				if got := read(q.Text, q.After); !meets(got, q.Expect) {
					t.Errorf("%q after %q\n got %s %s %s\nwant %s %s %s", q.Text, q.After, got.Kind, cmp.Or(got.Line, string(got.About)), got.Why+" "+sentence.Why(got.Word), q.Expect.Kind, q.Expect.Command, q.Expect.About)
				}
			}
			if questions != count {
				t.Errorf("%d questions, want %d", questions, count)
			}
		})
	}
}

// TestSentences reads testdata/sentences.txt.
func TestSentences(t *testing.T) {
	file, err := os.Open("testdata/sentences.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	held, part := os.Getenv("SENTENCES_PART"), 0
	total, right := 0, 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		part++
		if aside := part%3 == 2; held == "tuning" && aside || held == "aside" && !aside {
			continue
		}
		fields := strings.Split(lines.Text(), "|")
		if len(fields) < 3 {
			t.Fatalf("not a sentence: %s", lines.Text())
		}
		text, after := strings.TrimSpace(fields[0]), strings.TrimSpace(fields[1])
		var want expectation
		for i, option := range strings.Split(strings.Join(fields[2:], "|"), "||") {
			kind, rest, _ := strings.Cut(strings.TrimSpace(option), " ")
			e := expectation{Kind: sentence.Kind(kind), Command: rest}
			if e.Kind == sentence.Ask {
				e.Command, e.About = "", sentence.About(rest)
			}
			if i == 0 {
				want = e
				continue
			}
			want.Or = append(want.Or, e)
		}
		total++
		if got := read(text, after); meets(got, want) {
			right++
		} else {
			t.Errorf("%q after %q\n got %s %s %s %q\nwant %s", text, after, got.Kind, cmp.Or(got.Line, string(got.About)), got.Why, got.Word, strings.Join(fields[2:], "|"))
		}
	}
	t.Logf("%d of %d", right, total)
}

// allTexts returns the texts of all test data.
func allTexts(t *testing.T) (texts []string) {
	t.Helper()
	for name := range questionFiles {
		questions, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(questions) {
			var q struct{ Text string }
			if err := json.Unmarshal(line, &q); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, q.Text)
		}
	}
	sentences, err := os.ReadFile("testdata/sentences.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(sentences)) {
		text, _, ok := strings.Cut(line, "|")
		if ok && !strings.HasPrefix(line, "#") {
			texts = append(texts, strings.TrimSpace(text))
		}
	}
	return texts
}

func TestFollowUps(t *testing.T) {
	data, err := os.ReadFile("testdata/followups.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "|")
		previous, text, want := strings.TrimSpace(fields[0]), strings.TrimSpace(fields[1]), strings.TrimSpace(fields[2])
		got := read(text, previous)
		if strings.HasPrefix(want, "/") && (got.Kind != sentence.Run || meaning(got.Line) != meaning(want)) || !strings.HasPrefix(want, "/") && string(got.Kind) != want {
			t.Errorf("%q after %q is %s %s %s %q, want %s", text, previous, got.Kind, got.Line, got.Why, got.Word, want)
		}
	}
}
