package usage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
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
	if !r.ZerosFrom.IsZero() {
		s += fmt.Sprintf(", zeros from %s as of %s", r.ZerosFrom.String()[5:], r.AsOf.In(shanghai).Format("15:04"))
	}
	if row.Change.Kind != Incomparable {
		s += fmt.Sprintf(" %+d", row.Change.Delta)
	}
	if r.NotOut != nil {
		s += fmt.Sprintf(" (not out: %s)", r.NotOut.Start.String()[5:])
	}
	return s
}

// keeper is a Client with a history.
func keeper(t *testing.T, p *publisher, zeros bool) (*Client, *archive) {
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
		zeros bool // so is a day in the making answered, and else with nothing
		looks []look
	}{
		"a day": {Daily, sunday, false, []look{
			{9, 0, "11-21=10 +0 (not out: 11-22)", "11-20=10 11-21=10"},
			{14, 30, "11-21=10 +0 (not out: 11-22)", "11-20=10 11-21=10"},
			{16, 2, "11-22=10 +0", "11-21=10 11-22=10"},
		}},
		"a day of zeros": {Daily, sunday, true, []look{
			{9, 0, "11-22=0 to 11-22, over: true, zeros from 11-22 as of 09:00", "11-21=10 11-22=0 to 11-22"},
			{14, 30, "11-22=0 to 11-22, over: true, zeros from 11-22 as of 14:30", "11-21=10 11-22=0 to 11-22"},
			{16, 2, "11-22=10 +0", "11-21=10 11-22=10"},
		}},
		"a week": {Weekly, sunday, false, []look{
			{9, 0, "11-09=70 +0 (not out: 11-16)", "11-02=70 11-09=70"},
			{13, 59, "11-09=70 +0 (not out: 11-16)", "11-02=70 11-09=70"},
			{14, 30, "11-16=60 to 11-21, over: true", "11-09=70 11-16=60 to 11-21"},
			{15, 58, "11-16=60 to 11-21, over: true", "11-09=70 11-16=60 to 11-21"},
			{16, 2, "11-16=70 +0", "11-09=70 11-16=70"},
		}},
		"a week that ends with zeros": {Weekly, sunday, true, []look{
			{9, 0, "11-16=60 to 11-22, over: true, zeros from 11-22 as of 09:00", "11-09=70 11-16=60 to 11-22"},
			{15, 58, "11-16=60 to 11-22, over: true, zeros from 11-22 as of 15:58", "11-09=70 11-16=60 to 11-22"},
			{16, 2, "11-16=70 +0", "11-09=70 11-16=70"},
		}},
		"a month": {Monthly, month, false, []look{
			{9, 0, "09-01=300 -10 (not out: 10-01)", "08-01=310 09-01=300"},
			{14, 30, "10-01=300 to 10-30, over: true", "09-01=300 10-01=300 to 10-30"},
			{16, 2, "10-01=310 +10", "09-01=300 10-01=310"},
		}},
		"a month that ends with zeros": {Monthly, month, true, []look{
			{9, 0, "10-01=300 to 10-31, over: true, zeros from 10-31 as of 09:00", "09-01=300 10-01=300 to 10-31"},
			{14, 30, "10-01=300 to 10-31, over: true, zeros from 10-31 as of 14:30", "09-01=300 10-01=300 to 10-31"},
			{16, 2, "10-01=310 +10", "09-01=300 10-01=310"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			today := tt.last.AddDays(1)
			at(t, today.Month, today.Day, 0, func(t *testing.T) {
				a, h := keeper(t, lateBy(tt.last, 6*time.Hour), tt.zeros)
				q := trendOf(tt.cycle, Web)
				for _, l := range tt.looks {
					time.Sleep(time.Until(time.Date(2026, today.Month, today.Day, l.hour, l.minute, 0, 0, shanghai)))
					for _, q.When = range []When{{}, {Kind: OnDay, Date: tt.last}} {
						r, err := a.Report(t.Context(), q, People)
						if err != nil || seen(r) != l.want && (q.When == When{} || tt.cycle == Daily) {
							t.Errorf("%d:%02d: %s, %v, want %s", l.hour, l.minute, seen(r), err, l.want)
						}
						if r.Complete && r.Period.End() == tt.last && l.hour < 16 {
							t.Errorf("%d:%02d: %s is called whole", l.hour, l.minute, seen(r))
						}
						trend, err := a.Trend(t.Context(), q, 2, People, 0)
						if err != nil || drawn(trend, Web) != l.trend && (q.When == When{} || tt.cycle == Daily) {
							t.Errorf("%d:%02d: %s, %v, want %s", l.hour, l.minute, drawn(trend, Web), err, l.trend)
						}
						if (trend.NotOut == nil) != (r.NotOut == nil) || trend.NotOut != nil && *trend.NotOut != *r.NotOut {
							t.Errorf("%d:%02d: the trend says that %v is not out, the report %v", l.hour, l.minute, trend.NotOut, r.NotOut)
						}
					}
					want := NotPublished
					switch {
					case l.hour == 16:
						want = Published
					case tt.zeros:
						want = ZerosOnly
					}
					if got, err := a.DayState(t.Context(), "cli_a", tt.last, Machines); err != nil || got != want {
						t.Errorf("%d:%02d: state %v, %v", l.hour, l.minute, got, err)
					}
					if _, kept := h.m[Request{AppID: "cli_a", Ability: Web, Cycle: tt.cycle, Date: PeriodOf(tt.cycle, tt.last).Start}]; kept {
						t.Errorf("%d:%02d: it is kept for good", l.hour, l.minute)
					}
				}
			})
		})
	}
}

