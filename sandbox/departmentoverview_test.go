package sandbox_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	larkapplication "github.com/larksuite/oapi-sdk-go/v3/service/application/v6"

	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/usage"
)

func departmentPath(appID string) string {
	return "/open-apis/application/v6/applications/" + appID + "/app_usage/department_overview"
}

// usagePage is a page of the overview of several departments.
type usagePage struct {
	HasMore   bool    `json:"has_more"`
	PageToken *string `json:"page_token"`
	Items     []map[string]json.RawMessage
}

func pageOf(t *testing.T, r reply) usagePage {
	t.Helper()
	var p usagePage
	if err := json.Unmarshal(r.Data, &p); r.Code != 0 || err != nil {
		t.Fatalf("code %d, %v: %s", r.Code, err, r.raw)
	}
	return p
}

func (p usagePage) ids(t *testing.T) (ids []string) {
	t.Helper()
	for _, item := range p.Items {
		var id string
		if err := json.Unmarshal(item["department_id"], &id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func with(base question, changes question) question {
	q := maps.Clone(base)
	maps.Copy(q, changes)
	return q
}

func TestDepartmentOverviewRefusals(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	own, rd := sb.Apps()[0].ID, sb.Departments()[0]
	good := question{"date": "2026-11-19", "cycle_type": 1, "department_id": rd.ID, "recursion": 1}
	token := tokenOf(t, sb)
	for _, tt := range []struct {
		name         string
		app          string
		query        string
		body         any
		status, code int
	}{
		{"figures", own, "", good, 200, 0},
		{"unknown app", "cli_none", "", good, 400, 211005},
		{"date in another form", own, "", with(good, question{"date": "19.11.2026"}), 400, 211007},
		{"unknown cycle", own, "", with(good, question{"cycle_type": 4}), 400, 99992402},
		{"week from a Tuesday", own, "", with(good, question{"date": "2026-11-10", "cycle_type": 2}), 400, 211010},
		{"tomorrow", own, "", with(good, question{"date": "2026-11-21"}), 400, 211010},
		{"today", own, "", with(good, question{"date": "2026-11-20"}), 404, 211011},
		{"unknown department", own, "", with(good, question{"department_id": "od-none"}), 400, 99992357},
		{"department by the other id", own, "", with(good, question{"department_id": rd.CustomID}), 400, 99992357},
		{"department by its own id", own, "?department_id_type=department_id", with(good, question{"department_id": rd.CustomID}), 200, 0},
		{"the root", own, "", with(good, question{"department_id": "0"}), 400, 99992357},
		{"unknown type of id", own, "?department_id_type=x", good, 400, 99992402},
		{"as deep as can be", own, "", with(good, question{"recursion": 4}), 200, 0},
		{"deeper", own, "", with(good, question{"recursion": 5}), 400, 99992402},
		{"up", own, "", with(good, question{"recursion": -1}), 400, 99992402},
		{"the largest page", own, "", with(good, question{"page_size": 20}), 200, 0},
		{"a larger page", own, "", with(good, question{"page_size": 21}), 400, 99992402},
		{"an empty page", own, "", with(good, question{"page_size": 0}), 400, 99992402},
		{"a token that was never given", own, "", with(good, question{"page_token": "new-1"}), 400, 210500},
		{"no date", own, "", question{"cycle_type": 1}, 400, 99992402},
		{"cycle as text", own, "", with(good, question{"cycle_type": "1"}), 400, 9499},
		{"no JSON", own, "", "{", 400, 9499},
	} {
		r := ask(t, sb, "POST", departmentPath(tt.app)+tt.query, token, tt.body)
		if r.Status != tt.status || r.Code != tt.code {
			t.Errorf("%s: status %d code %d %q, want %d and %d", tt.name, r.Status, r.Code, r.Msg, tt.status, tt.code)
		}
	}
	sb.SetPlan(false)
	if r := ask(t, sb, "POST", departmentPath("cli_none"), token, good); r.Status != 403 || r.Code != 211004 {
		t.Errorf("small plan: status %d code %d", r.Status, r.Code)
	}
	sb.Revoke("application:application.app_usage_stats.overview:readonly")
	if r := ask(t, sb, "POST", departmentPath(own), token, good); r.Code != 99991672 {
		t.Errorf("no scope: code %d", r.Code)
	}
}

func TestDepartmentOverviewLevels(t *testing.T) {
	t.Parallel()
	root := func(o *sandbox.Options) { o.RootDepartment = true }
	sb := sandboxtest.Start(t, sandboxtest.At(noon()), root)
	rd, all := sb.Departments()[0], sb.Departments()
	level := func(parent string) (ids []string) {
		for _, d := range all {
			if d.ParentID == parent {
				ids = append(ids, d.ID)
			}
		}
		return ids
	}
	one := append([]string{rd.ID}, level(rd.ID)...)
	two := one
	for _, id := range level(rd.ID) {
		two = append(two, level(id)...)
	}
	for _, tt := range []struct {
		name      string
		id        string
		recursion int
		want      []string
	}{
		{"the department alone", rd.ID, 0, []string{rd.ID}},
		{"one level", rd.ID, 1, one},
		{"two levels", rd.ID, 2, two},
		{"the whole tenant, however deep", "", 3, []string{"0"}},
		{"the top", "0", 1, append([]string{"0"}, level("")...)},
	} {
		body := question{"date": "2026-11-19", "cycle_type": 1, "department_id": tt.id, "recursion": tt.recursion, "page_size": 20}
		got := pageOf(t, ask(t, sb, "POST", departmentPath(sb.Apps()[1].ID), tokenOf(t, sb), body))
		if diff := cmp.Diff(tt.want, got.ids(t)); diff != "" || got.HasMore || got.PageToken != nil {
			t.Errorf("%s: more %v (-want +got):\n%s", tt.name, got.HasMore, diff)
		}
	}
}

func TestDepartmentOverviewPages(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	body := question{"date": "2026-11-19", "cycle_type": 1, "department_id": sb.Departments()[0].ID, "recursion": 4, "page_size": 5}
	call := func(q question) reply { return ask(t, sb, "POST", departmentPath(sb.Apps()[1].ID), tokenOf(t, sb), q) }
	whole := pageOf(t, call(with(body, question{"page_size": 20}))).ids(t)
	first := pageOf(t, call(body))
	got, page := first.ids(t), first
	for page.HasMore {
		page = pageOf(t, call(with(body, question{"page_token": *page.PageToken})))
		got = append(got, page.ids(t)...)
	}
	if diff := cmp.Diff(whole, got); diff != "" || len(first.Items) != 5 {
		t.Errorf("%d on the first page (-want +got):\n%s", len(first.Items), diff)
	}
	next := question{"page_token": *first.PageToken}
	if r := call(with(with(body, next), question{"recursion": 1})); r.Status != 400 || r.Code != 210501 {
		t.Errorf("the token of another question: status %d, code %d", r.Status, r.Code)
	}
	sb.Clock().Advance(2 * time.Hour)
	if r := call(with(body, next)); r.Code != 0 {
		t.Errorf("after two hours: code %d", r.Code)
	}
	sb.Clock().Advance(time.Second)
	if r := call(with(body, next)); r.Status != 400 || r.Code != 210500 {
		t.Errorf("later: status %d, code %d", r.Status, r.Code)
	}
}

func TestDepartmentOverviewAgreesWithTheOverview(t *testing.T) {
	t.Parallel()
	few := func(o *sandbox.Options) { o.People = 40 } // so few that some departments do without the app
	sb := sandboxtest.Start(t, sandboxtest.At(noon()), few)
	expenses := sb.Apps()[2].ID // in the web only
	idle, lists := 0, map[string]usage.Ability{"app": usage.AppAbility, "gadget": usage.MiniProgram, "webapp": usage.Web, "bot": usage.Bot}
	for _, top := range sb.Departments() {
		body := question{"date": "2026-11-16", "cycle_type": 2, "department_id": top.ID}
		item := pageOf(t, ask(t, sb, "POST", departmentPath(expenses), tokenOf(t, sb), body)).Items[0]
		figures := func(a usage.Ability) usage.Figures {
			f, _ := sb.Figures(usage.Request{AppID: expenses, Ability: a, Cycle: usage.Weekly, Date: day(2026, 11, 16), DepartmentID: top.ID})
			return f
		}
		if figures(usage.AppAbility)[usage.ActiveUsers] == 0 {
			idle++
			if got := fmt.Sprintf("%s", item); got != fmt.Sprintf(`map[app:[{"metric_name":"uv","metric_value":0}] department_id:%q]`, top.ID) {
				t.Errorf("a department without use: %s", got)
			}
			continue
		}
		for list, ability := range lists {
			var got []struct {
				Name  usage.Metric `json:"metric_name"`
				Value int64        `json:"metric_value"`
			}
			if err := json.Unmarshal(item[list], &got); err != nil {
				t.Fatalf("%s: %v in %s", list, err, item)
			}
			read := usage.Figures(nil)
			for _, m := range got {
				if read == nil {
					read = usage.Figures{}
				}
				read[m.Name] = m.Value
			}
			if diff := cmp.Diff(figures(ability), read); diff != "" {
				t.Errorf("%s of %s (-overview +departments):\n%s", ability, top.Name, diff)
			}
		}
	}
	if idle == 0 {
		t.Error("every department used the app: nothing is tested of those that did not")
	}
}

func TestDepartmentOverviewHasAQuotaOfItsOwn(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	token, day := tokenOf(t, sb), question{"date": "2026-11-19", "cycle_type": 1, "ability": "app"}
	call := func(path string) reply { return ask(t, sb, "POST", path, token, day) }
	for i := range 100 {
		if r := call(departmentPath(sb.Apps()[i%3].ID)); r.Code != 0 {
			t.Fatalf("call %d: code %d", i, r.Code)
		}
	}
	if r := call(departmentPath(sb.Apps()[0].ID)); r.Status != 429 || r.Code != 99991400 || r.header.Get("x-ogw-ratelimit-reset") != "60" {
		t.Errorf("call 101: status %d, code %d, %v", r.Status, r.Code, r.header)
	}
	if r := call(overviewPath(sb.Apps()[0].ID)); r.Code != 0 {
		t.Errorf("the overview: code %d", r.Code)
	}
	sb.AddFault(sandbox.Fault{Endpoint: "department_overview", HTTPStatus: 502, HTML: true})
	if r := call(departmentPath(sb.Apps()[0].ID)); r.Status != 502 {
		t.Errorf("with a fault: status %d", r.Status)
	}
	if got := len(sb.Calls("department_overview")); got != 102 {
		t.Errorf("%d calls are recorded", got)
	}
}

func TestDepartmentOverviewThroughTheSDK(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	week := weekOfOne(sb)
	req := larkapplication.NewDepartmentOverviewApplicationAppUsageReqBuilder().
		AppId(week.AppID).DepartmentIdType(larkapplication.DepartmentIdTypeOpenDepartmentId).
		Body(larkapplication.NewDepartmentOverviewApplicationAppUsageReqBodyBuilder().
			Date(week.Date.String()).CycleType(2).DepartmentId(week.DepartmentID).Recursion(1).PageSize(3).Build()).Build()
	resp, err := sdk(sb).Application.V6.ApplicationAppUsage.DepartmentOverview(t.Context(), req)
	if err != nil || !resp.Success() || len(resp.Data.Items) != 3 || !*resp.Data.HasMore || *resp.Data.PageToken == "" {
		t.Fatalf("%v %+v", err, resp)
	}
	want := truth(t, sb, week)
	if got := resp.Data.Items[0].App[0]; *got.MetricName != "uv" || int64(*got.MetricValue) != want[usage.ActiveUsers] {
		t.Errorf("got %v, want %v", got, want)
	}
}
