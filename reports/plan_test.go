package reports

import (
	"slices"
	"testing"
	"time"

	"usagebot/usage"
)

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

// inShanghai is an engine for a platform whose days are those of Shanghai.
func inShanghai(t *testing.T) *Engine {
	t.Helper()
	return &Engine{Settings: Settings{PlatformZone: shanghai(t, "2026-11-23 10:30").Location()}}
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

// TestPlan_PauseThatEnds enters what was due between the end of the pause and now, and nothing of what fell into it.
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

// TestPlan_LongOutage enters no more than a month of digests that were missed, however long the bot was away.
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

// TestIsLate_CountsFromTheJitter: a digest that was spread to 10:50 is not late at 11:40, also if it was asked for again.
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

func TestJitterIsFixedAndEven(t *testing.T) {
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
