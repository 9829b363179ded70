package command

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"usagebot/locale"
	"usagebot/usage"
)

func registry() *Registry { return NewRegistry(Builtin()...) }

func ask(args Args) Command { return Command{Name: "usage", Args: args} }

func on(y int, m time.Month, d int) usage.When {
	return usage.When{Kind: usage.OnDay, Date: usage.Date{Year: y, Month: m, Day: d}}
}

func in(y int, m time.Month) usage.When {
	return usage.When{Kind: usage.InMonth, Date: usage.Date{Year: y, Month: m, Day: 1}}
}

func word(kind usage.WhenKind) usage.When { return usage.When{Kind: kind} }

func TestParse(t *testing.T) {
	t.Parallel()
	full := ask(Args{Cycle: usage.Weekly, Ability: usage.Web, Dept: "研发部"})
	for name, test := range map[string]struct {
		text string
		want Command
	}{
		"nothing but the name":         {"/usage", ask(Args{})},
		"english":                      {"/usage weekly h5 dept:研发部", full},
		"chinese":                      {"/用量 周报 网页 部门:研发部", full},
		"both languages":               {"/用量 weekly 网页 department:研发部", full},
		"any order":                    {"/usage dept:研发部 h5 weekly", full},
		"any case":                     {"/USAGE Weekly H5 DEPT:研发部", full},
		"full width throughout":        {"／ｕｓａｇｅ　ｗｅｅｋｌｙ　Ｈ５　ｄｅｐｔ：研发部", full},
		"no-break spaces":              {"/usage\u00a0weekly\u00a0h5\u00a0dept:研发部", full},
		"several lines":                {"\n/usage\tweekly\r\nh5\n\ndept:研发部\n", full},
		"space behind the slash":       {" / usage weekly h5 dept:研发部", full},
		"colon behind the name":        {"/用量：周报 网页 部门:研发部", full},
		"space behind the key":         {"/usage weekly dept: 研发部 h5", full},
		"space around the colon":       {"/usage weekly dept ： 研发部 h5", full},
		"invisible characters":         {"\ufeff/us\u200bage week\u200dly \u200b h5\u200b dept:\u200b研发部\u200b", full},
		"quotes around a word":         {`/usage "weekly" 'h5' dept:研发部`, full},
		"straight quotes":              {`/usage dept:"研发 部"`, ask(Args{Dept: "研发 部"})},
		"curly quotes":                 {`/usage dept:“研发 部”`, ask(Args{Dept: "研发 部"})},
		"the same curly quote twice":   {`/usage dept:”研发 部”`, ask(Args{Dept: "研发 部"})},
		"single quotes":                {`/usage dept:'研发 部'`, ask(Args{Dept: "研发 部"})},
		"single curly quotes":          {`/usage dept:‘研发 部’`, ask(Args{Dept: "研发 部"})},
		"corner brackets":              {`/usage dept:「研发 部」`, ask(Args{Dept: "研发 部"})},
		"white corner brackets":        {`/usage dept:『研发 部』`, ask(Args{Dept: "研发 部"})},
		"full-width quotes":            {`/usage dept:＂研发 部＂`, ask(Args{Dept: "研发 部"})},
		"space before a quoted value":  {`/usage dept: "研发 部" h5`, ask(Args{Dept: "研发 部", Ability: usage.Web})},
		"other quotes in quotes":       {`/usage dept:"研发 “一” 部"`, ask(Args{Dept: "研发 “一” 部"})},
		"the quote itself, doubled":    {`/usage dept:"the ""A"" team"`, ask(Args{Dept: `the "A" team`})},
		"an apostrophe is a letter":    {`/usage dept:O'Brien's`, ask(Args{Dept: "O'Brien's"})},
		"a value is not folded":        {"/usage dept:Ｒ＆Ｄ app:ShopＡ", ask(Args{Dept: "Ｒ＆Ｄ", App: "ShopＡ"})},
		"a value keeps its spaces":     {"/usage dept:\"a  b\u3000c\"", ask(Args{Dept: "a  b\u3000c"})},
		"a value with a colon":         {"/usage dept:a:b", ask(Args{Dept: "a:b"})},
		"an id":                        {"/usage dept:od-4e6ac4d1 app:cli_9f1c", ask(Args{Dept: "od-4e6ac4d1", App: "cli_9f1c"})},
		"a path of names":              {"/usage 部门：研发部/后端组", ask(Args{Dept: "研发部/后端组"})},
		"a value that looks like more": {"/usage dept:weekly", ask(Args{Dept: "weekly"})},
		"markup is text":               {`/usage dept:"<at id=all></at>"`, ask(Args{Dept: "<at id=all></at>"})},
		"app alone is the ability":     {"/usage app", ask(Args{Ability: usage.AppAbility})},
		"app with a colon is an app":   {"/用量 应用 应用:商城", ask(Args{Ability: usage.AppAbility, App: "商城"})},
		"two words for one":            {"/usage mini program last week", ask(Args{Ability: usage.MiniProgram, When: word(usage.LastWeek)})},
		"two words behind a key":       {"/usage date: Last Week h5", ask(Args{Ability: usage.Web, When: word(usage.LastWeek)})},
		"a key without its colon":      {"/usage date yesterday 部门:a", ask(Args{Dept: "a", When: word(usage.Yesterday)})},
		"no department":                {"/usage dept:all", ask(Args{})},
		"no department in chinese":     {"/用量 部门：全部 全部", ask(Args{Ability: usage.All})},
		"no department by itself":      {"/用量 全公司 周报", ask(Args{Cycle: usage.Weekly})},
		"a department called all":      {`/usage dept:"all"`, ask(Args{Dept: "all"})},
		"help":                         {"/help", Command{Name: "help"}},
		"help for a command":           {"/help usage", Command{Name: "help", Args: Args{Topic: "usage"}}},
		"help in chinese":              {"/帮助 用量", Command{Name: "help", Args: Args{Topic: "usage"}}},
		"help for a command's slash":   {"/HELP ／用量", Command{Name: "help", Args: Args{Topic: "usage"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := registry().Parse(test.text)
			if err != nil {
				t.Fatalf("Parse(%q): %v", test.text, err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestParseEveryWord(t *testing.T) {
	t.Parallel()
	for want, words := range map[Args]string{
		{Cycle: usage.Daily}:               "daily day 日报 日 每日 每天 天",
		{Cycle: usage.Weekly}:              "weekly week 周报 周 每周",
		{Cycle: usage.Monthly}:             "monthly month 月报 月 每月",
		{Ability: usage.AppAbility}:        "app 应用 整体",
		{Ability: usage.MiniProgram}:       "mp miniprogram mini-program 小程序",
		{Ability: usage.Web}:               "h5 web webapp 网页 网页应用",
		{Ability: usage.Bot}:               "bot 机器人",
		{Ability: usage.All}:               "all 全部 所有",
		{When: word(usage.Yesterday)}:      "yesterday 昨天 昨日 date:yesterday 日期：昨天",
		{When: word(usage.LastWeek)}:       "last-week 上周 date:last-week 时间:上周",
		{When: word(usage.ThisWeek)}:       "this-week 本周 这周",
		{When: word(usage.LastMonth)}:      "last-month 上月 上个月",
		{When: word(usage.ThisMonth)}:      "this-month 本月 这个月",
		{When: on(2026, time.November, 6)}: "2026-11-06 2026-11-6 2026/11/06 20261106 2026.11.6 2026年11月6日 date:2026-11-06 date:20261106 ２０２６－１１－０６",
		{When: in(2026, time.October)}:     "2026-10 2026/10 2026年10月 date:2026-10 日期:2026-10",
	} {
		for _, w := range strings.Fields(words) {
			got, err := registry().Parse("/usage " + w)
			if err != nil || got.Args != want {
				t.Errorf("Parse(/usage %s) = %+v, %v, want %+v", w, got.Args, err, want)
			}
		}
	}
}

// TestLineGivesTheCommandAgain checks that Parse reads a command from its own line. Buttons and sessions store only the line.
func TestLineGivesTheCommandAgain(t *testing.T) {
	t.Parallel()
	r := registry()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCommand().Draw(t, "command")
		for _, line := range []string{c.String(), r.Line(c, locale.Chinese), r.Line(c, locale.English)} {
			got, err := r.Parse(line)
			if err != nil || got != c {
				t.Fatalf("Parse(%q) = %+v, %v, want %+v", line, got, err, c)
			}
		}
	})
}

func anyCommand() *rapid.Generator[Command] {
	digit := func(t *rapid.T, name string, below int) int { return rapid.IntRange(0, below-1).Draw(t, name) }
	give := map[string]func(*rapid.T, *Args){
		"cycle": func(t *rapid.T, a *Args) { a.Cycle = rapid.SampledFrom(usage.Cycles()).Draw(t, "cycle") },
		"ability": func(t *rapid.T, a *Args) {
			a.Ability = rapid.SampledFrom(append(usage.Abilities(), usage.All)).Draw(t, "ability")
		},
		"dept": func(t *rapid.T, a *Args) { a.Dept = anyText().Draw(t, "dept") },
		"app":  func(t *rapid.T, a *Args) { a.App = anyText().Draw(t, "app") },
		"date": func(t *rapid.T, a *Args) {
			a.When = anyWhen().Draw(t, "when")
			if rapid.Bool().Draw(t, "a range") {
				since := anyWhen().Draw(t, "since")
				if d, ok := between(since, a.When); ok && since.Kind != usage.Newest && a.When.Kind != usage.Newest {
					a.Since, a.When = d.from, d.through
				}
			}
		},
		"last": func(_ *rapid.T, _ *Args) {}, // written as the cycle and the number
		"names": func(t *rapid.T, a *Args) {
			a.Names = strings.Join(strings.FieldsFunc(anyText().Draw(t, "names"), isGap), " ")
		},
		"n": func(t *rapid.T, a *Args) { a.N = 1 + digit(t, "n", maxRanks) },
		"metric": func(t *rapid.T, a *Args) {
			a.Metric = rapid.SampledFrom(usage.AllMetrics()).Draw(t, "metric")
		},
		"by": func(_ *rapid.T, a *Args) { a.By = ByChange },
		"time": func(t *rapid.T, a *Args) {
			a.Time = fmt.Sprintf("%02d:%02d", digit(t, "hour", 24), digit(t, "minute", 60))
		},
		"on": func(t *rapid.T, a *Args) {
			days := []string{EveryDay, "workdays", "mon", "tue", "wed", "thu", "fri", "sat", "sun", "last", strconv.Itoa(1 + digit(t, "day", 31))}
			a.On = rapid.SampledFrom(days).Draw(t, "on")
		},
		"tz": func(t *rapid.T, a *Args) {
			names := []string{"Asia/Shanghai", "UTC", "America/New_York", "America/Port_of_Spain", "Etc/GMT+8", "EST5EDT", "America/Argentina/Buenos_Aires"}
			a.Zone = rapid.SampledFrom(names).Draw(t, "tz")
		},
		"id": func(t *rapid.T, a *Args) { a.ID = rapid.StringMatching(`[a-z2-7]{6}`).Draw(t, "id") },
		"until": func(t *rapid.T, a *Args) {
			a.Until = Until{Days: 1 + digit(t, "days", maxPause)}
			if when := anyWhen().Draw(t, "until"); when.Kind == usage.OnDay && when.Date.Year > 0 {
				a.Until = Until{Date: when.Date}
			}
		},
		"lang": func(t *rapid.T, a *Args) {
			a.Lang = rapid.SampledFrom([]locale.Language{locale.English, locale.Chinese}).Draw(t, "lang")
		},
		"confirm": func(_ *rapid.T, a *Args) { a.Confirm = true },
		"form":    func(_ *rapid.T, a *Args) { a.Form = true },
		"person":  func(_ *rapid.T, a *Args) { a.Person = anID },
		"to": func(t *rapid.T, a *Args) {
			a.Subject = rapid.SampledFrom([]string{anID, ThisChat, "oc_1", "研发 部", "weekly"}).Draw(t, "to")
		},
		"chat":  func(t *rapid.T, a *Args) { a.Chat = rapid.SampledFrom([]string{ThisChat, "oc_1"}).Draw(t, "chat") },
		"role":  func(t *rapid.T, a *Args) { a.Role = rapid.SampledFrom([]string{"viewer", "admin"}).Draw(t, "role") },
		"state": func(t *rapid.T, a *Args) { a.State = "" },
		"do": func(t *rapid.T, a *Args) {
			a.Do = rapid.SampledFrom([]string{"add", "remove", "rename", "default"}).Draw(t, "do")
		},
		"name": func(t *rapid.T, a *Args) { a.Called = anyText().Draw(t, "name") },
		"page": func(t *rapid.T, a *Args) { a.Page = 1 + digit(t, "page", 9999) },
		"from": func(t *rapid.T, a *Args) { a.From = usage.NewDate(2026, 11, rapid.IntRange(1, 40).Draw(t, "from")) },
		"through": func(t *rapid.T, a *Args) {
			a.Through = usage.NewDate(2026, 11, rapid.IntRange(1, 40).Draw(t, "through"))
		},
		"progress": func(_ *rapid.T, a *Args) { a.Progress = true },
		"days":     func(t *rapid.T, a *Args) { a.Days = rapid.IntRange(1, MaxDays).Draw(t, "days") },
		"topic":    func(t *rapid.T, a *Args) { a.Topic = rapid.SampledFrom(Builtin()).Draw(t, "topic").Name() },
	}
	return rapid.Custom(func(t *rapid.T) Command {
		spec := rapid.SampledFrom(Builtin()).Draw(t, "spec")
		c := Command{Name: spec.Name()}
		for _, a := range spec.Args {
			if slices.Contains(spec.Required, a.Name) || rapid.Bool().Draw(t, a.Name+" is given") {
				give[a.Name](t, &c.Args)
			}
		}
		if len(spec.Repeats) > 0 {
			c.Args = anyComparison(t, spec, c.Args, give)
		}
		return c
	}).Filter(func(c Command) bool {
		spec := registry().Find(c.Name)
		for _, name := range spec.Required {
			if spec.arg(name).Write(c.Args) == "" {
				return false
			}
		}
		if spec.Check != nil && c.Args.Role == "admin" && (c.Args.Dept != "" || !IsPerson(c.Args.Subject)) {
			return false
		}
		if c.Name == "admin apps" && checkApps(registry(), &c.Args) != nil {
			return false
		}
		if c.Name == "compare" && (comparisonError(c) != nil) {
			return false
		}
		if c.Name == "admin refresh" && checkRefresh(registry(), &c.Args) != nil {
			return false
		}
		if c.Name == "trend" && !c.Args.pointsFit() || !c.Args.metricFits() {
			return false
		}
		if several := c.Args.Since != (usage.When{}); several && (c.Name != "trend" || c.Args.N != 0) {
			return false
		}
		return (c.Args.Since != (usage.When{}) || c.Args.When.Fits(c.Args.ResolvedCycle())) && (c.Args.On == "" || cycleOf(c.Args.On) == c.Args.Cycle)
	})
}

// anyComparison repeats one argument two to five times.
func anyComparison(t *rapid.T, spec *Spec, one Args, give map[string]func(*rapid.T, *Args)) Args {
	a := spec.arg(rapid.SampledFrom(spec.Repeats).Draw(t, "repeated"))
	var things []compared
	for range rapid.IntRange(2, MaxCompared).Draw(t, "things") {
		give[a.Name](t, &one)
		one.Since = usage.When{} // a comparison takes single periods
		things = append(things, compared{arg: a, args: one})
	}
	slices.SortStableFunc(things, wholeLast)
	var each []Args
	for _, thing := range things {
		each = append(each, thing.args)
	}
	return Comparing(a.Name, each)
}

// comparisonError says what is wrong with a comparison that was not typed.
func comparisonError(c Command) *Error {
	a, each := argumentNamed(c.Args.More.Arg), c.Args.Each()
	for i, one := range each {
		twice := slices.ContainsFunc(each[:i], func(other Args) bool { return fold(a.Write(other)) == fold(a.Write(one)) })
		if twice || a.Write(one) == "" && a.Name != DeptArg().Name {
			return &Error{Kind: SameCompared}
		}
	}
	args := c.Args
	if e := Compare().Check(registry(), &args); e != nil || args != c.Args {
		return &Error{Kind: Conflict}
	}
	return nil
}

func anyText() *rapid.Generator[string] {
	nasty := rapid.StringOfN(rapid.SampledFrom([]rune("ab研发 \t\n\u3000\u200b\"'“”‘’「」：:/／")), 0, 20, -1)
	words := rapid.SampledFrom([]string{"", "all", "全部", "全公司", "ＡＬＬ", "weekly", "dept:x", "/usage", "10:30", "1:30", "k7q2mw", "on"})
	text := rapid.OneOf(rapid.StringN(0, MaxValue, -1), nasty, words)
	return text.Filter(func(s string) bool { return s == "" || strings.TrimSpace(s) != "" })
}

func anyWhen() *rapid.Generator[usage.When] {
	kinds := []usage.WhenKind{
		usage.Newest, usage.Yesterday, usage.LastWeek, usage.ThisWeek, usage.LastMonth, usage.ThisMonth, usage.OnDay, usage.InMonth,
		usage.DaysAgo, usage.WeeksAgo, usage.MonthsAgo, usage.OnWeekday, usage.LatestWeekday, usage.DayOfMonth,
	}
	return rapid.Custom(func(t *rapid.T) usage.When {
		w := usage.When{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
		day := usage.NewDate(2000, time.January, rapid.IntRange(1, 36500).Draw(t, "day"))
		back := rapid.IntRange(2, 99).Draw(t, "back")
		switch w.Kind {
		case usage.OnDay:
			w.Date = partly(t, day)
		case usage.InMonth:
			w.Date = partly(t, usage.NewDate(day.Year, day.Month, 1))
			if w.Date.Month == 0 {
				w.Date.Month = day.Month
			}
		case usage.DaysAgo, usage.WeeksAgo, usage.MonthsAgo:
			w.Back = back
		case usage.OnWeekday:
			w.Weekday, w.Back = day.Weekday(), back-2
		case usage.LatestWeekday:
			w.Weekday = day.Weekday()
		case usage.DayOfMonth:
			w.Date, w.Back = usage.Date{Day: min(day.Day, 28)}, back-2
		}
		return w
	})
}

// partly returns the day, perhaps without its year, or with a year that is relative.
func partly(t *rapid.T, d usage.Date) usage.Date {
	switch rapid.IntRange(0, 3).Draw(t, "which part") {
	case 1:
		return usage.Date{Month: d.Month, Day: d.Day}
	case 2:
		return usage.Date{Day: d.Day}
	case 3:
		return usage.Date{Year: usage.YearsAgo(d.Day % 9), Month: d.Month, Day: min(d.Day, 28)}
	}
	return d
}

func TestString(t *testing.T) {
	t.Parallel()
	c := ask(Args{Cycle: usage.Weekly, Ability: usage.Web, Dept: "研发 部", App: "商城", When: word(usage.LastWeek)})
	if got, want := c.String(), `/usage weekly h5 dept:"研发 部" app:商城 date:last-week`; got != want {
		t.Errorf("String() = %s, want %s", got, want)
	}
	if got, want := registry().Line(c, locale.Chinese), `/用量 周报 网页应用 部门:"研发 部" 应用:商城 日期:上周`; got != want {
		t.Errorf("Line(zh) = %s, want %s", got, want)
	}
	help := Command{Name: "help", Args: Args{Topic: "usage"}}
	if got, want := registry().Line(help, locale.Chinese), `/帮助 用量`; got != want {
		t.Errorf("Line(zh) = %s, want %s", got, want)
	}
}

func TestResolvedCycle(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]usage.Cycle{
		"/usage":                    usage.Daily,
		"/usage monthly":            usage.Monthly,
		"/usage 上周":                 usage.Weekly,
		"/usage 2026-10":            usage.Monthly,
		"/usage 昨天":                 usage.Daily,
		"/usage weekly 昨天":          usage.Weekly,
		"/usage 2026-11-16":         usage.Daily,
		"/usage monthly 2026-11-16": usage.Monthly,
	} {
		c, err := registry().Parse(text)
		if got := c.Args.ResolvedCycle(); err != nil || got != want {
			t.Errorf("%s: cycle %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestIsCommand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"/usage": true, " \u3000\u200b／用量": true, "/": true, "": false, "usage": false, "a/b": false,
	} {
		if got := IsCommand(text); got != want {
			t.Errorf("IsCommand(%q) = %v", text, got)
		}
	}
}

// problem is an Error in a form that can be compared.
type problem struct {
	Kind                                Kind
	Word, Arg, Other, Suggestion, Fixed string
}

func problemOf(t *testing.T, err error) (problem, *Error) {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %v, want an *Error", err)
	}
	return problem{e.Kind, e.Word, e.Arg, e.Other, e.Suggestion, e.Corrected}, e
}

func TestMentionsAreDropped(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		keys []string
		want string
	}{
		"before":                    {"@_user_1 /usage weekly", []string{"@_user_1"}, "/usage weekly"},
		"behind":                    {"/usage weekly @_user_1", []string{"@_user_1"}, "/usage weekly"},
		"within":                    {"/usage @_user_1 weekly", []string{"@_user_1"}, "/usage   weekly"},
		"without space":             {"@_user_1/usage@_user_2周报", []string{"@_user_1", "@_user_2"}, "/usage 周报"},
		"a key that begins another": {"@_user_10 @_user_1 a", []string{"@_user_1", "@_user_10"}, "a"},
		"the longer is no key":      {"@_user_10 a", []string{"@_user_1"}, "@_user_10 a"},
		"everybody":                 {"@_all a", []string{"@_all"}, "a"},
		"everybody is no key":       {"@_all a", nil, "@_all a"},
		"what somebody typed":       {"@_user_2 a@b.c", []string{"@_user_1"}, "@_user_2 a@b.c"},
		"an empty key":              {"a @_user_1", []string{"", "@_user_1"}, "a"},
		"removal makes no new one":  {"@_us@_user_1er_1", []string{"@_user_1"}, "@_us er_1"},
		"nothing else":              {"@_user_1\u00a0", []string{"@_user_1"}, ""},
		"no text":                   {"", []string{"@_user_1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mentions := Mentions{}
			for _, key := range test.keys {
				mentions[key] = ""
			}
			if diff := cmp.Diff(test.want, ReplaceMentions(test.text, mentions)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPeopleAreMentionedByTheirIDs(t *testing.T) {
	t.Parallel()
	mentions := Mentions{"@_user_1": "", "@_user_2": "ou_A1b2"}
	line := ReplaceMentions("@_user_1 /admin grant@_user_2viewer", mentions)
	if want := "/admin grant @ou_A1b2 viewer"; line != want {
		t.Errorf("got %q, want %q", line, want)
	}
	if c := parse(t, line); c.Args.Subject != "ou_A1b2" || c.Args.Role != "viewer" {
		t.Errorf("%q is read as %+v", line, c)
	}
	if c := parse(t, ReplaceMentions("/usage @_user_2 weekly", mentions)); c.String() != "/usage weekly" {
		t.Errorf("a person who is only addressed is read as %s", c)
	}
	if got := WithoutMentions("/usage @ou_A1b2 weekly"); got != "/usage weekly" {
		t.Errorf("shown as %q", got)
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
