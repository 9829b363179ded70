package reports

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"usagebot/usage"
)

func TestNext(t *testing.T) {
	t.Parallel()
	const shanghai, newYork, lordHowe, apia = "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"
	tests := []struct {
		name     string
		schedule Schedule
		after    string // RFC 3339
		want     []string
		carries  []string // the first day of each period
	}{
		{"every day", Schedule{usage.Daily, 10, 30, EveryDay, shanghai}, "2026-11-23T10:30:00+08:00", []string{"2026-11-24T10:30:00+08:00", "2026-11-25T10:30:00+08:00"}, []string{"2026-11-23", "2026-11-24"}},
		{"a second before", Schedule{usage.Daily, 10, 30, EveryDay, shanghai}, "2026-11-23T10:29:59+08:00", []string{"2026-11-23T10:30:00+08:00"}, []string{"2026-11-22"}},
		{"Monday of workdays carries Friday", Schedule{usage.Daily, 10, 30, Workdays, shanghai}, "2026-11-20T12:00:00+08:00", []string{"2026-11-23T10:30:00+08:00", "2026-11-24T10:30:00+08:00"}, []string{"2026-11-20", "2026-11-23"}},
		{"every Monday", Schedule{usage.Weekly, 10, 30, "mon", shanghai}, "2026-11-23T10:30:00+08:00", []string{"2026-11-30T10:30:00+08:00"}, []string{"2026-11-23"}},
		{"every Sunday carries the week before", Schedule{usage.Weekly, 10, 30, "sun", shanghai}, "2026-11-23T10:30:00+08:00", []string{"2026-11-29T10:30:00+08:00"}, []string{"2026-11-16"}},
		{"the 1st", Schedule{usage.Monthly, 10, 30, "1", shanghai}, "2026-11-23T00:00:00+08:00", []string{"2026-12-01T10:30:00+08:00", "2027-01-01T10:30:00+08:00"}, []string{"2026-11-01", "2026-12-01"}},
		{"the 31st is the last where a month is shorter", Schedule{usage.Monthly, 10, 30, "31", shanghai}, "2027-01-31T10:30:00+08:00", []string{"2027-02-28T10:30:00+08:00", "2027-03-31T10:30:00+08:00", "2027-04-30T10:30:00+08:00"}, []string{"2027-01-01", "2027-02-01", "2027-03-01"}},
		{"the 30th in a leap February", Schedule{usage.Monthly, 10, 30, "30", shanghai}, "2028-02-01T00:00:00+08:00", []string{"2028-02-29T10:30:00+08:00", "2028-03-30T10:30:00+08:00"}, []string{"2028-01-01", "2028-02-01"}},
		{"the last day", Schedule{usage.Monthly, 10, 30, LastDay, shanghai}, "2028-02-01T00:00:00+08:00", []string{"2028-02-29T10:30:00+08:00", "2028-03-31T10:30:00+08:00"}, []string{"2028-01-01", "2028-02-01"}},
		{"02:30 on the day that skips it", Schedule{usage.Daily, 2, 30, EveryDay, newYork}, "2026-03-07T12:00:00-05:00", []string{"2026-03-08T03:30:00-04:00", "2026-03-09T02:30:00-04:00"}, []string{"2026-03-07", "2026-03-08"}},
		{"01:30 on the day that has it twice", Schedule{usage.Daily, 1, 30, EveryDay, newYork}, "2026-10-31T12:00:00-04:00", []string{"2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"}, []string{"2026-10-31", "2026-11-01"}},
		{"10:30 stays 10:30 in spring", Schedule{usage.Weekly, 10, 30, "mon", newYork}, "2026-03-03T00:00:00-05:00", []string{"2026-03-09T10:30:00-04:00"}, []string{"2026-03-02"}},
		{"a change of half an hour", Schedule{usage.Daily, 2, 15, EveryDay, lordHowe}, "2026-10-03T12:00:00+10:30", []string{"2026-10-04T02:45:00+11:00", "2026-10-05T02:15:00+11:00"}, []string{"2026-10-03", "2026-10-04"}},
		{"midnight", Schedule{usage.Daily, 0, 0, EveryDay, shanghai}, "2026-12-31T23:59:59+08:00", []string{"2027-01-01T00:00:00+08:00"}, []string{"2026-12-31"}},
		{"across the date line's missing day", Schedule{usage.Weekly, 9, 0, "mon", apia}, "2011-12-28T00:00:00-10:00", []string{"2012-01-02T09:00:00+14:00"}, []string{"2011-12-26"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := tt.schedule.Check(); err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range tt.want {
				slot, err := tt.schedule.Next(at)
				if err != nil {
					t.Fatal(err)
				}
				if got := slot.At.Format(time.RFC3339); got != want || slot.Period.Start.String() != tt.carries[i] {
					t.Fatalf("slot %d: %s carries %s, want %s and %s", i, got, slot.Period.Start, want, tt.carries[i])
				}
				latest, err := tt.schedule.Latest(slot.At)
				if err != nil || !latest.At.Equal(slot.At) || latest.Period != slot.Period {
					t.Errorf("the latest slot at its own moment is %v, %v, want %v", latest, err, slot)
				}
				at = slot.At
			}
		})
	}
}

