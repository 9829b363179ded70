package usage

import (
	"context"
	"fmt"
	"time"
)

// reach is how far an app's figures go.
type reach struct {
	// out is the newest day that is out: its figures say so, or its age. All that is said to be whole is whole by it.
	out Date
	// due is the newest day that ought to be out by the hour. It may come after out, and only says which period is meant.
	due Date
}

// Newest finds the newest day that is out for an app. The platform publishes an app's day as a whole, so one day's question
// about the whole app answers for every ability, department and cycle. No hour of the day stands in for figures.
func (a *Asker) Newest(ctx context.Context, appID string, share Share) (Date, error) {
	r, err := a.reach(ctx, appID, share, a.now().In(a.zone))
	return r.out, err
}

// Out reports whether a day is out: it goes by Newest, so that a digest and a card never disagree.
func (a *Asker) Out(ctx context.Context, appID string, day Date, share Share) (bool, error) {
	if !day.Before(a.today()) {
		return false, nil
	}
	newest, err := a.Newest(ctx, appID, share)
	return err == nil && !day.After(newest), err
}

func (a *Asker) reach(ctx context.Context, appID string, share Share, now time.Time) (r reach, err error) {
	if r.out, err = a.lastOut(ctx, look{a, appID, share, now}); err != nil {
		return reach{}, err
	}
	r.due = r.out
	if sinceMidnight(now) >= afternoon {
		r.due = DateOf(now).AddDays(-1)
	}
	return r, nil
}

// lastOut finds the newest day that is out, once for all who ask.
func (a *Asker) lastOut(ctx context.Context, l look) (Date, error) {
	today := DateOf(l.now)
	key := fmt.Sprintf("out:%s:%s", l.appID, today)
	if b, ok := a.cache.Get(ctx, key); ok {
		if d, err := ParseDate(string(b)); err == nil {
			return d, nil
		}
	}
	d, err := l.newest(ctx)
	if err != nil {
		return Date{}, err
	}
	a.cache.Put(ctx, key, []byte(d.String()), a.keepNewest(d, today))
	return d, nil
}

// keepNewest keeps a "not yet" for as long as a person may be told so in vain.
func (a *Asker) keepNewest(d, today Date) time.Duration {
	if d == today.AddDays(-1) {
		return 24 * time.Hour
	}
	return a.again
}
