package sentence

import (
	"usagebot/usage"
)

// Kind says what a sentence gets.
type Kind string

// The kinds of reading.
const (
	Run     Kind = "run"     // Line answers the sentence
	Confirm Kind = "confirm" // Line would change something: a person has to press a button
	Ask     Kind = "ask"     // something has to be chosen or said otherwise first
	Cannot  Kind = "cannot"  // there is no such figure
	Chat    Kind = "chat"    // it is no question about usage
)

// About is what a reading asks about.
type About string

// What can be asked about.
const (
	Department  About = "department"
	PeriodWord  About = "period"
	MetricWord  About = "metric"
	AppName     About = "app"
	CycleWord   About = "cycle"
	UnknownWord About = "unknown-word"
)

// Why is the reason of an Ask or Cannot, for wording.
type Why string

// Reasons to ask.
const (
	NotKnown         Why = "not_known"         // Word means nothing
	NoDepartment     Why = "no_department"     // Word is no department
	SeveralMeanings  Why = "several_meanings"  // Word names several things
	OwnDepartment    Why = "own_department"    // the asker's department is not known
	TooMany          Why = "too_many"          // more than five things to compare
	OneSubject       Why = "one_subject"       // only one thing to compare
	MixedSubjects    Why = "mixed_subjects"    // things of different kinds to compare
	PeriodUnclear    Why = "period_unclear"    // Word could be several periods
	NoSuchDay        Why = "no_such_day"       // Word is a day that does not exist
	TooLong          Why = "too_long"          // more periods than a chart has
	CycleContradicts Why = "cycle_contradicts" // a period with a figure of another cycle
	DayContradicts   Why = "day_contradicts"   // a digest on days that do not go with its cycle
	CycleMissing     Why = "cycle_missing"     // a digest without its cycle
	MetricUnclear    Why = "metric_unclear"    // Word could be several metrics
	IDMissing        Why = "id_missing"        // no subscription is named
	LimitMissing     Why = "limit_missing"     // an alert without its limit
	NothingToExport  Why = "nothing_to_export" // no question that could be exported
	OnePeriodOnly    Why = "one_period_only"   // the command takes one period
)

// Reasons why there is no figure.
const (
	Persons        Why = "persons"
	Hours          Why = "hours"
	Retention      Why = "retention"
	Pages          Why = "pages"
	Durations      Why = "durations"
	Devices        Why = "devices"
	Reasons        Why = "reasons"
	Forecasts      Why = "forecasts"
	Ratios         Why = "ratios"
	LongPeriods    Why = "long_periods"    // quarters, years and ranges as one number
	Sums           Why = "sums"            // people of several departments together
	AbilityMetrics Why = "ability_metrics" // the ability does not have the metric
	RankedByUsers  Why = "ranked_by_users" // a ranking by another metric than active users
	Future         Why = "future"
	NotYet         Why = "not_yet" // the grammar does not have the line; the reader itself never says so
)

// Whys returns all reasons to ask, and all why there is no figure.
func Whys() (asks, refuses []Why) {
	asks = []Why{
		NotKnown, NoDepartment, SeveralMeanings, OwnDepartment, TooMany, OneSubject, MixedSubjects, PeriodUnclear, NoSuchDay, TooLong,
		CycleContradicts, DayContradicts, CycleMissing, MetricUnclear, IDMissing, LimitMissing, NothingToExport, OnePeriodOnly,
	}
	refuses = []Why{
		Persons, Hours, Retention, Pages, Durations, Devices, Reasons, Forecasts, Ratios, LongPeriods, Sums, AbilityMetrics, RankedByUsers, Future, NotYet,
	}
	return asks, refuses
}

// Reading is what a sentence means.
type Reading struct {
	Kind   Kind
	Line   string // with Run and Confirm
	About  About  // with Ask
	Why    Why    // with Ask and Cannot
	Word   string // the part of the sentence that Why is about
	Offers []Offer

	// Departments are the ids of the departments that Line names. The asker may not be allowed to see them.
	Departments []string
	Called      []string // what each of them was called in the sentence
	Known       []string // what was understood, as typed
}

// Offer is a line that may be meant, or that is the nearest thing that exists.
type Offer struct {
	Line        string
	Departments []string // the ids of the departments that the line names
}

// Context is what a sentence is read against.
type Context struct {
	Today    usage.Date // in the platform's time zone
	Newest   usage.Date // the newest day that has figures; zero: yesterday
	Names    *Names     // departments; nil: they could not be read
	Apps     *Names     // the apps; the first is the chat's own
	Holidays []Holiday  // of the years whose figures are asked for
	Previous string     // the person's previous question as a line; "" for none
}
