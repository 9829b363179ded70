package reports

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"usagebot/usage"
)

// Schedule is on which days, at what time and in which zone a digest goes out. Days are those of the zone's calendar, so
// that 10:30 stays 10:30 when clocks change.
type Schedule struct {
	Cycle usage.Cycle
	Hour  int    // 0 to 23
	Min   int    // 0 to 59
	On    On     // which days
	Zone  string // IANA name
}

// On is the choice of days, as people write it: "workdays" or "" (every day) for daily digests, "mon" to "sun" for weekly
// ones, "1" to "31" or "last" for monthly ones.
type On string

// The values of On that are neither a weekday nor a number.
const (
	EveryDay On = ""
	Workdays On = "workdays" // without weekends and public holidays, and with the weekend days that are worked instead
	LastDay  On = "last"
)

var weekdays = [...]On{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Weekday returns the value of On for a day of the week.
func Weekday(d time.Weekday) On { return weekdays[d] }

// DefaultOn returns when a digest goes out unless a day is given: every day, on Mondays, or on the 1st.
func DefaultOn(c usage.Cycle) On {
	switch c {
	case usage.Weekly:
		return Weekday(time.Monday)
	case usage.Monthly:
		return "1"
	}
	return EveryDay
}

// OnDays returns the values that On may have for a cycle.
func OnDays(c usage.Cycle) []On {
	switch c {
	case usage.Weekly:
		return append(append([]On{}, weekdays[1:]...), weekdays[0])
	case usage.Monthly:
		days := make([]On, 0, 32)
		for d := 1; d <= 31; d++ {
			days = append(days, On(strconv.Itoa(d)))
		}
		return append(days, LastDay)
	}
	return []On{EveryDay, Workdays}
}

// Check returns an error that says what is wrong with the schedule, or nil.
func (s Schedule) Check() error {
	if s.Hour < 0 || s.Hour > 23 || s.Min < 0 || s.Min > 59 {
		return fmt.Errorf("%02d:%02d is not a time of day", s.Hour, s.Min)
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" || s.Zone == "Local" {
		return fmt.Errorf("%q is not a time zone", s.Zone)
	}
	for _, on := range OnDays(s.Cycle) {
		if on == s.On {
			return nil
		}
	}
	return fmt.Errorf("%q is not a day for a %s digest", s.On, s.Cycle)
}

// Calendar is what schedules are read by: the zone of the platform's days, and which days are worked.
type Calendar struct {
	Platform *time.Location
	Workdays *usage.Workdays
}

// Slot is one time at which a digest goes out. Calendar.PeriodFor returns the period of its digest.
type Slot struct {
	At  time.Time
	Day usage.Date // the day of At in the schedule's zone
}

// maxGap is more days than two slots can lie apart: from one 31st to the next.
const maxGap = 64

// Next returns the first slot after the given time.
func (c Calendar) Next(s Schedule, after time.Time) (Slot, error) {
	zone, err := s.zone()
	if err != nil {
		return Slot{}, err
	}
	day := usage.DateOf(after.In(zone))
	for range maxGap {
		if slot, ok := c.slot(s, day, zone); ok && slot.At.After(after) {
			return slot, nil
		}
		day = day.AddDays(1)
	}
	return Slot{}, fmt.Errorf("a %s schedule on %q has no next slot", s.Cycle, s.On)
}

// Latest returns the last slot that is not after the given time.
func (c Calendar) Latest(s Schedule, until time.Time) (Slot, error) {
	zone, err := s.zone()
	if err != nil {
		return Slot{}, err
	}
	day := usage.DateOf(until.In(zone))
	for range maxGap {
		if slot, ok := c.slot(s, day, zone); ok && !slot.At.After(until) {
			return slot, nil
		}
		day = day.AddDays(-1)
	}
	return Slot{}, fmt.Errorf("a %s schedule on %q has no slot before", s.Cycle, s.On)
}

func (s Schedule) zone() (*time.Location, error) {
	zone, err := time.LoadLocation(s.Zone)
	if err != nil {
		return nil, fmt.Errorf("loading the time zone %q: %w", s.Zone, err)
	}
	return zone, nil
}

// slot returns the day's slot, if the day has one.
func (c Calendar) slot(s Schedule, day usage.Date, zone *time.Location) (Slot, bool) {
	if !c.includes(s, day) {
		return Slot{}, false
	}
	return Slot{At: timeOn(day, s.Hour, s.Min, zone), Day: day}, true
}

// includes reports whether a digest goes out on the day. In a month that is too short for the chosen day it goes out on the
// last.
func (c Calendar) includes(s Schedule, day usage.Date) bool {
	switch s.Cycle {
	case usage.Daily:
		return s.On != Workdays || c.Workdays.IsWorkday(day)
	case usage.Weekly:
		return Weekday(day.Weekday()) == s.On
	}
	last := usage.PeriodOf(usage.Monthly, day).End().Day
	wanted, err := strconv.Atoi(strings.TrimSpace(string(s.On)))
	if s.On == LastDay || err == nil && wanted > last {
		wanted = last
	}
	return day.Day == wanted
}

// PeriodFor returns the period of the digest that goes out on the day: the newest one that is over by then where the
// platform counts its days, and whose figures are usually published by then or by the early afternoon. Mostly that is the
// period of the day before. On workdays it is the workday before, such as Friday on Monday and over the weekend.
func (c Calendar) PeriodFor(s Schedule, day usage.Date) usage.Period {
	behind := s.behind(day, c.Platform)
	if s.Cycle != usage.Daily {
		// The grace of these digests lasts for days, so they wait for the figures of a week or month that has just ended.
		if s.Cycle == usage.Monthly && s.On != LastDay && s.On != "31" {
			// The 28th is the last day of some months only. The digest of such a month goes out with the next one, as in all
			// other months.
			behind = 1
		}
		return usage.PeriodOf(s.Cycle, day.AddDays(1-min(behind, 1))).Previous()
	}
	if s.On != Workdays {
		return usage.PeriodOf(usage.Daily, day.AddDays(-behind))
	}
	if !c.Workdays.IsWorkday(day) {
		behind = max(behind, 1)
	}
	for range behind {
		if before, ok := c.Workdays.Previous(day); ok {
			day = before
		}
	}
	return usage.PeriodOf(usage.Daily, day)
}

const (
	// usualWait is the hour until which a daily digest may have to wait for figures that are published at their usual hour.
	// Figures that come later belong to the next digest: otherwise the digest would be late every day.
	usualWait = 14
	// maxBehind is the most days that a digest's period can lie before its day: no two zones are over 26 hours apart.
	maxBehind = 3
)

// behind returns how many days before a digest's day the newest day lies that it can report: 0 west of the platform in the
// evening, mostly 1, and 2 far to the east in the morning. It is the same on all days of a year, although clocks change
// meanwhile, so that each day is reported by exactly one digest.
func (s Schedule) behind(day usage.Date, platform *time.Location) int {
	zone, err := s.zone()
	if err != nil || zone.String() == platform.String() {
		return 1
	}
	behind := 0
	for month := time.January; month <= time.December; month++ {
		for _, d := range []int{1, 15} { // some zones change their clocks for one month only
			behind = max(behind, s.behindOn(usage.NewDate(day.Year, month, d), zone, platform))
		}
	}
	return behind
}

// behindOn is behind for one day alone.
func (s Schedule) behindOn(day usage.Date, zone, platform *time.Location) int {
	at := timeOn(day, s.Hour, s.Min, zone)
	awaited := timeOn(day, usualWait, 0, zone)
	for behind := range maxBehind {
		newest := day.AddDays(-behind)
		out := newest.Published(platform)
		if !newest.Over(platform).After(at) && (!out.After(at) || !out.After(awaited)) {
			return behind
		}
	}
	return maxBehind
}

// timeOn returns when clocks in the zone show the time on the day. If they show it twice, it is the first time. If they skip
// it, it is as long after the jump as the time lies after the jump's start, so that every day has its digest.
func timeOn(day usage.Date, hour, minute int, zone *time.Location) time.Time {
	wall := time.Date(day.Year, day.Month, day.Day, hour, minute, 0, 0, time.UTC)
	at := func(offset int) time.Time { return wall.Add(-time.Duration(offset) * time.Second).In(zone) }
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	// The offset from before a change is right for times before it, and gives the first of two equal times.
	if t := at(before); t.Hour() == hour && t.Minute() == minute {
		return t
	}
	if t := at(after); t.Hour() == hour && t.Minute() == minute {
		return t
	}
	return at(before)
}

// planner decides what is due, by the zones and hours that are set.
type planner struct {
	Calendar
	zone     *time.Location // of subscriptions whose own zone is not known
	deadline time.Duration  // READINESS_DEADLINE, since midnight
}

const (
	// lateAfter is how long after its slot a digest is marked late.
	lateAfter = time.Hour
	// maxMissed bounds how many missed digests are stored for one subscription after an outage.
	maxMissed = 31
	// minGrace is how long a digest may go out at least, so that one due at the end of its day can wait for its figures.
	minGrace = 2 * time.Hour
)

// plan returns the deliveries of a subscription that is due, and when it is due next. Of several missed digests only the
// newest goes out, and only within its grace; the others are stored as skipped, so that the history shows them.
func (p planner) plan(s Subscription, now time.Time, jitter time.Duration) (entries []Delivery, next time.Time, err error) {
	due := now.Add(-jitter) // slots up to here are due
	slot, err := p.Latest(s.Schedule, due)
	if err != nil {
		return nil, time.Time{}, err
	}
	first, err := p.firstSlot(s, now)
	if err != nil {
		return nil, time.Time{}, err
	}
	if due.Before(first) { // a pause ended within the jitter of a slot that fell into it
		due = first.Add(-1)
	}
	following, err := p.Next(s.Schedule, due)
	if err != nil {
		return nil, time.Time{}, err
	}
	next = following.At.Add(jitter)
	for !slot.At.Before(first) && len(entries) < maxMissed {
		entries = append(entries, p.entry(s, slot, jitter, now, len(entries) == 0))
		if slot, err = p.Latest(s.Schedule, slot.At.Add(-time.Second)); err != nil {
			return nil, time.Time{}, err
		}
	}
	return entries, next, nil
}

// firstSlot returns the time from which on a subscription's slots are due. For an active one it is the slot that its next
// due was computed from, whatever the jitter was then: slots lie further apart than any jitter. For a paused one it is the
// end of the pause: slots within the pause are not missed, and those between its end and now are due.
func (c Calendar) firstSlot(s Subscription, now time.Time) (time.Time, error) {
	switch {
	case s.State == Paused && s.PausedUntil.IsZero(): // all slots so far fell into the pause
		return now, nil
	case s.State == Paused:
		return s.PausedUntil, nil
	}
	slot, err := c.Latest(s.Schedule, s.NextDue)
	return slot.At, err
}

// entry returns the delivery of one slot.
func (p planner) entry(s Subscription, slot Slot, jitter time.Duration, now time.Time, newest bool) Delivery {
	due := slot.At.Add(jitter)
	d := Delivery{
		SubscriptionID: s.ID, Period: p.PeriodFor(s.Schedule, slot.Day), Slot: due, State: Waiting,
		TryAt: due, // deliveries are claimed in the order in which they were due
	}
	switch {
	case !newest:
		d.State, d.Reason, d.DoneAt = Skipped, Missed, now
	case now.After(graceEnd(s.Schedule.Cycle, d.Slot)):
		d.State, d.Reason, d.DoneAt = Skipped, TooLate, now
	}
	return d
}

// graceEnd returns until when a digest may still go out: a daily one within the day on which it was due, a weekly one within
// two days more, a monthly one within five. due includes the jitter, which may lead to the day after the slot's.
func graceEnd(c usage.Cycle, due time.Time) time.Time {
	days := map[usage.Cycle]int{usage.Daily: 1, usage.Weekly: 3, usage.Monthly: 6}[c]
	end := timeOn(usage.DateOf(due).AddDays(days), 0, 0, due.Location())
	if least := due.Add(minGrace); least.After(end) {
		return least
	}
	return end
}

// isLate reports whether a digest goes out more than an hour after it was due. A digest that somebody asked for again has
// the slot of that moment, but was due when the schedule had its period go out.
func (p planner) isLate(s Subscription, d Delivery, now time.Time, jitter time.Duration) bool {
	due := d.Slot
	if slot, ok := p.slotOf(s.Schedule, d.Period); ok && slot.At.Add(jitter).Before(due) {
		due = slot.At.Add(jitter)
	}
	return now.Sub(due) > lateAfter
}

// figuresDeadline returns when a delivery's figures should be published: at READINESS_DEADLINE on the day after its period,
// in the zone of the platform's days. The subscriber's own zone says nothing about when the platform publishes.
func (p planner) figuresDeadline(d Delivery) time.Time {
	hour, minute := int(p.deadline/time.Hour), int(p.deadline%time.Hour/time.Minute)
	return timeOn(d.Period.End().AddDays(1), hour, minute, p.Platform)
}

// zoneOf returns the zone of a subscription's days.
func (p planner) zoneOf(s Subscription) *time.Location {
	if zone, err := s.Schedule.zone(); err == nil {
		return zone
	}
	return p.zone
}

// slotOf returns the slot at which the schedule has a period go out, if there is one soon after the period's end.
func (c Calendar) slotOf(s Schedule, p usage.Period) (Slot, bool) {
	slot, err := c.Next(s, p.End().Over(c.Platform).Add(-time.Second))
	for range maxBehind {
		if err != nil {
			return Slot{}, false
		}
		if c.PeriodFor(s, slot.Day) == p {
			return slot, true
		}
		slot, err = c.Next(s, slot.At)
	}
	return Slot{}, false
}

// CarriesLastWorkday reports whether the digest of the period reports the last workday over days off, which its card then says:
// Friday on Monday, or the day before a holiday after it. In zones far from the platform's, a digest may report an earlier day.
func (c Calendar) CarriesLastWorkday(s Schedule, p usage.Period) bool {
	if s.Cycle != usage.Daily || s.On != Workdays {
		return false
	}
	slot, ok := c.slotOf(s, p)
	if !ok || slot.Day.AddDays(-1) == p.Start {
		return false
	}
	last, ok := c.Workdays.Previous(slot.Day)
	return ok && last == p.Start
}
