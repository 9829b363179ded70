package usage

import (
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// failures are those that may befall one call of several.
func failures() []Reason {
	return []Reason{Unavailable, Throttled, Rejected, BadDate, BadCycle, PlanTooSmall, UnknownDepartment, MonthQuota}
}

func TestReport_AFailedComparisonCostsTheComparison(t *testing.T) {
	for _, reason := range append(failures(), NoData, BadRange, BadAbility) {
		t.Run(string(reason), func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 5, PageViews: 6, Opens: 7} }}
				p.fail = func(_ int, ask Request) error {
					return when(ask.Date == NewDate(2026, 11, 9), &Failure{Reason: reason})
				}
				r, err := newTestAsker(t, p).Report(t.Context(), weeklyWeb(), People)
				if err != nil {
					t.Fatal(err)
				}
				s := r.Sections[0]
				none := hasNone(&Failure{Reason: reason})
				if *s.Rows[0].Value != 5 || s.Rows[0].Before != nil || s.Rows[0].Change.Kind != Incomparable || s.BeforeFailed == none || r.Failed() == none {
					t.Errorf("section %+v, failed %v", s, r.Failed())
				}
			})
		})
	}
}

func TestReport_AFailedTotalCostsTheTotal(t *testing.T) {
	for _, reason := range append(failures(), NoData) {
		t.Run(string(reason), func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 5, TotalUsers: 9} }}
				p.fail = func(_ int, ask Request) error {
					return when(ask.Date == NewDate(2026, 11, 22), &Failure{Reason: reason})
				}
				q := weeklyWeb()
				q.Ability = AppAbility
				r, err := newTestAsker(t, p).Report(t.Context(), q, People)
				if err != nil {
					t.Fatal(err)
				}
				s := r.Sections[0]
				if *s.Rows[0].Value != 5 || *s.Rows[0].Before != 5 || s.Rows[2].Value != nil || s.TotalFailed != (reason != NoData) {
					t.Errorf("section %+v", s)
				}
			})
		})
	}
}

func TestReport_AFailedAbilityCostsTheAbility(t *testing.T) {
	for _, reason := range append(failures(), NoData, BadRange, BadAbility) {
		t.Run(string(reason), func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 5} }}
				p.fail = func(_ int, ask Request) error {
					if ask.Ability == MiniProgram && ask.Cycle == Weekly {
						time.Sleep(time.Second) // the others have been answered
						return &Failure{Reason: reason}
					}
					return nil
				}
				q := weeklyWeb()
				q.Ability = All
				r, err := newTestAsker(t, p).Report(t.Context(), q, People)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range r.Sections {
					none := hasNone(&Failure{Reason: reason})
					if mp := s.Ability == MiniProgram; s.Failed != (mp && !none) || s.Missing != (mp && none) || len(s.Rows) > 0 == mp {
						t.Errorf("section %+v", s)
					}
				}
			})
		})
	}
}

func TestReport_NothingButFailuresIsTheOneThatSaysMost(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 5} }}
		p.fail = func(_ int, ask Request) error {
			reason := NoData
			if ask.Ability == Web {
				reason = Rejected
			}
			return when(ask.Cycle == Weekly, &Failure{Reason: reason})
		}
		q := weeklyWeb()
		q.Ability = All
		_, err := newTestAsker(t, p).Report(t.Context(), q, People)
		if failure := new(Failure); !errors.As(err, &failure) || failure.Reason != Rejected {
			t.Errorf("got %v", err)
		}
	})
}

