package usage

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// lateBy is a platform that is used on every day and publishes one of them so long after 10 o'clock.
func lateBy(d Date, late time.Duration) *publisher {
	return &publisher{late: map[Date]time.Duration{d: late}}
}

// seen writes a Report of one ability down.
func seen(r Report) string {
	row := r.Sections[0].Rows[0]
	s := fmt.Sprintf("%s=%d", r.Period.Start.String()[5:], *row.Value)
	if !r.Complete {
		s += fmt.Sprintf(" to %s, over: %v", r.Through.String()[5:], r.Over)
	}
	if row.Change.Kind != Incomparable {
		s += fmt.Sprintf(" %+d", row.Change.Delta)
	}
	if r.NotOut != nil {
		s += fmt.Sprintf(" (not out: %s)", r.NotOut.Start.String()[5:])
	}
	return s
}

// keeper is an Asker with a history.
func keeper(t *testing.T, p *publisher, zeros bool) (*Asker, *archive) {
	t.Helper()
	p.making, p.zeros = zeros, zeros
	h := &archive{}
	return restarted(t, p.platform(), h), h
}

func TestWhoAsksWhileTheLastDayIsLate(t *testing.T) {
	sunday, month := NewDate(2026, 11, 22), NewDate(2026, 10, 31)
	type look struct {
		hour, minute int
		want, trend  string
	}
	for name, tt := range map[string]struct {
		cycle Cycle
		last  Date
		looks []look
	}{
		"a day": {Daily, sunday, []look{
			{9, 0, "11-21=10 +0 (not out: 11-22)", "11-20=10 11-21=10"},
			{14, 30, "11-21=10 +0 (not out: 11-22)", "11-20=10 11-21=10"},
			{16, 2, "11-22=10 +0", "11-21=10 11-22=10"},
		}},
		"a week": {Weekly, sunday, []look{
			{9, 0, "11-09=70 +0 (not out: 11-16)", "11-02=70 11-09=70"},
			{13, 59, "11-09=70 +0 (not out: 11-16)", "11-02=70 11-09=70"},
			{14, 30, "11-16=60 to 11-21, over: true", "11-09=70 11-16=60 to 11-21"},
			{15, 58, "11-16=60 to 11-21, over: true", "11-09=70 11-16=60 to 11-21"},
			{16, 2, "11-16=70 +0", "11-09=70 11-16=70"},
		}},
		"a month": {Monthly, month, []look{
			{9, 0, "09-01=300 -10 (not out: 10-01)", "08-01=310 09-01=300"},
			{14, 30, "10-01=300 to 10-30, over: true", "09-01=300 10-01=300 to 10-30"},
			{16, 2, "10-01=310 +10", "09-01=300 10-01=310"},
		}},
	} {
		for _, zeros := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, zeros: %v", name, zeros), func(t *testing.T) {
				today := tt.last.AddDays(1)
				at(t, today.Month, today.Day, 0, func(t *testing.T) {
					a, h := keeper(t, lateBy(tt.last, 6*time.Hour), zeros)
					q := trendOf(tt.cycle, Web)
					for _, l := range tt.looks {
						time.Sleep(time.Until(time.Date(2026, today.Month, today.Day, l.hour, l.minute, 0, 0, shanghai)))
						r, err := a.Report(t.Context(), q, People)
						if err != nil || seen(r) != l.want {
							t.Errorf("%d:%02d: %s, %v, want %s", l.hour, l.minute, seen(r), err, l.want)
						}
						trend, err := a.Trend(t.Context(), q, 2, People, 0)
						if err != nil || drawn(trend, Web) != l.trend {
							t.Errorf("%d:%02d: %s, %v, want %s", l.hour, l.minute, drawn(trend, Web), err, l.trend)
						}
						if out, err := a.Out(t.Context(), "cli_a", tt.last, Machines); err != nil || out != (l.hour == 16) {
							t.Errorf("%d:%02d: out is %v, %v", l.hour, l.minute, out, err)
						}
						if _, kept := h.m[Ask{AppID: "cli_a", Ability: Web, Cycle: tt.cycle, Date: PeriodOf(tt.cycle, tt.last).Start}]; kept {
							t.Errorf("%d:%02d: it is kept for good", l.hour, l.minute)
						}
					}
				})
			})
		}
	}
}

