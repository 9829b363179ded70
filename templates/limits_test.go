package templates

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"usagebot/locale"
	"usagebot/templates/card"
	"usagebot/usage"
)

func english(t *testing.T) Catalog {
	t.Helper()
	all, err := New()
	if err != nil {
		t.Fatal(err)
	}
	return all.In(locale.English)
}

func TestTextsAreCutAtTheirLimits(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ s, want string }{
		{strings.Repeat("长", card.MaxName), strings.Repeat("长", card.MaxName)},
		{strings.Repeat("长", card.MaxName+1), strings.Repeat("长", card.MaxName-1) + "…"},
		{strings.Repeat("x", card.MaxName), strings.Repeat("x", card.MaxName)},
		{strings.Repeat("x", card.MaxName-5) + "      y", strings.Repeat("x", card.MaxName-5) + "…"},
		{" a\nb\u2028c\u202ed\x00 ", "a b cd"},
		{"a\xffb", "a\uFFFDb"},
	} {
		if got := card.Name(tt.s); got != tt.want {
			t.Errorf("name(%q) = %q, want %q", tt.s, got, tt.want)
		}
	}
	whole := strings.Repeat("上", card.MaxName)
	if got := card.Path(whole); got != whole {
		t.Errorf("a path at its limit is cut to %q", got)
	}
	if got, want := card.Path("头"+whole), "…"+strings.Repeat("上", card.MaxName-1); got != want {
		t.Errorf("a path over its limit is %q, want %q", got, want)
	}
	if got := card.WithoutBrackets("a<b>c"); got != "a‹b›c" {
		t.Errorf("unmarked: %q", got)
	}
}

func TestCountAndJoin(t *testing.T) {
	t.Parallel()
	texts := `{"n": {"one": "{n} day for {who}", "other": "{n} days for {who}"}, "same": "{n} 天", "list.separator": "、"}`
	all, err := locale.Load(fstest.MapFS{"locale/zh.json": {Data: []byte(texts)}, "locale/en.json": {Data: []byte(texts)}})
	if err != nil {
		t.Fatal(err)
	}
	cat := Catalog{all.In(locale.English)}
	if one, two := cat.count("n", 1, "who", "me"), cat.count("n", 2000, "who", "me", "left over"); one != "1 day for me" || two != "2,000 days for me" {
		t.Errorf("%q and %q", one, two)
	}
	if got := cat.count("same", 1); got != "1 天" {
		t.Errorf("a language without a form for one says %q", got)
	}
	if got := cat.join([]string{"a", "b"}); got != "a、b" {
		t.Errorf("joined: %q", got)
	}
}

func TestDaysInWords(t *testing.T) {
	t.Parallel()
	cat := english(t)
	week := usage.PeriodOf(usage.Weekly, usage.NewDate(2026, 11, 18))
	for _, tt := range []struct {
		through usage.Date
		want    string
	}{
		{usage.Date{}, "2026-11-22"},
		{usage.NewDate(2026, 11, 15), "2026-11-22"}, // before the week: nothing is known of it
		{usage.NewDate(2026, 11, 16), "2026-11-16"},
		{usage.NewDate(2026, 11, 20), "2026-11-20"},
	} {
		r := usage.Report{Period: week, Through: tt.through}
		if got := lastDay(r).String(); got != tt.want {
			t.Errorf("through %s: the last day is %s, want %s", tt.through, got, tt.want)
		}
		covered := cat.covered(r)
		if !strings.Contains(covered, "2026-11-16") || !strings.Contains(covered, tt.want) {
			t.Errorf("through %s: %q", tt.through, covered)
		}
	}
	monday := usage.NewDate(2026, 11, 16)
	if got := cat.days(monday, monday); got != cat.day(monday) || strings.Count(got, "2026") != 1 {
		t.Errorf("one day: %q", got)
	}
	if got := cat.moment(time.Time{}); got != card.Absent {
		t.Errorf("no moment: %q", got)
	}
	afternoon := time.Date(2026, 11, 16, 15, 4, 0, 0, time.FixedZone("", 8*3600))
	if got := cat.moment(afternoon); !strings.Contains(got, "15:04") || !strings.Contains(got, "2026-11-16") {
		t.Errorf("a moment in its own zone: %q", got)
	}
}

