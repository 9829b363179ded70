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
const dateLetters = "零〇一二两三四五六七八九十年月日号天周星期礼拜季度半上下本这个去今昨前大第到至从自为止间之以来的份"

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
		return strconv.Itoa(d.Day) + ordinalEnd(d.Day)
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

// ordinalEnd returns what makes a day an English ordinal: 1st, 2nd, 3rd, 11th, 21st.
func ordinalEnd(day int) string {
	ends := map[int]string{1: "st", 2: "nd", 3: "rd"}
	if end := ends[day%10]; end != "" && day/10 != 1 {
		return end
	}
	return "th"
}
