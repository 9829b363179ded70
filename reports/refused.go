package reports

import (
	"context"
	"errors"
	"time"
)

// forbiddenTimes is how often in a row a chat may refuse the bot before its subscription is paused.
const forbiddenTimes = 3

// trouble decides by what the platform said instead of taking the message.
func (c *claim) trouble(ctx context.Context, s Subscription, t *SendError) {
	e, sent := c.engine, !c.d.SentAt.IsZero() // an earlier try may have arrived
	e.Log.Warn("a digest could not be sent", "subscription", s.ID, "kind", t.Kind, "error", t.Err)
	why := detail(t.Code, t.LogID)
	switch t.Kind {
	case Transient:
		c.later(ctx, Busy, max(t.After, backOff(c.d.Tries)), why)
	case Ambiguous:
		c.later(ctx, Lost, backOff(c.d.Tries), why)
	case AppWide:
		e.appRefused(ctx, t)
		c.later(ctx, OnHold, hold, why)
	case AppRejected:
		switch e.judge(ctx, s.ChatID, c.d.Reason == Refusing, c.d.Tries, t) {
		case wholeApp:
			c.later(ctx, OnHold, hold, why)
		case chatsOwn:
			c.forbidden(ctx, s, why)
		case notKnown:
			c.later(ctx, Refusing, backOff(c.d.Tries), why)
		}
	case TargetGone:
		// Paused first: if the process ends in between, the delivery is found again and skipped for the same reason.
		e.pause(ctx, s, ChatGone)
		s.State, s.Reason = Paused, ChatGone
		if sent {
			c.searchInstead(ctx, s, why)
			return
		}
		c.end(ctx, Skipped, ChatGone, why)
	case Forbidden:
		c.forbidden(ctx, s, why)
	default:
		if sent {
			c.searchInstead(ctx, s, why)
			return
		}
		c.endAndTell(ctx, Failed, Refused, why)
	}
}

// forbidden closes the delivery, since its chat does not let the bot write, and counts the refusal.
func (c *claim) forbidden(ctx context.Context, s Subscription, why string) {
	if c.d.SentAt.IsZero() {
		c.end(ctx, Failed, ChatForbids, why)
	} else {
		c.searchInstead(ctx, s, why)
	}
	c.engine.forbidden(ctx, s)
}

// searchInstead looks for the message of an earlier try, since another was refused for good.
func (c *claim) searchInstead(ctx context.Context, s Subscription, why string) {
	c.change(func(d *Delivery) { d.Detail = why })
	c.search(ctx, s)
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

// change rewrites a subscription. Where that fails it is logged, and what it is for is found out again.
func (e *Engine) change(ctx context.Context, id string, change func(*Subscription) error, tell ...Notice) Subscription {
	s, err := e.tryChange(ctx, id, change, tell...)
	if err != nil {
		e.Log.Error("a subscription could not be changed", "subscription", id, "error", err)
	}
	return s
}

// tryChange rewrites a subscription, also while the process is stopping: what was found out of it holds.
func (e *Engine) tryChange(ctx context.Context, id string, change func(*Subscription) error, tell ...Notice) (Subscription, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	stamped := func(s *Subscription) error {
		s.UpdatedAt = e.Now()
		return change(s)
	}
	s, err := e.Store.Change(ctx, Edit{ID: id, Change: stamped, Notices: tell})
	if errors.Is(err, ErrUnchanged) {
		err = nil
	}
	return s, err
}
