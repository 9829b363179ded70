package reports

import (
	"context"
	"time"

	"usagebot/usage"
)

const (
	// amendFor is how long after it was sent a digest with zeros is amended if its figures come.
	amendFor = 72 * time.Hour
	// amendPolls is how many times longer than for a digest that waits the pause between two looks is.
	amendPolls = 6
	// amendGrace is how much longer the platform may refuse the edit for a while.
	amendGrace = 6 * time.Hour
)

func (e *Engine) amendPoll() time.Duration { return amendPolls * e.Poll }

// amend puts the figures into the message of a digest that went out with zeros, once they come, and never again. Until the
// edit is recorded another replica, or the next process, makes it again: the card is the same.
func (c *claim) amend(ctx context.Context, s Subscription) {
	e := c.engine
	if now := e.Now(); s.State == Removed || c.d.Message == "" || now.After(c.d.DoneAt.Add(amendFor+amendGrace)) {
		c.leaveAsItIs(ctx)
		return
	}
	if s.State == Paused && s.Reason == ChatExternal { // the figures are not for those who have joined
		c.later(ctx, "", e.amendPoll(), "")
		return
	}
	card, done := c.amended(ctx, s)
	switch {
	case done:
		c.leaveAsItIs(ctx)
		return
	case card == nil:
		c.later(ctx, "", e.amendPoll(), "")
		return
	}
	place := c.turn(ctx, s)
	if place == nil {
		return
	}
	defer place()
	if r := e.refusals(); r.held() {
		c.later(ctx, "", max(r.left(e.Now()), probeWait), "")
		return
	}
	c.room.leave()
	if err := e.Sender.Update(ctx, c.d.Message, card); err != nil {
		c.notAmended(ctx, troubleIn(err))
		return
	}
	c.leaveAsItIs(ctx)
}

// amended draws the digest anew if figures have come. done tells that none will be put into the message any more: the days
// are published without use, or nobody may see them.
func (c *claim) amended(ctx context.Context, s Subscription) (card []byte, done bool) {
	e, last := c.engine, c.d.Period.End()
	within, cancel := context.WithTimeout(ctx, gatherFor)
	defer cancel()
	over := e.Now().After(c.d.DoneAt.Add(amendFor))
	used, err := e.Figures.Used(within, s.AppID, c.d.ZerosFrom, last, usage.Machines)
	var state usage.DayState
	if err == nil {
		state, err = e.Figures.DayState(within, s.AppID, last, usage.Machines)
	}
	switch {
	case err != nil:
		e.Log.Warn("it could not be asked whether the figures of a sent digest have come", "subscription", s.ID, "error", err)
		return nil, false
	case !used:
		return nil, over || state == usage.Published
	case state != usage.Published && !over: // it is edited once: when all of it has come
		return nil, false
	}
	allowed, err := e.Allowed(within, s)
	if err != nil || !allowed {
		return nil, err == nil
	}
	story, err := e.Figures.Story(within, e.query(s, c.d.Period), usage.Machines)
	if err != nil || story.Report.Period != c.d.Period {
		e.Log.Warn("the figures of a sent digest could not be asked for", "subscription", s.ID, "error", err)
		return nil, false
	}
	return e.Renderer.Digest(ctx, story, DigestOptions{
		ChatID: s.ChatID, SubscriptionID: s.ID, Late: c.d.Late, Amended: true, CarriesFriday: s.Schedule.CarriesFriday(c.d.Period, e.PlatformZone),
	}), false
}

// notAmended decides by what the platform said to the edit.
func (c *claim) notAmended(ctx context.Context, t *SendError) {
	e := c.engine
	e.Log.Warn("a digest that was sent with zeros could not be amended", "subscription", c.d.SubscriptionID, "kind", t.Kind, "error", t.Err)
	c.change(func(d *Delivery) { d.Tries++ })
	switch t.Kind {
	case Transient, Ambiguous:
		c.later(ctx, "", max(t.After, backOff(c.d.Tries)), "")
	case AppRejected, AppWide: // what is refused to an edit may be allowed to a message
		c.later(ctx, "", e.amendPoll(), "")
	default: // the chat or the message is gone, or the platform does not take the card
		c.leaveAsItIs(ctx)
	}
}

// leaveAsItIs ends the looking for figures of a digest that was sent.
func (c *claim) leaveAsItIs(ctx context.Context) {
	c.change(func(d *Delivery) { d.ZerosFrom = usage.Date{} })
	c.wait(ctx, c.d.TryAt)
}
