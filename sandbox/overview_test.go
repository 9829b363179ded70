package sandbox_test

import (
	"fmt"
	"testing"
	"time"

	larkapplication "github.com/larksuite/oapi-sdk-go/v3/service/application/v6"

	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/usage"
)

func overviewPath(appID string) string {
	return "/open-apis/application/v6/applications/" + appID + "/app_usage/overview"
}

type question map[string]any

func TestOverviewRefusals(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	own, expenses := sb.Apps()[0].ID, sb.Apps()[2].ID
	good := question{"date": "2026-11-19", "cycle_type": 1, "ability": "app"}
	rd := sb.Departments()[0]
	tests := []struct {
		name         string
		app          string
		query        string
		body         any
		status, code int
	}{
		{"figures", own, "", good, 200, 0},
		{"unknown app", "cli_none", "", good, 400, 211005},
		{"date in another form", own, "", with(good, question{"date": "2026/11/19"}), 400, 211007},
		{"no such day", own, "", with(good, question{"date": "2026-02-30"}), 400, 211007},
		{"unknown cycle", own, "", with(good, question{"cycle_type": 4}), 400, 211009},
		{"unknown ability", own, "", with(good, question{"ability": "gadget"}), 400, 211008},
		{"cycle before ability", own, "", with(good, question{"cycle_type": 0, "ability": "gadget"}), 400, 211009},
		{"week from a Tuesday", own, "", with(good, question{"date": "2026-11-10", "cycle_type": 2}), 400, 211010},
		{"month from the 2nd", own, "", with(good, question{"date": "2026-10-02", "cycle_type": 3}), 400, 211010},
		{"tomorrow", own, "", with(good, question{"date": "2026-11-21"}), 400, 211010},
		{"unknown department", own, "", with(good, question{"department_id": "od-none"}), 400, 211006},
		{"department by the other id", own, "", with(good, question{"department_id": rd.CustomID}), 400, 211006},
		{"department by its own id", own, "?department_id_type=department_id", with(good, question{"department_id": rd.CustomID}), 200, 0},
		{"department by its open id", own, "?department_id_type=open_department_id", with(good, question{"department_id": rd.ID}), 200, 0},
		{"unknown type of id", own, "?department_id_type=x", good, 400, 99992402},
		{"today", own, "", with(good, question{"date": "2026-11-20"}), 200, 211011},
		{"before the history", own, "", with(good, question{"date": "2024-01-02"}), 200, 211011},
		{"ability that the app lacks", expenses, "", with(good, question{"ability": "mp"}), 200, 211011},
		{"no date", own, "", question{"cycle_type": 1, "ability": "app"}, 400, 99992402},
		{"cycle as text", own, "", with(good, question{"cycle_type": "1"}), 400, 9499},
		{"no JSON", own, "", "{", 400, 9499},
	}
	token := tokenOf(t, sb)
	for _, tt := range tests {
		r := ask(t, sb, "POST", overviewPath(tt.app)+tt.query, token, tt.body)
		if r.Status != tt.status || r.Code != tt.code || r.header.Get("X-Tt-Logid") == "" {
			t.Errorf("%s: status %d code %d %q, want %d and %d", tt.name, r.Status, r.Code, r.Msg, tt.status, tt.code)
		}
	}
	sb.SetPlan(false)
	if r := ask(t, sb, "POST", overviewPath("cli_none"), token, good); r.Status != 403 || r.Code != 211004 {
		t.Errorf("small plan: status %d code %d", r.Status, r.Code)
	}
	scope := "application:application.app_usage_stats.overview:readonly"
	sb.Revoke(scope)
	r := ask(t, sb, "POST", overviewPath(own), token, good)
	if v := r.Error.PermissionViolations; r.Status != 400 || r.Code != 99991672 || len(v) != 1 || v[0].Subject != scope {
		t.Errorf("no scope: %s", r.raw)
	}
	sb.RevokeTokens()
	if r := ask(t, sb, "POST", overviewPath(own), token, good); r.Code != 99991663 {
		t.Errorf("the token is checked before the scope: code %d", r.Code)
	}
}

