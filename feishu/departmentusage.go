package feishu

import (
	"context"
	"errors"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkapplication "github.com/larksuite/oapi-sdk-go/v3/service/application/v6"

	"usagebot/usage"
)

var _ usage.DepartmentSource = (*Client)(nil)

// DepartmentUsage asks once for a page of the figures of a department and of those right below it; an empty token is the
// first page. Like Overview it does not repeat a call that failed, and its error is a *usage.Failure.
func (c *Client) DepartmentUsage(ctx context.Context, ask usage.DepartmentAsk, pageToken string) (usage.DepartmentPage, error) {
	if !validID(ask.AppID) {
		return usage.DepartmentPage{}, &usage.Failure{Reason: usage.UnknownApp, Err: invalid(epDepartmentUsage, "the app id is not in an id's form")}
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
		return usage.DepartmentPage{}, asFailure(unreadable(epDepartmentUsage, resp.StatusCode, cleanLogID(resp.RequestId()), err))
	}
	return page, nil
}

func departmentUsageRequest(ask usage.DepartmentAsk, pageToken string) *larkapplication.DepartmentOverviewApplicationAppUsageReq {
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

// departmentFiguresOf leaves out the abilities that have no list: the app lacks them, or nobody there used it. A department
// of which one list makes no sense is none of the page, and can be asked for by itself.
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
