package reports

import (
	"context"
	"errors"
	"time"
)

// forbiddenTimes is how often in a row a chat may refuse the bot before its subscription is paused.
const forbiddenTimes = 3

// send hands the digest to the platform. That it is about to is written first: whoever finds the delivery after a crash
// knows that the message may be there, and sends under the same uuid or, after the hour, not at all.
func (c *claim) send(ctx context.Context, s Subscription, card []byte) {
	e := c.engine
	done, err := e.Pacer.Wait(ctx, s.ChatID)
	if err != nil {
		return // stopping: the lease ends, and another goes on
	}
	defer done()
	first := c.d.SentAt.IsZero()
	c.change(func(d *Delivery) {
		d.Tries++
		if first {
			d.SentAt = e.Now()
		}
	})
	if c.save(ctx, true) != nil {
		return // what cannot be written down is not sent
	}
	id, err := e.Sender.Send(ctx, Target{ChatID: s.ChatID}, card, uuidOf(c.d, "digest"))
	if err == nil {
		c.change(func(d *Delivery) { d.Message = id })
		c.end(ctx, Delivered, "", "")
		e.allowed(ctx, s)
		return
	}
	t := troubleIn(err)
	if first && t.Kind != Ambiguous {
		// Certainly not there: the hour in which it may be sent again has not begun.
		c.change(func(d *Delivery) { d.SentAt = time.Time{} })
	}
	c.trouble(ctx, s, t)
}

// trouble decides by what the platform said instead of taking the message.
func (c *claim) trouble(ctx context.Context, s Subscription, t *Trouble) {
	e := c.engine
	e.Log.Warn("a digest could not be sent", "subscription", s.ID, "kind", t.Kind, "error", t.Err)
	why := detail(t.Code, t.LogID)
	switch t.Kind {
	case Passing:
		c.later(ctx, Busy, max(t.After, backOff(c.d.Tries)), why)
	case Ambiguous:
		c.later(ctx, Lost, backOff(c.d.Tries), why)
	case Gone:
		// Paused first: if the process ends in between, the delivery is found again and skipped for the same reason.
		e.pause(ctx, s, ChatGone)
		c.end(ctx, Skipped, ChatGone, why)
	case Forbidden:
		c.end(ctx, Failed, ChatForbids, why)
		e.forbidden(ctx, s)
	case Own:
		e.holdBack(ctx, t)
		c.later(ctx, OnHold, hold, why)
	default:
		c.endAndTell(ctx, Failed, Refused, why)
	}
}

// backOff is how long to wait after a number of tries: 2 s, 4 s, … up to two minutes.
func backOff(tries int) time.Duration {
	return min(time.Second<<min(tries, 7), 2*time.Minute)
}

// allowed forgets earlier refusals of the chat.
func (e *Engine) allowed(ctx context.Context, s Subscription) {
	if s.Refusals == 0 {
		return
	}
	e.change(ctx, s.ID, func(s *Subscription) error { s.Refusals = 0; return nil })
}

// forbidden counts a refusal of the chat; after some in a row the subscription is paused.
func (e *Engine) forbidden(ctx context.Context, s Subscription) {
	changed := e.change(ctx, s.ID, func(s *Subscription) error { s.Refusals++; return nil })
	if changed.Refusals >= forbiddenTimes {
		e.pause(ctx, changed, ChatForbids)
	}
}

// pause stops a subscription until the reason is gone, and tells its owner.
func (e *Engine) pause(ctx context.Context, s Subscription, reason Reason) {
	e.change(ctx, s.ID, func(s *Subscription) error {
		if s.State != Active {
			return ErrUnchanged
		}
		s.State, s.Reason, s.PausedUntil, s.Refusals = Paused, reason, time.Time{}, 0
		return nil
	}, Notice{Reason: reason, At: e.Now()})
}

func (e *Engine) change(ctx context.Context, id string, change func(*Subscription) error, tell ...Notice) Subscription {
	s, err := e.Ledger.Change(ctx, Edit{ID: id, Change: change, Tell: tell})
	if err != nil && !errors.Is(err, ErrUnchanged) {
		e.Log.Error("a subscription could not be changed", "subscription", id, "error", err)
	}
	return s
}
