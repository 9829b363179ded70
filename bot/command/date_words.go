package command

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"usagebot/usage"
)

// monthNames are the English names of the months. People also write their first three letters.
var monthNames = []string{
	"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
}

// weekdayNames begin with Sunday, as time.Weekday does.
var weekdayNames = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

const (
	monthPart   = `(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?`
	weekdayPart = `(sun|mon|tue|wed|thu|fri|sat)[a-z]*`
	ordinal     = `(\d{1,2})(?:st|nd|rd|th)?`
)

// pointRule reads one form of a date that has no year.
type pointRule struct {
	form *regexp.Regexp
	read func(m []string) usage.When
}

func rule(form string, read func(m []string) usage.When) pointRule {
	return pointRule{regexp.MustCompile(`^(?:` + form + `)$`), read}
}

// relativeRules read dates relative to today. They come after the words of DateArg.
var relativeRules = []pointRule{
	rule(`前天|前日|the day before yesterday|day before yesterday`, func([]string) usage.When { return ago(usage.DaysAgo, 2) }),
	rule(`大前天|大前日`, func([]string) usage.When { return ago(usage.DaysAgo, 3) }),
	rule(`(\d{1,3}) ?天(?:之|以)?前`, counted(usage.DaysAgo)),
	rule(`(\d{1,3})[- ]days?[- ]ago`, counted(usage.DaysAgo)),
	rule(`(上+)个?(?:周|星期|礼拜)`, repeated(usage.WeeksAgo)),
	rule(`(?:the )?week before last`, func([]string) usage.When { return ago(usage.WeeksAgo, 2) }),
	rule(`(\d{1,3}) ?个?(?:周|星期|礼拜)(?:之|以)?前`, counted(usage.WeeksAgo)),
	rule(`(\d{1,3})[- ]weeks?[- ]ago`, counted(usage.WeeksAgo)),
	rule(`(?:本|这)个?(?:周|星期|礼拜)`, func([]string) usage.When { return usage.When{Kind: usage.ThisWeek} }),
	rule(`(上+)个?月`, repeated(usage.MonthsAgo)),
	rule(`(?:本|这)个?月`, func([]string) usage.When { return usage.When{Kind: usage.ThisMonth} }),
	rule(`(?:the )?month before last`, func([]string) usage.When { return ago(usage.MonthsAgo, 2) }),
	rule(`(\d{1,3}) ?个月(?:之|以)?前`, counted(usage.MonthsAgo)),
	rule(`(\d{1,3})[- ]months?[- ]ago`, counted(usage.MonthsAgo)),
	rule(`(?:(本|这|上+)个?)?(?:周|星期|礼拜)([1-7日天])`, func(m []string) usage.When { return onWeekday(m[1], hanWeekday(m[2])) }),
	rule(`(?:(this|last)[- ])?`+weekdayPart, func(m []string) usage.When { return onWeekday(m[1], enWeekday(m[2])) }),
	rule(`(this|last)[- ]week(?:'s)?[- ]`+weekdayPart, func(m []string) usage.When { return onWeekday(m[1], enWeekday(m[2])) }),
	rule(weekdayPart+`[- ](?:of )?(this|last)[- ]week`, func(m []string) usage.When { return onWeekday(m[2], enWeekday(m[1])) }),
	rule(weekdayPart+`[- ](\d{1,3})[- ]weeks?[- ]ago`, func(m []string) usage.When {
		return usage.When{Kind: usage.OnWeekday, Weekday: enWeekday(m[1]), Back: number(m[2])}
	}),
	rule(`(?:the )?(\d{1,2})(?:st|nd|rd|th)|(\d{1,2}) ?[号日]`, func(m []string) usage.When {
		return usage.When{Kind: usage.OnDay, Date: usage.Date{Day: number(m[1] + m[2])}}
	}),
	rule(`(本|这|上+)个?月的?(\d{1,2}) ?[号日]`, func(m []string) usage.When { return dayOfMonth(weeksBack(m[1]), number(m[2])) }),
	rule(`(this|last)-month-(\d{1,2})`, func(m []string) usage.When { return dayOfMonth(weeksBack(m[1]), number(m[2])) }),
	rule(`(\d{1,3})-months-ago-(\d{1,2})`, func(m []string) usage.When { return dayOfMonth(number(m[1]), number(m[2])) }),
	rule(`(?:the )?`+ordinal+` of (this|last) month`, func(m []string) usage.When { return dayOfMonth(weeksBack(m[2]), number(m[1])) }),
}

func ago(kind usage.WhenKind, back int) usage.When {
	named := map[usage.WhenKind][2]usage.WhenKind{
		usage.DaysAgo:   {usage.Today, usage.Yesterday},
		usage.WeeksAgo:  {usage.ThisWeek, usage.LastWeek},
		usage.MonthsAgo: {usage.ThisMonth, usage.LastMonth},
	}
	if back < 2 {
		return usage.When{Kind: named[kind][back]}
	}
	return usage.When{Kind: kind, Back: back}
}

