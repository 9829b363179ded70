package templates_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/bot/sentence"
	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

var update = flag.Bool("update", false, "write the golden files anew")

type draw func(all *templates.Templates, lang locale.Language) card.Card

func usageView(r usage.Report, o templates.UsageOptions) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Usage(all.In(lang), r, o)
	}
}

func problemView(v templates.ProblemView) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Problem(all.In(lang), v)
	}
}

// sentenceViews are the answers to sentences that are not carried out, and one that is.
func sentenceViews() map[string]draw {
	view := func(v templates.SentenceView) draw {
		return func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Sentence(all.In(lang), v)
		}
	}
	choices := []card.Button{{Command: "/usage weekly dept:研发部/后端组"}, {Command: "/usage weekly dept:产品部/后端组"}}
	views := map[string]draw{
		"sentence_confirm": view(templates.SentenceView{Kind: templates.SentenceConfirm, Line: "/subscribe weekly 09:00 on:mon", Shown: "/订阅 周报 09:00 日子:周一"}),
		"sentence_chat":    view(templates.SentenceView{Kind: templates.SentenceChat, Choices: []card.Button{{Command: "/usage weekly"}, {Command: "/help"}}}),
		"sentence_line": func(all *templates.Templates, lang locale.Language) card.Card {
			c := templates.Usage(all.In(lang), complete(usage.Web, week, rd, webSection()), options())
			return templates.WithLine(all.In(lang), c, "/usage weekly h5 dept:研发部")
		},
	}
	asks, refuses := sentence.Whys()
	for _, why := range asks[:3] {
		views["sentence_ask_"+string(why)] = view(templates.SentenceView{Kind: templates.SentenceAsk, Why: string(why), Word: "后端组", Known: []string{"上周", "周活"}, Choices: choices})
	}
	for _, why := range refuses[:2] {
		views["sentence_cannot_"+string(why)] = view(templates.SentenceView{Kind: templates.SentenceCannot, Why: string(why), Word: "Q3", Choices: choices[:1]})
	}
	return views
}

