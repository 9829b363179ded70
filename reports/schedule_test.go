package reports

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"usagebot/usage"
)

// china returns the calendar of a platform whose days are those of a zone, with China's public holidays.
func china(platform *time.Location) Calendar {
	return Calendar{Platform: platform, Workdays: chinasWorkdays()}
}

var chinasWorkdays = sync.OnceValue(func() *usage.Workdays { return usage.NewWorkdays(usage.China) })

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
		{"before a holiday, after it, and a Saturday that is worked", Schedule{usage.Daily, 10, 30, Workdays, shanghai}, "2026-09-29T12:00:00+08:00", []string{"2026-09-30T10:30:00+08:00", "2026-10-08T10:30:00+08:00", "2026-10-09T10:30:00+08:00", "2026-10-10T10:30:00+08:00", "2026-10-12T10:30:00+08:00"}, []string{"2026-09-29", "2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10"}},
		{"a year whose holidays are not known", Schedule{usage.Daily, 10, 30, Workdays, shanghai}, "2028-09-29T12:00:00+08:00", []string{"2028-10-02T10:30:00+08:00"}, []string{"2028-09-29"}},
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
				slot, err := china(at.Location()).Next(tt.schedule, at)
				if err != nil {
					t.Fatal(err)
				}
				calendar := china(slot.At.Location())
				period := calendar.PeriodFor(tt.schedule, slot.Day)
				if got := slot.At.Format(time.RFC3339); got != want || period.Start.String() != tt.carries[i] {
					t.Fatalf("slot %d: %s carries %s, want %s and %s", i, got, period.Start, want, tt.carries[i])
				}
				latest, err := calendar.Latest(tt.schedule, slot.At)
				if err != nil || !latest.At.Equal(slot.At) || latest.Day != slot.Day {
					t.Errorf("the latest slot at its own moment is %v, %v, want %v", latest, err, slot)
				}
				at = slot.At
			}
		})
	}
}

// TestSchedule_EachPeriod_OneSlot walks through years of slots in zones from the farthest west to the farthest east, with
// every kind of clock change: each period has exactly one slot. At a daily slot the period is over where the platform counts
// its days, and its figures are usually published by then or by two in the afternoon.
func TestSchedule_EachPeriod_OneSlot(t *testing.T) {
	t.Parallel()
	zones := []string{
		"Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu", "UTC",
		"Pacific/Pago_Pago", "Pacific/Honolulu", "America/Los_Angeles", "America/St_Johns", "Africa/Casablanca", "Europe/Berlin", "Asia/Tokyo",
		"Australia/Sydney", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Kiritimati",
	}
	platforms := []string{"Asia/Shanghai", "Asia/Shanghai", "America/New_York", "Pacific/Pago_Pago", "Pacific/Kiritimati"}
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
		platform, err := time.LoadLocation(rapid.SampledFrom(platforms).Draw(t, "platform"))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 1500).Draw(t, "days"))
		calendar := china(platform)
		slot, err := calendar.Next(s, at)
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			next, err := calendar.Next(s, slot.At)
			if err != nil || !next.At.After(slot.At) {
				t.Fatalf("%v: after %v comes %v, %v", s, slot.At, next.At, err)
			}
			was, is := calendar.PeriodFor(s, slot.Day), calendar.PeriodFor(s, next.Day)
			following := was.Next()
			for s.On == Workdays && !calendar.Workdays.IsWorkday(following.Start) {
				following = following.Next()
			}
			if day := next.At.In(zone); !fallsOn(s.On, day) || usage.DateOf(day) != next.Day {
				t.Fatalf("%v: the next is on %v", s, day)
			}
			if !is.End().Before(next.Day) && !is.End().Over(platform).Before(next.At) {
				t.Fatalf("%v: on %v the period %v is not over", s, next.Day, is)
			}
			if is != following {
				t.Fatalf("%v: after %v comes %v", s, was, is)
			}
			awaited := timeOn(next.Day, 14, 0, next.At.Location())
			if out := is.End().Published(platform); cycle == usage.Daily && (is.End().Over(platform).After(next.At) || out.After(next.At) && out.After(awaited)) {
				t.Fatalf("%v: at %v it carries %v, which is usually out at %v", s, next.At, is, out)
			}
			if end := graceEnd(cycle, next.At); is.End().Published(platform).After(end) {
				t.Fatalf("%v: at %v it carries %v, which cannot be out before %v", s, next.At, is, end)
			}
			slot = next
		}
	})
}