func TestAWeekThatWasAskedForTooEarlyIsWholeLater(t *testing.T) {
	at(t, 11, 23, 14, func(t *testing.T) {
		sunday := NewDate(2026, 11, 22)
		a, h := keeper(t, lateBy(sunday, 6*time.Hour), false)
		q := trendOf(Weekly, Web)
		q.When = When{Kind: OnDay, Date: sunday}
		look := func(want string, patience time.Duration) {
			t.Helper()
			time.Sleep(patience)
			if s, err := a.DigestData(t.Context(), q, Machines); err != nil || seen(s.Report) != want {
				t.Errorf("%s: %s, %v, want %s", time.Now().In(shanghai), seen(s.Report), err, want)
			}
		}
		look("11-16=60 to 11-21, over: true", 0)
		look("11-16=70 +0", 2*time.Hour+2*time.Minute)
		look("11-16=70 +0", 30*24*time.Hour)
		ask := q.question(Web, Period{Weekly, NewDate(2026, 11, 16)}, sunday).Request
		if got := h.m[ask][ActiveUsers]; got != 70 {
			t.Errorf("%d is kept for good", got)
		}
	})
}

// silent is a platform without use on some days. It publishes the last of them late.
func silent(from, to Date, zeros bool, late time.Duration) *publisher {
	p := &publisher{late: map[Date]time.Duration{}, off: map[Date]bool{}, zeros: zeros, making: zeros}
	for d := from; !d.After(to); d = d.AddDays(1) {
		p.off[d] = true
	}
	p.late[to.AddDays(1)] = late
	return p
}

