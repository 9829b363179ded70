package usage

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyFigures are figures that differ for everything that may be asked.
func anyFigures(ask Request) Figures {
	h := fnv.New32()
	fmt.Fprintf(h, "%s %s %s %s %s", ask.AppID, ask.Ability, ask.Cycle, ask.Date, ask.DepartmentID)
	n := int64(h.Sum32()%90_000) + 100
	f := Figures{}
	for i, m := range ask.Ability.Metrics() {
		f[m] = n + int64(i)*100_000
	}
	return f
}

func inDepartments(q Query, ids ...string) (list []Query) {
	for _, id := range ids {
		list = append(list, q.inDepartment(Department{ID: id}))
	}
	return list
}

func TestCompare_OneFails_OthersStay(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: anyFigures}
		p.fail = func(_ int, ask Request) error {
			switch ask.DepartmentID {
			case "od-none":
				return &Failure{Reason: NoData, Code: 211011}
			case "od-gone":
				return &Failure{Reason: UnknownDepartment, Code: 211006}
			}
			return nil
		}
		a := newTestAsker(t, p)
		q := Query{App: App{ID: "cli_a"}, Ability: Web, Cycle: Weekly}
		list, err := a.Compare(t.Context(), inDepartments(q, "od-1", "od-none", "od-gone", "od-2", ""), People)
		if err != nil {
			t.Fatal(err)
		}
		list, err = a.AddTrends(t.Context(), list, People, 0)
		if err != nil {
			t.Fatal(err)
		}
		week := Period{Weekly, NewDate(2026, 11, 16)}
		for i, one := range list {
			id := one.Query.Department.ID
			known := !slices.Contains([]int{1, 2}, i)
			if known != (one.Err == nil) || one.Missing() != (i == 1) {
				t.Errorf("%q: %v", id, one.Err)
			}
			if !known {
				if one.Of(ActiveUsers) != nil || len(one.Trend.Points) != 0 {
					t.Errorf("%q has figures", id)
				}
				continue
			}
			want := anyFigures(Request{"cli_a", Web, Weekly, week.Start, id})
			for _, m := range Web.Metrics() {
				if got := one.Of(m); got == nil || *got != want[m] {
					t.Errorf("%s of %q is %v, want %d", m, id, got, want[m])
				}
			}
			if one.Report.Period != week || len(one.Trend.Points) != 8 {
				t.Errorf("%q is about %v, and its trend has %d points", id, one.Report.Period, len(one.Trend.Points))
			}
			for _, point := range one.Trend.Points {
				want := anyFigures(Request{"cli_a", Web, Weekly, point.Period.Start, id})[ActiveUsers]
				if got := point.Value(Web, ActiveUsers); got == nil || *got != want {
					t.Errorf("%q in %v: %v, want %d", id, point.Period, got, want)
				}
			}
		}
	})
}

func TestCompare_NothingHasFigures_Error(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: anyFigures}
		p.fail = func(_ int, ask Request) error {
			switch ask.DepartmentID {
			case "od-1":
				return &Failure{Reason: NoData, Code: 211011}
			case "od-2":
				return &Failure{Reason: UnknownDepartment, Code: 211006}
			}
			return nil
		}
		q := Query{App: App{ID: "cli_a"}, Ability: Web, Cycle: Weekly}
		_, err := newTestAsker(t, p).Compare(t.Context(), inDepartments(q, "od-1", "od-2"), People)
		failure := new(Failure)
		if !errors.As(err, &failure) || failure.Reason != UnknownDepartment {
			t.Errorf("got %v, want the failure that says more than no data", err)
		}
	})
}

// TestCompare_AppsPublishedDifferently compares two apps, of which one is not published for the newest day.
func TestCompare_AppsPublishedDifferently(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: anyFigures}
		p.fail = func(_ int, ask Request) error {
			late := ask.AppID == "cli_late" && ask.Date.After(NewDate(2026, 11, 22))
			return when(late, &Failure{Reason: NoData, Code: 211011})
		}
		a := newTestAsker(t, p)
		q := Query{Ability: AppAbility, Cycle: Daily}
		early, late := q, q
		early.App.ID, late.App.ID = "cli_early", "cli_late"
		list, err := a.Compare(t.Context(), []Query{early, late}, People)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			if one.Err != nil || one.Report.Period.Start != NewDate(2026, 11, 22) || !one.Report.Complete {
				t.Errorf("%s is about %v: %v", one.Query.App.ID, one.Report.Period, one.Err)
			}
			want := anyFigures(Request{one.Query.App.ID, AppAbility, Daily, NewDate(2026, 11, 22), ""})[ActiveUsers]
			if got := one.Of(ActiveUsers); got == nil || *got != want {
				t.Errorf("%s has %v, want %d", one.Query.App.ID, got, want)
			}
		}
		if list[1].Report.NotOut == nil {
			t.Error("nothing says that a newer day is missing")
		}
	})
}

