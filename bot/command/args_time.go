package command

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"usagebot/usage"
)

// EveryDay is the value of On that takes back days that were given before.
const EveryDay = "daily"

// The other values of On beside "mon" to "sun" and "1" to "31".
const (
	workdays = "workdays"
	lastDay  = "last"
)

var (
	// dayShape is what people type for a day of the month, valid or not. A bare number does not count: it could be an hour.
	dayShape = regexp.MustCompile(`^(?:每?月)?\d+(?:号|日|st|nd|rd|th)$|^每?月\d+$`)
	dayForm  = regexp.MustCompile(`^(?:每?月)?(\d{1,2})(?:号|日|st|nd|rd|th)?$`)
)

// OnArg returns the argument for the days on which a digest goes out: `on:mon`, `周一`, `on:15`, `月底`.
func OnArg() *Arg {
	return &Arg{
		Name: "on",
		Keys: Words{En: []string{"on"}, Zh: []string{"推送日", "日子", "每", "星期", "几号"}},
		Values: append(weekdays(),
			Value{Means: workdays, Words: Words{En: []string{workdays, "workday", "weekdays", "weekday"}, Zh: []string{"工作日", "每个工作日"}}},
			Value{Means: EveryDay, NeedsKey: true, Words: Words{En: []string{EveryDay, "every-day", "every day", "everyday"}, Zh: []string{"每天", "每日"}}},
			Value{Means: lastDay, Words: Words{En: []string{lastDay, "last-day", "last day"}, Zh: []string{"月底", "月末", "最后一天"}}},
		),
		HasForm: func(folded string) bool { return dayShape.MatchString(withDigits(folded)) },
		Read:    readOn,
		Write:   func(args Args) string { return args.On },
		Samples: []string{"1", "15", "31"},
		Example: Words{En: []string{"on:mon"}, Zh: []string{"推送日:周一"}},
		Narrow:  narrowDays,
	}
}

// narrowDays returns the argument with only the days on which a digest of the given cycle can go out.
func narrowDays(args Args) *Arg {
	a := OnArg()
	examples := map[usage.Cycle]Words{
		usage.Daily:   {En: []string{"on:workdays"}, Zh: []string{"推送日:工作日"}},
		usage.Weekly:  a.Example,
		usage.Monthly: {En: []string{"on:15"}, Zh: []string{"推送日:15号"}},
	}
	if args.Cycle == 0 {
		return a
	}
	other := func(on string) bool { return cycleOf(on) != args.Cycle }
	a.Values = slices.DeleteFunc(a.Values, func(v Value) bool { return other(v.Means) })
	a.Samples = slices.DeleteFunc(a.Samples, other)
	a.Example = examples[args.Cycle]
	return a
}

func weekdays() []Value {
	return []Value{
		{Means: "mon", Words: Words{En: []string{"mon", "monday"}, Zh: []string{"周一", "星期一", "礼拜一", "每周一"}}},
		{Means: "tue", Words: Words{En: []string{"tue", "tuesday"}, Zh: []string{"周二", "星期二", "礼拜二", "每周二"}}},
		{Means: "wed", Words: Words{En: []string{"wed", "wednesday"}, Zh: []string{"周三", "星期三", "礼拜三", "每周三"}}},
		{Means: "thu", Words: Words{En: []string{"thu", "thursday"}, Zh: []string{"周四", "星期四", "礼拜四", "每周四"}}},
		{Means: "fri", Words: Words{En: []string{"fri", "friday"}, Zh: []string{"周五", "星期五", "礼拜五", "每周五"}}},
		{Means: "sat", Words: Words{En: []string{"sat", "saturday"}, Zh: []string{"周六", "星期六", "礼拜六", "每周六"}}},
		{Means: "sun", Words: Words{En: []string{"sun", "sunday"}, Zh: []string{"周日", "周天", "星期日", "星期天", "礼拜日", "礼拜天", "每周日", "每周天"}}},
	}
}

// readOn reads a word for days, a day of the month, or after a key the end of a weekday's name, as in `星期:一`.
func readOn(args *Args, value string) bool {
	if dayForm.MatchString(value) {
		return readMonthDay(args, value)
	}
	if value == EveryDay || value == workdays || value == lastDay {
		args.On = value
		return true
	}
	for _, v := range weekdays() {
		if value == v.Means || v.has("周"+value) {
			args.On = v.Means
			return true
		}
	}
	return readMonthDay(args, withDigits(value)) // last, because 星期:一 is a Monday and not the first of the month
}

// readMonthDay reads a day of the month.
func readMonthDay(args *Args, value string) bool {
	m := dayForm.FindStringSubmatch(value)
	if m == nil {
		return false
	}
	day, err := strconv.Atoi(m[1])
	if err != nil || day < 1 || day > 31 {
		return false
	}
	args.On = strconv.Itoa(day)
	return true
}