// TestSilenceIsNoProof asks for a day that is late after days without use, as it happens after a holiday and on an app's first
// day: its zeros are what they are, and never the last word.
func TestSilenceIsNoProof(t *testing.T) {
	late := NewDate(2026, 2, 24)
	for name, from := range map[string]Date{
		"after a holiday of nine days": NewDate(2026, 2, 15),
		"after a weekend":              NewDate(2026, 2, 22),
		"on the first day of an app":   NewDate(2025, 1, 1),
	} {
		for _, zeros := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, zeros: %v", name, zeros), func(t *testing.T) {
				at(t, 2, 25, 10, func(t *testing.T) {
					a, h := keeper(t, silent(from, late.AddDays(-1), zeros, 3*time.Hour), zeros)
					time.Sleep(31 * time.Minute)
					want, state := "", NotPublished
					if zeros {
						want, state = "02-24=0 to 02-24, over: true, zeros from 02-24 as of 10:31", ZerosOnly
					}
					for _, when := range []When{{}, {Kind: Yesterday}, {Kind: OnDay, Date: late}} {
						q := trendOf(Daily, Web)
						q.When = when
						r, err := a.Report(t.Context(), q, People)
						switch {
						case zeros && (err != nil || seen(r) != want):
							t.Errorf("%v: %s, %v, want %s", when, seen(r), err, want)
						case !zeros && err == nil && (r.NotOut == nil || r.NotOut.Start != late || *r.Sections[0].Rows[0].Value == 0):
							t.Errorf("%v: %s", when, seen(r))
						case !zeros && err != nil && !absent(err):
							t.Errorf("%v: %v", when, err)
						}
					}
					if got, err := a.DayState(t.Context(), "cli_a", late, Machines); err != nil || got != state {
						t.Errorf("state %v, %v, want %v", got, err, state)
					}
					time.Sleep(2*time.Hour + 30*time.Minute) // 13:01
					r, err := a.Report(t.Context(), trendOf(Daily, Web), People)
					if err != nil || !strings.HasPrefix(seen(r), "02-24=10") || !r.Complete {
						t.Errorf("when it has come: %s, %v", seen(r), err)
					}
					if len(h.m) > 0 && h.m[Request{AppID: "cli_a", Ability: Web, Cycle: Daily, Date: late}] != nil {
						t.Errorf("kept for good: %v", h.m)
					}
				})
			})
		}
	}
}

// TestAWeekendIsProvedByTheNextDayWithUse lets a week end with a weekend without use, and one with a Sunday that has use
// although none had before.
func TestAWeekendIsProvedByTheNextDayWithUse(t *testing.T) {
	for _, usedOnce := range []bool{false, true} {
		at(t, 11, 23, 10, func(t *testing.T) {
			sunday := NewDate(2026, 11, 22)
			p := &publisher{late: map[Date]time.Duration{sunday: 3 * time.Hour}, off: map[Date]bool{}, zeros: true, making: true}
			for d := NewDate(2026, 10, 1); d.Before(NewDate(2026, 12, 1)); d = d.AddDays(1) {
				weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
				p.off[d] = weekend && (d != sunday || !usedOnce)
			}
			a, _ := keeper(t, p, true)
			q := trendOf(Weekly, Web)
			look := func(patience time.Duration, want string) {
				t.Helper()
				time.Sleep(patience)
				if r, err := a.Report(t.Context(), q, People); err != nil || seen(r) != want {
					t.Errorf("%s: %s, %v, want %s", time.Now().In(shanghai).Format(time.DateTime), seen(r), err, want)
				}
			}
			look(31*time.Minute, "11-16=50 to 11-22, over: true, zeros from 11-21 as of 10:31")
			if usedOnce {
				look(3*time.Hour, "11-16=60 +10")
				return
			}
			look(3*time.Hour, "11-16=50 to 11-22, over: true, zeros from 11-21 as of 13:31")
			look(21*time.Hour, "11-16=50 +0") // on Tuesday, when Monday is published
		})
	}
}

// TestAnUnprovedWeekIsNotComparedWith the week that runs.
func TestAnUnprovedWeekIsNotComparedWith(t *testing.T) {
	at(t, 11, 24, 11, func(t *testing.T) { // Monday is published, and there is no use from Saturday on
		p := silent(NewDate(2026, 11, 21), NewDate(2026, 11, 23), true, 0)
		a, _ := keeper(t, p, true)
		q := trendOf(Weekly, AppAbility)
		q.When = When{Kind: ThisWeek}
		r, err := a.Report(t.Context(), q, People)
		if err != nil || seen(r) != "11-23=0 to 11-23, over: false, zeros from 11-23 as of 11:00" {
			t.Fatalf("%s, %v", seen(r), err)
		}
		if row := r.Sections[0].Rows[0]; row.Before != nil {
			t.Errorf("beside it stands %d of a week that may lack days", *row.Before)
		}
		if row := r.Sections[0].Rows[2]; row.Metric != TotalUsers || row.AsOf != NewDate(2026, 11, 20) {
			t.Errorf("%+v is as of a day that may still be counted", row)
		}
	})
}

