package templates

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"usagebot/locale"
	"usagebot/templates/card"
	"usagebot/usage"
)

func TestInteger(t *testing.T) {
	t.Parallel()
	tests := map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 12345: "12,345", 1234567: "1,234,567", -45: "−45", -1000: "−1,000",
		math.MaxInt64: "9,223,372,036,854,775,807", math.MinInt64: "−9,223,372,036,854,775,808",
	}
	for n, want := range tests {
		if got := card.Integer(n); got != want {
			t.Errorf("card.Integer(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSigned(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{5: "+5", 1234: "+1,234", 0: "0", -5: "−5"} {
		if got := signed(n); got != want {
			t.Errorf("signed(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		p    float64
		want string
	}{
		{"a tenth", 12.34, "+12.3%"},
		{"whole", 50, "+50%"},
		{"rounded to a whole", 12.04, "+12.0%"},
		{"down", -7.77, "−7.8%"},
		{"all gone", -100, "−100%"},
		{"nearly all gone is not all", -99.97, "−99.9%"},
		{"nearly twice as many is not twice", 99.96, "+99.9%"},
		{"twice as many", 100, "+100%"},
		{"more than twice as many", 100.06, "+100.1%"},
		{"hardly any is not none", 0.04, "+<0.1%"},
		{"hardly any less", -0.04, "−<0.1%"},
		{"nearly a thousand", 999.94, "+999.9%"},
		{"a thousand, rounded", 999.96, "+1,000%"},
		{"a thousand and more", 1234.56, "+1,235%"},
		{"a million", 1_234_567.8, "+1,234,568%"},
		{"not a number", math.NaN(), ""},
		{"infinite", math.Inf(1), ""},
		{"beyond counting", 1e300, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := percent(tt.p); got != tt.want {
				t.Errorf("percent(%v) = %q, want %q", tt.p, got, tt.want)
			}
		})
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"short", "研发部", "研发部"},
		{"cut", strings.Repeat("长", 70), strings.Repeat("长", 59) + "…"},
		{"just fits", strings.Repeat("长", 60), strings.Repeat("长", 60)},
		{"one line", "a\nb\tc\u2028d", "a b c d"},
		{"no turned writing", "a\u202Egnp.exe", "agnp.exe"},
		{"valid", "a\xffb", "a\uFFFDb"},
		{"markup stays as text", "<at id=all></at>", "<at id=all></at>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := card.Name(tt.in); got != tt.want {
				t.Errorf("name(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestPathKeepsItsEnd(t *testing.T) {
	t.Parallel()
	got := card.Path(strings.Repeat("上级/", 40) + "后端组")
	if !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "/后端组") || len([]rune(got)) != card.MaxName {
		t.Errorf("path = %q", got)
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	tests := []struct {
		n      int64
		zh, en string
	}{
		{0, "0", "0"},
		{99_999, "99,999", "99,999"},
		{100_000, "10万", "100K"},
		{123_456, "12.3万", "123.5K"},
		{999_949, "100万", "999.9K"},
		{999_951, "100万", "1M"},
		{1_234_567, "123.5万", "1.2M"},
		{12_345_678, "1,235万", "12.3M"},
		{12_344_999, "1,234万", "12.3M"}, // not by way of 1,234.5
		{1_234_449_999_999, "1.2万亿", "1,234B"},
		{99_996_000, "1亿", "100M"},
		{99_999_999, "1亿", "100M"},
		{123_456_789, "1.2亿", "123.5M"},
		{-123_456, "−12.3万", "−123.5K"},
		{math.MaxInt64, "9,223,372万亿", "9,223,372,037B"},
	}
	for _, tt := range tests {
		if zh, en := all.In(locale.Chinese).short(tt.n), all.In(locale.English).short(tt.n); zh != tt.zh || en != tt.en {
			t.Errorf("short(%d) = %s, %s, want %s, %s", tt.n, zh, en, tt.zh, tt.en)
		}
	}
}

// anyCountOf is a count as the platform gives them: mostly small, at times endless.
func anyCountOf() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.Int64Range(0, 40), rapid.Int64Range(0, 100_000), rapid.Int64Range(0, 1<<40), rapid.Int64Range(0, math.MaxInt64))
}

// changeOf is what the program itself says of two counts.
func changeOf(value, before int64) usage.Change {
	point := func(p usage.Period, n int64) usage.Point {
		return usage.Point{Period: p, Through: p.End(), Complete: true, Figures: map[usage.Ability]usage.Figures{usage.Web: {usage.PageViews: n}}}
	}
	day := usage.Period{Cycle: usage.Daily, Start: usage.NewDate(2026, 11, 22)}
	t := usage.Trend{Points: []usage.Point{point(day.Previous(), before), point(day, value)}}
	return t.Change(1, usage.Web, usage.PageViews)
}

var percentForm = regexp.MustCompile(`^[+−](<0\.1|(\d{1,3}(?:,\d{3})*)(\.\d)?)%$`)

// TestPercent_NeverContradictsTheCounts: a percentage has the sign of the change and separators, is as near as it is
// written, and is on the side of 100% on which the counts are.
func TestPercent_NeverContradictsTheCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := anyCountOf().Draw(t, "before")
		value := anyCountOf().Draw(t, "value")
		if rapid.Bool().Draw(t, "alike") { // around what it was, twice that, eleven times that, and nothing
			near := rapid.SampledFrom([]int64{0, 1, 2, 11}).Draw(t, "times")
			if before < math.MaxInt64/16 {
				value = max(0, near*before+rapid.Int64Range(-before/800-2, before/800+2).Draw(t, "off"))
			}
		}
		c := changeOf(value, before)
		if c.Kind != usage.ByPercent || math.Abs(c.Percent) >= math.MaxInt64 { // percent returns "" for such a size
			return
		}
		text := percent(c.Percent)
		form := percentForm.FindStringSubmatch(text)
		if form == nil || strings.HasPrefix(text, "+") != (c.Delta > 0) {
			t.Fatalf("%d after %d is %q", value, before, text)
		}
		hundred := new(big.Rat).Mul(big.NewRat(100, 1), new(big.Rat).SetFrac(big.NewInt(abs(c.Delta)), big.NewInt(before)))
		if form[1] == "<0.1" {
			if hundred.Cmp(big.NewRat(1, 10)) >= 0 {
				t.Fatalf("%d after %d is %q", value, before, text)
			}
			return
		}
		shown, ok := new(big.Rat).SetString(strings.ReplaceAll(form[1], ",", ""))
		if !ok {
			t.Fatalf("%q is no number", text)
		}
		near := big.NewRat(51, 1000)
		switch {
		case shown.Cmp(big.NewRat(1000, 1)) >= 0:
			near = new(big.Rat).Add(big.NewRat(501, 1000), new(big.Rat).Mul(hundred, big.NewRat(1, 1<<50))) // what a float64 holds
		case form[1] == "99.9":
			near = big.NewRat(100, 1000)
		}
		if off := new(big.Rat).Abs(new(big.Rat).Sub(shown, hundred)); off.Cmp(near) > 0 {
			t.Fatalf("%d after %d is %q, and by the counts %s", value, before, text, hundred.FloatString(4))
		}
		all := big.NewRat(100, 1)
		if hundred.Cmp(all) < 0 != (shown.Cmp(all) < 0) || form[1] == "100" && c.Delta != before && c.Delta != -before {
			t.Fatalf("%d after %d is %q, and by the counts %s", value, before, text, hundred.FloatString(20))
		}
	})
}

