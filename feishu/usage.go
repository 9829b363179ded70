package feishu

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkapplication "github.com/larksuite/oapi-sdk-go/v3/service/application/v6"

	"usagebot/usage"
)

// Overview asks the platform's usage overview once. Its error is a *usage.Failure that wraps an *Error. It does not
// repeat a call that failed, not even one whose token was refused, because the caller has reserved the quota for one call
// only. A refused token is reported as Unavailable, and the next call uses a new one.
func (c *Client) Overview(ctx context.Context, ask usage.Request) (usage.Figures, error) {
	if !validID(ask.AppID) {
		return nil, &usage.Failure{Reason: usage.UnknownApp, Err: invalidCallError(epOverview, "the app id is not in an id's form")}
	}
	req := overviewRequest(ask)
	resp, err := callOnce(ctx, c, epOverview, func(t larkcore.RequestOptionFunc) (*larkapplication.OverviewApplicationAppUsageResp, error) {
		return c.sdk.Application.ApplicationAppUsage.Overview(ctx, req, t)
	})
	if err != nil {
		return nil, asFailure(err)
	}
	if resp.Data == nil {
		return nil, asFailure(unreadableError(epOverview, resp.StatusCode, cleanLogID(resp.RequestId()), errors.New("it has no data")))
	}
	figures, err := figuresOf(resp.Data.Items)
	if err != nil {
		return nil, asFailure(unreadableError(epOverview, resp.StatusCode, cleanLogID(resp.RequestId()), err))
	}
	return figures, nil
}

func overviewRequest(ask usage.Request) *larkapplication.OverviewApplicationAppUsageReq {
	body := larkapplication.NewOverviewApplicationAppUsageReqBodyBuilder().
		Date(ask.Date.String()).CycleType(int(ask.Cycle)).Ability(string(ask.Ability))
	if ask.DepartmentID != "" {
		body.DepartmentId(ask.DepartmentID)
	}
	return larkapplication.NewOverviewApplicationAppUsageReqBuilder().
		AppId(ask.AppID).
		DepartmentIdType(larkapplication.DepartmentIdTypeOpenDepartmentId).
		Body(body.Build()).Build()
}

// figuresOf returns the metrics that are known and have a value. A metric with a negative count or with two different
// values is left out, as if the platform had not given it. If only such metrics were given, figuresOf returns an error: an
// empty result would claim that nobody used the app.
func figuresOf(items []*larkapplication.ApplicationAppUsage) (usage.Figures, error) {
	known, figures := usage.AllMetrics(), usage.Figures{}
	senseless := map[usage.Metric]bool{}
	for _, item := range items {
		if item == nil || item.MetricName == nil || item.MetricValue == nil {
			continue
		}
		name, value := usage.Metric(*item.MetricName), int64(*item.MetricValue)
		if !slices.Contains(known, name) {
			continue
		}
		if before, twice := figures[name]; value < 0 || twice && before != value {
			senseless[name] = true
		}
		figures[name] = value
	}
	maps.DeleteFunc(figures, func(m usage.Metric, _ int64) bool { return senseless[m] })
	if len(figures) == 0 && len(senseless) > 0 {
		return nil, errors.New("no metric's value makes sense")
	}
	return figures, nil
}

var _ usage.DepartmentSource = (*Client)(nil)

// DepartmentUsage asks once for a page of the figures of a department and of those right below it; an empty token is the
// first page. Like Overview it does not repeat a call that failed, and its error is a *usage.Failure.
func (c *Client) DepartmentUsage(ctx context.Context, ask usage.DepartmentRequest, pageToken string) (usage.DepartmentPage, error) {
	if !validID(ask.AppID) {
		return usage.DepartmentPage{}, &usage.Failure{Reason: usage.UnknownApp, Err: invalidCallError(epDepartmentUsage, "the app id is not in an id's form")}
	}
	req := departmentUsageRequest(ask, pageToken)
	resp, err := callOnce(ctx, c, epDepartmentUsage, func(t larkcore.RequestOptionFunc) (*larkapplication.DepartmentOverviewApplicationAppUsageResp, error) {
		return c.sdk.Application.ApplicationAppUsage.DepartmentOverview(ctx, req, t)
	})
	if err != nil {
		return usage.DepartmentPage{}, asFailure(err)
	}
	page, err := departmentUsageOf(resp.Data)
	if err != nil {
		return usage.DepartmentPage{}, asFailure(unreadableError(epDepartmentUsage, resp.StatusCode, cleanLogID(resp.RequestId()), err))
	}
	return page, nil
}

