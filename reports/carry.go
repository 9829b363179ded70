package reports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"usagebot/usage"
)

// sendWithin is how long after the first try a message may be sent again: the platform remembers a uuid for an hour.
const sendWithin = 55 * time.Minute

// uuidOf is the same for every try to send a delivery, in every process, and never the same for two: 40 characters.
func uuidOf(d Delivery, what string) string {
	return uuidFor(what, d.SubscriptionID, strconv.Itoa(int(d.Period.Cycle)), d.Period.Start.String())
}

// uuidFor is the same whenever its parts are.
func uuidFor(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
	return hex.EncodeToString(sum[:20])
}

// carry brings one claimed delivery as far as it goes now, and keeps the claim alive meanwhile.
func (e *Engine) carry(ctx context.Context, d Delivery) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &claim{engine: e, d: d}
	e.work.Go(func() { c.keep(ctx, cancel) })
	s, err := e.Ledger.Subscription(ctx, d.SubscriptionID)
	if err != nil {
		e.Log.Error("a delivery's subscription could not be read", "subscription", d.SubscriptionID, "error", err)
		return // the lease ends, and it is tried again
	}
	c.step(ctx, s)
}

// step decides what happens to the delivery.
func (c *claim) step(ctx context.Context, s Subscription) {
	e, now := c.engine, c.engine.Now()
	end, err := graceOf(s, c.d)
	switch {
	case err != nil:
		c.end(ctx, Failed, Internal, err.Error())
		return
	case !c.d.SentAt.IsZero() && (s.State != Active || now.Sub(c.d.SentAt) > sendWithin):
		c.search(ctx, s) // it may be there, and may not be sent again
		return
	case s.State == Removed:
		c.end(ctx, Skipped, ByPerson, "")
		return
	case s.State == Paused:
		c.end(ctx, Skipped, s.Reason, "")
		return
	case c.d.SentAt.IsZero() && now.After(end):
		reason := TooLate
		if c.d.Reason == NotOut {
			reason = FiguresAbsent
		}
		c.end(ctx, Skipped, reason, "")
		return
	case !c.permitted(ctx, s):
		return
	}
	story, ready := c.gather(ctx, s)
	if ready {
		c.change(func(d *Delivery) { d.Late = isLate(s, *d, e.Now(), Jitter(s.ID, e.Jitter)) })
		c.send(ctx, s, e.Artist.Digest(story, Looks{
			ChatID: s.ChatID, SubscriptionID: s.ID, Late: c.d.Late, LateFigures: c.d.Late && c.d.Waited, CarriesFriday: s.Schedule.CarriesFriday(c.d.Period),
		}))
	}
}

// permitted reports whether the digest may be sent: its owner may have lost the right to see what it carries. Of a message
// that was handed to the platform before it is not asked any more.
func (c *claim) permitted(ctx context.Context, s Subscription) bool {
	e := c.engine
	if !c.d.SentAt.IsZero() {
		return true
	}
	allowed, err := e.Allowed(ctx, s)
	switch {
	case ctx.Err() != nil: // stopping, or the claim is lost
		return false
	case err != nil:
		e.Log.Error("it could not be found out whether a digest may be sent", "subscription", s.ID, "error", err)
		c.later(ctx, Internal, time.Minute, "")
		return false
	case !allowed:
		e.pause(ctx, s, NotAllowed) // first, as where a chat is gone
		c.end(ctx, Skipped, NotAllowed, "")
	}
	return allowed
}

// gather asks for what the digest tells, if its figures are out.
func (c *claim) gather(ctx context.Context, s Subscription) (story usage.Story, ready bool) {
	e := c.engine
	out, err := e.Figures.Out(ctx, s.AppID, c.d.Period.End(), usage.Machines)
	if err == nil && !out {
		c.awaitFigures(ctx, s)
		return story, false
	}
	if err == nil {
		story, err = e.Figures.Story(ctx, e.query(s, c.d.Period), usage.Machines)
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
	case !errors.As(err, &failure):
		e.Log.Error("a digest's figures could not be asked for", "error", err)
		c.later(ctx, Internal, time.Minute, "")
	case failure.Temporary():
		c.later(ctx, Busy, max(failure.RetryAfter, time.Minute), detail(failure.Code, failure.LogID))
	case failure.Reason == usage.UnknownDepartment:
		c.endAndTell(ctx, Failed, NoFigures, detail(failure.Code, failure.LogID))
	default: // the app, its plan or its rights: the same for every digest of the app
		// Only this app waits: another may be answered.
		e.alert(ctx, Alert{Why: failure.Reason, Code: failure.Code, LogID: failure.LogID, Scopes: failure.Scopes})
		c.later(ctx, OnHold, 5*time.Minute, detail(failure.Code, failure.LogID))
	}
}

func detail(code int, logID string) string { return fmt.Sprintf("code %d, log id %s", code, logID) }

// awaitFigures looks again after a while. When Deadline has come, the chat is told once.
func (c *claim) awaitFigures(ctx context.Context, s Subscription) {
	e, now := c.engine, c.engine.Now()
	zone, err := s.Schedule.zone()
	if err != nil {
		zone = e.Zone
	}
	local := now.In(zone)
	deadline := moment(usage.DateOf(c.d.Slot.In(zone)), 0, 0, zone).Add(e.Deadline)
	if c.d.ToldAt.IsZero() && !local.Before(deadline) && c.deliver(ctx, s, e.Artist.FiguresLate(s, c.d), "late") {
		c.change(func(d *Delivery) { d.ToldAt = now })
	}
	c.change(func(d *Delivery) { d.Waited = true })
	c.later(ctx, NotOut, e.Poll, "")
	e.Observe(string(Waiting))
}

// deliver sends something beside the digest itself, at most once; whether it arrives changes nothing.
func (c *claim) deliver(ctx context.Context, s Subscription, card []byte, what string) bool {
	done, err := c.engine.Pacer.Wait(ctx, s.ChatID)
	if err != nil {
		return false
	}
	defer done()
	_, err = c.engine.Sender.Send(ctx, Target{ChatID: s.ChatID}, card, uuidOf(c.d, what))
	if err != nil {
		c.engine.Log.Warn("a word about late figures could not be sent", "error", err)
	}
	return err == nil
}
