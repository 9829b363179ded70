package sentence_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"usagebot/bot/command"
	"usagebot/bot/sentence"
	"usagebot/usage"
)

// checkReading checks what every reading keeps to.
func checkReading(t *testing.T, text string, c sentence.Context, registry *command.Registry) {
	t.Helper()
	got, again := sentence.Read(text, c), sentence.Read(text, c)
	if fmt.Sprint(got) != fmt.Sprint(again) {
		t.Fatalf("%q is read as %v and as %v", text, got, again)
	}
	lines := []string{got.Line}
	for _, offer := range got.Offers {
		lines = append(lines, offer.Line)
	}
	switch got.Kind {
	case sentence.Run, sentence.Confirm:
		if got.Line == "" {
			t.Fatalf("%q has no line", text)
		}
	case sentence.Ask, sentence.Cannot, sentence.Chat:
		if got.Line != "" {
			t.Fatalf("%q is %s, and has the line %q", text, got.Kind, got.Line)
		}
	default:
		t.Fatalf("%q is of no kind: %v", text, got)
	}
	for _, line := range lines {
		name, rest, _ := strings.Cut(strings.TrimPrefix(line, "/"), " ")
		missing := registry.Find(name) == nil || strings.Contains(rest, "by:") || name == "compare"
		if line == "" || missing {
			continue
		}
		if _, err := registry.Parse(line); err != nil && !isNoID(err) {
			t.Fatalf("%q gives %q: %v", text, line, err)
		}
	}
}

// isNoID reports whether a line names what cannot be the id of a subscription, which the grammar explains.
func isNoID(err error) bool {
	e := new(command.Error)
	return errors.As(err, &e) && e.Arg == command.IDArg().Name
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"上周h5用得怎么样", "R&D vs Sales, WAU", "最近30天商城的访问量走势", "11月1号到15号", "研发部周活要是掉了20%提醒我", "pause k7q2mw until next Monday",
		"１４：３０", "每周一10点发日报", "近九十九年", "top 99", "2月30号", "前三", "研发、产品、人力三个部门月活对比", "导出excel", "@_user_1 大前天", "\xff上周",
	} {
		f.Add(text, "/usage weekly dept:研发部 date:2026-11-09")
		f.Add(text, "")
	}
	registry := command.NewRegistry(command.Builtin()...)
	c := organisation()
	f.Fuzz(func(t *testing.T, text, previous string) {
		c.Previous = previous
		if _, err := registry.Parse(previous); err != nil {
			c.Previous = ""
		}
		checkReading(t, text, c, registry)
	})
}

// TestEveryLineParses reads all sentences of the test data.
func TestEveryLineParses(t *testing.T) {
	registry := command.NewRegistry(command.Builtin()...)
	for _, text := range allTexts(t) {
		for _, previous := range []string{"", "/usage weekly dept:研发部 date:2026-11-09", "/trend monthly h5 app:商城 n:24 metric:pv", "/top daily n:50"} {
			c := organisation()
			c.Previous = previous
			checkReading(t, text, c, registry)
		}
	}
}

// TestWithoutDepartments reads while the departments are not known: no department may become the whole company.
func TestWithoutDepartments(t *testing.T) {
	c := organisation()
	c.Names = nil
	for _, text := range []string{"研发部上周用得怎么样", "WAU marketing", "品牌组和增长组上个月谁用得多"} {
		if got := sentence.Read(text, c); got.Kind != sentence.Ask {
			t.Errorf("%q is %s %s", text, got.Kind, got.Line)
		}
	}
}

func many(n int) []sentence.Name {
	list := make([]sentence.Name, n)
	for i := range list {
		parent := ""
		if i > 0 {
			parent = fmt.Sprint("od-", (i-1)/7)
		}
		name := fmt.Sprintf("%s%s%d部", []string{"研发", "销售", "产品", "运营", "市场"}[i%5], []string{"东", "南", "西", "北"}[i%4], i)
		list[i] = sentence.Name{ID: fmt.Sprint("od-", i), Parent: parent, Name: name, Path: name, Also: []string{fmt.Sprintf("Division %d of %d", i, i%9)}, Sounds: []string{fmt.Sprint("yanfa", i, "bu")}}
	}
	return list
}

// longTexts are sentences of 200 characters, of the kinds that take the most work.
func longTexts() map[string]string {
	long := func(text string) string {
		runes := []rune(strings.Repeat(text, 200/len([]rune(text))+1))
		return string(runes[:200])
	}
	return map[string]string{
		"question": long("研发东0部上周h5用得怎么样，最近30天商城的访问量走势，"), "english": long("how many people in division 12 of 3 used the web app last week, "),
		"unknown": long("研发甲乙丙丁销售戊己庚辛"), "dates": long("2026-11-01 14:30 "), "numbers": long("2h 3d 5 "), "typo": "Divisoin 12 last week",
		"ambiguous": long("研发"), "months": long("september to october 12 "),
	}
}

// BenchmarkRead reads long sentences in a company of 5,000 departments.
func BenchmarkRead(b *testing.B) {
	c := organisation()
	c.Names = sentence.NewNames(many(5000))
	for name, text := range longTexts() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				sentence.Read(text, c)
			}
		})
	}
}

// TestWorkIsBounded counts allocations, which grow with the work that a sentence makes. A sentence of 200 characters makes some
// 200 to 650, and under the race detector up to twice as many.
func TestWorkIsBounded(t *testing.T) {
	c := organisation()
	c.Names = sentence.NewNames(many(5000))
	for name, text := range longTexts() {
		if n := testing.AllocsPerRun(5, func() { sentence.Read(text, c) }); n > mostAllocations {
			t.Errorf("%s: %.0f allocations", name, n)
		} else {
			t.Logf("%s: %.0f allocations", name, n)
		}
	}
}

func BenchmarkNewNames(b *testing.B) {
	list := many(5000)
	for b.Loop() {
		sentence.NewNames(list)
	}
}

func TestOffersNeverMeanSomethingElse(t *testing.T) {
	for text, never := range map[string]string{
		"h5weekly": "/usage weekly", "上周日活": "/usage weekly", "法务部上周": "/usage weekly", "wiki 上周": "/usage weekly", "上周研发布的日活": "/usage daily",
		"上上周研发布": "/usage weekly date:2026-11-09",
	} {
		for _, offer := range read(text, "").Offers {
			if offer.Line == never || strings.HasPrefix(offer.Line, never+" date:") {
				t.Errorf("%q offers %q", text, offer.Line)
			}
		}
	}
}

func TestContextWithoutNewest(t *testing.T) {
	c := organisation()
	c.Newest = usage.Date{}
	if got := sentence.Read("本周每天的日活", c).Line; got != "/trend daily date:2026-11-17 n:2" {
		t.Error(got)
	}
}