func TestTrend_FailedPointsAreNoGaps(t *testing.T) {
	for _, reason := range append(failures(), NoData, BadRange, BadAbility) {
		t.Run(string(reason), func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 24), figures: byDay}
				p.fail = func(_ int, ask Request) error {
					if ask.Ability == Web && ask.Date == NewDate(2026, 11, 22) {
						time.Sleep(time.Second) // the others have been answered: what holds for all points cannot be the reason
						return &Failure{Reason: reason}
					}
					return nil
				}
				trend, err := newTestAsker(t, p).Trend(t.Context(), trendOf(Daily, Web), 4, People, 0)
				none := hasNone(&Failure{Reason: reason})
				if err != nil || trend.Failed() == 0 != none || trend.Points[1].Failed == none || trend.Points[1].Value(Web, ActiveUsers) != nil || trend.Pending() != 0 {
					t.Errorf("%s, %d failed, %v", drawn(trend, Web), trend.Failed(), err)
				}
				for _, point := range trend.Points {
					if got := point.Value(Web, ActiveUsers); got == nil && !point.Failed && !none {
						t.Errorf("%v has neither a figure nor a failure", point.Period.Start)
					}
				}
			})
		})
	}
}

func TestStory_WhatFailsCostsNoMore(t *testing.T) {
	for _, reason := range failures() {
		t.Run(string(reason), func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 5, PageViews: 6, Opens: 7} }}
				p.fail = func(_ int, ask Request) error {
					return when(ask.Date != NewDate(2026, 11, 24), &Failure{Reason: reason})
				}
				s, err := newTestAsker(t, p).DigestData(t.Context(), trendOf(Daily, Web), Machines)
				if err != nil || *s.Report.Sections[0].Rows[0].Value != 5 || !s.Report.Sections[0].BeforeFailed {
					t.Fatalf("%+v, %v", s.Report, err)
				}
				if s.Remark.Kind != Unknown || s.Remark.Against.Start != NewDate(2026, 11, 17) {
					t.Errorf("the remark is %+v", s.Remark)
				}
				if points := s.Trend.Points; len(points) != 14 || points[13].Value(Web, ActiveUsers) == nil || s.Trend.Failed()+s.Trend.Pending() != 13 { // a throttled call is still waited for
					t.Errorf("the trend is %s, %d failed", drawn(s.Trend, Web), s.Trend.Failed())
				}
			})
		})
	}
}

// TestTrendTo_IsOfTheReportsMoment changes what the platform says between a report and its chart: the day that is newest,
// and the figures themselves.
func TestTrendTo_IsOfTheReportsMoment(t *testing.T) {
	for name, tt := range map[string]struct {
		cycle Cycle
		when  When
		want  string
	}{
		"an unfinished week":                {Weekly, When{Kind: ThisWeek}, "11-09=2 11-16=1 11-23=1 to 11-23"},
		"a whole week":                      {Weekly, When{}, "11-02=2 11-09=1 11-16=1"},
		"a day, with what stands beside it": {Daily, When{}, "11-16=1 11-17=2 11-18=2 11-19=2 11-20=1 11-21=2 11-22=2 11-23=1"},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 24, 11, func(t *testing.T) {
				count := int64(1)
				p := &platform{newest: NewDate(2026, 11, 23)}
				p.figures = func(Request) Figures {
					return Figures{ActiveUsers: count, TotalUsers: 100, NewUsers: 0, PageViews: 3, Opens: 2}
				}
				a := newTestAsker(t, p)
				q := trendOf(tt.cycle, AppAbility)
				q.When = tt.when
				r, err := a.Report(t.Context(), q, People)
				if err != nil {
					t.Fatal(err)
				}
				p.mu.Lock()
				p.newest, count = NewDate(2026, 11, 24), 2
				p.mu.Unlock()
				time.Sleep(25 * time.Hour)
				trend, err := a.TrendTo(t.Context(), r, map[Cycle]int{Daily: 8, Weekly: 3}[tt.cycle], People, 0)
				if err != nil || drawn(trend, AppAbility) != tt.want {
					t.Errorf("%s, %v, want %s", drawn(trend, AppAbility), err, tt.want)
				}
			})
		})
	}
}

