package usage

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLarge(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		before, value int64
		want          bool
	}{
		{100, 120, true},
		{100, 80, true},
		{100, 119, false},
		{100, 81, false},
		{1000, 1199, false},
		{1000, 1200, true}, // many people, but few of all
		{20, 29, false},
		{20, 30, true},
		{20, 11, false},
		{20, 10, true}, // much, but few people
		{0, 9, false},
		{0, 10, true},
		{9, 0, false},
		{10, 0, true},
		{0, 0, false},
		{5, 5, false},
	} {
		if got := isLarge(tt.value, tt.before); got != tt.want {
			t.Errorf("from %d to %d: large %v", tt.before, tt.value, got)
		}
	}
}

// describeHighlight describes a highlight in one line.
func describeHighlight(m Highlight) string {
	s := fmt.Sprintf("%s %d to %d against %s", m.Kind, m.Before, m.Value, m.Against.Start)
	if m.Kind == Silent {
		s = "silent"
	}
	if m.Mover != nil {
		s += fmt.Sprintf(": %s%s %d to %d", m.Mover.Ability, m.Mover.Department.Name, m.Mover.Before, m.Mover.Value)
	}
	return s
}

// figuresFrom answers by "ability cycle date department", and an ability or a department that is not named with nothing.
func figuresFrom(counts map[string]int64) func(Request) Figures {
	return func(a Request) Figures {
		n, ok := counts[fmt.Sprintf("%s %s %s %s", a.Ability, a.Cycle, a.Date, a.DepartmentID)]
		if !ok {
			return nil
		}
		return Figures{ActiveUsers: n, PageViews: 10 * n}
	}
}

