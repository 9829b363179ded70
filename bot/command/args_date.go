package command

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"usagebot/locale"
	"usagebot/usage"
)

// dateShape is what people type when they mean a date, valid or not: numbers with something between them, or six digits and
// more.
var dateShape = regexp.MustCompile(`^\d+[-/.年月][-/.月日号\d]*$|^\d{6,}$`)

// DateArg returns the argument for one period: `date:2026-11-16`, `昨天`.
func DateArg() *Arg {
	return &Arg{
		Name:    "date",
		Keys:    Words{En: []string{"date"}, Zh: []string{"日期", "时间"}},
		Values:  append(commonDates(), otherDates()...),
		HasForm: hasDateForm,
		Long:    true,
		Read: func(args *Args, value string) bool {
			d, ok := readDates(value)
			if !ok || d.several() {
				return false
			}
			args.Since, args.When = usage.When{}, d.through
			return true
		},
		Explain: explainDate,
		Write:   writeDates,
		Samples: []string{"2026-11-16", "2026-10"},
		Example: Words{En: []string{"date:2026-11-16"}, Zh: []string{"日期:2026-11-16"}},
	}
}

// DatesArg is DateArg for a command that also takes several periods: `2026-11-01..2026-11-15`, `Q3`, `去年`.
func DatesArg() *Arg {
	a := DateArg()
	a.Read = func(args *Args, value string) bool {
		d, ok := readDates(value)
		if ok {
			args.Since, args.When = d.from, d.through
		}
		return ok
	}
	a.Samples = append(a.Samples, "2026-11-01..2026-11-15")
	return a
}

// digestDateArg is DateArg for a command that also takes the ID of a subscription, which six letters such as friday may be.
func digestDateArg() *Arg {
	a := DateArg()
	a.Values = commonDates()
	return a
}

func hasDateForm(folded string) bool {
	d, ok := readDates(folded)
	if ok || d.none != nil || dateShape.MatchString(folded) {
		return true
	}
	year, rest := cutYear(folded)
	return year < 0 && dateShape.MatchString(rest)
}

// explainDate says what is wrong with a text that is nearly a date: the calendar has no such day, or there are several.
func explainDate(value string) *Error {
	switch d, ok := readDates(value); {
	case d.none != nil:
		return &Error{Kind: NoSuchDay, NoDay: *d.none}
	case ok:
		return &Error{Kind: OnePeriod}
	}
	return nil
}

// readDay reads one day with its year.
func readDay(value string) (day usage.Date, ok bool) {
	d, ok := readDates(value)
	w := d.through
	return w.Date, ok && !d.several() && w.Kind == usage.OnDay && w.Date.Year > 0
}

// explainDay says that the calendar does not have a day.
func explainDay(value string) *Error {
	if e := explainDate(value); e != nil && e.Kind == NoSuchDay {
		return e
	}
	return nil
}

func writeDates(args Args) string {
	text := whenText(args.When)
	if args.Since == (usage.When{}) || args.Since.Kind == usage.QuartersAgo {
		return text
	}
	return whenText(args.Since) + ".." + text
}

// commonDates returns the words that are shown and suggested.
func commonDates() []Value {
	return []Value{
		{Means: string(usage.Today), Hidden: true, Words: Words{En: []string{"today"}, Zh: []string{"今天", "今日"}}},
		{Means: string(usage.Yesterday), Words: Words{En: []string{"yesterday"}, Zh: []string{"昨天", "昨日"}}},
		{Means: string(usage.LastWeek), Words: Words{En: []string{"last-week", "lastweek", "last week"}, Zh: []string{"上周", "上个周"}}},
		{Means: string(usage.ThisWeek), Words: Words{En: []string{"this-week", "thisweek", "this week"}, Zh: []string{"本周", "这周"}}},
		{Means: string(usage.LastMonth), Words: Words{En: []string{"last-month", "lastmonth", "last month"}, Zh: []string{"上月", "上个月"}}},
		{Means: string(usage.ThisMonth), Words: Words{En: []string{"this-month", "thismonth", "this month"}, Zh: []string{"本月", "这个月"}}},
	}
}