func TestTrendTo_ALackOfTheReportIsOneOfTheChart(t *testing.T) {
	at(t, 11, 24, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 23), figures: func(Request) Figures { return Figures{ActiveUsers: 5} }}
		a := newTestAsker(t, p)
		period := Period{Weekly, NewDate(2026, 11, 16)}
		r := Report{
			Query: trendOf(Weekly, All), Period: period, Through: period.End(), Complete: true, Before: period.Previous(),
			Sections: []Section{{Ability: AppAbility, Failed: true}, {Ability: MiniProgram, Missing: true}, {Ability: Web, Rows: []Row{{Metric: ActiveUsers, Value: ptr(8)}}}},
			days:     availability{Published: NewDate(2026, 11, 23)},
		}
		trend, err := a.TrendTo(t.Context(), r, 2, People, 0)
		last := trend.Points[1]
		if err != nil || !last.Failed || last.Value(AppAbility, ActiveUsers) != nil || last.Value(MiniProgram, ActiveUsers) != nil || *last.Value(Web, ActiveUsers) != 8 {
			t.Errorf("%+v, %v", last, err)
		}
		if !slices.Equal(last.Nothing, []Ability{MiniProgram}) {
			t.Errorf("the platform is said to have nothing for %v", last.Nothing)
		}
		if *last.Value(Bot, ActiveUsers) != 5 || *trend.Points[0].Value(AppAbility, ActiveUsers) != 5 {
			t.Errorf("what the report does not have was not asked for: %+v", trend.Points)
		}
	})
}

func TestResume_KeepsTheMoment(t *testing.T) {
	at(t, 11, 25, 9, func(t *testing.T) {
		var later atomic.Bool
		count := func() int64 {
			if later.Load() {
				return 2
			}
			return 1
		}
		p := &platform{newest: NewDate(2026, 11, 24), took: 2 * time.Second}
		p.figures = func(Request) Figures { return Figures{ActiveUsers: count(), PageViews: 1, Opens: 1} }
		p.fail = func(_ int, ask Request) error {
			refused := when(ask.Date == NewDate(2026, 10, 26), &Failure{Reason: Rejected})
			return when(!later.Load(), refused)
		}
		a := newTestAsker(t, p)
		trend, err := a.Trend(t.Context(), trendOf(Weekly, Web), 26, People, 9*time.Second)
		if err != nil || trend.Pending() == 0 || trend.Failed() != 1 || drawn(Trend{Points: trend.Points[25:]}, Web) != "11-23=1 to 11-24" {
			t.Fatalf("%s, %v", drawn(trend, Web), err)
		}
		answered := 26 - trend.Pending() - 1
		later.Store(true)
		time.Sleep(2 * time.Hour)
		fuller, err := a.Resume(t.Context(), trend, People, 0)
		if err != nil || fuller.Pending() != 0 || fuller.Failed() != 0 || drawn(Trend{Points: fuller.Points[25:]}, Web) != "11-23=1 to 11-24" {
			t.Errorf("%s, %v", drawn(fuller, Web), err)
		}
		kept := 0
		for i, point := range trend.Points {
			if v := point.Value(Web, ActiveUsers); v != nil && *v == *fuller.Points[i].Value(Web, ActiveUsers) {
				kept++
			}
		}
		if kept != answered {
			t.Errorf("%d of %d figures stayed", kept, answered)
		}
	})
}

func TestResume_ATrendWithoutItsNewestFigureIsOfNow(t *testing.T) {
	at(t, 11, 25, 9, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 23), figures: byDay}
		a := newTestAsker(t, p)
		trend, err := a.Trend(t.Context(), trendOf(Weekly, Web), 3, People, 0)
		if err != nil {
			t.Fatal(err)
		}
		last := &trend.Points[2]
		last.Pending, last.Figures = true, map[Ability]Figures{}
		p.mu.Lock()
		p.newest = NewDate(2026, 11, 24)
		p.mu.Unlock()
		time.Sleep(2 * time.Hour)
		trend, err = a.Resume(t.Context(), trend, People, 0)
		if err != nil || drawn(trend, Web) != "11-09=9 11-16=16 11-23=23 to 11-24" {
			t.Errorf("%s, %v", drawn(trend, Web), err)
		}
	})
}

