package templates_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// typed is what somebody might write or name a department to have it read as markup.
const typed = `<at id=all></at>**x**[a](http://x)`

func typedButton() card.Button { return card.Button{Label: typed, Command: typed} }

// typedViews put typed into every string that a view takes.
func typedViews() map[string]draw {
	button := typedButton()
	command := templates.HelpCommand{Name: typed, Word: typed, Usage: typed, Examples: []string{typed}}
	r := allAbilities()
	r.Query.App = usage.App{ID: typed, Name: typed}
	r.Query.Department = usage.Department{ID: typed, Name: typed, I18n: map[string]string{"zh_cn": typed, "en_us": typed}}
	o := options()
	o.TimeZone = typed
	path := o
	path.DepartmentPath = typed
	views := map[string]draw{
		"usage": usageView(r, o), "usage with path": usageView(r, path),
		"help": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Help(all.In(lang), templates.HelpView{Commands: []templates.HelpCommand{command}, Topics: card.Pick{Line: typed, Arg: typed, Options: []card.Option{{Text: typed, Value: typed}}}})
		},
		"topic": func(all *templates.Templates, lang locale.Language) card.Card {
			arguments := []templates.HelpArgument{{Name: typed, Words: []string{typed}}}
			return templates.HelpTopic(all.In(lang), templates.HelpTopicView{Command: command, Arguments: arguments, Buttons: []card.Button{button}})
		},
		"choice": func(all *templates.Templates, lang locale.Language) card.Card {
			options := []templates.ChoiceOption{{Name: typed, Path: "/" + typed, Command: typed}}
			return templates.Choice(all.In(lang), templates.ChoiceView{Word: typed, Options: options})
		},
		"working": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Working(all.In(lang), templates.WorkingView{Question: typed, Wait: time.Second})
		},
		"sentence": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Sentence(all.In(lang), templates.SentenceView{Kind: templates.SentenceAsk, Why: "not_known", Word: typed, Known: []string{typed}, Choices: []card.Button{button}})
		},
	}
	for _, key := range templates.ProblemKeys() {
		args := map[string]string{"word": typed, "arg": typed, "other": typed, "limit": typed, "seconds": typed, "date": typed, "newest": typed, "code": typed}
		views["problem "+string(key)] = problemView(templates.ProblemView{
			Key: key, Args: args, Allowed: []string{typed}, Example: typed, Scopes: []string{typed}, Suggestion: &button,
			Choices: []card.Button{button}, Reference: typed, LogID: typed,
		})
	}
	maps.Copy(views, typedDigestViews())
	maps.Copy(views, typedDashboardViews())
	maps.Copy(views, manyOf(2, typed))
	return views
}

// typedDashboardViews are those with charts and fields.
func typedDashboardViews() map[string]draw {
	named := usage.Query{
		App: usage.App{ID: typed, Name: typed}, Ability: usage.Web, Cycle: usage.Daily, Department: usage.Department{ID: typed, Name: typed},
	}
	pick := card.Pick{Line: typed, Arg: typed, Options: []card.Option{{Text: typed, Value: typed}}, Current: typed}
	tr := trendView(trend(usage.Web, day, 3), "")
	tr.Trend.Query, tr.Ability, tr.Department, tr.MetricPick, tr.Date, tr.TimeZone = named, pick, pick, pick, pick, typed
	top := topView(ranking())
	top.Ranking.Query, top.Down, top.Trail = named, pick, []templates.Crumb{{Name: typed, Command: typed}, {Name: typed}}
	for i := range top.Ranking.Rows {
		top.Ranking.Rows[i].Department = usage.Department{ID: typed, Name: typed}
	}
	form := formView(true)
	form.Topic, form.Timing, form.On, form.Submit = templates.Topic{App: named.App, DepartmentPath: typed}, templates.Timing{On: typed, Zone: typed}, []string{typed}, typed
	told := fell()
	told.Mover.Department = named.Department
	return map[string]draw{
		"trend": drawTrend(tr), "top": drawTop(top), "form": drawForm(form),
		"told": digestView(complete(usage.Web, day, usage.Department{}, webSection()), templates.DigestOptions{Remark: told}),
	}
}

