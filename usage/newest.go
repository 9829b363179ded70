package usage

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const lookBack = 7 // days in which the newest figures are looked for

// Newest finds the newest day whose figures are out for an app. The platform publishes an app's day as a whole, so one
// day's question about the whole app answers for every ability, department and cycle.
//
// "Data not found" may mean two things: that the day is not out yet, and that nobody used the app. Of yesterday it is
// taken for the first until the time of day at which figures are surely out. When the day before has none either,
// which must be out long since, the platform answers so for days without use, and its usual hour decides.
func (a *Asker) Newest(ctx context.Context, appID string, share Share) (Date, error) {
	return a.newest(ctx, appID, share, a.now().In(a.zone))
}

func (a *Asker) newest(ctx context.Context, appID string, share Share, now time.Time) (Date, error) {
	today := DateOf(now)
	key := fmt.Sprintf("newest:%s:%s", appID, today)
	if b, ok := a.cache.Get(ctx, key); ok {
		if d, err := ParseDate(string(b)); err == nil {
			return d, nil
		}
	}
	back, err := a.lastWithFigures(ctx, appID, share, today)
	if err != nil {
		return Date{}, err
	}
	d := today.AddDays(-1)
	switch {
	case back == 1, sinceMidnight(now) >= a.sure:
	case back == 2:
		d = today.AddDays(-2)
	default:
		d = expected(now)
	}
	a.cache.Put(ctx, key, []byte(d.String()), a.keepNewest(d, today))
	return d, nil
}

// lastWithFigures returns how many days ago the app's last day with figures was, or lookBack+1 when it has none.
func (a *Asker) lastWithFigures(ctx context.Context, appID string, share Share, today Date) (back int, err error) {
	for back = 1; back <= lookBack; back++ {
		d := today.AddDays(-back)
		_, err := a.fetch(ctx, question{Ask{AppID: appID, Ability: AppAbility, Cycle: Daily, Date: d}, d}, share)
		if !notOut(err) {
			return back, err
		}
	}
	return back, nil
}

// keepNewest keeps a "not yet" for as long as a person may be told so in vain.
func (a *Asker) keepNewest(d, today Date) time.Duration {
	if d == today.AddDays(-1) {
		return 24 * time.Hour
	}
	return a.again
}

// notOut reports whether the platform has nothing to say of the day. Its page leaves open whether a day that is not out
// yet is "data not found" or an "invalid date range".
func notOut(err error) bool {
	failure := new(Failure)
	return errors.As(err, &failure) && (failure.Reason == NoData || failure.Reason == BadRange)
}
