package usage

import (
	"context"
	"errors"
)

// Out reports whether the figures of a day are out for sure, for whoever must not speak too early. It is stricter than
// Newest: only figures tell, of the day itself or of a later one, and no hour of the day stands in for them. Nor does an
// answer of zeros where the same weekday of the week before had use: so the platform answers for a day in the making.
func (a *Asker) Out(ctx context.Context, appID string, day Date, share Share) (bool, error) {
	now := a.now().In(a.zone)
	today := DateOf(now)
	if !day.Before(today) {
		return false, nil
	}
	back, err := a.lastWithFigures(ctx, appID, share, today)
	if err != nil {
		return false, err
	}
	newest := today.AddDays(-back)
	if back <= 2 {
		if day.Before(newest) {
			return true, nil
		}
		return day == newest && !a.inTheMaking(ctx, appID, day, share), nil
	}
	// Days of silence: the platform answers so where nobody uses the app, and its usual hour decides.
	return !day.After(expected(now)), nil
}

// inTheMaking reports whether a day's figures are zeros that a week before were none. If that cannot be found out, they
// are taken as they are.
func (a *Asker) inTheMaking(ctx context.Context, appID string, day Date, share Share) bool {
	zero := func(d Date) (bool, error) {
		figures, err := a.fetch(ctx, question{Ask{AppID: appID, Ability: AppAbility, Cycle: Daily, Date: d}, d}, share)
		return figures.idle(), err
	}
	if idle, err := zero(day); err != nil || !idle {
		return false
	}
	idle, err := zero(day.AddDays(-7))
	failure := new(Failure)
	if errors.As(err, &failure) && failure.Reason == NoData {
		return false
	}
	return err == nil && !idle
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
