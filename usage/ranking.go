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

// Rank is one department of a Ranking.
type Rank struct {
	Department Department
	Below      int    // how many departments are right below it
	Value      *int64 // active users; nil: the platform gave no figure
	Before     *int64
	Change     Change
}
