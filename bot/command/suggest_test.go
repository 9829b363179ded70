package command

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"usagebot/locale"
)

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		want problem
	}{
		"no slash":                           {"usage weekly", problem{Kind: NotCommand}},
		"nothing":                            {"", problem{Kind: NotCommand}},
		"only a slash":                       {"/", problem{Kind: UnknownCommand, Word: "/"}},
		"a command's slip":                   {"/usgae weekly", problem{Kind: UnknownCommand, Word: "/usgae", Suggestion: "/usage", Fixed: "/usage weekly"}},
		"a chinese command's slip":           {"／用料 周报", problem{Kind: UnknownCommand, Word: "/用料", Suggestion: "/用量", Fixed: "／用量 周报"}},
		"a command and more slips":           {"/usgae weekyl", problem{Kind: UnknownCommand, Word: "/usgae", Suggestion: "/usage"}},
		"a far command":                      {"/deploy", problem{Kind: UnknownCommand, Word: "/deploy"}},
		"the space forgotten":                {"/usageweekly h5", problem{Kind: UnknownCommand, Word: "/usageweekly", Suggestion: "/usage weekly", Fixed: "/usage weekly h5"}},
		"two spaces forgotten":               {"/usageweeklyh5", problem{Kind: UnknownCommand, Word: "/usageweeklyh5", Suggestion: "/usage weekly h5", Fixed: "/usage weekly h5"}},
		"a space between words forgotten":    {"/usage h5weekly", problem{Kind: UnknownWord, Word: "h5weekly", Suggestion: "h5 weekly", Fixed: "/usage h5 weekly"}},
		"a word that means another period":   {"/usage biweekly", problem{Kind: UnknownWord, Word: "biweekly"}},
		"the next week":                      {"/usage next-week", problem{Kind: UnknownWord, Word: "next-week"}},
		"the next week in chinese":           {"/用量 下周", problem{Kind: UnknownWord, Word: "下周"}},
		"another day":                        {"/用量 明天", problem{Kind: UnknownWord, Word: "明天"}},
		"more than a known word":             {"/用量 周报表", problem{Kind: UnknownWord, Word: "周报表"}},
		"another digit":                      {"/usage h6", problem{Kind: UnknownWord, Word: "h6"}},
		"a word's slip":                      {"/usage weekyl h5", problem{Kind: UnknownWord, Word: "weekyl", Suggestion: "weekly", Fixed: "/usage weekly h5"}},
		"a chinese word's slip":              {"/用量 周抱 网页", problem{Kind: UnknownWord, Word: "周抱", Suggestion: "周报", Fixed: "/用量 周报 网页"}},
		"a slip between two words":           {"/usage ap", problem{Kind: UnknownWord, Word: "ap"}},
		"a slip of two names of one":         {"/usage weeky", problem{Kind: UnknownWord, Word: "weeky", Suggestion: "weekly", Fixed: "/usage weekly"}},
		"a short word far away":              {"/usage xyz", problem{Kind: UnknownWord, Word: "xyz"}},
		"a single character":                 {"/用量 年", problem{Kind: UnknownWord, Word: "年"}},
		"two slips":                          {"/usage weekyl bto2", problem{Kind: UnknownWord, Word: "weekyl", Suggestion: "weekly"}},
		"a slip of what was given":           {"/usage weekly montly", problem{Kind: UnknownWord, Word: "montly"}},
		"a name without its key":             {"/usage 研发部", problem{Kind: UnknownWord, Word: "研发部"}},
		"a key's slip":                       {"/usage dpet:研发部 h5", problem{Kind: UnknownWord, Word: "dpet:研发部", Suggestion: "dept:", Fixed: "/usage dept:研发部 h5"}},
		"an unknown key":                     {"/usage city:上海", problem{Kind: UnknownWord, Word: "city:上海"}},
		"a key without colon":                {"/usage dept 研发部 h5", problem{Kind: MissingValue, Arg: "dept", Word: "dept", Suggestion: "dept:研发部", Fixed: "/usage dept:研发部 h5"}},
		"a key alone":                        {"/usage 部门", problem{Kind: MissingValue, Arg: "dept", Word: "部门"}},
		"a key alone before a word":          {"/usage dept weekly", problem{Kind: MissingValue, Arg: "dept", Word: "dept"}},
		"no value":                           {"/usage dept:", problem{Kind: MissingValue, Arg: "dept", Word: "dept:"}},
		"no value before a key":              {"/usage dept: app:商城", problem{Kind: MissingValue, Arg: "dept", Word: "dept:"}},
		"an empty value":                     {`/usage dept:""`, problem{Kind: MissingValue, Arg: "dept", Word: `dept:""`}},
		"a blank value":                      {`/usage dept:" "`, problem{Kind: MissingValue, Arg: "dept", Word: `dept:" "`}},
		"no such day":                        {"/usage date:2026-02-30", problem{Kind: NoSuchDay, Arg: "date", Word: "2026-02-30"}},
		"no such month":                      {"/usage 2026-13", problem{Kind: BadValue, Arg: "date", Word: "2026-13"}},
		"an ambiguous date":                  {"/usage 202611", problem{Kind: BadValue, Arg: "date", Word: "202611"}},
		"no such day of any year":            {"/usage 2月30日", problem{Kind: NoSuchDay, Arg: "date", Word: "2月30日"}},
		"no such day at a range's end":       {"/usage 11月1日到31日", problem{Kind: NoSuchDay, Arg: "date", Word: "11月1日到31日"}},
		"several periods for a ranking":      {"/top Q3", problem{Kind: OnePeriod, Arg: "date", Word: "q3"}},
		"a value of another argument":        {"/usage dept: weekly", problem{Kind: MissingValue, Arg: "dept", Word: "dept:"}},
		"a person where a value belongs":     {"/usage dept: @" + anID + " weekly", problem{Kind: MissingValue, Arg: "dept", Word: "dept:"}},
		"a year long ago":                    {"/usage 0226-11-16", problem{Kind: BadValue, Arg: "date", Word: "0226-11-16"}},
		"a date's slip":                      {"/usage date:yesterdya", problem{Kind: BadValue, Arg: "date", Word: "date:yesterdya", Suggestion: "yesterday", Fixed: "/usage date:yesterday"}},
		"a date's slip with a space":         {"/usage date:“last wek”", problem{Kind: BadValue, Arg: "date", Word: "date:“last wek”", Suggestion: "last week", Fixed: `/usage date:"last week"`}},
		"a word of another argument":         {"/usage date:weekly", problem{Kind: BadValue, Arg: "date", Word: "date:weekly"}},
		"a cycle twice":                      {"/usage weekly monthly", problem{Kind: GivenTwice, Arg: "cycle", Word: "monthly"}},
		"a department twice":                 {"/usage dept:a 部门:b", problem{Kind: GivenTwice, Arg: "dept", Word: "部门:b"}},
		"a date of two words twice":          {"/usage 昨天 last week", problem{Kind: GivenTwice, Arg: "date", Word: "last week"}},
		"a month is no week":                 {"/usage weekly date:2026-10", problem{Kind: Conflict, Arg: "date", Other: "cycle", Word: "date:2026-10"}},
		"a week is no day":                   {"/usage 上周 日报", problem{Kind: Conflict, Arg: "date", Other: "cycle", Word: "上周"}},
		"an unclosed quote":                  {`/usage weekly dept:"研发 部`, problem{Kind: UnclosedQuote, Word: `dept:"研发 部`}},
		"a quote closed by another":          {`/usage dept:“研发部"`, problem{Kind: UnclosedQuote, Word: `dept:“研发部"`}},
		"a word with a value":                {"/usage weekly:h5", problem{Kind: UnexpectedValue, Word: "weekly:h5"}},
		"an unknown topic":                   {"/help usgae", problem{Kind: BadValue, Arg: "topic", Word: "usgae", Suggestion: "/usage", Fixed: "/help usage"}},
		"a far topic":                        {"/help deploy", problem{Kind: BadValue, Arg: "topic", Word: "deploy"}},
		"two topics":                         {"/help usage help", problem{Kind: BadValue, Arg: "topic", Word: "usage help", Suggestion: "/usage", Fixed: "/help usage"}},
		"a topic's slip below another":       {"/help admin bakcfill", problem{Kind: BadValue, Arg: "topic", Word: "admin bakcfill", Suggestion: "/admin backfill", Fixed: "/help admin backfill"}},
		"a far topic below another":          {"/帮助 管理 删除", problem{Kind: BadValue, Arg: "topic", Word: "管理 删除"}},
		"a slip below another":               {"/admin grnat", problem{Kind: UnknownCommand, Word: "/admin grnat", Suggestion: "/admin grant"}},
		"a chinese slip below another":       {"/管理 状太", problem{Kind: UnknownCommand, Word: "/admin 状太", Suggestion: "/管理 状态", Fixed: "/管理 状态"}},
		"a key of quotes without colon":      {`/usage dept "研发 部"`, problem{Kind: MissingValue, Arg: "dept", Word: "dept", Suggestion: `dept:"研发 部"`, Fixed: `/usage dept:"研发 部"`}},
		"an equals sign behind no key":       {"/usage city=上海", problem{Kind: UnknownWord, Word: "city=上海"}},
		"a zone that is far":                 {"/subscribe daily tz:Mars", problem{Kind: BadValue, Arg: "tz", Word: "tz:Mars"}},
		"a zone that is near":                {"/subscribe daily tz:Pariss", problem{Kind: BadValue, Arg: "tz", Word: "tz:Pariss", Suggestion: "Europe/Paris", Fixed: "/subscribe daily tz:Europe/Paris"}},
		"no number of days":                  {"/admin backfill soon", problem{Kind: BadValue, Arg: "days", Word: "soon"}},
		"a range that ends before it begins": {"/admin refresh from:2026-11-07 to:2026-11-01", problem{Kind: BadValue, Arg: "through", Word: "to:2026-11-01"}},
		"a range that is too long":           {"/admin refresh from:2025-01-01 to:2026-11-01", problem{Kind: BadValue, Arg: "through", Word: "to:2026-11-01"}},
		"a range and a number of days":       {"/admin refresh 7d from:2026-11-01", problem{Kind: Conflict, Arg: "from", Word: "from:2026-11-01", Other: "days"}},
		"a date and a number of days":        {"/admin refresh 7d last-week", problem{Kind: Conflict, Arg: "date", Word: "last-week", Other: "days"}},
		"a range and a date":                 {"/admin refresh to:2026-11-01 last-week", problem{Kind: Conflict, Arg: "through", Word: "to:2026-11-01", Other: "date"}},
		"a range from no day":                {"/admin refresh from:2026-11", problem{Kind: BadValue, Arg: "from", Word: "from:2026-11"}},
		"too many days":                      {"/admin backfill 4000", problem{Kind: BadValue, Arg: "days", Word: "4000"}},
		"an app to add, and none":            {"/admin apps add", problem{Kind: MissingValue, Arg: "app"}},
		"a new name, and none":               {"/admin apps rename app:商城", problem{Kind: MissingValue, Arg: "name"}},
		"nobody to grant to":                 {"/admin grant to:chat: viewer", problem{Kind: BadValue, Arg: "to", Word: "to:chat:"}},
		"the botname suffix of elsewhere":    {"/usage@bot", problem{Kind: UnknownCommand, Word: "/usage@bot"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := registry().ParseKnown(test.text)
			got, _ := problemOf(t, err)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestErrorSaysWhatIsAllowed(t *testing.T) {
	t.Parallel()
	const (
		commandsEn = "/usage /trend /top /compare /why /subscribe /subs /unsubscribe /pause /resume /test /history /resend /settings /forget-me /help /admin"
		commandsZh = "/用量 /趋势 /排行 /对比 /为什么 /订阅 /订阅列表 /退订 /暂停 /恢复 /试发 /推送记录 /重发 /设置 /忘记我 /帮助 /管理"
	)
	for name, test := range map[string]struct {
		text            string
		en, zh          string
		exampleEn, exZh string
	}{
		"unknown command": {
			"/deploy", commandsEn, commandsZh, "/usage weekly h5 dept:Engineering", "/用量 周报 网页应用 部门:研发部",
		},
		"no command": {
			"deploy", "", "", "/usage weekly h5 dept:Engineering", "/用量 周报 网页应用 部门:研发部",
		},
		"unknown word": {
			"/usage foo", "daily weekly monthly app mp h5 bot all dept:X app:X name:X date:X last:X metric:X",
			"日报 周报 月报 整体 小程序 网页应用 机器人 全部 部门:X 应用:X 名称:X 日期:X 最近:X 指标:X", "/usage weekly h5 dept:Engineering", "/用量 周报 网页应用 部门:研发部",
		},
		"bad date": {
			"/usage date:2026-02-30", "yesterday last-week this-week last-month this-month 2026-11-16 2026-10 2026-11-01..2026-11-15",
			"昨天 上周 本周 上月 本月 2026-11-16 2026-10 2026-11-01..2026-11-15", "/usage date:2026-11-16", "/用量 日期:2026-11-16",
		},
		"a date outside its cycle": {
			"/usage weekly 2026-10", "yesterday last-week this-week 2026-11-16", "昨天 上周 本周 2026-11-16",
			"/usage date:2026-11-16", "/用量 日期:2026-11-16",
		},
		"no department": {
			"/usage dept:", "all whole-company Engineering Engineering/Backend", "全部 全公司 研发部 研发部/后端组",
			"/usage dept:Engineering", "/用量 部门:研发部",
		},
		"unclosed quote": {
			`/usage dept:"a`, "", "", "/usage weekly h5 dept:Engineering", "/用量 周报 网页应用 部门:研发部",
		},
		"an app to add": {
			"/admin apps add", "", "", "/admin apps add app:cli_a1b2c3d4e5f6a7b8 name:商城", "/管理 应用 添加 应用:cli_a1b2c3d4e5f6a7b8 名称:商城",
		},
		"an app to remove": {
			"/admin apps remove", "Shop", "商城", "/admin apps remove app:商城", "/管理 应用 移除 应用:商城",
		},
		"a name": {
			"/admin apps rename app:Shop", "Shop", "商城", "/admin apps rename app:Shop name:商城", "/管理 应用 改名 应用:Shop 名称:商城",
		},
		"days": {
			"/admin backfill soon", "30 90d", "30 90d", "/admin backfill 90d", "/管理 补数据 90天",
		},
		"unknown topic": {
			"/help foo", commandsEn, commandsZh, "/help usage", "/帮助 用量",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := registry().ParseKnown(test.text)
			_, e := problemOf(t, err)
			got := []string{strings.Join(e.Allowed(locale.English), " "), strings.Join(e.Allowed(locale.Chinese), " "), e.Example(locale.English), e.Example(locale.Chinese)}
			if diff := cmp.Diff([]string{test.en, test.zh, test.exampleEn, test.exZh}, got); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestErrorNamesItsCommand(t *testing.T) {
	t.Parallel()
	_, err := registry().ParseKnown("/用量 foo")
	if _, e := problemOf(t, err); e.Spec == nil || e.Spec.Name() != "usage" {
		t.Errorf("Spec = %+v, want usage", e.Spec)
	}
}

// TestErrorTextKeepsTheMessageOut: an error's text goes to the log, but people's messages must not.
func TestErrorTextKeepsTheMessageOut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"/secretcmd", "/usage secret", "/usage dept:secret dept:secret", `/usage "secret`, "/usage secret:1"} {
		_, err := registry().ParseKnown(text)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("Parse(%q): error %v", text, err)
		}
	}
}

func TestErrorWordIsShort(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"/" + strings.Repeat("量", 200), "/usage " + strings.Repeat("量", 200), `/usage "` + strings.Repeat("量", 200)} {
		_, err := registry().ParseKnown(text)
		if got, _ := problemOf(t, err); utf8.RuneCountInString(got.Word) != 64 {
			t.Errorf("%s: word of %d runes", got.Kind, utf8.RuneCountInString(got.Word))
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	fits := "/usage" + strings.Repeat("\u3000", MaxRunes-6)
	if _, err := registry().Parse(fits); err != nil {
		t.Errorf("a line of %d runes: %v", MaxRunes, err)
	}
	_, err := registry().Parse(fits + " ")
	if got, _ := problemOf(t, err); got.Kind != TooLong {
		t.Errorf("a line of %d runes: %v", MaxRunes+1, got)
	}
	if _, err := registry().Parse("/usage dept:" + strings.Repeat("研", MaxValue)); err != nil {
		t.Errorf("a value of %d runes: %v", MaxValue, err)
	}
	_, err = registry().Parse("/usage dept:" + strings.Repeat("研", MaxValue+1))
	if got, _ := problemOf(t, err); got.Kind != TooLong || got.Arg != "dept" {
		t.Errorf("a value of %d runes: %v", MaxValue+1, got)
	}
}

func TestInvalidUTF8IsReplaced(t *testing.T) {
	t.Parallel()
	c, err := registry().Parse("/usage dept:a\xffb")
	if err != nil || c.Args.Dept != "a\ufffdb" {
		t.Errorf("dept %q, %v", c.Args.Dept, err)
	}
}
