package templates

import (
	"math"
	"strconv"
	"strings"

	"usagebot/templates/card"
)

// signed writes n with its sign: +5, −5, 0.
func signed(n int64) string {
	if n > 0 {
		return "+" + card.Integer(n)
	}
	return card.Integer(n)
}

// percent writes a change of p per cent, to a tenth: +12.3%, −100%. It never rounds to what did not happen: a change is
// not shown as none, nor one of nearly 100% as 100%. From 1,000 the tenths say nothing and are left out. It returns "" for
// what is no number.
func percent(p float64) string {
	size := math.Abs(p)
	sign := "+"
	if p < 0 {
		sign = card.Minus
	}
	switch {
	case math.IsNaN(p), math.IsInf(p, 0), size >= math.MaxInt64:
		return ""
	case size > 0 && size < 0.1:
		return sign + "<0.1%"
	case size < 100 && size > 99.9:
		size = 99.9
	}
	return sign + magnitude(size) + "%"
}

// magnitude writes a size to a tenth, and from 1,000 on to a whole. It is rounded once.
func magnitude(size float64) string {
	if r := rounded(size); r >= 1000 || size == math.Trunc(size) {
		return card.Integer(int64(r))
	}
	return strconv.FormatFloat(rounded(size), 'f', 1, 64)
}

func rounded(size float64) float64 {
	if tenths := math.Round(size * 10); tenths < 10_000 {
		return tenths / 10
	}
	return math.Round(size)
}

// shortFrom is the first count that is shortened where room is short.
const shortFrom = 100_000

// maxUnits is how many units a language has for large numbers.
const maxUnits = 3

// short writes n where room is short: exactly below 100,000, and then to a tenth of the language's own unit (12.3万,
// 123.4K). Whoever shortens a figure gives it exactly elsewhere in the card.
func (w wording) short(n int64) string {
	size := math.Abs(float64(n))
	step, err := strconv.ParseFloat(w.say("number.step"), 64)
	if size < shortFrom || err != nil {
		return card.Integer(n)
	}
	unit := 1
	for size /= step; unit < maxUnits && rounded(size) >= step; unit++ {
		size /= step
	}
	sign := ""
	if n < 0 {
		sign = card.Minus
	}
	return sign + strings.TrimSuffix(magnitude(size), ".0") + w.say("number.unit."+strconv.Itoa(unit))
}
