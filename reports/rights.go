package reports

import (
	"context"
	"time"
)

// permitted reports whether the digest may be sent: its owner may have lost the right to see what it carries. Of a message
// that was handed to the platform before it is not asked any more.
func (c *claim) permitted(ctx context.Context, s Subscription) bool {
	e := c.engine
	allowed, err := e.Allowed(ctx, s)
	switch {
	case ctx.Err() != nil: // stopping, or the claim is lost
		return false
	case err != nil:
		e.Log.Error("it could not be found out whether a digest may be sent", "subscription", s.ID, "error", err)
		c.later(ctx, RightsUnread, rightsWait(e.Now().Sub(c.d.Slot)), "")
		return false
	case !allowed:
		e.pause(ctx, s, NotAllowed) // first, as where a chat is gone
		c.end(ctx, Skipped, NotAllowed, "")
	}
	return allowed
}

// rightsWait is how long a digest waits until it is asked again whether it may be sent: the longer the answer has been
// missing, the longer. What keeps it away keeps it from many digests at once.
func rightsWait(since time.Duration) time.Duration {
	return min(max(since/10, time.Minute), 15*time.Minute)
}