// fallsOn computes independently of Schedule whether a digest goes out on a day.
func fallsOn(on On, day time.Time) bool {
	last := time.Date(day.Year(), day.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
	switch on {
	case EveryDay:
		return true
	case Workdays:
		for _, special := range chinasWorkdays().In(day.Year()) {
			if special.Date == usage.DateOf(day) {
				return special.Work
			}
		}
		return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
	case LastDay:
		return day.Day() == last
	}
	if n, err := strconv.Atoi(string(on)); err == nil {
		return day.Day() == min(n, last)
	}
	return strings.HasPrefix(strings.ToLower(day.Weekday().String()), string(on))
}

// TestNext_EachWeekday checks the word for each day of the week.
func TestNext_EachWeekday(t *testing.T) {
	t.Parallel()
	sunday := time.Date(2026, 11, 22, 23, 0, 0, 0, time.UTC)
	for i, on := range []On{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		slot, err := china(time.UTC).Next(Schedule{usage.Weekly, 10, 30, on, "UTC"}, sunday)
		if want := time.Date(2026, 11, 23+i, 10, 30, 0, 0, time.UTC); err != nil || !slot.At.Equal(want) {
			t.Errorf("on %s: %v, %v, want %v", on, slot.At, err, want)
		}
		if got := Weekday(time.Weekday((i + 1) % 7)); got != on {
			t.Errorf("the word for %s is %s", on, got)
		}
	}
}

// TestNext_WestOfGreenwich: in the evening it is tomorrow already in UTC.
func TestNext_WestOfGreenwich(t *testing.T) {
	t.Parallel()
	at, err := time.Parse(time.RFC3339, "2026-11-23T20:30:00-05:00")
	if err != nil {
		t.Fatal(err)
	}
	s := Schedule{usage.Daily, 22, 0, EveryDay, "America/New_York"}
	next, err := china(time.UTC).Next(s, at)
	if got := next.At.Format(time.RFC3339); err != nil || got != "2026-11-23T22:00:00-05:00" || next.Day.String() != "2026-11-23" {
		t.Errorf("next: %s, %v, %v", got, next.Day, err)
	}
	latest, err := china(time.UTC).Latest(s, at.Add(2*time.Hour))
	if err != nil || !latest.At.Equal(next.At) {
		t.Errorf("latest: %v, %v", latest, err)
	}
}

func TestSchedule_Check(t *testing.T) {
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

// TestPeriodFor_AcrossZones: a digest reports the newest day that is over in the platform's zone and usually published.
func TestPeriodFor_AcrossZones(t *testing.T) {
	t.Parallel()
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	tuesday := usage.NewDate(2026, 11, 24)
	tests := []struct {
		name    string
		s       Schedule
		day     usage.Date
		carries string
	}{
		{"New York in the morning", Schedule{usage.Daily, 10, 30, EveryDay, "America/New_York"}, tuesday, "2026-11-23"},
		{"New York at noon, when Tuesday is over in Shanghai and not out", Schedule{usage.Daily, 12, 30, EveryDay, "America/New_York"}, tuesday, "2026-11-23"},
		{"New York late, when Tuesday is out in Shanghai", Schedule{usage.Daily, 22, 30, EveryDay, "America/New_York"}, tuesday, "2026-11-24"},
		{"New York late, out in winter and not in summer", Schedule{usage.Daily, 21, 30, EveryDay, "America/New_York"}, tuesday, "2026-11-23"},
		{"Honolulu in the afternoon", Schedule{usage.Daily, 16, 0, EveryDay, "Pacific/Honolulu"}, tuesday, "2026-11-24"},
		{"Berlin in the evening, when Tuesday cannot be out before midnight", Schedule{usage.Daily, 20, 0, EveryDay, "Europe/Berlin"}, tuesday, "2026-11-23"},
		{"Shanghai before ten waits", Schedule{usage.Daily, 8, 0, EveryDay, "Asia/Shanghai"}, tuesday, "2026-11-23"},
		{"Tokyo at midnight, when Monday is not over", Schedule{usage.Daily, 0, 30, EveryDay, "Asia/Tokyo"}, tuesday, "2026-11-22"},
		{"Sydney in the morning waits until one", Schedule{usage.Daily, 10, 30, EveryDay, "Australia/Sydney"}, tuesday, "2026-11-23"},
		{"Auckland in the morning, when Monday is out at three", Schedule{usage.Daily, 10, 30, EveryDay, "Pacific/Auckland"}, tuesday, "2026-11-22"},
		{"Auckland in the afternoon", Schedule{usage.Daily, 15, 0, EveryDay, "Pacific/Auckland"}, tuesday, "2026-11-23"},
		{"workdays in Auckland: Tuesday has Friday", Schedule{usage.Daily, 10, 30, Workdays, "Pacific/Auckland"}, tuesday, "2026-11-20"},
		{"workdays in Auckland: Monday has Thursday", Schedule{usage.Daily, 10, 30, Workdays, "Pacific/Auckland"}, tuesday.AddDays(-1), "2026-11-19"},
		{"workdays in New York late: Friday has Friday", Schedule{usage.Daily, 22, 30, Workdays, "America/New_York"}, tuesday.AddDays(3), "2026-11-27"},
		{"workdays in New York late: Sunday has Friday", Schedule{usage.Daily, 22, 30, Workdays, "America/New_York"}, tuesday.AddDays(5), "2026-11-27"},
		{"a week in Auckland is waited for", Schedule{usage.Weekly, 10, 30, "mon", "Pacific/Auckland"}, tuesday.AddDays(6), "2026-11-23"},
		{"a week in New York is out on Sunday night", Schedule{usage.Weekly, 22, 30, "sun", "America/New_York"}, tuesday.AddDays(5), "2026-11-23"},
		{"a month in New York that ends on the 28th is left to the next", Schedule{usage.Monthly, 22, 30, "28", "America/New_York"}, usage.NewDate(2026, 2, 28), "2026-01-01"},
		{"a month in New York is out on its last night", Schedule{usage.Monthly, 22, 30, LastDay, "America/New_York"}, tuesday.AddDays(6), "2026-11-01"},
		{"a month in Kiritimati is waited for", Schedule{usage.Monthly, 0, 30, "1", "Pacific/Kiritimati"}, tuesday.AddDays(7), "2026-11-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := china(shanghai).PeriodFor(tt.s, tt.day); got.Start.String() != tt.carries || got.Cycle != tt.s.Cycle {
				t.Errorf("on %s it carries %v, want %s", tt.day, got, tt.carries)
			}
		})
	}
}

