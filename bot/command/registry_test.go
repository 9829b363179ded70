package command

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/locale"
)

func TestUsageLines(t *testing.T) {
	t.Parallel()
	r := registry()
	for _, test := range []struct{ name, en, zh string }{
		{
			"usage",
			"/usage [daily|weekly|monthly] [app|mp|h5|bot|all] [dept:X] [app:X] [name:X] [date:X] [last:X] [metric:X]",
			"/用量 [日报|周报|月报] [整体|小程序|网页应用|机器人|全部] [部门:X] [应用:X] [名称:X] [日期:X] [最近:X] [指标:X]",
		},
		{
			"trend",
			"/trend [daily|weekly|monthly] [app|mp|h5|bot|all] [dept:X] [app:X] [name:X] [date:X] [n:X] [last:X] [metric:X]",
			"/趋势 [日报|周报|月报] [整体|小程序|网页应用|机器人|全部] [部门:X] [应用:X] [名称:X] [日期:X] [数量:X] [最近:X] [指标:X]",
		},
		{
			"top",
			"/top [daily|weekly|monthly] [app|mp|h5|bot|all] [dept:X] [app:X] [name:X] [date:X] [n:X] [by:X]",
			"/排行 [日报|周报|月报] [整体|小程序|网页应用|机器人|全部] [部门:X] [应用:X] [名称:X] [日期:X] [数量:X] [排序:X]",
		},
		{
			"subscribe",
			"/subscribe [daily|weekly|monthly] [HH:MM] [on:X] [app|mp|h5|bot|all] [dept:X] [app:X] [name:X] [tz:X] [form]",
			"/订阅 [日报|周报|月报] [HH:MM] [推送日:X] [整体|小程序|网页应用|机器人|全部] [部门:X] [应用:X] [名称:X] [时区:X] [表单]",
		},
		{"subs", "/subs", "/订阅列表"},
		{"unsubscribe", "/unsubscribe ID [confirm]", "/退订 编号 [确认]"},
		{"pause", "/pause ID [until:X]", "/暂停 编号 [直到:X]"},
		{"resume", "/resume ID", "/恢复 编号"},
		{"test", "/test ID", "/试发 编号"},
		{"history", "/history [ID]", "/推送记录 [编号]"},
		{"retry", "/resend ID date:X", "/重发 编号 日期:X"},
		{"settings", "/settings [lang:X] [app:X]", "/设置 [语言:X] [应用:X]"},
		{"forget-me", "/forget-me [confirm]", "/忘记我 [确认]"},
		{"help", "/help [command]", "/帮助 [命令]"},
		{"admin", "/admin", "/管理"},
		{"admin status", "/admin status", "/管理 状态"},
		{"admin grant", "/admin grant to:X viewer|admin [dept:X]", "/管理 授权 给:X 查看者|管理员 [部门:X]"},
		{"admin subs", "/admin subs [chat:X] [app:X] [active|paused] [page:X]", "/管理 订阅 [会话:X] [应用:X] [推送中|已暂停] [页:X]"},
		{"admin hand-over", "/admin transfer ID [@person]", "/管理 转交 编号 [@某人]"},
	} {
		s := r.Find(test.name)
		if diff := cmp.Diff([]string{test.en, test.zh}, []string{s.Usage(locale.English), s.Usage(locale.Chinese)}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestEveryExampleParses(t *testing.T) {
	t.Parallel()
	for _, s := range Builtin() {
		for _, line := range append(s.Examples.In(locale.English), s.Examples.In(locale.Chinese)...) {
			if c := parse(t, line); c.Name != s.Name() && (s.Name() != "admin" || !strings.HasPrefix(c.Name, "admin ")) {
				t.Errorf("example %q of %s is read as %s", line, s.Name(), c.Name)
			}
		}
		for _, a := range s.Args {
			for _, lang := range []locale.Language{locale.English, locale.Chinese} {
				if c := parse(t, s.example(a, Args{}).First(lang)); a.Write(c.Args) == "" && (len(a.Implies) == 0 || c.Args.N == 0) {
					t.Errorf("the example %q of %s shows no %s", s.example(a, Args{}).First(lang), s.Name(), a.Name)
				}
			}
		}
	}
	for _, s := range Builtin() {
		want := min(len(s.Args), 1) + 1
		if s.FollowUp != nil {
			want = 4
		}
		if en, zh := len(s.Examples.En), len(s.Examples.Zh); en < want || zh < want {
			t.Errorf("/%s has %d English and %d Chinese examples, want %d of each", s.Name(), en, zh, want)
		}
	}
}

// TestEverythingAllowedParses checks that what an error calls allowed can be typed as it is, with X replaced.
func TestEverythingAllowedParses(t *testing.T) {
	t.Parallel()
	fill := strings.NewReplacer(
		"tz:X", "tz:Asia/Tokyo", "时区:X", "时区:东京", "on:X", "on:mon", "推送日:X", "推送日:周一", "HH:MM", "10:30",
		"lang:X", "lang:en", "语言:X", "语言:英文", "until:X", "until:2026-12-01", "直到:X", "直到:2026-12-01",
		"by:X", "by:change", "排序:X", "排序:变化", "n:X", "n:20", "数量:X", "数量:20", "last:X", "last:7d", "最近:X", "最近:7天", "metric:X", "metric:pv", "指标:X", "指标:访问",
		":X", ":2026-10",
	)
	for before, wrong := range map[string]string{
		"/usage": " foo", "/trend": " foo", "/top": " foo", "/trend weekly ": "n:foo", "/top weekly ": "by:foo", "/compare h5 mp ": "metric:new", "/top ": "n:foo", "/usage ": "metric:foo",
		"/trend bot ": "metric:pv", "/trend weekly  ": "metric:total", "/subscribe weekly": " foo", "/settings": " foo", "/pause k7q2mw": " foo", "/retry k7q2mw": " foo",
		"/unsubscribe k7q2mw": " foo", "/settings ": "lang:foo", "/subscribe weekly ": "tz:foo",
		"/subscribe daily ": "on:mon", "/subscribe weekly  ": "on:15", "/subscribe monthly ": "on:mon",
	} {
		_, err := registry().ParseKnown(before + wrong)
		_, e := problemOf(t, err)
		key, _, _ := strings.Cut(wrong, ":")
		for _, lang := range []locale.Language{locale.English, locale.Chinese} {
			if len(e.Allowed(lang)) == 0 {
				t.Errorf("%s%s: nothing is allowed", before, wrong)
			}
			for _, word := range e.Allowed(lang) {
				line := before + " " + fill.Replace(word)
				if e.Kind != UnknownWord && strings.Contains(wrong, ":") {
					line = before + key + ":" + word
				}
				if _, err := registry().Parse(line); err != nil {
					t.Errorf("%s%s allows %q, but %q: %v", before, wrong, word, line, err)
				}
			}
		}
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"usage": "usage", "/usage": "usage", "用量": "usage", "／用量": "usage", " USAGE ": "usage", "ｈｅｌｐ": "help",
		"": "", "/": "", "usag": "", "admin": "admin", "Admin  Status": "admin status", "管理 状态": "admin status", "admin 状态": "admin status",
		"status": "", "admin usage": "", "usage weekly": "",
	} {
		got := ""
		if s := registry().Find(name); s != nil {
			got = s.Name()
		}
		if got != want {
			t.Errorf("Find(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestOffered_OnlyWhatThePersonMayUse(t *testing.T) {
	t.Parallel()
	anyone := func(s *Spec) bool { return s.Who == Anyone }
	r := registry()
	var offered []string
	for _, s := range r.Specs(anyone) {
		offered = append(offered, s.Name())
	}
	if diff := cmp.Diff([]string{"subs", "history", "forget-me", "help"}, offered); diff != "" {
		t.Errorf("Specs (-want +got):\n%s", diff)
	}
	if got := append(r.Specs(nil), r.Under("admin", nil)...); len(got) != len(Builtin()) {
		t.Errorf("Specs(nil) = %v, want all", got)
	}
	_, err := r.For(anyone).Parse("/usgae")
	got, e := problemOf(t, err)
	if diff := cmp.Diff(problem{Kind: UnknownCommand, Word: "/usgae"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"/subs", "/history", "/forget-me", "/help"}, e.Allowed(locale.English)); diff != "" {
		t.Errorf("allowed (-want +got):\n%s", diff)
	}
	if _, err := r.For(anyone).Parse("/usage weekly"); err != nil {
		t.Errorf("reading what somebody may not use: %v", err)
	}
}

// TestWordsAreUnambiguous: of two commands, or two arguments of one command, with the same word one would be unreachable.
func TestWordsAreUnambiguous(t *testing.T) {
	t.Parallel()
	commands, under := once{}, once{}
	for _, s := range Builtin() {
		if s.Parent != nil {
			under.all(t, s.Name(), s.Words)
		} else {
			commands.all(t, s.Name(), s.Words)
		}
		keys, words := once{}, once{}
		for _, a := range s.Args {
			keys.all(t, a.Name, a.Keys)
			for _, v := range a.Values {
				if !v.NeedsKey {
					words.all(t, a.Name+" "+v.First(locale.English), v.Words)
				}
			}
		}
	}
}

type once map[string]string

func (o once) all(t *testing.T, of string, words Words) {
	t.Helper()
	for _, w := range append(words.In(locale.English), words.Zh...) {
		if other, taken := o[w]; taken {
			t.Errorf("%q stands for %s and %s", w, other, of)
		}
		o[w] = of
		if w != strings.ToLower(w) || strings.ContainsRune(w, ':') {
			t.Errorf("%q can never be read", w)
		}
	}
}

// TestAddingACommand makes a new command with new kinds of arguments. It needs no new code in the parser.
func TestAddingACommand(t *testing.T) {
	t.Parallel()
	clock := regexp.MustCompile(`^\d\d?:\d\d$`)
	at := &Arg{
		Name:    "at",
		HasForm: clock.MatchString,
		Read:    func(args *Args, value string) bool { args.Topic = value; return value < "24:00" },
		Write:   func(args Args) string { return args.Topic },
		Hint:    Words{En: []string{"HH:MM"}},
		Example: Words{En: []string{"09:30"}},
	}
	remind := &Spec{
		Words:    Words{En: []string{"remind"}, Zh: []string{"提醒"}},
		Args:     []*Arg{CycleArg(), at, DeptArg()},
		Required: []string{"cycle"},
	}
	halt := &Spec{Words: Words{En: []string{"halt"}}}
	r := NewRegistry(append(Builtin(), remind, halt)...)

	c, err := r.Parse("/提醒 周报 09：30 部门:研发部")
	if err != nil || c.Name != "remind" || c.Args.Topic != "09:30" || c.Args.Dept != "研发部" {
		t.Errorf("Parse = %+v, %v", c, err)
	}
	if got, want := remind.Usage(locale.English), "/remind daily|weekly|monthly [HH:MM] [dept:X]"; got != want {
		t.Errorf("Usage = %s, want %s", got, want)
	}
	for text, want := range map[string]problem{
		"/remind":              {Kind: MissingValue, Arg: "cycle"},
		"/remind weekly 25:00": {Kind: BadValue, Arg: "at", Word: "25:00"},
		"/halt it":             {Kind: UnexpectedValue, Word: "it"},
	} {
		_, err := r.Parse(text)
		if got, _ := problemOf(t, err); got != want {
			t.Errorf("Parse(%q): %+v, want %+v", text, got, want)
		}
	}
}