func TestRemark(t *testing.T) {
	const (
		day, dayBefore   = "app daily 2026-11-24 ", "app daily 2026-11-17 "
		week, weekBefore = "app weekly 2026-11-16 ", "app weekly 2026-11-09 "
	)
	for name, tt := range map[string]struct {
		cycle   Cycle
		ability Ability
		when    When
		counts  map[string]int64
		below   map[string][2]int64 // active users before and now, by department
		want    string
	}{
		"a moderate day": {
			Daily, AppAbility,
			When{},
			map[string]int64{day: 110, dayBefore: 100, "app daily 2026-11-23 ": 10},
			nil,
			"rose 100 to 110 against 2026-11-17",
		},
		"a loud day without a mover": {Daily, AppAbility, When{}, map[string]int64{day: 150, dayBefore: 100}, nil, "rose 100 to 150 against 2026-11-17"},
		"nothing a week before":      {Daily, AppAbility, When{}, map[string]int64{day: 150}, nil, "silent"},
		"from nobody":                {Daily, AppAbility, When{}, map[string]int64{day: 10, dayBefore: 0}, nil, "rose 0 to 10 against 2026-11-17"},
		"to nobody":                  {Weekly, AppAbility, When{}, map[string]int64{day: 1, week: 0, weekBefore: 10}, nil, "fell 10 to 0 against 2026-11-09"},
		"a moderate week":            {Weekly, AppAbility, When{}, map[string]int64{day: 1, week: 95, weekBefore: 100}, nil, "fell 100 to 95 against 2026-11-09"},
		"a steady week":              {Weekly, AppAbility, When{}, map[string]int64{day: 1, week: 96, weekBefore: 100}, nil, "steady 100 to 96 against 2026-11-09"},
		"few, with a small change":   {Weekly, AppAbility, When{}, map[string]int64{day: 1, week: 18, weekBefore: 19}, nil, "fell 19 to 18 against 2026-11-09"},
		"as many":                    {Weekly, AppAbility, When{}, map[string]int64{day: 1, week: 7, weekBefore: 7}, nil, "same 7 to 7 against 2026-11-09"},
		"nobody as before":           {Weekly, AppAbility, When{}, map[string]int64{day: 1, week: 0, weekBefore: 0}, nil, "same 0 to 0 against 2026-11-09"},
		"an unfinished week":         {Weekly, AppAbility, When{Kind: ThisWeek}, map[string]int64{day: 1, "app weekly 2026-11-23 ": 10, week: 95}, nil, "silent"},
		"a month": {
			Monthly, AppAbility,
			When{},
			map[string]int64{day: 1, "app monthly 2026-10-01 ": 130, "app monthly 2026-09-01 ": 100},
			nil,
			"rose 100 to 130 against 2026-09-01",
		},
		"the ability that moved most": {Weekly, All, When{}, map[string]int64{
			day: 1, week: 150, weekBefore: 100, "h5 weekly 2026-11-16 ": 90, "h5 weekly 2026-11-09 ": 60, "bot weekly 2026-11-16 ": 20, "bot weekly 2026-11-09 ": 80,
		}, nil, "rose 100 to 150 against 2026-11-09: h5 60 to 90"},
		"none that moved far enough": {Weekly, AppAbility, When{}, map[string]int64{
			day: 1, week: 150, weekBefore: 100, "h5 weekly 2026-11-16 ": 69, "h5 weekly 2026-11-09 ": 60,
		}, map[string][2]int64{"od-rd": {50, 59}}, "rose 100 to 150 against 2026-11-09"},
		"a department that moved as far does not come first": {Weekly, AppAbility, When{}, map[string]int64{
			day: 1, week: 150, weekBefore: 100, "h5 weekly 2026-11-16 ": 90, "h5 weekly 2026-11-09 ": 60,
		}, map[string][2]int64{"od-rd": {50, 80}, "od-mk": {99, 9}}, "rose 100 to 150 against 2026-11-09: h5 60 to 90"},
		"a department that moved further": {Weekly, AppAbility, When{}, map[string]int64{
			day: 1, week: 50, weekBefore: 100, "h5 weekly 2026-11-16 ": 30, "h5 weekly 2026-11-09 ": 60,
		}, map[string][2]int64{"od-rd": {50, 10}, "od-mk": {9, 99}}, "fell 100 to 50 against 2026-11-09: 研发部 50 to 10"},
		"a department beside its weekday of the week before": {
			Daily, AppAbility,
			When{},
			map[string]int64{day: 150, dayBefore: 100},
			map[string][2]int64{"od-rd": {50, 90}},
			"rose 100 to 150 against 2026-11-17: 研发部 50 to 90",
		},
		"two abilities that moved as far": {Weekly, AppAbility, When{}, map[string]int64{
			day: 1, week: 150, weekBefore: 100, "h5 weekly 2026-11-16 ": 90, "h5 weekly 2026-11-09 ": 60, "bot weekly 2026-11-16 ": 80, "bot weekly 2026-11-09 ": 50,
		}, map[string][2]int64{"od-rd": {50, 70}}, "rose 100 to 150 against 2026-11-09"},
		"an ability that is new": {Weekly, AppAbility, When{}, map[string]int64{
			day: 1, week: 150, weekBefore: 100, "h5 weekly 2026-11-16 ": 90, "h5 weekly 2026-11-09 ": 60, "mp weekly 2026-11-16 ": 280,
		}, map[string][2]int64{"od-rd": {50, 70}}, "rose 100 to 150 against 2026-11-09"},
		"a department that had nothing": {Weekly, AppAbility, When{}, map[string]int64{
			day: 1, week: 400, weekBefore: 100, "app weekly 2026-11-16 od-ai": 280,
		}, map[string][2]int64{"od-rd": {50, 65}}, "rose 100 to 400 against 2026-11-09"},
		"a department that stopped": {Weekly, AppAbility, When{}, map[string]int64{
			day: 1, week: 100, weekBefore: 400, "app weekly 2026-11-09 od-ai": 280,
		}, map[string][2]int64{"od-rd": {65, 50}}, "fell 400 to 100 against 2026-11-09"},
		"of one ability only departments move": {Weekly, Web, When{}, map[string]int64{
			day: 1, "h5 weekly 2026-11-16 ": 90, "h5 weekly 2026-11-09 ": 60, "bot weekly 2026-11-16 ": 90, "bot weekly 2026-11-09 ": 10,
		}, map[string][2]int64{"od-rd": {50, 70}}, "rose 60 to 90 against 2026-11-09: 研发部 50 to 70"},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				l := &listings{list: func(ask DepartmentRequest) ([]DepartmentFigures, error) {
					now := 0
					if d := ask.Date.String(); d == "2026-11-24" || d == "2026-11-16" {
						now = 1
					}
					var use []DepartmentFigures
					for id, counts := range tt.below {
						figures := Figures{ActiveUsers: counts[now]}
						use = append(use, DepartmentFigures{id, map[Ability]Figures{AppAbility: figures, Web: figures}})
					}
					return use, nil
				}}
				a := newRankingAsker(t, &platform{newest: NewDate(2026, 11, 24), figures: figuresFrom(tt.counts)}, l, company())
				q := Query{App: App{ID: "cli_a"}, Ability: tt.ability, Cycle: tt.cycle, When: tt.when}
				s, err := a.DigestData(t.Context(), q, Machines)
				if err != nil || describeHighlight(s.Remark) != tt.want {
					t.Errorf("%s, %v, want %s", describeHighlight(s.Remark), err, tt.want)
				}
				if large := isLarge(s.Remark.Value, s.Remark.Before); large != (len(l.asked()) > 0) {
					t.Errorf("departments were asked for: %v", l.asked())
				}
			})
		})
	}
}

