package usage

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// byDay gives every question figures that tell its date.
func byDay(a Request) Figures { return Figures{ActiveUsers: int64(a.Date.Day), TotalUsers: 1000} }

func trendOf(c Cycle, a Ability) Query {
	return Query{App: App{ID: "cli_a"}, Ability: a, Cycle: c}
}

// drawn writes a Trend down: each point's day with its active users, with what is special about it.
func drawn(t Trend, a Ability) string {
	var b strings.Builder
	for _, p := range t.Points {
		fmt.Fprintf(&b, " %s", p.Period.Start.String()[5:])
		if v := p.Value(a, ActiveUsers); v != nil {
			fmt.Fprintf(&b, "=%d", *v)
		}
		if !p.Complete {
			fmt.Fprintf(&b, " to %s", p.Through.String()[5:])
		}
		if p.Pending {
			b.WriteString("?")
		}
	}
	return strings.TrimSpace(b.String())
}

func TestTrendEndsWhereTheQueryMeans(t *testing.T) {
	for _, tt := range []struct {
		name   string
		day    int
		hour   int
		newest string
		cycle  Cycle
		when   When
		want   string
	}{
		{"the newest days", 25, 11, "2026-11-24", Daily, When{}, "11-22=22 11-23=23 11-24=24"},
		{"the newest days before ten", 25, 9, "2026-11-23", Daily, When{}, "11-21=21 11-22=22 11-23=23"},
		{"a day that is not out yet is the newest", 25, 9, "2026-11-23", Daily, When{Kind: Yesterday}, "11-21=21 11-22=22 11-23=23"},
		{"a day of the past", 25, 11, "2026-11-24", Daily, When{Kind: OnDay, Date: NewDate(2026, 3, 1)}, "02-27=27 02-28=28 03-01=1"},
		{"the current week is not finished", 25, 11, "2026-11-24", Weekly, When{}, "11-09=9 11-16=16 11-23=23 to 11-24"},
		{"the current week, none of whose days is out", 23, 11, "2026-11-22", Weekly, When{}, "11-02=2 11-09=9 11-16=16"},
		{"nor is last Sunday", 23, 9, "2026-11-21", Weekly, When{}, "10-26=26 11-02=2 11-09=9"},
		{"last week without its Sunday", 23, 9, "2026-11-21", Weekly, When{Kind: LastWeek}, "11-02=2 11-09=9 11-16=16 to 11-21"},
		{"last week", 25, 11, "2026-11-24", Weekly, When{Kind: LastWeek}, "11-02=2 11-09=9 11-16=16"},
		{"the current month is not finished", 25, 11, "2026-11-24", Monthly, When{}, "09-01=1 10-01=1 11-01=1 to 11-24"},
		{"a month over the end of a year", 25, 11, "2026-11-24", Monthly, When{Kind: InMonth, Date: NewDate(2026, 2, 1)}, "12-01=1 01-01=1 02-01=1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at(t, 11, tt.day, tt.hour, func(t *testing.T) {
				p := &platform{newest: day(t, tt.newest), figures: byDay}
				q := trendOf(tt.cycle, AppAbility)
				q.When = tt.when
				got, err := newTestAsker(t, p).Trend(t.Context(), q, 3, People, 0)
				if err != nil || drawn(got, AppAbility) != tt.want {
					t.Errorf("got %s, %v, want %s", drawn(got, AppAbility), err, tt.want)
				}
				if total := got.Points[0].Value(AppAbility, TotalUsers); (total != nil) != (tt.cycle == Daily) {
					t.Errorf("total users %v in a %s point", total, tt.cycle)
				}
			})
		})
	}
}

func TestTrendOfWhatHasNotBegun(t *testing.T) {
	at(t, 11, 23, 9, func(t *testing.T) {
		q := trendOf(Weekly, AppAbility)
		q.When = When{Kind: ThisWeek}
		_, err := newTestAsker(t, &platform{newest: NewDate(2026, 11, 21), figures: byDay}).Trend(t.Context(), q, 3, People, 0)
		if early := new(TimeError); !errors.As(err, &early) {
			t.Errorf("got %v", err)
		}
	})
}

