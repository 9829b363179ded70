package feishu

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/usage"
)

func TestPersonDepartments(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epPerson: {
		ok(`{"user":{"open_id":"ou_a","name":"somebody","department_ids":["od-1","od-2"]}}`), ok(`{"user":{"open_id":"ou_a"}}`), ok(`{}`),
	}})
	c := p.client
	for _, want := range [][]string{{"od-1", "od-2"}, nil} {
		got, err := c.PersonDepartments(t.Context(), "ou_a")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("departments (-want +got):\n%s", diff)
		}
	}
	if _, err := c.PersonDepartments(t.Context(), "ou_a"); err == nil {
		t.Error("an answer without a person is none")
	}
	if _, err := c.PersonDepartments(t.Context(), "../x"); err == nil {
		t.Error("what is no id was asked for")
	}
}

func page(more string, ids ...string) answered {
	var items []string
	for _, id := range ids {
		items = append(items, fmt.Sprintf(`{"open_department_id":%q,"name":%q,"parent_department_id":"0"}`, id, "名"+id))
	}
	return ok(fmt.Sprintf(`{"has_more":%t,"page_token":%q,"items":[%s]}`, more != "", more, strings.Join(items, ",")))
}

func idsOf(found []usage.Department) []string {
	var ids []string
	for _, d := range found {
		ids = append(ids, d.ID)
	}
	return ids
}

func TestDepartmentsReadsEveryPageOnce(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epDepartments: {page("p 2", "od-1", "od-2"), page("", "od-2", "od-3")}})
	found, err := p.client.Departments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"od-1", "od-2", "od-3"}, idsOf(found)); diff != "" {
		t.Errorf("departments (-want +got):\n%s", diff)
	}
	want := []string{
		"department_id_type=open_department_id&fetch_child=true&page_size=50",
		"department_id_type=open_department_id&fetch_child=true&page_size=50&page_token=p+2",
	}
	var got []string
	for _, r := range p.calls(epDepartments) {
		q, _ := url.ParseQuery(r.query)
		got = append(got, q.Encode())
		if r.path != "/open-apis/contact/v3/departments/0/children" {
			t.Errorf("asked %s", r.path)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("queries (-want +got):\n%s", diff)
	}
}

func TestDepartmentsReadsADepartment(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epDepartments: {ok(`{"has_more":false,"items":[null,{"name":"no id"},` +
		`{"open_department_id":"od-gone","name":"x","status":{"is_deleted":true}},` +
		`{"open_department_id":"od-1","department_id":"D096","parent_department_id":"od-0","name":"研发部",` +
		`"i18n_name":{"zh_cn":"研发部","en_us":"R&D","ja_jp":""},"status":{"is_deleted":false}}]}`)}})
	found, err := p.client.Departments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []usage.Department{{
		ID: "od-1", CustomID: "D096", ParentID: "od-0", Name: "研发部",
		I18n: map[string]string{"zh_cn": "研发部", "en_us": "R&D"},
	}}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("departments (-want +got):\n%s", diff)
	}
}

func TestDepartmentsGoesLevelByLevelWhereTheTreeIsTooBig(t *testing.T) {
	t.Parallel()
	for _, code := range []int{43010, 40004, 40014} { // od-2 is too big itself, or out of the bot's range
		p := newPlatform(t, map[endpoint][]answered{epDepartments: {
			refused(400, 43010),      // the tree at once
			page("", "od-1", "od-2"), // the root
			page("", "od-3"),         // od-1
			refused(400, code),       // od-2
			page(""),                 // od-3
		}})
		found, err := p.client.Departments(t.Context())
		if err != nil {
			t.Fatalf("%d: %v", code, err)
		}
		if diff := cmp.Diff([]string{"od-1", "od-2", "od-3"}, idsOf(found)); diff != "" {
			t.Errorf("%d: departments (-want +got):\n%s", code, diff)
		}
		for _, r := range p.calls(epDepartments)[1:] {
			if !strings.Contains(r.query, "fetch_child=false") {
				t.Errorf("%d: asked %s", code, r.query)
			}
		}
	}
}