// counted reads how many periods ago one was.
func counted(kind usage.WhenKind) func([]string) usage.When {
	return func(m []string) usage.When { return ago(kind, number(m[1])) }
}

// repeated reads 上上周 and 上上上周.
func repeated(kind usage.WhenKind) func([]string) usage.When {
	return func(m []string) usage.When { return ago(kind, weeksBack(m[1])) }
}

// weeksBack returns how far back 本, 上, 上上, this and last are.
func weeksBack(word string) int {
	if word == "last" {
		return 1
	}
	return strings.Count(word, "上")
}

func onWeekday(week string, day time.Weekday) usage.When {
	if week == "" {
		return usage.When{Kind: usage.LatestWeekday, Weekday: day}
	}
	return usage.When{Kind: usage.OnWeekday, Weekday: day, Back: weeksBack(week)}
}

func hanWeekday(digit string) time.Weekday {
	if digit == "日" || digit == "天" {
		return time.Sunday
	}
	return time.Weekday(number(digit) % 7)
}

func enWeekday(name string) time.Weekday {
	return time.Weekday(slices.IndexFunc(weekdayNames, func(day string) bool { return day[:3] == name[:3] }))
}

// dayOfMonth returns a day of a month that is relative to the current one. Days that not every month has are not taken, since
// it is not known here whether there is such a day.
func dayOfMonth(back, day int) usage.When {
	if day < 1 || day > 28 {
		return usage.When{}
	}
	return usage.When{Kind: usage.DayOfMonth, Date: usage.Date{Day: day}, Back: back}
}

func number(digits string) int {
	n, _ := strconv.Atoi(digits) // at most four digits, by the forms
	return n
}

// datedRules read a day or a month whose year stands before or behind it, or nowhere.
var datedRules = []pointRule{
	rule(`(\d{1,2})(?:[-/.](\d{1,2})| ?月 ?(\d{1,2}) ?[日号]?)`, func(m []string) usage.When { return dayIn(number(m[1]), number(m[2]+m[3])) }),
	rule(monthPart+` (?:the )?`+ordinal, func(m []string) usage.When { return dayIn(enMonth(m[1]), number(m[2])) }),
	rule(`(?:the )?`+ordinal+` (?:of )?`+monthPart, func(m []string) usage.When { return dayIn(enMonth(m[2]), number(m[1])) }),
	rule(`(\d{1,2}) ?月份?`, func(m []string) usage.When { return month(number(m[1])) }),
	rule(monthPart, func(m []string) usage.When { return month(enMonth(m[1])) }),
}

func dayIn(m, day int) usage.When {
	if m < 1 || m > 12 {
		return usage.When{}
	}
	return usage.When{Kind: usage.OnDay, Date: usage.Date{Month: time.Month(m), Day: day}}
}

func month(m int) usage.When {
	if m < 1 || m > 12 {
		return usage.When{}
	}
	return usage.When{Kind: usage.InMonth, Date: usage.Date{Month: time.Month(m), Day: 1}}
}

func enMonth(name string) int {
	return 1 + slices.IndexFunc(monthNames, func(month string) bool { return month[:3] == name[:3] })
}

var longWord = regexp.MustCompile(`[a-z]{4,}`)

// namesInFull reports whether the words that begin like a month or a weekday are a beginning of its name: monday and tues,
// but not monster.
func namesInFull(text string) bool {
	names := slices.Concat(monthNames, weekdayNames, []string{"sept", "months"})
	for _, word := range longWord.FindAllString(text, -1) {
		alike := slices.ContainsFunc(names, func(name string) bool { return name[:3] == word[:3] })
		begins := slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(name, word) })
		if alike && !begins {
			return false
		}
	}
	return true
}

var (
	eightDigits  = regexp.MustCompile(`^(\d{4})(\d\d)(\d\d)$`)
	numericYear  = regexp.MustCompile(`^(\d{4})(年|[-/. ]|$)? ?(.*)$`)
	relativeYear = regexp.MustCompile(`^(今年|去年|前年|this[- ]year|last[- ]year|(\d{1,2})[- ]years?[- ]ago)(?:'s|的)?[- ]?(.*)$`)
	yearBehind   = regexp.MustCompile(`^(.*[a-z].*?) (\d{4}|this year|last year)$`)
	yearsMonth   = regexp.MustCompile(`^\d{1,2}[-/.]?$`)
	quarterForm  = regexp.MustCompile(`^(?:q([1-4])|第?([1-4]) ?季度?|([1-4])q)$`)
	halfForm     = regexp.MustCompile(`^(?:(上|下)半年|(first|second|1st|2nd)[- ]half(?: of the year)?|h([12]))$`)
	relQuarter   = regexp.MustCompile(`^(?:(本|这|上+)个?季度?|(this|last)[- ]quarter|(\d{1,2})[- ]quarters[- ]ago)$`)
	hanWeekdays  = strings.NewReplacer("周一", "周1", "周二", "周2", "周三", "周3", "周四", "周4", "周五", "周5", "周六", "周6",
		"星期一", "星期1", "星期二", "星期2", "星期三", "星期3", "星期四", "星期4", "星期五", "星期5", "星期六", "星期6",
		"礼拜一", "礼拜1", "礼拜二", "礼拜2", "礼拜三", "礼拜3", "礼拜四", "礼拜4", "礼拜五", "礼拜5", "礼拜六", "礼拜6")
)

