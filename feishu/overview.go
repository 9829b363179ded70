package feishu

import (
	"context"
	"errors"
	"maps"
	"slices"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkapplication "github.com/larksuite/oapi-sdk-go/v3/service/application/v6"

	"usagebot/usage"
)

// Overview asks the platform's usage overview once. Its error is a *usage.Failure that wraps an *Error. It does not
// repeat a call that failed, not even one whose token was refused: each call takes its own place in the quota, which
// whoever asks holds. A refused token is Unavailable, and the next call has another one.
func (c *Client) Overview(ctx context.Context, ask usage.Ask) (usage.Figures, error) {
	if !validID(ask.AppID) {
		return nil, &usage.Failure{Reason: usage.UnknownApp, Err: invalid(epOverview, "the app id is not in an id's form")}
	}
	req := overviewRequest(ask)
	resp, err := callOnce(ctx, c, epOverview, func(t larkcore.RequestOptionFunc) (*larkapplication.OverviewApplicationAppUsageResp, error) {
		return c.sdk.Application.ApplicationAppUsage.Overview(ctx, req, t)
	})
	if err != nil {
		return nil, asFailure(err)
	}
	if resp.Data == nil {
		return nil, asFailure(unreadable(epOverview, resp.StatusCode, cleanLogID(resp.RequestId()), errors.New("it has no data")))
	}
	figures, err := figuresOf(resp.Data.Items)
	if err != nil {
		return nil, asFailure(unreadable(epOverview, resp.StatusCode, cleanLogID(resp.RequestId()), err))
	}
	return figures, nil
}

func overviewRequest(ask usage.Ask) *larkapplication.OverviewApplicationAppUsageReq {
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

// figuresOf keeps the metrics that are known and have a value. A count below zero, or two values for one metric, make no
// sense: such a metric is left out, as if the platform had not given it, and the others stay. Where none stays, what the
// platform said is no answer: it did not say that there is nothing.
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
