package usage

// Change is what may be said of a metric of the point with the index against the point before it: nothing of the first,
// and nothing while one of the two does not cover its whole period.
func (t Trend) Change(i int, a Ability, m Metric) Change {
	if i < 1 || i >= len(t.Points) || !t.Points[i].Complete || !t.Points[i-1].Complete {
		return Change{}
	}
	return compare(t.Points[i].Value(a, m), t.Points[i-1].Value(a, m))
}
