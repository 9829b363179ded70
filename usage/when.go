package usage

import (
	"errors"
	"fmt"
)

// When says which period is meant, before it is known what day it is. The zero When is the newest complete period whose
// figures are out.
type When struct {
	Kind WhenKind `json:"kind,omitempty"`
	Date Date     `json:"date,omitzero"` // OnDay: the day; InMonth: the month's 1st
}

// WhenKind is the form of a When.
type WhenKind string

// The forms. "Last" and "this" are seen from today in the zone of the platform's days.
const (
	Newest    WhenKind = ""
	Today     WhenKind = "today" // of which nothing is out before tomorrow, but its week or month may be
	Yesterday WhenKind = "yesterday"
	LastWeek  WhenKind = "last-week"
	ThisWeek  WhenKind = "this-week"
	LastMonth WhenKind = "last-month"
	ThisMonth WhenKind = "this-month"
	OnDay     WhenKind = "day"   // the period that holds Date
	InMonth   WhenKind = "month" // the month that begins on Date
)

// Cycle returns the cycle that the words imply when no other is given, or 0 where they imply none.
func (w When) Cycle() Cycle {
	switch w.Kind {
	case Today, Yesterday:
		return Daily
	case LastWeek, ThisWeek:
		return Weekly
	case LastMonth, ThisMonth, InMonth:
		return Monthly
	}
	return 0
}

// Fits reports whether the words can name a period of the cycle: a day lies in a week and in a month, but a week or a
// month is no day, and a month no week.
func (w When) Fits(c Cycle) bool {
	switch w.Kind {
	case Newest, OnDay, Today, Yesterday:
		return true
	}
	return c == w.Cycle()
}

// Period returns the period of the cycle that is meant on the day today; ok is false for Newest, which cannot be known
// from the calendar alone.
func (w When) Period(c Cycle, today Date) (p Period, ok bool) {
	current := PeriodOf(c, today)
	switch w.Kind {
	case Yesterday:
		return PeriodOf(c, today.AddDays(-1)), true
	case Today, ThisWeek, ThisMonth:
		return current, true
	case LastWeek, LastMonth:
		return current.Previous(), true
	case OnDay, InMonth:
		return PeriodOf(c, w.Date), true
	}
	return Period{}, false
}

// TimeError says that there cannot be figures for the period that was asked for.
type TimeError struct {
	Period Period
	Future bool // it has not begun; otherwise it has, but no day of it is published yet
	Newest Date // the newest day that is published; zero where no use of the app was seen of late
}

func (e *TimeError) Error() string {
	return fmt.Sprintf("no figures yet for the %s period from %s: the newest day is %s", e.Period.Cycle, e.Period.Start, e.Newest)
}

// NoFigures says that the platform gives figures of the app in the days that were asked for, or could by now, but none for
// the ability or the department.
type NoFigures struct {
	Query       Query
	First, Last Date
	Counting    bool // the last days have zeros only: perhaps the platform still counts them
	Failure     *Failure
}

func (e *NoFigures) Error() string {
	return fmt.Sprintf("no figures for %s of department %q from %s to %s: %v", e.Query.Ability, e.Query.Department.ID, e.First, e.Last, e.Failure)
}

// Unwrap returns the platform's answer.
func (e *NoFigures) Unwrap() error { return e.Failure }

// noFigures makes a NoFigures of the platform's "data not found" for a period.
func (c coverage) noFigures(q Query, first Date, err error) error {
	failure := new(Failure)
	if !errors.As(err, &failure) || failure.Reason != NoData || c.through.Before(first) {
		return err
	}
	return &NoFigures{q, first, c.through, !c.zerosFrom.IsZero(), failure}
}

// choosePeriod finds the period that answers a question, of which the platform gives figures of one day at least. notOut is the
// period that was meant where another one has to stand in for it.
func choosePeriod(w When, c Cycle, today Date, v availability) (p Period, notOut *Period, err error) {
	meant, given := w.Period(c, today)
	newest := v.through()
	if c == Daily {
		newest = v.lastAnswered()
	}
	if !given {
		meant = PeriodOf(c, today).Previous()
		given = meant.CompleteOn(v.due) && !meant.Start.After(newest) // it ought to be published by now: what there is of it
	}
	if meant.CompleteOn(newest) {
		return meant, nil, nil
	}
	begun := meant.Start.Before(today)
	switch {
	case c == Daily && begun && newest == oldestOpenDay(today).AddDays(-1):
		return meant, nil, nil // no day of late has figures that could stand in
	case !given, c == Daily && begun:
		// Whoever wants "the newest" or a day that is over gets the newest that there is, and is told so.
		return newestComplete(c, newest), &meant, nil
	case meant.Start.After(newest):
		return Period{}, nil, &TimeError{Period: meant, Future: meant.Start.After(today), Newest: v.lastUse()}
	}
	return meant, nil, nil // an unfinished week or month: to date
}

func newestComplete(c Cycle, newest Date) Period {
	p := PeriodOf(c, newest)
	if !p.CompleteOn(newest) {
		p = p.Previous()
	}
	return p
}
