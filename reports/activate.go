package reports

import (
	"context"
	"errors"
	"time"

	"usagebot/usage"
)

// Activate lets a subscription's digests go out from now on. It is the one way in which a subscription begins, is resumed,
// is subscribed to again or comes back with its chat. by is the person who does so, empty where nobody does: where the
// former owner lost the right to see the figures, that person answers for the subscription from now on. It is for the
// caller to check that the person may see them. If a pause has ended by itself meanwhile, what has become due since then is
// not lost.
func (s *Subscription) Activate(now time.Time, spread time.Duration, by string) error {
	jitter := Jitter(s.ID, spread)
	from := now.Add(-jitter)
	if ended := s.PausedUntil.Add(-time.Second); s.State == Paused && !s.PausedUntil.IsZero() && ended.Before(from) {
		from = ended
	}
	slot, err := s.Schedule.Next(from)
	if err != nil {
		return err
	}
	if s.Reason == NotAllowed && by != "" {
		s.OwnerID = by
	}
	s.State, s.Reason, s.PausedUntil, s.Refusals = Active, "", time.Time{}, 0
	s.NextDue = slot.At.Add(jitter)
	return nil
}

// Runs is when a subscription's next digests go out.
type Runs struct {
	At []time.Time
	// Sent is the period of a digest whose time is still to come and that was sent already, since the time was changed
	// or somebody had it sent before. It is not sent again. Zero when there is none.
	Sent usage.Period
}

// NextRuns returns the times of a subscription's next digests, without its jitter. platform is the zone in which the platform
// counts its days. A card may promise them: each of their
// deliveries is entered then, also if one for the same period was skipped or failed.
func NextRuns(ctx context.Context, ledger DeliveryStore, s Subscription, platform *time.Location, now time.Time, n int) (runs Runs, err error) {
	today := usage.DateOf(now.In(platform))
	for after := now; len(runs.At) < n; {
		slot, err := s.Schedule.Next(after)
		if err != nil {
			return runs, err
		}
		after = slot.At
		// A period that is not over has no digest yet.
		if carried := s.Schedule.PeriodFor(slot.Day, platform); carried.End().Before(today) {
			d, err := ledger.Delivery(ctx, s.ID, carried)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return runs, err
			}
			if err == nil && !d.enteredAgain() {
				runs.Sent = carried
				continue
			}
		}
		runs.At = append(runs.At, slot.At)
	}
	return runs, nil
}

// enteredAgain reports whether Open lets the delivery begin anew when its period is due once more: nothing of it was handed
// to the platform.
func (d Delivery) enteredAgain() bool {
	switch d.State {
	case Waiting:
		return d.SentAt.IsZero()
	case Skipped, Failed:
		return true
	}
	return false
}

// moved reports whether the time of a digest was changed to a later one while the digest waited: then it goes out at that
// time, as its chat was told. One that somebody had sent at once has a slot after the change, and is not held up.
func moved(s Subscription, d Delivery, platform *time.Location, now time.Time) bool {
	if !s.UpdatedAt.After(d.Slot) || !s.NextDue.After(now) {
		return false
	}
	slot, err := s.Schedule.Latest(s.NextDue)
	return err == nil && s.Schedule.PeriodFor(slot.Day, platform) == d.Period
}