// TestEachPeriodHasOneSlot walks years of slots in zones with every kind of change: no period is left out, none comes
// twice, and each is over when it is carried.
func TestEachPeriodHasOneSlot(t *testing.T) {
	t.Parallel()
	zones := []string{"Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		cycle := rapid.SampledFrom(usage.Cycles()).Draw(t, "cycle")
		s := Schedule{
			Cycle: cycle, Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Min: rapid.IntRange(0, 59).Draw(t, "min"),
			On: rapid.SampledFrom(OnDays(cycle)).Draw(t, "on"), Zone: rapid.SampledFrom(zones).Draw(t, "zone"),
		}
		zone, err := time.LoadLocation(s.Zone)
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 1500).Draw(t, "days"))
		slot, err := s.Next(at)
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			next, err := s.Next(slot.At)
			if err != nil || !next.At.After(slot.At) {
				t.Fatalf("%v: after %v comes %v, %v", s, slot.At, next.At, err)
			}
			if s.On != Workdays && next.Period != slot.Period.Next() {
				t.Fatalf("%v: after %v comes %v", s, slot.Period, next.Period)
			}
			if day := next.At.In(zone); !fallsOn(s.On, day) || usage.DateOf(day) != next.Day {
				t.Fatalf("%v: the next is on %v", s, day)
			}
			if !next.Period.End().Before(next.Day) {
				t.Fatalf("%v: on %v the period %v is not over", s, next.Day, next.Period)
			}
			slot = next
		}
	})
}

// fallsOn tells from a calendar of its own whether a digest may go out on a day.
func fallsOn(on On, day time.Time) bool {
	last := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	switch on {
	case EveryDay:
		return true
	case Workdays:
		return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
	case LastDay:
		return day.Day() == last
	}
	if n, err := strconv.Atoi(string(on)); err == nil {
		return day.Day() == min(n, last)
	}
	return strings.HasPrefix(strings.ToLower(day.Weekday().String()), string(on))
}

// TestNext_EachWeekday holds each word for a day of the week to its date.
func TestNext_EachWeekday(t *testing.T) {
	t.Parallel()
	sunday := time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)
	for i, on := range []On{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		slot, err := Schedule{usage.Weekly, 10, 30, on, "UTC"}.Next(sunday)
		if want := time.Date(2026, 11, 23+i, 10, 30, 0, 0, time.UTC); err != nil || !slot.At.Equal(want) {
			t.Errorf("on %s: %v, %v, want %v", on, slot.At, err, want)
		}
		if got := Weekday(time.Weekday((i + 1) % 7)); got != on {
			t.Errorf("the word for %s is %s", on, got)
		}
	}
}

// TestNext_WestOfGreenwich: in the evening the day of UTC is tomorrow's already.
func TestNext_WestOfGreenwich(t *testing.T) {
	t.Parallel()
	at, err := time.Parse(time.RFC3339, "2026-11-23T20:30:00-05:00")
	if err != nil {
		t.Fatal(err)
	}
	s := Schedule{usage.Daily, 22, 0, EveryDay, "America/New_York"}
	next, err := s.Next(at)
	if got := next.At.Format(time.RFC3339); err != nil || got != "2026-11-23T22:00:00-05:00" || next.Period.Start.String() != "2026-11-22" {
		t.Errorf("next: %s, %v, %v", got, next.Period, err)
	}
	latest, err := s.Latest(at.Add(2 * time.Hour))
	if err != nil || !latest.At.Equal(next.At) {
		t.Errorf("latest: %v, %v", latest, err)
	}
}

func TestCheckSchedule(t *testing.T) {
	t.Parallel()
	good := Schedule{usage.Weekly, 10, 30, "mon", "Asia/Shanghai"}
	for name, bad := range map[string]func(*Schedule){
		"24:00": func(s *Schedule) { s.Hour = 24 }, "-1": func(s *Schedule) { s.Min = -1 }, "a day of the month for a week": func(s *Schedule) { s.On = "15" },
		"no zone": func(s *Schedule) { s.Zone = "" }, "a zone that is not": func(s *Schedule) { s.Zone = "Mars/Olympus" },
		"the machine's zone": func(s *Schedule) { s.Zone = "Local" }, "workdays of a month": func(s *Schedule) { s.Cycle, s.On = usage.Monthly, Workdays },
		"the 32nd": func(s *Schedule) { s.Cycle, s.On = usage.Monthly, "32" },
	} {
		s := good
		bad(&s)
		if s.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
}
