package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/usage"
)

func spellings(name string) []string {
	var list []string
	for _, s := range soundsOf(name) {
		list = append(list, s.String())
	}
	slices.Sort(list)
	return list
}

func TestHowANameIsRead(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"研发部":        {"xingfabu", "xingfapou", "yanfabu", "yanfapou"},
		"重庆":         {"chongqing", "tongqing", "zhongqing"},
		"研发 2-部 QA":  {"xingfa2buqa", "xingfa2pouqa", "yanfa2buqa", "yanfa2pouqa"},
		"AI Lab":     nil, // it is spelled as it is written
		"":           nil,
		"\U0002fa1d": nil, // a Chinese character whose reading is not known
	} {
		if got := spellings(name); !slices.Equal(got, want) {
			t.Errorf("%q is read %q, want %q", name, got, want)
		}
	}
	if got := len(soundsOf("重重重重重重")); got != maxReadings {
		t.Errorf("a name of many readings has %d, want %d", got, maxReadings)
	}
}

func TestASpellingIsOfTheWholeNameOrBeginsIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, text string
		is, begins bool
	}{
		{"研发部", "yanfabu", true, true},
		{"研发部", "yfb", true, false},
		{"研发部", "yanfa", false, true},
		{"研发部", "yan", false, false}, // one syllable begins too many names
		{"研发部", "yf", false, false},
		{"研发部", "fabu", false, false},
		{"部", "bu", true, false},
		{"部", "b", false, false}, // nor is one letter an abbreviation
	} {
		s := soundsOf(tt.name)[0]
		if s.is(tt.text) != tt.is || s.begins(tt.text) != tt.begins {
			t.Errorf("%q of %s: whole %v, begins %v; want %v, %v", tt.text, tt.name, s.is(tt.text), s.begins(tt.text), tt.is, tt.begins)
		}
	}
}

func TestDepartmentsWithANearName(t *testing.T) {
	t.Parallel()
	list := []usage.Department{
		{ID: "rd", Name: "研发部"},
		{ID: "law", Name: "法务部"},
		{ID: "be", Name: "后端研发组"},
		{ID: "sh", Name: "上海市场部"},
		{ID: "mk", Name: "市场部"},
		{ID: "plat", Name: "platform"},
		{ID: "pl", Name: "platf0rn"},
		{ID: "sales", Name: "Sales"},
	}
	for i := range 2 * maxNear {
		list = append(list, usage.Department{ID: fmt.Sprint("q", i), Name: fmt.Sprintf("Quality %d", i)})
	}
	ix := newIndex(snapshot{Departments: list})
	for _, tt := range []struct{ text, want string }{
		{"研法部", "rd"},                          // one character of three may be wrong
		{"研法不", ""},                            // but not two
		{"市厂部", "mk"},                          // and of a longer name not more
		{"市场", "mk sh"},                        // a part of a name
		{"大市场部门", "mk"},                        // and a name that is a part of it
		{"platfrom", "plat"},                   //nolint:misspell // two letters of eight
		{"platfXrm", "plat pl"},                // the nearest first
		{"slaes", "sales"},                     // two letters that changed places
		{"yan fabo", "rd"},                     // as it sounds
		{"shichang", "sh mk"},                  // a part of how it sounds
		{"ya", ""},                             // two letters are a part of too many
		{"quality", "q0 q1 q2 q3 q4 q5 q6 q7"}, // so many are offered
	} {
		if got := strings.Join(ids(ix.near(t.Context(), tt.text, everything)), " "); got != tt.want {
			t.Errorf("near %q are %q, want %q", tt.text, got, tt.want)
		}
	}
}

