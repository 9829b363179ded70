package templates_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// click is a button as the platform sees it.
type click struct{ Label, Type, Command string }

func clicks(t *testing.T, c card.Card) []click {
	t.Helper()
	var card any
	if err := json.Unmarshal(c.JSON(), &card); err != nil {
		t.Fatal(err)
	}
	var found []click
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, each := range v {
				walk(each)
			}
		case map[string]any:
			if v["tag"] == "button" {
				value := v["behaviors"].([]any)[0].(map[string]any)["value"].(map[string]any)
				label := v["text"].(map[string]any)["content"].(string)
				found = append(found, click{label, v["type"].(string), value["cmd"].(string)})
			}
			for _, property := range []string{"body", "elements", "columns"} {
				walk(v[property])
			}
		}
	}
	walk(card)
	return found
}

func TestUsageButtonsCarryTheirCommands(t *testing.T) {
	t.Parallel()
	r := complete(usage.Web, week, usage.Department{}, webSection())
	o := templates.UsageOptions{
		Cycles:    map[usage.Cycle]string{usage.Weekly: "/usage weekly h5", usage.Daily: "/usage daily h5", usage.Monthly: ""},
		ShowTrend: "/trend weekly h5", ShowTop: strings.Repeat("x", 601),
	}
	want := []click{
		{"日报", "default", "/usage daily h5"},
		{"周报", "primary", "/usage weekly h5"},
		{"看趋势", "default", "/trend weekly h5"},
	}
	if diff := cmp.Diff(want, clicks(t, templates.Usage(newTemplates(t).In(locale.Chinese), r, o))); diff != "" {
		t.Errorf("buttons differ (-want +got):\n%s", diff)
	}
}

func TestACommandIsNeverCut(t *testing.T) {
	t.Parallel()
	long := "/usage dept:" + strings.Repeat("部", 150)
	v := templates.ProblemView{Key: templates.UnknownWord, Suggestion: &card.Button{Label: "weekly", Command: long}}
	got := clicks(t, templates.Problem(newTemplates(t).In(locale.English), v))
	if len(got) != 1 || got[0].Command != long || utf8.RuneCountInString(got[0].Label) > 100 {
		t.Errorf("buttons = %+v", got)
	}
}

func TestMissingIsNotZero(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	section := func(value *int64) usage.Report {
		return complete(usage.Bot, day, usage.Department{}, usage.Section{
			Ability: usage.Bot, Rows: []usage.Row{row(usage.ActiveUsers, value, nil, usage.Change{})},
		})
	}
	missing := templates.Usage(all.In(locale.Chinese), section(nil), templates.UsageOptions{}).Text()
	if !strings.Contains(missing, "活跃用户数：—（平台没有提供）") {
		t.Errorf("a missing figure is told as:\n%s", missing)
	}
	zero := templates.Usage(all.In(locale.Chinese), section(count(0)), templates.UsageOptions{}).Text()
	if !strings.Contains(zero, "活跃用户数：0") || strings.Contains(zero, "平台没有提供") {
		t.Errorf("zero is told as:\n%s", zero)
	}
}

func TestBotShowsOnlyItsUsers(t *testing.T) {
	t.Parallel()
	text := templates.Usage(newTemplates(t).In(locale.Chinese), complete(usage.Bot, day, usage.Department{}, botSection()), options()).Text()
	for _, word := range []string{"页面访问数", "打开次数", "新增用户数", "累计用户数"} {
		if strings.Contains(text, word) {
			t.Errorf("a bot's card speaks of %s:\n%s", word, text)
		}
	}
}

func TestUnfinishedGivesNoChange(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]usage.Report{"one": unfinished(), "all": allUnfinished()} {
		text := templates.Usage(newTemplates(t).In(locale.Chinese), r, options()).Text()
		if !strings.Contains(text, "还没有结束") || !strings.Contains(text, "2026-11-16 周一 – 2026-11-19 周四") {
			t.Errorf("%s: does not say that it is unfinished and what it covers:\n%s", name, text)
		}
		if strings.ContainsAny(text, "▲▼%") {
			t.Errorf("%s: tells a change:\n%s", name, text)
		}
	}
}

