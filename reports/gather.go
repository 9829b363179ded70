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

// gather asks for what the digest tells, if its figures are published. Zeros only are nobody's use or figures that are still
// counted: they go out when the hour has come by which figures should be published.
func (c *claim) gather(ctx context.Context, s Subscription) (story usage.Story, ready bool) {
	e, last := c.engine, c.d.Period.End()
	within, cancel := context.WithTimeout(ctx, gatherFor)
	defer cancel()
	state, err := e.Figures.DayState(within, s.AppID, last, usage.Machines)
	if err == nil && !c.mayCarry(state) {
		c.awaitFigures(ctx, s, state)
		return story, false
	}
	if err == nil {
		story, err = e.Figures.Story(within, e.query(s, c.d.Period), usage.Machines)
	}
	if err != nil {
		c.noFigures(ctx, s, err)
		return story, false
	}
	switch r := story.Report; {
	case r.Period != c.d.Period || r.Through != last:
		state = usage.NotPublished
	case r.Complete:
		return story, true
	default:
		state = usage.ZerosOnly
	}
	if c.mayCarry(state) {
		return story, true
	}
	c.awaitFigures(ctx, s, state)
	return story, false
}

// mayCarry reports whether a digest may go out with what there is of its last day.
func (c *claim) mayCarry(state usage.DayState) bool {
	e := c.engine
	return state == usage.Published || state == usage.ZerosOnly && !e.Now().Before(e.deadline(c.d))
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
	case errors.As(err, &failure) && failure.Reason == usage.NoData, errors.As(err, new(*usage.TimeError)):
		c.awaitFigures(ctx, s, usage.NotPublished)
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
