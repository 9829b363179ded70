package usage

import "time"

// Period is one natural day, week (Monday to Sunday) or month (1st to last).
type Period struct {
	Cycle Cycle
	Start Date // in the platform's form: any day, a Monday, a 1st
}

// PeriodOf returns the period of the cycle that holds the day.
func PeriodOf(c Cycle, d Date) Period {
	switch c {
	case Weekly:
		sinceMonday := (int(d.Weekday()) + 6) % 7
		d = d.AddDays(-sinceMonday)
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

// CompleteOn reports whether the figures of all of the period's days are out when newest is the newest day that is.
func (p Period) CompleteOn(newest Date) bool { return !p.End().After(newest) }
