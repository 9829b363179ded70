package usage

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	lookBack    = 7  // days in which the newest figures are looked for
	publishHour = 10 // "一般每天早上10点产出前一天的数据"
)

// newest finds the newest day whose figures are out for an app. The platform publishes an app's day as a whole, so one
// day's question about the whole app answers for every ability, department and cycle. When nothing is out in the last
// week, it is the day that should be out by the platform's habit.
func (a *Asker) newest(ctx context.Context, appID string, share Share) (Date, error) {
	today := a.today()
	key := fmt.Sprintf("newest:%s:%s", appID, today)
	if b, ok := a.cache.Get(ctx, key); ok {
		if d, err := ParseDate(string(b)); err == nil {
			return d, nil
		}
	}
	yesterday := today.AddDays(-1)
	for back := range lookBack {
		d := yesterday.AddDays(-back)
		_, err := a.fetch(ctx, question{Ask{AppID: appID, Ability: AppAbility, Cycle: Daily, Date: d}, d}, share)
		if err == nil {
			a.cache.Put(ctx, key, []byte(d.String()), keepNewest(d, yesterday))
			return d, nil
		}
		if !notOut(err) {
			return Date{}, err
		}
	}
	return expected(a.now().In(a.zone)), nil
}

// keepNewest keeps a "not yet" for as long as a person may be told so in vain.
func keepNewest(d, yesterday Date) time.Duration {
	if d == yesterday {
		return 24 * time.Hour
	}
	return time.Minute
}

// notOut reports whether the platform has nothing to say of the day. Its page leaves open whether a day that is not out
// yet is "data not found" or an "invalid date range".
func notOut(err error) bool {
	failure := new(Failure)
	return errors.As(err, &failure) && (failure.Reason == NoData || failure.Reason == BadRange)
}

// expected is the newest day that is out when the platform keeps its hour.
func expected(now time.Time) Date {
	d := DateOf(now).AddDays(-1)
	if now.Hour() < publishHour {
		d = d.AddDays(-1)
	}
	return d
}