func departmentUsageRequest(ask usage.DepartmentRequest, pageToken string) *larkapplication.DepartmentOverviewApplicationAppUsageReq {
	body := larkapplication.NewDepartmentOverviewApplicationAppUsageReqBodyBuilder().
		Date(ask.Date.String()).CycleType(int(ask.Cycle)).DepartmentId(ask.DepartmentID).Recursion(1).PageSize(usage.DepartmentsOnPage)
	if pageToken != "" {
		body.PageToken(pageToken)
	}
	return larkapplication.NewDepartmentOverviewApplicationAppUsageReqBuilder().
		AppId(ask.AppID).
		DepartmentIdType(larkapplication.DepartmentIdTypeOpenDepartmentId).
		Body(body.Build()).Build()
}

func departmentUsageOf(data *larkapplication.DepartmentOverviewApplicationAppUsageRespData) (usage.DepartmentPage, error) {
	if data == nil {
		return usage.DepartmentPage{}, errors.New("it has no data")
	}
	var page usage.DepartmentPage
	if data.HasMore != nil && *data.HasMore {
		if page.Next = value(data.PageToken); page.Next == "" {
			return usage.DepartmentPage{}, errors.New("it has more, and no page token")
		}
	}
	for _, item := range data.Items {
		if item == nil || value(item.DepartmentId) == "" {
			continue
		}
		if found, ok := departmentFiguresOf(item); ok {
			page.Departments = append(page.Departments, found)
		}
	}
	return page, nil
}

// departmentFiguresOf leaves out the abilities that have no list: the app lacks them, or nobody in the department used it.
// It returns false if a list is invalid: the department is then left out of the page and can be asked for by itself.
func departmentFiguresOf(item *larkapplication.ApplicationDepartmentAppUsage) (found usage.DepartmentFigures, ok bool) {
	found = usage.DepartmentFigures{DepartmentID: *item.DepartmentId, Figures: map[usage.Ability]usage.Figures{}}
	for ability, list := range map[usage.Ability][]*larkapplication.ApplicationAppUsage{
		usage.AppAbility: item.App, usage.MiniProgram: item.Gadget, usage.Web: item.Webapp, usage.Bot: item.Bot,
	} {
		if list == nil {
			continue
		}
		figures, err := figuresOf(list)
		if err != nil {
			return usage.DepartmentFigures{}, false
		}
		found.Figures[ability] = figures
	}
	return found, true
}

// asFailure converts an error of a call to a *usage.Failure.
func asFailure(err error) *usage.Failure {
	e := asError(epOther, err)
	f := &usage.Failure{Reason: reasonOf(e), Code: e.Code, LogID: e.LogID, Scopes: e.Scopes, Err: e}
	if f.Reason == usage.Throttled {
		f.RetryAfter = e.RetryAfter
	}
	return f
}

// Reason returns why a call was refused, in the terms of package usage.
func (e *Error) Reason() usage.Reason { return reasonOf(e) }

func reasonOf(e *Error) usage.Reason {
	switch {
	case endpoint(e.Endpoint).givesUsage() && (e.Status == http.StatusTooManyRequests || e.Code == codeRateLimit):
		return usage.Throttled // a rate limit of another endpoint, such as the token's, says nothing about the quota for figures
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

// commonReason returns the reason of a code that every endpoint may return.
func commonReason(e endpoint, code int) (usage.Reason, bool) {
	switch code {
	case codeMissingScope:
		return usage.MissingScope, true
	case codeNoPermission:
		return usage.MissingScope, e.sendsMessage()
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
// distinguishes a refused page, which it reads again, from a refused department.
func departmentUsageReason(code int) usage.Reason {
	switch code {
	case 211006, 211008, 211009:
		return usage.Rejected // not on this page
	}
	return overviewReason(code)
}
