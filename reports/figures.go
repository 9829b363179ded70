package reports

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usagebot/usage"
)

// figuresTimeout is how long a digest waits for its story. What it has asked for is fetched nevertheless, and cached for the
// next try.
const figuresTimeout = 90 * time.Second

// fetchFigures returns the digest's story if its figures are published. If the period's last day has only zeros, the app may
// not have been used, or the platform is still counting: such a digest goes out when READINESS_DEADLINE has passed.
func (c *claim) fetchFigures(ctx context.Context, s Subscription) (story usage.DigestData, ready bool) {
	e, last := c.engine, c.d.Period.End()
	within, cancel := context.WithTimeout(ctx, figuresTimeout)
	defer cancel()
	state, err := e.cfg.Figures.DayState(within, s.AppID, last, usage.Machines)
	if err == nil && !c.suffices(state) {
		c.waitForFigures(ctx, s, state)
		return story, false
	}
	if err == nil {
		story, err = e.cfg.Figures.DigestData(within, e.cfg.query(s, c.d.Period), usage.Machines)
	}
	if err != nil {
		c.handleFiguresError(ctx, s, err)
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
	if c.suffices(state) {
		return story, true
	}
	c.waitForFigures(ctx, s, state)
	return story, false
}

// suffices reports whether a digest may go out while its last day is in that state.
func (c *claim) suffices(state usage.DayState) bool {
	e := c.engine
	return state == usage.Published || state == usage.ZerosOnly && !e.cfg.Now().Before(e.planner.figuresDeadline(c.d))
}

// waitForFigures requeues the delivery. If READINESS_DEADLINE has passed and the platform has published nothing of the day,
// the chat is told.
func (c *claim) waitForFigures(ctx context.Context, s Subscription, state usage.DayState) {
	e := c.engine
	left := e.planner.figuresDeadline(c.d).Sub(e.cfg.Now())
	if state == usage.NotPublished && left <= 0 && c.d.LateNoticeAt.IsZero() && c.sendLateNotice(ctx, s) {
		c.update(func(d *Delivery) { d.LateNoticeAt = e.cfg.Now() })
	}
	c.update(func(d *Delivery) { d.Waited = true })
	wait := e.cfg.Poll
	if left > 0 {
		wait = min(wait, left)
	}
	c.retryIn(ctx, NotOut, wait, "")
	e.cfg.Observe(string(Waiting))
}

// sendLateNotice tells the chat that an app's figures are late: once a day, however many of its digests wait for them. It
// reports whether nothing is left to tell.
func (c *claim) sendLateNotice(ctx context.Context, s Subscription) (settled bool) {
	e, zone := c.engine, c.engine.planner.zoneOf(s)
	today := usage.DateOf(e.cfg.Now().In(zone))
	midnight := timeOn(today.AddDays(1), 0, 0, zone)
	return e.cfg.runOncePerCluster(ctx, "late:"+s.ChatID+":"+s.AppID, midnight, func() bool {
		done, _ := e.sends.acquire(ctx, s.ChatID)
		if done == nil {
			return false
		}
		defer done()
		c.slot.release()
		card := e.cfg.Renderer.FiguresLate(ctx, s, c.d)
		_, err := e.cfg.Sender.Send(ctx, Target{ChatID: s.ChatID}, card, uuidFor("late", s.ChatID, s.AppID, today.String()))
		if err != nil {
			e.cfg.Log.Warn("telling a chat that figures are late failed", "error", err)
		}
		return err == nil
	})
}

// handleFiguresError decides by the platform's answer what becomes of a digest without figures.
func (c *claim) handleFiguresError(ctx context.Context, s Subscription, err error) {
	e, failure := c.engine, new(usage.Failure)
	switch {
	case ctx.Err() != nil: // stopping, or the claim is lost
		return
	case errors.As(err, &failure) && failure.Reason == usage.NoData, errors.As(err, new(*usage.TimeError)):
		c.waitForFigures(ctx, s, usage.NotPublished)
	case !errors.As(err, &failure) && errors.Is(err, context.DeadlineExceeded):
		c.retryIn(ctx, Busy, time.Minute, "its figures take long")
	case !errors.As(err, &failure):
		e.cfg.Log.Error("fetching a digest's figures failed", "error", err)
		c.retryIn(ctx, Internal, time.Minute, "")
	case failure.Temporary():
		c.retryIn(ctx, Busy, max(failure.RetryAfter, time.Minute), detail(failure.Code, failure.LogID))
	case failure.Reason == usage.UnknownDepartment:
		c.finishAndNotify(ctx, Failed, NoFigures, detail(failure.Code, failure.LogID))
	default:
		// The app, its plan or its rights: the same for every digest of this app. The figures of other apps may be
		// available.
		e.alerts.raise(Alert{AppID: s.AppID, Why: failure.Reason, Code: failure.Code, LogID: failure.LogID, Scopes: failure.Scopes})
		c.retryIn(ctx, OnHold, 5*time.Minute, detail(failure.Code, failure.LogID))
	}
}

// detail is what the platform's support asks for; empty if the platform gave neither.
func detail(code int, logID string) string {
	if code == 0 && logID == "" {
		return ""
	}
	return fmt.Sprintf("code %d, log id %s", code, logID)
}
