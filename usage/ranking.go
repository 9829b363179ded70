package usage

import "time"

// Ranking compares the departments right below one, or at the top of the tenant, by their active users. People who sit
// in two departments count in both, so the counts are never added up.
type Ranking struct {
	Query    Query // Department: the one whose sub-departments are ranked; the zero one for those at the top
	Period   Period
	Through  Date
	Complete bool
	Over     bool
	NotOut   *Period // as in Report; so are ZerosFrom and AsOf
	Before   Period

	ZerosFrom Date
	AsOf      time.Time

	Rows []Rank // most active users first; those whose figures are missing last
}

// Place is the place of a row, from 1 on; 0 for one without a figure. Equal figures share a place, and the places after it
// are left free: 1, 2, 2, 4.
func (r Ranking) Place(i int) int {
	if r.Rows[i].Value == nil {
		return 0
	}
	for i > 0 && r.Rows[i-1].Value != nil && *r.Rows[i-1].Value == *r.Rows[i].Value {
		i--
	}
	return i + 1
}

// Uncounted returns how many departments could not be counted. The others are no ranking of all then, but one of those
// that could be.
func (r Ranking) Uncounted() (n int) {
	for _, row := range r.Rows {
		if row.Uncounted {
			n++
		}
	}
	return n
}

// BeforeUncounted is the same in the period before, of a ranking that has one.
func (r Ranking) BeforeUncounted() (n int) {
	for _, row := range r.Rows {
		if r.Complete && row.BeforeUncounted {
			n++
		}
	}
	return n
}

// Rank is one department of a Ranking.
type Rank struct {
	Department Department
	Below      int    // how many departments are right below it
	Value      *int64 // active users; nil: the platform has no figure, or the department could not be counted
	Before     *int64
	Change     Change

	Uncounted       bool // it was not asked for, or the call failed
	BeforeUncounted bool // the same in the period before
}