// TestWhatATextMayMean holds which of several meanings of a text comes first.
func TestWhatATextMayMean(t *testing.T) {
	t.Parallel()
	ix := newIndex(snapshot{Departments: []usage.Department{
		{ID: "od-rd", Name: "研发部"},
		{ID: "od-rdb", Name: "研发部署组"},
		{ID: "od-yfb", Name: "yfb"},
		{ID: "od-spaced", CustomID: "od-rd", Name: "a / b"},
		{ID: "od-zz", ParentID: "od-rd", Name: "中转"},
		{ID: "od-zzz", Name: "中转站"},
		{ID: "od-slash", ParentID: "od-rd", Name: "前端/后端"},
	}})
	for _, tt := range []struct{ text, one, several, near string }{
		{text: " od-rd ", one: "od-rd"}, // an id is stricter than a custom id
		{text: "研发部", one: "od-rd"},     // a name is stricter than the beginning of another
		{text: "研发", one: "od-rd"},      // but for 部 it is the whole name, and only the beginning of another
		{text: "研发部署", one: "od-rdb"},
		{text: "yfb", one: "od-yfb"},    // a name is stricter than initials
		{text: "yanfabu", one: "od-rd"}, // a whole name by its sound is stricter than the beginning of another
		{text: "zz", one: "od-zz"},      // and so are initials
		{text: "zhongzhuan", one: "od-zz"},
		{text: "a / b", one: "od-spaced"},       // a name with a slash in it
		{text: "研发部/前端/后端", near: "od-slash"},   // which a path does not name
		{text: "研发部 / 中转", one: "od-zz"},        // spaces around a slash
		{text: "研发部/中砖", near: "od-zz"},         // a slip in the last name of a path offers what is near to that
		{text: "研发部/研发部", near: "od-rd od-rdb"}, // of two levels that are there one by one
		{text: "中转/研发部", near: "od-rd od-rdb"},  // and a path upside down
		{text: "站", near: "od-zzz"},
	} {
		m := ix.find(t.Context(), tt.text, everything)
		one := ""
		if m.One != nil {
			one = m.One.ID
		}
		several, near := strings.Join(ids(m.Several), " "), strings.Join(ids(m.Near), " ")
		if one != tt.one || several != tt.several || near != tt.near {
			t.Errorf("%q: one %q, several %q, near %q; want %q, %q, %q", tt.text, one, several, near, tt.one, tt.several, tt.near)
		}
	}
}

func pathsOf(list []usage.Department) string {
	var paths []string
	for _, d := range list {
		paths = append(paths, d.Path)
	}
	return strings.Join(paths, " ")
}

func TestTheTreeOfDepartments(t *testing.T) {
	t.Parallel()
	list := append(company(), usage.Department{ID: "od-lost", ParentID: "od-unseen", Name: "外包组"})
	d := New(func(context.Context) ([]usage.Department, error) { return list, nil }, &memory{}, time.Now)
	t.Cleanup(d.Close)
	if d.Below("") != 0 || d.Trail(t.Context(), "od-be") != nil {
		t.Error("it knows of departments before it has any")
	}
	for _, tt := range []struct{ id, children, trail string }{
		{"", "研发部 市场部 销售部 重庆 分公司 AI Lab 外包组", ""},
		{"0", "研发部 市场部 销售部 重庆 分公司 AI Lab 外包组", ""},
		{"od-rd", "研发部/后端组 研发部/前端组", "研发部"},
		{"od-be", "", "研发部 研发部/后端组"},
		{"od-lost", "", "外包组"},
		{"od-none", "", ""},
	} {
		children, err := d.Children(t.Context(), tt.id)
		if err != nil || pathsOf(children) != tt.children || d.Below(tt.id) != len(children) {
			t.Errorf("below %q: %s, %d, %v", tt.id, pathsOf(children), d.Below(tt.id), err)
		}
		if got := pathsOf(d.Trail(t.Context(), tt.id)); got != tt.trail {
			t.Errorf("the trail to %q: %s", tt.id, got)
		}
	}
}

func TestATreeThatBitesItsTailEnds(t *testing.T) {
	t.Parallel()
	list := []usage.Department{{ID: "od-a", ParentID: "od-b", Name: "a"}, {ID: "od-b", ParentID: "od-a", Name: "b"}}
	d := New(func(context.Context) ([]usage.Department, error) { return list, nil }, &memory{}, time.Now)
	t.Cleanup(d.Close)
	if children, err := d.Children(t.Context(), "od-a"); err != nil || len(children) != 1 {
		t.Errorf("%v, %v", children, err)
	}
	if got := d.Trail(t.Context(), "od-a"); len(got) != maxDepth {
		t.Errorf("a trail of %d", len(got))
	}
}

func TestADepartmentOfTheLastHourHasItsChildren(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		list := company()
		var broken error
		d := New(func(context.Context) ([]usage.Department, error) { return list, broken }, &memory{}, time.Now)
		t.Cleanup(d.Close)
		if err := d.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		list = append(list, usage.Department{ID: "od-new", ParentID: "0", Name: "新部门"}, usage.Department{ID: "od-sub", ParentID: "od-new", Name: "新组"})
		time.Sleep(2 * syncInterval)
		if got, err := d.Children(t.Context(), "od-new"); err != nil || pathsOf(got) != "新部门/新组" {
			t.Errorf("%v, %v", got, err)
		}
		broken = errors.New("away")
		time.Sleep(2 * maxAge)
		if got, err := d.Children(t.Context(), "od-rd"); err != nil || len(got) != 2 {
			t.Errorf("an old index is better than none: %v, %v", got, err)
		}
		if got, err := d.Children(t.Context(), "od-none"); err != nil || len(got) != 0 {
			t.Errorf("%v, %v", got, err)
		}
	})
	at(t, 11, 23, 11, func(t *testing.T) {
		d := New(func(context.Context) ([]usage.Department, error) { return nil, errors.New("away") }, &memory{}, time.Now)
		t.Cleanup(d.Close)
		if _, err := d.Children(t.Context(), ""); err == nil {
			t.Error("no index, and no error")
		}
	})
}

