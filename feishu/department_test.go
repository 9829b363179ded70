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
	w := &walk{client: newPlatform(t, map[endpoint][]answered{}).client, seen: map[string]bool{}}
	for i := range maxDepartments {
		w.seen[fmt.Sprint(i)] = true
	}
	w.found = make([]usage.Department, maxDepartments)
	w.client.tokens.hold(token{Value: "t", Until: time.Unix(1<<40, 0)})
	p := newPlatform(t, map[endpoint][]answered{epDepartments: {page("a", "od-x")}})
	w.client = p.client
	if err := w.children(t.Context(), rootDepartment, true); err != nil || len(w.found) != maxDepartments {
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
