package usage

import "slices"

// Cycle is the length of a period, in the platform's numbers (cycle_type).
type Cycle int

// The platform's three cycles. A week runs from Monday to Sunday, a month from the 1st to its last day.
const (
	Daily   Cycle = 1
	Weekly  Cycle = 2
	Monthly Cycle = 3
)

// Cycles are all cycles, shortest first.
var cycles = [...]Cycle{Daily, Weekly, Monthly}

// Cycles returns all cycles, shortest first.
func Cycles() []Cycle { return slices.Clone(cycles[:]) }

// String gives the word that a person types for the cycle.
func (c Cycle) String() string {
	switch c {
	case Daily:
		return "daily"
	case Weekly:
		return "weekly"
	case Monthly:
		return "monthly"
	}
	return "unknown cycle"
}

// Ability is the part of an app that is asked about, in the platform's words.
type Ability string

// The platform's four abilities, and All: each of them side by side. People are counted once in every ability that they
// used, so the abilities are never added up: the union is AppAbility.
const (
	AppAbility  Ability = "app"
	MiniProgram Ability = "mp"
	Web         Ability = "h5"
	Bot         Ability = "bot"
	All         Ability = "all"
)

// Abilities returns the abilities that the platform can be asked for, the whole app first.
func Abilities() []Ability { return []Ability{AppAbility, MiniProgram, Web, Bot} }

// Each returns the abilities that a question for a is made of.
func (a Ability) Each() []Ability {
	if a == All {
		return Abilities()
	}
	return []Ability{a}
}

// Metric is one figure of the overview, by the platform's name.
type Metric string

// The platform's metrics.
const (
	ActiveUsers Metric = "uv"          // distinct people in the period
	NewUsers    Metric = "new_users"   // people whose first use ever falls in the period
	TotalUsers  Metric = "total_users" // everybody who ever used the app up to a day, people who left included
	PageViews   Metric = "pv"          // pages visited in the mini program or the web app
	Opens       Metric = "lifecycle"   // times the mini program or the web app was opened
)

// Metrics returns what the platform gives for an ability, in the order in which people read it. TotalUsers is here for
// the whole app in every cycle although the platform only counts it by day: see TotalUsersCycle.
func (a Ability) Metrics() []Metric {
	switch a {
	case AppAbility:
		return []Metric{ActiveUsers, NewUsers, TotalUsers, PageViews, Opens}
	case MiniProgram, Web:
		return []Metric{ActiveUsers, PageViews, Opens}
	case Bot:
		return []Metric{ActiveUsers}
	}
	return nil
}

// AllMetrics returns every metric, in the order in which people read them.
func AllMetrics() []Metric { return AppAbility.Metrics() }

// TotalUsersCycle is the only cycle for which the platform counts TotalUsers: "即cycle_type只能为1". For a longer period
// it is asked as of the period's last day.
const TotalUsersCycle = Daily