func TestWhenADigestGoesOut(t *testing.T) {
	t.Parallel()
	cat := english(t)
	if got := (Timing{Hour: 9, Minute: 5}).clock(); got != "09:05" {
		t.Errorf("clock: %q", got)
	}
	for _, tt := range []struct {
		cycle usage.Cycle
		on    string
		want  string
	}{
		{usage.Daily, "", cat.Text("timing.every_day")},
		{usage.Daily, "workdays", cat.Text("timing.workdays")},
		{usage.Weekly, "fri", cat.Text("timing.weekday.fri")},
		{usage.Monthly, "last", cat.Text("timing.last_day")},
		{usage.Monthly, "28", cat.Text("timing.day", "day", "28")},
		{usage.Monthly, "29", cat.Text("timing.late_day", "day", "29")}, // which not every month has
		{usage.Monthly, "some\nday", "some day"},
	} {
		if got := sendingDays(cat, tt.cycle, tt.on); got != tt.want || got == "" {
			t.Errorf("%s on %q: %q, want %q", tt.cycle, tt.on, got, tt.want)
		}
	}
	if a, b := cat.Text("timing.day", "day", "29"), cat.Text("timing.late_day", "day", "29"); a == b {
		t.Errorf("a day that not every month has is told as any other: %q", a)
	}
}

func TestWhichCausesAreTold(t *testing.T) {
	t.Parallel()
	cat := english(t)
	for _, tt := range []struct {
		outcome Outcome
		cause   Cause
		told    bool
	}{
		{Delivered, CauseBusy, false},
		{Waiting, CauseNotOut, false}, // the word for waiting says it
		{Waiting, CauseBusy, true},
		{Failed, CauseNotOut, true},
		{Failed, CauseRefused, true},
		{Failed, "unknown", false},
		{Skipped, "", false},
	} {
		cause, whole := cause(cat, tt.outcome, tt.cause, Topic{}), outcomeWithCause(cat, tt.outcome, tt.cause, Topic{})
		if told := cause != ""; told != tt.told || tt.told != (whole != outcome(cat, tt.outcome)) || !strings.Contains(whole, cause) {
			t.Errorf("%s, %s: %q in %q", tt.outcome, tt.cause, cause, whole)
		}
	}
}

// filling are paragraphs that take so many bytes.
func filling(t *testing.T, size int) (list []card.Element) {
	t.Helper()
	for size > 0 {
		letters := card.MaxText
		own, _ := card.Measure([]card.Element{card.Paragraph(strings.Repeat("x", letters))})
		switch {
		case own >= size:
			letters -= own - size
		case size-own < own-letters+1: // too little is left for another paragraph
			letters -= own / 2
		}
		e := card.Paragraph(strings.Repeat("x", letters))
		own, _ = card.Measure([]card.Element{e})
		list, size = append(list, e), size-own
	}
	if size != 0 {
		t.Fatalf("%d bytes too many", -size)
	}
	return list
}

