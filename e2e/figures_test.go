package e2e

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"usagebot/config"
	"usagebot/usage"
)

// afternoon is long after the figures of the day before are out.
var afternoon = wednesday.Add(5 * time.Hour)

func (h *testEnv) calls() int { return len(h.Calls("overview")) + len(h.Calls("department_overview")) }

func (h *testEnv) mall(c usage.Cycle, a usage.Ability, department string) usage.Query {
	app := h.Apps()[1]
	return usage.Query{App: usage.App{ID: app.ID, Name: app.Name}, Cycle: c, Ability: a, Department: usage.Department{ID: department}}
}

func TestFigures_Trend_ThePlatformsAndStored(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := open(t, afternoon, func(c *config.Config) { c.DataDir = dir })
	q := h.mall(usage.Weekly, usage.All, h.department(t, "研发部"))
	trend, err := h.app.Usage.Trend(t.Context(), q, 12, usage.People, 0)
	if err != nil || len(trend.Points) != 12 || trend.Points[11].Complete {
		t.Fatalf("%d points, %v", len(trend.Points), err)
	}
	for _, p := range trend.Points {
		for _, ability := range usage.Abilities() {
			want, _ := h.Figures(usage.Request{AppID: q.App.ID, Ability: ability, Cycle: q.Cycle, Date: p.Period.Start, DepartmentID: q.Department.ID})
			if diff := cmp.Diff(want, p.Figures[ability]); diff != "" {
				t.Errorf("%s from %s (-platform +trend):\n%s", ability, p.Period.Start, diff)
			}
		}
	}
	before := h.calls()
	other := h.start(t, func(c *config.Config) { c.DataDir = dir })
	again, err := other.Usage.Trend(t.Context(), q, 12, usage.People, 0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(trend, again, cmpopts.IgnoreUnexported(usage.Trend{})); diff != "" {
		t.Error(diff)
	}
	if more := h.calls() - before; more > 1+4 { // the newest day, and the week that is not finished
		t.Errorf("another process asked the platform %d times", more)
	}
}

func TestFigures_Top_ThePlatforms(t *testing.T) {
	t.Parallel()
	h := open(t, afternoon)
	for _, department := range []string{"", h.department(t, "研发部")} { // the platform refuses to list the top
		q := h.mall(usage.Weekly, usage.Web, department)
		r, err := h.app.Usage.Ranking(t.Context(), q, usage.People)
		if err != nil || len(r.Rows) < 6 {
			t.Fatalf("%d departments, %v", len(r.Rows), err)
		}
		for i, row := range r.Rows {
			now := usage.Request{AppID: q.App.ID, Ability: q.Ability, Cycle: q.Cycle, Date: r.Period.Start, DepartmentID: row.Department.ID}
			then := now
			then.Date = r.Before.Start
			if row.Value == nil || row.Before == nil || *row.Value != h.uv(now) || *row.Before != h.uv(then) || row.Below != h.app.Directory.Below(row.Department.ID) {
				t.Errorf("%+v, want %d and %d before", row, h.uv(now), h.uv(then))
			}
			if i > 0 && *r.Rows[i-1].Value < *row.Value {
				t.Errorf("%s comes before %s", r.Rows[i-1].Department.Name, row.Department.Name)
			}
		}
	}
	if lists := len(h.Calls("department_overview")); lists != 1+2 {
		t.Errorf("%d calls for several departments", lists)
	}
}

func (h *testEnv) uv(ask usage.Request) int64 {
	figures, _ := h.Figures(ask)
	return figures[usage.ActiveUsers]
}

func TestFigures_Digest_ThePlatforms(t *testing.T) {
	t.Parallel()
	h := open(t, afternoon)
	q := h.mall(usage.Daily, usage.All, "")
	q.When = usage.When{Kind: usage.OnDay, Date: usage.NewDate(2026, 10, 1)} // the first day of a long holiday
	s, err := h.app.Usage.DigestData(t.Context(), q, usage.Machines)
	if err != nil {
		t.Fatal(err)
	}
	day := usage.Request{AppID: q.App.ID, Ability: usage.AppAbility, Cycle: usage.Daily, Date: q.When.Date}
	weekBefore := day
	weekBefore.Date = usage.NewDate(2026, 9, 24)
	m := s.Remark
	if m.Kind != usage.Fell || m.Value != h.uv(day) || m.Before != h.uv(weekBefore) || m.Against.Start != weekBefore.Date {
		t.Errorf("%+v, want from %d to %d", m, h.uv(weekBefore), h.uv(day))
	}
	if m.Mover == nil || m.Mover.Value >= m.Mover.Before || m.Mover.Ability == "" && m.Mover.Department.ID == "" {
		t.Errorf("mover %+v", m.Mover)
	}
	if last := s.Trend.Points[13]; last.Period != s.Report.Period || *last.Value(usage.AppAbility, usage.ActiveUsers) != m.Value {
		t.Errorf("the trend ends with %+v", last)
	}
}
