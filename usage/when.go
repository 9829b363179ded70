package usage

import "time"

// When says which period is meant, relative to a day that is not known yet. The zero When is the newest complete period
// with figures.
type When struct {
	Kind    WhenKind     `json:"kind,omitempty"`
	Date    Date         `json:"date,omitzero"`    // OnDay: the day; InMonth: the month's 1st; DayOfMonth: only its Day
	Back    int          `json:"back,omitempty"`   // how many days, weeks, months or quarters before the current one
	Weekday time.Weekday `json:"weekday,omitzero"` // OnWeekday, LatestWeekday
}

// WhenKind is the form of a When.
type WhenKind string

// The forms. "Last" and "this" are relative to today in the platform's zone.
const (
	Newest        WhenKind = ""
	Today         WhenKind = "today" // never published before tomorrow, but its week or month may be
	Yesterday     WhenKind = "yesterday"
	LastWeek      WhenKind = "last-week"
	ThisWeek      WhenKind = "this-week"
	LastMonth     WhenKind = "last-month"
	ThisMonth     WhenKind = "this-month"
	OnDay         WhenKind = "day"            // the period that contains Date
	InMonth       WhenKind = "month"          // the month that begins on Date
	DaysAgo       WhenKind = "days-ago"       // Back days before today
	WeeksAgo      WhenKind = "weeks-ago"      // Back weeks before the current one
	MonthsAgo     WhenKind = "months-ago"     // Back months before the current one
	QuartersAgo   WhenKind = "quarters-ago"   // Back quarters before the current one; only as both ends of a Span
	OnWeekday     WhenKind = "weekday"        // the Weekday of the week that is Back weeks before the current one
	LatestWeekday WhenKind = "latest-weekday" // the latest Weekday that has begun
	DayOfMonth    WhenKind = "day-of-month"   // the day Date.Day of the month that is Back months before the current one
)

// The Date of OnDay and InMonth may lack a year: then it is the latest such day or month that has begun. OnDay may lack
// the month too. A year below zero is relative to the current one: YearsAgo(1) is last year.

// YearsAgo returns the Year of a Date in the year that is n years before the current one.
func YearsAgo(n int) int { return -1 - n }

// Cycle returns the cycle that the form implies, or 0.
func (w When) Cycle() Cycle {
	switch w.Kind {
	case Today, Yesterday, DaysAgo, OnWeekday, LatestWeekday, DayOfMonth:
		return Daily
	case LastWeek, ThisWeek, WeeksAgo:
		return Weekly
	case LastMonth, ThisMonth, InMonth, MonthsAgo, QuartersAgo:
		return Monthly
	}
	return 0
}

// Fits reports whether the form can name a period of the cycle: a day lies in a week and in a month, but a week or a
// month is not a day, and a month is not a week.
func (w When) Fits(c Cycle) bool {
	implied := w.Cycle()
	return implied == 0 || implied == Daily || implied == c
}

// Period returns the period that is meant if today is the given day. ok is false for Newest, which the calendar alone
// does not decide.
func (w When) Period(c Cycle, today Date) (p Period, ok bool) {
	if w.Kind == Newest {
		return Period{}, false
	}
	return PeriodOf(c, w.firstDay(today)), true
}

// firstDay returns the first day of what is meant.
func (w When) firstDay(today Date) Date {
	thisWeek, thisMonth := PeriodOf(Weekly, today), PeriodOf(Monthly, today)
	switch w.Kind {
	case Yesterday:
		return today.AddDays(-1)
	case DaysAgo:
		return today.AddDays(-w.Back)
	case ThisWeek:
		return thisWeek.Start
	case LastWeek:
		return thisWeek.Previous().Start
	case WeeksAgo:
		return thisWeek.shift(-w.Back).Start
	case ThisMonth:
		return thisMonth.Start
	case LastMonth:
		return thisMonth.Previous().Start
	case MonthsAgo:
		return thisMonth.shift(-w.Back).Start
	case QuartersAgo:
		return thisMonth.shift(-(int(today.Month)-1)%3 - 3*w.Back).Start
	case OnWeekday:
		return thisWeek.shift(-w.Back).Start.AddDays(sinceMonday(w.Weekday))
	case LatestWeekday:
		return today.AddDays(-(int(today.Weekday()) - int(w.Weekday) + 7) % 7)
	case DayOfMonth:
		return thisMonth.shift(-w.Back).Start.AddDays(w.Date.Day - 1)
	case OnDay, InMonth:
		return w.completeDate(today, Date.noneAfter)
	}
	return today
}

// sinceMonday returns how many days a day of the week comes after Monday.
func sinceMonday(d time.Weekday) int { return (int(d) + 6) % 7 }

// completeDate fills in the year, and the month, that Date lacks. Of the days that it may mean, it takes the one that
// is nearest to the given day and on its right side.
func (w When) completeDate(from Date, side func(d, from Date) bool) Date {
	d := w.Date
	switch {
	case d.Year > 0:
		return d
	case d.Year < 0:
		d.Year += from.Year + 1
		return d
	}
	step := 1
	if side(from.AddDays(-1), from) {
		step = -1
	}
	// The 29th of February comes again after eight years at most, around 2100.
	for month := PeriodOf(Monthly, from); ; month = month.shift(step) {
		at := Date{month.Start.Year, month.Start.Month, d.Day}
		if (d.Month == 0 || d.Month == at.Month) && at.exists() && side(at, from) {
			return at
		}
		if months := (month.Start.Year-from.Year)*12 + int(month.Start.Month-from.Month); months*step > 12*8 {
			return from // no such day at all
		}
	}
}

func (d Date) noneAfter(today Date) bool  { return !d.After(today) }
func (d Date) noneBefore(first Date) bool { return !d.Before(first) }

// exists reports whether the calendar has the day, unlike 2026-02-30.
func (d Date) exists() bool { return d == NewDate(d.Year, d.Month, d.Day) }

// Span returns the last of the cycle's periods from the beginning of one When to the end of another, and how many they
// are; n is below 1 if the other ends earlier. If both lack the year, the other is the first one after the beginning.
// Months that have not begun are left out.
func Span(c Cycle, from, through When, today Date) (last Period, n int) {
	first := from.firstDay(today)
	end := through.firstDay(today)
	if lacksYear(from) && lacksYear(through) {
		end = through.completeDate(first, Date.noneBefore)
	}
	switch implied := through.Cycle(); implied {
	case Weekly, Monthly:
		whole := PeriodOf(implied, end)
		if through.Kind == QuartersAgo {
			whole = whole.shift(2)
		}
		end = whole.End()
		if implied == Monthly && end.After(today) && !first.After(today) {
			end = today
		}
	}
	last = PeriodOf(c, end)
	for p := last; !p.Start.Before(PeriodOf(c, first).Start); p = p.Previous() {
		n++
	}
	return last, n
}

func lacksYear(w When) bool { return (w.Kind == OnDay || w.Kind == InMonth) && w.Date.Year == 0 }