func TestACardGrowsNoFurtherThanItsLimits(t *testing.T) {
	t.Parallel()
	begin := func() *card.Page {
		return card.NewPage(card.Header{Title: card.Text("t"), Template: card.BlueHead}, "t")
	}
	room := card.MaxBytes - begin().Bytes
	p := begin()
	p.Add(filling(t, room)...)
	if size := len(p.Card.JSON()); size > card.MaxBytes || size < card.MaxBytes-len(",") {
		t.Errorf("what just fits makes a card of %d bytes", size)
	}
	full := len(p.Card.Body)
	p.Add(card.Paragraph("x"))
	if len(p.Card.Body) != full {
		t.Error("a full card took more")
	}
	if begin().AddKeeping(0, 0, filling(t, room+1)) || begin().AddKeeping(1, 0, filling(t, room)) || !begin().AddKeeping(1, 0, filling(t, room-1)) {
		t.Error("a byte too many was taken, or too few")
	}

	p = begin()
	_, tags := card.Measure([]card.Element{card.Paragraph("x")})
	count := (card.MaxElements - p.Elements) / tags
	for range count + 1 {
		p.Add(card.Paragraph("x"))
	}
	if len(p.Card.Body) != count || card.CountTags(p.Card.JSON()) != p.Elements {
		t.Errorf("%d paragraphs, want %d; %d tags of which %d are counted", len(p.Card.Body), count, card.CountTags(p.Card.JSON()), p.Elements)
	}
	spare := (card.MaxElements - p.Elements) % tags
	if p = begin(); !p.AddKeeping(0, card.MaxElements-p.Elements-tags, []card.Element{card.Paragraph("x")}) {
		t.Error("elements for which there is room were left out")
	}
	if p = begin(); p.AddKeeping(0, card.MaxElements-p.Elements-tags+1+spare, []card.Element{card.Paragraph("x")}) {
		t.Error("an element too many was taken")
	}
}

func TestAListLeavesRoomForWhatFollows(t *testing.T) {
	t.Parallel()
	begin := func() *card.Page {
		return card.NewPage(card.Header{Title: card.Text("t"), Template: card.BlueHead}, "t")
	}
	item := func(int) []card.Element { return filling(t, 1000) }
	if left := begin().List(3, 20, item); left != 0 {
		t.Errorf("%d of 3 are left out", left)
	}
	p := begin()
	if left := p.List(12, 10, item); left != 2 {
		t.Errorf("%d of 12 are left out, want 2", left)
	}
	p = begin()
	left, perItem := p.List(100, 100, item), len(item(0))
	if left != 100-len(p.Card.Body)/perItem || card.MaxBytes-p.Bytes < card.TailBytes || card.MaxBytes-p.Bytes >= card.TailBytes+1000 {
		t.Errorf("%d are left out, %d are in, with %d bytes for what follows", left, len(p.Card.Body)/perItem, card.MaxBytes-p.Bytes)
	}
	p = begin()
	drawn := 0
	p.Shrink(100, filling(t, 5000), func(n int) []card.Element {
		drawn = n
		return filling(t, n*1000)
	})
	if rest := card.MaxBytes - p.Bytes; drawn == 100 || rest < 5000 || rest >= 6000 || len(p.Card.Body) == 0 {
		t.Errorf("%d were drawn, with %d bytes for what follows", drawn, rest)
	}
	cat := english(t)
	if leftOut(cat, 0) != nil || len(leftOut(cat, 1)) != 1 {
		t.Error("what is left out is told wrongly")
	}
}

func TestAStatusIsOrangeWhereSomethingIsWrong(t *testing.T) {
	t.Parallel()
	all, err := New()
	if err != nil {
		t.Fatal(err)
	}
	well := StatusView{Version: "1", Replicas: []string{"1"}, Redis: Well, Database: Well}
	if got := Status(all.In(locale.English), well).Header.Template; got != card.BlueHead {
		t.Errorf("all is well in %s", got)
	}
	for name, wrong := range map[string]func(*StatusView){
		"redis":    func(v *StatusView) { v.Redis = Away },
		"database": func(v *StatusView) { v.Database = Away },
		"overdue":  func(v *StatusView) { v.Overdue = 1 },
	} {
		v := well
		wrong(&v)
		if got := Status(all.In(locale.English), v).Header.Template; got != card.OrangeHead {
			t.Errorf("%s is wrong in %s", name, got)
		}
	}
}
