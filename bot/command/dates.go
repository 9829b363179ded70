package command

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"usagebot/usage"
)

// This file reads and writes dates as people type them. It does not know which day it is: what depends on that, such as the
// year of 11-03, stays open in the usage.When.

// dates are what a text means: one period, or all from one to another.
type dates struct {
	from, through usage.When // from is zero for one period
	none          *NoDay     // set if the text names a day that the calendar does not have
}

func (d dates) several() bool { return d.from != (usage.When{}) }

// NoDay is a day that does not exist, and the number of days that its month has.
type NoDay struct {
	Year  int // 0: in no year
	Month time.Month
	Day   int // 0: the month has more than the twelve
	Days  int
}

// readDates reads a folded text: a day, a week, a month, or a range of these. If it names a day that does not exist, ok is
// false and none is set.
func readDates(text string) (d dates, ok bool) {
	if !mayBeDates(text) {
		return dates{}, false
	}
	if d, ok = readPoint(text); ok || d.none != nil {
		return d, ok
	}
	if text = rangeWords.ReplaceAllString(text, ""); text == "" {
		return dates{}, false
	}
	if d, ok = readPoint(text); ok || d.none != nil {
		return d, ok
	}
	for _, at := range rangeMark.FindAllStringIndex(text, -1) {
		left, right := strings.TrimSpace(text[:at[0]]), strings.TrimSpace(text[at[1]:])
		if r, ok := readRange(left, right); ok || r.none != nil {
			return r, ok
		}
	}
	return dates{}, false
}

// dateLetters are the Chinese characters that dates consist of.
const dateLetters = "零〇一二两三四五六七八九十年月日号天周星期礼拜季度半上下本这个去今昨前大第到至从自为止间期之以来的份"

// dateWords are the English words in dates beside the names of months and weekdays.
var dateWords = []string{
	"the", "of", "in", "to", "and", "from", "between", "until", "till", "through", "last", "this", "before", "ago", "today", "yesterday",
	"day", "days", "week", "weeks", "week's", "month", "months", "quarter", "quarters", "year", "years", "year's", "half", "first", "second",
	"lastweek", "thisweek", "lastmonth", "thismonth",
}

// mayBeDates is a quick look at a text: it reports whether all its parts may be parts of dates. Most words are not.
func mayBeDates(text string) bool {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '-' || r == '.' }) {
		if strings.ContainsAny(part, "0123456789") {
			continue
		}
		if isHan(part) {
			if strings.Trim(part, dateLetters) != "" {
				return false
			}
			continue
		}
		name := strings.ContainsFunc(part, unicode.IsLetter)
		if name && !slices.Contains(dateWords, part) && (len(part) < 3 || !slices.Contains(shortNames(), part[:3])) {
			return false
		}
	}
	return true
}

// shortNames are the first three letters of the months and the weekdays.
var shortNames = sync.OnceValue(func() (names []string) {
	for _, name := range slices.Concat(monthNames, weekdayNames) {
		names = append(names, name[:3])
	}
	return names
})

var (
	rangeWords = regexp.MustCompile(`^(?:从|自|from |between )|(?:为止|期间|之间|以来)$`)
	rangeMark  = regexp.MustCompile(`\.{2,3}|…|[~–—到至-]| (?:to|until|till|through|and) `)
	bareNumber = regexp.MustCompile(`^\d{1,2}$`)
)

// readRange reads the ends of a range. Each end takes from the other what it lacks: 11月1日到15日, 1-15号, 8到10月.
func readRange(left, right string) (d dates, ok bool) {
	if bareNumber.MatchString(left) && right != "" {
		for _, unit := range []string{"月", "号"} {
			if strings.HasSuffix(strings.ReplaceAll(right, "日", "号"), unit) {
				left += unit
				break
			}
		}
	}
	if bareNumber.MatchString(right) {
		right += "号"
	}
	a, okA := readPoint(left)
	b, okB := readPoint(right)
	switch {
	case a.none != nil || b.none != nil:
		return dates{none: firstOf(a.none, b.none)}, false
	case !okA || !okB || a.several() || b.several():
		return dates{}, false
	}
	return between(a.through, b.through)
}

func firstOf(a, b *NoDay) *NoDay {
	if a != nil {
		return a
	}
	return b
}

