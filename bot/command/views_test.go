package command

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/usage"
)

func TestParseViews(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Command{
		"/trend":               {Name: "trend"},
		"/TRENDS":              {Name: "trend"},
		"/走势 月报":               {"trend", Args{Cycle: usage.Monthly}},
		"/趋势 上周 数量：12":         {"trend", Args{When: word(usage.LastWeek), N: 12}},
		"/trend n:31":          {"trend", Args{N: 31}},
		"/trend N: 007 weekly": {"trend", Args{Cycle: usage.Weekly, N: 7}},
		"/trend n 12 weekly":   {"trend", Args{Cycle: usage.Weekly, N: 12}},
		"/趋势 期数:２４ 月报 部门:研发部":         {"trend", Args{Cycle: usage.Monthly, N: 24, Dept: "研发部"}},
		"/trend metric:UV all":        {"trend", Args{Metric: usage.ActiveUsers, Ability: usage.All}},
		"/trend all metric:new users": {"trend", Args{Metric: usage.NewUsers, Ability: usage.All}},
		"/trend metric:total":         {"trend", Args{Metric: usage.TotalUsers}},
		"/趋势 昨天 指标：累计用户":              {"trend", Args{When: word(usage.Yesterday), Metric: usage.TotalUsers}},
		"/trend h5 metric:views":      {"trend", Args{Metric: usage.PageViews, Ability: usage.Web}},
		"/趋势 小程序 指标 打开次数":             {"trend", Args{Metric: usage.Opens, Ability: usage.MiniProgram}},
		"/usage monthly metric:new":   ask(Args{Cycle: usage.Monthly, Metric: usage.NewUsers}),
		"/top":                        {Name: "top"},
		"/排行榜 周报 网页":                  {"top", Args{Cycle: usage.Weekly, Ability: usage.Web}},
		"/部门排行 部门:全部 上月 数量:50":        {"top", Args{When: word(usage.LastMonth), N: 50}},
		"/排名 all":                     {"top", Args{Ability: usage.All}},
		"/help 部门排行":                  {"help", Args{Topic: "top"}},
	} {
		got, err := registry().Parse(text)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Parse(%q): %v (-want +got):\n%s", text, err, diff)
		}
	}
}

func TestMetricWords(t *testing.T) {
	t.Parallel()
	for want, words := range map[usage.Metric]string{
		usage.ActiveUsers: "uv active active-users 活跃 活跃用户 活跃用户数 ＵＶ",
		usage.NewUsers:    "new_users new new-users 新增 新增用户",
		usage.TotalUsers:  "total_users total 累计 累计用户",
		usage.PageViews:   "pv views page-views 访问 页面访问 访问页面数",
		usage.Opens:       "lifecycle opens 打开 打开次数",
	} {
		for _, w := range strings.Fields(words) {
			for _, key := range []string{"metric", "指标"} {
				if c := parse(t, "/trend "+key+":"+w); c.Args.Metric != want {
					t.Errorf("%s:%s is %q, want %q", key, w, c.Args.Metric, want)
				}
			}
		}
	}
}

func TestViewErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		problem
		allowed, example, exampleZh string
	}{
		"/trend n:32": {
			problem{Kind: BadValue, Arg: "n", Word: "n:32"}, "2–31", "/trend daily n:31", "/趋势 日报 数量:31",
		},
		"/趋势 周报 数量:1": {
			problem{Kind: BadValue, Arg: "n", Word: "数量:1"}, "2–26", "/trend weekly n:26", "/趋势 周报 数量:26",
		},
		"/trend weekly n:30": {
			problem{Kind: Conflict, Arg: "n", Other: "cycle", Word: "n:30"}, "2–26", "/trend weekly n:26", "/趋势 周报 数量:26",
		},
		"/trend 2026-10 n:25": {
			problem{Kind: Conflict, Arg: "n", Other: "cycle", Word: "n:25"}, "2–24", "/trend monthly n:24", "/趋势 月报 数量:24",
		},
		"/trend n:0": {
			problem{Kind: BadValue, Arg: "n", Word: "n:0"}, "7 12 24", "/trend n:20", "/趋势 数量:20",
		},
		"/trend n:1.5": {
			problem{Kind: BadValue, Arg: "n", Word: "n:1.5"}, "7 12 24", "/trend n:20", "/趋势 数量:20",
		},
		"/trend n:99999999999999999999": {
			problem{Kind: BadValue, Arg: "n", Word: "n:99999999999999999999"}, "7 12 24", "/trend n:20", "/趋势 数量:20",
		},
		"/top n:-1": {
			problem{Kind: BadValue, Arg: "n", Word: "n:-1"}, "10 20 50", "/top n:20", "/排行 数量:20",
		},
		"/top n:51": {
			problem{Kind: BadValue, Arg: "n", Word: "n:51"}, "1–50", "/top n:20", "/排行 数量:20",
		},
		"/top n:": {
			problem{Kind: MissingValue, Arg: "n", Word: "n:"}, "10 20 50", "/top n:20", "/排行 数量:20",
		},
		"/top n:5 数量:6": {
			problem{Kind: GivenTwice, Arg: "n", Word: "数量:6"}, "10 20 50", "/top n:20", "/排行 数量:20",
		},
		"/top weekly 2026-10": {
			problem{Kind: Conflict, Arg: "date", Other: "cycle", Word: "2026-10"},
			"yesterday last-week this-week 2026-11-16",
			"/top date:2026-11-16", "/排行 日期:2026-11-16",
		},
		"/trend bot metric:pv": {
			problem{Kind: Conflict, Arg: "metric", Other: "ability", Word: "metric:pv"}, "uv", "/trend bot metric:uv", "/趋势 机器人 指标:活跃",
		},
		"/用量 网页 指标:新增": {
			problem{Kind: Conflict, Arg: "metric", Other: "ability", Word: "指标:新增"}, "uv pv lifecycle", "/usage h5 metric:uv", "/用量 网页 指标:活跃",
		},
		"/usage last-week metric:total": {
			problem{Kind: Conflict, Arg: "metric", Other: "cycle", Word: "metric:total"},
			"uv new_users pv lifecycle",
			"/usage daily metric:total_users", "/用量 日报 指标:累计",
		},
		"/trend metric:veiws": {
			problem{Kind: BadValue, Arg: "metric", Word: "metric:veiws", Suggestion: "views", Fixed: "/trend metric:views"},
			"uv new_users total_users pv lifecycle", "/trend metric:uv", "/趋势 指标:活跃",
		},
		"/trend mertic:pv": {
			problem{Kind: UnknownWord, Word: "mertic:pv", Suggestion: "metric:", Fixed: "/trend metric:pv"},
			"daily weekly monthly app mp h5 bot all dept:X app:X date:X n:X metric:X", "/trend weekly n:12", "/趋势 周报 数量:12",
		},
		"/trned weekly": {
			problem{Kind: UnknownCommand, Word: "/trned", Suggestion: "/trend", Fixed: "/trend weekly"},
			"/usage /trend /top /subscribe /subs /unsubscribe /pause /resume /test /history /retry /settings /forget-me /help /admin", "/trend weekly n:12", "/趋势 周报 数量:12",
		},
		"/排行周报": {
			problem{Kind: UnknownCommand, Word: "/排行周报", Suggestion: "/排行", Fixed: "/排行 周报"},
			"/usage /trend /top /subscribe /subs /unsubscribe /pause /resume /test /history /retry /settings /forget-me /help /admin", "/top weekly n:20", "/排行 周报 数量:20",
		},
	} {
		_, err := registry().Parse(text)
		got, e := problemOf(t, err)
		if diff := cmp.Diff(want.problem, got); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", text, diff)
		}
		said := []string{strings.Join(e.Allowed(En), " "), e.Example(En), e.Example(Zh)}
		if diff := cmp.Diff([]string{want.allowed, want.example, want.exampleZh}, said); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", text, diff)
		}
		parse(t, e.Example(En))
		parse(t, e.Example(Zh))
	}
}

func TestViewLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"/走势 数量:12 指标:新增用户 周报 部门:研发部": {
			"/trend weekly dept:研发部 n:12 metric:new_users", "/趋势 周报 部门:研发部 数量:12 指标:新增",
		},
		"/rank last week n:5":         {"/top date:last-week n:5", "/排行 日期:上周 数量:5"},
		"/usage h5 metric:page views": {"/usage h5 metric:pv", "/用量 网页 指标:访问"},
	} {
		c := parse(t, text)
		if diff := cmp.Diff(want, [2]string{c.String(), registry().Line(c, Zh)}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestFollowUpOfViews(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ previous, text, want string }{
		{"/trend weekly h5", "monthly", "/trend monthly h5"},
		{"/趋势 周报", "部门:市场部", "/trend weekly dept:市场部"},
		{"/trend weekly", "n:20", "/trend weekly n:20"},
		{"/top weekly", "数量：20", "/top weekly n:20"},
		{"/top weekly dept:研发部", "全公司", "/top weekly"},
		{"/top date:last-week n:5", "2026-10", "/top date:2026-10 n:5"},
		{"/top weekly", "all", "/top weekly all"},
		{"/trend", "metric:new", "/trend metric:new_users"},
		{"/trend n:31", "weekly", "/trend weekly"},
		{"/trend n:20", "weekly", "/trend weekly n:20"},
		{"/trend n:31", "上周", "/trend date:last-week"},
		{"/trend metric:pv", "bot", "/trend bot"},
		{"/trend metric:pv", "h5", "/trend h5 metric:pv"},
		{"/trend metric:total_users", "monthly", "/trend monthly"},
		{"/usage metric:new_users", "网页 周报", "/usage weekly h5"},
		{"/usage bot", "app metric:pv", "/usage app metric:pv"},
	} {
		c, ok, err := registry().FollowUp(test.text, parse(t, test.previous))
		if err != nil || !ok || c.String() != test.want {
			t.Errorf("%q after %q is %q, %v, %v, want %q", test.text, test.previous, c, ok, err, test.want)
		}
	}
	for _, test := range []struct{ previous, text, arg string }{
		{"/trend weekly", "n:30", "n"},
		{"/trend bot", "metric:pv", "metric"},
		{"/usage weekly", "指标:累计", "metric"},
		{"/trend weekly", "monthly n:25", "n"},
	} {
		_, ok, err := registry().FollowUp(test.text, parse(t, test.previous))
		if got, _ := problemOf(t, err); !ok || got.Arg != test.arg {
			t.Errorf("%q after %q: %v, %+v, want an error about %s", test.text, test.previous, ok, got, test.arg)
		}
	}
}

// What people say to each other, or to the bot, while a view is fresh.
func TestTalkIsNoFollowUpOfAView(t *testing.T) {
	t.Parallel()
	talk := []string{
		"top secret", "trend is good", "the trend is good", "n", "N", "no", "new", "new app", "total", "active", "views", "打开", "访问", "新增",
		"20", "666", "88", "10 people", "n it is", "数量 多少", "metric is fine", "open the app", "全部都好", "排名不错", "趋势 不错", "top", "排行",
	}
	for _, previous := range []string{"/trend weekly", "/top weekly", "/usage"} {
		for _, text := range talk {
			if c, ok, err := registry().FollowUp(text, parse(t, previous)); ok || err != nil {
				t.Errorf("%q after %q is %v, %v", text, previous, c, err)
			}
		}
	}
}

func TestGuessAView(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"trend weekly": "/trend weekly", "趋势 周报 网页": "/trend weekly h5", "top": "/top", "部门排行 上周": "/top date:last-week",
		"weekly n:20": "/trend weekly n:20", "n:40": "/top n:40", "指标:新增": "/usage metric:new_users",
		"top secret": "", "trend is good": "", "the top": "", "n:100": "",
	} {
		if c, ok := registry().Guess(text); ok != (want != "") || ok && c.String() != want {
			t.Errorf("Guess(%q) = %v, %v, want %q", text, c, ok, want)
		}
	}
}

// A bare word that means something behind a key only is not read, but what was meant is offered.
func TestWordsThatLackTheirKey(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]problem{
		"/top 20 weekly":      {Kind: UnknownWord, Word: "20", Suggestion: "n:20", Fixed: "/top n:20 weekly"},
		"/排行 20":              {Kind: UnknownWord, Word: "20", Suggestion: "n:20", Fixed: "/排行 n:20"},
		"/trend new":          {Kind: UnknownWord, Word: "new", Suggestion: "metric:new", Fixed: "/trend metric:new"},
		"/趋势 新增":              {Kind: UnknownWord, Word: "新增", Suggestion: "指标:新增", Fixed: "/趋势 指标:新增"},
		"/订阅 日报 北京":           {Kind: UnknownWord, Word: "北京", Suggestion: "时区:北京", Fixed: "/订阅 日报 时区:北京"},
		"/trend n:7 20":       {Kind: UnknownWord, Word: "20"},
		"/subscribe daily 10": {Kind: UnknownWord, Word: "10"}, // an hour or a day
		"/usage 20":           {Kind: UnknownWord, Word: "20"},
	} {
		_, err := registry().Parse(text)
		got, _ := problemOf(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", text, diff)
		}
	}
}

func TestFitting(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Command{
		"/trend monthly":      {"trend", Args{Cycle: usage.Monthly, N: 25, Metric: usage.TotalUsers}},
		"/trend n:25":         {"trend", Args{N: 25}},
		"/usage bot":          {"usage", Args{Ability: usage.Bot, Metric: usage.PageViews}},
		"/usage metric:pv":    {"usage", Args{Metric: usage.PageViews}},
		"/top monthly n:50":   {"top", Args{Cycle: usage.Monthly, N: 50}},
		"/usage all weekly":   {"usage", Args{Cycle: usage.Weekly, Ability: usage.All, Metric: usage.TotalUsers}},
		"/trend metric:total": {"trend", Args{Metric: usage.TotalUsers}},
	} {
		if got := want.Fitting(); got != parse(t, text) {
			t.Errorf("%s fits as %s, want %s", want, got, text)
		}
	}
}
