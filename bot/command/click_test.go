package command

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"usagebot/usage"
)

// reporter is a *testing.T or a *rapid.T.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// fromClick returns the line of a click. It checks that the command of a click is the one that its line reads as.
func fromClick(t reporter, value map[string]any, option string, form map[string]any) (line string, ok bool) {
	t.Helper()
	r := NewRegistry(Builtin()...)
	c, ok := r.FromClick(value, option, form)
	if c.Command != nil {
		if want, err := r.Parse(c.Line); err != nil || *c.Command != want {
			t.Errorf("a click means %+v, but %q reads as %+v, %v", *c.Command, c.Line, want, err)
		}
	}
	return c.Line, ok
}

func TestClick(t *testing.T) {
	t.Parallel()
	c := ask(Args{Cycle: usage.Weekly, Dept: `研发 "一" 部`})
	sent, err := json.Marshal(map[string]any{"cmd": c.String()})
	if err != nil {
		t.Fatal(err)
	}
	var value map[string]any
	if err := json.Unmarshal(sent, &value); err != nil {
		t.Fatal(err)
	}
	value["more"] = map[string]any{"from": "its maker"}
	line, ok := fromClick(t, value, "not asked for", nil)
	if !ok || line != c.String() {
		t.Fatalf("FromClick(%v) = %q, %v", value, line, ok)
	}
	if diff := cmp.Diff(c, parse(t, line)); diff != "" {
		t.Errorf("(-sent +clicked):\n%s", diff)
	}
}

func TestChoice(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ line, with, option, want string }{
		{"/usage weekly", "date", "2025-06-10 +0800", "/usage weekly date:2025-06-10"},
		{"/usage weekly", "date", "2025-06-10 -0330", "/usage weekly date:2025-06-10"},
		{"/usage weekly date:2026-11-16", "date", "2025-06-10 +0800", "/usage weekly date:2025-06-10"},
		{"/用量 上周", "date", "last-month", "/usage date:last-month"},
		{"/subscribe daily", "time", "05:05 +0800", "/subscribe daily 05:05"},
		{"/subscribe daily 10:30 h5", "time", "9:30", "/subscribe daily 09:30 h5"},
		{"/pause k7q2mw", "until", "2026-12-01 +0800", "/pause k7q2mw until:2026-12-01"},
		{"/retry k7q2mw", "date", "2026-11-16 +0800", "/retry k7q2mw date:2026-11-16"},
		{"/usage h5", "cycle", "monthly", "/usage monthly h5"},
		{"/usage weekly h5", "ability", "all", "/usage weekly all"},
		{"/usage weekly dept:od-1", "dept", "od-2", "/usage weekly dept:od-2"},
		{"/top", "dept", "研发 部", `/top dept:"研发 部"`},
		{"/top dept:od-1 n:5", "dept", "all", "/top n:5"},
		{"/top", "dept", ` "all" `, `/top dept:"""all"""`},
		{"/top", "dept", `x" app:y n:7 "`, `/top dept:"x"" app:y n:7 """`},
		{"/top", "dept", "/unsubscribe k7q2mw confirm", `/top dept:"/unsubscribe k7q2mw confirm"`},
		{"/top", "n", "20", "/top n:20"},
		{"/trend", "metric", "lifecycle", "/trend metric:lifecycle"},
		{"/settings", "lang", "中文", "/settings lang:zh"},
		{"/subscribe daily on:workdays", "on", "daily", "/subscribe daily on:daily"},
		{"/subscribe", "on", "15", "/subscribe on:15"},
		{"/subscribe daily", "tz", "Asia/Tokyo", "/subscribe daily tz:Asia/Tokyo"},
		{"/subscribe daily app:a", "app", "10:30 +0800", `/subscribe daily app:"10:30 +0800"`},
		{"/help", "topic", "趋势", "/help 趋势"},
		// In a question, arguments that do not go with the choice are dropped.
		{"/usage date:last-week", "cycle", "monthly", "/usage monthly"},
		{"/usage date:2026-11-16", "cycle", "monthly", "/usage monthly date:2026-11-16"},
		{"/trend n:31", "cycle", "weekly", "/trend weekly"},
		{"/trend metric:new_users n:20", "ability", "bot", "/trend bot n:20"},
		{"/trend weekly n:26", "n", "30", "/trend weekly n:30"},                              // an error
		{"/subscribe daily on:workdays", "cycle", "weekly", "/subscribe weekly on:workdays"}, // an error
		// A line that is wrong already stays as it is.
		{"/usage foo:", "cycle", "weekly", "/usage foo:"},
		{"usage", "cycle", "weekly", "usage"},
		{"/nothing", "cycle", "weekly", "/nothing"},
	} {
		line, ok := fromClick(t, map[string]any{"cmd": test.line, "with": test.with}, test.option, nil)
		if !ok || line != test.want {
			t.Errorf("%s with %s %q is %q, %v, want %q", test.line, test.with, test.option, line, ok, test.want)
		}
	}
}

