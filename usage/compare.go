package usage

import "math"

// smallBase is the count below which a percentage of it says more about chance than about the app.
const smallBase = 20

// compare tells what may be said of value against before. A count that fell to nothing is −100 % whatever it was; of a
// small count only the difference is told; and where either is missing nothing is said at all.
func compare(value, before *int64) Change {
	if value == nil || before == nil {
		return Change{}
	}
	c := Change{Kind: ByPercent, Delta: *value - *before}
	switch {
	case c.Delta == 0:
		c.Kind = Same
	case *before == 0:
		c.Kind = FromZero
	case *before < smallBase && *value != 0:
		c.Kind = ByCount
	default:
		c.Percent = percentOf(c.Delta, *before)
	}
	return c
}

// percentOf is what per cent delta is of a count. Of large counts a fraction as small as 1 gets lost: the result is 100, or
// −100, only where delta is the whole count.
func percentOf(delta, before int64) float64 {
	p := 100 * float64(delta) / float64(before)
	switch {
	case p == -100 && delta > -before, p == 100 && delta < before:
		return math.Nextafter(p, 0)
	case p == 100 && delta > before:
		return math.Nextafter(p, 200)
	}
	return p
}