// TestATreeIsSharedByAllReplicas: what one has listed costs the others no listing, also when they have an older one.
func TestATreeIsSharedByAllReplicas(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		shared, l := &memory{}, &lister{list: company()}
		first := New(l.fetch, shared, time.Now)
		t.Cleanup(first.Close)
		if err := first.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		away := func(context.Context) ([]usage.Department, error) { return nil, errors.New("away") }
		second, third := New(away, shared, time.Now), New(away, shared, time.Now)
		t.Cleanup(second.Close)
		t.Cleanup(third.Close)
		if got := pathsOf(third.Trail(t.Context(), "od-be")); got != "研发部 研发部/后端组" {
			t.Errorf("the trail in another replica: %q", got)
		}
		if got, err := second.Children(t.Context(), "od-rd"); err != nil || len(got) != 2 {
			t.Errorf("the tree in another replica: %v, %v", got, err)
		}
		l.list = append(l.list, usage.Department{ID: "od-new", ParentID: "od-rd", Name: "测试组"})
		time.Sleep(maxAge + time.Minute)
		if err := first.Refresh(t.Context()); err != nil || l.calls != 2 {
			t.Fatalf("%d listings, %v", l.calls, err)
		}
		if got, err := second.Children(t.Context(), "od-rd"); err != nil || len(got) != 3 {
			t.Errorf("the newer tree in another replica: %v, %v", got, err)
		}
	})
}

// TestAnOldTreeIsShownWhileANewerOneIsFetched, which the next look has.
func TestAnOldTreeIsShownWhileANewerOneIsFetched(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		l := &lister{list: company()}
		d := New(l.fetch, &memory{}, time.Now)
		t.Cleanup(d.Close)
		children := func(want, calls int) {
			t.Helper()
			got, err := d.Children(t.Context(), "od-rd")
			synctest.Wait() // for a listing that it may have begun
			if err != nil || len(got) != want || l.calls != calls {
				t.Errorf("%d departments after %d listings, %v; want %d after %d", len(got), l.calls, err, want, calls)
			}
		}
		children(2, 1)
		l.list = l.list[:2]
		children(2, 1)
		time.Sleep(maxAge + time.Second)
		children(2, 2)
		children(1, 2)
	})
}

func TestADepartmentIsCalledAsItIsInALocale(t *testing.T) {
	t.Parallel()
	list := []usage.Department{
		{ID: "od-a", Name: "研发部", I18n: map[string]string{"zh_cn": "研发部", "en_us": "R&D"}},
		{ID: "od-b", ParentID: "od-a", Name: "后端组"},
		{ID: "od-c", ParentID: "od-b", Name: "平台", I18n: map[string]string{"en_us": "Platform"}},
	}
	d := New(func(context.Context) ([]usage.Department, error) { return list, nil }, &memory{}, time.Now)
	t.Cleanup(d.Close)
	if _, known := d.Known("od-c"); known {
		t.Error("it knows a department before it has any")
	}
	if err := d.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ id, locale, name, path string }{
		{"od-a", "en_us", "R&D", "R&D"},
		{"od-b", "en_us", "后端组", "R&D/后端组"},
		{"od-c", "en_us", "Platform", "R&D/后端组/Platform"},
		{"od-c", "zh_cn", "平台", "研发部/后端组/平台"},
		{"od-c", "fr_fr", "平台", "研发部/后端组/平台"},
	} {
		got, known := d.Known(tt.id)
		if got = got.In(tt.locale); !known || got.Name != tt.name || got.Path != tt.path {
			t.Errorf("%s in %s: %q, %q", tt.id, tt.locale, got.Name, got.Path)
		}
	}
	if _, known := d.Known("od-none"); known {
		t.Error("it knows a department that is not there")
	}
	if nowhere := (usage.Department{}).In("en_us"); nowhere.Name != "" || nowhere.Path != "" {
		t.Errorf("the whole company is called %+v", nowhere)
	}
}
