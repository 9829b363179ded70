package usage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Request is one question to the platform's usage overview, in the platform's terms. Equal Asks are the same question.
type Request struct {
	AppID        string
	Ability      Ability // not All
	Cycle        Cycle
	Date         Date   // any day, a Monday or a 1st, depending on the cycle
	DepartmentID string // open_department_id, which includes its sub-departments; empty for the whole tenant
}

// Figures are the answer to a Request. A metric that the platform did not give is absent, which is not the same as zero.
type Figures map[Metric]int64

// definedFor returns the metrics that the platform's page defines for the ability and cycle. For others the platform
// may send a zero that means nothing.
func (f Figures) definedFor(a Ability, c Cycle) Figures {
	kept := Figures{}
	for _, m := range a.Metrics() {
		if v, ok := f[m]; ok && (m != TotalUsers || c == TotalUsersCycle) {
			kept[m] = v
		}
	}
	return kept
}

// App is an app that the bot reports on.
type App struct {
	ID      string
	Name    string
	Chinese string // its name in Chinese, if the platform has one that is not Name
	English string // its name in English, likewise
}

// In returns the app with its name in a locale, where it has one.
func (a App) In(locale string) App {
	switch locale {
	case "zh_cn":
		a.Name = cmp.Or(a.Chinese, a.Name)
	case "en_us":
		a.Name = cmp.Or(a.English, a.Name)
	}
	return a
}

// I18n returns the app's names by locale.
func (a App) I18n() map[string]string {
	names := map[string]string{}
	for locale, name := range map[string]string{"zh_cn": a.Chinese, "en_us": a.English} {
		if name != "" {
			names[locale] = name
		}
	}
	return names
}

// Department is a department with what is needed to ask for it and to choose it. The zero Department is the whole
// tenant.
type Department struct {
	ID       string            `json:"id"`                  // open_department_id (od-…)
	CustomID string            `json:"custom_id,omitempty"` // department_id, which the tenant chooses
	ParentID string            `json:"parent_id,omitempty"` // open_department_id of the parent; "0" at the top; empty when the bot may not see it
	Name     string            `json:"name"`
	I18n     map[string]string `json:"i18n,omitempty"` // names by locale: zh_cn, en_us, ja_jp
	Path     string            `json:"-"`              // names from the top down, as in 研发部/后端组; set by the directory
	Paths    map[string]string `json:"-"`              // Path by locale, where it differs
}

// In returns the department with its names in the locale, where it has them.
func (d Department) In(locale string) Department {
	d.Name = cmp.Or(d.I18n[locale], d.Name)
	d.Path = cmp.Or(d.Paths[locale], d.Path)
	return d
}

// Source gives figures. Its error is a *Failure if the platform said what was wrong.
type Source interface {
	Overview(ctx context.Context, ask Request) (Figures, error)
}

// Cycle is the length of a period, as the platform numbers it (cycle_type).
type Cycle int

// The platform's three cycles. A week runs from Monday to Sunday, a month from the 1st to its last day.
const (
	Daily   Cycle = 1
	Weekly  Cycle = 2
	Monthly Cycle = 3
)

// cycles lists all cycles, shortest first.
var cycles = [...]Cycle{Daily, Weekly, Monthly}

// Cycles returns all cycles, shortest first.
func Cycles() []Cycle { return slices.Clone(cycles[:]) }

// String returns the word that a person types for the cycle.
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

// Ability is the part of an app that figures are about, in the platform's terms.
type Ability string

// The platform's four abilities, and All for each of them side by side. A person counts once in every ability that they
// used, so abilities must never be added up; AppAbility is their union.
const (
	AppAbility  Ability = "app"
	MiniProgram Ability = "mp"
	Web         Ability = "h5"
	Bot         Ability = "bot"
	All         Ability = "all"
)

// Abilities returns the abilities that the platform accepts, the whole app first.
func Abilities() []Ability { return []Ability{AppAbility, MiniProgram, Web, Bot} }