// TestCompare_DayPublishedMeanwhile publishes a day while the departments are asked for: all have to cover the same days.
func TestCompare_DayPublishedMeanwhile(t *testing.T) {
	at(t, 11, 26, 10, func(t *testing.T) {
		publish := time.Now().Add(30 * time.Second)
		newest := func() Date {
			if time.Now().Before(publish) {
				return NewDate(2026, 11, 24)
			}
			return NewDate(2026, 11, 25)
		}
		p := &platform{newest: NewDate(2026, 11, 25), took: 2 * time.Second}
		p.figures = func(ask Request) Figures {
			f := anyFigures(ask)
			f[ActiveUsers] = int64(newest().Day) // the days that are in it
			return f
		}
		p.fail = func(_ int, ask Request) error {
			if ask.DepartmentID == "od-2" {
				time.Sleep(time.Minute) // the others are answered before
			}
			return when(ask.Date.After(newest()), &Failure{Reason: NoData, Code: 211011})
		}
		q := Query{App: App{ID: "cli_a"}, Ability: Web, Cycle: Weekly, When: When{Kind: ThisWeek}}
		list, err := newTestAsker(t, p).Compare(t.Context(), inDepartments(q, "od-1", "od-2", "od-3"), People)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range list {
			if value := one.Of(ActiveUsers); one.Err != nil || value == nil || *value != 25 || one.Report.Through.Day != 25 {
				t.Errorf("%s covers the days to %s, and has %v", one.Query.Department.ID, one.Report.Through, value)
			}
		}
	})
}

// TestComparePeriods_Changes compares any two periods, at any time. A change is given between whole periods only, the later
// compared with the earlier. Sums are of as many days on both sides, of which each is published, and of no people.
func TestComparePeriods_Changes(t *testing.T) {
	t.Parallel()
	seen := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		newest := NewDate(2026, 11, 2).AddDays(rapid.IntRange(0, 27).Draw(rt, "newest"))
		cycle := rapid.SampledFrom(Cycles()).Draw(rt, "cycle")
		ability := rapid.SampledFrom(Abilities()).Draw(rt, "ability")
		back := rapid.SliceOfNDistinct(rapid.IntRange(0, 3), 2, 2, rapid.ID).Draw(rt, "periods back")
		hole := rapid.IntRange(0, 60).Draw(rt, "a day without figures, days back")
		var wrong []string // a bubble cannot end the check
		says := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
		at(t, newest.Month, newest.Day+1, 15, func(t *testing.T) {
			p := &platform{newest: newest, figures: anyFigures}
			p.fail = func(_ int, ask Request) error {
				without := ask.Cycle == Daily && ask.Date == newest.AddDays(-hole) && ask.DepartmentID != ""
				return when(without, &Failure{Reason: NoData, Code: 211011})
			}
			a := newTestAsker(t, p)
			q := Query{App: App{ID: "cli_a"}, Ability: ability, Cycle: cycle, Department: Department{ID: "od-1"}}
			var whens []When
			for _, n := range back {
				whens = append(whens, When{Kind: OnDay, Date: PeriodOf(cycle, newest.AddDays(1)).shift(-n).Start})
			}
			list, err := a.ComparePeriods(t.Context(), q, whens, People)
			if err != nil {
				seen["no figures"]++
				return
			}
			whole := list[0].Err == nil && list[1].Err == nil && list[0].Report.Complete && list[1].Report.Complete
			for _, m := range ability.Metrics() {
				c := ChangeOf(m, list[0], list[1])
				if c.Kind != Incomparable {
					seen["a change"]++
				}
				now, before := list[0].Of(m), list[1].Of(m)
				switch {
				case !whole && c.Kind != Incomparable:
					says("%s is compared, with one of the periods unfinished", m)
				case whole && now != nil && before != nil && c.Delta != *now-*before:
					says("the change of %s from %d to %d is %d", m, *before, *now, c.Delta)
				}
			}
			toDate, ok, err := a.ToDate(t.Context(), list, People, 0)
			if err != nil || ok && (whole || cycle == Daily) {
				says("the first days: %v, %v", ok, err)
			}
			if !ok {
				return
			}
			seen["first days"]++
			for side := range 2 {
				start := list[side].Report.Period.Start
				if len(toDate.Sides[side].Points) != toDate.Days || start.AddDays(toDate.Days-1).After(newest) {
					says("%d days from %s on, with the newest day %s", toDate.Days, start, newest)
				}
				for _, m := range ability.Metrics() {
					var want int64
					missing := false
					for i := range toDate.Days {
						d := start.AddDays(i)
						missing = missing || d == newest.AddDays(-hole)
						want += anyFigures(Request{"cli_a", ability, Daily, d, "od-1"})[m]
					}
					got := toDate.Sum(side, ability, m)
					switch {
					case (!m.Additive() || missing) && got != nil:
						says("%s is added up to %d, with a day missing: %v", m, *got, missing)
					case m.Additive() && !missing && (got == nil || *got != want):
						says("%s is added up to %v, want %d", m, got, want)
					case got != nil:
						seen["a sum"]++
					}
				}
			}
		})
		if len(wrong) > 0 {
			rt.Fatalf("%s", strings.Join(wrong, "\n"))
		}
	})
	for _, kind := range []string{"a change", "first days", "a sum"} {
		if seen[kind] == 0 {
			t.Errorf("there never was %s", kind)
		}
	}
}

func TestComparePeriods_NotPublished(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 23), figures: anyFigures}
		q := Query{App: App{ID: "cli_a"}, Ability: Web, Cycle: Daily}
		list, err := newTestAsker(t, p).ComparePeriods(t.Context(), q, []When{{Kind: OnDay, Date: NewDate(2026, 11, 24)}, {Kind: OnDay, Date: NewDate(2026, 11, 23)}}, People)
		if err != nil {
			t.Fatal(err)
		}
		if !list[0].Early() || list[1].Err != nil {
			t.Errorf("a day that is not published is replaced: %v, %v", list[0].Err, list[1].Err)
		}
	})
}