// TestShort_IsRoundedOnce: a shortened figure is as near to the exact one as its last digit says.
func TestShort_IsRoundedOnce(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	units := map[locale.Language]map[string]int64{
		locale.Chinese: {"": 1, "万": 1e4, "亿": 1e8, "万亿": 1e12}, locale.English: {"": 1, "K": 1e3, "M": 1e6, "B": 1e9},
	}
	form := regexp.MustCompile(`^(−?)(\d{1,3}(?:,\d{3})*)(\.\d)?(\D*)$`)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(anyCountOf(), rapid.Int64Range(100_000, 1<<50)).Draw(t, "n")
		for lang, unit := range units {
			text := all.In(lang).short(n)
			parts := form.FindStringSubmatch(text)
			if parts == nil || unit[parts[4]] == 0 || parts[1] != "" {
				t.Fatalf("%d is %q", n, text)
			}
			shown, _ := new(big.Rat).SetString(strings.ReplaceAll(parts[2], ",", "") + parts[3])
			last := big.NewRat(1, 2) // half of the last digit that a figure of this size is written with
			if shown.Cmp(big.NewRat(1000, 1)) < 0 && parts[4] != "" {
				last = big.NewRat(1, 20)
			}
			exact := new(big.Rat).SetFrac(big.NewInt(n), big.NewInt(unit[parts[4]]))
			slack := new(big.Rat).Mul(exact, big.NewRat(1, 1<<50)) // what a float64 holds
			if off := new(big.Rat).Abs(new(big.Rat).Sub(shown, exact)); off.Cmp(last.Add(last, slack)) > 0 {
				t.Fatalf("%d is %q", n, text)
			}
		}
	})
}

func FuzzPercent(f *testing.F) {
	for _, p := range []float64{0, 0.04, -0.04, 99.95, 99.96, -99.96, 100, 999.95, 999.96, 1e6, -1e9} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, p float64) {
		text := percent(p)
		if text == "" {
			return
		}
		form := percentForm.FindStringSubmatch(text)
		if form == nil || strings.HasPrefix(text, card.Minus) != (p < 0) {
			t.Fatalf("%v is %q", p, text)
		}
		if shown, err := strconv.ParseFloat(strings.ReplaceAll(form[1], ",", ""), 64); err == nil && (shown < 100) != (math.Abs(p) < 100) {
			t.Fatalf("%v is %q", p, text)
		}
	})
}

func TestRanking_EqualCountsShareAPlace(t *testing.T) {
	t.Parallel()
	cat := newTemplates(t).In(locale.English)
	row := func(name string, n int64) usage.Rank {
		return usage.Rank{Department: usage.Department{ID: "od-" + name, Name: name}, Value: &n}
	}
	r := usage.Ranking{Rows: []usage.Rank{
		row("a", 9), row("b", 5), row("b", 5), row("c", 5), row("d", 1),
		{Department: usage.Department{ID: "od-e", Name: "e"}},
		{Department: usage.Department{ID: "od-f", Name: "f"}, Uncounted: true},
	}}
	var got []string
	for i := range r.Rows {
		got = append(got, ranked(cat, r, i)+" "+countOrAbsent(cat, r.Rows[i].Value, r.Rows[i].Uncounted))
	}
	if want := "1. a 9, 2. b 5, 2. b 5, 2. c 5, 5. d 1, e —, f not counted"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}