func TestDepartmentIsNamedInTheCardsLanguage(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	tests := []struct {
		name string
		lang locale.Language
		dept usage.Department
		path string
		want string
	}{
		{"whole company", locale.English, usage.Department{}, "", "Whole company"},
		{"own name", locale.English, rd, "", "R&D"},
		{"path", locale.English, rd, "A/B", "A/B"},
		{"no name in that language", locale.English, usage.Department{ID: "od-1", Name: "法务部"}, "", "法务部"},
		{"no name at all", locale.Chinese, usage.Department{ID: "od-1"}, "", "od-1"},
		{"unknown language", locale.Language("fr"), rd, "", "研发部"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := templates.Usage(all.In(tt.lang), complete(usage.Bot, day, tt.dept, botSection()), templates.UsageOptions{DepartmentPath: tt.path})
			if subtitle := strings.Split(c.Text(), "\n")[1]; !strings.HasSuffix(subtitle, " · "+tt.want) {
				t.Errorf("subtitle = %q, want the department %q", subtitle, tt.want)
			}
		})
	}
}

func TestListsSayHowManyAreLeftOut(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	options := make([]templates.ChoiceOption, 25)
	commands := make([]templates.HelpCommand, 60)
	for i := range options {
		options[i] = templates.ChoiceOption{Name: "后端组", Path: fmt.Sprintf("%d部/后端组", i), Command: "/usage dept:od-1"}
	}
	for i := range commands {
		long := strings.Repeat("🀄", 300)
		commands[i] = templates.HelpCommand{Name: "usage", Word: long, Usage: long, Examples: []string{long, long}}
	}
	choice := templates.Choice(all.In(locale.English), templates.ChoiceView{Word: "后端组", Options: options})
	if text := choice.Text(); !strings.Contains(text, "25 departments match") || !strings.Contains(text, "15 more not shown") {
		t.Errorf("choice:\n%s", text)
	}
	help := templates.Help(all.In(locale.English), templates.HelpView{
		Commands: commands, Topics: card.Pick{Line: "/help", Arg: "topic", Options: []card.Option{{Text: "/usage", Value: "usage"}}},
	})
	if err := checkCard(help); err != nil {
		t.Error(err)
	}
	shown := strings.Count(help.Text(), "Shows usage for one period")
	if want := fmt.Sprintf("and %d more", 60-shown); shown < 4 || !strings.Contains(help.Text(), want) {
		t.Errorf("%d commands are shown and not %q", shown, want)
	}
	if !strings.Contains(string(help.JSON()), `"select_static"`) {
		t.Error("the choice of a command had no room below a long list")
	}
}

func TestUnknownProblemIsTold(t *testing.T) {
	t.Parallel()
	text := templates.Problem(newTemplates(t).In(locale.English), templates.ProblemView{Key: "x", Reference: "E-1"}).Text()
	if !strings.Contains(text, "Something went wrong") || !strings.Contains(text, "Error ID E-1") {
		t.Errorf("problem:\n%s", text)
	}
}

func TestWaitIsRoundedUp(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	tests := map[time.Duration]string{
		0: "will appear here.", -time.Second: "will appear here.", time.Millisecond: "about 1 second.",
		time.Second: "about 1 second.", 1001 * time.Millisecond: "about 2 seconds.", 90 * time.Second: "about 90 seconds.",
		91 * time.Second: "about 2 minutes.", 121 * time.Second: "about 3 minutes.",
	}
	for wait, want := range tests {
		text := templates.Working(all.In(locale.English), templates.WorkingView{Wait: wait}).Text()
		if !strings.HasSuffix(text, want) {
			t.Errorf("waiting %v is told as %q, want %q", wait, text, want)
		}
	}
}

func TestToastIsShort(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for _, lang := range locale.Languages() {
		toasts := []string{templates.WorkingToast(all.In(lang)), templates.BelowToast(all.In(lang))}
		for _, key := range templates.ProblemKeys() {
			toasts = append(toasts, templates.ProblemToast(all.In(lang), templates.ProblemView{Key: key, Args: map[string]string{"word": strings.Repeat("E", 500)}}))
		}
		for _, got := range toasts {
			if n := utf8.RuneCountInString(got); got == "" || n > 60 {
				t.Errorf("a toast in %s has %d characters: %q", lang, n, got)
			}
		}
	}
	internal := templates.ProblemView{Key: templates.Internal, Reference: "E-1"}
	if got, want := templates.ProblemToast(all.In(locale.English), internal), "Error ID E-1 Something went wrong"; !strings.HasPrefix(got, want) {
		t.Errorf("toast = %q, want it to begin with %q", got, want)
	}
}

func TestJSONKeepsSignsAsTheyAre(t *testing.T) {
	t.Parallel()
	encoded := string(templates.Working(newTemplates(t).In(locale.English), templates.WorkingView{Question: "a<b>&c"}).JSON())
	if !strings.Contains(encoded, "a<b>&c") {
		t.Errorf("card = %s", encoded)
	}
}
