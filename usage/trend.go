package usage

import "time"

// Trend is what an app's figures were in consecutive periods, oldest first. The last of them is the one that was asked
// for.
type Trend struct {
	Query  Query
	Points []Point
	NotOut *Period   // as in Report: it ends with an earlier period than was meant
	AsOf   time.Time // as in Report, of the points
}

// Point is one period of a Trend.
type Point struct {
	Period   Period
	Through  Date // the last day that the figures cover: Period.End(), or earlier while the period is unfinished
	Complete bool // all of the period's days are published
	// ZerosFrom is as in Report.
	ZerosFrom Date
	// Figures are those of each ability of the query. An ability is absent where the platform has nothing for it in this
	// period, where it could not be had, and while it is still being asked for: a gap, and no zero.
	Figures map[Ability]Figures
	Pending bool // some of it is still being asked for
	Failed  bool // some of it could not be had
	// Nothing are the abilities that the platform says it has nothing for.
	Nothing []Ability
}

// Value is one metric of one ability; nil for a gap.
func (p Point) Value(a Ability, m Metric) *int64 { return p.Figures[a].get(m) }

// Pending returns how many points are still being asked for.
func (t Trend) Pending() (n int) {
	for _, p := range t.Points {
		if p.Pending {
			n++
		}
	}
	return n
}

// Failed returns how many points could not be had.
func (t Trend) Failed() (n int) {
	for _, p := range t.Points {
		if p.Failed {
			n++
		}
	}
	return n
}
