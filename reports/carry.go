package reports

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// errCrowded says that a delivery is slow, and that there is no room to go on with it.
var errCrowded = errors.New("too many slow deliveries are in hand")

// carry brings one claimed delivery as far as it goes now, and keeps the claim alive meanwhile.
func (e *Engine) carry(ctx context.Context, d Delivery, r *room) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	ctx, drop := context.WithCancelCause(ctx)
	c := &claim{engine: e, room: r, d: d}
	defer r.leave()
	defer drop(nil)
	defer c.letGo(ctx)
	defer c.survive(ctx)
	aside := time.AfterFunc(quickly, func() {
		if !r.stepAside() {
			drop(errCrowded)
		}
	})
	defer aside.Stop()
	e.work.Go(func() { c.keep(ctx, drop) })
	s, err := e.Store.Subscription(ctx, d.SubscriptionID)
	if err != nil {
		e.Log.Error("a delivery's subscription could not be read", "subscription", d.SubscriptionID, "error", err)
		c.wait(ctx, e.Now().Add(10*time.Second))
		return
	}
	if d.State == Delivered {
		c.amend(ctx, s)
		return
	}
	if card := c.prepare(ctx, s); card != nil {
		aside.Stop()
		c.send(ctx, s, card)
	}
}

// prepare draws the digest, if it is to be sent now. Otherwise the delivery has gone another way.
func (c *claim) prepare(ctx context.Context, s Subscription) []byte {
	e := c.engine
	if !c.goesOn(ctx, s) {
		return nil
	}
	story, ready := c.gather(ctx, s)
	if !ready {
		return nil
	}
	if c.room.slow() { // somebody may have removed it meanwhile
		s, err := e.Store.Subscription(ctx, s.ID)
		if err != nil || !c.goesOn(ctx, s) {
			return nil
		}
	}
	c.empty = story.Report.Empty()
	zone := e.zoneOf(s)
	story.Report.AsOf, story.Trend.AsOf = story.Report.AsOf.In(zone), story.Trend.AsOf.In(zone)
	c.change(func(d *Delivery) {
		d.Late = e.isLate(s, *d, e.Now(), Jitter(s.ID, e.Jitter))
		if d.SentAt.IsZero() { // otherwise the message that may be there shows what was known then
			d.ZerosFrom = story.Report.ZerosFrom
		}
	})
	came := story.Report.Complete && !c.empty // late as they are
	return e.Renderer.Digest(ctx, story, DigestOptions{
		ChatID: s.ChatID, SubscriptionID: s.ID, Late: c.d.Late, LateFigures: c.d.Late && c.d.Waited && came,
		CarriesFriday: s.Schedule.CarriesFriday(c.d.Period, e.PlatformZone),
	})
}

// goesOn reports whether the digest is still to be sent. Otherwise it closes the delivery, or has its message looked for.
func (c *claim) goesOn(ctx context.Context, s Subscription) bool {
	e, now, sent := c.engine, c.engine.Now(), !c.d.SentAt.IsZero()
	end, err := graceOf(s, c.d)
	if err != nil && s.State == Active {
		e.Log.Error("a delivery cannot be planned, and its subscription is paused", "subscription", s.ID, "error", err)
		if err := e.pauseUnplanned(ctx, s.ID); err != nil {
			return false
		}
		s.State, s.Reason = Paused, BadSchedule
	}
	switch {
	case sent && (s.State != Active || c.d.Searches > 0 || repeatable(c.d.SentAt, now) <= 0):
		c.search(ctx, s) // it may be there, and may not be sent again
	case s.State == Removed:
		c.end(ctx, Skipped, ByPerson, "")
	case s.State == Paused:
		c.end(ctx, Skipped, s.Reason, "")
	case !sent && moved(s, c.d, e.PlatformZone, now):
		c.wait(ctx, s.NextDue)
	case !sent && now.After(end) && c.d.Reason == NotOut:
		c.end(ctx, Skipped, FiguresAbsent, "")
	case !sent && now.After(end) && c.d.Reason == RightsUnread:
		c.endAndTell(ctx, Failed, RightsUnread, "")
	case !sent && now.After(end):
		c.end(ctx, Skipped, TooLate, "")
	default:
		return sent || c.permitted(ctx, s)
	}
	return false
}

// survive keeps a delivery that makes the program panic from ending all others with it.
func (c *claim) survive(ctx context.Context) {
	p := recover()
	if p == nil {
		return
	}
	c.engine.Log.Error("a delivery panicked", "subscription", c.d.SubscriptionID, "panic", p, "stack", string(debug.Stack()))
	c.later(ctx, Internal, 10*time.Minute, fmt.Sprint(p))
}

// letGo gives the claim back if nothing has become of the delivery: others go on with it.
func (c *claim) letGo(ctx context.Context) {
	now, cause := c.engine.Now(), context.Cause(ctx)
	switch {
	case errors.Is(cause, ErrFenced): // it is somebody else's
	case errors.Is(cause, errCrowded):
		c.wait(ctx, now.Add(crowded))
	case errors.Is(cause, context.DeadlineExceeded):
		c.later(ctx, Busy, time.Minute, "it took too long")
	case cause != nil: // stopping
		c.wait(ctx, c.d.TryAt)
	default:
		c.wait(ctx, now.Add(10*time.Second))
	}
}