// TestAnUnfinishedPeriodNamesTheDaysThatItCovers although a day is published while its figures are asked for, or while they
// are kept.
func TestAnUnfinishedPeriodNamesTheDaysThatItCovers(t *testing.T) {
	tuesday := NewDate(2026, 11, 24)
	for name, took := range map[string]time.Duration{"at once": 0, "slowly": 40 * time.Second} {
		for _, zeros := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, zeros: %v", name, zeros), func(t *testing.T) {
				for before := range 6 { // twenty seconds each
					at(t, 11, 25, 9, func(t *testing.T) {
						p := lateBy(tuesday, 0)
						p.making, p.zeros = zeros, zeros
						source := p.platform()
						source.took = took
						a := restarted(t, source, &archive{})
						time.Sleep(time.Hour - 2*time.Minute)
						if _, err := a.Newest(t.Context(), "cli_a", People); err != nil { // it is known for a minute
							t.Fatal(err)
						}
						time.Sleep(time.Until(time.Date(2026, 11, 25, 10, 0, 0, 0, shanghai)) - time.Duration(before)*20*time.Second)
						for _, c := range []Cycle{Weekly, Monthly} {
							q := trendOf(c, Web)
							q.When = When{Kind: OnDay, Date: tuesday}
							r, err := a.Report(t.Context(), q, People)
							if err != nil {
								t.Fatal(err)
							}
							covered := r.Through
							if !r.ZerosFrom.IsZero() {
								covered = r.ZerosFrom.AddDays(-1)
							}
							if got, want := *r.Sections[0].Rows[0].Value, p.count(r.Period, covered); got != want {
								t.Errorf("%d s before: %s names %d", 20*before, seen(r), want)
							}
							trend, err := a.Trend(t.Context(), q, 2, People, 0)
							if err != nil {
								t.Fatal(err)
							}
							last := trend.Points[1]
							covered = last.Through
							if !last.ZerosFrom.IsZero() {
								covered = last.ZerosFrom.AddDays(-1)
							}
							if got, want := *last.Value(Web, ActiveUsers), p.count(last.Period, covered); got != want {
								t.Errorf("%d s before: the trend %s names %d", 20*before, drawn(trend, Web), want)
							}
						}
					})
				}
			})
		}
	}
}

// TestATrendThatCannotTellWhichDaysItCovers in time shows the figure as unchecked, and Resume checks it.
func TestATrendThatCannotTellWhichDaysItCovers(t *testing.T) {
	for within, want := range map[time.Duration]string{
		500 * time.Millisecond:  "11-16? 11-23 to 11-23?",
		1500 * time.Millisecond: "11-16=70 11-23=10 to 11-23?",
		5 * time.Second:         "11-16=70 11-23=10 to 11-23",
	} {
		at(t, 11, 25, 9, func(t *testing.T) {
			p := lateBy(NewDate(2026, 11, 24), 0)
			source := p.platform()
			a := restarted(t, source, &archive{})
			if _, err := a.Newest(t.Context(), "cli_a", People); err != nil {
				t.Fatal(err)
			}
			source.took = time.Second
			trend, err := a.Trend(t.Context(), trendOf(Weekly, Web), 2, People, within)
			if err != nil || drawn(trend, Web) != want || trend.Points[0].Unchecked || trend.Points[1].Unchecked != strings.Contains(want, "=10 to 11-23?") {
				t.Errorf("within %v: %s, %v, want %s", within, drawn(trend, Web), err, want)
			}
			if trend, err = a.Resume(t.Context(), trend, People, 5*time.Second); err != nil || drawn(trend, Web) != "11-16=70 11-23=10 to 11-23" || trend.Points[1].Unchecked {
				t.Errorf("resumed after %v: %s, %v", within, drawn(trend, Web), err)
			}
		})
	}
}