func TestForm(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		line string
		form map[string]any
		want string
	}{
		"all of it": {
			"/subscribe",
			map[string]any{
				"cycle": "weekly", "time": "10:30 +0800", "on": "mon", "ability": "h5", "dept": "研发 部", "app": "cli_1", "tz": "Asia/Shanghai",
			},
			`/subscribe weekly 10:30 on:mon h5 dept:"研发 部" app:cli_1 tz:Asia/Shanghai`,
		},
		"instead of what the line has": {
			"/订阅 日报 9点 部门:研发部", map[string]any{"cycle": "monthly", "dept": "all"}, "/subscribe monthly 09:00",
		},
		"what is empty": {
			"/subscribe daily 09:00", map[string]any{"cycle": "", "time": nil, "on": []any{}, "dept": "  ", "ability": []any{""}}, "/subscribe daily 09:00",
		},
		"a list of one": {"/subscribe", map[string]any{"cycle": []any{"daily"}}, "/subscribe daily"},
		"other names": {
			"/subscribe daily", map[string]any{"n": "3", "id": "k7q2mw", "submit": true, "note": "weekly\n", "": "x", "cmd": "/subs"}, "/subscribe daily",
		},
		"no entry":   {"/subscribe daily", map[string]any{}, "/subscribe daily"},
		"every day":  {"/subscribe", map[string]any{"cycle": "daily", "on": "daily"}, "/subscribe daily on:daily"},
		"wrong days": {"/subscribe", map[string]any{"cycle": "weekly", "on": "15"}, "/subscribe weekly on:15"},
		"a wrong time beside the rest": {
			"/subscribe", map[string]any{"cycle": "weekly", "time": `half "ten" on:mon`, "dept": "a"}, `/subscribe weekly at:"half ""ten"" on:mon" dept:a`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line, ok := fromClick(t, map[string]any{"cmd": test.line}, "", test.form)
			if !ok || line != test.want {
				t.Errorf("FromClick = %q, %v, want %q", line, ok, test.want)
			}
		})
	}
}

func TestChoiceWithAnOptionAndAForm(t *testing.T) {
	t.Parallel()
	value := map[string]any{"cmd": "/usage", "with": "ability"}
	if line, ok := fromClick(t, value, "bot", map[string]any{"cycle": "weekly"}); !ok || line != "/usage weekly bot" {
		t.Errorf("FromClick = %q, %v", line, ok)
	}
}