// Each returns the abilities to ask the platform for.
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
	TotalUsers  Metric = "total_users" // everybody who ever used the app up to a day, including people who have left
	PageViews   Metric = "pv"          // pages visited in the mini program or the web app
	Opens       Metric = "lifecycle"   // times the mini program or the web app was opened
)

// Metrics returns the metrics of an ability in the order in which cards show them. TotalUsers is included in every
// cycle of the whole app although the platform counts it by day only: see TotalUsersCycle.
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

// AllMetrics returns every metric in the order in which cards show them.
func AllMetrics() []Metric { return AppAbility.Metrics() }

// TotalUsersCycle is the only cycle for which the platform counts TotalUsers: "即cycle_type只能为1". For longer periods the
// Client asks for the period's last day.
const TotalUsersCycle = Daily

// Reason is why the platform gave no figures, as far as it makes a difference to the person who asked.
type Reason string

// The reasons. The comments give the platform's codes.
const (
	PlanTooSmall      Reason = "plan"         // 211004: only Enterprise and Flagship tenants have the figures
	UnknownApp        Reason = "app"          // 211005
	UnknownDepartment Reason = "department"   // 211006, 99992357 and related codes
	BadDate           Reason = "date"         // 211007
	BadAbility        Reason = "ability"      // 211008
	BadCycle          Reason = "cycle"        // 211009
	BadRange          Reason = "range"        // 211010
	NoData            Reason = "no_data"      // 211011: nothing in that range, or not published yet
	MissingScope      Reason = "scope"        // 99991672
	WrongSecret       Reason = "secret"       // 10015, 10014, 10003 from the token endpoint: the app's credentials are refused
	AppDisabled       Reason = "app_disabled" // 99991662, 99991673: the bot's own app is disabled or not installed
	IPDenied          Reason = "ip"           // 99991401
	MonthQuota        Reason = "month_quota"  // 99991403
	Throttled         Reason = "throttled"    // 99991400 or HTTP 429: wait RetryAfter
	Unavailable       Reason = "unavailable"  // 5xx, a timeout, no connection, an answer that cannot be decoded
	Rejected          Reason = "rejected"     // any other code
)

// Failure is a response of the platform without figures.
type Failure struct {
	Reason     Reason
	Code       int           // the platform's code; 0 if there was none
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

// Temporary reports whether asking again a little later may succeed.
func (f *Failure) Temporary() bool { return f.Reason == Throttled || f.Reason == Unavailable }

// final reports whether all similar questions will be refused as well, because the reason is the caller, the app or the
// department and not the period.
func (f *Failure) final() bool {
	switch f.Reason {
	case PlanTooSmall, UnknownApp, UnknownDepartment, MissingScope, WrongSecret, AppDisabled, IPDenied, MonthQuota:
		return true
	}
	return false
}

// The platform's codes for lists of departments: a page token that has expired or is unknown, and a refused parameter.
const (
	codePageExpired     = 210500
	codePageInvalid     = 210501
	codeBadDepartment   = 211006
	codeBadRequest      = 9499
	codeFieldValidation = 99992402
)

// refusesPage reports whether the platform refused the page token.
func (f *Failure) refusesPage() bool { return f.Code == codePageExpired || f.Code == codePageInvalid }

// refusesDepartment reports whether the platform refused the department of a list. All other parameters are always
// valid, so a refused parameter must be the department. A rejection without a code comes from a source that has no
// lists.
func (f *Failure) refusesDepartment() bool {
	switch f.Reason {
	case UnknownDepartment:
		return true
	case Rejected:
		return f.Code == codeBadDepartment || f.Code == codeBadRequest || f.Code == codeFieldValidation || f.Code == 0
	}
	return false
}

// hasNone reports whether the platform says that it has no figures. Any other failure leaves that open.
func hasNone(err error) bool { return absent(err) || notOut(err) }

// failed reports whether the figures could not be fetched, as opposed to there being none.
func failed(err error) bool { return err != nil && !hasNone(err) }
