package usage

import (
	"fmt"
	"time"
)

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
