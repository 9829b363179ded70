package feishu

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	maxTries   = 6 // of a message call
	maxPause   = 5 * time.Second
	noDeadline = time.Minute // how long a call is repeated when its context sets no end
	spread     = 500 * time.Millisecond
)

// again repeats a call that failed for a while, as long as the context lasts: calls of the class Retry, and ambiguous
// ones where the caller says that repeating them cannot do a thing twice. Its error is the last *Error.
func again[T any](ctx context.Context, c *Client, repeatable bool, act func() (T, error)) (T, error) {
	var last *Error
	result, err := backoff.Retry(ctx, func() (T, error) {
		result, err := act()
		if err == nil {
			return result, nil
		}
		if !errors.As(err, &last) {
			return result, backoff.Permanent(err)
		}
		return result, pacing(last, repeatable)
	}, backoff.WithBackOff(c.backOff()), backoff.WithMaxTries(c.tries), backoff.WithMaxElapsedTime(timeLeft(ctx)))
	if err != nil && last != nil {
		return result, last
	}
	return result, err
}

// patient returns the client with another number of tries.
func (c *Client) patient(tries uint) *Client {
	other := *c
	other.tries = tries
	return &other
}

func (c *Client) backOff() *backoff.ExponentialBackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.Multiplier, b.MaxInterval = c.pause, 2, maxPause
	return b
}

// pacing turns an *Error into what the backoff library does next. Calls that were told to wait for the same time do not come
// back all at once: they would be refused again.
func pacing(e *Error, repeatable bool) error {
	switch {
	case e.Class != Retry && (e.Class != Ambiguous || !repeatable):
		return backoff.Permanent(e)
	case e.RetryAfter > 0:
		return errors.Join(&backoff.RetryAfterError{Duration: e.RetryAfter + rand.N(spread)}, e)
	}
	return e
}

func timeLeft(ctx context.Context) time.Duration {
	deadline, ok := ctx.Deadline()
	if !ok {
		return noDeadline
	}
	return max(time.Until(deadline), 1)
}