func shanghai(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), 0, 0, zone)
}

// inShanghai returns a planner for a platform whose days are those of Shanghai.
func inShanghai(t *testing.T) planner {
	t.Helper()
	return planner{Calendar: china(shanghai(t, "2026-11-23 10:30").Location())}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		cycle    usage.Cycle
		on       On
		state    SubscriptionState
		due, now string
		jitter   time.Duration
		want     []string // state reason period, newest first
		next     string
	}{
		{"in time", usage.Daily, EveryDay, Active, "2026-11-23 10:30", "2026-11-23 10:30", 0, []string{"waiting  2026-11-22"}, "2026-11-24 10:30"},
		{"with its jitter", usage.Daily, EveryDay, Active, "2026-11-23 10:31", "2026-11-23 10:31", time.Minute, []string{"waiting  2026-11-22"}, "2026-11-24 10:31"},
		{"with a jitter that was larger", usage.Daily, EveryDay, Active, "2026-11-23 10:50", "2026-11-23 10:50", time.Minute, []string{"waiting  2026-11-22"}, "2026-11-24 10:31"},
		{"with a jitter that was smaller", usage.Daily, EveryDay, Active, "2026-11-23 10:30", "2026-11-23 10:30", 5 * time.Minute, nil, "2026-11-23 10:35"},
		{"late within its day", usage.Daily, EveryDay, Active, "2026-11-23 10:30", "2026-11-23 23:59", 0, []string{"waiting  2026-11-22"}, "2026-11-24 10:30"},
		{"after its day", usage.Daily, EveryDay, Active, "2026-11-23 10:30", "2026-11-24 00:01", 0, []string{"skipped too_late 2026-11-22"}, "2026-11-24 10:30"},
		{
			"after an outage of days only the newest goes out", usage.Daily, EveryDay, Active, "2026-11-20 10:30", "2026-11-23 11:00", 0,
			[]string{"waiting  2026-11-22", "skipped missed 2026-11-21", "skipped missed 2026-11-20", "skipped missed 2026-11-19"},
			"2026-11-24 10:30",
		},
		{"a weekly one within two days", usage.Weekly, "mon", Active, "2026-11-23 10:30", "2026-11-25 23:00", 0, []string{"waiting  2026-11-16"}, "2026-11-30 10:30"},
		{"a weekly one after two days", usage.Weekly, "mon", Active, "2026-11-23 10:30", "2026-11-26 01:00", 0, []string{"skipped too_late 2026-11-16"}, "2026-11-30 10:30"},
		{"a monthly one within five days", usage.Monthly, "1", Active, "2026-11-01 10:30", "2026-11-06 23:00", 0, []string{"waiting  2026-10-01"}, "2026-12-01 10:30"},
		{"a monthly one after five days", usage.Monthly, "1", Active, "2026-11-01 10:30", "2026-11-07 01:00", 0, []string{"skipped too_late 2026-10-01"}, "2026-12-01 10:30"},
		{"the end of a pause brings nothing afterwards", usage.Daily, EveryDay, Paused, "2026-11-20 10:30", "2026-11-23 11:00", 0, nil, "2026-11-24 10:30"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := Subscription{ID: "aaaaaa", State: tt.state, NextDue: shanghai(t, tt.due), Schedule: Schedule{tt.cycle, 10, 30, tt.on, "Asia/Shanghai"}}
			entries, next, err := inShanghai(t).plan(s, shanghai(t, tt.now), tt.jitter)
			if err != nil {
				t.Fatal(err)
			}
			if len(entries) != len(tt.want) {
				t.Fatalf("%d entries, want %d: %+v", len(entries), len(tt.want), entries)
			}
			for i, d := range entries {
				if !d.TryAt.Equal(d.Slot) {
					t.Errorf("entry %d is tried at %v: what was due first at %v is first", i, d.TryAt, d.Slot)
				}
				if got := string(d.State) + " " + string(d.Reason) + " " + d.Period.Start.String(); got != tt.want[i] {
					t.Errorf("entry %d is %q, want %q", i, got, tt.want[i])
				}
			}
			if !next.Equal(shanghai(t, tt.next)) {
				t.Errorf("next due %v, want %s", next, tt.next)
			}
		})
	}
}

