package usage

import (
	"testing"
	"time"
)

// wednesday is the day on which the questions of these tests are asked.
const wednesday = "2026-11-18"

func TestWhen_Period(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		when  When
		today string
		cycle Cycle
		start string
	}{
		{When{Kind: DaysAgo, Back: 2}, wednesday, Daily, "2026-11-16"},
		{When{Kind: DaysAgo, Back: 3}, wednesday, Weekly, "2026-11-09"},
		{When{Kind: WeeksAgo, Back: 2}, wednesday, Weekly, "2026-11-02"},
		{When{Kind: MonthsAgo, Back: 2}, wednesday, Monthly, "2026-09-01"},
		{When{Kind: MonthsAgo, Back: 1}, "2026-03-31", Monthly, "2026-02-01"},
		{When{Kind: OnWeekday, Weekday: time.Friday, Back: 1}, wednesday, Daily, "2026-11-13"},
		{When{Kind: OnWeekday, Weekday: time.Sunday, Back: 1}, wednesday, Daily, "2026-11-15"},
		{When{Kind: OnWeekday, Weekday: time.Friday}, wednesday, Daily, "2026-11-20"}, // still to come
		{When{Kind: OnWeekday, Weekday: time.Monday, Back: 2}, "2026-11-22", Daily, "2026-11-02"},
		{When{Kind: LatestWeekday, Weekday: time.Friday}, wednesday, Daily, "2026-11-13"},
		{When{Kind: LatestWeekday, Weekday: time.Wednesday}, wednesday, Daily, wednesday},
		{When{Kind: LatestWeekday, Weekday: time.Sunday}, wednesday, Daily, "2026-11-15"},
		{When{Kind: OnDay, Date: Date{Day: 15}}, wednesday, Daily, "2026-11-15"},
		{When{Kind: OnDay, Date: Date{Day: 19}}, wednesday, Daily, "2026-10-19"},
		{When{Kind: OnDay, Date: Date{Day: 31}}, wednesday, Daily, "2026-10-31"},
		{When{Kind: OnDay, Date: Date{Day: 31}}, "2026-10-01", Daily, "2026-08-31"}, // September has none
		{When{Kind: OnDay, Date: Date{Month: 11, Day: 3}}, wednesday, Daily, "2026-11-03"},
		{When{Kind: OnDay, Date: Date{Month: 11, Day: 19}}, wednesday, Daily, "2025-11-19"},
		{When{Kind: OnDay, Date: Date{Month: 2, Day: 29}}, wednesday, Daily, "2024-02-29"},
		{When{Kind: OnDay, Date: Date{Month: 2, Day: 29}}, "2103-06-01", Daily, "2096-02-29"},
		{When{Kind: OnDay, Date: Date{Month: 2, Day: 30}}, wednesday, Daily, wednesday}, // the grammar refuses it
		{When{Kind: OnDay, Date: Date{YearsAgo(1), 11, 3}}, wednesday, Weekly, "2025-11-03"},
		{When{Kind: InMonth, Date: Date{Month: 11, Day: 1}}, wednesday, Monthly, "2026-11-01"},
		{When{Kind: InMonth, Date: Date{Month: 12, Day: 1}}, wednesday, Monthly, "2025-12-01"},
		{When{Kind: InMonth, Date: Date{YearsAgo(0), 12, 1}}, wednesday, Monthly, "2026-12-01"},
		{When{Kind: InMonth, Date: Date{YearsAgo(2), 11, 1}}, wednesday, Monthly, "2024-11-01"},
		{When{Kind: DayOfMonth, Date: Date{Day: 15}, Back: 1}, wednesday, Daily, "2026-10-15"},
		{When{Kind: DayOfMonth, Date: Date{Day: 20}}, wednesday, Daily, "2026-11-20"},
	} {
		p, ok := tt.when.Period(tt.cycle, day(t, tt.today))
		if want := (Period{tt.cycle, day(t, tt.start)}); !ok || p != want || !tt.when.Fits(tt.cycle) {
			t.Errorf("%+v on %s: %v, %v, want %v", tt.when, tt.today, p, ok, want)
		}
	}
	if p, ok := (When{}).Period(Daily, day(t, wednesday)); ok {
		t.Errorf("the newest period is decided without its figures: %v", p)
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	on := func(year int, m time.Month, d int) When { return When{Kind: OnDay, Date: Date{year, m, d}} }
	in := func(year int, m time.Month) When { return When{Kind: InMonth, Date: Date{year, m, 1}} }
	quarter := func(back int) When { return When{Kind: QuartersAgo, Back: back} }
	for _, tt := range []struct {
		name          string
		cycle         Cycle
		from, through When
		today         string
		last          string
		n             int
	}{
		{"a range of days", Daily, on(2026, 11, 1), on(2026, 11, 15), wednesday, "2026-11-15", 15},
		{"the same in weeks", Weekly, on(2026, 11, 1), on(2026, 11, 15), wednesday, "2026-11-09", 3},
		{"one day", Daily, on(2026, 11, 1), on(2026, 11, 1), wednesday, "2026-11-01", 1},
		{"it ends before it begins", Daily, on(2026, 11, 15), on(2026, 11, 1), wednesday, "2026-11-01", 0},
		{"a range that is still to come stays so", Daily, on(2026, 11, 1), on(2026, 11, 30), wednesday, "2026-11-30", 30},
		{"without a year", Daily, on(0, 11, 1), on(0, 11, 15), wednesday, "2026-11-15", 15},
		{"without a year, under way", Daily, on(0, 11, 1), on(0, 11, 30), wednesday, "2026-11-30", 30},
		{"without a year, across new year", Daily, on(0, 12, 25), on(0, 1, 5), wednesday, "2026-01-05", 12},
		{"without a month", Daily, on(0, 0, 1), on(0, 0, 15), wednesday, "2026-11-15", 15},
		{"without a month, into the next", Daily, on(0, 0, 25), on(0, 0, 5), wednesday, "2026-11-05", 12},
		{"a leap day", Daily, on(0, 2, 20), on(0, 3, 1), "2024-05-01", "2024-03-01", 11},
		{"from one day ago to another", Daily, When{Kind: DaysAgo, Back: 3}, When{Kind: Yesterday}, wednesday, "2026-11-17", 3},
		{"a day of a week until yesterday", Daily, When{Kind: OnWeekday, Weekday: time.Monday, Back: 1}, When{Kind: Yesterday}, wednesday, "2026-11-17", 9},
		{"weeks", Weekly, When{Kind: WeeksAgo, Back: 3}, When{Kind: LastWeek}, wednesday, "2026-11-09", 3},
		{"the days of last week", Daily, When{Kind: LastWeek}, When{Kind: LastWeek}, wednesday, "2026-11-15", 7},
		{"a quarter", Monthly, in(0, 7), in(0, 9), wednesday, "2026-09-01", 3},
		{"a quarter under way", Monthly, in(0, 10), in(0, 12), wednesday, "2026-11-01", 2},
		{"a quarter that has not begun is last year's", Monthly, in(0, 10), in(0, 12), "2026-09-30", "2025-12-01", 3},
		{"a quarter of last year", Monthly, in(YearsAgo(1), 7), in(YearsAgo(1), 9), wednesday, "2025-09-01", 3},
		{"a year under way", Monthly, in(2026, 1), in(2026, 12), wednesday, "2026-11-01", 11},
		{"a year to come stays so", Monthly, in(2027, 1), in(2027, 12), wednesday, "2027-12-01", 12},
		{"last year", Monthly, in(YearsAgo(1), 1), in(YearsAgo(1), 12), wednesday, "2025-12-01", 12},
		{"last quarter", Monthly, quarter(1), quarter(1), wednesday, "2026-09-01", 3},
		{"this quarter", Monthly, quarter(0), quarter(0), wednesday, "2026-11-01", 2},
		{"last quarter in January", Monthly, quarter(1), quarter(1), "2027-01-31", "2026-12-01", 3},
		{"the weeks of a quarter", Weekly, in(0, 7), in(0, 9), wednesday, "2026-09-28", 14},
	} {
		last, n := Span(tt.cycle, tt.from, tt.through, day(t, tt.today))
		if last != (Period{tt.cycle, day(t, tt.last)}) || n != tt.n {
			t.Errorf("%s: %d up to %v, want %d up to %s", tt.name, n, last, tt.n, tt.last)
		}
	}
}
