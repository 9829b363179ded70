package usage

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
		c.Percent = 100 * float64(c.Delta) / float64(*before)
	}
	return c
}
