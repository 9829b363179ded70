package reports

import (
	"context"
	"errors"
	"time"
)

const (
	// searchAround is how far the platform's clock may be from ours.
	searchAround = 2 * time.Minute
	// maxSearches is how often a message is looked for when the platform cannot say.
	maxSearches = 6
)

// search looks among the chat's messages for one whose answer was lost, when it may not be sent again: the hour is over, or
// the subscription paused or removed. What is
// there was delivered; what is not found, or cannot be looked for, stays uncertain: the message may have been recalled,
// or gone out as plain text, and a second digest is worse than a question.
func (c *claim) search(ctx context.Context, s Subscription) {
	e := c.engine
	done, err := e.Pacer.Wait(ctx, s.ChatID)
	if err != nil {
		return // stopping: the lease ends, and another goes on
	}
	defer done()
	mark := e.Artist.Mark(e.query(s, c.d.Period), c.d.Period)
	id, err := e.Sender.Find(ctx, s.ChatID, mark, c.d.SentAt.Add(-searchAround), c.d.SentAt.Add(sendWithin+searchAround))
	if err == nil && id != "" {
		c.change(func(d *Delivery) { d.Message = id })
		c.end(ctx, Delivered, "", "")
		return
	}
	if ctx.Err() != nil {
		return
	}
	c.change(func(d *Delivery) { d.Searches++ })
	if t := new(Trouble); errors.As(err, &t) && t.Kind == Passing && c.d.Searches < maxSearches {
		c.later(ctx, Lost, max(t.After, backOff(c.d.Searches)), detail(t.Code, t.LogID))
		return
	}
	if s.State != Active { // somebody ended it, and does not wait for it
		c.end(ctx, Uncertain, Lost, c.d.Detail)
		return
	}
	c.endAndTell(ctx, Uncertain, Lost, c.d.Detail)
}