// typedDigestViews are those of digests.
func typedDigestViews() map[string]draw {
	topic := templates.Topic{
		App: usage.App{ID: typed, Name: typed}, Ability: usage.Web, Cycle: usage.Weekly,
		Department: usage.Department{ID: typed, Name: typed}, DepartmentPath: typed,
	}
	timing := templates.Timing{On: typed, Zone: typed}
	s := templates.Subscription{
		ID: typed, Topic: topic, Timing: timing, OwnerID: typed, Next: []time.Time{clock(11, 30, 10, 30)},
		Last:    &templates.Last{Outcome: typed, Cause: typed},
		Actions: templates.Actions{Test: typed, Pause: typed, Resume: typed, History: typed, Remove: typed},
	}
	resting := s
	resting.Paused = &templates.Pause{Cause: typed}
	entry := templates.HistoryEntry{ID: typed, Topic: topic, Outcome: typed, Cause: typed, Again: typed}
	r := complete(usage.Web, week, usage.Department{ID: typed, Name: typed}, webSection())
	r.Query.App = topic.App
	views := map[string]draw{
		"digest": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Digest(all.In(lang), r, templates.DigestOptions{Test: true, DepartmentPath: typed, TimeZone: typed, Open: typed, Manage: typed})
		},
		"subscribed": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Subscribed(all.In(lang), templates.SubscribedView{Kind: typed, Subscription: s})
		},
		"subscriptions": subscriptionsView(typed, s, resting), "no subscriptions": subscriptionsView(typed),
		"removal": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.ConfirmRemoval(all.In(lang), templates.ConfirmRemovalView{Subscription: s, Yes: typed, Keep: typed})
		},
		"history":        historyView(templates.HistoryView{Entries: []templates.HistoryEntry{entry}}),
		"history of one": historyView(templates.HistoryView{Of: &s, Entries: []templates.HistoryEntry{entry}}),
		"settings": settingsView(templates.SettingsView{
			Language: typed, App: topic.App, Languages: map[locale.Language]string{locale.Chinese: typed},
			Apps: []templates.AppChoice{{App: topic.App, Command: typed}},
		}),
		"late": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.FiguresLate(all.In(lang), templates.FiguresLateView{Topic: topic, Period: week})
		},
		"owner left": func(all *templates.Templates, lang locale.Language) templates.Card {
			return templates.OwnerLeft(all.In(lang), templates.OwnerLeftView{ID: typed, Topic: topic, Resume: typed})
		},
		"alert": alertView(templates.AdminAlertView{
			App: topic.App, Key: templates.MessageRejected, Args: map[string]string{"code": typed}, Scopes: []string{typed}, LogID: typed,
		}),
		"welcome": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Welcome(all.In(lang), templates.WelcomeView{Usage: typed, Subscribe: typed, Help: typed})
		},
	}
	for _, k := range templates.DoneKeys() {
		views["done "+string(k)] = doneView(templates.DoneView{Key: k, Subscription: s, Back: typed})
	}
	for _, k := range templates.NoticeKinds() {
		views["notice "+string(k)] = noticeView(templates.OwnerNotice{
			Kind: k, ID: typed, Topic: topic, ChatName: typed, Cause: typed, Command: typed,
		})
	}
	return views
}

// readAsMarkup returns the strings of a decoded card that the platform would read as markup: those of any object that is
// no plain_text, save what a click sends back and what a text-typed table cell, the summary or a chart's text holds. In a
// chart nothing may look like a tag, in case a client makes HTML of it.
func readAsMarkup(place string, v any) []string {
	var found []string
	switch v := v.(type) {
	case string:
		if strings.Contains(v, "<at") || strings.Contains(v, "**") || strings.Contains(v, "](") {
			return []string{place + ": " + v}
		}
	case []any:
		for _, each := range v {
			found = append(found, readAsMarkup(place, each)...)
		}
	case map[string]any:
		for property, each := range v {
			switch {
			case v["tag"] == "plain_text" && property == "content":
			case property == "cmd", property == "with", property == "value", property == "initial_option":
			case property == "rows", property == "summary":
			case property == "chart_spec":
				if spec := fmt.Sprint(each); strings.ContainsAny(spec, "<>") {
					found = append(found, place+".chart_spec: "+spec)
				}
			default:
				found = append(found, readAsMarkup(place+"."+property, each)...)
			}
		}
	}
	return found
}

func TestTypedTextIsNeverMarkup(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for name, view := range typedViews() {
		for _, lang := range locale.Languages() {
			encoded := view(all, lang).JSON()
			for _, tag := range []string{`"markdown"`, `"lark_md"`} {
				if strings.Contains(string(encoded), `"tag":`+tag) || strings.Contains(string(encoded), `"data_type":`+tag) {
					t.Errorf("%s in %s has a %s", name, lang, tag)
				}
			}
			var card map[string]any
			if err := json.Unmarshal(encoded, &card); err != nil {
				t.Fatal(err)
			}
			for _, s := range readAsMarkup("", card) {
				t.Errorf("%s in %s: %s", name, lang, s)
			}
		}
	}
}

// TestTypedTextIsShown makes sure that the tests above are not passed by leaving out what was typed.
func TestTypedTextIsShown(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for _, name := range []string{
		"usage", "help", "topic", "choice", "working", "sentence", "problem unknown_word", "digest", "subscribed", "subscriptions",
		"removal", "history", "settings", "late", "alert", "done paused", "notice failed",
		"trend", "top", "form", "told",
	} {
		if c := typedViews()[name](all, locale.English); !strings.Contains(string(c.JSON()), typed) {
			t.Errorf("%s does not show what was typed", name)
		}
	}
}
