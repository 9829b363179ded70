package usage

import (
	"errors"
	"fmt"
)

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

// choose finds the period that answers a question, of which the platform gives figures of one day at least. notOut is the
// period that was meant where another one has to stand in for it.
func choose(w When, c Cycle, today Date, v availability) (p Period, notOut *Period, err error) {
	meant, given := w.Period(c, today)
	newest := v.through()
	if c == Daily {
		newest = v.answered()
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
	case c == Daily && begun && newest == oldestLate(today).AddDays(-1):
		return meant, nil, nil // no day of late has figures that could stand in
	case !given, c == Daily && begun:
		// Whoever wants "the newest" or a day that is over gets the newest that there is, and is told so.
		return newestComplete(c, newest), &meant, nil
	case meant.Start.After(newest):
		return Period{}, nil, &TimeError{Period: meant, Future: meant.Start.After(today), Newest: v.seen()}
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
