package usage

import (
	"testing"
)

// TestReport_ADayIsComparedWithItsWeekday asks for each day of a week. Its figures are its number, so that the report shows
// which is the previous workday.
func TestReport_ADayIsComparedWithItsWeekday(t *testing.T) {
	for day, want := range map[Date]struct{ before, workday Date }{
		NewDate(2026, 11, 16): {NewDate(2026, 11, 9), NewDate(2026, 11, 13)},  // a Monday
		NewDate(2026, 11, 17): {NewDate(2026, 11, 10), NewDate(2026, 11, 16)}, // a Tuesday
		NewDate(2026, 11, 20): {NewDate(2026, 11, 13), NewDate(2026, 11, 19)}, // a Friday
		NewDate(2026, 11, 21): {NewDate(2026, 11, 14), NewDate(2026, 11, 20)}, // a Saturday
		NewDate(2026, 11, 22): {NewDate(2026, 11, 15), NewDate(2026, 11, 20)}, // a Sunday
	} {
		at(t, 11, 24, 11, func(t *testing.T) {
			p := &platform{newest: NewDate(2026, 11, 23), figures: func(ask Request) Figures { return Figures{ActiveUsers: int64(ask.Date.Day)} }}
			a := newTestAsker(t, p)
			q := trendOf(Daily, Web)
			q.When = When{Kind: OnDay, Date: day}
			r, err := a.Report(t.Context(), q, People)
			if err != nil {
				t.Fatal(err)
			}
			row := r.Sections[0].Rows[0]
			if r.Before.Start != want.before || r.PreviousWorkday.Start != want.workday || *row.Before != int64(want.before.Day) || *row.PreviousWorkday != int64(want.workday.Day) {
				t.Errorf("%s: %s and %s with %d and %d, want %v", day, r.Before.Start, r.PreviousWorkday.Start, *row.Before, *row.PreviousWorkday, want)
			}
			asked := len(p.asked())
			trend, err := a.TrendTo(t.Context(), r, DefaultPoints(Daily), People, 0)
			if err != nil || trend.Points[6].Value(Web, ActiveUsers) == nil || len(p.asked()) != asked+DefaultPoints(Daily)-3 {
				t.Errorf("%s: the chart asked %d times more, %v; what the report has must not be asked for again", day, len(p.asked())-asked, err)
			}
		})
	}
}

// TestReport_WhatStandsBesideIsOptional: the previous working day may be missing, and a base day that could not be fetched
// leaves the figure alone.
func TestReport_WhatStandsBesideIsOptional(t *testing.T) {
	for name, tt := range map[string]struct {
		failing Date
		kind    HighlightKind
		failed  bool
	}{
		"the previous working day":       {NewDate(2026, 11, 20), Rose, false},
		"the weekday of the week before": {NewDate(2026, 11, 16), Unknown, true},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 24, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 23), figures: func(ask Request) Figures { return Figures{ActiveUsers: int64(100 * ask.Date.Day)} }}
				p.fail = func(_ int, ask Request) error {
					return when(ask.Date == tt.failing, &Failure{Reason: Rejected})
				}
				a := newTestAsker(t, p)
				q := trendOf(Daily, Web)
				q.When = When{Kind: OnDay, Date: NewDate(2026, 11, 23)}
				r, err := a.Report(t.Context(), q, People)
				if err != nil {
					t.Fatal(err)
				}
				if h := r.Headline(ActiveUsers); h.Kind != tt.kind || h.Value != 2300 || r.Failed() != tt.failed {
					t.Errorf("the headline is %+v, failed: %v", h, r.Failed())
				}
			})
		})
	}
}

func TestPreviousWorkday(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		country   Country
		day, want Date
	}{
		{NoCountry, NewDate(2026, 3, 2), NewDate(2026, 2, 27)},
		{NoCountry, NewDate(2026, 3, 1), NewDate(2026, 2, 27)},
		{NoCountry, NewDate(2026, 2, 27), NewDate(2026, 2, 26)},
		{NoCountry, NewDate(2026, 10, 8), NewDate(2026, 10, 7)},
		{China, NewDate(2026, 10, 8), NewDate(2026, 9, 30)},   // after the holiday
		{China, NewDate(2026, 10, 12), NewDate(2026, 10, 10)}, // after a worked Saturday
	} {
		if got := previousWorkday(PeriodOf(Daily, tt.day), NewWorkdays(tt.country)); got != PeriodOf(Daily, tt.want) {
			t.Errorf("%s: the workday before %s is %s, want %s", tt.country, tt.day, got.Start, tt.want)
		}
	}
	if got := previousWorkday(PeriodOf(Weekly, NewDate(2026, 3, 2)), NewWorkdays(China)); got != (Period{}) {
		t.Errorf("the workday of a week is %v", got)
	}
}

// TestNewHighlight: only a change under 5 % of a count that is not small is steady, and never one from or to zero.
func TestNewHighlight(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value, before int64
		want          HighlightKind
	}{
		{0, 0, Alike},
		{7, 7, Alike},
		{1049, 1000, Steady},
		{951, 1000, Steady},
		{1050, 1000, Rose},
		{950, 1000, Fell},
		{14, 5, Rose},
		{19, 18, Rose},
		{20, 21, Steady},
		{0, 1000, Fell},
		{0, 3, Fell},
		{1, 0, Rose},
		{4000, 0, Rose},
	} {
		h := newHighlight(ActiveUsers, tt.value, tt.before, Period{Daily, NewDate(2026, 11, 16)})
		if h.Kind != tt.want || !h.Compares() {
			t.Errorf("%d to %d: %s, want %s", tt.before, tt.value, h.Kind, tt.want)
		}
	}
}
