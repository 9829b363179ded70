package reports

import (
	"context"
	"time"

	"usagebot/usage"
)

const (
	// amendFor is how long after it was sent a digest with zeros is amended if its figures come.
	amendFor = 72 * time.Hour
	// amendPollFactor is how many times READINESS_POLL the time between two looks is.
	amendPollFactor = 6
	// amendGrace is how much longer the edit is tried while the platform refuses it temporarily.
	amendGrace = 6 * time.Hour
)

func (e *Engine) amendPoll() time.Duration { return amendPollFactor * e.cfg.Poll }

// amend edits the message of a digest that was sent with zeros once its figures have come. Until the edit is recorded
// another replica, or the next process, may make it again: the card is the same.
func (c *claim) amend(ctx context.Context, s Subscription) {
	e := c.engine
	if now := e.cfg.Now(); s.State == Removed || c.d.Message == "" || now.After(c.d.DoneAt.Add(amendFor+amendGrace)) {
		c.finishAmending(ctx)
		return
	}
	if s.State == Paused && s.Reason == ChatExternal { // people of another organisation would see the figures
		c.retryIn(ctx, "", e.amendPoll(), "")
		return
	}
	card, done := c.renderAmended(ctx, s)
	switch {
	case done:
		c.finishAmending(ctx)
		return
	case card == nil:
		c.retryIn(ctx, "", e.amendPoll(), "")
		return
	}
	answered := c.acquireSend(ctx, s)
	if answered == nil {
		return
	}
	defer answered()
	if r := e.hold.known(); r.sendingHeld() {
		c.retryIn(ctx, "", max(r.holdLeft(e.cfg.Now()), probeWait), "")
		return
	}
	c.slot.release()
	if err := e.cfg.Sender.Update(ctx, c.d.Message, card); err != nil {
		c.handleEditError(ctx, asSendError(err))
		return
	}
	e.hold.MessageAccepted(ctx)
	c.finishAmending(ctx)
}

// renderAmended renders the digest again if its figures have come. done reports that the message stays as it is: the days
// are published without use, the owner may not see the figures, or it is too late.
func (c *claim) renderAmended(ctx context.Context, s Subscription) (card Card, done bool) {
	e, last := c.engine, c.d.Period.End()
	within, cancel := context.WithTimeout(ctx, figuresTimeout)
	defer cancel()
	over := e.cfg.Now().After(c.d.DoneAt.Add(amendFor))
	used, err := e.cfg.Figures.Used(within, s.AppID, c.d.ZerosFrom, last, usage.Machines)
	var state usage.DayState
	if err == nil {
		state, err = e.cfg.Figures.DayState(within, s.AppID, last, usage.Machines)
	}
	switch {
	case err != nil:
		e.cfg.Log.Warn("asking whether the figures of a sent digest have come failed", "subscription", s.ID, "error", err)
		return nil, false
	case !used:
		return nil, over || state == usage.Published
	case state != usage.Published && !over: // the message is edited once, when all figures have come
		return nil, false
	}
	allowed, err := e.cfg.Allowed(within, s)
	if err != nil || !allowed {
		return nil, err == nil
	}
	story, err := e.cfg.Figures.DigestData(within, e.cfg.query(s, c.d.Period), usage.Machines)
	if err != nil || story.Report.Period != c.d.Period {
		e.cfg.Log.Warn("fetching the figures of a sent digest failed", "subscription", s.ID, "error", err)
		return nil, false
	}
	return e.cfg.Renderer.Digest(ctx, story, DigestOptions{
		ChatID: s.ChatID, SubscriptionID: s.ID, Late: c.d.Late, Amended: true,
		CarriesLastWorkday: e.planner.CarriesLastWorkday(s.Schedule, c.d.Period),
	}), false
}

// handleEditError decides by the platform's answer whether the edit is tried again.
func (c *claim) handleEditError(ctx context.Context, err *SendError) {
	e := c.engine
	e.cfg.Log.Warn("amending a digest failed", "subscription", c.d.SubscriptionID, "kind", err.Kind, "error", err.Err)
	c.update(func(d *Delivery) { d.Tries++ })
	switch err.Kind {
	case Transient, Ambiguous:
		c.retryIn(ctx, "", max(err.After, backOff(c.d.Tries)), "")
	case AppRejected, AppWide: // this begins no hold: new messages may be accepted where an edit is refused
		c.retryIn(ctx, "", e.amendPoll(), "")
	default: // the chat or the message is gone, or the platform does not take the card
		c.finishAmending(ctx)
	}
}

// finishAmending stops looking for the figures of a sent digest.
func (c *claim) finishAmending(ctx context.Context) {
	c.update(func(d *Delivery) { d.ZerosFrom = usage.Date{} })
	c.requeue(ctx, c.d.TryAt)
}
