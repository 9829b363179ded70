package usage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Ask is one question to the platform's overview, in the platform's terms; equal Asks have equal answers.
type Ask struct {
	AppID        string
	Ability      Ability // not All
	Cycle        Cycle
	Date         Date   // any day, a Monday, a 1st: as the cycle wants it
	DepartmentID string // open_department_id; empty for the whole tenant. Sub-departments are included.
}

// Figures are the answer to an Ask. A metric that the platform did not give is absent, which is not the same as zero.
type Figures map[Metric]int64

// definedFor keeps the metrics that the page gives the ability in the cycle: a zero that the platform sends for another one is no
// figure.
func (f Figures) definedFor(a Ability, c Cycle) Figures {
	kept := Figures{}
	for _, m := range a.Metrics() {
		if v, ok := f[m]; ok && (m != TotalUsers || c == TotalUsersCycle) {
			kept[m] = v
		}
	}
	return kept
}

// App is an app that is reported on.
type App struct {
	ID   string
	Name string
}

// Department is a department as far as it matters for asking and choosing. The zero Department is the whole tenant.
type Department struct {
	ID       string            `json:"id"`                  // open_department_id (od-…)
	CustomID string            `json:"custom_id,omitempty"` // department_id: the tenant's own
	ParentID string            `json:"parent_id,omitempty"` // open_department_id of the parent; "0" at the top; empty when the bot may not see it
	Name     string            `json:"name"`
	I18n     map[string]string `json:"i18n,omitempty"` // names by locale: zh_cn, en_us, ja_jp
	Path     string            `json:"-"`              // names from the top down, as in 研发部/后端组; set by the Directory
	Paths    map[string]string `json:"-"`              // the same by locale, where one of the names is another there
}

// In returns the department under its names in a locale, as far as it has any there.
func (d Department) In(locale string) Department {
	d.Name = cmp.Or(d.I18n[locale], d.Name)
	d.Path = cmp.Or(d.Paths[locale], d.Path)
	return d
}

// Source is where figures come from. Its errors are *Failure where the platform said what was wrong.
type Source interface {
	Overview(ctx context.Context, ask Ask) (Figures, error)
}

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

// Reason is why the platform gave no figures, as far as it makes a difference to whoever asked.
type Reason string

// The reasons. The comment gives the platform's code.
const (
	PlanTooSmall      Reason = "plan"         // 211004: only Enterprise and Flagship tenants have the figures
	UnknownApp        Reason = "app"          // 211005
	UnknownDepartment Reason = "department"   // 211006, 99992357 and its kin
	BadDate           Reason = "date"         // 211007
	BadAbility        Reason = "ability"      // 211008
	BadCycle          Reason = "cycle"        // 211009
	BadRange          Reason = "range"        // 211010
	NoData            Reason = "no_data"      // 211011: nothing in that range, or not out yet
	MissingScope      Reason = "scope"        // 99991672
	WrongSecret       Reason = "secret"       // 10015, 10014, 10003 at the token: the app's credentials are not taken
	AppDisabled       Reason = "app_disabled" // 99991662, 99991673: the bot's own app is stopped or not installed
	IPDenied          Reason = "ip"           // 99991401
	MonthQuota        Reason = "month_quota"  // 99991403
	Throttled         Reason = "throttled"    // 99991400 or HTTP 429: wait RetryAfter
	Unavailable       Reason = "unavailable"  // 5xx, a timeout, no connection, an answer that cannot be read
	Rejected          Reason = "rejected"     // any other code
)

// Failure is an answer of the platform that carries no figures.
type Failure struct {
	Reason     Reason
	Code       int           // the platform's code; 0 where there was none
	LogID      string        // the platform's log id, for its support; may be empty
	RetryAfter time.Duration // for Throttled: how long to wait
	Scopes     []string      // for MissingScope: any one of these is enough
	Err        error         // the cause, for the log only
}

func (f *Failure) Error() string {
	where := ""
	if f.Code != 0 || f.LogID != "" {
		where = fmt.Sprintf(" (code %d, log id %q)", f.Code, f.LogID)
	}
	return fmt.Sprintf("platform gave no figures: %s%s: %v", f.Reason, where, f.Err)
}

// Unwrap returns the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Temporary reports whether the same question may be answered a little later.
func (f *Failure) Temporary() bool { return f.Reason == Throttled || f.Reason == Unavailable }

// final reports whether every other question of the same kind will be refused as well: it is not the period that was
// wrong, but who asks or what is asked about.
func (f *Failure) final() bool {
	switch f.Reason {
	case PlanTooSmall, UnknownApp, UnknownDepartment, MissingScope, WrongSecret, AppDisabled, IPDenied, MonthQuota:
		return true
	}
	return false
}

// The platform's codes for a list of departments: a page's token that has ended or was never given, and a parameter that
// is not taken.
const (
	codePageExpired     = 210500
	codePageInvalid     = 210501
	codeBadDepartment   = 211006
	codeBadRequest      = 9499
	codeFieldValidation = 99992402
)

// refusesPage reports whether it is a page's token that the platform did not take, and not what was asked about.
func (f *Failure) refusesPage() bool { return f.Code == codePageExpired || f.Code == codePageInvalid }

// refusesDepartment reports whether it is the department of a list that the platform did not take. The other parameters
// are always in the platform's form, so that a refused parameter is the department as well; so is what a source refuses
// without a code of the platform's.
func (f *Failure) refusesDepartment() bool {
	switch f.Reason {
	case UnknownDepartment:
		return true
	case Rejected:
		return f.Code == codeBadDepartment || f.Code == codeBadRequest || f.Code == codeFieldValidation || f.Code == 0
	}
	return false
}

// hasNone reports whether the platform says that it has no figures, in whichever words. Any other failure leaves open
// whether it has.
func hasNone(err error) bool { return absent(err) || notOut(err) }

// failed reports whether figures could not be had, which is not the same as that there are none.
func failed(err error) bool { return err != nil && !hasNone(err) }
