package directory

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/usage"
)

func company() []usage.Department {
	return []usage.Department{
		{ID: "od-rd", CustomID: "D1", ParentID: "0", Name: "研发部", I18n: map[string]string{"en_us": "Research & Development"}},
		{ID: "od-be", CustomID: "D2", ParentID: "od-rd", Name: "后端组"},
		{ID: "od-fe", CustomID: "D3", ParentID: "od-rd", Name: "前端组"},
		{ID: "od-mk", CustomID: "D4", ParentID: "0", Name: "市场部"},
		{ID: "od-op1", ParentID: "od-mk", Name: "运营组"},
		{ID: "od-sales", ParentID: "0", Name: "销售部"},
		{ID: "od-op2", ParentID: "od-sales", Name: "运营组"},
		{ID: "od-cq", ParentID: "0", Name: "重庆 分公司"},
		{ID: "od-ai", ParentID: "0", Name: "AI Lab"},
	}
}

func TestFindDepartment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		one        string
		several    []string
		near       string // must be among the near ones
	}{
		{name: "by open_department_id", text: "od-be", one: "od-be"},
		{name: "by custom id", text: "D4", one: "od-mk"},
		{name: "by custom id, whatever the case", text: "d4", one: "od-mk"},
		{name: "by name", text: "研发部", one: "od-rd"},
		{name: "by English name, whatever the case", text: "research & development", one: "od-rd"},
		{name: "by full-width letters", text: "ＡＩ　ｌａｂ", one: "od-ai"},
		{name: "by path", text: "研发部/后端组", one: "od-be"},
		{name: "by path with a full-width slash", text: "研发部／后端组", one: "od-be"},
		{name: "by pinyin", text: "yanfabu", one: "od-rd"},
		{name: "by the beginning in pinyin", text: "yanfa", one: "od-rd"},
		{name: "by initials", text: "yfb", one: "od-rd"},
		{name: "by the beginning of the name", text: "研发", one: "od-rd"},
		{name: "by the other reading of a character", text: "zhongqing fengongsi", one: "od-cq"},
		{name: "by the usual reading", text: "chongqing", one: "od-cq"},
		{name: "path in pinyin", text: "yanfa/houduan", one: "od-be"},
		{name: "two of one name", text: "运营组", several: []string{"od-op1", "od-op2"}},
		{name: "a path tells them apart", text: "销售部/运营组", one: "od-op2"},
		{name: "two by pinyin", text: "yunying", several: []string{"od-op1", "od-op2"}},
		{name: "a wrong character", text: "市杨部", near: "od-mk"},
		{name: "a part of the name", text: "端组", near: "od-fe"},
		{name: "a slip in pinyin", text: "yanfabo", near: "od-rd"},
		{name: "a slip in a path's last name", text: "研发部/后瑞组", near: "od-be"},
		{name: "exact pinyin before a beginning", text: "caiwu", one: "od-fin"},
		{name: "exact initials before a beginning", text: "cw", one: "od-fin"},
		{name: "the exact name before a beginning", text: "财务", one: "od-fin"},
		{name: "nothing like it", text: "xyzxyzxyz"},
		{name: "nothing at all", text: "  "},
		{name: "only slashes", text: "//"},
	}
	ix := newIndex(snapshot{Departments: append(company(),
		usage.Department{ID: "od-fin", ParentID: "0", Name: "财务"}, usage.Department{ID: "od-finsys", ParentID: "0", Name: "财务系统"})})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := ix.find(t.Context(), tt.text, everything)
			one := ""
			if m.One != nil {
				one = m.One.ID
			}
			if one != tt.one {
				t.Errorf("found %q, want %q", one, tt.one)
			}
			if diff := cmp.Diff(tt.several, ids(m.Several)); diff != "" {
				t.Error(diff)
			}
			if near := ids(m.Near); tt.near == "" && len(near) > 0 {
				t.Errorf("near: %v, want none", near)
			} else if tt.near != "" && !contain(near, tt.near) {
				t.Errorf("near: %v, want %s among them", near, tt.near)
			}
		})
	}
	if m := ix.find(t.Context(), "后端组", everything); m.One == nil || m.One.Path != "研发部/后端组" {
		t.Errorf("path: %+v", m.One)
	}
}

func ids(list []usage.Department) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.ID)
	}
	return out
}