// TestResume_PlatformFails_KeepsUncheckedFigures has the platform fail before the figures are checked.
func TestResume_PlatformFails_KeepsUncheckedFigures(t *testing.T) {
	at(t, 11, 25, 9, func(t *testing.T) {
		source := lateBy(NewDate(2026, 11, 24), 0).platform()
		a := restarted(t, source, &archive{})
		if _, err := a.Newest(t.Context(), "cli_a", People); err != nil {
			t.Fatal(err)
		}
		source.took = time.Second
		trend, err := a.Trend(t.Context(), trendOf(Weekly, Web), 2, People, 1500*time.Millisecond)
		if err != nil || !trend.Points[1].Unchecked {
			t.Fatalf("%s, %v", drawn(trend, Web), err)
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		source.fail = func(int, Request) error { return &Failure{Reason: Unavailable} }
		trend, err = a.Resume(t.Context(), trend, People, 5*time.Second)
		if err != nil || drawn(trend, Web) != "11-16=70 11-23=10 to 11-23" || !trend.Points[1].Unchecked {
			t.Errorf("%s, unchecked %t, %v", drawn(trend, Web), trend.Points[1].Unchecked, err)
		}
	})
}

// TestADayBeforeAndAfterItIsPublishedIsTwoQuestions asks for an ability that had no figures before.
func TestADayBeforeAndAfterItIsPublishedIsTwoQuestions(t *testing.T) {
	at(t, 11, 25, 9, func(t *testing.T) {
		tuesday := NewDate(2026, 11, 24)
		a, _ := keeper(t, lateBy(tuesday, 0), true)
		q := trendOf(Daily, Web)
		q.When = When{Kind: OnDay, Date: tuesday}
		time.Sleep(59*time.Minute + 30*time.Second)
		if r, err := a.Report(t.Context(), q, People); err != nil || *r.Sections[0].Rows[0].Value != 0 || r.Complete {
			t.Fatalf("%s, %v", seen(r), err)
		}
		time.Sleep(15 * time.Second)
		q.Department.ID = "od-1"
		if r, err := a.Report(t.Context(), q, People); err != nil || *r.Sections[0].Rows[0].Value != 0 || r.Complete {
			t.Fatalf("%s, %v", seen(r), err)
		}
		time.Sleep(20 * time.Second)                                                        // the department's zeros would be known for another 40 s
		if _, err := a.availability(t.Context(), "cli_a", People, time.Now()); err != nil { // another question has updated the availability
			t.Fatal(err)
		}
		if r, err := a.Report(t.Context(), q, People); err != nil || *r.Sections[0].Rows[0].Value != 10 || !r.Complete {
			t.Errorf("%s, %v", seen(r), err)
		}
	})
}

// TestNoFigures tells what the platform has nothing for, while it has figures of the app.
func TestNoFigures(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 1} }}
		p.fail = func(_ int, ask Request) error {
			return when(ask.DepartmentID == "od-1" || ask.Ability == MiniProgram, &Failure{Reason: NoData, Code: 211011, LogID: "log-7"})
		}
		a := newTestAsker(t, p)
		for name, tt := range map[string]struct {
			query       Query
			first, last Date
		}{
			"a department's day": {Query{Ability: Web, Cycle: Daily, Department: Department{ID: "od-1"}}, NewDate(2026, 11, 24), NewDate(2026, 11, 24)},
			"an ability's week":  {Query{Ability: MiniProgram, Cycle: Weekly}, NewDate(2026, 11, 16), NewDate(2026, 11, 22)},
			"all of a department": {
				Query{Ability: All, Cycle: Weekly, Department: Department{ID: "od-1"}, When: When{Kind: ThisWeek}}, NewDate(2026, 11, 23), NewDate(2026, 11, 24),
			},
		} {
			tt.query.App.ID = "cli_a"
			r, err := a.Report(t.Context(), tt.query, People)
			none, failure := new(NoFigures), new(Failure)
			if !errors.As(err, &none) || none.First != tt.first || none.Last != tt.last || none.Counting || !errors.As(err, &failure) || failure.LogID != "log-7" {
				t.Errorf("%s: %v", name, err)
			}
			if len(r.Sections) == 0 || !r.Sections[0].Missing {
				t.Errorf("%s: the report is %+v", name, r)
			}
			newest := NewDate(2026, 11, 24) // also of a trend of weeks, which ends with the current one
			first := PeriodOf(tt.query.Cycle, newest).Previous().Start
			if _, err := a.Trend(t.Context(), tt.query, 2, People, 0); !errors.As(err, &none) || none.Counting || none.First != first || none.Last != newest {
				t.Errorf("%s: the trend is %v, want from %s to %s", name, err, first, newest)
			}
			if s, err := a.DigestData(t.Context(), tt.query, Machines); err != nil || !s.Report.Sections[0].Missing || s.Report.Period.Start != tt.first {
				t.Errorf("%s: the story is %+v, %v", name, s.Report, err)
			}
		}
		p.newest = NewDate(2026, 11, 23) // of Tuesday there is nothing at all: that is another matter
		q := Query{App: App{ID: "cli_a"}, Ability: Web, Cycle: Daily, Department: Department{ID: "od-2"}, When: When{Kind: Yesterday}}
		time.Sleep(24 * time.Hour)
		if r, err := a.Report(t.Context(), q, People); err != nil || r.NotOut == nil {
			t.Errorf("%+v, %v", r, err)
		}
	})
}