func TestTrendPointsAreConsecutive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(Cycles()).Draw(t, "cycle")
		newest := NewDate(2020, 1, 1).AddDays(rapid.IntRange(0, 4000).Draw(t, "days"))
		today := newest.AddDays(rapid.IntRange(1, 7).Draw(t, "late"))
		v := availability{Published: newest, due: today.AddDays(-rapid.IntRange(1, 9).Draw(t, "due"))}
		for d := newest.AddDays(1); d.Before(today); d = d.AddDays(1) {
			if rapid.Bool().Draw(t, "zeros") {
				v.Zeros = append(v.Zeros, d)
			}
		}
		last, _, err := lastPoint(When{}, c, today, v)
		if err != nil {
			t.Fatal(err)
		}
		n := rapid.IntRange(1, MaxPoints(c)).Draw(t, "n")
		points := pointsUpTo(last, n, v)
		if len(points) != n || points[n-1].Period != last || points[n-1].Through.After(v.lastAnswered()) {
			t.Fatalf("%d points up to %v, through %s, newest %s, zeros %s", len(points), last, points[n-1].Through, newest, v.Zeros)
		}
		for i, p := range points {
			if PeriodOf(c, p.Period.Start) != p.Period {
				t.Fatalf("%v is no period", p.Period)
			}
			if i > 0 && points[i-1].Period.End().AddDays(1) != p.Period.Start {
				t.Fatalf("%v follows %v", p.Period, points[i-1].Period)
			}
			if whole := p.Through == p.Period.End() && p.ZerosFrom.IsZero(); whole != p.Complete || p.Complete == p.Period.End().After(newest) {
				t.Fatalf("point %d of %d: complete %v through %s, zeros from %s", i, n, p.Complete, p.Through, p.ZerosFrom)
			}
			if !p.ZerosFrom.IsZero() && (p.ZerosFrom.Before(p.Period.Start) || p.ZerosFrom.After(p.Through) || !p.ZerosFrom.After(newest)) {
				t.Fatalf("point %d of %d through %s: zeros from %s", i, n, p.Through, p.ZerosFrom)
			}
		}
	})
}

func TestLengthsOfTrends(t *testing.T) {
	t.Parallel()
	for c, want := range map[Cycle][2]int{Daily: {14, 31}, Weekly: {8, 26}, Monthly: {12, 24}} {
		if DefaultPoints(c) != want[0] || MaxPoints(c) != want[1] {
			t.Errorf("a %s trend has %d points, %d at most; want %v", c, DefaultPoints(c), MaxPoints(c), want)
		}
	}
}

func TestTrendIsHeldToItsLength(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		a := newTestAsker(t, &platform{newest: NewDate(2026, 11, 24), figures: byDay})
		for _, c := range Cycles() {
			for n, want := range map[int]int{-1: 1, 0: 1, DefaultPoints(c): DefaultPoints(c), 1000: MaxPoints(c)} {
				if got, err := a.Trend(t.Context(), trendOf(c, Web), n, People, 0); err != nil || len(got.Points) != want {
					t.Errorf("%d %s points: %d, %v", n, c, len(got.Points), err)
				}
			}
		}
	})
}

func TestATrendsGaps(t *testing.T) {
	gone, away := &Failure{Reason: NoData, LogID: "gone"}, &Failure{Reason: Rejected, LogID: "away"}
	for name, tt := range map[string]struct {
		fail  func(Request) error
		want  string
		logID string
		calls int // calls other than the one for the newest day
	}{
		"the platform has nothing for a day": {func(a Request) error { return when(a.Date.Day == 22, gone) }, "11-21=21 11-22 11-23=23 11-24=24", "", 4},
		"a day fails":                        {func(a Request) error { return when(a.Date.Day == 22, away) }, "11-21=21 11-22 11-23=23 11-24=24", "", 4},
		"there is nothing at all":            {func(Request) error { return gone }, "", "gone", 4},
		"a failure says more":                {func(a Request) error { return when(a.Date.Day == 22, away, gone) }, "", "away", 4},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 24), figures: byDay}
				p.fail = func(_ int, a Request) error { return when(a.Ability == Web, tt.fail(a)) }
				got, err := newTestAsker(t, p).Trend(t.Context(), trendOf(Daily, Web), 4, People, 0)
				failure := new(Failure)
				errors.As(err, &failure)
				if drawn(got, Web) != tt.want || failure.LogID != tt.logID || len(p.asked()) != tt.calls+1 {
					t.Errorf("%s, %v, %d calls", drawn(got, Web), err, len(p.asked()))
				}
			})
		})
	}
}

// when returns err if it is so, otherwise what else is given.
func when(so bool, err error, otherwise ...error) error {
	switch {
	case so:
		return err
	case len(otherwise) > 0:
		return otherwise[0]
	}
	return nil
}

func TestARefusalThatHoldsForAllPointsEndsATrend(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: byDay, took: time.Second}
		p.fail = func(_ int, a Request) error { return when(a.DepartmentID != "", &Failure{Reason: UnknownDepartment}) }
		q := trendOf(Daily, All)
		q.Department.ID = "od-gone"
		_, err := newTestAsker(t, p).Trend(t.Context(), q, 31, People, 0)
		failure := new(Failure)
		if !errors.As(err, &failure) || failure.Reason != UnknownDepartment || len(p.asked()) > 1+2*maxParallel {
			t.Errorf("%v after %d calls", err, len(p.asked()))
		}
	})
}

