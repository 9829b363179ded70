package sentence

import (
	"strconv"
	"strings"
	"time"

	"usagebot/usage"
)

// form is what a period is.
type form int

const (
	noPeriod form = iota
	day
	week
	month
	long    // a quarter or a year: no figure of its own
	days    // a range of days
	months  // a range of months
	weeks   // the weeks that contain a holiday
	unclear // it could be several periods, or its dates are not known
	noSuch  // a day that does not exist
)

// period is a period that a sentence names.
type period struct {
	form       form
	start, end usage.Date // the first and the last day
	weekday    string     // named by a weekday alone: "mon"
	monthDay   int        // named by a day of the month alone
	noYear     bool       // named by month and day
	holiday    string     // the value of the word for a holiday
	n          int        // of a span: how many
	unit       usage.Cycle
}

func dayOf(d usage.Date) period { return period{form: day, start: d, end: d} }

func weekFrom(d usage.Date) period {
	p := usage.PeriodOf(usage.Weekly, d)
	return period{form: week, start: p.Start, end: p.End()}
}

func monthFrom(d usage.Date) period {
	p := usage.PeriodOf(usage.Monthly, d)
	return period{form: month, start: p.Start, end: p.End()}
}

func yearOf(y int) period {
	return period{form: long, start: usage.NewDate(y, 1, 1), end: usage.NewDate(y, 12, 31)}
}

func halfOf(year int, first bool) period {
	if first {
		return period{form: long, start: usage.NewDate(year, 1, 1), end: usage.NewDate(year, 6, 30)}
	}
	return period{form: long, start: usage.NewDate(year, 7, 1), end: usage.NewDate(year, 12, 31)}
}

// quarter returns a quarter of a year; 0 is the last one of the year before.
func quarter(year, q int) period {
	start := usage.NewDate(year, time.Month(3*q-2), 1)
	return period{form: long, start: start, end: usage.NewDate(start.Year, start.Month+3, 0)}
}

// cycle returns the cycle of a period that has figures of its own.
func (p period) cycle() usage.Cycle {
	switch p.form {
	case day:
		return usage.Daily
	case week:
		return usage.Weekly
	case month:
		return usage.Monthly
	}
	return 0
}

// oldestYear is the first year whose days the grammar takes. Its first week begins in the year before.
const oldestYear = 2000

// date returns the day of a month in a year, which may not exist.
func date(year, month, dayOfMonth int) period {
	d := usage.NewDate(year, time.Month(month), dayOfMonth)
	if month < 1 || month > 12 || d.Day != dayOfMonth || year <= oldestYear || year > 2099 {
		return period{form: noSuch}
	}
	return dayOf(d)
}

// latestDay returns the latest such day of the year that has begun. The 29th of February may lie years back.
func (c Context) latestDay(month, dayOfMonth int) period {
	for back := range 5 {
		p := date(c.Today.Year-back, month, dayOfMonth)
		if p.form == day && !p.start.After(c.Today) {
			p.noYear = true
			return p
		}
		if month != 2 || dayOfMonth != 29 {
			if p.form == noSuch {
				return p
			}
		}
	}
	return period{form: noSuch}
}

// latestMonth returns the latest such month that has begun.
func (c Context) latestMonth(month int) period {
	if month < 1 || month > 12 {
		return period{form: noSuch}
	}
	first := usage.NewDate(c.Today.Year, time.Month(month), 1)
	if first.After(c.Today) {
		first = usage.NewDate(c.Today.Year-1, time.Month(month), 1)
	}
	return monthFrom(first)
}

// latestMonthDay returns the latest day with a number that has begun.
func (c Context) latestMonthDay(n int) period {
	if n < 1 || n > 31 {
		return period{form: noSuch}
	}
	for back := range 3 {
		first := usage.NewDate(c.Today.Year, c.Today.Month-time.Month(back), 1)
		d := date(first.Year, int(first.Month), n)
		if d.form == day && !d.start.After(c.Today) {
			d.monthDay = n
			return d
		}
	}
	return period{form: noSuch}
}

var weekdayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// weekdayOf returns the number of a weekday by its Chinese character or English name, or -1.
func weekdayOf(text string) int {
	if i := strings.Index("日一二三四五六", text); i >= 0 && len(text) == len("日") {
		return i / len("日")
	}
	if text == "天" {
		return 0
	}
	for i, short := range weekdayNames {
		if strings.HasPrefix(text, short) {
			return i
		}
	}
	return -1
}

// latestWeekday returns the latest such weekday that has begun.
func (c Context) latestWeekday(weekday int) period {
	back := (int(c.Today.Weekday()) - weekday + 7) % 7
	p := dayOf(c.Today.AddDays(-back))
	p.weekday = weekdayNames[weekday]
	return p
}

// weekdayIn returns a weekday of the week that lies a number of weeks away.
func (c Context) weekdayIn(weeks, weekday int) period {
	monday := usage.PeriodOf(usage.Weekly, c.Today).Start.AddDays(7 * weeks)
	return dayOf(monday.AddDays((weekday + 6) % 7))
}

// ago returns the period of the cycle that lies a number of periods back.
func (c Context) ago(cycle usage.Cycle, n int) period {
	switch cycle {
	case usage.Daily:
		return dayOf(c.Today.AddDays(-n))
	case usage.Weekly:
		return weekFrom(c.Today.AddDays(-7 * n))
	}
	return monthFrom(usage.NewDate(c.Today.Year, c.Today.Month-time.Month(n), 1))
}

// newest returns the newest day that has figures.
func (c Context) newest() usage.Date {
	if c.Newest.IsZero() {
		return c.Today.AddDays(-1)
	}
	return c.Newest
}

// newestMonth returns the 1st of the newest complete month.
func (c Context) newestMonth() usage.Date {
	p := usage.PeriodOf(usage.Monthly, c.newest())
	if !p.CompleteOn(c.newest()) {
		p = p.Previous()
	}
	return p.Start
}

// comingFrom returns the first day from today on that a period without a year or month may mean, for the end of a pause.
func (c Context) comingFrom(p period) usage.Date {
	switch {
	case p.weekday != "":
		for n := 1; n <= 7; n++ {
			if d := c.Today.AddDays(n); weekdayNames[d.Weekday()] == p.weekday {
				return d
			}
		}
	case p.monthDay != 0:
		for n := range 62 {
			if d := c.Today.AddDays(n + 1); d.Day == p.monthDay {
				return d
			}
		}
	case p.noYear && p.start.Before(c.Today):
		return usage.NewDate(p.start.Year+1, p.start.Month, p.start.Day)
	case p.form == month && p.end.Before(c.Today):
		return usage.NewDate(p.start.Year+1, p.start.Month, 1)
	}
	return p.start
}

// daysIn returns how many days a range has, with both ends.
func daysIn(first, last usage.Date) int {
	n := 0
	for d := first; !d.After(last) && n < 1000; d = d.AddDays(1) {
		n++
	}
	return n
}

// monthsIn returns how many months a range touches.
func monthsIn(first, last usage.Date) int {
	return 12*(last.Year-first.Year) + int(last.Month) - int(first.Month) + 1
}

var smallNumbers = map[string]int{
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "1整": 1, "一整": 1,
}

// atoi reads a number that a pattern has found; 0 if it is none.
func atoi(s string) int {
	if n, ok := smallNumbers[s]; ok {
		return n
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
