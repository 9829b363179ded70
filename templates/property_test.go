package templates_test

import (
	"bytes"
	"maps"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// nasty are strings that have broken cards elsewhere.
var nasty = []string{
	"", "<at id=all></at>", "**x**", "[a](http://x)", `"tag":"markdown"`, "a\nb\u2028c\x00d\xff", "\u202Egnp", "{word}{n}",
	strings.Repeat("🀄", 3000), strings.Repeat(`"\`, 2000), strings.Repeat("研发部/", 700), "</div>&<>",
}

func anyString() *rapid.Generator[string] {
	return rapid.OneOf(rapid.String(), rapid.SampledFrom(nasty), rapid.StringN(0, 400, -1))
}

func anyButtons(t *rapid.T, label string) []card.Button {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) card.Button {
		return card.Button{Label: anyString().Draw(t, "label"), Command: anyString().Draw(t, "command")}
	}), 0, 12).Draw(t, label)
}

func anyStrings(t *rapid.T, label string) []string {
	return rapid.SliceOfN(anyString(), 0, 20).Draw(t, label)
}

func anyCount() *rapid.Generator[*int64] { return rapid.Ptr(rapid.Int64(), true) }

func anyDate() *rapid.Generator[usage.Date] {
	return rapid.Custom(func(t *rapid.T) usage.Date {
		return usage.NewDate(2020, time.January, rapid.IntRange(0, 5000).Draw(t, "day"))
	})
}

func anyPeriod() *rapid.Generator[usage.Period] {
	return rapid.Custom(func(t *rapid.T) usage.Period {
		return usage.PeriodOf(rapid.SampledFrom(usage.Cycles()).Draw(t, "cycle"), anyDate().Draw(t, "date"))
	})
}

func anyRow(m usage.Metric) *rapid.Generator[usage.Row] {
	kinds := []usage.ChangeKind{usage.Incomparable, usage.Same, usage.FromZero, usage.ByCount, usage.ByPercent, "other"}
	return rapid.Custom(func(t *rapid.T) usage.Row {
		r := row(m, anyCount().Draw(t, "value"), anyCount().Draw(t, "before"), usage.Change{
			Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Delta: rapid.Int64().Draw(t, "delta"),
			Percent: rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(-1)})).Draw(t, "percent"),
		})
		if rapid.Bool().Draw(t, "as of") {
			r.AsOf = anyDate().Draw(t, "day")
		}
		return r
	})
}

func anySection(a usage.Ability) *rapid.Generator[usage.Section] {
	return rapid.Custom(func(t *rapid.T) usage.Section {
		s := usage.Section{Ability: a, Missing: rapid.Bool().Draw(t, "missing")}
		for _, m := range a.Metrics() {
			if rapid.Bool().Draw(t, "given") {
				s.Rows = append(s.Rows, anyRow(m).Draw(t, "row"))
			}
		}
		return s
	})
}

func anyReport(t *rapid.T) usage.Report {
	abilities := append(usage.Abilities(), usage.All)
	p := anyPeriod().Draw(t, "period")
	r := usage.Report{
		Query: usage.Query{
			App:     usage.App{ID: anyString().Draw(t, "app id"), Name: anyString().Draw(t, "app")},
			Ability: rapid.SampledFrom(abilities).Draw(t, "ability"), Cycle: p.Cycle,
			Department: usage.Department{ID: anyString().Draw(t, "dept id"), Name: anyString().Draw(t, "dept")},
		},
		Period: p, Through: anyDate().Draw(t, "through"), Complete: rapid.Bool().Draw(t, "complete"), Before: p.Previous(),
	}
	if rapid.Bool().Draw(t, "not out") {
		newer := p.Next()
		r.NotOut = &newer
	}
	for _, a := range r.Query.Ability.Each() {
		r.Sections = append(r.Sections, anySection(a).Draw(t, "section"))
	}
	return r
}

func anyCycles(t *rapid.T) map[usage.Cycle]string {
	cycles := map[usage.Cycle]string{}
	for _, c := range usage.Cycles() {
		cycles[c] = anyString().Draw(t, "cycle command")
	}
	return cycles
}

func anyOptions(t *rapid.T) templates.UsageOptions {
	o := templates.UsageOptions{
		DepartmentPath: anyString().Draw(t, "path"), TimeZone: anyString().Draw(t, "zone"), Cycles: anyCycles(t),
		Metric: anyMetric(t), Ability: anyPick(t), Department: anyPick(t), MetricPick: anyPick(t), Date: anyPick(t),
		Previous: anyString().Draw(t, "previous"), Next: anyString().Draw(t, "next"), ShowTrend: anyString().Draw(t, "trend"),
		ShowTop: anyString().Draw(t, "top"), Subscribe: anyString().Draw(t, "subscribe"), Refresh: anyString().Draw(t, "refresh"),
	}
	if rapid.Bool().Draw(t, "with a trend") {
		trend := anyTrend(t)
		o.Trend = &trend
	}
	return o
}

func anyProblem(t *rapid.T) templates.ProblemView {
	v := templates.ProblemView{
		Key:     rapid.OneOf(rapid.SampledFrom(templates.ProblemKeys()), rapid.Just(templates.ProblemKey("x"))).Draw(t, "key"),
		Args:    map[string]string{},
		Allowed: anyStrings(t, "allowed"), Example: anyString().Draw(t, "example"), Scopes: anyStrings(t, "scopes"),
		Choices: anyButtons(t, "choices"), Reference: anyString().Draw(t, "reference"), LogID: anyString().Draw(t, "log id"),
	}
	for _, arg := range []string{"word", "arg", "other", "limit", "date", "code"} {
		v.Args[arg] = anyString().Draw(t, arg)
	}
	if buttons := anyButtons(t, "suggestion"); len(buttons) > 0 {
		v.Suggestion = &buttons[0]
	}
	return v
}

func anyCommand() *rapid.Generator[templates.HelpCommand] {
	return rapid.Custom(func(t *rapid.T) templates.HelpCommand {
		return templates.HelpCommand{
			Name: anyString().Draw(t, "name"), Word: anyString().Draw(t, "word"), Usage: anyString().Draw(t, "usage"), Examples: anyStrings(t, "examples"),
		}
	})
}

func anyArgument() *rapid.Generator[templates.HelpArgument] {
	return rapid.Custom(func(t *rapid.T) templates.HelpArgument {
		return templates.HelpArgument{Name: anyString().Draw(t, "name"), Words: anyStrings(t, "words")}
	})
}

func anyOption() *rapid.Generator[templates.ChoiceOption] {
	return rapid.Custom(func(t *rapid.T) templates.ChoiceOption {
		return templates.ChoiceOption{
			Name: anyString().Draw(t, "name"), Path: anyString().Draw(t, "path"), Command: anyString().Draw(t, "command"),
		}
	})
}

func TestAnythingMakesAValidCard(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	draws := map[string]func(*rapid.T, locale.Language) card.Card{
		"usage": func(t *rapid.T, l locale.Language) card.Card {
			return templates.Usage(all.In(l), anyReport(t), anyOptions(t))
		},
		"problem": func(t *rapid.T, l locale.Language) card.Card {
			return templates.Problem(all.In(l), anyProblem(t))
		},
		"help": func(t *rapid.T, l locale.Language) card.Card {
			commands := rapid.SliceOfN(anyCommand(), 0, 10).Draw(t, "commands")
			return templates.Help(all.In(l), templates.HelpView{Commands: commands, Topics: card.Pick{Line: "/help", Arg: "topic", Options: []card.Option{{Text: "/usage", Value: "usage"}}}})
		},
		"topic": func(t *rapid.T, l locale.Language) card.Card {
			arguments := rapid.SliceOfN(anyArgument(), 0, 10).Draw(t, "arguments")
			return templates.HelpTopic(all.In(l), templates.HelpTopicView{
				Command: anyCommand().Draw(t, "command"), Arguments: arguments, Buttons: anyButtons(t, "buttons"),
			})
		},
		"choice": func(t *rapid.T, l locale.Language) card.Card {
			options := rapid.SliceOfN(anyOption(), 0, 14).Draw(t, "options")
			return templates.Choice(all.In(l), templates.ChoiceView{Word: anyString().Draw(t, "word"), Options: options})
		},
		"working": func(t *rapid.T, l locale.Language) card.Card {
			wait := time.Duration(rapid.Int64().Draw(t, "wait"))
			return templates.Working(all.In(l), templates.WorkingView{Question: anyString().Draw(t, "question"), Wait: wait})
		},
		"sentence": func(t *rapid.T, l locale.Language) card.Card {
			kinds := []templates.SentenceKind{templates.SentenceAsk, templates.SentenceCannot, templates.SentenceConfirm, templates.SentenceChat}
			return templates.Sentence(all.In(l), templates.SentenceView{
				Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Why: "not_known", Word: anyString().Draw(t, "word"), Line: anyString().Draw(t, "line"),
				Known: rapid.SliceOfN(anyString(), 0, 20).Draw(t, "known"), Choices: anyButtons(t, "choices"),
			})
		},
	}
	maps.Copy(draws, digestDraws(all))
	maps.Copy(draws, dashboardDraws(all))
	for name, draw := range draws {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				c := draw(t, rapid.SampledFrom(locale.Languages()).Draw(t, "language"))
				if err := checkCard(c); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(c.JSON(), c.JSON()) {
					t.Fatal("two writings of one card differ")
				}
			})
		})
	}
}