// between returns the range of two periods, which take from each other the month and the year that they lack.
func between(from, through usage.When) (d dates, ok bool) {
	a, b := &from.Date, &through.Date
	if from.Kind == usage.OnDay && through.Kind == usage.OnDay {
		switch {
		case a.Month != 0 && b.Month == 0:
			b.Year, b.Month = a.Year, a.Month
			if b.Day < a.Day {
				b.Year, b.Month = nextMonth(b.Year, b.Month)
			}
		case a.Month == 0 && b.Month != 0:
			a.Year, a.Month = b.Year, b.Month
		}
	}
	if isDated(from) && isDated(through) {
		later := b.Month < a.Month || b.Month == a.Month && b.Day < a.Day
		switch {
		case a.Year != 0 && b.Year == 0:
			if b.Year = a.Year; later {
				b.Year++
			}
		case a.Year == 0 && b.Year != 0:
			if a.Year = b.Year; later {
				a.Year--
			}
		}
		if b.Year == 0 != (a.Year == 0) { // "of this year" and then a month of the next
			return dates{}, false
		}
	}
	for _, w := range []usage.When{from, through} {
		if w.Kind != usage.OnDay {
			continue
		}
		if none := missingDay(w.Date); none != nil {
			return dates{none: none}, false
		}
		if !isSettled(w.Date) {
			return dates{}, false
		}
	}
	if from == through {
		return dates{through: through}, true
	}
	if from.Cycle() == usage.Monthly != (through.Cycle() == usage.Monthly) || from.Cycle() == usage.Weekly != (through.Cycle() == usage.Weekly) {
		return dates{}, false
	}
	return dates{from: from, through: through}, true
}

func nextMonth(year int, month time.Month) (int, time.Month) {
	if month < time.December {
		return year, month + 1
	}
	if year > 0 {
		year++
	}
	return year, time.January
}

func isDated(w usage.When) bool { return w.Kind == usage.OnDay || w.Kind == usage.InMonth }

// missingDay returns what the calendar says of a day that it does not have; nil if it has it, or may have it.
func missingDay(d usage.Date) *NoDay {
	if d.Month > time.December || d.Day < 1 {
		return nil
	}
	days, year := 31, d.Year
	switch {
	case d.Month == 0:
	case year > 0:
		days = usage.NewDate(year, d.Month+1, 0).Day
	default:
		days, year = usage.NewDate(2000, d.Month+1, 0).Day, 0 // a leap year
	}
	if d.Day <= days {
		return nil
	}
	return &NoDay{Year: year, Month: d.Month, Day: d.Day, Days: days}
}

// isSettled reports whether a day is a plausible one that surely exists. Typing errors such as 0226-11-16 are none: the
// platform must not be asked about them. Nor is the 29th of February of a year that is not known.
func isSettled(d usage.Date) bool {
	if d.Month < 0 || d.Month > time.December || d.Day < 1 || d.Year > 0 && (d.Year < 2000 || d.Year >= 2100) {
		return false
	}
	return d.Year >= 0 || d.Month != time.February || d.Day < 29
}

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

// cutYear takes the year off a text. It is 0 if there is none.
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

// whenText writes a period so that readDates reads the same from it.
func whenText(w usage.When) string {
	switch w.Kind {
	case usage.DaysAgo, usage.WeeksAgo, usage.MonthsAgo:
		return strconv.Itoa(w.Back) + "-" + string(w.Kind)
	case usage.QuartersAgo:
		return relativeWord(w.Back, "quarter")
	case usage.LatestWeekday:
		return weekdayNames[w.Weekday]
	case usage.OnWeekday:
		if w.Back > 1 {
			return fmt.Sprintf("%s-%d-weeks-ago", weekdayNames[w.Weekday], w.Back)
		}
		return []string{"this-", "last-"}[w.Back] + weekdayNames[w.Weekday]
	case usage.DayOfMonth:
		return fmt.Sprintf("%s-%d", relativeWord(w.Back, "month"), w.Date.Day)
	case usage.OnDay, usage.InMonth:
		return dateText(w)
	}
	return string(w.Kind)
}

// relativeWord writes this-month, last-month and 2-months-ago.
func relativeWord(back int, unit string) string {
	switch back {
	case 0:
		return "this-" + unit
	case 1:
		return "last-" + unit
	}
	return fmt.Sprintf("%d-%ss-ago", back, unit)
}

func dateText(w usage.When) string {
	d := w.Date
	switch {
	case d.Month == 0:
		return strconv.Itoa(d.Day) + "th"
	case d.Year == 0 && w.Kind == usage.InMonth:
		return monthNames[d.Month-1][:3]
	}
	text := fmt.Sprintf("%02d", d.Month)
	if w.Kind == usage.OnDay {
		text += fmt.Sprintf("-%02d", d.Day)
	}
	switch {
	case d.Year > 0:
		return fmt.Sprintf("%04d-%s", d.Year, text)
	case d.Year < 0:
		return relativeWord(-1-d.Year, "year") + "-" + text
	}
	return text
}