func TestPublicationAtTen(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(time.Date(2026, 11, 16, 9, 59, 59, 0, shanghai()))) // a Monday
	code := func(date string, cycle int) int {
		return ask(t, sb, "POST", overviewPath(sb.Apps()[0].ID), tokenOf(t, sb), question{"date": date, "cycle_type": cycle, "ability": "h5"}).Code
	}
	for _, step := range []struct {
		advance        time.Duration
		sunday, monday int
	}{{0, 211011, 211011}, {time.Second, 0, 211011}, {24 * time.Hour, 0, 0}} {
		sb.Clock().Advance(step.advance)
		if got := code("2026-11-15", 1); got != step.sunday {
			t.Errorf("%v: Sunday's figures: code %d, want %d", sb.Now(), got, step.sunday)
		}
		if got := code("2026-11-16", 2); got != step.monday {
			t.Errorf("%v: the week from Monday: code %d, want %d", sb.Now(), got, step.monday)
		}
	}
	sb.SetPublication(14 * time.Hour)
	if got := code("2026-11-16", 1); got != 211011 {
		t.Errorf("late publication: code %d", got)
	}
}

func TestUnfinishedPeriodsAreToDate(t *testing.T) {
	t.Parallel()
	sb := still(t)
	ask := usage.Request{AppID: sb.Apps()[1].ID, Ability: usage.MiniProgram, Cycle: usage.Weekly, Date: day(2026, 11, 16)}
	week := truth(t, sb, ask)
	var pages int64
	ask.Cycle = usage.Daily
	for d := 16; d <= 19; d++ {
		ask.Date = day(2026, 11, d)
		pages += truth(t, sb, ask)[usage.PageViews]
	}
	if week[usage.PageViews] != pages {
		t.Errorf("%d pages in the week so far, %d on its days", week[usage.PageViews], pages)
	}
}

func TestOverviewQuota(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	token := tokenOf(t, sb)
	call := func(app int) reply {
		return ask(t, sb, "POST", overviewPath(sb.Apps()[app].ID), token, question{"date": "2026-11-19", "cycle_type": 1, "ability": "app"})
	}
	for i := range 100 {
		if i == 50 {
			sb.Clock().Advance(10 * time.Second)
		}
		if r := call(i % 3); r.Code != 0 {
			t.Fatalf("call %d: code %d", i, r.Code)
		}
	}
	r := call(0)
	if r.Status != 429 || r.Code != 99991400 || r.header.Get("x-ogw-ratelimit-limit") != "100" || r.header.Get("x-ogw-ratelimit-reset") != "50" {
		t.Errorf("call 101: status %d, code %d, %v", r.Status, r.Code, r.header)
	}
	sb.Clock().Advance(50 * time.Second)
	for i := range 50 {
		if r := call(0); r.Code != 0 {
			t.Fatalf("call %d of those that became free: code %d", i, r.Code)
		}
	}
	if r := call(0); r.Status != 429 {
		t.Errorf("one more: status %d", r.Status)
	}
	if most := sandbox.Busiest(sb.Calls("overview"), time.Minute); most != 102 {
		t.Errorf("%d calls in the busiest minute, the two that were refused included, want 102", most)
	}
}

// weekOfOne is what the SDK asks for: a week of the first department.
func weekOfOne(sb *sandbox.Sandbox) usage.Request {
	return usage.Request{
		AppID: sb.Apps()[1].ID, Ability: usage.AppAbility, Cycle: usage.Weekly, Date: day(2026, 11, 9), DepartmentID: sb.Departments()[0].ID,
	}
}

func TestOverviewThroughTheSDK(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	week := weekOfOne(sb)
	req := larkapplication.NewOverviewApplicationAppUsageReqBuilder().
		AppId(week.AppID).DepartmentIdType(larkapplication.DepartmentIdTypeOpenDepartmentId).
		Body(larkapplication.NewOverviewApplicationAppUsageReqBodyBuilder().
			Date(week.Date.String()).CycleType(larkapplication.CycleTypeOverviewApplicationAppUsageWeek).
			DepartmentId(week.DepartmentID).Ability("app").Build()).Build()
	resp, err := sdk(sb).Application.V6.ApplicationAppUsage.Overview(t.Context(), req)
	if err != nil || !resp.Success() {
		t.Fatalf("%v %+v", err, resp)
	}
	want := truth(t, sb, week)
	got := usage.Figures{}
	for _, item := range resp.Data.Items {
		got[usage.Metric(*item.MetricName)] = int64(*item.MetricValue)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if resp.RequestId() == "" {
		t.Error("no log id")
	}
}
