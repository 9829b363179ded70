package directory

import (
	"fmt"
	"slices"
	"strings"
	"testing"

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
	}
	for i := range 2 * maxNear {
		list = append(list, usage.Department{ID: fmt.Sprint("q", i), Name: fmt.Sprintf("Quality %d", i)})
	}
	ix := newIndex(snapshot{Departments: list})
	for _, tt := range []struct{ text, want string }{
		{"研法部", "rd"},                          // one character of three may be wrong
		{"研法不", ""},                            // but not two
		{"市厂部", "mk"},                          // and of a longer name not more
		{"市场", "sh mk"},                        // a part of a name
		{"大市场部门", "mk"},                        // and a name that is a part of it
		{"platfrom", "plat"},                   //nolint:misspell // two letters of eight
		{"platfXrm", "plat pl"},                // the nearest first
		{"yan fabo", "rd"},                     // as it sounds
		{"shichang", "sh mk"},                  // a part of how it sounds
		{"ya", ""},                             // two letters are a part of too many
		{"quality", "q0 q1 q2 q3 q4 q5 q6 q7"}, // so many are offered
	} {
		if got := strings.Join(ids(ix.near(tt.text)), " "); got != tt.want {
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
		{text: " od-rd ", one: "od-rd"},       // an id is stricter than a custom id
		{text: "研发部", one: "od-rd"},           // a name is stricter than the beginning of another
		{text: "研发", several: "od-rd od-rdb"}, // the beginning of two
		{text: "yfb", one: "od-yfb"},          // a name is stricter than initials
		{text: "yanfabu", one: "od-rd"},       // a whole name by its sound is stricter than the beginning of another
		{text: "zz", one: "od-zz"},            // and so are initials
		{text: "zhongzhuan", one: "od-zz"},
		{text: "a / b", one: "od-spaced"},       // a name with a slash in it
		{text: "研发部/前端/后端", near: "od-slash"},   // which a path does not name
		{text: "研发部 / 中转", one: "od-zz"},        // spaces around a slash
		{text: "研发部/中砖", near: "od-zz"},         // a slip in the last name of a path offers what is near to that
		{text: "研发部/研发部", near: "od-rd od-rdb"}, // of two levels that are there one by one
		{text: "中转/研发部", near: "od-rd od-rdb"},  // and a path upside down
		{text: "站", near: "od-zzz"},
	} {
		m := ix.find(tt.text)
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