func contain(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func TestATreeThatBitesItsTail(t *testing.T) {
	t.Parallel()
	ix := newIndex(snapshot{Departments: []usage.Department{{ID: "od-a", ParentID: "od-b", Name: "a"}, {ID: "od-b", ParentID: "od-a", Name: "b"}}})
	if m := ix.find(t.Context(), "b/a", everything); m.One == nil || m.One.ID != "od-a" {
		t.Errorf("got %+v", m)
	}
}

func FuzzFind(f *testing.F) {
	for _, s := range []string{"研发部", "od-1", "a/b", "／", "yanfa", "\xff\xfe", "𠮷野家"} {
		f.Add(s)
	}
	for _, d := range company() {
		f.Add(d.Name)
		f.Add(d.Name[:len(d.Name)-1] + "x")
	}
	ix := newIndex(snapshot{Departments: company()})
	f.Fuzz(func(t *testing.T, text string) {
		m := ix.find(t.Context(), text, everything)
		if len(m.Several) == 1 || len(m.Near) > maxNear || m.found() && len(m.Near) > 0 {
			t.Errorf("%q: %d to choose from and %d near", text, len(m.Several), len(m.Near))
		}
		if spaced := ix.find(t.Context(), " "+text+"\t", everything); !cmp.Equal(spaced, m) {
			t.Errorf("%q means %+v, and with spaces around it %+v", text, m, spaced)
		}
		// Who copies what is offered means that.
		all := append(m.Several, m.Near...)
		if m.One != nil {
			all = append(all, *m.One)
		}
		for _, d := range all {
			if again := ix.find(t.Context(), d.Path, everything); again.One == nil || again.One.ID != d.ID {
				t.Errorf("%q offers %s, and that means %+v", text, d.Path, again)
			}
			if again := ix.find(t.Context(), d.ID, everything); again.One == nil || again.One.ID != d.ID {
				t.Errorf("%q offers %s, and that means %+v", text, d.ID, again)
			}
		}
	})
}

// lister counts how often the platform is asked.
type lister struct {
	calls int
	list  []usage.Department
	err   error
}

func (l *lister) fetch(context.Context) ([]usage.Department, error) {
	l.calls++
	return l.list, l.err
}

func TestDirectoryIsFetchedHourlyAndOnChange(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		l := &lister{list: company()}
		shared := &memory{}
		d := New(l.fetch, shared, time.Now)
		defer d.Close()
		find := func(text string, want bool, calls int, when string) {
			t.Helper()
			m, err := d.Find(t.Context(), text)
			synctest.Wait() // for a fetch that it may have begun
			if err != nil || (m.One != nil) != want || l.calls != calls {
				t.Errorf("%s: found %v after %d fetches (%v), want %v after %d", when, m.One != nil, l.calls, err, want, calls)
			}
		}
		find("研发部", true, 1, "at first")
		find("市场部", true, 1, "from the index")
		time.Sleep(59 * time.Minute)
		find("市场部", true, 1, "within the hour")
		time.Sleep(2 * time.Minute)
		find("市场部", true, 2, "after an hour, from the old index while a newer one is fetched")
		find("市场部", true, 2, "from the newer one")

		l.list = append(l.list, usage.Department{ID: "od-new", ParentID: "0", Name: "法务部"})
		find("法务部", false, 2, "new, but asked a moment ago")
		time.Sleep(2 * time.Minute)
		find("法务部", true, 3, "an unknown name is looked for anew")

		l.list = l.list[:1]
		d.Changed()
		synctest.Wait()
		find("市场部", false, 4, "after an event")

		other := New(l.fetch, shared, time.Now)
		defer other.Close()
		if m, err := other.Find(t.Context(), "研发部"); err != nil || m.One == nil || l.calls != 4 {
			t.Errorf("the other replica: %v, %v after %d fetches, want the shared index", m.One, err, l.calls)
		}
	})
}

func TestAnOldDirectoryIsBetterThanNone(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		l := &lister{err: errors.New("no answer")}
		d := New(l.fetch, &memory{}, time.Now)
		defer d.Close()
		if _, err := d.Find(t.Context(), "研发部"); err == nil {
			t.Error("no index, and no error")
		}
		l.list, l.err = company(), nil
		if m, err := d.Find(t.Context(), "研发部"); err != nil || m.One == nil {
			t.Errorf("it did not recover: %v", err)
		}
		l.err = errors.New("no answer")
		time.Sleep(3 * time.Hour)
		calls := l.calls
		for range 3 {
			if m, err := d.Find(t.Context(), "研发部"); err != nil || m.One == nil {
				t.Errorf("the old index was thrown away: %v", err)
			}
			synctest.Wait()
		}
		if l.calls != calls+1 {
			t.Errorf("%d questions asked a platform that does not answer, want 1", l.calls-calls)
		}
		l.list, l.err = company()[:1], nil
		time.Sleep(2 * time.Minute)
		if _, err := d.Find(t.Context(), "研发部"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if m, err := d.Find(t.Context(), "市场部"); err != nil || m.One != nil {
			t.Errorf("the new index was not fetched when the platform answered again: %v, %v", m.One, err)
		}
	})
}

func TestFindApp(t *testing.T) {
	t.Parallel()
	apps := Apps{{ID: "cli_a", Name: "商城"}, {ID: "cli_b", Name: "报销"}, {ID: "cli_c", Name: "商城 B"}}
	for text, want := range map[string]string{
		"cli_b": "cli_b", "商城": "cli_a", "报销": "cli_b", "baoxiao": "cli_b", "商城 b": "cli_c", "没有": "", "": "",
	} {
		app, ok := apps.Find(text)
		if app.ID != want || ok != (want != "") {
			t.Errorf("%q is %v, %v, want %q", text, app, ok, want)
		}
	}
}
