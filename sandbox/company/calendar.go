package company

import (
	"math"
	"time"

	"usagebot/usage"
)

// DaysBetween counts the days from one day to another.
func DaysBetween(from, to usage.Date) int {
	return int(midnight(to).Sub(midnight(from)) / (24 * time.Hour))
}

func midnight(d usage.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

func workday(d usage.Date) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && !holiday(d)
}

// holiday reports whether a day is a holiday in China. It knows the fixed dates of the long holidays and, for the years in
// which the sandbox is likely to run, a week around the spring festival. It ignores make-up working days.
func holiday(d usage.Date) bool {
	switch {
	case d.Month == time.January && d.Day == 1,
		d.Month == time.May && d.Day <= 3,
		d.Month == time.October && d.Day <= 7:
		return true
	}
	first, ok := springFestival(d.Year)
	if !ok {
		return false
	}
	since := DaysBetween(first, d)
	return since >= -1 && since <= 6
}

func springFestival(year int) (usage.Date, bool) {
	switch year {
	case 2024:
		return usage.NewDate(year, time.February, 10), true
	case 2025:
		return usage.NewDate(year, time.January, 29), true
	case 2026:
		return usage.NewDate(year, time.February, 17), true
	case 2027:
		return usage.NewDate(year, time.February, 6), true
	case 2028:
		return usage.NewDate(year, time.January, 26), true
	}
	return usage.Date{}, false
}

// activityByDay returns how active the company is on a day; about 1 on a usual working day.
func activityByDay(seed uint64, d usage.Date, day int) float64 {
	season := 1 + 0.08*math.Sin(2*math.Pi*float64(midnight(d).YearDay()-60)/365)
	weather := 0.95 + 0.1*draw(seed, drawDay, day)
	return season * weather * weekday(d)
}

func weekday(d usage.Date) float64 {
	switch {
	case holiday(d):
		return 0.06
	case d.Weekday() == time.Saturday:
		return 0.16
	case d.Weekday() == time.Sunday:
		return 0.12
	case d.Weekday() == time.Monday:
		return 1.08
	case d.Weekday() == time.Friday:
		return 0.92
	}
	return 1
}
