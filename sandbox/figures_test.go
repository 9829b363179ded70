package sandbox_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/sandbox"
	"usagebot/usage"
)

// noon is a Friday, after the figures of Thursday came out.
func noon() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, shanghai()) }

func shanghai() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

func still(t *testing.T, options ...func(*sandbox.Options)) *sandbox.Sandbox {
	t.Helper()
	o := sandbox.Options{Clock: noon}
	for _, option := range options {
		option(&o)
	}
	sb, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return sb
}

func day(y int, m time.Month, d int) usage.Date { return usage.NewDate(y, m, d) }

func truth(t *testing.T, sb *sandbox.Sandbox, ask usage.Request) usage.Figures {
	t.Helper()
	figures, code := sb.Figures(ask)
	if code != 0 {
		t.Fatalf("%+v: code %d", ask, code)
	}
	return figures
}

func TestFiguresHoldTogether(t *testing.T) {
	t.Parallel()
	sb := still(t)
	mall := sb.Apps()[1].ID
	departments := append([]usage.Department{{}}, sb.Departments()...)
	for _, d := range departments {
		for _, a := range usage.Abilities() {
			ask := usage.Request{AppID: mall, Ability: a, DepartmentID: d.ID}
			periodAgainstDays(t, sb, ask, usage.Period{Cycle: usage.Weekly, Start: day(2026, 11, 9)})
		}
		abilitiesAgainstApp(t, sb, usage.Request{AppID: mall, Cycle: usage.Daily, Date: day(2026, 11, 12), DepartmentID: d.ID})
	}
	periodAgainstDays(t, sb, usage.Request{AppID: mall, Ability: usage.AppAbility}, usage.Period{Cycle: usage.Monthly, Start: day(2026, 10, 1)})
}

// periodAgainstDays: people are counted once in a period however many days they come, all else adds up.
func periodAgainstDays(t *testing.T, sb *sandbox.Sandbox, ask usage.Request, p usage.Period) {
	t.Helper()
	ask.Cycle, ask.Date = p.Cycle, p.Start
	whole := truth(t, sb, ask)
	var most int64
	sum := usage.Figures{}
	ask.Cycle = usage.Daily
	for d := p.Start; !d.After(p.End()); d = d.AddDays(1) {
		ask.Date = d
		for m, v := range truth(t, sb, ask) {
			sum[m] += v
			if m == usage.ActiveUsers {
				most = max(most, v)
			}
		}
	}
	if uv := whole[usage.ActiveUsers]; uv < most || uv > sum[usage.ActiveUsers] {
		t.Errorf("%+v: %d people in the period, at most %d on a day and %d on all days", ask, uv, most, sum[usage.ActiveUsers])
	}
	delete(sum, usage.TotalUsers)
	sum[usage.ActiveUsers] = whole[usage.ActiveUsers]
	if diff := cmp.Diff(sum, whole); diff != "" {
		t.Errorf("%+v: days against the period (-days +period):\n%s", ask, diff)
	}
}

func abilitiesAgainstApp(t *testing.T, sb *sandbox.Sandbox, ask usage.Request) {
	t.Helper()
	ask.Ability = usage.AppAbility
	app := truth(t, sb, ask)
	var sum int64
	for _, a := range []usage.Ability{usage.MiniProgram, usage.Web, usage.Bot} {
		ask.Ability = a
		uv := truth(t, sb, ask)[usage.ActiveUsers]
		if uv > app[usage.ActiveUsers] {
			t.Errorf("%+v: %d people, but %d in the whole app", ask, uv, app[usage.ActiveUsers])
		}
		sum += uv
	}
	if app[usage.ActiveUsers] > sum {
		t.Errorf("%+v: %d people in the app, but %d in its abilities", ask, app[usage.ActiveUsers], sum)
	}
	if app[usage.NewUsers] > app[usage.ActiveUsers] || app[usage.ActiveUsers] > app[usage.TotalUsers] {
		t.Errorf("%+v: new, active and all people do not nest: %v", ask, app)
	}
}

func TestParentDepartmentsHoldTheirChildren(t *testing.T) {
	t.Parallel()
	sb := still(t)
	byID := map[string]int64{}
	ask := usage.Request{AppID: sb.Apps()[1].ID, Ability: usage.AppAbility, Cycle: usage.Monthly, Date: day(2026, 10, 1)}
	for _, d := range sb.Departments() {
		ask.DepartmentID = d.ID
		byID[d.ID] = truth(t, sb, ask)[usage.ActiveUsers]
	}
	childSum := map[string]int64{}
	for _, d := range sb.Departments() {
		if parent, ok := byID[d.ParentID]; ok && byID[d.ID] > parent {
			t.Errorf("%s has %d active people, its parent %d", d.Name, byID[d.ID], parent)
		}
		childSum[d.ParentID] += byID[d.ID]
	}
	ask.DepartmentID = ""
	if all := truth(t, sb, ask)[usage.ActiveUsers]; all > childSum[""] || all == childSum[""] {
		t.Errorf("%d active people in the tenant and %d in its departments: some sit in two", all, childSum[""])
	}
}