// TestMover_NoSuperlativeWithAMissingSide draws what is known of each ability and department, on either side. A mover is only
// named when everything is known that may have moved, and then it is the one that moved furthest.
func TestMover_NoSuperlativeWithAMissingSide(t *testing.T) {
	t.Parallel()
	anySide := rapid.Custom(func(t *rapid.T) int64 {
		if rapid.IntRange(0, 5).Draw(t, "known") > 0 {
			return 10 * rapid.Int64Range(0, 9).Draw(t, "count")
		}
		return rapid.SampledFrom([]int64{-1, -2}).Draw(t, "state")
	})
	list := numbered(4)
	rapid.Check(t, func(rt *rapid.T) {
		counts := map[string]int64{"app 11-16 ": 100, "app 11-09 ": rapid.SampledFrom([]int64{50, 200}).Draw(rt, "before")}
		var names []string
		for _, ability := range []Ability{MiniProgram, Web, Bot} {
			names = append(names, string(ability)+" %s ")
		}
		for _, d := range list[:rapid.IntRange(0, 4).Draw(rt, "departments")] {
			names = append(names, "app %s "+d.ID)
		}
		for _, name := range names {
			for _, date := range []string{"11-16", "11-09"} {
				counts[fmt.Sprintf(name, date)] = anySide.Draw(rt, name+date)
			}
		}
		var m Highlight
		var err error
		at(t, 11, 25, 11, func(t *testing.T) {
			count := func(ask Request) int64 {
				return counts[fmt.Sprintf("%s %s %s", ask.Ability, ask.Date.String()[5:], ask.DepartmentID)]
			}
			p := &platform{newest: NewDate(2026, 11, 24)}
			p.figures = func(ask Request) Figures {
				if ask.Cycle == Daily {
					return Figures{ActiveUsers: 1}
				}
				if n := count(ask); n >= 0 {
					return Figures{ActiveUsers: n}
				}
				return nil
			}
			p.fail = func(_ int, ask Request) error {
				return when(count(ask) == -2 && ask.Cycle == Weekly, &Failure{Reason: Rejected})
			}
			a := newRankingAsker(t, p, &listings{list: refusing(211006, UnknownDepartment)}, list[:len(names)-3])
			var days availability
			if days, err = a.availability(t.Context(), "cli_a", People, time.Time{}); err != nil {
				return
			}
			var r Report
			if r, err = emptyReport(trendOf(Weekly, AppAbility), a.today(), days); err == nil {
				now, before := Figures{ActiveUsers: counts["app 11-16 "]}, Figures{ActiveUsers: counts["app 11-09 "]}
				r.Sections = []Section{r.rows(AppAbility, now, before, nil, Date{})}
				m = a.highlight(t.Context(), r, People)
			}
		})
		if err != nil {
			rt.Fatal(err)
		}
		direction := int64(1)
		if m.Kind == Fell {
			direction = -1
		}
		unknown, oneSided, furthest := false, false, int64(0)
		for _, name := range names {
			now, then := counts[fmt.Sprintf(name, "11-16")], counts[fmt.Sprintf(name, "11-09")]
			unknown = unknown || now == -2 || then == -2
			oneSided = oneSided || (now < 0) != (then < 0)
			if now >= 0 && then >= 0 {
				furthest = max(furthest, direction*(now-then))
			}
		}
		switch {
		case m.MoverUnknown != unknown:
			rt.Fatalf("unknown: %v, want %v", m.MoverUnknown, unknown)
		case m.Mover == nil:
		case unknown || oneSided:
			rt.Fatalf("%+v is named, although not all is known: %v", m.Mover, counts)
		case direction*(m.Mover.Value-m.Mover.Before) != furthest || furthest < largeCount:
			rt.Fatalf("%+v is named, and the furthest moved by %d: %v", m.Mover, furthest, counts)
		}
	})
}

