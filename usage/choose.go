package usage

import "fmt"

// TimeError says that there cannot be figures for the period that was asked for.
type TimeError struct {
	Period Period
	Future bool // it has not begun; otherwise it has, but no day of it is out yet
	Newest Date // the newest day whose figures are out
}

func (e *TimeError) Error() string {
	return fmt.Sprintf("no figures yet for the %s period from %s: the newest day is %s", e.Period.Cycle, e.Period.Start, e.Newest)
}

// choose finds the period that answers a question, of which at least one day is out. notOut is the period that was meant
// where another one has to stand in for it.
func choose(w When, c Cycle, today Date, r reach) (p Period, notOut *Period, err error) {
	meant, given := w.Period(c, today)
	if !given {
		meant = PeriodOf(c, today).Previous()
		given = meant.CompleteOn(r.due) && !meant.Start.After(r.out) // it ought to be out by now: what there is of it
	}
	if meant.CompleteOn(r.out) {
		return meant, nil, nil
	}
	begun := meant.Start.Before(today)
	switch {
	case !given, c == Daily && begun:
		// Whoever wants "the newest" or a day that is over gets the newest that there is, and is told so.
		return newestComplete(c, r.out), &meant, nil
	case meant.Start.After(r.out):
		return Period{}, nil, &TimeError{Period: meant, Future: meant.Start.After(today), Newest: r.out}
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