func TestATrendFillsUp(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: byDay, took: time.Second}
		a, q := newTestAsker(t, p), trendOf(Daily, Web)
		began := time.Now()
		got, err := a.Trend(t.Context(), q, 20, People, 2500*time.Millisecond)
		if err != nil || got.Pending() != 12 || time.Since(began) != 2500*time.Millisecond {
			t.Errorf("%d pending, %v, after %v: %s", got.Pending(), err, time.Since(began), drawn(got, Web))
		}
		if got.Points[19].Pending || !got.Points[0].Pending {
			t.Errorf("the newest come last: %s", drawn(got, Web))
		}
		time.Sleep(3 * time.Second)
		began = time.Now()
		if got, err = a.Trend(t.Context(), q, 20, People, time.Second); err != nil || got.Pending() != 0 || time.Since(began) != 0 {
			t.Errorf("later: %d pending, %v, after %v", got.Pending(), err, time.Since(began))
		}
		if calls := len(p.asked()); calls != 21 {
			t.Errorf("%d calls for 20 points and the newest day", calls)
		}
	})
}

func TestWhoGivesUpOnATrendHasItLater(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: byDay, took: time.Second}
		a := newTestAsker(t, p)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if _, err := a.Trend(t.Context(), trendOf(Daily, All), 6, People, 0); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if calls := len(p.asked()); calls != 4*6 { // the newest day is one of them
			t.Errorf("20 equal trends cost %d calls", calls)
		}
	})
}

func TestATrendIsReadFromTheHistoryAtOnce(t *testing.T) {
	at(t, 11, 25, 15, func(t *testing.T) {
		p, h := &platform{newest: NewDate(2026, 11, 24), figures: byDay}, &archive{}
		p.fail = func(_ int, a Request) error { return when(a.Ability == MiniProgram, &Failure{Reason: NoData}) }
		first, err := restarted(t, p, h).Trend(t.Context(), trendOf(Daily, All), 31, People, 0)
		if err != nil {
			t.Fatal(err)
		}
		calls := len(p.asked())
		h.looks = 0
		again, err := restarted(t, p, h).Trend(t.Context(), trendOf(Daily, All), 31, People, 0)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, again, cmpopts.IgnoreUnexported(Trend{})); diff != "" {
			t.Error(diff)
		}
		// Of the last two days three abilities are not settled, the newest day's among them; of what is missing, the last 7 days
		// may yet come.
		if more := len(p.asked()) - calls; calls != 124 || more != 2*3+7 || h.looks != 2 {
			t.Errorf("%d calls, then %d with %d looks into the history", calls, more, h.looks)
		}
	})
}

func TestTimesBeforeTheFiguresBeginAreAskedForOnce(t *testing.T) {
	for _, reason := range []Reason{NoData, BadRange} {
		at(t, 11, 25, 15, func(t *testing.T) {
			p, h := &platform{newest: NewDate(2026, 11, 24), figures: byDay}, &archive{}
			p.fail = func(_ int, a Request) error {
				return when(a.Date.Before(NewDate(2026, 3, 1)), &Failure{Reason: reason})
			}
			for _, calls := range []int{12 + 1, 1 + 1} { // the current month and the newest day are asked for again
				before := len(p.asked())
				got, err := restarted(t, p, h).Trend(t.Context(), trendOf(Monthly, Web), 12, People, 0)
				if err != nil || got.Points[2].Value(Web, ActiveUsers) != nil || got.Points[3].Value(Web, ActiveUsers) == nil {
					t.Errorf("%s, %v", drawn(got, Web), err)
				}
				if more := len(p.asked()) - before; more != calls {
					t.Errorf("%s: %d calls, want %d", reason, more, calls)
				}
			}
		})
	}
}

func TestATrendKeepsToTheQuota(t *testing.T) {
	for _, share := range []Share{People, Machines} {
		keepsToTheQuota(t, share)
	}
}

// keepsToTheQuota checks the quota, and that a person's question gets a slot beside the many of a Trend, whatever its
// share.
func keepsToTheQuota(t *testing.T, share Share) {
	t.Helper()
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: byDay}
		a := newTestAsker(t, p)
		got, err := a.Trend(t.Context(), trendOf(Daily, All), 31, share, time.Second)
		if err != nil || len(p.asked()) != machinesPerMinute {
			t.Errorf("%d calls at once, %v", len(p.asked()), err)
		}
		if got.Pending() == 0 {
			t.Error("nothing is pending")
		}
		if _, err := a.Report(t.Context(), weeklyWeb(), People); err != nil {
			t.Error(err)
		}
		if time.Since(time.Date(2026, 11, 25, 11, 0, 0, 0, shanghai)) != time.Second {
			t.Error("a person waited for the points of a trend")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := len(p.asked()); got != 124+2 {
			t.Errorf("%d calls in all", got)
		}
	})
}

func TestAClosedAskerLeavesNoTrendWaiting(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		a := newTestAsker(t, &platform{newest: NewDate(2026, 11, 24), figures: byDay, took: time.Minute})
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := a.Trend(t.Context(), trendOf(Daily, All), 5, People, 0); err == nil {
				t.Error("no error")
			}
		})
		time.Sleep(90 * time.Second)
		a.Close()
		wg.Wait()
	})
}