func TestTotalUsersGrowByNewUsers(t *testing.T) {
	t.Parallel()
	sb := still(t)
	ask := usage.Request{AppID: sb.Apps()[0].ID, Ability: usage.AppAbility, Cycle: usage.Daily, Date: sb.Options().Since}
	before := truth(t, sb, ask)[usage.TotalUsers]
	grown := false
	for d := ask.Date.AddDays(1); !d.After(sb.Newest()); d = d.AddDays(1) {
		ask.Date = d
		f := truth(t, sb, ask)
		if f[usage.TotalUsers] != before+f[usage.NewUsers] {
			t.Fatalf("%v: %d users, %d the day before, %d new ones", d, f[usage.TotalUsers], before, f[usage.NewUsers])
		}
		grown = grown || f[usage.NewUsers] > 0
		before = f[usage.TotalUsers]
	}
	if !grown {
		t.Error("nobody new in all the history")
	}
}

func TestFiguresAreBelievable(t *testing.T) {
	t.Parallel()
	sb := still(t)
	ask := usage.Request{AppID: sb.Apps()[1].ID, Ability: usage.AppAbility, Cycle: usage.Daily}
	on := func(d usage.Date) int64 {
		ask.Date = d
		return truth(t, sb, ask)[usage.ActiveUsers]
	}
	thursday, sunday, nationalDay := on(day(2026, 11, 19)), on(day(2026, 11, 15)), on(day(2026, 10, 1))
	if thursday < 600 || thursday > 2400 {
		t.Errorf("%d active people on a working day of a company of 3,000", thursday)
	}
	if sunday*2 > thursday || nationalDay*2 > thursday {
		t.Errorf("working day %d, Sunday %d, holiday %d", thursday, sunday, nationalDay)
	}
	if early := on(day(2025, 11, 20)); early >= thursday {
		t.Errorf("%d active people a year ago, %d now: no growth", early, thursday)
	}
}

func TestEqualSeedsGiveEqualFiguresForAnyAppID(t *testing.T) {
	t.Parallel()
	seeded := func(seed uint64) usage.Figures {
		sb := still(t, func(o *sandbox.Options) { o.Seed = seed })
		return truth(t, sb, usage.Request{AppID: sb.Apps()[0].ID, Ability: usage.AppAbility, Cycle: usage.Weekly, Date: day(2026, 11, 9)})
	}
	if diff := cmp.Diff(seeded(7), seeded(7)); diff != "" {
		t.Errorf("same seed, other figures:\n%s", diff)
	}
	if cmp.Equal(seeded(7), seeded(8)) {
		t.Error("another seed gives the same figures")
	}
}

func TestMetricsByAbilityAndCycle(t *testing.T) {
	t.Parallel()
	sb := still(t)
	tests := []struct {
		ability usage.Ability
		cycle   usage.Cycle
		date    usage.Date
		want    []usage.Metric
	}{
		{usage.AppAbility, usage.Daily, day(2026, 11, 19), []usage.Metric{"uv", "total_users", "new_users", "pv", "lifecycle"}},
		{usage.AppAbility, usage.Weekly, day(2026, 11, 9), []usage.Metric{"uv", "new_users", "pv", "lifecycle"}},
		{usage.AppAbility, usage.Monthly, day(2026, 10, 1), []usage.Metric{"uv", "new_users", "pv", "lifecycle"}},
		{usage.MiniProgram, usage.Daily, day(2026, 11, 19), []usage.Metric{"uv", "pv", "lifecycle"}},
		{usage.Web, usage.Weekly, day(2026, 11, 9), []usage.Metric{"uv", "pv", "lifecycle"}},
		{usage.Bot, usage.Daily, day(2026, 11, 19), []usage.Metric{"uv"}},
	}
	for _, tt := range tests {
		f := truth(t, sb, usage.Request{AppID: sb.Apps()[1].ID, Ability: tt.ability, Cycle: tt.cycle, Date: tt.date})
		for _, m := range tt.want {
			if _, ok := f[m]; !ok {
				t.Errorf("%s %s: no %s", tt.ability, tt.cycle, m)
			}
		}
		if len(f) != len(tt.want) {
			t.Errorf("%s %s: %v, want only %v", tt.ability, tt.cycle, f, tt.want)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := sandbox.New(sandbox.Options{Clock: noon}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMonthlyTenantQuestion(b *testing.B) {
	sb, err := sandbox.New(sandbox.Options{Clock: noon})
	if err != nil {
		b.Fatal(err)
	}
	ask := usage.Request{AppID: sb.Apps()[1].ID, Ability: usage.AppAbility, Cycle: usage.Monthly, Date: day(2026, 10, 1)}
	for b.Loop() {
		sb.Figures(ask)
	}
}
