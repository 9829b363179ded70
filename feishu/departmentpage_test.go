package feishu

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/usage"
)

func below() usage.DepartmentAsk {
	return usage.DepartmentAsk{AppID: "cli_target", Cycle: usage.Weekly, Date: usage.NewDate(2026, 11, 16), DepartmentID: "od-1"}
}

func TestDepartmentUsageAsksInThePlatformsForm(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epDepartmentUsage: {ok(`{"items":[]}`)}})
	for _, token := range []string{"", "new-1"} {
		if _, err := p.client.DepartmentUsage(t.Context(), below(), token); err != nil {
			t.Fatal(err)
		}
	}
	first, second := p.calls(epDepartmentUsage)[0], p.calls(epDepartmentUsage)[1]
	want := map[string]string{"date": "2026-11-16", "cycle_type": "2", "department_id": "od-1", "recursion": "1", "page_size": "20"}
	if diff := cmp.Diff(want, first.body); diff != "" || first.query != "department_id_type=open_department_id" {
		t.Errorf("asked ?%s, body (-want +got):\n%s", first.query, diff)
	}
	if second.body["page_token"] != "new-1" {
		t.Errorf("the second page is asked for with %v", second.body)
	}
}

func TestDepartmentUsageReadsAPage(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data string
		want usage.DepartmentPage
		bad  bool
	}{
		"departments with and without use": {
			data: `{"has_more":true,"page_token":"new-2","items":[null,{"app":[]},
				{"department_id":"od-1","app":[{"metric_name":"uv","metric_value":9}],"gadget":null,"webapp":[{"metric_name":"uv","metric_value":7}],"bot":[]},
				{"department_id":"od-2","app":[{"metric_name":"uv","metric_value":0}]}]}`,
			want: usage.DepartmentPage{Next: "new-2", Departments: []usage.DepartmentFigures{
				{DepartmentID: "od-1", Figures: map[usage.Ability]usage.Figures{
					usage.AppAbility: {usage.ActiveUsers: 9}, usage.Web: {usage.ActiveUsers: 7}, usage.Bot: {},
				}},
				{DepartmentID: "od-2", Figures: map[usage.Ability]usage.Figures{usage.AppAbility: {usage.ActiveUsers: 0}}},
			}},
		},
		"a token on the last page": {data: `{"has_more":false,"page_token":"new-2"}`},
		"nothing":                  {data: `{}`},
		"more, but no token":       {data: `{"has_more":true,"items":[]}`, bad: true},
		"no data":                  {data: `null`, bad: true},
		"a count below zero hides its metric": {
			data: `{"items":[{"department_id":"od-1","app":[{"metric_name":"uv","metric_value":3},{"metric_name":"pv","metric_value":-1}]}]}`,
			want: usage.DepartmentPage{Departments: []usage.DepartmentFigures{
				{DepartmentID: "od-1", Figures: map[usage.Ability]usage.Figures{usage.AppAbility: {usage.ActiveUsers: 3}}},
			}},
		},
		"a department of which an ability has nothing else is asked for by itself": {
			data: `{"items":[{"department_id":"od-1","app":[{"metric_name":"uv","metric_value":3}],"bot":[{"metric_name":"uv","metric_value":-1}]},
				{"department_id":"od-2","app":[{"metric_name":"uv","metric_value":1},{"metric_name":"uv","metric_value":2}]},
				{"department_id":"od-3","app":[{"metric_name":"uv","metric_value":0}]}]}`,
			want: usage.DepartmentPage{Departments: []usage.DepartmentFigures{
				{DepartmentID: "od-3", Figures: map[usage.Ability]usage.Figures{usage.AppAbility: {usage.ActiveUsers: 0}}},
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, map[endpoint][]answered{epDepartmentUsage: {ok(tt.data)}})
			got, err := p.client.DepartmentUsage(t.Context(), below(), "")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("page (-want +got):\n%s", diff)
			}
			f, _ := errors.AsType[*usage.Failure](err)
			if bad := f != nil && f.Reason == usage.Unavailable; bad != tt.bad || !bad && err != nil {
				t.Errorf("error %v", err)
			}
		})
	}
}
