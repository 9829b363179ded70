package reports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usagebot/usage"
)

// gatherFor is how long a digest waits for its story. What was asked for goes on being asked, and is remembered for the
// next try.
const gatherFor = 90 * time.Second

// gather asks for what the digest tells, if its figures are out.
func (c *claim) gather(ctx context.Context, s Subscription) (story usage.Story, ready bool) {
	e := c.engine
	within, cancel := context.WithTimeout(ctx, gatherFor)
	defer cancel()
	out, err := e.Figures.Out(within, s.AppID, c.d.Period.End(), usage.Machines)
	if err == nil && !out {
		c.awaitFigures(ctx, s)
		return story, false
	}
	if err == nil {
		story, err = e.Figures.Story(within, e.query(s, c.d.Period), usage.Machines)
	}
	if err == nil && story.Report.Period == c.d.Period && story.Report.Complete {
		return story, true
	}
	c.noFigures(ctx, s, err)
	return story, false
}

// query asks for a subscription's figures of one period.
func (e *Engine) query(s Subscription, p usage.Period) usage.Query {
	return usage.Query{
		App: usage.App{ID: s.AppID, Name: e.AppName(s.AppID)}, Ability: s.Ability, Cycle: p.Cycle,
		Department: usage.Department{ID: s.DepartmentID, Name: s.DepartmentName},
		When:       usage.When{Kind: usage.OnDay, Date: p.Start},
	}
}

// noFigures decides by what the platform said instead of figures.
func (c *claim) noFigures(ctx context.Context, s Subscription, err error) {
	e, failure := c.engine, new(usage.Failure)
	switch {
	case ctx.Err() != nil: // stopping, or the claim is lost
		return
	case err == nil, errors.As(err, &failure) && failure.Reason == usage.NoData, errors.As(err, new(*usage.TimeError)):
		c.awaitFigures(ctx, s)
	case !errors.As(err, &failure) && errors.Is(err, context.DeadlineExceeded):
		c.later(ctx, Busy, time.Minute, "its figures take long")
	case !errors.As(err, &failure):
		e.Log.Error("a digest's figures could not be asked for", "error", err)
		c.later(ctx, Internal, time.Minute, "")
	case failure.Temporary():
		c.later(ctx, Busy, max(failure.RetryAfter, time.Minute), detail(failure.Code, failure.LogID))
	case failure.Reason == usage.UnknownDepartment:
		c.endAndTell(ctx, Failed, NoFigures, detail(failure.Code, failure.LogID))
	default: // the app, its plan or its rights: the same for every digest of the app
		// Only this app waits: another may be answered.
		e.alert(Alert{AppID: s.AppID, Why: failure.Reason, Code: failure.Code, LogID: failure.LogID, Scopes: failure.Scopes})
		c.later(ctx, OnHold, 5*time.Minute, detail(failure.Code, failure.LogID))
	}
}

// detail is what the platform's support wants to know; empty where the platform gave neither.
func detail(code int, logID string) string {
	if code == 0 && logID == "" {
		return ""
	}
	return fmt.Sprintf("code %d, log id %s", code, logID)
}