// cycleOf returns the cycle whose digests can go out on the given days.
func cycleOf(on string) usage.Cycle {
	switch {
	case on == EveryDay, on == workdays:
		return usage.Daily
	case on == lastDay, strings.Trim(on, "0123456789") == "":
		return usage.Monthly
	}
	return usage.Weekly
}

// checkDay refuses days on which no digest of the cycle goes out, as in `daily on:mon`. If no cycle was given, the days
// imply it.
func checkDay(_ *Registry, args *Args) *Error {
	if args.On != "" && args.Cycle == 0 {
		args.Cycle = cycleOf(args.On)
	}
	if args.On == "" || cycleOf(args.On) == args.Cycle {
		return nil
	}
	return &Error{Kind: Conflict, Arg: OnArg().Name, Other: CycleArg().Name}
}

// dayHalf is what people write before an hour of the 12-hour clock.
const dayHalf = `(?:上午|早上|早晨|清晨|凌晨|中午|下午|傍晚|晚上)`

var (
	// clockShape is what people type when they mean a time of day, valid or not.
	clockShape = regexp.MustCompile(`^` + dayHalf + `?\d+(?:[:点时].*|[ap]m)$`)
	// clockForm is every valid form: `9:05`, `9点05分`, `下午3点半`, `9am`, and after a key also `9`. Chinese numbers have been
	// replaced by digits before.
	clockForm = regexp.MustCompile(`^(` + dayHalf + `)?(\d{1,2})(?::(\d\d)|[点时](?:(\d{1,2})分?|(半|[13]刻)|整|钟)?)?([ap]m)?$`)
	// clockTime is the form in which a time is stored and written.
	clockTime = regexp.MustCompile(`^\d\d:\d\d$`)
)

// TimeArg returns the argument for the time of day at which a digest goes out: `10:30`. It shares the key 时间 with the date;
// no command takes both.
func TimeArg() *Arg {
	return &Arg{
		Name:    "time",
		Keys:    Words{En: []string{"at", "time"}, Zh: []string{"时间", "时刻", "几点"}},
		HasForm: func(folded string) bool { return clockShape.MatchString(withDigits(folded)) },
		Read: func(args *Args, value string) bool {
			clock, ok := parseClock(value)
			if ok {
				args.Time = clock
			}
			return ok
		},
		Write:   func(args Args) string { return args.Time },
		Hint:    Words{En: []string{"HH:MM"}},
		Samples: []string{"09:00", "10:30"},
		Example: Words{En: []string{"10:30"}},
	}
}

func parseClock(folded string) (clock string, ok bool) {
	m := clockForm.FindStringSubmatch(withDigits(folded))
	if m == nil {
		return "", false
	}
	hour, err := strconv.Atoi(m[2])
	if err != nil {
		return "", false
	}
	hour, ok = to24h(hour, m[1]+m[6])
	if !ok {
		return "", false
	}
	minute := map[string]int{"半": 30, "1刻": 15, "3刻": 45}[m[5]]
	if digits := m[3] + m[4]; digits != "" {
		if minute, err = strconv.Atoi(digits); err != nil {
			return "", false
		}
	}
	return fmt.Sprintf("%02d:%02d", hour, minute), minute < 60
}

// to24h converts a 12-hour time. 12 is accepted with 中午 only; elsewhere it is ambiguous.
func to24h(hour int, half string) (int, bool) {
	switch half {
	case "":
		return hour, hour < 24
	case "中午":
		if hour == 1 || hour == 2 {
			hour += 12
		}
		return hour, 11 <= hour && hour <= 14
	case "上午", "早上", "早晨", "清晨", "凌晨", "am":
		return hour, 0 < hour && hour < 12
	case "下午", "傍晚", "晚上", "pm":
		return hour + 12, 0 < hour && hour < 12
	}
	return 0, false
}

// maxPause is the largest number of days that a pause may have.
const maxPause = 366

var spanForm = regexp.MustCompile(`^\+?(\d{1,4})(?:d|days?|天)$`)

// Until says when a pause ends: on a day, or some days from today. At most one of them is set; the zero Until means that
// no end was given.
type Until struct {
	Date usage.Date
	Days int // 1 to 366
}

// IsZero reports whether no end was given.
func (u Until) IsZero() bool { return u == Until{} }

// From returns the day on which the pause ends, counted from today; the zero Date if none was given. It may be in the past.
func (u Until) From(today usage.Date) usage.Date {
	if u.Days != 0 {
		return today.AddDays(u.Days)
	}
	return u.Date
}

// UntilArg returns the argument for the end of a pause: `until:2026-12-01`, `直到:3天`.
func UntilArg() *Arg {
	return &Arg{
		Name:    "until",
		Keys:    Words{En: []string{"until", "till"}, Zh: []string{"直到", "到", "至"}},
		HasForm: func(folded string) bool { return dateShape.MatchString(folded) || spanForm.MatchString(folded) },
		Read:    readUntil,
		Explain: explainDay,
		Write:   writeUntil,
		Samples: []string{"2026-12-01", "3d"},
		Example: Words{En: []string{"until:2026-12-01"}, Zh: []string{"直到:2026-12-01"}},
	}
}

