package reports

import (
	"context"
	"errors"
	"time"
)

var (
	// errKept says that a message was not handed to the platform: its delivery goes another way already.
	errKept = errors.New("the message was not handed over")
	// errTooOld says that it was handed over too long ago to be so again.
	errTooOld = errors.New("the message was handed over too long ago")
)

// send hands the digest to the platform, and decides by its answer.
func (c *claim) send(ctx context.Context, s Subscription, card []byte) {
	first := c.d.SentAt.IsZero()
	id, err := c.handOver(ctx, s, card)
	switch {
	case errors.Is(err, errKept):
		return
	case errors.Is(err, errTooOld):
		c.search(ctx, s)
		return
	case err == nil:
		c.delivered(ctx, id)
		c.engine.accepted(ctx)
		c.engine.allowed(ctx, s)
		return
	}
	t := troubleIn(err)
	if first && t.Kind != Ambiguous {
		// Certainly not there: the hour in which it may be sent again has not begun.
		c.change(func(d *Delivery) { d.SentAt = time.Time{} })
	}
	c.trouble(ctx, s, t)
}

// delivered closes the delivery whose message is there.
func (c *claim) delivered(ctx context.Context, messageID string) {
	e, reason := c.engine, Reason("")
	if c.empty {
		reason = NothingFor
	}
	c.change(func(d *Delivery) {
		d.Message = messageID
		if !d.ZerosFrom.IsZero() {
			d.TryAt = e.Now().Add(e.amendPoll())
		}
	})
	c.end(ctx, Delivered, reason, "")
}

// handOver sends the message. That it is about to is written first: whoever finds the delivery after a crash knows that the
// message may be there, and sends under the same uuid or, after the hour, not at all. Waiting for its turn and writing take
// time, so that each time it is asked anew whether that hour is over.
func (c *claim) handOver(ctx context.Context, s Subscription, card []byte) (messageID string, err error) {
	e := c.engine
	done := c.turn(ctx, s)
	if done == nil {
		return "", errKept
	}
	defer done()
	if left := e.refusals().left(e.Now()); left > 0 {
		c.later(ctx, OnHold, min(left, probeWait), c.d.Detail)
		return "", errKept
	}
	first := c.d.SentAt.IsZero()
	if !first && repeatable(c.d.SentAt, e.Now()) <= 0 {
		return "", errTooOld
	}
	if wait := e.heldBack(ctx); wait > 0 {
		c.later(ctx, OnHold, wait, c.d.Detail)
		return "", errKept
	}
	c.change(func(d *Delivery) {
		d.Tries++
		if first {
			d.SentAt = e.Now()
		}
	})
	if c.save(ctx, true) != nil { // what cannot be written down is not sent
		c.change(func(d *Delivery) {
			d.Tries--
			if first {
				d.SentAt = time.Time{}
			}
		})
		return "", errKept
	}
	left := repeatable(c.d.SentAt, e.Now())
	if left <= 0 {
		return "", errTooOld
	}
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	c.room.leave() // the platform may take its time
	return e.Sender.Send(ctx, Target{ChatID: s.ChatID}, card, uuidOf(c.d, "digest"))
}

// backOff is how long to wait after a number of tries: 2 s, 4 s, … up to two minutes.
func backOff(tries int) time.Duration {
	return min(time.Second<<min(tries, 7), 2*time.Minute)
}
