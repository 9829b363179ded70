package usage

import (
	"errors"
	"fmt"
)

// TimeError says that there cannot be figures yet for the requested period.
type TimeError struct {
	Period Period
	Future bool // the period has not begun; otherwise no day of it is published yet
	Newest Date // the newest published day; zero if no recent day had use
}

func (e *TimeError) Error() string {
	return fmt.Sprintf("no figures yet for the %s period from %s: the newest day is %s", e.Period.Cycle, e.Period.Start, e.Newest)
}

// NoFigures says that the platform has, or should have, figures of the app for the requested days, but none for the
// ability or department.
type NoFigures struct {
	Query       Query
	First, Last Date
	Counting    bool // the last days have only zeros: the platform may still be counting
	Failure     *Failure
}

func (e *NoFigures) Error() string {
	return fmt.Sprintf("no figures for %s of department %q from %s to %s: %v", e.Query.Ability, e.Query.Department.ID, e.First, e.Last, e.Failure)
}

// Unwrap returns the platform's answer.
func (e *NoFigures) Unwrap() error { return e.Failure }

// noFigures turns the platform's "data not found" for a period into a NoFigures. It returns other errors unchanged.
func (c coverage) noFigures(q Query, first Date, err error) error {
	failure := new(Failure)
	if !errors.As(err, &failure) || failure.Reason != NoData || c.through.Before(first) {
		return err
	}
	return &NoFigures{q, first, c.through, !c.zerosFrom.IsZero(), failure}
}

// choosePeriod returns the period that answers a question, which has figures for at least one day. notOut is the period
// that was meant if another one replaces it.
func choosePeriod(w When, c Cycle, today Date, v availability) (p Period, notOut *Period, err error) {
	meant, given := w.Period(c, today)
	newest := v.through()
	if c == Daily {
		newest = v.lastAnswered()
	}
	if !given {
		meant = PeriodOf(c, today).Previous()
		given = meant.CompleteOn(v.due) && !meant.Start.After(newest) // it should be published by now, so show what there is
	}
	if meant.CompleteOn(newest) {
		return meant, nil, nil
	}
	begun := meant.Start.Before(today)
	switch {
	case begun && newest == oldestOpenDay(today).AddDays(-1) && (c == Daily || !given && len(v.Zeros) == 0):
		return meant, nil, nil // no recent day has figures that could replace it
	case !given, c == Daily && begun:
		// A query for the newest period, or for a day that is over, gets the newest period with figures, and a note
		// about it.
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
