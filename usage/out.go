package usage

import (
	"context"
	"errors"
	"time"
)

// DayState is what is known of a day of an app.
type DayState int

// The states of a day. The platform answers a day that nobody used as it may answer one that it still counts, with zeros
// or with "data not found". So only use tells that a day is published: its own, or that of a later day, since the
// platform publishes one day after the other. Without use a day is taken as it is once it is goneDays old.
const (
	NotPublished DayState = iota // nothing but "data not found"
	ZerosOnly                    // zeros, and no later day has use: nobody used the app, or the platform still counts
	Published                    // the day or a later one has use, or its figures would have come long ago
)

// verdict is what the platform says of a day of the whole app.
type verdict int

const (
	noData verdict = iota
	zeros
	use
)

func (a answer) verdict() verdict {
	switch {
	case a.NoData:
		return noData
	case a.Figures.idle():
		return zeros
	}
	return use
}

// probe asks what the platform says of a day of the whole app, and tells when it said so. Use is final; what else is
// remembered counts only if it was said at since or later.
func (a *Asker) probe(ctx context.Context, appID string, d Date, share Share, since time.Time) (verdict, time.Time, error) {
	q := question{Ask{AppID: appID, Ability: AppAbility, Cycle: Daily, Date: d}, d}
	if known, ok := a.recall(ctx, q); ok && known.verdict() == use {
		a.observe(true)
		return use, known.Asked, nil
	}
	q.through = Date{}
	known, err := a.answerSince(ctx, q, share, since)
	return known.verdict(), known.Asked, err
}

// notOut reports whether the platform has nothing to say of the day. Its page leaves open whether a day that is not out
// yet is "data not found" or an "invalid date range".
func notOut(err error) bool {
	failure := new(Failure)
	return errors.As(err, &failure) && (failure.Reason == NoData || failure.Reason == BadRange)
}

// idle reports whether the figures show no use: the total of all times says nothing of that.
func (f Figures) idle() bool {
	for metric, value := range f {
		if metric != TotalUsers && value > 0 {
			return false
		}
	}
	return true
}
