package reports

import (
	"context"
	"errors"
	"time"
)

// maxSearches is how often a message is looked for when the platform cannot say.
const maxSearches = 6

// search looks among the chat's messages for one whose answer was lost, when it may not be sent again: the hour is over, the
// subscription paused or removed, or the platform refuses it now. What is there was delivered; what is not found, or cannot
// be looked for, stays uncertain: the message may have been recalled, or gone out as plain text, and a second digest is
// worse than a question.
func (c *claim) search(ctx context.Context, s Subscription) {
	e := c.engine
	c.change(func(d *Delivery) { d.Searches = max(d.Searches, 1) }) // from now on it is not sent again
	done := c.turn(ctx, s)
	if done == nil {
		return
	}
	defer done()
	c.room.leave()
	from, until := c.sentAround()
	id, err := e.Sender.Find(ctx, s.ChatID, e.Renderer.LookupKey(e.query(s, c.d.Period), c.d.Period), from, until)
	if err == nil && id != "" {
		c.delivered(ctx, id)
		return
	}
	if ctx.Err() != nil {
		return
	}
	if t := new(SendError); errors.As(err, &t) && t.Kind == Transient && c.d.Searches < maxSearches {
		wait := max(t.After, backOff(c.d.Searches))
		c.change(func(d *Delivery) { d.Searches++ })
		c.later(ctx, Lost, wait, detail(t.Code, t.LogID))
		return
	}
	if s.State != Active { // somebody ended it, and does not wait for it
		c.end(ctx, Uncertain, Lost, c.d.Detail)
		return
	}
	c.endAndTell(ctx, Uncertain, Lost, c.d.Detail)
}

// sentAround is when the message may have been sent, by a clock that may have been put back since.
func (c *claim) sentAround() (from, until time.Time) {
	from, until = c.d.SentAt, c.d.SentAt.Add(sendWithin)
	if now := c.engine.Now(); now.Before(from) {
		from = now.Add(-sendWithin)
	}
	return from.Add(-clocksApart), until.Add(clocksApart)
}