// TestWrongChoice checks that an invalid value makes a line whose error says so.
func TestWrongChoice(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line, with, option string
		want               problem
	}{
		{"/usage weekly", "date", "2025-02-30 +0800", problem{Kind: BadValue, Arg: "date", Word: `date:"2025-02-30 +0800"`}},
		{"/usage weekly date:2026-11-16", "date", "soon", problem{Kind: BadValue, Arg: "date", Word: `date:"soon"`}},
		{"/usage", "date", `x" weekly "`, problem{Kind: BadValue, Arg: "date", Word: `date:"x"" weekly """`}},
		{"/subscribe daily", "time", "25:00", problem{Kind: BadValue, Arg: "time", Word: `at:"25:00"`}},
		{"/subscribe daily 10:30", "on", "mondya", problem{
			Kind: BadValue, Arg: "on", Word: `on:"mondya"`, Suggestion: "monday", Fixed: "",
		}},
		{"/subscribe monthly 10:30", "tz", "asia/shangai", problem{
			Kind: BadValue, Arg: "tz", Word: `tz:"asia/shangai"`, Suggestion: "Asia/Shanghai", Fixed: "/subscribe monthly 10:30 tz:Asia/Shanghai",
		}},
		{"/trend", "n", "40", problem{Kind: BadValue, Arg: "n", Word: "n:40"}},
		{"/trend", "n", "many", problem{Kind: BadValue, Arg: "n", Word: `n:"many"`}},
		{"/trend bot", "metric", "pv", problem{Kind: Conflict, Arg: "metric", Other: "ability", Word: "metric:pv"}},
		{"/pause k7q2mw", "id", "me", problem{Kind: BadValue, Arg: "id", Word: `id:"me"`}},
		{"/usage", "cycle", "yearly", problem{Kind: BadValue, Arg: "cycle", Word: `cycle:"yearly"`}},
		{"/usage", "ability", "weekly", problem{Kind: BadValue, Arg: "ability", Word: `ability:"weekly"`}},
		{"/help", "topic", "nothing", problem{Kind: BadValue, Arg: "topic", Word: "nothing"}},
	} {
		line, ok := fromClick(t, map[string]any{"cmd": test.line, "with": test.with}, test.option, nil)
		_, err := registry().Parse(line)
		if got, _ := problemOf(t, err); !ok || got != test.want {
			t.Errorf("%s with %s %q is %q, %v:\n%+v, want\n%+v", test.line, test.with, test.option, line, ok, got, test.want)
		}
	}
	if line, ok := fromClick(t, map[string]any{"cmd": "/compare dept:a dept:b", "with": "dept"}, "all", nil); ok {
		t.Errorf("a choice for one of several departments is %q", line)
	}
	long := strings.Repeat("研", MaxValue)
	for _, arg := range []string{"dept", "date"} {
		line, _ := fromClick(t, map[string]any{"cmd": "/usage", "with": arg}, strings.Repeat(long, 100), nil)
		_, err := registry().Parse(line)
		if got, _ := problemOf(t, err); got.Kind != TooLong || got.Arg != arg {
			t.Errorf("a long %s: %+v", arg, got)
		}
	}
	if line, ok := fromClick(t, map[string]any{"cmd": "/usage", "with": "dept"}, long, nil); !ok || parse(t, line).Args.Dept != long {
		t.Errorf("a department of %d runes: %q, %v", MaxValue, line, ok)
	}
}

func TestNoChoice(t *testing.T) {
	t.Parallel()
	for _, value := range []map[string]any{nil, {}, {"cmd": ""}, {"cmd": 1}, {"cmd": nil}, {"command": "/usage"}, {"with": "date"}} {
		if line, ok := fromClick(t, value, "weekly", map[string]any{"cycle": "weekly"}); ok {
			t.Errorf("FromClick(%v) = %q", value, line)
		}
	}
	for _, test := range []struct {
		with   any
		option string
	}{
		{"date", ""},
		{"date", " \u200b"},
		{"", "x"},
		{"what", "x"},
		{"n", "5"},
		{1, "weekly"},
		{nil, "weekly"},
		{"dept", "a\nb"},
		{"dept", "a\x00"},
	} {
		if line, ok := fromClick(t, map[string]any{"cmd": "/usage", "with": test.with}, test.option, nil); ok {
			t.Errorf("with %v %q is %q", test.with, test.option, line)
		}
	}
	for _, entry := range []any{1.0, true, map[string]any{"a": "b"}, []any{"a", "b"}, []any{1.0}, []any{[]any{"a"}}, "a\tb"} {
		if line, ok := fromClick(t, map[string]any{"cmd": "/usage"}, "", map[string]any{"dept": entry}); ok {
			t.Errorf("a form with the department %v is %q", entry, line)
		}
	}
}

