package reports

import (
	"context"
	"time"
)

// turn takes a message's place; done tells that it was answered. Without one it is nil, and the message waits. While the
// app as a whole has no place left nothing more is claimed.
func (e *Engine) turn(ctx context.Context, chatID string) (done func(), full Limited) {
	done, full = e.Limiter.Take(ctx, chatID)
	if done == nil && full.App && ctx.Err() == nil {
		e.full.shutFor(e.Now(), full.Wait)
	}
	return done, full
}

// awaitTurn is turn for whoever may wait.
func (e *Engine) awaitTurn(ctx context.Context, chatID string) (done func(), err error) {
	for {
		done, full := e.turn(ctx, chatID)
		if done != nil {
			return done, nil
		}
		if err := pause(ctx, full.Wait); err != nil {
			return nil, err
		}
	}
}

// turn takes the place of the delivery's message. For its chat's turn it waits beside a while, without a worker. Without a
// place the delivery is given back: where its chat has to wait, until then; where all have to, it keeps its place among them.
func (c *claim) turn(ctx context.Context, s Subscription) (done func()) {
	e := c.engine
	for end := e.Now().Add(turnFor); ; {
		done, next, all := c.tryTurn(ctx, s.ChatID)
		switch wait := next.Sub(e.Now()); {
		case done != nil:
			return done
		case all || ctx.Err() != nil:
			c.wait(ctx, c.d.TryAt)
			return nil
		case next.After(end) || !c.room.stepAside() || pause(ctx, wait) != nil:
			c.wait(ctx, next)
			return nil
		}
	}
}

// tryTurn takes a place if there is one; otherwise next is when the chat's next turn is, unless all have to wait.
func (c *claim) tryTurn(ctx context.Context, chatID string) (done func(), next time.Time, all bool) {
	e := c.engine
	leave, next := e.crowd.join(chatID, e.Now())
	if leave == nil {
		return nil, next, false
	}
	answered, full := e.turn(ctx, chatID)
	if answered == nil {
		leave()
		return nil, e.Now().Add(max(full.Wait, time.Second/ChatPerSecond)), full.App
	}
	return func() {
		answered()
		leave()
	}, next, false
}