func TestStory_NoMoverOfASample(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(ask Request) Figures {
			n := 10 * numberOf(ask.DepartmentID)
			if ask.Date == NewDate(2026, 11, 9) {
				n /= 2
			}
			if ask.Ability != AppAbility {
				return nil
			}
			return Figures{ActiveUsers: n}
		}}
		a := newRankingAsker(t, p, &listings{list: refusing(211006, UnknownDepartment)}, numbered(120))
		q := trendOf(Weekly, AppAbility)
		unknown := true
		for looks := 0; unknown && looks < 9; looks++ { // each time more of them are counted
			s, err := a.DigestData(t.Context(), q, Machines)
			unknown = s.Remark.MoverUnknown
			if err != nil || s.Remark.Kind != Rose || looks == 0 && !unknown || unknown != (s.Remark.Mover == nil) || !unknown && s.Remark.Mover.Department.Name != "部门120" {
				t.Errorf("look %d: %s, unknown: %v, %v", looks, describeHighlight(s.Remark), unknown, err)
			}
			time.Sleep(2 * time.Minute)
		}
		if unknown {
			t.Error("the mover is never known")
		}
	})
}

func TestAStoryEndsWithItsReport(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: byDay}
		p.fail = func(_ int, a Request) error {
			return when(a.Cycle == Weekly && a.Date.Before(NewDate(2026, 11, 9)), &Failure{Reason: Unavailable})
		}
		q := trendOf(Weekly, AppAbility)
		s, err := newTestAsker(t, p).DigestData(t.Context(), q, Machines)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(q, s.Trend.Query); diff != "" {
			t.Error(diff)
		}
		if want := "09-28 10-05 10-12 10-19 10-26 11-02 11-09=9 11-16=16"; drawn(s.Trend, AppAbility) != want {
			t.Errorf("got %s, want %s", drawn(s.Trend, AppAbility), want)
		}
	})
}

func TestAStoryDoesNotWaitForEverForItsTrend(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: byDay, took: 40 * time.Second}
		began := time.Now()
		s, err := newTestAsker(t, p).DigestData(t.Context(), trendOf(Daily, All), Machines)
		if err != nil || s.Trend.Pending() != 12 || s.Trend.Points[13].Value(AppAbility, ActiveUsers) == nil || s.Trend.Points[0].Value(AppAbility, ActiveUsers) != nil {
			t.Errorf("%v: %s", err, drawn(s.Trend, AppAbility))
		}
		if took := time.Since(began); took > 2*time.Minute {
			t.Errorf("it took %v", took)
		}
	})
}

