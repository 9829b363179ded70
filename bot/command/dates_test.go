package command

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/locale"
	"usagebot/usage"
)

// TestDateWords reads the words that people have for periods. Words with a bar between them mean the same.
func TestDateWords(t *testing.T) {
	t.Parallel()
	onDay := func(year int, m time.Month, d int) usage.When {
		return usage.When{Kind: usage.OnDay, Date: usage.Date{Year: year, Month: m, Day: d}}
	}
	inMonth := func(year int, m time.Month) usage.When {
		return usage.When{Kind: usage.InMonth, Date: usage.Date{Year: year, Month: m, Day: 1}}
	}
	weekday := func(day time.Weekday, back int) usage.When {
		return usage.When{Kind: usage.OnWeekday, Weekday: day, Back: back}
	}
	latest := func(day time.Weekday) usage.When { return usage.When{Kind: usage.LatestWeekday, Weekday: day} }
	back := func(kind usage.WhenKind, n int) usage.When { return usage.When{Kind: kind, Back: n} }
	lastYear := usage.YearsAgo(1)
	for _, tt := range []struct {
		words string
		want  usage.When
	}{
		{"前天|前日|2天前|两天前|the day before yesterday|2 days ago|2-days-ago", back(usage.DaysAgo, 2)},
		{"大前天|三天前|3 days ago", back(usage.DaysAgo, 3)},
		{"1天前|1 day ago|昨日", usage.When{Kind: usage.Yesterday}},
		{"上上周|上上个星期|两周前|2个星期前|the week before last|2 weeks ago", back(usage.WeeksAgo, 2)},
		{"上上上周|3-weeks-ago", back(usage.WeeksAgo, 3)},
		{"上星期|上个礼拜|一周前", usage.When{Kind: usage.LastWeek}},
		{"这个星期|本礼拜", usage.When{Kind: usage.ThisWeek}},
		{"上上个月|上上月|两个月前|2 months ago", back(usage.MonthsAgo, 2)},
		{"1个月前", usage.When{Kind: usage.LastMonth}},
		{"上周五|上星期五|上个周五|last friday|last-fri|friday of last week", weekday(time.Friday, 1)},
		{"上周日|上周天|上星期天|last sunday", weekday(time.Sunday, 1)},
		{"上上周五|friday-2-weeks-ago", weekday(time.Friday, 2)},
		{"本周三|这周三|这个星期三|this wednesday|this-wed", weekday(time.Wednesday, 0)},
		{"周五|星期五|礼拜五|friday|fri", latest(time.Friday)},
		{"周日|sunday|sun|周天", latest(time.Sunday)},
		{"15号|15日|15th|the 15th|十五号", onDay(0, 0, 15)},
		{"1st|1号", onDay(0, 0, 1)},
		{"11月3日|11月3号|11月3|11-03|11-3|11/3|11.3|十一月三日|Nov 3|nov 3rd|3 Nov|November 3|the 3rd of November", onDay(0, 11, 3)},
		{"2月29日", onDay(0, 2, 29)},
		{"2026年11月3日|2026-11-03|2026.11.3|20261103|Nov 3 2026|3 November 2026|Nov 3, 2026", onDay(2026, 11, 3)},
		{"去年11月3日|last-year-11-03|Nov 3 last year", onDay(lastYear, 11, 3)},
		{"11月|11月份|十一月|Nov|November|nov", inMonth(0, 11)},
		{"5月|May", inMonth(0, 5)},
		{"9月|Sept|sep|September", inMonth(0, 9)},
		{"2026年11月|2026-11|2026/11|Nov 2026|November of 2026|2026年11月份", inMonth(2026, 11)},
		{"去年11月|去年的11月|last-year-11|Nov last year|November of last year", inMonth(lastYear, 11)},
		{"今年3月|this-year-03", inMonth(usage.YearsAgo(0), 3)},
		{"前年12月|2-years-ago-12", inMonth(usage.YearsAgo(2), 12)},
		{"上个月15号|上月15日|last-month-15|the 15th of last month", usage.When{Kind: usage.DayOfMonth, Date: usage.Date{Day: 15}, Back: 1}},
		{"本月3号", usage.When{Kind: usage.DayOfMonth, Date: usage.Date{Day: 3}}},
	} {
		for _, w := range strings.Split(tt.words, "|") {
			for _, line := range []string{"/usage " + w, "/usage h5 date:" + w + " dept:a", "/top 日期：" + w} {
				c, err := registry().Parse(line)
				if err != nil || c.Args.When != tt.want || c.Args.Since != (usage.When{}) || c.Args.Names != "" {
					t.Errorf("%s: %+v since %+v, names %q, %v, tt.want %+v", line, c.Args.When, c.Args.Since, c.Args.Names, err, tt.want)
				}
			}
		}
	}
}