// views are every view in every variant.
func views() map[string]draw {
	path := options()
	path.DepartmentPath = "研发部/后端组"
	v := map[string]draw{
		"usage_app_daily":       usageView(complete(usage.AppAbility, day, usage.Department{}, appSection()), options()),
		"usage_app_weekly_path": usageView(complete(usage.AppAbility, week, rd, withTotalAsOf(appSection(), sunday)), path),
		"usage_app_monthly": usageView(complete(usage.AppAbility, month, usage.Department{},
			withTotalAsOf(appSection(), month.End())), options()),
		"usage_h5_weekly_department": usageView(complete(usage.Web, week, rd, webSection()), options()),
		"usage_bot_daily":            usageView(complete(usage.Bot, day, usage.Department{}, botSection()), options()),
		"usage_all_weekly":           usageView(allAbilities(), options()),
		"usage_unfinished":           usageView(unfinished(), options()),
		"usage_last_days_not_out":    usageView(lastDaysNotOut(), options()),
		"usage_all_unfinished":       usageView(allUnfinished(), options()),
		"usage_not_out":              usageView(notOut(), options()),
		"usage_edges":                usageView(edges(), options()),
		"usage_nothing": usageView(complete(usage.MiniProgram, day, usage.Department{},
			usage.Section{Ability: usage.MiniProgram, Missing: true}), templates.UsageOptions{}),
		"help": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Help(all.In(lang), templates.HelpView{
				Commands: []templates.HelpCommand{usageCommand(), {Name: "help", Word: "/help", Usage: "/help [command]", Examples: []string{"/help usage"}}},
				Topics:   card.Pick{Line: "/help", Arg: "topic", Options: []card.Option{{Text: "/usage", Value: "usage"}, {Text: "/help", Value: "help"}}},
			})
		},
		"help_topic": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.HelpTopic(all.In(lang), templates.HelpTopicView{
				Command: usageCommand(),
				Arguments: []templates.HelpArgument{
					{Name: "cycle", Words: []string{"daily", "weekly", "monthly"}},
					{Name: "ability", Words: []string{"app", "mp", "h5", "bot", "all"}},
					{Name: "dept"},
					{Name: "app"},
					{Name: "date", Words: []string{"yesterday", "last-week", "2026-10"}},
					{Name: "topic"},
				},
				Buttons: []card.Button{{Command: "/usage"}},
			})
		},
		"choice": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Choice(all.In(lang), templates.ChoiceView{Word: "后端组", Options: []templates.ChoiceOption{
				{Name: "后端组", Path: "研发部/后端组", Command: "/usage dept:od-1"},
				{Name: "后端组", Path: "电商部/后端组", Command: "/usage dept:od-2"},
			}})
		},
		"choice_yours": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Choice(all.In(lang), templates.ChoiceView{Options: []templates.ChoiceOption{
				{Name: "研发部", Path: "研发部", Command: "/usage dept:od-1"}, {Name: "市场部", Path: "市场部", Command: "/usage dept:od-2"},
			}})
		},
		"working": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Working(all.In(lang), templates.WorkingView{Question: "/usage weekly h5", Wait: 12300 * time.Millisecond})
		},
	}
	maps.Copy(v, sentenceViews())
	narrowed := options()
	narrowed.Narrowed = true
	v["usage_narrowed"] = usageView(complete(usage.Web, week, rd, webSection()), narrowed)
	v["problem_id"] = problemView(templates.ProblemView{
		Key: templates.MissingValue, Args: map[string]string{"arg": "id"}, Allowed: []string{"k7q2mw", "abcdef"}, Example: "/pause k7q2mw",
	})
	v["problem_slip"] = problemView(templates.ProblemView{
		Key: templates.UnknownCommand, Args: map[string]string{"word": "/admin grnat"}, Suggestion: &card.Button{Label: "/admin grant"},
		Example: "/admin grant chat:this viewer",
	})
	for _, key := range templates.ProblemKeys() {
		v["problem_"+string(key)] = problemView(problem(key))
	}
	maps.Copy(v, digestViews())
	maps.Copy(v, dashboardViews())
	maps.Copy(v, adminViews())
	maps.Copy(v, compareViews())
	return v
}

func usageCommand() templates.HelpCommand {
	return templates.HelpCommand{
		Name:     "usage",
		Word:     "/usage",
		Usage:    "/usage [daily|weekly|monthly] [app|mp|h5|bot|all] [dept:X] [app:X] [date:X]",
		Examples: []string{"/usage", "/usage weekly h5", "/usage monthly app dept:研发部", "/usage 2026-11-16"},
	}
}