func TestDepartmentsSaysWhyThereAreNone(t *testing.T) {
	t.Parallel()
	scope := answered{status: 400, body: `{"code":99991672,"msg":"[contact:contact.base:readonly]"}`}
	tests := map[string]struct {
		answers []answered
		reason  usage.Reason
		scopes  []string
	}{
		"a missing scope":           {[]answered{scope}, usage.MissingScope, []string{"contact:contact.base:readonly"}},
		"outside of the range":      {[]answered{refused(403, 40004)}, usage.MissingScope, nil},
		"the parent is outside":     {[]answered{refused(403, 40014)}, usage.MissingScope, nil},
		"no names":                  {[]answered{ok(`{"items":[{"open_department_id":"od-1"}]}`)}, usage.MissingScope, nameScopes()},
		"pages without an end":      {[]answered{page("a", "od-1")}, usage.Unavailable, nil},
		"more without a page token": {[]answered{ok(`{"has_more":true,"items":[]}`)}, usage.Unavailable, nil},
		"an error in between":       {[]answered{page("a", "od-1"), refused(400, 40012)}, usage.Rejected, nil},
		"no data":                   {[]answered{{status: 200, body: `{"code":0}`}}, usage.Unavailable, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, map[endpoint][]answered{epDepartments: tt.answers})
			found, err := p.client.Departments(t.Context())
			f, _ := errors.AsType[*usage.Failure](err)
			if f == nil || found != nil || f.Reason != tt.reason || !cmp.Equal(f.Scopes, tt.scopes) {
				t.Errorf("found %v, error %v; want %s %v", found, err, tt.reason, tt.scopes)
			}
		})
	}
}

func TestDepartmentsRidesOutAHiccup(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epDepartments: {{status: 502, body: "<html>"}, page("", "od-1")}})
	if found, err := p.client.Departments(t.Context()); err != nil || len(found) != 1 {
		t.Errorf("found %v, error %v", found, err)
	}
}

func TestDepartmentsIsBounded(t *testing.T) {
	t.Parallel()
	w := &departmentLister{client: newPlatform(t, map[endpoint][]answered{}).client, seen: map[string]bool{}}
	for i := range maxDepartments {
		w.seen[fmt.Sprint(i)] = true
	}
	w.found = make([]usage.Department, maxDepartments)
	w.client.tokens.setCurrent(token{Value: "t", Until: time.Unix(1<<40, 0)})
	p := newPlatform(t, map[endpoint][]answered{epDepartments: {page("a", "od-x")}})
	w.client = p.client
	if err := w.listChildren(t.Context(), rootDepartment, true); err != nil || len(w.found) != maxDepartments {
		t.Errorf("%d departments, error %v", len(w.found), err)
	}
}

func TestDepartmentsStopsWithItsContext(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epDepartments: {page("a", "od-1")}})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.client.Departments(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}

func TestBotAndApp(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{
		epBot:         {botAnswer()},
		epApplication: {ok(`{"app":{"app_id":"cli_a","app_name":"商城","secret":"hush"}}`)},
	})
	if got, err := p.client.Bot(t.Context()); err != nil || got != (BotInfo{OpenID: "ou_bot", Name: "Bot"}) {
		t.Errorf("bot = %v, %v", got, err)
	}
	for lang, locale := range map[string]string{"zh": "zh_cn", "en": "en_us", "ja_jp": "ja_jp", "": "zh_cn"} {
		got, err := p.client.App(t.Context(), "cli_a", lang)
		if err != nil || got != "商城" {
			t.Errorf("app = %q, %v", got, err)
		}
		calls := p.calls(epApplication)
		if q := calls[len(calls)-1].query; q != "lang="+locale {
			t.Errorf("asked %s for %q", q, lang)
		}
	}
	if _, err := p.client.App(t.Context(), "a/b", "zh"); !Invalid.Is(err) {
		t.Errorf("an impossible id: %v", err)
	}
}

func TestBotAndAppWithoutAnAnswerAreErrors(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"code":0}`, `{"code":0,"bot":{}}`, `{"code":0,"bot":"x"}`, `{"code":0,"data":{"app":{}}}`} {
		a := answered{status: 200, body: body}
		p := newPlatform(t, map[endpoint][]answered{epBot: {a}, epApplication: {a}})
		if got, err := p.client.Bot(t.Context()); err == nil {
			t.Errorf("%s: bot %v", body, got)
		}
		if got, err := p.client.App(t.Context(), "cli_a", "zh"); err == nil {
			t.Errorf("%s: app %v", body, got)
		}
	}
}

func below() usage.DepartmentRequest {
	return usage.DepartmentRequest{AppID: "cli_target", Cycle: usage.Weekly, Date: usage.NewDate(2026, 11, 16), DepartmentID: "od-1"}
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