// TestTrend_NoFigures_NamesItsDays asks for trends of an app that was not used for a week or longer, such as a new one. All
// their days have no figures; of the last ones the platform may still be counting.
func TestTrend_NoFigures_NamesItsDays(t *testing.T) {
	nothing := &Failure{Reason: NoData, Code: 211011}
	for name, tt := range map[string]struct {
		zeros       func(d Date) bool // days of the app with zeros; of the others there is nothing
		cycle       Cycle
		n           int
		first, last Date
		counting    bool
	}{
		"nothing, two weeks":      {nil, Daily, 14, NewDate(2026, 11, 11), NewDate(2026, 11, 24), true},
		"nothing, three days":     {nil, Daily, 3, NewDate(2026, 11, 22), NewDate(2026, 11, 24), true},
		"zeros up to yesterday":   {func(d Date) bool { return d.After(NewDate(2026, 11, 20)) }, Daily, 14, NewDate(2026, 11, 11), NewDate(2026, 11, 24), true},
		"zeros, not of yesterday": {func(d Date) bool { return d == NewDate(2026, 11, 23) }, Daily, 3, NewDate(2026, 11, 21), NewDate(2026, 11, 23), true},
		"nothing, weeks":          {nil, Weekly, 2, NewDate(2026, 11, 9), NewDate(2026, 11, 22), true},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 25, 15, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 0} }}
				p.fail = func(_ int, ask Request) error {
					return when(ask.Ability != AppAbility || tt.zeros == nil || !tt.zeros(ask.Date), nothing)
				}
				_, err := newTestAsker(t, p).Trend(t.Context(), trendOf(tt.cycle, Web), tt.n, People, 0)
				none := new(NoFigures)
				if !errors.As(err, &none) || none.First != tt.first || none.Last != tt.last || none.Counting != tt.counting {
					t.Errorf("%v, counting %t, want from %s to %s, counting %t", err, none.Counting, tt.first, tt.last, tt.counting)
				}
			})
		})
	}
}

