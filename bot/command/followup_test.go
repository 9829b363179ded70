package command

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/usage"
)

func TestFollowUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		previous, text, want string
	}{
		"a new cycle":                         {"/usage weekly h5", "monthly", "/usage monthly h5"},
		"a department":                        {"/usage weekly h5", "部门:市场部", "/usage weekly h5 dept:市场部"},
		"another department":                  {"/usage dept:研发部", "dept: “市场 部”", `/usage dept:"市场 部"`},
		"several":                             {"/usage weekly h5", "月报 小程序", "/usage monthly mp"},
		"a cycle drops the date":              {"/usage weekly date:last-week", "monthly", "/usage monthly"},
		"a cycle drops the day":               {"/usage weekly date:2026-11-16", "weekly", "/usage weekly"},
		"a cycle and a date":                  {"/usage daily date:yesterday", "weekly 2026-11-16", "/usage weekly date:2026-11-16"},
		"a week drops the cycle":              {"/usage monthly h5", "上周", "/usage h5 date:last-week"},
		"a month drops the week":              {"/usage weekly date:last-week", "2026-10", "/usage date:2026-10"},
		"a day keeps the cycle":               {"/usage weekly", "2026-11-16", "/usage weekly date:2026-11-16"},
		"an ability keeps the date":           {"/usage date:2026-10", "bot", "/usage bot date:2026-10"},
		"the whole tenant by a key":           {"/usage weekly dept:研发部", "dept:all", "/usage weekly"},
		"the whole tenant in chinese":         {"/usage weekly dept:研发部", "部门：全部", "/usage weekly"},
		"the whole tenant by itself":          {"/usage weekly dept:研发部", "全公司", "/usage weekly"},
		"a word of two":                       {"/usage weekly", "last month", "/usage date:last-month"},
		"the previous line was in chinese":    {"/用量 周报 网页", "monthly", "/usage monthly h5"},
		"space and case":                      {"/usage", " \n Weekly ", "/usage weekly"},
		"a department named like a keyword":   {"/usage", `dept:"all"`, `/usage dept:"all"`},
		"what is said again is said but once": {"/usage weekly", "weekly", "/usage weekly"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok, err := registry().FollowUp(test.text, parse(t, test.previous))
			if err != nil || !ok {
				t.Fatalf("FollowUp(%q) = %v, %v", test.text, ok, err)
			}
			if diff := cmp.Diff(test.want, got.String()); diff != "" {
				t.Errorf("%q after %q (-want +got):\n%s", test.text, test.previous, diff)
			}
		})
	}
}

func parse(t *testing.T, line string) Command {
	t.Helper()
	c, err := registry().Parse(line)
	if err != nil {
		t.Fatalf("Parse(%q): %v", line, err)
	}
	return c
}

func TestNoFollowUp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ previous, text string }{
		{"/usage weekly", "the app is down"},
		{"/usage weekly", "all good"},
		{"/usage weekly", "thanks!"},
		{"/usage weekly", "谢谢"},
		{"/usage weekly", "好"},
		{"/usage weekly", "hi"},
		{"/usage weekly", ""},
		{"/usage weekly", " \n"},
		{"/usage weekly", "'tis fine"},
		{"/usage weekly", "weekyl please"}, // one slip among other words is no address
		{"/usage weekly", "/usage monthly"},
		{"/usage weekly", "re: your message"},
		{"/help", "usage"},
	} {
		c, ok, err := registry().FollowUp(test.text, parse(t, test.previous))
		if ok || err != nil || c != (Command{}) {
			t.Errorf("FollowUp(%q) = %v, %v, %v, want none", test.text, c, ok, err)
		}
	}
	if _, ok, _ := registry().FollowUp("weekly", Command{Name: "gone"}); ok {
		t.Error("a command that is no more had a follow-up")
	}
}

func TestFollowUpErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		previous, text string
		want           problem
	}{
		"a slip":              {"/usage h5", "weekyl", problem{Kind: UnknownWord, Word: "weekyl", Suggestion: "weekly", Fixed: "/usage weekly h5"}},
		"a chinese slip":      {"/usage h5", "周抱", problem{Kind: UnknownWord, Word: "周抱", Suggestion: "周报", Fixed: "/用量 周报 网页应用"}},
		"a slip beside a hit": {"/usage dept:a", "weekyl h5", problem{Kind: UnknownWord, Word: "weekyl", Suggestion: "weekly", Fixed: "/usage weekly h5 dept:a"}},
		"a word too many":     {"/usage", "weekly h5 please", problem{Kind: UnknownWord, Word: "please"}},
		"no such day":         {"/usage", "2026-02-30", problem{Kind: NoSuchDay, Arg: "date", Word: "2026-02-30"}},
		"no value":            {"/usage", "dept:", problem{Kind: MissingValue, Arg: "dept", Word: "dept:"}},
		"given twice":         {"/usage", "weekly monthly", problem{Kind: GivenTwice, Arg: "cycle", Word: "monthly"}},
		"a conflict":          {"/usage", "weekly 2026-10", problem{Kind: Conflict, Arg: "date", Other: "cycle", Word: "2026-10"}},
		"an unclosed quote":   {"/usage", `weekly dept:"a`, problem{Kind: UnclosedQuote, Word: `dept:"a`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, ok, err := registry().FollowUp(test.text, parse(t, test.previous))
			if !ok {
				t.Fatalf("FollowUp(%q) is no follow-up", test.text)
			}
			got, _ := problemOf(t, err)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("FollowUp(%q) (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestGuess(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"usage weekly":   "/usage weekly",
		"用量 周报":          "/usage weekly",
		"weekly h5":      "/usage weekly h5",
		"部门:研发部":         "/usage dept:研发部",
		"help":           "/help",
		"帮助 用量":          "/help usage",
		"thanks":         "",
		"weekly please":  "",
		"/usage":         "",
		"":               "",
		"the weekly one": "",
		"2026-02-30":     "",
	} {
		c, ok := registry().Guess(text)
		if ok != (want != "") || ok && c.String() != want {
			t.Errorf("Guess(%q) = %v, %v, want %q", text, c, ok, want)
		}
	}
	nobody := registry().For(func(s *Spec) bool { return s.Who == Anyone })
	for _, text := range []string{"usage weekly", "weekly h5"} {
		if c, ok := nobody.Guess(text); ok {
			t.Errorf("Guess(%q) = %v for somebody who may not use it", text, c)
		}
	}
}

func TestFollowUpKeepsNothingOfItsOwn(t *testing.T) {
	t.Parallel()
	r, previous := registry(), ask(Args{Cycle: usage.Weekly, When: on(2026, time.November, 16)})
	for range 2 {
		c, ok, err := r.FollowUp("h5", previous)
		if !ok || err != nil || c.Args.When != previous.Args.When || c.Args.Ability != usage.Web {
			t.Errorf("FollowUp = %v, %v, %v", c, ok, err)
		}
	}
}
