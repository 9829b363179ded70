package sentence

import (
	"fmt"
	"strconv"
	"strings"

	"usagebot/bot/command"
	"usagebot/usage"
)

// clockIn returns a time of day that was said in words. Without a word for the half of the day it is as a digital clock shows it.
func clockIn(hour, minute int, to bool, half string) (token, bool) {
	if to {
		hour, minute = hour-1, 60-minute
	}
	switch {
	case half == "" || hour > 12:
	case half[0] == 'a' && half != "afternoon" || half == "morning":
		hour %= 12
	default:
		hour = hour%12 + 12
	}
	if hour == 0 && half == "" && to {
		hour = 12 // quarter to one
	}
	text, ok := command.Clock(fmt.Sprintf("%d:%02d", hour, minute))
	return token{entry: entry{sort: clock, value: text}}, ok && minute < 60
}

// yearNamed returns a year by its number or its words; 0 for none.
func (c Context) yearNamed(text string) int {
	switch text {
	case "last year":
		return c.Today.Year - 1
	case "this year":
		return c.Today.Year
	}
	return atoi(text)
}

func (c Context) quarterOf(q, year int) period {
	if year == 0 {
		year = c.Today.Year
		if quarter(year, q).start.After(c.Today) {
			year--
		}
	}
	return quarter(year, q)
}

func (c Context) weekNumber(n int) period {
	if n < 1 || n > 53 {
		return period{form: noSuch}
	}
	monday := usage.PeriodOf(usage.Weekly, usage.NewDate(c.Today.Year, 1, 4)).Start.AddDays(7 * (n - 1))
	if monday.After(c.Today) {
		monday = usage.PeriodOf(usage.Weekly, usage.NewDate(c.Today.Year-1, 1, 4)).Start.AddDays(7 * (n - 1))
	}
	return weekFrom(monday)
}

// relativeWeekday reads `last friday`. If the latest one and that of last week differ, it is not clear which is meant.
func (c Context) relativeWeekday(word string, weekday int) period {
	switch word {
	case "next":
		p := c.latestWeekday(weekday)
		return dayOf(p.start.AddDays(7))
	case "this":
		return c.weekdayIn(0, weekday)
	}
	latest := c.latestWeekday(weekday)
	if latest.start == c.Today {
		latest = dayOf(c.Today.AddDays(-7))
	}
	if of := c.weekdayIn(-1, weekday); of.start != latest.start {
		return period{form: unclear}
	}
	return dayOf(latest.start)
}

func relativePeriod(c Context, m []string) (token, bool) {
	cycle, back := usage.Weekly, 0
	if m[2] == "month" || strings.Contains(m[1], "month") {
		cycle = usage.Monthly
	}
	switch m[1] {
	case "last", "previous":
		back = 1
	case "next":
		back = -1
	case "this":
	default:
		back = 2
	}
	if m[2] == "" && back < 2 {
		return token{}, false
	}
	return when1(c.ago(cycle, back))
}

func dayOfMonthName(c Context, month, dayOfMonth, year string) (token, bool) {
	n := monthNumber(month)
	if year != "" {
		return when1(date(atoi(year), n, atoi(dayOfMonth)))
	}
	return when1(c.latestDay(n, atoi(dayOfMonth)))
}

func yearOffset(word string) int {
	return map[string]int{"去年": -1, "今年": 0, "前年": -2, "明年": 1}[word]
}

// offset returns how many periods 上, 上上, 这 and 下 lie away.
func offset(word string) int {
	return strings.Count(word, "下") - strings.Count(word, "上")
}

func daysBack(word string) int {
	switch word {
	case "今天", "今日", "今", "今儿", "今儿个", "today":
		return 0
	case "昨天", "昨日", "昨", "昨儿", "昨儿个", "yesterday":
		return 1
	}
	return 2 + strings.Count(word, "大")
}

func spanOf(n int, half bool, unit string) (token, bool) {
	t, ok := bare(n, unit)
	t.sort = span
	if half {
		t.period.n = 6
		ok = unit == "年"
	}
	return t, ok
}

func bare(n int, unit string) (token, bool) {
	cycle, times := cycleOf(unit)
	if unit == "w" || unit == "d" || unit == "m" {
		cycle, times = map[string]usage.Cycle{"w": usage.Weekly, "d": usage.Daily, "m": usage.Monthly}[unit], 1
	}
	return token{entry: entry{sort: bareSpan}, period: period{n: n * times, unit: cycle}}, n > 0 || unit == "年"
}

func ranked(_ Context, m []string) (token, bool) {
	return token{entry: entry{sort: rank}, n: atoi(m[1])}, atoi(m[1]) > 0
}

func onDay(value string) (token, bool) {
	return token{entry: entry{sort: schedule, value: value}}, true
}

func readNumber(_ Context, m []string) (token, bool) {
	f, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64)
	if err != nil {
		return token{}, false
	}
	f *= map[string]float64{"": 1, "万": 10000, "w": 10000, "千": 1000, "k": 1000, "百": 100, " million": 1e6, " thousand": 1000}[m[2]]
	n := int(f)
	return token{entry: entry{sort: number}, n: n}, float64(n) == f
}