// problem fills in what the bot would give with the key.
func problem(key templates.ProblemKey) templates.ProblemView {
	v := templates.ProblemView{Key: key, Reference: "E-7F3A", Refresh: "/usage weekly h5"}
	switch key {
	case templates.NotAdmin, templates.NotManager:
		v.Ask = []string{"ou_first", "ou_chief"}
	case templates.NothingFor, templates.NothingForYet:
		v.Args = map[string]string{"what": "小程序 · 研发部", "days": "2026-11-22 周日"}
	case templates.UnknownCommand:
		v.Args = map[string]string{"word": "/usgae"}
		v.Suggestion = &card.Button{Label: "/usage", Command: "/usage weekly"}
	case templates.UnknownWord:
		v.Args = map[string]string{"word": "weekyl"}
		v.Suggestion = &card.Button{Label: "weekly", Command: "/usage weekly h5"}
		v.Allowed = []string{"daily", "weekly", "monthly"}
		v.Example = "/usage weekly h5"
	case templates.BadValue, templates.GivenTwice, templates.MissingValue:
		v.Args = map[string]string{"arg": "date", "word": "2026-02-30"}
		v.Example = "/usage date:2026-02-28"
	case templates.Conflict:
		v.Args = map[string]string{"arg": "date", "other": "cycle"}
		v.Allowed = []string{"2026-11-16", "yesterday", "last-week"}
	case templates.TooFewCompared:
		v.Allowed = []string{"dept:A dept:B", "mp h5"}
		v.Example = "/compare weekly dept:研发部 dept:市场部"
	case templates.TooManyCompared:
		v.Args = map[string]string{"word": "dept:财务部"}
		v.Choices = []card.Button{{Label: "/top weekly", Command: "/top weekly"}}
	case templates.TwoCompared:
		v.Args = map[string]string{"arg": "dept", "other": "ability"}
	case templates.SameCompared:
		v.Args = map[string]string{"word": "dept:研发部"}
	case templates.AbilityMissing:
		v.Args = map[string]string{"app": "商城", "ability": "小程序", "has": "网页、机器人"}
		v.Choices = []card.Button{{Label: "网页", Command: "/usage weekly h5"}}
	case templates.UnexpectedValue:
		v.Args = map[string]string{"word": "2026-10"}
	case templates.TooLong:
		v.Args = map[string]string{"limit": "2,000"}
	case templates.NoSuchDay, templates.NeverSuchDay, templates.NoMonthHasDay:
		v.Args = map[string]string{"word": "2026-02-30", "month": "February", "year": "2026", "days": "28"}
	case templates.OnePeriod:
		v.Args = map[string]string{"word": "Q3"}
		v.Example = "/top date:2026-11-16"
	case templates.RangeTooLong:
		v.Args = map[string]string{"days": "46", "daily": "31", "weekly": "26", "monthly": "24"}
		v.Choices = []card.Button{{Label: "/trend weekly date:2026-11-09 n:7", Command: "/trend weekly date:2026-11-09 n:7"}}
	case templates.DepartmentClosed:
		v.Args = map[string]string{"word": "市场部"}
		v.Allowed = []string{"研发部"}
		v.Choices = []card.Button{{Label: "研发部", Command: "/usage dept:od-rd"}}
	case templates.TooFast, templates.ClicksTooFast, templates.ChatTooFast:
		v.Args = map[string]string{"limit": "20", "seconds": "40"}
	case templates.ReasonKey(usage.Throttled):
		v.Args = map[string]string{"seconds": "10"}
	case templates.TooManyOfPerson, templates.TooManyInAll:
		v.Args = map[string]string{"limit": "20"}
	case templates.SubjectUnknown:
		v.Args = map[string]string{"word": "bob"}
		v.Example = "/admin grant members:研发部 viewer"
	case templates.AppNameTaken:
		v.Args = map[string]string{"word": "商城"}
		v.Example = "/admin apps rename app:cli_b name:\"商城 2\""
	case templates.ForChat:
		v.Example = "/subscribe weekly h5"
	case templates.ForTerminal:
		v.Example = "usagebot doctor"
	case templates.AppIDNeeded:
		v.Args = map[string]string{"word": "商场"}
		v.Example = "/admin apps add app:cli_a1b2c3d4e5f6a7b8"
	case templates.DepartmentUnknown:
		v.Args = map[string]string{"word": "研法部"}
		v.Choices = []card.Button{{Label: "研发部", Command: "/usage dept:od-rd"}, {Label: "法务部", Command: "/usage dept:od-law"}}
	case templates.AppUnknown:
		v.Args = map[string]string{"word": "商场"}
		v.Allowed = []string{"商城", "报销"}
	case templates.DayNotOut:
		v.Args = map[string]string{"date": "2026-11-24", "newest": "2026-11-22"}
		v.Example = "/usage date:2026-11-22"
	case templates.NoDayOut:
		v.Args = map[string]string{"date": "2026-11-24"}
		v.Example = "/usage"
	case templates.DateInFuture, templates.DateInPast:
		v.Args = map[string]string{"date": "2026-11-24"}
	case templates.SubscriptionUnknown, templates.SubscriptionPaused:
		v.Args = map[string]string{"word": "k7q2mx"}
	case templates.ScheduleBad:
		v.Args = map[string]string{"word": "on:32"}
		v.Example = "/subscribe monthly on:last"
	case templates.ZoneUnknown:
		v.Args = map[string]string{"word": "Asia/Shangai"}
	case templates.TooMany:
		v.Args = map[string]string{"limit": "20"}
	case templates.TestNotReady:
		v.Args = map[string]string{"date": "2026-11-22"}
	case templates.MessageRejected:
		v.Args = map[string]string{"code": "230036"}
	case templates.ReasonKey(usage.MissingScope):
		v.LogID = "20261123174200ABCDEF"
	case templates.ReasonKey(usage.Rejected):
		v.Args = map[string]string{"code": "99991999"}
		v.LogID = "20261123174200ABCDEF"
	}
	return v
}

