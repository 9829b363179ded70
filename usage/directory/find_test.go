package directory

import (
	"context"
	"slices"
	"strings"
	"testing"

	"usagebot/usage"
)

// TestBeginningsAndInitials holds that the beginning of a name comes before initials in pinyin.
func TestBeginningsAndInitials(t *testing.T) {
	t.Parallel()
	runhua := usage.Department{ID: "od-runhua", Name: "华润"}
	for _, tt := range []struct {
		name         string
		text         string
		list         []usage.Department
		one, several string
	}{
		{"initials where nothing else is", "hr", []usage.Department{runhua}, "od-runhua", ""},
		{"a name but for 部", "hr", []usage.Department{runhua, {ID: "od-hr", Name: "HR部"}}, "od-hr", ""},
		{"the beginning of a name", "hr", []usage.Department{runhua, {ID: "od-hr", Name: "HR Service"}}, "od-hr", ""},
		{"the beginning of an English name", "hr", []usage.Department{runhua, {ID: "od-hr", Name: "人力资源部", I18n: map[string]string{"en_us": "HRBP"}}}, "od-hr", ""},
		{"the beginning of two", "hr", []usage.Department{runhua, {ID: "od-hr", Name: "HR Service"}, {ID: "od-hrbp", Name: "HRBP"}}, "", "od-hr od-hrbp"},
		{"initials of two", "hr", []usage.Department{runhua, {ID: "od-hongri", Name: "红日"}}, "", "od-runhua od-hongri"},
	} {
		m := newIndex(snapshot{Departments: tt.list}).find(t.Context(), tt.text, everything)
		one := ""
		if m.One != nil {
			one = m.One.ID
		}
		if several := strings.Join(ids(m.Several), " "); one != tt.one || several != tt.several {
			t.Errorf("%s: %q is %q, %q; want %q, %q", tt.name, tt.text, one, several, tt.one, tt.several)
		}
	}
}

// TestKindOfDepartment finds a department with and without a word such as 部 or team at the end of its name.
func TestKindOfDepartment(t *testing.T) {
	t.Parallel()
	ix := newIndex(snapshot{Departments: []usage.Department{
		{ID: "od-test", Name: "测试组"},
		{ID: "od-mk", Name: "市场部", I18n: map[string]string{"en_us": "Marketing"}},
		{ID: "od-fin", Name: "财务部", I18n: map[string]string{"en_us": "Finance Department"}},
		{ID: "od-growth", ParentID: "od-mk", Name: "增长团队"},
		{ID: "od-team", Name: "组"},
	}})
	for text, want := range map[string]string{
		"测试": "od-test", "测试组": "od-test", "测试部": "od-test", "测试团队": "od-test", "测试小组": "od-test",
		"市场": "od-mk", "市场部门": "od-mk", "marketing": "od-mk", "Marketing Team": "od-mk", "marketing dept": "od-mk",
		"finance": "od-fin", "finance team": "od-fin", "Finance  Department": "od-fin", "增长组": "od-growth", "市场/增长": "od-growth",
		"marketing team/增长部": "od-growth", "组": "od-team",
	} {
		if m := ix.find(t.Context(), text, everything); m.One == nil || m.One.ID != want || !m.Exact {
			t.Errorf("%q: %+v, want %s", text, m, want)
		}
	}
	if m := ix.find(t.Context(), "market", everything); m.One == nil || m.Exact {
		t.Errorf("the beginning of a name: %+v", m)
	}
}

func TestNear_LatinTypos(t *testing.T) {
	t.Parallel()
	ix := newIndex(snapshot{Departments: []usage.Department{
		{ID: "od-sales", Name: "销售部", I18n: map[string]string{"en_us": "Sales"}},
		{ID: "od-east", Name: "Sales East"},
		{ID: "od-fin", Name: "Finance Department"},
		{ID: "od-none", Name: ""},
		{ID: "od-blank", Name: " "},
	}})
	for text, want := range map[string]string{
		"Slaes": "od-sales od-east", "salse": "od-sales od-east", "Fnance": "od-fin", "finnance team": "od-fin", "xyz": "",
	} {
		m := ix.find(t.Context(), text, everything)
		if got := strings.Join(ids(m.Near), " "); m.One != nil || got != want {
			t.Errorf("%q: one %v, near %q, want %q", text, m.One, got, want)
		}
	}
}

// TestFindFor has a person who may see all but the secret departments.
func TestFindFor(t *testing.T) {
	t.Parallel()
	see := func(_ context.Context, all []usage.Department) []usage.Department {
		return slices.DeleteFunc(slices.Clone(all), func(d usage.Department) bool { return strings.HasPrefix(d.ID, "od-secret") })
	}
	list := []usage.Department{
		{ID: "od-secret1", Name: "市场部", I18n: map[string]string{"en_us": "Marketing"}},
		{ID: "od-mkx", Name: "市场营销组"},
		{ID: "od-secret2", Name: "并购项目部"},
		{ID: "od-be1", Name: "后端组"},
		{ID: "od-secret3", Name: "后端组"},
	}
	for i := range 3 * maxNear {
		list = append(list, usage.Department{ID: "od-secret" + strings.Repeat("x", i+1), Name: "质量部" + strings.Repeat("一", i+1)})
	}
	list = append(list, usage.Department{ID: "od-quality", Name: "质量部八八"})
	ix := newIndex(snapshot{Departments: list})
	for _, tt := range []struct {
		text, one, near string
		closed          bool
	}{
		{text: "市场部", closed: true}, // the exact name of another department than 市场营销组
		{text: "marketing", closed: true},
		{text: "od-secret1", closed: true},
		{text: "市场营", one: "od-mkx"},
		{text: "并购", closed: false},         // the beginning of a name that must not be told
		{text: "binggouxiangmu"},            // nor by its sound
		{text: "并购项木部"},                     // nor as a suggestion
		{text: "并购项目", closed: true},        // the whole name but for 部
		{text: "后端组", one: "od-be1"},        // of two one may be seen
		{text: "质量部八九", near: "od-quality"}, // those that may not be seen take no place
	} {
		m := ix.find(t.Context(), tt.text, see)
		one := ""
		if m.One != nil {
			one = m.One.ID
		}
		if near := strings.Join(ids(m.Near), " "); one != tt.one || m.Closed != tt.closed || near != tt.near || len(m.Several) > 0 {
			t.Errorf("%q: one %q, near %q, closed %v, several %v; want %q, %q, %v", tt.text, one, near, m.Closed, m.Several, tt.one, tt.near, tt.closed)
		}
	}
}

func TestApps_Match(t *testing.T) {
	t.Parallel()
	apps := Apps{{ID: "cli_1", Name: "商城"}, {ID: "cli_2", Name: "商旅"}, {ID: "cli_3", Name: "OA审批"}, {ID: "cli_4"}}
	for text, want := range map[string]string{"商城": "cli_1", "shangcheng": "cli_1", "商": "cli_1 cli_2", "OA": "cli_3", "cli_4": "cli_4", "考勤": ""} {
		var found []string
		for _, app := range apps.Match(text).Found {
			found = append(found, app.ID)
		}
		if got := strings.Join(found, " "); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if m := apps.Match("商成"); len(m.Found) > 0 || len(m.Near) == 0 || m.Near[0].ID != "cli_1" {
		t.Errorf("a typo: %+v", m)
	}
}
