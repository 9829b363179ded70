package command

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/locale"
	"usagebot/usage"
)

func TestParseCompare(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/compare weekly dept:研发部 dept:市场部":               "/compare weekly dept:研发部 dept:市场部",
		"/对比 周报 部门:研发部 部门：市场部":                            "/compare weekly dept:研发部 dept:市场部",
		"/比较 app:商城 app:报销":                               "/compare app:商城 app:报销",
		"/compare h5 mp weekly":                           "/compare weekly h5 mp",
		"/对比 小程序 机器人 应用:商城 2026-11-09 周报":                 "/compare weekly mp bot app:商城 date:2026-11-09",
		"/compare monthly 2026-10 date:2026-09 metric:pv": "/compare monthly date:2026-10 date:2026-09 metric:pv",
		"/compare last week this week":                    "/compare date:last-week date:this-week",
		"/对比 上周 本周":                                       "/compare date:last-week date:this-week",
		"/compare date:2026-11-02 date:2026-10":           "/compare monthly date:2026-11-02 date:2026-10",
		"/compare dept:all dept:研发部":                      "/compare dept:研发部 dept:all",
		"/compare 全公司 dept:研发部 dept:市场部":                  "/compare dept:研发部 dept:市场部 dept:all",
		`/compare dept:"all" dept:研发部`:                    `/compare dept:"all" dept:研发部`,
		"/compare all dept:a dept:b":                      "/compare all dept:a dept:b",
		"/compare dept:a dept:b dept:c dept:d dept:e h5":  "/compare h5 dept:a dept:b dept:c dept:d dept:e",
		"/top weekly by:users":                            "/top weekly",
		"/排行 周报 按:变化":                                     "/top weekly by:change",
		"/为什么 上周 部门:研发部":                                  "/why dept:研发部 date:last-week",
	} {
		c := parse(t, text)
		if got := c.String(); got != want {
			t.Errorf("%s is read as %s, want %s", text, got, want)
		}
		if again := parse(t, registry().Line(c, locale.Chinese)); again != c {
			t.Errorf("%s is written as %s", text, registry().Line(c, locale.Chinese))
		}
	}
}

func TestCompareErrors(t *testing.T) {
	t.Parallel()
	six := "/compare weekly h5 dept:a dept:b dept:c dept:d dept:e dept:f app:商城"
	for text, want := range map[string]problem{
		"/compare":                                {Kind: TooFewCompared},
		"/对比 周报 部门:研发部":                           {Kind: TooFewCompared},
		"/compare weekly all":                     {Kind: TooFewCompared},
		six:                                       {Kind: TooManyCompared, Arg: "dept", Word: "dept:f"},
		"/compare dept:a dept:b mp h5":            {Kind: TwoCompared, Arg: "dept", Other: "ability", Word: "dept:b"},
		"/compare dept:a dept:A":                  {Kind: SameCompared, Arg: "dept", Word: "dept:A"},
		"/compare dept:all dept:a whole company":  {Kind: SameCompared, Arg: "dept", Word: "whole company"},
		"/compare mp mini program":                {Kind: SameCompared, Arg: "ability", Word: "mini program"},
		"/compare mp all":                         {Kind: BadValue, Arg: "ability", Word: "mp"},
		"/compare 上周 上月":                          {Kind: Conflict, Arg: "date", Other: "cycle", Word: "上周"},
		"/compare daily 2026-10 2026-09":          {Kind: Conflict, Arg: "date", Other: "cycle", Word: "2026-10"},
		"/compare 2026-02-30 2026-02-01":          {Kind: NoSuchDay, Arg: "date", Word: "2026-02-30"},
		"/compare weekly weekly mp h5":            {Kind: GivenTwice, Arg: "cycle", Word: "weekly"},
		"/compare mp bot metric:new":              {Kind: Conflict, Arg: "metric", Other: "ability", Word: "metric:new"},
		"/compare weekly dept:a dept:b metric:累计": {Kind: Conflict, Arg: "metric", Other: "cycle", Word: "metric:累计"},
		"/top by:coverage":                        {Kind: BadValue, Arg: "by", Word: "by:coverage"},
	} {
		_, err := registry().Parse(text)
		got, e := problemOf(t, err)
		got.Suggestion, got.Fixed = "", ""
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Parse(%q) (-want +got):\n%s", text, diff)
		}
		for _, lang := range []locale.Language{locale.English, locale.Chinese} {
			if _, err := registry().Parse(e.Example(lang)); err != nil || len(e.Allowed(lang)) == 0 {
				t.Errorf("%s: the example %q: %v; allowed are %v", text, e.Example(lang), err, e.Allowed(lang))
			}
		}
	}
	_, err := registry().Parse(six)
	_, e := problemOf(t, err)
	if e.Instead == nil || e.Instead.String() != "/top weekly h5" {
		t.Errorf("six departments are offered %v, want their ranking", e.Instead)
	}
}

func TestEachAndComparing(t *testing.T) {
	t.Parallel()
	c := parse(t, "/compare weekly h5 dept:a dept:b dept:all")
	var departments []string
	for _, one := range c.Args.Each() {
		if one.More != (More{}) || one.Cycle != usage.Weekly || one.Ability != usage.Web {
			t.Errorf("one of the compared is %+v", one)
		}
		departments = append(departments, one.Dept)
	}
	if got := strings.Join(departments, ","); got != "a,b," {
		t.Errorf("compared are %q", got)
	}
	if got := Comparing("dept", c.Args.Each()); got != c.Args {
		t.Errorf("they make %+v, want %+v", got, c.Args)
	}
	plain := parse(t, "/usage weekly")
	if got := plain.Args.Each(); !slices.Equal(got, []Args{plain.Args}) {
		t.Errorf("a question about one thing has %v", got)
	}
}

// TestCompareLongNames keeps the line of every command one that can be read again, although quotes in names are doubled.
func TestCompareLongNames(t *testing.T) {
	t.Parallel()
	line := "/compare"
	for i := range MaxCompared {
		line += " dept:「" + strings.Repeat(`"`, MaxValue-i) + "」"
	}
	_, err := registry().Parse(line)
	if got, _ := problemOf(t, err); got.Kind != TooLong {
		t.Errorf("it is %v", got.Kind)
	}
}