func TestGolden(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for name, view := range views() {
		for _, lang := range locale.Languages() {
			t.Run(name+"_"+string(lang), func(t *testing.T) {
				t.Parallel()
				compare(t, filepath.Join("testdata", name+"_"+string(lang)+".golden.json"), onePerLine(t, view(all, lang).JSON()))
			})
		}
	}
}

// onePerLine writes a card's JSON with one line for each part of the head and for each element of the body, so that a
// change shows as a few changed lines and the golden files stay short.
func onePerLine(t *testing.T, encoded []byte) []byte {
	t.Helper()
	var parts struct {
		Schema, Config, Header json.RawMessage
		Body                   struct{ Elements []json.RawMessage }
	}
	if err := json.Unmarshal(encoded, &parts); err != nil {
		t.Fatal(err)
	}
	elements := make([][]byte, len(parts.Body.Elements))
	for i, e := range parts.Body.Elements {
		elements[i] = e
	}
	lines := fmt.Appendf(nil, "{\"schema\":%s,\n\"config\":%s,\n\"header\":%s,\n\"body\":{\"elements\":[\n%s\n]}}\n",
		parts.Schema, parts.Config, parts.Header, bytes.Join(elements, []byte(",\n")))
	var compact bytes.Buffer
	if err := json.Compact(&compact, lines); err != nil || compact.String() != string(encoded) {
		t.Fatalf("the lines are another card than %s: %v", encoded, err)
	}
	return lines
}

// goldenTexts are the views whose text without a card is held as well.
func goldenTexts() []string {
	return []string{
		"usage_app_weekly_path", "usage_all_weekly", "problem_unknown_word",
		"digest_daily_workday", "digest_rose", "subscribed_new", "subscriptions", "history", "owner_notice",
		"usage_chart_daily", "trend_all", "trend_weekly", "top_root", "subscribe_form_new",
		"compare_departments", "compare_periods", "compare_to_date", "why_fell", "top_by_change",
	}
}

func TestGoldenText(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for _, name := range goldenTexts() {
		for _, lang := range locale.Languages() {
			t.Run(name+"_"+string(lang), func(t *testing.T) {
				t.Parallel()
				text := views()[name](all, lang).Text() + "\n"
				compare(t, filepath.Join("testdata", name+"_"+string(lang)+".golden.txt"), []byte(text))
			})
		}
	}
}

func TestNoGoldenFileIsLeftOver(t *testing.T) {
	t.Parallel()
	expected := map[string]bool{}
	for _, lang := range locale.Languages() {
		for name := range views() {
			expected[filepath.Join("testdata", name+"_"+string(lang)+".golden.json")] = true
		}
		for _, name := range goldenTexts() {
			expected[filepath.Join("testdata", name+"_"+string(lang)+".golden.txt")] = true
		}
	}
	files, err := filepath.Glob("testdata/*.golden.*")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d golden files, %v", len(files), err)
	}
	for _, file := range files {
		if !expected[file] {
			t.Errorf("%s is of no view", file)
		}
	}
}

func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(file)
	if *update && string(want) != string(got) {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Fatalf("%s is written anew: look at it, and run the test without -update", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("differs from %s (-want +got); run the test with -update if it should:\n%s", file, diff)
	}
}
