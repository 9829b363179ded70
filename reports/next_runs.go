package reports

import (
	"context"
	"errors"
	"time"

	"usagebot/usage"
)

// Runs is when a subscription's next digests go out.
type Runs struct {
	At []time.Time
	// Sent is the period of a digest that was sent already although its time is still to come: the time was changed since,
	// or somebody had the digest sent before. It is not sent again. Zero when there is none.
	Sent usage.Period
}

// NextRuns returns the times of a subscription's next n digests, without its jitter. A card may promise these times: a delivery is stored at each of them, also if one for the same
// period was skipped or failed before.
func NextRuns(ctx context.Context, store DeliveryStore, s Subscription, c Calendar, now time.Time, n int) (runs Runs, err error) {
	today := usage.DateOf(now.In(c.Platform))
	for after := now; len(runs.At) < n; {
		slot, err := c.Next(s.Schedule, after)
		if err != nil {
			return runs, err
		}
		after = slot.At
		// A period that is not over has no delivery yet.
		if period := c.PeriodFor(s.Schedule, slot.Day); period.End().Before(today) {
			d, err := store.Delivery(ctx, s.ID, period)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return runs, err
			}
			if err == nil && !d.startsAnew() {
				runs.Sent = period
				continue
			}
		}
		runs.At = append(runs.At, slot.At)
	}
	return runs, nil
}

// startsAnew reports whether DeliveryStore.Open starts the delivery again when its period is due once more: nothing of it
// was handed to the platform.
func (d Delivery) startsAnew() bool {
	switch d.State {
	case Waiting:
		return d.SentAt.IsZero()
	case Skipped, Failed:
		return true
	}
	return false
}

// postponed reports whether the schedule was changed to a later time while the digest waited. It then goes out at that time,
// as its chat was told. A digest that somebody had sent at once has a slot after the change, and is not postponed.
func (c Calendar) postponed(s Subscription, d Delivery, now time.Time) bool {
	if !s.UpdatedAt.After(d.Slot) || !s.NextDue.After(now) {
		return false
	}
	slot, err := c.Latest(s.Schedule, s.NextDue)
	return err == nil && c.PeriodFor(s.Schedule, slot.Day) == d.Period
}
