package reports

import (
	"context"
	"time"

	"usagebot/usage"
)

// awaitFigures looks again after a while. When the hour has come by which they should be published and the platform has
// nothing of them, the chat is told.
func (c *claim) awaitFigures(ctx context.Context, s Subscription, state usage.DayState) {
	e := c.engine
	left := e.deadline(c.d).Sub(e.Now())
	if state == usage.NotPublished && left <= 0 && c.d.LateNoticeAt.IsZero() && c.tellLate(ctx, s) {
		c.change(func(d *Delivery) { d.LateNoticeAt = e.Now() })
	}
	c.change(func(d *Delivery) { d.Waited = true })
	wait := e.Poll
	if left > 0 {
		wait = min(wait, left)
	}
	c.later(ctx, NotOut, wait, "")
	e.Observe(string(Waiting))
}

// deadline is when a delivery's figures should be published: at READINESS_DEADLINE on the day after its period, in the zone of the
// platform's days. The subscriber's own clock says nothing of when the platform publishes.
func (e *Engine) deadline(d Delivery) time.Time {
	hour, minute := int(e.Deadline/time.Hour), int(e.Deadline%time.Hour/time.Minute)
	return moment(d.Period.End().AddDays(1), hour, minute, e.PlatformZone)
}

// zoneOf is the zone by which a subscription's days are told.
func (e *Engine) zoneOf(s Subscription) *time.Location {
	if zone, err := s.Schedule.zone(); err == nil {
		return zone
	}
	return e.Zone
}

// tellLate tells the chat that an app's figures are late: one word a day, whichever of its digests wait for them. It
// reports whether there is nothing more to tell.
func (c *claim) tellLate(ctx context.Context, s Subscription) bool {
	e, zone := c.engine, c.engine.zoneOf(s)
	today := usage.DateOf(e.Now().In(zone))
	return e.once(ctx, "late:"+s.ChatID+":"+s.AppID, moment(today.AddDays(1), 0, 0, zone), func() bool {
		done, _ := e.turn(ctx, s.ChatID)
		if done == nil {
			return false
		}
		defer done()
		c.room.leave()
		_, err := e.Sender.Send(ctx, Target{ChatID: s.ChatID}, e.Renderer.FiguresLate(ctx, s, c.d), uuidFor("late", s.ChatID, s.AppID, today.String()))
		if err != nil {
			e.Log.Warn("a word about late figures could not be sent", "error", err)
		}
		return err == nil
	})
}