func ptr(v int64) *int64 { return &v }

func TestCompare(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		value, before *int64
		want          Change
	}{
		{"up", ptr(120), ptr(100), Change{ByPercent, 20, 20}},
		{"down", ptr(75), ptr(100), Change{ByPercent, -25, -25}},
		{"no change", ptr(100), ptr(100), Change{Kind: Same}},
		{"nothing as before", ptr(0), ptr(0), Change{Kind: Same}},
		{"from nothing is new", ptr(7), ptr(0), Change{Kind: FromZero, Delta: 7}},
		{"to nothing is -100 %", ptr(0), ptr(100), Change{ByPercent, -100, -100}},
		{"to nothing is -100 % of a small count too", ptr(0), ptr(5), Change{ByPercent, -5, -100}},
		{"under 20 only the absolute change", ptr(15), ptr(10), Change{Kind: ByCount, Delta: 5}},
		{"19 is under 20", ptr(38), ptr(19), Change{Kind: ByCount, Delta: 19}},
		{"20 is not", ptr(30), ptr(20), Change{ByPercent, 10, 50}},
		{"a missing value is no zero", nil, ptr(100), Change{}},
		{"a missing base is no zero", ptr(100), nil, Change{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := compare(tt.value, tt.before); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestMetricsOfEachAbility(t *testing.T) {
	t.Parallel()
	// The page, under "ability" and in its appendix.
	has := map[Ability]map[Metric]bool{
		AppAbility:  {ActiveUsers: true, NewUsers: true, TotalUsers: true, PageViews: true, Opens: true},
		MiniProgram: {ActiveUsers: true, PageViews: true, Opens: true},
		Web:         {ActiveUsers: true, PageViews: true, Opens: true},
		Bot:         {ActiveUsers: true},
	}
	for _, a := range Abilities() {
		got := a.Metrics()
		if len(got) != len(has[a]) {
			t.Errorf("%s has %v", a, got)
		}
		for _, m := range got {
			if !has[a][m] {
				t.Errorf("%s has no %s", a, m)
			}
		}
	}
	if got := All.Each(); len(got) != 4 || got[0] != AppAbility {
		t.Errorf("all is made of %v", got)
	}
}

// TestReport_FinalFailure_EndsTheOthers has one ability refused for a reason that holds for all, while the others are slow.
func TestReport_FinalFailure_EndsTheOthers(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 5} }}
		p.fail = func(_ int, ask Request) error {
			switch {
			case ask.Cycle == Daily:
				return nil
			case ask.Ability == Web:
				return &Failure{Reason: PlanTooSmall}
			}
			time.Sleep(10 * time.Second)
			return nil
		}
		q, began := trendOf(Weekly, All), time.Now()
		_, err := newTestAsker(t, p).Report(t.Context(), q, People)
		if failure := new(Failure); !errors.As(err, &failure) || failure.Reason != PlanTooSmall || time.Since(began) != 0 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}

// TestUsed_DayOfZeros asks about a day of zeros whose figures are stored as final.
func TestUsed_DayOfZeros(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		idle := NewDate(2026, 11, 22)
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(ask Request) Figures {
			if ask.Date == idle {
				return Figures{ActiveUsers: 0}
			}
			return Figures{ActiveUsers: 5}
		}}
		a := newTestAsker(t, p)
		q := trendOf(Daily, AppAbility)
		q.When = When{Kind: OnDay, Date: idle}
		if r, err := a.Report(t.Context(), q, People); err != nil || !r.Complete {
			t.Fatalf("%s, %v", seen(r), err)
		}
		for day, want := range map[Date]bool{idle: false, idle.AddDays(1): true} {
			if used, err := a.Used(t.Context(), "cli_a", day, day, People); err != nil || used != want {
				t.Errorf("%s: used %t, %v, want %t", day, used, err, want)
			}
		}
	})
}