func TestARankingOfAWeekThatIsLateIsNotCompared(t *testing.T) {
	at(t, 11, 23, 15, func(t *testing.T) {
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) {
			return []DepartmentFigures{appUse("od-be", 5), appUse("od-fe", 3)}, nil
		}}
		h := &archive{}
		a := restarted(t, lateBy(NewDate(2026, 11, 22), 8*time.Hour).platform(), h)
		a.departmentSource, a.children, a.listings = l, directoryOf(company()), newQuotaQueue(&window{})
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
		if want := 4 * (25 + 3 + 1); len(h.m) != want || len(a.source.(*platform).asked()) != want+2 { // which day is the newest
			t.Errorf("%d are kept, want %d: %s", len(h.m), want, strings.Join(a.source.(*platform).asked(), "\n"))
		}
		time.Sleep(75 * time.Minute) // Sunday's figures came at ten
		s, err := a.DigestData(t.Context(), trendOf(Weekly, Web), Machines)
		if err != nil || seen(s.Report) != "11-16=70 +0" {
			t.Errorf("%s, %v", seen(s.Report), err)
		}
	})
}

// TestReport_ADayOfZeros_KeepsTheTotalOfTheDayBefore: the total of a day that may still be counted is none.
func TestReport_ADayOfZeros_KeepsTheTotalOfTheDayBefore(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(a Request) Figures {
			if a.Date == NewDate(2026, 11, 22) {
				return Figures{ActiveUsers: 0, TotalUsers: 0}
			}
			return Figures{ActiveUsers: 10, TotalUsers: 900}
		}}
		r, err := newTestAsker(t, p).Report(t.Context(), trendOf(Daily, AppAbility), People)
		if err != nil || r.ZerosFrom != NewDate(2026, 11, 22) {
			t.Fatalf("%s, %v", seen(r), err)
		}
		for _, row := range r.Sections[0].Rows {
			if row.Metric == TotalUsers && (row.Value == nil || *row.Value != 900 || row.AsOf != NewDate(2026, 11, 21)) {
				t.Errorf("the total is %+v", row)
			}
		}
	})
}

// TestADayThatIsWeeksLate is never called published, and nothing of it or of its week is kept for good before it comes.
func TestADayThatIsWeeksLate(t *testing.T) {
	for _, late := range []int{8, 9, 12, 20, 30} {
		for _, zeros := range []bool{true, false} {
			t.Run(fmt.Sprintf("%d days, zeros: %v", late, zeros), func(t *testing.T) {
				at(t, 10, 20, 12, func(t *testing.T) {
					sunday := NewDate(2026, 10, 18)
					a, h := keeper(t, lateBy(sunday, time.Duration(late)*24*time.Hour), zeros)
					q := trendOf(Weekly, AppAbility)
					q.When = When{Kind: OnDay, Date: sunday}
					want := NotPublished
					if zeros {
						want = ZerosOnly
					}
					for range late - 1 {
						if got, err := a.DayState(t.Context(), "cli_a", sunday, Machines); err != nil || got != want {
							t.Fatalf("%s: state %v, %v, want %v", time.Now().In(shanghai), got, err, want)
						}
						r, err := a.Report(t.Context(), q, People)
						if err != nil || r.Complete || *r.Sections[0].Rows[0].Value != 60 {
							t.Fatalf("%s: %s, %v", time.Now().In(shanghai), seen(r), err)
						}
						time.Sleep(24 * time.Hour)
					}
					for ask := range h.m {
						if end := (Period{ask.Cycle, ask.Date}).End(); !end.Before(sunday) {
							t.Errorf("%v is kept for good", ask)
						}
					}
					time.Sleep(24 * time.Hour)
					if r, err := a.Report(t.Context(), q, People); err != nil || !r.Complete || *r.Sections[0].Rows[0].Value != 70 {
						t.Errorf("when it has come: %s, %v", seen(r), err)
					}
				})
			})
		}
	}
}

