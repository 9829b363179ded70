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

// Reason says why a call was refused, as far as the words of the figures have it.
func (e *Error) Reason() usage.Reason { return reasonOf(e) }

func reasonOf(e *Error) usage.Reason {
	switch {
	case endpoint(e.Endpoint).counts() && (e.Status == http.StatusTooManyRequests || e.Code == codeRateLimit):
		return usage.Throttled // that of another endpoint, such as the token's, says nothing of the figures' quota
	case e.Class == Retry || e.Class == Ambiguous, tokenRefused(e.Code):
		return usage.Unavailable
	}
	if r, ok := commonReason(endpoint(e.Endpoint), e.Code); ok {
		return r
	}
	switch endpoint(e.Endpoint) {
	case epOverview:
		return overviewReason(e.Code)
	case epDepartmentUsage:
		return departmentUsageReason(e.Code)
	}
	return usage.Rejected
}

// commonReason holds what every endpoint may answer.
func commonReason(e endpoint, code int) (usage.Reason, bool) {
	switch code {
	case codeMissingScope:
		return usage.MissingScope, true
	case codeNoPermission:
		return usage.MissingScope, e.sends()
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

// departmentUsageReason holds the codes of the platform's page on the overview of several departments. They are a part of
// the overview's, except for those of a page token (210500, 210501). They are Rejected and keep their code, by which usage
// tells a refused page, to be read anew, from a refused department.
func departmentUsageReason(code int) usage.Reason {
	switch code {
	case 211006, 211008, 211009:
		return usage.Rejected // not on this page
	}
	return overviewReason(code)
}
