package usage

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func day(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPeriodOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name       string
		cycle      Cycle
		day        string
		start, end string
	}{
		{"a day is itself", Daily, "2026-11-18", "2026-11-18", "2026-11-18"},
		{"a week begins on Monday", Weekly, "2026-11-18", "2026-11-16", "2026-11-22"},
		{"Monday belongs to the week that it begins", Weekly, "2026-11-16", "2026-11-16", "2026-11-22"},
		{"Sunday belongs to the week that it ends", Weekly, "2026-11-22", "2026-11-16", "2026-11-22"},
		{"a week may lie in two years", Weekly, "2027-01-01", "2026-12-28", "2027-01-03"},
		{"a month begins on the 1st", Monthly, "2026-11-18", "2026-11-01", "2026-11-30"},
		{"February of a leap year", Monthly, "2028-02-29", "2028-02-01", "2028-02-29"},
		{"December ends the year", Monthly, "2026-12-31", "2026-12-01", "2026-12-31"},
		{"the page's own week", Weekly, "2021-07-08", "2021-07-05", "2021-07-11"},
		{"the page's own month", Monthly, "2021-07-26", "2021-07-01", "2021-07-31"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := PeriodOf(tt.cycle, day(t, tt.day))
			if p.Start != day(t, tt.start) || p.End() != day(t, tt.end) {
				t.Errorf("PeriodOf(%v, %s) = %s to %s, want %s to %s", tt.cycle, tt.day, p.Start, p.End(), tt.start, tt.end)
			}
		})
	}
}

func TestPeriodsFollowEachOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := NewDate(2020, 1, 1).AddDays(rapid.IntRange(0, 5000).Draw(t, "days"))
		p := PeriodOf(rapid.SampledFrom(Cycles()).Draw(t, "cycle"), d)
		if d.Before(p.Start) || d.After(p.End()) {
			t.Fatalf("%s is not in %s to %s", d, p.Start, p.End())
		}
		if p.Next().Previous() != p || p.Previous().Next() != p {
			t.Fatalf("%v: next and previous do not lead back", p)
		}
		if p.Previous().End() != p.Start.AddDays(-1) {
			t.Fatalf("%v: a gap before it", p)
		}
		if p.Cycle == Weekly && p.Start.Weekday() != time.Monday || p.Cycle == Monthly && p.Start.Day != 1 {
			t.Fatalf("%v: the platform refuses this start", p)
		}
	})
}

func TestDateText(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"2026-02-30", "2026-13-01", "2026-1-1", "20261116", "", "x"} {
		if _, err := ParseDate(bad); err == nil {
			t.Errorf("ParseDate(%q) gave no error", bad)
		}
	}
	var d Date
	if b, err := d.MarshalText(); err != nil || len(b) != 0 {
		t.Errorf("the zero date is written as %q, %v", b, err)
	}
	want := NewDate(2026, 11, 16)
	b, _ := want.MarshalText()
	if err := d.UnmarshalText(b); err != nil || d != want {
		t.Errorf("%s came back as %v, %v", b, d, err)
	}
}

func TestWhen(t *testing.T) {
	t.Parallel()
	today := day(t, "2026-11-23") // a Monday
	tests := []struct {
		name  string
		when  When
		cycle Cycle
		start string
	}{
		{"today", When{Kind: Today}, Daily, "2026-11-23"},
		{"the month that holds today", When{Kind: Today}, Monthly, "2026-11-01"},
		{"yesterday", When{Kind: Yesterday}, Daily, "2026-11-22"},
		{"the week that holds yesterday", When{Kind: Yesterday}, Weekly, "2026-11-16"},
		{"last week", When{Kind: LastWeek}, Weekly, "2026-11-16"},
		{"this week", When{Kind: ThisWeek}, Weekly, "2026-11-23"},
		{"last month", When{Kind: LastMonth}, Monthly, "2026-10-01"},
		{"this month", When{Kind: ThisMonth}, Monthly, "2026-11-01"},
		{"a day", When{Kind: OnDay, Date: NewDate(2026, 11, 18)}, Daily, "2026-11-18"},
		{"the week that holds a day", When{Kind: OnDay, Date: NewDate(2026, 11, 18)}, Weekly, "2026-11-16"},
		{"the month that holds a day", When{Kind: OnDay, Date: NewDate(2026, 11, 18)}, Monthly, "2026-11-01"},
		{"a month", When{Kind: InMonth, Date: NewDate(2026, 10, 1)}, Monthly, "2026-10-01"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, ok := tt.when.Period(tt.cycle, today)
			if want := (Period{tt.cycle, day(t, tt.start)}); !ok || p != want {
				t.Errorf("got %v, %v, want %v", p, ok, want)
			}
		})
	}
	if _, ok := (When{}).Period(Daily, today); ok {
		t.Error("the newest period cannot be known from the calendar")
	}
}

