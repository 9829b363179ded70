package templates

import (
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"usagebot/templates/card"
	"usagebot/usage"
)

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
		if c.Kind != usage.ByPercent {
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
	units := map[Language]map[string]int64{
		Chinese: {"": 1, "万": 1e4, "亿": 1e8, "万亿": 1e12}, English: {"": 1, "K": 1e3, "M": 1e6, "B": 1e9},
	}
	form := regexp.MustCompile(`^(−?)(\d{1,3}(?:,\d{3})*)(\.\d)?(\D*)$`)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(anyCountOf(), rapid.Int64Range(100_000, 1<<50)).Draw(t, "n")
		for lang, unit := range units {
			text := all.in(lang).short(n)
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
	w := newTemplates(t).in(English)
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
		got = append(got, w.ranked(r, i)+" "+w.counted(r.Rows[i].Value, r.Rows[i].Uncounted))
	}
	if want := "1. a 9, 2. b 5, 2. b 5, 2. c 5, 5. d 1, e —, f not counted"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
	drawn := w.rankingChart(r.Rows)[0].(card.Chart)
	seen := map[string]bool{}
	for _, d := range drawn.Spec.Data[0].Values {
		if seen[d.X] {
			t.Errorf("two bars are called %q: they would be one", d.X)
		}
		seen[d.X] = true
	}
	if len(seen) != 5 {
		t.Errorf("%d bars", len(seen))
	}
}