// otherDates returns the words by which other dates are written in Chinese. Without them a line would mix the languages.
func otherDates() []Value {
	list := []Value{
		{Means: "2-days-ago", Words: Words{En: []string{"2-days-ago"}, Zh: []string{"前天"}}},
		{Means: "3-days-ago", Words: Words{En: []string{"3-days-ago"}, Zh: []string{"大前天"}}},
		{Means: "2-weeks-ago", Words: Words{En: []string{"2-weeks-ago"}, Zh: []string{"上上周"}}},
		{Means: "2-months-ago", Words: Words{En: []string{"2-months-ago"}, Zh: []string{"上上个月"}}},
		{Means: "last-quarter", Words: Words{En: []string{"last-quarter"}, Zh: []string{"上季度"}}},
		{Means: "this-quarter", Words: Words{En: []string{"this-quarter"}, Zh: []string{"本季度"}}},
	}
	for i, day := range weekdays() {
		en, zh := weekdayNames[(i+1)%7], day.First(locale.Chinese)
		for _, week := range []Words{{En: []string{""}, Zh: []string{""}}, {En: []string{"this-"}, Zh: []string{"本"}}, {En: []string{"last-"}, Zh: []string{"上"}}} {
			list = append(list, Value{
				Means: week.En[0] + en, Words: Words{En: []string{week.En[0] + en}, Zh: []string{week.Zh[0] + zh}},
			})
		}
	}
	for i, name := range monthNames {
		list = append(list, Value{Means: name[:3], Words: Words{En: []string{name[:3]}, Zh: []string{strconv.Itoa(i+1) + "月"}}})
	}
	for i := range list {
		list[i].Hidden = true
	}
	return list
}

// LastArg returns the argument for a number of periods up to the newest one: `last:7d`, `近8周`, `past 6 months`. It gives
// the cycle and the number, and is written as these.
func LastArg() *Arg {
	return &Arg{
		Name: "last",
		Keys: Words{En: []string{"last", "past"}, Zh: []string{"最近", "近", "过去"}},
		HasForm: func(folded string) bool {
			return lastBegins.MatchString(folded) && lastForm.MatchString(withDigits(folded))
		},
		Long:    true,
		Implies: []string{CycleArg().Name, NumberArg().Name},
		Read: func(args *Args, value string) bool {
			cycle, n, ok := readLast(value)
			if ok {
				args.Cycle, args.N = cycle, n
			}
			return ok
		},
		Write:   func(Args) string { return "" },
		Samples: []string{"7d", "8w", "6m"},
		Example: Words{En: []string{"last:7d"}, Zh: []string{"最近:7天"}},
	}
}

// lastBefore are the words that make a number of periods the newest ones.
const lastBefore = `(?:最近的?|近|过去的?|(?:(?:in|over|for|during) )?(?:the )?(?:last|past|recent|previous) )`

var (
	// lastForm is what people type when they mean the newest periods, valid or not.
	lastForm   = regexp.MustCompile(`^` + lastBefore + `[\d半]\S*(?: \S+)?$|^` + lastBefore + `(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) \S+$|^past (?:week|month|year|half year|half a year)$`)
	lastBegins = regexp.MustCompile(`^(?:最近|近|过去|in |over |for |during |the |last |past |recent |previous )`) // a quick look
	lastOne    = regexp.MustCompile(`^past (week|month|year|half year|half a year)$`)
	lastWords  = regexp.MustCompile(`^` + lastBefore)
	lastCount  = regexp.MustCompile(`^(\d{1,4}|半) ?个?[- ]?(d|days?|天|日|w|weeks?|wks?|周|星期|礼拜|m|mos?|months?|月|y|yrs?|years?|年)$`)
)

// readLast reads a number of periods. One week or one month is read as its days, since a trend needs two points.
func readLast(text string) (c usage.Cycle, n int, ok bool) {
	text = strings.TrimPrefix(text, "the ")
	if m := lastOne.FindStringSubmatch(text); m != nil {
		text = "1 " + m[1]
		if strings.HasPrefix(m[1], "half") {
			text = "6 months"
		}
	}
	m := lastCount.FindStringSubmatch(countWords(withDigits(lastWords.ReplaceAllString(text, ""))))
	if m == nil {
		return 0, 0, false
	}
	if m[1] == "半" {
		return usage.Monthly, 6, strings.HasPrefix(m[2], "年")
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n == 0 {
		return 0, 0, false
	}
	switch []rune(m[2])[0] {
	case 'd', '天', '日':
		return usage.Daily, n, n > 1
	case 'w', '周', '星', '礼':
		if n == 1 {
			return usage.Daily, 7, true
		}
		return usage.Weekly, n, true
	case 'y', '年':
		return usage.Monthly, 12 * n, true
	}
	if n == 1 {
		return usage.Daily, 30, true
	}
	return usage.Monthly, n, true
}

// countWords replaces an English number at the beginning of a text by its digits.
func countWords(text string) string {
	names := []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	first, rest, _ := strings.Cut(text, " ")
	if i := slices.Index(names, first); i >= 0 {
		return strconv.Itoa(i+1) + " " + rest
	}
	return text
}