// TestPlan_PauseThatEnds: what was due between the end of the pause and now is planned, and nothing that fell into the
// pause.
func TestPlan_PauseThatEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		hour, min  int
		until, now string
		jitter     time.Duration
		want       []string // newest first
		next       string
	}{
		{"seen at once, before its time", 10, 30, "2026-11-23 00:00", "2026-11-23 00:00", 0, nil, "2026-11-23 10:30"},
		{"the bot was away over both", 10, 30, "2026-11-23 00:00", "2026-11-23 10:35", 0, []string{"waiting  2026-11-22"}, "2026-11-24 10:30"},
		{"away for days", 10, 30, "2026-11-21 00:00", "2026-11-23 10:35", 0, []string{"waiting  2026-11-22", "skipped missed 2026-11-21", "skipped missed 2026-11-20"}, "2026-11-24 10:30"},
		{"away over its grace", 10, 30, "2026-11-23 00:00", "2026-11-24 00:10", 0, []string{"skipped too_late 2026-11-22"}, "2026-11-24 10:30"},
		{"at midnight, without a jitter", 0, 0, "2026-11-23 00:00", "2026-11-23 00:00", 0, []string{"waiting  2026-11-22"}, "2026-11-24 00:00"},
		{"at midnight, with one", 0, 0, "2026-11-23 00:00", "2026-11-23 00:00", time.Minute, nil, "2026-11-23 00:01"},
		{"at midnight, with one, seen late", 0, 0, "2026-11-23 00:00", "2026-11-23 00:02", time.Minute, []string{"waiting  2026-11-22"}, "2026-11-24 00:01"},
		{"right before midnight, its jitter ends after the pause", 23, 59, "2026-11-23 00:00", "2026-11-23 00:00", 5 * time.Minute, nil, "2026-11-24 00:04"},
		{"the same, seen late", 23, 59, "2026-11-23 00:00", "2026-11-23 00:30", 5 * time.Minute, nil, "2026-11-24 00:04"},
	} {
		s := Subscription{
			ID: "aaaaaa", State: Paused, Reason: ByPerson, PausedUntil: shanghai(t, tt.until), NextDue: shanghai(t, "2026-11-19 10:30"),
			Schedule: Schedule{usage.Daily, tt.hour, tt.min, EveryDay, "Asia/Shanghai"},
		}
		entries, next, err := inShanghai(t).plan(s, shanghai(t, tt.now), tt.jitter)
		var got []string
		for _, d := range entries {
			got = append(got, string(d.State)+" "+string(d.Reason)+" "+d.Period.Start.String())
		}
		if err != nil || !slices.Equal(got, tt.want) || !next.Equal(shanghai(t, tt.next)) {
			t.Errorf("%s: %q, next %v, %v, want %q, next %s", tt.name, got, next, err, tt.want, tt.next)
		}
	}
}