// TestSeveralPeriods reads the words for several periods. A question for them is one for their trend.
func TestSeveralPeriods(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"last:7d|last 7 days|近7天|最近七天|过去7天|past 7 days|the last seven days|last:7天|近:7天|last: 7 days|最近一周|past week|近1周": "daily n:7",
		"last 30 days|最近30天|over the past 30 days|近三十天|近一个月|past month":                                                  "daily n:30",
		"近8周|最近8个星期|last 8 weeks|last:8w|past eight weeks":                                                               "weekly n:8",
		"past 6 months|近半年|最近6个月|last:6m|过去半年|past half year":                                                            "monthly n:6",
		"近一年|past year|last 12 months|last:1y|近12个月":                                                                     "monthly n:12",
		"近两年": "monthly n:24",
		"2026-11-01..2026-11-15|2026-11-01到2026-11-15|2026-11-01 to 2026-11-15|from 2026-11-01 to 2026-11-15|2026年11月1日到15日|2026-11-01..11-15|2026-11-01 .. 2026-11-15|2026-11-01~2026-11-15": "date:2026-11-01..2026-11-15",
		"11-01..11-15|11月1日到15日|11月1号至15号|11.1-11.15|11/1-11/15|11月1日-11月15日|Nov 1 to Nov 15|从11月1日到11月15日|1 Nov – 15 Nov|十一月一日到十五日":                                                          "date:11-01..11-15",
		"1号到15号|1-15号|1到15号":                 "date:1st..15th",
		"11月25日到5日":                          "date:11-25..12-05",
		"12月25日到1月5日":                        "date:12-25..01-05",
		"2026-12-25到1月5日":                    "date:2026-12-25..2027-01-05",
		"12-25..2026-01-05":                  "date:2025-12-25..2026-01-05",
		"上周一到上周五":                            "date:last-monday..last-friday",
		"前天到昨天":                              "date:2-days-ago..yesterday",
		"Q3|q3|三季度|第三季度|3季度|第3季|3Q":          "date:jul..sep",
		"2026年Q3|2026Q3|Q3 2026|2026年三季度":    "date:2026-07..2026-09",
		"去年Q3|去年三季度|Q3 last year":            "date:last-year-07..last-year-09",
		"2026年|2026|2026年的":                  "date:2026-01..2026-12",
		"今年|this year|今年以来":                  "date:this-year-01..this-year-12",
		"去年|last year|last-year":             "date:last-year-01..last-year-12",
		"上半年|first half|the year's":          "date:jan..jun",
		"2026年下半年|2026H2|H2 2026":            "date:2026-07..2026-12",
		"去年下半年":                              "date:last-year-07..last-year-12",
		"上季度|上个季度|last quarter|last-quarter": "date:last-quarter",
		"本季度|这个季度|this quarter":              "date:this-quarter",
		"8月到10月|8-10月|8到10月|Aug to Oct":      "date:aug..oct",
		"2026年8月到10月|2026-08..2026-10":       "date:2026-08..2026-10",
		"上上周到上周":                             "date:2-weeks-ago..last-week",
	} {
		for _, w := range strings.Split(words, "|") {
			if w == "the year's" {
				continue
			}
			for line, want := range map[string]string{
				"/usage " + w: "/trend " + want, "/trend " + w: "/trend " + want,
				"/用量 网页 " + w + " 部门:a": "/trend " + withAbility(want),
			} {
				c, err := registry().Parse(line)
				if err != nil || c.String() != want || c.Args.Names != "" {
					t.Errorf("%s: %s, %v, want %s", line, c, err, want)
				}
			}
		}
	}
	for text, want := range map[string]string{
		"/用量 周报 近8周":                           "/trend weekly n:8",
		"/trend 近8周 周报":                        "/trend weekly n:8",
		"/trend weekly 2026-09-01..2026-11-15": "/trend weekly date:2026-09-01..2026-11-15",
		"/usage monthly 2026":                  "/trend monthly date:2026-01..2026-12",
		"/usage 近7天 指标:页面访问数":                  "/trend daily n:7 metric:pv",
		"/usage 2026-11-01..2026-11-01":        "/usage date:2026-11-01",
		"/usage last week":                     "/usage date:last-week",
		"/usage last year h5":                  "/trend h5 date:last-year-01..last-year-12",
	} {
		if got := parse(t, text).String(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// withAbility returns the end of a line with the ability and the department where they are written.
func withAbility(line string) string {
	for _, cycle := range []string{"daily ", "weekly ", "monthly "} {
		if rest, ok := strings.CutPrefix(line, cycle); ok {
			return cycle + "h5 dept:a " + rest
		}
	}
	return "h5 dept:a " + line
}

func TestSeveralPeriods_Errors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]problem{
		"/trend n:5 2026-11-01..2026-11-15": {Kind: Conflict, Arg: "date", Other: "n", Word: "2026-11-01..2026-11-15"},
		"/usage last 90 days":               {Kind: BadValue, Arg: "n", Word: "last 90 days"},
		"/usage weekly 近7天":                 {Kind: Conflict, Arg: "last", Other: "cycle", Word: "近7天"},
		"/trend 近8周 n:5":                    {Kind: GivenTwice, Arg: "n", Word: "n:5"},
		"/trend 近8周 日报":                     {Kind: GivenTwice, Arg: "cycle", Word: "日报"},
		"/top 去年":                           {Kind: OnePeriod, Arg: "date", Word: "去年"},
		"/retry k7q2mw 11-01..11-15":        {Kind: OnePeriod, Arg: "date", Word: "11-01..11-15"},
		"/usage 2026-02-29":                 {Kind: NoSuchDay, Arg: "date", Word: "2026-02-29"},
		"/usage 32号":                        {Kind: NoSuchDay, Arg: "date", Word: "32号"},
		"/usage Feb 30":                     {Kind: NoSuchDay, Arg: "date", Word: "feb 30"},
		"/usage 2026-11-01..2026-11-31":     {Kind: NoSuchDay, Arg: "date", Word: "2026-11-01..2026-11-31"},
		"/usage 去年2月29日":                    {Kind: BadValue, Arg: "date", Word: "去年2月29日"},
		"/usage 13月":                        {Kind: BadValue, Arg: "date", Word: "13月"},
		"/usage 1999":                       {Kind: UnknownWord, Word: "1999"},
		"/admin refresh from:2026-02-30":    {Kind: NoSuchDay, Arg: "from", Word: "2026-02-30"},
	} {
		_, err := registry().ParseKnown(text)
		got, _ := problemOf(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
	_, err := registry().Parse("/usage last 90 days")
	if _, e := problemOf(t, err); e.Example(locale.English) != "/trend weekly n:13" {
		t.Errorf("90 days: the example is %s", e.Example(locale.English))
	}
	for text, want := range map[string]NoDay{
		"/usage 2026-02-30":  {2026, time.February, 30, 28},
		"/usage 2月30日":       {0, time.February, 30, 29},
		"/usage 11月31日":      {0, time.November, 31, 30},
		"/usage 32号":         {0, 0, 32, 31},
		"/usage 11月1日到31日":   {0, time.November, 31, 30},
		"/usage date:feb 30": {0, time.February, 30, 29},
	} {
		_, err := registry().Parse(text)
		if _, e := problemOf(t, err); e.NoDay != want {
			t.Errorf("%s: %+v, want %+v", text, e.NoDay, want)
		}
	}
}

// TestChineseDates writes dates in Chinese where there are Chinese words for them.
func TestChineseDates(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/usage friday": "/用量 日期:周五", "/usage last friday": "/用量 日期:上周五", "/usage nov": "/用量 日期:11月",
		"/usage 2 days ago": "/用量 日期:前天", "/usage last quarter": "/趋势 日期:上季度", "/usage yesterday": "/用量 日期:昨天",
	} {
		c := parse(t, text)
		if got := registry().Line(c, locale.Chinese); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func FuzzDates(f *testing.F) {
	for _, text := range []string{"11月1日到15日", "2026-02-30", "last-friday", "q3", "1-15号", "近8周", "Nov 3 2026", "去年下半年", "0-0", "12..11", "上上上周日到昨天"} {
		f.Add(text)
	}
	today := usage.NewDate(2026, time.November, 18)
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := readDates(fold(text))
		if ok && d.none != nil {
			t.Fatalf("%q is read, and does not exist: %+v", text, d.none)
		}
		if !ok {
			return
		}
		written := writeDates(Args{Since: d.from, When: d.through})
		if again, ok := readDates(written); !ok || again != d {
			t.Fatalf("%q is written %q, and that is %+v, want %+v", text, written, again, d)
		}
		if _, decided := d.through.Period(usage.Daily, today); !decided {
			t.Fatalf("%q names no period: %+v", text, d)
		}
	})
}
