package command

import (
	"strings"
	"testing"

	"usagebot/usage"
)

func TestTimeOfDay(t *testing.T) {
	t.Parallel()
	for want, words := range map[string]string{
		"10:30": "10:30 10：30 １０：３０ at:10:30 时间:10:30 时刻：10：30 10点半 10点30分 10点30 10时30分 上午10点半 10:30am",
		"09:05": "9:05 09:05 9点05分 9点5分 早上9:05 9:05AM at:9:05",
		"10:00": "10点 10点整 10点钟 10:00 10am at:10 上午十点 十点整 早上十点钟 at:十点 时间:十",
		"12:00": "12:00 中午12点 中午十二点",
		"13:15": "13:15 中午1点15 下午一点一刻 十三点十五分",
		"15:30": "15:30 下午3点半 3:30pm 下午三点半 下午三点三十分 十五点三十",
		"15:45": "下午三点三刻",
		"20:00": "晚上8点 8pm 20点 晚上八点 二十点",
		"02:05": "凌晨两点零五分 2:05 二点五分",
		"00:00": "0:00 00:00 0点",
		"23:59": "23:59",
		"": "24:00 10:60 10:3 10:300 10:30:00 25点 10点60分 10点半半 12pm 晚上12点 0am 13pm 上午13点 上午10am " +
			"at:noon at:24 at:1030 10点x 100:00 10:x 上午十三点 二十五点 十点六十分 十点二刻 中午9点 十十点 一百点",
	} {
		for _, w := range strings.Fields(words) {
			c, err := registry().ParseKnown("/subscribe daily " + w)
			if c.Args.Time != want || (err == nil) != (want != "") {
				t.Errorf("%s: time %q, %v, want %q", w, c.Args.Time, err, want)
			}
			if got := (Args{Cycle: usage.Daily, Time: want}); err == nil && c.Args != got {
				t.Errorf("%s: %+v", w, c.Args)
			}
		}
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	for cycle, days := range map[string]map[string]string{
		"daily": {"workdays": "workdays workday weekdays 工作日 on:workdays 日子:工作日 每：工作日"},
		"weekly": {
			"mon": "mon monday Monday MON 周一 星期一 礼拜一 每周一 on:mon 每:周一 星期:一 日子:星期一",
			"tue": "tue tuesday 周二", "wed": "wed wednesday 星期三", "thu": "thu thursday 周四",
			"fri": "fri friday 礼拜五", "sat": "sat saturday 周六",
			"sun": "sun sunday 周日 周天 星期日 星期天 星期:天 星期:日",
		},
		"monthly": {
			"1":    "1号 1日 01号 每月1号 每月1日 1st on:1 on:01 几号:1 日子:1号",
			"15":   "十五号 每月十五日 on:十五 15号 15日 １５号 15th on:15 每:15号",
			"31":   "31号 on:31 三十一号",
			"last": "last last-day 月底 月末 最后一天 on:last 日子:月底",
		},
	} {
		for want, words := range days {
			for _, w := range strings.Fields(words) {
				c, err := registry().ParseKnown("/subscribe " + cycle + " " + w)
				if err != nil || c.Args.On != want {
					t.Errorf("%s %s: on %q, %v, want %q", cycle, w, c.Args.On, err, want)
				}
			}
		}
	}
	for _, w := range strings.Fields("0号 32号 on:0 on:32 on:-1 on:001 on:someday 99日") {
		if c, err := registry().ParseKnown("/subscribe monthly " + w); err == nil {
			t.Errorf("%s: on %q, want an error", w, c.Args.On)
		}
	}
}

// TestCyclesAreNoDays: the cycle 周 and the weekday 周一 are different words, as are 日 and 1日.
func TestCyclesAreNoDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Args{
		"/订阅 周 周一":    {Cycle: usage.Weekly, On: "mon"},
		"/订阅 每周 每周日":  {Cycle: usage.Weekly, On: "sun"},
		"/订阅 月 1日":    {Cycle: usage.Monthly, On: "1"},
		"/订阅 天 工作日":   {Cycle: usage.Daily, On: "workdays"},
		"/订阅 每月 每月1日": {Cycle: usage.Monthly, On: "1"},
	} {
		if got := parse(t, text).Args; got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
}

func TestZones(t *testing.T) {
	t.Parallel()
	for want, words := range map[string][]string{
		"Asia/Shanghai":         {"Asia/Shanghai", "asia/shanghai", "ASIA/SHANGHAI", "Ａｓｉａ/Shanghai", "beijing", "Shanghai", "UTC+8", "北京", "上海", "东八区"},
		"Asia/Tokyo":            {"Asia/Tokyo", "tokyo", "东京"},
		"Europe/London":         {"Europe/London", "london", "伦敦"},
		"America/New_York":      {"america/new_york", "New York", `"New York"`, "纽约"},
		"UTC":                   {"UTC", "utc", "gmt"},
		"Europe/Madrid":         {"Europe/Madrid", "europe/madrid", `"Europe/Madrid"`},
		"America/Port_of_Spain": {"America/Port_of_Spain"},
		"Etc/GMT+8":             {"Etc/GMT+8", `"Etc/GMT+8"`},
		"EST5EDT":               {"EST5EDT", "est5edt"},
		"": {
			"Local", "local", "localtime", "posixrules", "posix/Asia/Shanghai", "Asia", "../zoneinfo/UTC", "/etc/localtime", "zone.tab", "Mars/Phobos", "+8",
			"Asia//Shanghai", "Asia/Shanghai/", `Asia\Shanghai`, "10:30", "火星",
		},
	} {
		for _, w := range words {
			c, err := registry().Parse("/subscribe daily tz:" + w)
			if c.Args.Zone != want || (err == nil) != (want != "") {
				t.Errorf("tz:%s is %q, %v, want %q", w, c.Args.Zone, err, want)
			}
		}
	}
	if c, err := registry().ParseKnown("/订阅 日报 北京"); err == nil {
		t.Errorf("a city without the key is read as %v", c)
	}
}

func TestUntilFrom(t *testing.T) {
	t.Parallel()
	today := usage.Date{Year: 2026, Month: 11, Day: 29}
	for text, want := range map[string]string{
		"until:2026-12-01": "2026-12-01", "until:20261201": "2026-12-01", "直到:2026年12月1日": "2026-12-01", "到：2026/12/1": "2026-12-01",
		"until:3d": "2026-12-02", "+3d": "2026-12-02", "直到:3天": "2026-12-02", "until:366d": "2027-11-30", "until:1day": "2026-11-30",
	} {
		until := parse(t, "/pause k7q2mw "+text).Args.Until
		if got := until.From(today).String(); got != want || until.IsZero() {
			t.Errorf("%s ends on %s, want %s", text, got, want)
		}
	}
	if none := parse(t, "/pause k7q2mw").Args.Until; !none.IsZero() || !none.From(today).IsZero() {
		t.Errorf("no end is %+v", none)
	}
}
