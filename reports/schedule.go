package reports

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"usagebot/usage"
)

// Schedule says on which days, at what time and in which zone a digest goes out. Days are told by the calendar of the
// zone, so that 10:30 stays 10:30 when clocks change.
type Schedule struct {
	Cycle usage.Cycle
	Hour  int    // 0 to 23
	Min   int    // 0 to 59
	On    On     // which days
	Zone  string // IANA name
}

// On is the choice of days, in the form in which people write it: "workdays" or "" (every day) for daily; "mon" to "sun"
// for weekly; "1" to "31" or "last" for monthly.
type On string

// The words of On that are no number.
const (
	EveryDay On = ""
	Workdays On = "workdays" // Monday to Friday
	LastDay  On = "last"
)

var weekdays = [...]On{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Weekday returns the On of a day of the week.
func Weekday(d time.Weekday) On { return weekdays[d] }

// DefaultOn is the day on which a digest goes out unless something else is said: every day, Monday, the 1st.
func DefaultOn(c usage.Cycle) On {
	switch c {
	case usage.Weekly:
		return Weekday(time.Monday)
	case usage.Monthly:
		return "1"
	}
	return EveryDay
}

// OnDays returns what On may be for a cycle.
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

// Check reports what is wrong with the schedule, or nil.
func (s Schedule) Check() error {
	if s.Hour < 0 || s.Hour > 23 || s.Min < 0 || s.Min > 59 {
		return fmt.Errorf("%02d:%02d is no time of day", s.Hour, s.Min)
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "" || s.Zone == "Local" {
		return fmt.Errorf("%q is no time zone", s.Zone)
	}
	for _, on := range OnDays(s.Cycle) {
		if on == s.On {
			return nil
		}
	}
	return fmt.Errorf("%q is no day for a %s digest", s.On, s.Cycle)
}

// Slot is one time at which a digest goes out. Carried tells which period it carries.
type Slot struct {
	At  time.Time
	Day usage.Date // the day of At in the schedule's zone
}

// maxGap is the longest that two slots can lie apart, in days: from one 31st to another, with room.
const maxGap = 64

// Next returns the first slot after a moment.
func (s Schedule) Next(after time.Time) (Slot, error) {
	zone, err := s.zone()
	if err != nil {
		return Slot{}, err
	}
	day := usage.DateOf(after.In(zone))
	for range maxGap {
		if slot, ok := s.slot(day, zone); ok && slot.At.After(after) {
			return slot, nil
		}
		day = day.AddDays(1)
	}
	return Slot{}, fmt.Errorf("a %s schedule on %q has no next slot", s.Cycle, s.On)
}

// Latest returns the last slot that is not after a moment.
func (s Schedule) Latest(moment time.Time) (Slot, error) {
	zone, err := s.zone()
	if err != nil {
		return Slot{}, err
	}
	day := usage.DateOf(moment.In(zone))
	for range maxGap {
		if slot, ok := s.slot(day, zone); ok && !slot.At.After(moment) {
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
func (s Schedule) slot(day usage.Date, zone *time.Location) (Slot, bool) {
	if !s.falls(day) {
		return Slot{}, false
	}
	return Slot{At: moment(day, s.Hour, s.Min, zone), Day: day}, true
}

// falls reports whether a digest goes out on the day. In a month that has no such day it goes out on the last.
func (s Schedule) falls(day usage.Date) bool {
	switch s.Cycle {
	case usage.Daily:
		return s.On != Workdays || isWorkday(day)
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

func isWorkday(day usage.Date) bool {
	d := day.Weekday()
	return d != time.Saturday && d != time.Sunday
}

// PeriodFor is the period that a digest of a day carries: the newest that is complete by then where the platform counts its
// days, and whose figures are usually out by then or by the early afternoon. Mostly it is that of the day before. With
// workdays only it is the workday before: on Monday, and over the weekend, it is Friday.
func (s Schedule) PeriodFor(day usage.Date, platform *time.Location) usage.Period {
	behind := s.behind(day, platform)
	if s.Cycle != usage.Daily {
		// Its grace lasts for days, so that it waits for a week or month which has ended rather than carry an older one.
		if s.Cycle == usage.Monthly && s.On != LastDay && s.On != "31" {
			behind = 1 // the 28th ends some months only: a month that it ends is left to the next digest, as other months are
		}
		return usage.PeriodOf(s.Cycle, day.AddDays(1-min(behind, 1))).Previous()
	}
	if s.On != Workdays {
		return usage.PeriodOf(usage.Daily, day.AddDays(-behind))
	}
	for behind > 0 || !isWorkday(day) {
		if day = day.AddDays(-1); isWorkday(day) {
			behind--
		}
	}
	return usage.PeriodOf(usage.Daily, day)
}

const (
	// usualWait is the time of day until which a daily digest may have to wait for figures that come at their usual hour.
	// What comes later is the next digest's: otherwise the digest would be late every day.
	usualWait = 14
	// mostBehind is the most days that a digest's day can be ahead of what it carries: no two zones are over 26 hours apart.
	mostBehind = 3
)

// behind is how many days before a digest's day the newest day lies that it can carry: 0 west of the platform in the
// evening, 1 mostly, 2 far to the east in the morning. It is the same on all days of a year, whatever the clocks do
// meanwhile, so that each day is carried by one digest and by no other.
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

func (s Schedule) behindOn(day usage.Date, zone, platform *time.Location) int {
	at := moment(day, s.Hour, s.Min, zone)
	awaited := moment(day, usualWait, 0, zone)
	for behind := range mostBehind {
		newest := day.AddDays(-behind)
		out := newest.Published(platform)
		if !newest.Over(platform).After(at) && (!out.After(at) || !out.After(awaited)) {
			return behind
		}
	}
	return mostBehind
}

// moment is when clocks in the zone show the time on the day. Where they show it twice it is the first time; where they
// skip it, it is as long after the jump as the time lies after its beginning, so that no day is without its digest.
func moment(day usage.Date, hour, minute int, zone *time.Location) time.Time {
	wall := time.Date(day.Year, day.Month, day.Day, hour, minute, 0, 0, time.UTC)
	at := func(offset int) time.Time { return wall.Add(-time.Duration(offset) * time.Second).In(zone) }
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	// With the offset from before a change the moment is right before it and, where the time comes twice, the first.
	if t := at(before); t.Hour() == hour && t.Minute() == minute {
		return t
	}
	if t := at(after); t.Hour() == hour && t.Minute() == minute {
		return t
	}
	return at(before)
}
