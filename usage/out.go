package usage

import (
	"context"
	"errors"
	"time"
)

// look is one search for the newest day that is out.
type look struct {
	asker *Asker
	appID string
	share Share
	now   time.Time
}

// newest goes back from yesterday. A day with use is out, and so are those before it. Without use a day may be out, or not
// yet: the platform answers with nothing, or with zeros, for a day in the making as for one without use. So silence counts
// only where it is usual and where the day before it is out.
func (l look) newest(ctx context.Context) (Date, error) {
	var s silence
	sure := SurelyOut(l.now)
	for d := DateOf(l.now).AddDays(-1); d.After(sure); d = d.AddDays(-1) {
		said, err := l.says(ctx, d)
		if err != nil {
			return Date{}, err
		}
		if said == use {
			return s.after(d), nil
		}
		usual, err := l.usual(ctx, d)
		if err != nil {
			return Date{}, err
		}
		if usual {
			s = s.from(d, said)
		} else {
			s = silence{}
		}
	}
	return s.after(sure), nil
}

// saying is what the platform says of a day of the whole app.
type saying int

const (
	nothing saying = iota // no figures
	zeros
	use
)

func (l look) says(ctx context.Context, d Date) (saying, error) {
	figures, err := l.asker.fetch(ctx, question{Ask{AppID: l.appID, Ability: AppAbility, Cycle: Daily, Date: d}, d}, l.share)
	switch {
	case notOut(err):
		return nothing, nil
	case err != nil:
		return nothing, err
	case figures.idle():
		return zeros, nil
	}
	return use, nil
}

// usual reports whether a day without use is one as any other: it ought to be out by the platform's habit, and nobody used
// the app on the same weekday of the week before either.
func (l look) usual(ctx context.Context, d Date) (bool, error) {
	if d.After(expected(l.now)) {
		return false, nil
	}
	said, err := l.says(ctx, d.AddDays(-7))
	return err == nil && said != use, err
}

// silence is a run of days without use, as is usual.
type silence struct {
	days   int
	newest Date
	said   saying // of the newest
}

// from is the silence that begins a day earlier.
func (s silence) from(d Date, said saying) silence {
	if s.days == 0 {
		s.newest, s.said = d, said
	}
	s.days++
	return s
}

// after returns the newest day that is out when the one before the silence is. A single day of which there is nothing
// proves little: one that is late looks the same, and a new app had nothing in the week before.
func (s silence) after(out Date) Date {
	if s.days == 0 || s.days == 1 && s.said == nothing {
		return out
	}
	return s.newest
}

// notOut reports whether the platform has nothing to say of the day. Its page leaves open whether a day that is not out
// yet is "data not found" or an "invalid date range".
func notOut(err error) bool {
	failure := new(Failure)
	return errors.As(err, &failure) && (failure.Reason == NoData || failure.Reason == BadRange)
}

// idle reports whether nobody used the app: the total of all times says nothing of that.
func (f Figures) idle() bool {
	for metric, value := range f {
		if metric != TotalUsers && value != 0 {
			return false
		}
	}
	return true
}
