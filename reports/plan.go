package reports

import (
	"time"

	"usagebot/usage"
)

// lateAfter is how long after its slot a digest is marked late.
const lateAfter = time.Hour

// maxMissed bounds how many missed digests are entered for one subscription after an outage.
const maxMissed = 31

// plan says what is to be entered for a subscription that is due, and when it is due next. Of several missed digests
// only the newest goes out, and only within its grace; the rest are entered as skipped, so that the history tells.
func (e *Engine) plan(s Subscription, now time.Time, jitter time.Duration) (entries []Delivery, next time.Time, err error) {
	due := now.Add(-jitter) // slots up to here are due
	slot, err := s.Schedule.Latest(due)
	if err != nil {
		return nil, time.Time{}, err
	}
	first, err := firstSlot(s, now)
	if err != nil {
		return nil, time.Time{}, err
	}
	if due.Before(first) { // a pause ends within the jitter of a slot that fell into it
		due = first.Add(-1)
	}
	following, err := s.Schedule.Next(due)
	if err != nil {
		return nil, time.Time{}, err
	}
	next = following.At.Add(jitter)
	for !slot.At.Before(first) && len(entries) < maxMissed {
		entries = append(entries, e.entry(s, slot, jitter, now, len(entries) == 0))
		if slot, err = s.Schedule.Latest(slot.At.Add(-time.Second)); err != nil {
			return nil, time.Time{}, err
		}
	}
	return entries, next, nil
}

// firstSlot is the moment from which on a subscription's slots are entered. For an active one it is the slot that its next
// due was made of, whatever the jitter was then: slots lie further apart than any jitter. For a paused one it is the end of
// its pause: what fell into the pause is not missed, and what was due between its end and now is.
func firstSlot(s Subscription, now time.Time) (time.Time, error) {
	switch {
	case s.State == Paused && s.PausedUntil.IsZero(): // all that came before somebody resumed it fell into the pause
		return now, nil
	case s.State == Paused:
		return s.PausedUntil, nil
	}
	slot, err := s.Schedule.Latest(s.NextDue)
	return slot.At, err
}

// entry is the delivery of one slot.
func (e *Engine) entry(s Subscription, slot Slot, jitter time.Duration, now time.Time, newest bool) Delivery {
	due := slot.At.Add(jitter)
	d := Delivery{SubscriptionID: s.ID, Period: s.Schedule.PeriodFor(slot.Day, e.PlatformZone), Slot: due, State: Waiting, TryAt: due} // what was due first is first
	switch {
	case !newest:
		d.State, d.Reason, d.DoneAt = Skipped, Missed, now
	case now.After(graceEnd(s.Schedule.Cycle, d.Slot)):
		d.State, d.Reason, d.DoneAt = Skipped, TooLate, now
	}
	return d
}

// leastGrace is how long a digest may go out at least: one that is due at the end of its day may wait for its figures too.
const leastGrace = 2 * time.Hour

// graceEnd is until when a digest may still go out: a daily one within the day on which it was due, a weekly one within two
// days more, a monthly one within five. Its jitter may have brought it to the day after its slot's.
func graceEnd(c usage.Cycle, due time.Time) time.Time {
	days := map[usage.Cycle]int{usage.Daily: 1, usage.Weekly: 3, usage.Monthly: 6}[c]
	end := moment(usage.DateOf(due).AddDays(days), 0, 0, due.Location())
	if least := due.Add(leastGrace); least.After(end) {
		return least
	}
	return end
}

// graceOf is the end of a delivery's grace, told from when it was due or was asked for again.
func graceOf(s Subscription, d Delivery) (time.Time, error) {
	zone, err := s.Schedule.zone()
	if err != nil {
		return time.Time{}, err
	}
	return graceEnd(s.Schedule.Cycle, d.Slot.In(zone)), nil
}

// isLate reports whether a digest goes out more than an hour after it was due. One that was asked for again has a slot of
// its own, and was due when its period's schedule had it.
func (e *Engine) isLate(s Subscription, d Delivery, now time.Time, jitter time.Duration) bool {
	due := d.Slot
	if slot, ok := s.Schedule.slotOf(d.Period, e.PlatformZone); ok && slot.At.Add(jitter).Before(due) {
		due = slot.At.Add(jitter)
	}
	return now.Sub(due) > lateAfter
}

// slotOf returns the slot at which the schedule has a period go out, if it has one soon after the period's end.
func (s Schedule) slotOf(p usage.Period, platform *time.Location) (Slot, bool) {
	slot, err := s.Next(p.End().Over(platform).Add(-time.Second))
	for range mostBehind {
		if err != nil {
			return Slot{}, false
		}
		if s.PeriodFor(slot.Day, platform) == p {
			return slot, true
		}
		slot, err = s.Next(slot.At)
	}
	return Slot{}, false
}

// CarriesFriday reports whether a digest of the period is Monday's and carries Friday, and says so. In zones far from the
// platform's it is another day's.
func (s Schedule) CarriesFriday(p usage.Period, platform *time.Location) bool {
	return s.Cycle == usage.Daily && s.On == Workdays && p.Start.Weekday() == time.Friday && s.behind(p.Start, platform) == 1
}
