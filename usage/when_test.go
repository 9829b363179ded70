package usage

import (
	"cmp"
	"errors"
	"testing"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	on := func(s string) When { return When{Kind: OnDay, Date: day(t, s)} }
	tests := []struct {
		name          string
		when          When
		cycle         Cycle
		today, newest string
		due           string // the newest day that ought to be out, where it is another one
		start, notOut string // notOut: the start of the period that was meant
		future, begun bool   // which error is expected, if any
	}{
		{name: "the newest day is yesterday", cycle: Daily, today: "2026-11-23", newest: "2026-11-22", start: "2026-11-22"},
		{name: "before ten the newest day is the day before yesterday, and it is said", cycle: Daily, today: "2026-11-23", newest: "2026-11-21", start: "2026-11-21", notOut: "2026-11-22"},
		{name: "yesterday, not out, gives the newest that is", when: When{Kind: Yesterday}, cycle: Daily, today: "2026-11-23", newest: "2026-11-21", start: "2026-11-21", notOut: "2026-11-22"},
		{name: "yesterday by its date, not out", when: on("2026-11-22"), cycle: Daily, today: "2026-11-23", newest: "2026-11-20", start: "2026-11-20", notOut: "2026-11-22"},
		{name: "today has no figures", when: on("2026-11-23"), cycle: Daily, today: "2026-11-23", newest: "2026-11-22", begun: true},
		{name: "tomorrow has none", when: on("2026-11-24"), cycle: Daily, today: "2026-11-23", newest: "2026-11-22", future: true},
		{name: "an old day", when: on("2026-01-05"), cycle: Daily, today: "2026-11-23", newest: "2026-11-22", start: "2026-01-05"},
		{name: "the newest week on a Wednesday", cycle: Weekly, today: "2026-11-25", newest: "2026-11-24", start: "2026-11-16"},
		{name: "the newest week on Monday after ten", cycle: Weekly, today: "2026-11-23", newest: "2026-11-22", start: "2026-11-16"},
		{name: "the newest week on Monday before ten lacks its Sunday", cycle: Weekly, today: "2026-11-23", newest: "2026-11-21", start: "2026-11-09", notOut: "2026-11-16"},
		{name: "the newest week on Monday afternoon, its Sunday late, is what there is of it", cycle: Weekly, today: "2026-11-23", newest: "2026-11-21", due: "2026-11-22", start: "2026-11-16"},
		{name: "or its weekend", cycle: Weekly, today: "2026-11-23", newest: "2026-11-20", due: "2026-11-22", start: "2026-11-16"},
		{name: "none of it is out", cycle: Weekly, today: "2026-11-23", newest: "2026-11-15", due: "2026-11-22", start: "2026-11-09", notOut: "2026-11-16"},
		{name: "a late day in the afternoon is no figure", cycle: Daily, today: "2026-11-23", newest: "2026-11-21", due: "2026-11-22", start: "2026-11-21", notOut: "2026-11-22"},
		{name: "this week on Tuesday afternoon, its Monday late, has no day yet", when: When{Kind: ThisWeek}, cycle: Weekly, today: "2026-11-24", newest: "2026-11-22", due: "2026-11-23", begun: true},
		{name: "the newest month on the afternoon of the 1st, its last day late", cycle: Monthly, today: "2026-11-01", newest: "2026-10-30", due: "2026-10-31", start: "2026-10-01"},
		{name: "last week on Monday before ten is what there is of it", when: When{Kind: LastWeek}, cycle: Weekly, today: "2026-11-23", newest: "2026-11-21", start: "2026-11-16"},
		{name: "this week to date", when: When{Kind: ThisWeek}, cycle: Weekly, today: "2026-11-25", newest: "2026-11-24", start: "2026-11-23"},
		{name: "this week on its Monday has no day yet", when: When{Kind: ThisWeek}, cycle: Weekly, today: "2026-11-23", newest: "2026-11-22", begun: true},
		{name: "this week on Tuesday before ten has no day yet", when: When{Kind: ThisWeek}, cycle: Weekly, today: "2026-11-24", newest: "2026-11-22", begun: true},
		{name: "next week", when: on("2026-12-01"), cycle: Weekly, today: "2026-11-23", newest: "2026-11-22", future: true},
		{name: "the newest month", cycle: Monthly, today: "2026-11-23", newest: "2026-11-22", start: "2026-10-01"},
		{name: "the newest month on the 1st before ten", cycle: Monthly, today: "2026-11-01", newest: "2026-10-30", start: "2026-09-01", notOut: "2026-10-01"},
		{name: "this month to date", when: When{Kind: ThisMonth}, cycle: Monthly, today: "2026-11-23", newest: "2026-11-22", start: "2026-11-01"},
		{name: "a month to come", when: When{Kind: InMonth, Date: NewDate(2026, 12, 1)}, cycle: Monthly, today: "2026-11-23", newest: "2026-11-22", future: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := availability{Published: day(t, tt.newest), due: day(t, cmp.Or(tt.due, tt.newest))}
			p, notOut, err := choosePeriod(tt.when, tt.cycle, day(t, tt.today), r)
			if tt.future || tt.begun {
				timeError := new(TimeError)
				if !errors.As(err, &timeError) || timeError.Future != tt.future {
					t.Fatalf("got %v, %v, want a TimeError with Future %v", p, err, tt.future)
				}
				return
			}
			if err != nil || p != (Period{tt.cycle, day(t, tt.start)}) {
				t.Fatalf("got %v, %v, want %s", p, err, tt.start)
			}
			switch {
			case tt.notOut == "" && notOut != nil:
				t.Errorf("said that %v is not out", *notOut)
			case tt.notOut != "" && (notOut == nil || notOut.Start != day(t, tt.notOut)):
				t.Errorf("said that %v is not out, want %s", notOut, tt.notOut)
			}
		})
	}
}