// TestASubstituteIsForgottenWhenTheDayCameMeanwhile lets questions wait for the quota while the day is published that they
// mean.
func TestASubstituteIsForgottenWhenTheDayCameMeanwhile(t *testing.T) {
	tuesday := NewDate(2026, 11, 24)
	for name, ask := range map[string]func(ctx context.Context, a *Client, q Query) (Date, *Period, error){
		"a report": func(ctx context.Context, a *Client, q Query) (Date, *Period, error) {
			r, err := a.Report(ctx, q, People)
			return r.Period.Start, r.NotOut, err
		},
		"a ranking": func(ctx context.Context, a *Client, q Query) (Date, *Period, error) {
			r, err := a.Ranking(ctx, q, People)
			return r.Period.Start, r.NotOut, err
		},
		"a trend": func(ctx context.Context, a *Client, q Query) (Date, *Period, error) {
			r, err := a.Trend(ctx, q, 2, People, 0)
			return r.Points[len(r.Points)-1].Period.Start, r.NotOut, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, when := range []When{{}, {Kind: Yesterday}, {Kind: OnDay, Date: tuesday}} {
				at(t, 11, 25, 9, func(t *testing.T) {
					time.Sleep(59*time.Minute + 30*time.Second)
					w := &window{}
					a := NewClient(Settings{
						Source: lateBy(tuesday, 0).platform(), Quota: w, Cache: &memory{}, Now: time.Now, Zone: shanghai,
						DepartmentQuota: w, Children: directoryOf(company()),
					})
					t.Cleanup(a.Close)
					if d, err := a.Newest(t.Context(), "cli_a", People); err != nil || d != tuesday.AddDays(-1) {
						t.Fatal(d, err)
					}
					w.Block(t.Context(), 8*time.Minute)
					q := trendOf(Daily, Web)
					q.When = when
					if d, notOut, err := ask(t.Context(), a, q); err != nil || d != tuesday || notOut != nil {
						t.Errorf("%v: %v, not out: %v, %v", when, d, notOut, err)
					}
				})
			}
		})
	}
}

// TestResume_TheChartOfAReport_ShowsTheReportsMoment fills up a chart beside figures after two days of zeros were published,
// and while they are still zeros.
func TestResume_TheChartOfAReport_ShowsTheReportsMoment(t *testing.T) {
	for published, want := range map[time.Duration]string{
		5 * time.Minute: "11-20=10 11-21 to 11-21 11-22=0 to 11-22",
		time.Hour:       "11-20=10 11-21=0 to 11-21 11-22=0 to 11-22",
	} {
		at(t, 11, 23, 11, func(t *testing.T) {
			out, saturday := time.Now().Add(published), NewDate(2026, 11, 21)
			p := &platform{newest: NewDate(2026, 11, 30), took: 2 * time.Second, figures: func(ask Request) Figures {
				if ask.Cycle == Daily && !ask.Date.Before(saturday) && time.Now().Before(out) {
					return Figures{ActiveUsers: 0}
				}
				return Figures{ActiveUsers: 10}
			}}
			a := newTestAsker(t, p)
			q := trendOf(Daily, Web)
			q.When = When{Kind: OnDay, Date: NewDate(2026, 11, 22)}
			r, err := a.Report(t.Context(), q, People)
			if err != nil || seen(r) != "11-22=0 to 11-22, over: true, zeros from 11-22 as of 11:00" {
				t.Fatal(seen(r), err)
			}
			trend, err := a.TrendTo(t.Context(), r, 3, People, time.Millisecond)
			if err != nil || trend.Pending() != 2 {
				t.Fatalf("%s, %v", drawn(trend, Web), err)
			}
			time.Sleep(6 * time.Minute)
			if trend, err = a.Resume(t.Context(), trend, People, 0); err != nil || drawn(trend, Web) != want || !trend.AsOf.Equal(r.AsOf) {
				t.Errorf("published after %v: %s as of %v, %v, want %s", published, drawn(trend, Web), trend.AsOf, err, want)
			}
			if gap := trend.Points[1]; gap.Failed != (gap.Value(Web, ActiveUsers) == nil) || gap.Pending {
				t.Errorf("published after %v: Saturday is %+v", published, gap)
			}
		})
	}
}