// readPoint reads a text without a range in it: one period, or a quarter, half or year.
func readPoint(text string) (d dates, ok bool) {
	if kind, ok := commonKinds()[text]; ok {
		return dates{through: usage.When{Kind: kind}}, true
	}
	text = withDigits(hanWeekdays.Replace(text))
	if m := relQuarter.FindStringSubmatch(text); m != nil {
		w := usage.When{Kind: usage.QuartersAgo, Back: weeksBack(m[1]+m[2]) + number(m[3])}
		return dates{from: w, through: w}, true
	}
	if !namesInFull(text) {
		return dates{}, false
	}
	for _, r := range relativeRules {
		if m := r.form.FindStringSubmatch(text); m != nil {
			return settled(r.read(m))
		}
	}
	year, rest := cutYear(text)
	if year == badYear {
		return dates{}, false
	}
	if m := quarterForm.FindStringSubmatch(rest); m != nil {
		q := number(m[1] + m[2] + m[3])
		return months(year, 3*q-2, 3*q), true
	}
	if m := halfForm.FindStringSubmatch(rest); m != nil && (m[3] == "" || year != 0) {
		if m[1] == "上" || m[2] == "first" || m[2] == "1st" || m[3] == "1" {
			return months(year, 1, 6), true
		}
		return months(year, 7, 12), true
	}
	if year != 0 && rest == "" {
		return months(year, 1, 12), true
	}
	if year != 0 && yearsMonth.MatchString(rest) {
		rest = strings.TrimRight(rest, "-/.") + "月"
	}
	for _, r := range datedRules {
		if m := r.form.FindStringSubmatch(rest); m != nil {
			w := r.read(m)
			w.Date.Year = year
			return settled(w)
		}
	}
	return dates{}, false
}

// commonKinds are the forms of the common words.
var commonKinds = sync.OnceValue(func() map[string]usage.WhenKind {
	kinds := map[string]usage.WhenKind{}
	for _, v := range commonDates() {
		for _, word := range append(v.all(), v.Means) {
			kinds[word] = usage.WhenKind(v.Means)
		}
	}
	return kinds
})

// settled returns one period, unless it is a day that does not exist.
func settled(w usage.When) (d dates, ok bool) {
	if w.Kind == "" {
		return dates{}, false
	}
	if isDated(w) {
		if none := missingDay(w.Date); none != nil {
			return dates{none: none}, false
		}
		return dates{through: w}, isSettled(w.Date)
	}
	return dates{through: w}, true
}

func months(year, first, last int) dates {
	from, through := month(first), month(last)
	from.Date.Year, through.Date.Year = year, year
	return dates{from: from, through: through}
}

// badYear is the year of a text that begins with one outside of what is plausible.
const badYear = 1

// cutYear splits the year off a text that begins or ends with one. year is 0 if the text has no year.
func cutYear(text string) (year int, rest string) {
	if m := eightDigits.FindStringSubmatch(text); m != nil {
		return plausibleYear(m[1]), m[2] + "-" + m[3]
	}
	if m := numericYear.FindStringSubmatch(text); m != nil && (m[2] != "" || m[3] == "" || !isDigit(m[3][0])) {
		return plausibleYear(m[1]), strings.TrimPrefix(m[3], "的")
	}
	if m := relativeYear.FindStringSubmatch(text); m != nil {
		return usage.YearsAgo(yearsBack(m[1]) + number(m[2])), m[3]
	}
	if m := yearBehind.FindStringSubmatch(text); m != nil {
		rest := strings.TrimSuffix(m[1], " of")
		if isDigit(m[2][0]) {
			return plausibleYear(m[2]), rest
		}
		return usage.YearsAgo(yearsBack(m[2])), rest
	}
	return 0, text
}

func plausibleYear(digits string) int {
	if year := number(digits); year >= 2000 && year < 2100 {
		return year
	}
	return badYear
}

func yearsBack(word string) int {
	switch {
	case word == "去年", strings.HasPrefix(word, "last"):
		return 1
	case word == "前年":
		return 2
	}
	return 0
}