func TestAStoryWithoutFiguresIsNone(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: byDay}
		p.fail = func(_ int, a Request) error { return when(a.Cycle == Weekly, &Failure{Reason: UnknownDepartment}) }
		_, err := newTestAsker(t, p).DigestData(t.Context(), trendOf(Weekly, Web), Machines)
		if failure := new(Failure); !errors.As(err, &failure) || failure.Reason != UnknownDepartment {
			t.Errorf("got %v", err)
		}
	})
}

func TestAThousandStoriesCostAsMuchAsOne(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		tenfold := func(a Request) Figures { return Figures{ActiveUsers: int64(10 * a.Date.Day)} }
		p := &platform{newest: NewDate(2026, 11, 24), figures: tenfold, took: 100 * time.Millisecond}
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) {
			return []DepartmentFigures{appUse("od-be", 5), appUse("od-fe", 6)}, nil
		}}
		a, q := newRankingAsker(t, p, l, company()), trendOf(Daily, All)
		q.Department.ID = "od-rd"
		tell := func() {
			s, err := a.DigestData(t.Context(), q, Machines)
			if err != nil || s.Remark.Kind != Rose || len(s.Trend.Points) != 14 {
				t.Errorf("%s, %d points, %v", describeHighlight(s.Remark), len(s.Trend.Points), err)
			}
		}
		tell()
		calls, lists := len(p.asked()), len(l.asked())
		var wg sync.WaitGroup
		for range 1000 {
			wg.Go(tell)
		}
		wg.Wait()
		// 14 days of four abilities, among them the weekday of the week before, and the newest day of the whole tenant.
		if calls != 14*4+1 || lists != 2 || len(p.asked()) != calls || len(l.asked()) != lists {
			t.Errorf("%d and %d calls for the first, then %d and %d", calls, lists, len(p.asked())-calls, len(l.asked())-lists)
		}
	})
}

func TestOnlyWholePointsAreCompared(t *testing.T) {
	t.Parallel()
	point := func(complete bool, figures Figures) Point {
		return Point{Complete: complete, Figures: map[Ability]Figures{Web: figures}}
	}
	numbered := func(c Cycle, points []Point) Trend {
		for i := range points {
			points[i].Period = Period{c, NewDate(2026, 3, 2)}.shift(i)
		}
		return Trend{Points: points}
	}
	trend := numbered(Weekly, []Point{
		point(true, Figures{ActiveUsers: 100}),
		point(true, Figures{ActiveUsers: 150}),
		{Complete: true},
		point(true, Figures{ActiveUsers: 90}),
		point(true, Figures{ActiveUsers: 90}),
		point(false, Figures{ActiveUsers: 30}),
	})
	want := []Change{{}, {Kind: ByPercent, Delta: 50, Percent: 50}, {}, {}, {Kind: Same}, {}, {}}
	for i := range want {
		if got := trend.Change(i, Web, ActiveUsers); got != want[i] {
			t.Errorf("point %d: %+v, want %+v", i, got, want[i])
		}
	}
	if got := trend.Change(-1, Web, ActiveUsers); got != (Change{}) {
		t.Errorf("a point that there is not: %+v", got)
	}
	var days []Point
	for n := range int64(9) {
		days = append(days, point(true, Figures{ActiveUsers: 100 + n}))
	}
	for i, want := range map[int]Change{6: {}, 7: {Kind: ByPercent, Delta: 7, Percent: 7}} {
		if got := numbered(Daily, days).Change(i, Web, ActiveUsers); got != want {
			t.Errorf("day %d: %+v, want %+v", i, got, want)
		}
	}
}