func TestWhenFitsItsCycle(t *testing.T) {
	t.Parallel()
	fits := map[WhenKind][]Cycle{
		Newest: {Daily, Weekly, Monthly}, Today: {Daily, Weekly, Monthly}, Yesterday: {Daily, Weekly, Monthly}, OnDay: {Daily, Weekly, Monthly},
		LastWeek: {Weekly}, ThisWeek: {Weekly},
		LastMonth: {Monthly}, ThisMonth: {Monthly}, InMonth: {Monthly},
	}
	for kind, want := range fits {
		for _, c := range Cycles() {
			wanted := false
			for _, w := range want {
				wanted = wanted || w == c
			}
			if got := (When{Kind: kind}).Fits(c); got != wanted {
				t.Errorf("%q fits %v: %v, want %v", kind, c, got, wanted)
			}
		}
		if implied := (When{Kind: kind}).Cycle(); implied != 0 && !(When{Kind: kind}).Fits(implied) {
			t.Errorf("%q implies %v, which it does not fit", kind, implied)
		}
	}
}

func TestWhatWordsImply(t *testing.T) {
	t.Parallel()
	for kind, want := range map[WhenKind]Cycle{
		Newest: 0, OnDay: 0, Today: Daily, Yesterday: Daily, LastWeek: Weekly, ThisWeek: Weekly, LastMonth: Monthly, ThisMonth: Monthly, InMonth: Monthly,
	} {
		if got := (When{Kind: kind}).Cycle(); got != want {
			t.Errorf("%q implies %v, want %v", kind, got, want)
		}
	}
	for cycle, want := range map[Cycle]string{Daily: "daily", Weekly: "weekly", Monthly: "monthly", 0: "unknown cycle"} {
		if got := cycle.String(); got != want {
			t.Errorf("cycle %d is called %q, want %q", cycle, got, want)
		}
	}
}

func TestHowFarAPeriodIsOut(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cycle         Cycle
		newest        string
		complete      bool
		through, note string
	}{
		{Weekly, "2026-11-21", false, "2026-11-21", "without its Sunday"},
		{Weekly, "2026-11-22", true, "2026-11-22", "with its Sunday"},
		{Weekly, "2026-11-30", true, "2026-11-22", "long ago"},
		{Monthly, "2026-11-29", false, "2026-11-29", "without its last day"},
		{Monthly, "2026-11-30", true, "2026-11-30", "with its last day"},
		{Daily, "2026-11-17", false, "2026-11-17", "of which nothing is out"},
		{Daily, "2026-11-18", true, "2026-11-18", "which is out"},
	} {
		p, newest := PeriodOf(tt.cycle, day(t, "2026-11-18")), day(t, tt.newest)
		c := availability{Published: newest}.coverage(p)
		if p.CompleteOn(newest) != tt.complete || c.complete != tt.complete || c.through != day(t, tt.through) {
			t.Errorf("a %s period %s: complete %v through %s", tt.cycle, tt.note, c.complete, c.through)
		}
	}
}

func TestDatesInOrder(t *testing.T) {
	t.Parallel()
	list := []Date{NewDate(2025, 12, 31), NewDate(2026, 1, 1), NewDate(2026, 1, 2), NewDate(2026, 2, 1), NewDate(2026, 3, 0)}
	for i, a := range list {
		for j, b := range list {
			if a.Before(b) != (i < j) || a.After(b) != (i > j) {
				t.Errorf("%s and %s: before %v, after %v", a, b, a.Before(b), a.After(b))
			}
		}
	}
	if last := list[4]; last.String() != "2026-02-28" || last.Weekday() != time.Saturday || last.IsZero() || !(Date{}).IsZero() {
		t.Errorf("the day before March is %s, a %s", last, last.Weekday())
	}
	late := time.Date(2026, 11, 24, 23, 30, 0, 0, time.FixedZone("", -5*3600))
	if DateOf(late) != NewDate(2026, 11, 24) || DateOf(late.UTC()) != NewDate(2026, 11, 25) {
		t.Error("a day is not that of the time's own zone")
	}
	d := NewDate(2026, 1, 1)
	if err := d.UnmarshalText(nil); err != nil || !d.IsZero() {
		t.Errorf("no text is read as %v, %v", d, err)
	}
	if err := d.UnmarshalText([]byte("2026-02-30")); err == nil {
		t.Error("a day that there is not was read")
	}
}