func TestAWeekThatWasAskedForTooEarlyIsWholeLater(t *testing.T) {
	at(t, 11, 23, 14, func(t *testing.T) {
		sunday := NewDate(2026, 11, 22)
		a, h := keeper(t, lateBy(sunday, 6*time.Hour), false)
		q := trendOf(Weekly, Web)
		q.When = When{OnDay, sunday}
		look := func(want string, patience time.Duration) {
			t.Helper()
			time.Sleep(patience)
			if s, err := a.Story(t.Context(), q, Machines); err != nil || seen(s.Report) != want {
				t.Errorf("%s: %s, %v, want %s", time.Now().In(shanghai), seen(s.Report), err, want)
			}
		}
		look("11-16=60 to 11-21, over: true", 0)
		look("11-16=70 +0", 2*time.Hour+2*time.Minute)
		look("11-16=70 +0", 30*24*time.Hour)
		ask := q.question(Web, Period{Weekly, NewDate(2026, 11, 16)}, sunday).Ask
		if got := h.m[ask][ActiveUsers]; got != 70 {
			t.Errorf("%d is kept for good", got)
		}
	})
}

func TestZerosOfADayInTheMakingAreNotShown(t *testing.T) {
	tuesday, monday := NewDate(2026, 11, 24), NewDate(2026, 11, 23)
	for name, tt := range map[string]struct {
		today Date
		hour  int
		cycle Cycle
		want  string
	}{
		"a day, at night":       {tuesday, 3, Daily, "11-22=10 +0 (not out: 11-23)"},
		"a day, which is late":  {tuesday, 15, Daily, "11-22=10 +0 (not out: 11-23)"},
		"a week, at night":      {monday, 3, Weekly, "11-09=70 +0 (not out: 11-16)"},
		"a week, which is late": {monday, 15, Weekly, "11-16=60 to 11-21, over: true"},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, tt.today.Month, tt.today.Day, tt.hour, func(t *testing.T) {
				a, _ := keeper(t, lateBy(tt.today.AddDays(-1), 8*time.Hour), true)
				r, err := a.Report(t.Context(), trendOf(tt.cycle, Web), People)
				if err != nil || seen(r) != tt.want {
					t.Errorf("%s, %v, want %s", seen(r), err, tt.want)
				}
			})
		})
	}
}

func TestARankingOfAWeekThatIsLateIsNotCompared(t *testing.T) {
	at(t, 11, 23, 15, func(t *testing.T) {
		l := &listings{list: func(DepartmentAsk) ([]DepartmentFigures, error) {
			return []DepartmentFigures{appUse("od-be", 5), appUse("od-fe", 3)}, nil
		}}
		h := &archive{}
		a := restarted(t, lateBy(NewDate(2026, 11, 22), 8*time.Hour).platform(), h)
		a.departments, a.children, a.listings = l, directoryOf(company()), newLine(&window{})
		r, err := a.Ranking(t.Context(), weeklyIn("od-rd"), People)
		if err != nil || ranked(r) != "后端组=5, 前端组=3" || r.Complete || r.Through != NewDate(2026, 11, 21) {
			t.Errorf("%s to %s, complete %v, %v", ranked(r), r.Through, r.Complete, err)
		}
		if len(h.departments) > 0 {
			t.Errorf("kept for good: %v", h.departments)
		}
	})
}

func TestAHistoryIsFilledWithWhatDoesNotChange(t *testing.T) {
	sunday := NewDate(2026, 11, 22)
	at(t, 11, 23, 9, func(t *testing.T) {
		p := lateBy(sunday, 0)
		a, h := keeper(t, p, false)
		b := Backfill{AppID: "cli_a", From: NewDate(2026, 10, 26), Next: sunday, Until: sunday}
		for !b.Finished() {
			var err error
			if b, err = a.Fill(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		}
		for ask, figures := range h.m {
			period := Period{ask.Cycle, ask.Date}
			if period.End().After(NewDate(2026, 11, 19)) || figures[ActiveUsers] != p.count(period, period.End()) {
				t.Errorf("%v of %v is kept for good", figures, period)
			}
		}
		// 25 days, three weeks and October, of four abilities.
		if want := 4 * (25 + 3 + 1); len(h.m) != want || len(a.source.(*platform).asked()) != want {
			t.Errorf("%d are kept, want %d: %s", len(h.m), want, strings.Join(a.source.(*platform).asked(), "\n"))
		}
		time.Sleep(75 * time.Minute) // Sunday's figures came at ten
		s, err := a.Story(t.Context(), trendOf(Weekly, Web), Machines)
		if err != nil || seen(s.Report) != "11-16=70 +0" {
			t.Errorf("%s, %v", seen(s.Report), err)
		}
	})
}