func readUntil(args *Args, value string) bool {
	if m := spanForm.FindStringSubmatch(value); m != nil {
		days, err := strconv.Atoi(m[1])
		if err != nil || days < 1 || days > maxPause {
			return false
		}
		args.Until = Until{Days: days}
		return true
	}
	day, ok := readDay(value)
	if ok {
		args.Until = Until{Date: day}
	}
	return ok
}

func writeUntil(args Args) string {
	switch {
	case args.Until.Days != 0:
		return strconv.Itoa(args.Until.Days) + "d"
	case !args.Until.Date.IsZero():
		return args.Until.Date.String()
	}
	return ""
}

// zoneShape is the form of a time zone's name. Only such names are looked up: the database of time zones may be a folder that
// contains other files too, such as localtime, which differ between machines and do not begin with a capital.
var zoneShape = regexp.MustCompile(`^[A-Z][A-Za-z]*(?:[/_+-]?[A-Za-z0-9]+)*$`)

// ZoneArg returns the argument for the time zone of a schedule: `tz:Asia/Shanghai`, `时区:北京`. All its words need the key: a
// city by itself may be a department.
func ZoneArg() *Arg {
	return &Arg{
		Name:   "tz",
		Keys:   Words{En: []string{"tz", "timezone", "time-zone", "zone"}, Zh: []string{"时区"}},
		Proper: true,
		Values: []Value{
			{Means: "Asia/Shanghai", NeedsKey: true, Words: Words{En: []string{"asia/shanghai", "shanghai", "beijing", "china", "utc+8", "gmt+8"}, Zh: []string{"北京", "上海", "北京时间", "中国", "东八区"}}},
			{Means: "Asia/Hong_Kong", NeedsKey: true, Words: Words{En: []string{"asia/hong_kong", "hong kong", "hongkong"}, Zh: []string{"香港"}}},
			{Means: "Asia/Taipei", NeedsKey: true, Words: Words{En: []string{"asia/taipei", "taipei"}, Zh: []string{"台北"}}},
			{Means: "Asia/Singapore", NeedsKey: true, Words: Words{En: []string{"asia/singapore", "singapore"}, Zh: []string{"新加坡"}}},
			{Means: "Asia/Tokyo", NeedsKey: true, Words: Words{En: []string{"asia/tokyo", "tokyo"}, Zh: []string{"东京"}}},
			{Means: "Asia/Seoul", NeedsKey: true, Words: Words{En: []string{"asia/seoul", "seoul"}, Zh: []string{"首尔"}}},
			{Means: "Asia/Dubai", NeedsKey: true, Words: Words{En: []string{"asia/dubai", "dubai"}, Zh: []string{"迪拜"}}},
			{Means: "Europe/London", NeedsKey: true, Words: Words{En: []string{"europe/london", "london"}, Zh: []string{"伦敦"}}},
			{Means: "Europe/Paris", NeedsKey: true, Words: Words{En: []string{"europe/paris", "paris"}, Zh: []string{"巴黎"}}},
			{Means: "Europe/Berlin", NeedsKey: true, Words: Words{En: []string{"europe/berlin", "berlin"}, Zh: []string{"柏林"}}},
			{Means: "America/New_York", NeedsKey: true, Words: Words{En: []string{"america/new_york", "new york", "newyork"}, Zh: []string{"纽约"}}},
			{Means: "America/Los_Angeles", NeedsKey: true, Words: Words{En: []string{"america/los_angeles", "los angeles"}, Zh: []string{"洛杉矶"}}},
			{Means: "Australia/Sydney", NeedsKey: true, Words: Words{En: []string{"australia/sydney", "sydney"}, Zh: []string{"悉尼"}}},
			{Means: "UTC", NeedsKey: true, Words: Words{En: []string{"utc", "gmt"}, Zh: []string{"世界时"}}},
		},
		Read: func(args *Args, value string) bool {
			zone, ok := findZone(value)
			if ok {
				args.Zone = zone
			}
			return ok
		},
		Write:   func(args Args) string { return args.Zone },
		Example: Words{En: []string{"tz:Asia/Shanghai"}, Zh: []string{"时区:北京"}},
	}
}

// findZone returns the database's name of a time zone. It tries capitals at the beginning of each word, the text as typed
// (`America/Port_of_Spain`), and capitals throughout.
func findZone(text string) (name string, ok bool) {
	for _, name := range []string{capitalised(text), text, strings.ToUpper(text)} {
		if !zoneShape.MatchString(name) || name == "Local" {
			continue
		}
		if _, err := time.LoadLocation(name); err == nil {
			return name, true
		}
	}
	return "", false
}

func capitalised(s string) string {
	inside := false
	return strings.Map(func(r rune) rune {
		first := !inside
		inside = unicode.IsLetter(r)
		if first {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, s)
}

// Clock reads a time of day as people write it, such as 下午3点半 or 9am, into the form in which it is stored.
func Clock(text string) (clock string, ok bool) { return parseClock(fold(text)) }
