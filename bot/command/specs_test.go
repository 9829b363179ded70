package command

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the tests need the names of zones on machines without a database of them

	"github.com/google/go-cmp/cmp"

	"usagebot/locale"
	"usagebot/usage"
)

func TestParseDigestCommands(t *testing.T) {
	t.Parallel()
	day := func(m time.Month, d int) usage.Date { return usage.Date{Year: 2026, Month: m, Day: d} }
	for name, test := range map[string]struct {
		text string
		want Command
	}{
		"a daily digest":            {"/subscribe daily 10:30", Command{"subscribe", Args{Cycle: usage.Daily, Time: "10:30"}}},
		"a daily digest in chinese": {"/订阅 日报 10:30", Command{"subscribe", Args{Cycle: usage.Daily, Time: "10:30"}}},
		"a weekly digest in chinese": {
			"/订阅 周报 周一 10:30 网页 部门:研发部",
			Command{"subscribe", Args{Cycle: usage.Weekly, On: "mon", Time: "10:30", Ability: usage.Web, Dept: "研发部"}},
		},
		"a monthly digest in chinese": {"/订阅 月报 1号", Command{"subscribe", Args{Cycle: usage.Monthly, On: "1"}}},
		"on workdays in chinese":      {"/订阅 日报 工作日", Command{"subscribe", Args{Cycle: usage.Daily, On: "workdays"}}},
		"everything": {
			`/subscribe tz:Asia/Tokyo app:"My Shop" dept:a/b bot on:last 9:05 monthly`,
			Command{"subscribe", Args{
				Cycle: usage.Monthly, Time: "09:05", On: "last", Ability: usage.Bot, Dept: "a/b", App: "My Shop", Zone: "Asia/Tokyo",
			}},
		},
		"as one says it": {
			"/subscribe weekly on monday at 10:30",
			Command{"subscribe", Args{Cycle: usage.Weekly, On: "mon", Time: "10:30"}},
		},
		"as one says it in chinese":   {"/订阅 周报 星期 一 时间 10点半", Command{"subscribe", Args{Cycle: usage.Weekly, On: "mon", Time: "10:30"}}},
		"full width":                  {"／订阅　日报　１０：３０", Command{"subscribe", Args{Cycle: usage.Daily, Time: "10:30"}}},
		"nothing said":                {"/subscribe", Command{Name: "subscribe"}},
		"a form":                      {"/subscribe form", Command{"subscribe", Args{Form: true}}},
		"a form filled in":            {"/订阅 表单 周报 部门:研发部", Command{"subscribe", Args{Cycle: usage.Weekly, Dept: "研发部", Form: true}}},
		"no cycle but a time":         {"/subscribe 10:30", Command{"subscribe", Args{Time: "10:30"}}},
		"a weekday means weekly":      {"/订阅 周一 10:30", Command{"subscribe", Args{Cycle: usage.Weekly, On: "mon", Time: "10:30"}}},
		"workdays mean daily":         {"/subscribe workdays", Command{"subscribe", Args{Cycle: usage.Daily, On: "workdays"}}},
		"a day means monthly":         {"/subscribe on:15", Command{"subscribe", Args{Cycle: usage.Monthly, On: "15"}}},
		"the last day means monthly":  {"/订阅 月底 表单", Command{"subscribe", Args{Cycle: usage.Monthly, On: "last", Form: true}}},
		"every day":                   {"/subscribe daily on:daily", Command{"subscribe", Args{Cycle: usage.Daily, On: EveryDay}}},
		"every day means daily":       {"/订阅 日子:每天 9点", Command{"subscribe", Args{Cycle: usage.Daily, On: EveryDay, Time: "09:00"}}},
		"every day in two words":      {"/订阅 每 天 9点", Command{"subscribe", Args{Cycle: usage.Daily, Time: "09:00"}}},
		"every day in english":        {"/subscribe every day 9:00", Command{"subscribe", Args{Cycle: usage.Daily, Time: "09:00"}}},
		"every week on a day":         {"/subscribe every week on monday", Command{"subscribe", Args{Cycle: usage.Weekly, On: "mon"}}},
		"stop is pause and not top":   {"/stop k7q2mw", Command{"pause", Args{ID: "k7q2mw"}}},
		"the list":                    {"/subs", Command{Name: "subs"}},
		"the list by another name":    {"/LIST", Command{Name: "subs"}},
		"the list in chinese":         {"/订阅列表", Command{Name: "subs"}},
		"remove":                      {"/unsubscribe k7q2mw", Command{"unsubscribe", Args{ID: "k7q2mw"}}},
		"remove at once":              {"/退订 确认 k7q2mw", Command{"unsubscribe", Args{ID: "k7q2mw", Confirm: true}}},
		"an id in capitals":           {"/unsub K7Q2MW", Command{"unsubscribe", Args{ID: "k7q2mw"}}},
		"an id of digits":             {"/resume 234567", Command{"resume", Args{ID: "234567"}}},
		"an id behind its key":        {"/恢复 编号：k7q2mw", Command{"resume", Args{ID: "k7q2mw"}}},
		"pause":                       {"/pause k7q2mw", Command{"pause", Args{ID: "k7q2mw"}}},
		"pause until a day":           {"/暂停 k7q2mw 直到:2026-12-01", Command{"pause", Args{ID: "k7q2mw", Until: Until{Date: day(12, 1)}}}},
		"pause for days":              {"/pause k7q2mw until:+3d", Command{"pause", Args{ID: "k7q2mw", Until: Until{Days: 3}}}},
		"pause for days by itself":    {"/暂停 3天 k7q2mw", Command{"pause", Args{ID: "k7q2mw", Until: Until{Days: 3}}}},
		"pause until a day by itself": {"/pause k7q2mw 2026/12/1", Command{"pause", Args{ID: "k7q2mw", Until: Until{Date: day(12, 1)}}}},
		"pause as one says it":        {"/pause k7q2mw until 2026-12-01", Command{"pause", Args{ID: "k7q2mw", Until: Until{Date: day(12, 1)}}}},
		"test":                        {"/试发 k7q2mw", Command{"test", Args{ID: "k7q2mw"}}},
		"history of all":              {"/history", Command{Name: "history"}},
		"history of one":              {"/历史 k7q2mw", Command{"history", Args{ID: "k7q2mw"}}},
		"retry":                       {"/retry k7q2mw date:2026-11-16", Command{"retry", Args{ID: "k7q2mw", When: on(2026, time.November, 16)}}},
		"retry by itself":             {"/重发 20261116 k7q2mw", Command{"retry", Args{ID: "k7q2mw", When: on(2026, time.November, 16)}}},
		"retry an id of digits":       {"/retry 234567 上周", Command{"retry", Args{ID: "234567", When: word(usage.LastWeek)}}},
		"settings":                    {"/settings", Command{Name: "settings"}},
		"settings to be changed":      {"/settings lang:English app:商城", Command{"settings", Args{Lang: locale.English, App: "商城"}}},
		"a language by itself":        {"/设置 中文", Command{"settings", Args{Lang: locale.Chinese}}},
		"help for them":               {"/帮助 订阅列表", Command{"help", Args{Topic: "subs"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, parse(t, test.text)); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

// TestKeyOfTimeAndDate: 时间 is the key of the date in commands that take a date, and of the time in those that take a time.
func TestKeyOfTimeAndDate(t *testing.T) {
	t.Parallel()
	if c := parse(t, "/用量 时间:昨天"); c.Args.When.Kind != usage.Yesterday {
		t.Errorf("when %v", c.Args.When)
	}
	if c := parse(t, "/订阅 日报 时间:10:30"); c.Args.Time != "10:30" {
		t.Errorf("time %q", c.Args.Time)
	}
}

func TestDigestCommandErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want problem
	}{
		"slips of command and cycle":       {"/subcsribe dayly", problem{Kind: UnknownCommand, Word: "/subcsribe", Suggestion: "/subscribe"}},
		"a cycle's slip":                   {"/subscribe dayly", problem{Kind: UnknownWord, Word: "dayly", Suggestion: "daily", Fixed: "/subscribe daily"}},
		"a slip near weekdays too":         {"/订阅 周抱", problem{Kind: UnknownWord, Word: "周抱", Suggestion: "周报", Fixed: "/订阅 周报"}},
		"the same once a cycle was given":  {"/订阅 周报 周抱", problem{Kind: UnknownWord, Word: "周抱"}},
		"a weekday's slip":                 {"/subscribe weekly mondya", problem{Kind: UnknownWord, Word: "mondya", Suggestion: "monday", Fixed: "/subscribe weekly monday"}},
		"no such time":                     {"/subscribe daily 25:00", problem{Kind: BadValue, Arg: "time", Word: "25:00"}},
		"half a time":                      {"/subscribe daily 10:", problem{Kind: BadValue, Arg: "time", Word: "10:"}},
		"two times":                        {"/subscribe daily 10:30 11:30", problem{Kind: GivenTwice, Arg: "time", Word: "11:30"}},
		"a date for a time":                {"/订阅 日报 时间:昨天", problem{Kind: BadValue, Arg: "time", Word: "时间:昨天"}},
		"a number that may be all":         {"/subscribe daily 10", problem{Kind: UnknownWord, Word: "10"}},
		"no such day of the month":         {"/订阅 月报 32号", problem{Kind: BadValue, Arg: "on", Word: "32号"}},
		"a weekday's slip behind a key":    {"/subscribe weekly on:mondya", problem{Kind: BadValue, Arg: "on", Word: "on:mondya", Suggestion: "monday", Fixed: "/subscribe weekly on:monday"}},
		"daily on a weekday":               {"/subscribe daily on:mon", problem{Kind: Conflict, Arg: "on", Other: "cycle", Word: "on:mon"}},
		"weekly on a day of the month":     {"/订阅 周报 15号", problem{Kind: Conflict, Arg: "on", Other: "cycle", Word: "15号"}},
		"weekly on workdays":               {"/subscribe workdays weekly", problem{Kind: Conflict, Arg: "on", Other: "cycle", Word: "workdays"}},
		"weekly on the last day":           {"/subscribe weekly last day", problem{Kind: Conflict, Arg: "on", Other: "cycle", Word: "last day"}},
		"weekly on every day":              {"/subscribe weekly on:daily", problem{Kind: Conflict, Arg: "on", Other: "cycle", Word: "on:daily"}},
		"the form's slip":                  {"/subscribe forn", problem{Kind: UnknownWord, Word: "forn", Suggestion: "form", Fixed: "/subscribe form"}},
		"the form twice":                   {"/订阅 表单 form", problem{Kind: GivenTwice, Arg: "form", Word: "form"}},
		"a form with a value":              {"/subscribe form:daily", problem{Kind: UnexpectedValue, Word: "form:daily"}},
		"monthly on a weekday":             {"/subscribe monthly on:周一", problem{Kind: Conflict, Arg: "on", Other: "cycle", Word: "on:周一"}},
		"no such zone":                     {"/subscribe daily tz:Mars/Phobos", problem{Kind: BadValue, Arg: "tz", Word: "tz:Mars/Phobos"}},
		"a zone's slip":                    {"/subscribe daily tz:asia/shangai", problem{Kind: BadValue, Arg: "tz", Word: "tz:asia/shangai", Suggestion: "Asia/Shanghai", Fixed: "/subscribe daily tz:Asia/Shanghai"}},
		"a city's slip":                    {"/订阅 日报 时区:洛衫矶", problem{Kind: BadValue, Arg: "tz", Word: "时区:洛衫矶", Suggestion: "洛杉矶", Fixed: "/订阅 日报 时区:洛杉矶"}},
		"a date where none is taken":       {"/subscribe daily date:2026-11-16", problem{Kind: UnknownWord, Word: "date:2026-11-16"}},
		"a list of something":              {"/subs foo", problem{Kind: UnexpectedValue, Word: "foo"}},
		"no id":                            {"/unsubscribe", problem{Kind: MissingValue, Arg: "id"}},
		"no id but all else":               {"/pause 2026-12-01", problem{Kind: MissingValue, Arg: "id"}},
		"no id but its key":                {"/pause id", problem{Kind: MissingValue, Arg: "id", Word: "id"}},
		"an id with a wrong letter":        {"/test k7q2m0", problem{Kind: BadValue, Arg: "id", Word: "k7q2m0"}},
		"an id too short":                  {"/test k7q2m", problem{Kind: BadValue, Arg: "id", Word: "k7q2m"}},
		"a name for an id":                 {"/暂停 商城日报", problem{Kind: BadValue, Arg: "id", Word: "商城日报"}},
		"a wrong id that may be left out":  {"/history foo", problem{Kind: BadValue, Arg: "id", Word: "foo"}},
		"two ids":                          {"/history k7q2mw k7q2mx", problem{Kind: GivenTwice, Arg: "id", Word: "k7q2mx"}},
		"two ids where more may be":        {"/pause k7q2mw k7q2mx", problem{Kind: GivenTwice, Arg: "id", Word: "k7q2mx"}},
		"a word behind the id":             {"/pause k7q2mw tomorrow", problem{Kind: UnknownWord, Word: "tomorrow"}},
		"a word where nothing more can be": {"/resume k7q2mw now", problem{Kind: UnexpectedValue, Word: "now"}},
		"the confirmation's slip":          {"/unsubscribe k7q2mw confrim", problem{Kind: UnknownWord, Word: "confrim", Suggestion: "confirm", Fixed: "/unsubscribe k7q2mw confirm"}},
		"a slip that could be an id":       {"/unsubscribe k7q2mw confrm", problem{Kind: UnknownWord, Word: "confrm", Suggestion: "confirm", Fixed: "/unsubscribe k7q2mw confirm"}},
		"until a month":                    {"/pause k7q2mw until:2026-12", problem{Kind: BadValue, Arg: "until", Word: "until:2026-12"}},
		"until a day that is none":         {"/pause k7q2mw 2026-02-30", problem{Kind: NoSuchDay, Arg: "until", Word: "2026-02-30"}},
		"for more than a year":             {"/pause k7q2mw 400d", problem{Kind: BadValue, Arg: "until", Word: "400d"}},
		"for no day":                       {"/暂停 k7q2mw 0天", problem{Kind: BadValue, Arg: "until", Word: "0天"}},
		"retry without a date":             {"/retry k7q2mw", problem{Kind: MissingValue, Arg: "date"}},
		"another language":                 {"/settings lang:fr", problem{Kind: BadValue, Arg: "lang", Word: "lang:fr"}},
		"a language's slip":                {"/settings lang:engilsh", problem{Kind: BadValue, Arg: "lang", Word: "lang:engilsh", Suggestion: "english", Fixed: "/settings lang:english"}},
		"two languages":                    {"/settings en 中文", problem{Kind: GivenTwice, Arg: "lang", Word: "中文"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := registry().ParseKnown(test.text)
			got, e := problemOf(t, err)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", test.text, diff)
			}
			for _, lang := range []locale.Language{locale.English, locale.Chinese} {
				parse(t, e.Example(lang))
			}
		})
	}
}

func TestDigestErrorsSayWhatIsAllowed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"/subscribe daily on:mon":  {"workdays daily", "工作日 每天", "/subscribe daily on:workdays", "/订阅 日报 推送日:工作日"},
		"/subscribe weekly 15号":    {"mon tue wed thu fri sat sun", "周一 周二 周三 周四 周五 周六 周日", "/subscribe weekly on:mon", "/订阅 周报 推送日:周一"},
		"/subscribe monthly fri":   {"last 1 15 31", "月底 1 15 31", "/subscribe monthly on:15", "/订阅 月报 推送日:15号"},
		"/subscribe daily 24:00":   {"09:00 10:30", "09:00 10:30", "/subscribe daily 10:30", "/订阅 日报 10:30"},
		"/pause":                   {"", "", "/pause k7q2mw", "/暂停 k7q2mw"}, // which ids there are, the grammar does not know
		"/subscribe monthly on:32": {"last 1 15 31", "月底 1 15 31", "/subscribe monthly on:15", "/订阅 月报 推送日:15号"},
		"/订阅 40号 月报":               {"last 1 15 31", "月底 1 15 31", "/subscribe monthly on:15", "/订阅 月报 推送日:15号"},
		"/subscribe weekly on:foo": {"mon tue wed thu fri sat sun", "周一 周二 周三 周四 周五 周六 周日", "/subscribe weekly on:mon", "/订阅 周报 推送日:周一"},
		"/subscribe 25:00":         {"09:00 10:30", "09:00 10:30", "/subscribe weekly 10:30", "/订阅 周报 10:30"},
		"/subscribe 25:00 monthly": {"09:00 10:30", "09:00 10:30", "/subscribe monthly 10:30", "/订阅 月报 10:30"},
		"/pause k7q2mw until:soon": {"2026-12-01 3d", "2026-12-01 3d", "/pause k7q2mw until:2026-12-01", "/暂停 k7q2mw 直到:2026-12-01"},
		"/settings lang:fr":        {"zh en", "中文 英文", "/settings lang:en", "/设置 语言:中文"},
		"/retry k7q2mw foo": {
			"date:X", "日期:X", "/resend k7q2mw date:2026-11-16", "/重发 k7q2mw 日期:2026-11-16",
		},
		"/subscribe daily tz:x": {
			"Asia/Shanghai Asia/Hong_Kong Asia/Taipei Asia/Singapore Asia/Tokyo Asia/Seoul Asia/Dubai Europe/London Europe/Paris " +
				"Europe/Berlin America/New_York America/Los_Angeles Australia/Sydney UTC",
			"北京 香港 台北 新加坡 东京 首尔 迪拜 伦敦 巴黎 柏林 纽约 洛杉矶 悉尼 世界时",
			"/subscribe daily tz:Asia/Shanghai", "/订阅 日报 时区:北京",
		},
	} {
		_, err := registry().Parse(text)
		_, e := problemOf(t, err)
		got := []string{strings.Join(e.Allowed(locale.English), " "), strings.Join(e.Allowed(locale.Chinese), " "), e.Example(locale.English), e.Example(locale.Chinese)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", text, diff)
		}
	}
}

func TestDigestLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"/订阅 周报 周一 9点半 网页 部门:研发部 时区:纽约": {
			"/subscribe weekly 09:30 on:mon h5 dept:研发部 tz:America/New_York",
			"/订阅 周报 09:30 推送日:周一 网页应用 部门:研发部 时区:America/New_York",
		},
		"/订阅 周五 表单":                  {"/subscribe weekly on:fri form", "/订阅 周报 推送日:周五 表单"},
		"/subscribe on:every day":    {"/subscribe daily on:daily", "/订阅 日报 推送日:每天"},
		"/subscribe monthly 每月15号":   {"/subscribe monthly on:15", "/订阅 月报 推送日:15"},
		"/unsubscribe k7q2mw yes":    {"/unsubscribe k7q2mw confirm", "/退订 k7q2mw 确认"},
		"/pause k7q2mw until:3 days": {"", ""},
		"/pause k7q2mw until:3days":  {"/pause k7q2mw until:3d", "/暂停 k7q2mw 直到:3d"},
		"/resend k7q2mw 2026年10月":    {"/retry k7q2mw date:2026-10", "/重发 k7q2mw 日期:2026-10"},
		"/settings language english": {"/settings lang:en", "/设置 语言:英文"},
	} {
		c, err := registry().Parse(text)
		got := [2]string{}
		if err == nil {
			got = [2]string{c.String(), registry().Line(c, locale.Chinese)}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestDigestCommandsTakeNoFollowUp: a message without a slash never changes anything.
func TestDigestCommandsTakeNoFollowUp(t *testing.T) {
	t.Parallel()
	for _, s := range Builtin() {
		if s.Who != Viewer && s.FollowUp != nil {
			t.Errorf("%s takes follow-ups", s.Name())
		}
	}
}

// TestNoWordIsAnID: a subscription whose id is a word of the grammar could not be named.
func TestNoWordIsAnID(t *testing.T) {
	t.Parallel()
	for _, s := range Builtin() {
		if s.arg("id") == nil {
			continue
		}
		for _, a := range s.Args {
			words := a.Keys.all()
			for _, v := range a.Values {
				words = append(words, v.all()...)
			}
			for _, w := range words {
				if idForm.MatchString(w) {
					t.Errorf("/%s: %q is an id and a word of %s", s.Name(), w, a.Name)
				}
			}
		}
	}
}

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
			problem{Kind: BadValue, Arg: "n", Word: "n:32"}, "2–31", "/trend weekly n:5", "/趋势 周报 数量:5",
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
			problem{Kind: Conflict, Arg: "metric", Other: "ability", Word: "指标:新增"}, "uv pv lifecycle", "/usage h5 metric:uv", "/用量 网页应用 指标:活跃",
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
			"daily weekly monthly app mp h5 bot all dept:X app:X name:X date:X n:X last:X metric:X", "/trend weekly n:12", "/趋势 周报 数量:12",
		},
		"/trned weekly": {
			problem{Kind: UnknownCommand, Word: "/trned", Suggestion: "/trend", Fixed: "/trend weekly"},
			"/usage /trend /top /compare /why /subscribe /subs /unsubscribe /pause /resume /test /history /resend /settings /forget-me /help /admin", "/trend weekly n:12", "/趋势 周报 数量:12",
		},
	} {
		_, err := registry().ParseKnown(text)
		got, e := problemOf(t, err)
		if diff := cmp.Diff(want.problem, got); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", text, diff)
		}
		said := []string{strings.Join(e.Allowed(locale.English), " "), e.Example(locale.English), e.Example(locale.Chinese)}
		if diff := cmp.Diff([]string{want.allowed, want.example, want.exampleZh}, said); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", text, diff)
		}
		parse(t, e.Example(locale.English))
		parse(t, e.Example(locale.Chinese))
	}
}

func TestViewLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"/走势 数量:12 指标:新增用户 周报 部门:研发部": {
			"/trend weekly dept:研发部 n:12 metric:new_users", "/趋势 周报 部门:研发部 数量:12 指标:新增",
		},
		"/rank last week n:5":         {"/top date:last-week n:5", "/排行 日期:上周 数量:5"},
		"/usage h5 metric:page views": {"/usage h5 metric:pv", "/用量 网页应用 指标:访问"},
	} {
		c := parse(t, text)
		if diff := cmp.Diff(want, [2]string{c.String(), registry().Line(c, locale.Chinese)}); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

// TestWordsThatLackTheirKey: a word that needs a key is not read without it, but the right form is suggested.
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
		_, err := registry().ParseKnown(text)
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
