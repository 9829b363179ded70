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

// Slot is one time at which a digest goes out, and the period that it carries.
type Slot struct {
	At     time.Time
	Day    usage.Date // the day of At in the schedule's zone
	Period usage.Period
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
	return Slot{At: moment(day, s.Hour, s.Min, zone), Day: day, Period: s.Carried(day)}, true
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

// Carried is the period that a digest of the day carries, and the newest that there is of the schedule on that day: the
// newest complete one. With workdays only it is the workday before: on Monday, and over the weekend, it is Friday.
func (s Schedule) Carried(day usage.Date) usage.Period {
	if s.Cycle != usage.Daily {
		return usage.PeriodOf(s.Cycle, day).Previous()
	}
	before := day.AddDays(-1)
	for s.On == Workdays && !isWorkday(before) {
		before = before.AddDays(-1)
	}
	return usage.PeriodOf(usage.Daily, before)
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
