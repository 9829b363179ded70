package feishu

import (
	"net/http"

	"usagebot/usage"
)

// asFailure says in the words of the figures what an *Error means.
func asFailure(err error) *usage.Failure {
	e := asError(epOther, err)
	f := &usage.Failure{Reason: reasonOf(e), Code: e.Code, LogID: e.LogID, Scopes: e.Scopes, Err: e}
	if f.Reason == usage.Throttled {
		f.RetryAfter = e.RetryAfter
	}
	return f
}

func reasonOf(e *Error) usage.Reason {
	switch {
	case endpoint(e.Endpoint) == epOverview && (e.Status == http.StatusTooManyRequests || e.Code == codeRateLimit):
		return usage.Throttled // that of another endpoint, such as the token's, says nothing of the overview's quota
	case e.Class == Retry || e.Class == Ambiguous, tokenRefused(e.Code):
		return usage.Unavailable
	}
	if r, ok := commonReason(endpoint(e.Endpoint), e.Code); ok {
		return r
	}
	if endpoint(e.Endpoint) == epOverview {
		return overviewReason(e.Code)
	}
	return usage.Rejected
}

// commonReason holds what every endpoint may answer.
func commonReason(e endpoint, code int) (usage.Reason, bool) {
	switch code {
	case codeMissingScope:
		return usage.MissingScope, true
	case codeAppStopped, codeAppNotInstalled:
		return usage.AppDisabled, true
	case codeIPDenied:
		return usage.IPDenied, true
	case codeMonthQuota:
		return usage.MonthQuota, true
	case codeWrongSecret, codeAppUnauthorized, codeBadParameter:
		return usage.WrongSecret, e == epToken
	case codeNoDepartment, codeNoParent:
		return usage.MissingScope, e == epDepartments
	}
	return "", false
}

// overviewReason holds the codes of the platform's page on the usage overview, and the gateway's codes for a department
// that does not exist.
func overviewReason(code int) usage.Reason {
	switch code {
	case 211004:
		return usage.PlanTooSmall
	case 211005:
		return usage.UnknownApp
	case 211006, 99992357, 99992358, 99992379, 99992380:
		return usage.UnknownDepartment
	case 211007:
		return usage.BadDate
	case 211008:
		return usage.BadAbility
	case 211009:
		return usage.BadCycle
	case 211010:
		return usage.BadRange
	case 211011:
		return usage.NoData
	}
	return usage.Rejected
}