// TestPlan_LongOutage: at most a month of missed digests is planned, however long the bot was away.
func TestPlan_LongOutage(t *testing.T) {
	t.Parallel()
	s := Subscription{ID: "aaaaaa", State: Active, NextDue: shanghai(t, "2026-10-10 10:30"), Schedule: Schedule{usage.Daily, 10, 30, EveryDay, "Asia/Shanghai"}}
	entries, _, err := inShanghai(t).plan(s, shanghai(t, "2026-11-19 11:00"), 0)
	if err != nil || len(entries) != 31 || entries[0].Period.Start.String() != "2026-11-18" || entries[30].Period.Start.String() != "2026-10-19" {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}

func TestGraceEnd(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cycle    usage.Cycle
		due, end string
	}{
		{usage.Daily, "2026-11-23 10:30", "2026-11-24 00:00"},
		{usage.Daily, "2026-11-23 22:00", "2026-11-24 00:00"},
		{usage.Daily, "2026-11-23 23:30", "2026-11-24 01:30"}, // its figures may come a little later than its hour
		{usage.Daily, "2026-11-24 00:20", "2026-11-25 00:00"}, // 23:59 and its jitter
		{usage.Weekly, "2026-11-23 10:30", "2026-11-26 00:00"},
		{usage.Weekly, "2026-11-24 00:20", "2026-11-27 00:00"},
		{usage.Monthly, "2026-11-01 10:30", "2026-11-07 00:00"},
	} {
		if got := graceEnd(tt.cycle, shanghai(t, tt.due)); !got.Equal(shanghai(t, tt.end)) {
			t.Errorf("a %s digest of %s may go out until %v", tt.cycle, tt.due, got)
		}
	}
}

