package usage

import (
	"fmt"
	"testing"
	"time"
)

// parts writes parts down.
func parts(list []Part) (text string) {
	for _, p := range list {
		name := p.Department.ID + string(p.Ability)
		switch {
		case p.Failed:
			text += " " + name + "?"
		case p.Change.Kind == Incomparable:
			text += " " + name + " alone"
		default:
			text += fmt.Sprintf(" %s%+d", name, p.Change.Delta)
		}
	}
	return text
}

// broken answers with the active users of a week and of the week before, by ability or department.
func broken(values map[string][2]int64) func(Request) Figures {
	return func(ask Request) Figures {
		v, ok := values[string(ask.Ability)+ask.DepartmentID]
		if !ok {
			return Figures{ActiveUsers: 5000}
		}
		if ask.Date.Before(NewDate(2026, 11, 16)) {
			return Figures{ActiveUsers: v[1]}
		}
		return Figures{ActiveUsers: v[0]}
	}
}

func newBreakdownAsker(t *testing.T, p *platform) *Client {
	t.Helper()
	a := NewClient(Settings{
		Source: p, Quota: &window{}, Cache: &memory{}, Now: time.Now, Zone: shanghai, Children: directoryOf(company()),
	})
	t.Cleanup(a.Close)
	return a
}

func TestBreakdown(t *testing.T) {
	values := map[string][2]int64{
		"app": {900, 1200}, "h5": {500, 800}, "bot": {420, 400},
		"appod-rd": {300, 640}, "appod-mk": {250, 212}, "appod-sales": {90, 90}, "appod-cq": {10, 9}, "appod-ai": {0, 7},
	}
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: broken(values)}
		p.fail = func(_ int, ask Request) error { return when(ask.Ability == MiniProgram, &Failure{Reason: NoData}) }
		b, err := newBreakdownAsker(t, p).Breakdown(t.Context(), Query{App: App{ID: "cli_a"}, Ability: All, Cycle: Weekly}, People)
		if err != nil {
			t.Fatal(err)
		}
		if got := parts(b.Abilities); got != " h5-300 bot+20" {
			t.Errorf("abilities:%s", got)
		}
		if got := parts(b.Departments); got != " od-rd-340 od-mk+38 od-ai-7 od-cq+1 od-sales+0" {
			t.Errorf("departments:%s", got)
		}
		if b.Whole.Change.Delta != -300 || !b.Report.Moved() || b.Uncounted() != 0 {
			t.Errorf("the whole changed by %d, worth asking: %v, %d parts are missing", b.Whole.Change.Delta, b.Report.Moved(), b.Uncounted())
		}
		against := ""
		for _, p := range b.Departments {
			if p.Against(b.Whole) {
				against += " " + p.Department.ID
			}
		}
		if against != " od-mk od-cq" {
			t.Errorf("against the whole moved%s", against)
		}
	})
}

func TestBreakdown_OnePartFails(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: broken(map[string][2]int64{"app": {900, 1200}, "h5": {500, 800}})}
		p.fail = func(_ int, ask Request) error {
			switch {
			case ask.Ability == Bot && ask.Cycle == Weekly, ask.DepartmentID == "od-rd":
				return &Failure{Reason: Rejected, Code: 1}
			}
			return nil
		}
		b, err := newBreakdownAsker(t, p).Breakdown(t.Context(), Query{App: App{ID: "cli_a"}, Ability: AppAbility, Cycle: Weekly}, People)
		if err != nil {
			t.Fatal(err)
		}
		if got := parts(b.Abilities); got != " h5-300 mp+0 bot?" {
			t.Errorf("abilities:%s", got)
		}
		if b.Uncounted() != 2 || b.DepartmentsFailed || len(b.Departments) != 5 {
			t.Errorf("%d parts are missing, want 2; departments:%s", b.Uncounted(), parts(b.Departments))
		}
	})
}

func TestBreakdown_Unfinished_NothingCompared(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: broken(nil)}
		q := Query{App: App{ID: "cli_a"}, Ability: AppAbility, Cycle: Weekly, When: When{Kind: ThisWeek}}
		b, err := newBreakdownAsker(t, p).Breakdown(t.Context(), q, People)
		if err != nil || b.Report.Complete || len(b.Abilities)+len(b.Departments) != 0 || b.Report.Moved() {
			t.Errorf("%v: %+v", err, b)
		}
	})
}

func TestRankingOrderedByChange(t *testing.T) {
	t.Parallel()
	n := func(v int64) *int64 { return &v }
	r := Ranking{Complete: true, Unknown: 1, Rows: []Rank{
		{Department: Department{ID: "a"}, Value: n(500), Before: n(480)},
		{Department: Department{ID: "b"}, Value: n(300), Before: n(340)},
		{Department: Department{ID: "c"}, Value: n(40)},
		{Department: Department{ID: "d"}, Value: n(30), BeforeUncounted: true},
		{Department: Department{ID: "e"}, Value: n(20), Before: n(0)},
		{Department: Department{ID: "f"}, Uncounted: true, Before: n(10)},
	}}
	for i := range r.Rows {
		r.Rows[i].Change = compare(r.Rows[i].Value, r.Rows[i].Before)
	}
	got, without := r.OrderedByChange()
	order, places := "", ""
	for i, row := range got.Rows {
		order += row.Department.ID
		places += fmt.Sprint(got.Place(i))
	}
	if order != "bae" || places != "122" || without != 1 || r.Incomparable() != 3 {
		t.Errorf("order %s, places %s, %d without figures in both periods, %d not counted", order, places, without, r.Incomparable())
	}
	if r.Rows[0].Department.ID != "a" || r.ByChange {
		t.Error("the ranking by active users was changed")
	}
}