// TestChoiceChangesOneArgument checks that a choice sets only the argument that it is for.
func TestChoiceChangesOneArgument(t *testing.T) {
	t.Parallel()
	r := registry()
	rapid.Check(t, func(t *rapid.T) {
		before := anyCommand().Filter(func(c Command) bool { return len(r.Find(c.Name).Args) > 0 }).Draw(t, "command")
		spec := r.Find(before.Name)
		arg := rapid.SampledFrom(spec.Args).Filter(func(a *Arg) bool { return len(a.Implies) == 0 }).Draw(t, "arg")
		option := anyOption(arg).Draw(t, "option")
		line, ok := fromClick(t, map[string]any{"cmd": before.String(), "with": arg.Name}, option, nil)
		if !ok {
			return
		}
		after, err := r.Parse(line)
		if err != nil {
			// A choice may need another argument, as "add" needs an app.
			if e := new(Error); !errors.As(err, &e) || e.Kind != MissingValue && e.Arg != arg.Name && e.Other != arg.Name {
				t.Fatalf("%s with %s %q is %q: %v", before, arg.Name, option, line, err)
			}
			return
		}
		if after.Name != before.Name && after.Name == spec.becomes(after.Args) {
			return // several periods make it another question
		}
		if other := changed(before, after, arg); other != "" {
			t.Fatalf("%s with %s %q is %q, which changes %s", before, arg.Name, option, line, other)
		}
		if again, ok := fromClick(t, map[string]any{"cmd": line, "with": arg.Name}, option, nil); !ok || again != line {
			t.Fatalf("%q with %s %q is %q", line, arg.Name, option, again)
		}
	})
}

func anyOption(a *Arg) *rapid.Generator[string] {
	words := []string{"all", "2025-06-10 +0800", "10:30 +0800", "monthly", "bot", "31", "daily", "confirm"}
	for _, v := range a.Values {
		words = append(words, v.all()...)
	}
	injected := rapid.SampledFrom([]string{`x" weekly "`, "x weekly", "weekly n:7", `"`, `""`, "」 bot", "dept:x", "/help", "x\u200b: app:y"})
	return rapid.OneOf(rapid.SampledFrom(append(words, a.Samples...)), injected, anyText())
}

// changed returns the name of another argument than the chosen one that has changed; "" if there is none. A question may have
// dropped it, and days may have implied their cycle.
func changed(before, after Command, chosen *Arg) string {
	if before.Name != after.Name {
		return "the command"
	}
	question := registry().Find(before.Name).FollowUp != nil
	for _, a := range arguments() {
		was, is := a.Write(before.Args), a.Write(after.Args)
		switch {
		case a.Name == chosen.Name, was == is, question && is == "":
		case a.Name == "cycle" && chosen.Name == "on" && was == "":
		default:
			return a.Name
		}
	}
	return ""
}

func FuzzFromClick(f *testing.F) {
	names := []string{""}
	for _, a := range arguments() {
		names = append(names, a.Name)
	}
	for i, line := range seeds(f) {
		f.Add(line, names[i%len(names)], "2025-06-10 +0800", `x" weekly "`)
		f.Add("/subscribe daily dept:a", names[i%len(names)], line, line)
		f.Add(line, "dept", "od-1", "monthly")
	}
	r := registry()
	f.Fuzz(func(t *testing.T, cmd, with, option, entry string) {
		value := map[string]any{"cmd": cmd}
		if with != "" {
			value["with"] = with
		}
		form := map[string]any{}
		for _, name := range names {
			form[name] = entry
		}
		for _, filled := range []map[string]any{nil, form} {
			line, ok := fromClick(t, value, option, maps.Clone(filled))
			if !ok {
				continue
			}
			c, err := r.Parse(line)
			if err != nil {
				checkError(t, r, err)
				continue
			}
			checkAgain(t, r, c)
			checkSmuggled(t, r, cmd, c, with, filled)
		}
	})
}

// checkSmuggled fails if a click on a valid line means another command, or sets an argument that was not chosen.
func checkSmuggled(t *testing.T, r *Registry, cmd string, got Command, with string, form map[string]any) {
	t.Helper()
	before, err := r.Parse(cmd)
	if err != nil {
		return
	}
	var chosen []string
	if with != "" {
		chosen = append(chosen, with)
	}
	for name := range form {
		chosen = append(chosen, name)
	}
	if slices.Contains(chosen, "on") {
		chosen = append(chosen, "cycle") // days bring their cycle
	}
	for _, a := range arguments() {
		was, is := a.Write(before.Args), a.Write(got.Args)
		if before.Name != got.Name || was != is && is != "" && !slices.Contains(chosen, a.Name) {
			t.Fatalf("a choice of %v made %s of %s", chosen, got, before)
		}
	}
}