func TestIsLate(t *testing.T) {
	t.Parallel()
	day, week := usage.NewDate(2026, 11, 22), usage.NewDate(2026, 11, 16)
	tests := []struct {
		name     string
		schedule Schedule
		period   usage.Period
		slot     string
		now      string
		want     bool
	}{
		{"in time", Schedule{usage.Daily, 10, 30, EveryDay, "Asia/Shanghai"}, usage.PeriodOf(usage.Daily, day), "2026-11-23 10:30", "2026-11-23 10:31", false},
		{"an hour after", Schedule{usage.Daily, 10, 30, EveryDay, "Asia/Shanghai"}, usage.PeriodOf(usage.Daily, day), "2026-11-23 10:30", "2026-11-23 11:30", false},
		{"more than an hour after", Schedule{usage.Daily, 10, 30, EveryDay, "Asia/Shanghai"}, usage.PeriodOf(usage.Daily, day), "2026-11-23 10:30", "2026-11-23 11:31", true},
		{"asked for again soon", Schedule{usage.Daily, 10, 30, EveryDay, "Asia/Shanghai"}, usage.PeriodOf(usage.Daily, day), "2026-11-23 11:00", "2026-11-23 11:01", false},
		{"asked for again late", Schedule{usage.Daily, 10, 30, EveryDay, "Asia/Shanghai"}, usage.PeriodOf(usage.Daily, day), "2026-11-23 16:00", "2026-11-23 16:01", true},
		{"Friday's asked for again on Monday in time", Schedule{usage.Daily, 10, 30, Workdays, "Asia/Shanghai"}, usage.PeriodOf(usage.Daily, usage.NewDate(2026, 11, 20)), "2026-11-23 11:00", "2026-11-23 11:00", false},
		{"a week's, carried on Wednesday", Schedule{usage.Weekly, 10, 30, "wed", "Asia/Shanghai"}, usage.PeriodOf(usage.Weekly, week), "2026-11-25 10:30", "2026-11-25 10:31", false},
		{"a week's, asked for again on Thursday", Schedule{usage.Weekly, 10, 30, "wed", "Asia/Shanghai"}, usage.PeriodOf(usage.Weekly, week), "2026-11-26 10:30", "2026-11-26 10:31", true},
		{"a day that the schedule does not carry", Schedule{usage.Daily, 10, 30, Workdays, "Asia/Shanghai"}, usage.PeriodOf(usage.Daily, day), "2026-11-23 16:00", "2026-11-23 16:01", false},
	}
	for _, tt := range tests {
		s := Subscription{Schedule: tt.schedule}
		d := Delivery{Period: tt.period, Slot: shanghai(t, tt.slot)}
		if got := inShanghai(t).isLate(s, d, shanghai(t, tt.now), 0); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// TestIsLate_CountsFromTheJitter: a digest of 10:30 with a jitter of 20 minutes is late after 11:50, also if it was asked
// for again.
func TestIsLate_CountsFromTheJitter(t *testing.T) {
	t.Parallel()
	s := Subscription{Schedule: Schedule{usage.Daily, 10, 30, EveryDay, "Asia/Shanghai"}}
	for slot, wants := range map[string]map[string]bool{
		"2026-11-23 10:50": {"2026-11-23 11:50": false, "2026-11-23 11:51": true},
		"2026-11-23 11:40": {"2026-11-23 11:50": false, "2026-11-23 11:51": true},
	} {
		for now, want := range wants {
			d := Delivery{Period: usage.PeriodOf(usage.Daily, usage.NewDate(2026, 11, 22)), Slot: shanghai(t, slot)}
			if got := inShanghai(t).isLate(s, d, shanghai(t, now), 20*time.Minute); got != want {
				t.Errorf("due or asked for at %s, at %s it is late: %v", slot, now, got)
			}
		}
	}
}

func TestJitter_FixedAndEven(t *testing.T) {
	t.Parallel()
	const spread = 90 * time.Second
	var sum time.Duration
	for range 2000 {
		id := NewID()
		j := Jitter(id, spread)
		if j < 0 || j >= spread || j != Jitter(id, spread) {
			t.Fatalf("the jitter of %s is %v, then %v", id, j, Jitter(id, spread))
		}
		sum += j
	}
	if mean := sum / 2000; mean < 40*time.Second || mean > 50*time.Second {
		t.Errorf("the mean jitter is %v of %v", mean, spread)
	}
	if Jitter("aaaaaa", 0) != 0 {
		t.Error("a jitter without a spread")
	}
}

// TestCarriesLastWorkday: a digest after days off says that it has the last workday before them, also after a holiday and after
// a Saturday that is worked. Where the platform's day is another, a digest has an earlier workday and does not say so.
func TestCarriesLastWorkday(t *testing.T) {
	t.Parallel()
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	workdays := func(zone string, hour int) Schedule { return Schedule{usage.Daily, hour, 30, Workdays, zone} }
	none := Calendar{Platform: shanghai, Workdays: usage.NewWorkdays(usage.NoCountry)}
	tests := []struct {
		name string
		c    Calendar
		s    Schedule
		p    usage.Period
		want bool
	}{
		{"Thursday, on Friday", china(shanghai), workdays("Asia/Shanghai", 10), usage.PeriodOf(usage.Daily, usage.NewDate(2026, 11, 19)), false},
		{"Friday, on Monday", china(shanghai), workdays("Asia/Shanghai", 10), usage.PeriodOf(usage.Daily, usage.NewDate(2026, 11, 20)), true},
		{"Friday, on a worked Saturday", china(shanghai), workdays("Asia/Shanghai", 10), usage.PeriodOf(usage.Daily, usage.NewDate(2026, 10, 9)), false},
		{"a worked Saturday, on Monday", china(shanghai), workdays("Asia/Shanghai", 10), usage.PeriodOf(usage.Daily, usage.NewDate(2026, 10, 10)), true},
		{"a Wednesday before the holiday, after it", china(shanghai), workdays("Asia/Shanghai", 10), usage.PeriodOf(usage.Daily, usage.NewDate(2026, 9, 30)), true},
		{"the same Wednesday without holidays", none, workdays("Asia/Shanghai", 10), usage.PeriodOf(usage.Daily, usage.NewDate(2026, 9, 30)), false},
		{"a day of the holiday", china(shanghai), workdays("Asia/Shanghai", 10), usage.PeriodOf(usage.Daily, usage.NewDate(2026, 10, 3)), false},
		{"Friday, on Tuesday in Auckland", china(shanghai), workdays("Pacific/Auckland", 10), usage.PeriodOf(usage.Daily, usage.NewDate(2026, 11, 20)), false},
		{"Friday, on Friday night in New York", china(shanghai), workdays("America/New_York", 22), usage.PeriodOf(usage.Daily, usage.NewDate(2026, 11, 20)), false},
		{"every day", china(shanghai), Schedule{usage.Daily, 10, 30, EveryDay, "Asia/Shanghai"}, usage.PeriodOf(usage.Daily, usage.NewDate(2026, 11, 20)), false},
		{"a week", china(shanghai), Schedule{usage.Weekly, 10, 30, "wed", "Asia/Shanghai"}, usage.PeriodOf(usage.Weekly, usage.NewDate(2026, 11, 16)), false},
	}
	for _, tt := range tests {
		if got := tt.c.CarriesLastWorkday(tt.s, tt.p); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
