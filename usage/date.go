package usage

import (
	"fmt"
	"time"
)

// Date is a day of the calendar, without a time zone. The zero Date means no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day on which t falls in its own location.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// NewDate returns a day, normalised as time.Date does: March 0 is the last day of February.
func NewDate(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// ParseDate reads a day in the platform's form, 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is no day in the form 2006-01-02", s)
	}
	return DateOf(t), nil
}

func (d Date) utc() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }

// String returns the platform's form, 2006-01-02.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// MarshalText writes the day as String does; the zero Date is empty.
func (d Date) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(b))
	return err
}

// IsZero reports whether d means no day.
func (d Date) IsZero() bool { return d == Date{} }

// AddDays returns the day n days later.
func (d Date) AddDays(n int) Date { return NewDate(d.Year, d.Month, d.Day+n) }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// Before reports whether d comes before e.
func (d Date) Before(e Date) bool { return d.utc().Before(e.utc()) }

// After reports whether d comes after e.
func (d Date) After(e Date) bool { return e.Before(d) }

// Period is one calendar day, week (Monday to Sunday) or month.
type Period struct {
	Cycle Cycle
	Start Date // the day itself, the week's Monday, or the month's 1st
}

// PeriodOf returns the period of the cycle that contains the day.
func PeriodOf(c Cycle, d Date) Period {
	switch c {
	case Weekly:
		d = d.AddDays(-sinceMonday(d.Weekday()))
	case Monthly:
		d.Day = 1
	}
	return Period{c, d}
}

// End returns the period's last day.
func (p Period) End() Date { return p.Next().Start.AddDays(-1) }

// Next returns the period after p.
func (p Period) Next() Period { return p.shift(1) }

// Previous returns the period before p.
func (p Period) Previous() Period { return p.shift(-1) }

func (p Period) shift(n int) Period {
	switch p.Cycle {
	case Weekly:
		return Period{p.Cycle, p.Start.AddDays(7 * n)}
	case Monthly:
		return Period{p.Cycle, NewDate(p.Start.Year, p.Start.Month+time.Month(n), 1)}
	}
	return Period{p.Cycle, p.Start.AddDays(n)}
}

// CompleteOn reports whether all days of the period are published, given the newest published day.
func (p Period) CompleteOn(newest Date) bool { return !p.End().After(newest) }

const (
	// publishTime is when the platform usually publishes the previous day: "一般每天早上10点产出前一天的数据".
	publishTime = 10 * time.Hour
	// From lateTime on, a query for the latest week or month shows the last period even if its final days are missing;
	// before that, the one before. Four hours after publishTime the figures are late. It does not make a period
	// complete.
	lateTime = 14 * time.Hour
	// finalAfterDays is how many days after its usual publication a day's figures count as final. The page promises the
	// next morning, and no figure takes longer than the morning after that; one more day is margin. Until then the
	// platform may also correct figures.
	finalAfterDays = 2
	// recentDays is how many days back each day of an app is asked for alone. Before that whole weeks are asked for
	// first, so that an app that is not used costs few calls.
	recentDays = 7
	// giveUpDays is how many days back the newest day with use is looked for. If there is none, older days count as
	// published, but nothing of them is kept for good.
	giveUpDays = 35
)

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// expectedDay returns the newest day that is published if the platform is on time.
func expectedDay(now time.Time) Date {
	d := DateOf(now).AddDays(-1)
	if sinceMidnight(now) < publishTime {
		d = d.AddDays(-1)
	}
	return d
}

// FinalDay returns the newest day whose figures are final at a time given in the platform's zone. That does not mean
// that there are figures: see DayState.
func FinalDay(now time.Time) Date { return expectedDay(now).AddDays(-finalAfterDays) }

// Published returns when a day's figures are usually published: at ten on the next day, in the platform's zone.
func (d Date) Published(platform *time.Location) time.Time {
	return d.AddDays(1).start(platform).Add(publishTime)
}

// Over returns when the day ends in the platform's zone.
func (d Date) Over(platform *time.Location) time.Time { return d.AddDays(1).start(platform) }

func (d Date) start(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// oldestOpenDay returns the oldest day for which use is looked for.
func oldestOpenDay(today Date) Date { return today.AddDays(-giveUpDays) }
