package usage

import (
	"slices"
	"time"
)

// Query is a question with every name resolved.
type Query struct {
	App        App
	Ability    Ability
	Cycle      Cycle
	Department Department
	When       When
}

// Report is the answer to a Query: what the figures are, which days they cover, and what may be said of them.
type Report struct {
	Query    Query
	Period   Period
	Through  Date // the last day that the figures cover: Period.End(), or earlier when the period is unfinished
	Complete bool // all of the period's days are published
	Over     bool // the period has ended; not Complete then means that its last days are not published yet

	// ZerosFrom is the first of the days up to Through of which the platform says zeros, with no use of the app on a later
	// day: nobody used it, or the platform still counts. Zero when there is none. AsOf is when the platform was asked.
	ZerosFrom Date
	AsOf      time.Time

	// NotOut is the newer period that was meant while the platform has nothing of it yet; Period is then the newest one that is.
	// Nil when the period that was meant is the one that is shown.
	NotOut *Period

	Before   Period    // the period before, complete
	Sections []Section // one for each ability, never to be added up

	days availability // what was known of the app's days
}

// Empty reports whether the platform has nothing for any of the abilities.
func (r Report) Empty() bool {
	return !slices.ContainsFunc(r.Sections, func(s Section) bool { return !s.Missing })
}

// Section holds the figures of one ability.
type Section struct {
	Ability Ability
	Missing bool // the platform has nothing for this ability in this period
	Failed  bool // its figures could not be had: whether the platform has any is not known
	Rows    []Row

	BeforeFailed bool // the figures of the period before could not be had
	TotalFailed  bool // nor could TotalUsers, of a week or a month
}

// Failed reports whether some of a report could not be had. Asked again, it may be whole.
func (r Report) Failed() bool {
	return slices.ContainsFunc(r.Sections, func(s Section) bool { return s.Failed || s.BeforeFailed || s.TotalFailed })
}

// Row is one metric beside the period before.
type Row struct {
	Metric Metric
	Value  *int64 // nil: the platform did not give it
	Before *int64 // nil: not asked for, or not given
	Change Change
	AsOf   Date // set when Value is a count up to this day and not over the period (TotalUsers of a week or a month)
}

// Change is what may be said about Value against Before.
type Change struct {
	Kind    ChangeKind
	Delta   int64   // Value - Before, for every kind but Incomparable
	Percent float64 // of Before; only for ByPercent
}

// ChangeKind says in which words a change may be told.
type ChangeKind string

// The kinds of change.
const (
	Incomparable ChangeKind = ""           // one of the two is missing or covers an unfinished period: nothing is said
	Same         ChangeKind = "same"       // no change
	FromZero     ChangeKind = "new"        // 0 before: there is no percentage of nothing
	ByCount      ChangeKind = "by_count"   // so few before that a percentage would be noise: only Delta is told
	ByPercent    ChangeKind = "by_percent" // Delta and Percent are told
)
