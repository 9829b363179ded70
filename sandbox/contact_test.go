package sandbox_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	larkcontact "github.com/larksuite/oapi-sdk-go/v3/service/contact/v3"

	"usagebot/sandbox/sandboxtest"
)

func TestDepartmentTreeThroughTheSDK(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	client := sdk(sb)
	var got []string
	token, pages := "", 0
	for more := true; more; pages++ {
		req := larkcontact.NewChildrenDepartmentReqBuilder().DepartmentId("0").FetchChild(true).PageSize(15)
		if token != "" {
			req.PageToken(token)
		}
		resp, err := client.Contact.V3.Department.Children(t.Context(), req.Build())
		if err != nil || !resp.Success() {
			t.Fatalf("%v %+v", err, resp)
		}
		for _, d := range resp.Data.Items {
			got = append(got, *d.OpenDepartmentId+" "+*d.Name+" "+*d.I18nName.EnUs+" in "+*d.ParentDepartmentId)
		}
		if more = *resp.Data.HasMore; more {
			token = *resp.Data.PageToken
		}
	}
	var want []string
	names := map[string]int{}
	for _, d := range sb.Departments() {
		parent := d.ParentID
		if parent == "" {
			parent = "0"
		}
		want = append(want, d.ID+" "+d.Name+" "+d.I18n["en_us"]+" in "+parent)
		names[d.Name]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if pages < 3 || len(got) < 35 || names["后端组"] != 2 || names["运营组"] != 2 || names["重庆分公司"] != 1 {
		t.Errorf("%d pages of %d departments: %v", pages, len(got), names)
	}
}

func TestDepartments(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	token := tokenOf(t, sb)
	rd := sb.Departments()[0]
	base := "/open-apis/contact/v3/departments/"
	for name, tt := range map[string]struct {
		path         string
		status, code int
		items        int
	}{
		"top":                    {"0/children", 200, 0, 10},
		"below, not recursively": {rd.ID + "/children", 200, 0, 6},
		"below, by custom id":    {rd.CustomID + "/children?department_id_type=department_id", 200, 0, 6},
		"unknown":                {"od-none/children", 400, 99992357, 0},
		"unknown custom id":      {"none/children?department_id_type=department_id", 400, 99992380, 0},
		"page of 51":             {"0/children?page_size=51", 400, 40011, 0},
		"page of none":           {"0/children?page_size=0", 400, 40011, 0},
		"made-up page":           {"0/children?page_token=abc", 400, 40012, 0},
		"batch leaves out":       {"batch?department_ids=od-none&department_ids=" + rd.ID, 200, 0, 1},
		"batch of nothing":       {"batch", 400, 99992402, 0},
		"one":                    {rd.ID, 200, 0, 0},
		"none":                   {"none?department_id_type=department_id", 400, 40015, 0},
	} {
		r := ask(t, sb, "GET", base+tt.path, token, nil)
		var data struct{ Items []any }
		if r.Code == 0 {
			if err := json.Unmarshal(r.Data, &data); err != nil {
				t.Fatal(err)
			}
		}
		if r.Status != tt.status || r.Code != tt.code || len(data.Items) != tt.items {
			t.Errorf("%s: status %d code %d with %d items, want %d, %d, %d", name, r.Status, r.Code, len(data.Items), tt.status, tt.code, tt.items)
		}
	}
	sb.SetContactRange(false)
	if r := ask(t, sb, "GET", base+"0/children", token, nil); r.Status != 403 || r.Code != 40004 {
		t.Errorf("no contact range: status %d code %d", r.Status, r.Code)
	}
}

func TestDepartmentNamesNeedTheirScope(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	sb.Revoke("contact:department.base:readonly")
	r := ask(t, sb, "GET", "/open-apis/contact/v3/departments/"+sb.Departments()[0].ID, tokenOf(t, sb), nil)
	var data struct{ Department map[string]any }
	if err := json.Unmarshal(r.Data, &data); err != nil || data.Department["open_department_id"] == nil || data.Department["name"] != nil {
		t.Errorf("%v %s", err, r.raw)
	}
}

func TestChats(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	token, people := tokenOf(t, sb), sb.People()
	group, out, gone := sb.Group(), sb.AddGroup("out", people[0].OpenID), sb.AddGroup("gone", people[0].OpenID)
	sb.SetBotInside(out.ID, false)
	sb.SetDissolved(gone.ID)
	get := func(path string) (reply, map[string]any) {
		r := ask(t, sb, "GET", "/open-apis/im/v1/chats"+path, token, nil)
		var data map[string]any
		if r.Code == 0 {
			if err := json.Unmarshal(r.Data, &data); err != nil {
				t.Fatal(err)
			}
		}
		return r, data
	}
	_, full := get("/" + group.ID)
	if full["owner_id"] != people[0].OpenID || full["chat_mode"] != "group" || full["user_count"] != "3" {
		t.Errorf("the group: %v", full)
	}
	if diff := cmp.Diff([]any{people[1].OpenID}, full["user_manager_id_list"]); diff != "" {
		t.Errorf("managers:\n%s", diff)
	}
	single, _ := sb.Single(people[0].OpenID)
	if _, p2p := get("/" + single.ID); p2p["chat_mode"] != "p2p" || p2p["owner_id"] != nil {
		t.Errorf("a single chat: %v", p2p)
	}
	if _, brief := get("/" + out.ID); brief["name"] != "out" || brief["owner_id"] != nil {
		t.Errorf("a group seen from outside: %v", brief)
	}
	if _, dissolved := get("/" + gone.ID); dissolved["chat_status"] != "dissolved" {
		t.Errorf("a dissolved group: %v", dissolved)
	}
	if _, list := get("?page_size=100"); len(list["items"].([]any)) != 1 {
		t.Errorf("the bot's groups: %v", list)
	}
	if _, members := get("/" + group.ID + "/members"); len(members["items"].([]any)) != 3 || members["member_total"] != 3.0 {
		t.Errorf("members: %v", members)
	}
	if _, in := get("/" + out.ID + "/members/is_in_chat"); in["is_in_chat"] != false {
		t.Errorf("is in chat: %v", in)
	}
	for path, code := range map[string]int{"/oc_none": 232006, "/" + out.ID + "/members": 232011, "/" + gone.ID + "/members": 232009, "?page_size=101": 232001} {
		if r, _ := get(path); r.Code != code {
			t.Errorf("%s: code %d, want %d", path, r.Code, code)
		}
	}
}

func TestApplication(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	token := tokenOf(t, sb)
	get := func(id, lang string) (int, string) {
		r := ask(t, sb, "GET", "/open-apis/application/v6/applications/"+id+"?lang="+url.QueryEscape(lang), token, nil)
		var data struct {
			App struct {
				Name string `json:"app_name"`
			}
		}
		if r.Code == 0 {
			if err := json.Unmarshal(r.Data, &data); err != nil {
				t.Fatal(err)
			}
		}
		return r.Code, data.App.Name
	}
	mall := sb.Apps()[1].ID
	for _, tt := range []struct {
		id, lang string
		code     int
		name     string
	}{
		{"me", "zh_cn", 0, "用量助手"}, {mall, "en_us", 0, "Mall"}, {mall, "", 99992402, ""}, {"cli_none", "zh_cn", 210506, ""},
	} {
		if code, name := get(tt.id, tt.lang); code != tt.code || name != tt.name {
			t.Errorf("%s in %q: %d %q, want %d %q", tt.id, tt.lang, code, name, tt.code, tt.name)
		}
	}
	sb.Revoke("admin:app.info:readonly")
	if code, _ := get(mall, "zh_cn"); code != 210508 {
		t.Errorf("another app without its scope: code %d", code)
	}
	if code, _ := get("me", "zh_cn"); code != 0 {
		t.Errorf("itself without that scope: code %d", code)
	}
}

func TestThePeopleOfTheDemoHaveTheirNames(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	names := []string{}
	for _, p := range sb.People() {
		names = append(names, p.Name)
	}
	if !slices.Equal(names, []string{"林晓", "陈立", "Alex Wu"}) {
		t.Errorf("the demo's people: %v", names)
	}
}
