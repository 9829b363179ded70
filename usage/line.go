package usage

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/semaphore"
)

// line is where calls to one endpoint of the platform queue for its quota: first come, first served within a share.
type line struct {
	quota   Quota
	lanes   [shares]*semaphore.Weighted
	waiting [shares]atomic.Int64
}

func newLine(q Quota) *line {
	l := &line{quota: q}
	for i := range l.lanes {
		l.lanes[i] = semaphore.NewWeighted(1)
	}
	return l
}

// backlog is about how long a person's call that comes now will wait for its turn.
func (l *line) backlog() time.Duration {
	return time.Duration(l.waiting[People].Load()) * time.Minute / CallsPerMinute
}

// courtesy is how often a chart's call looks whether a single question still waits: that one goes first.
const courtesy = 50 * time.Millisecond

// takeTurn waits for a place in the quota.
func (l *line) takeTurn(ctx context.Context, share Share) (id string, err error) {
	l.waiting[share].Add(1)
	defer l.waiting[share].Add(-1)
	lane := l.lanes[share]
	if err := lane.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer lane.Release(1)
	for {
		if share == charts && l.waiting[People].Load()+l.waiting[Machines].Load() > 0 {
			if err := sleep(ctx, courtesy); err != nil {
				return "", err
			}
			continue
		}
		id, wait, _ := l.quota.Take(ctx, share.limit())
		if wait <= 0 {
			return id, nil
		}
		if err := sleep(ctx, wait); err != nil {
			return "", err
		}
	}
}

// persist makes a call within the quota until the platform answers, it refuses, or there is no more time. known is looked
// at when it is the call's turn: it may have been answered while this one queued.
func persist[T any](ctx context.Context, l *line, share Share, known func() (T, bool), call func(context.Context) (T, error)) (T, error) {
	var zero T
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = 300 * time.Millisecond
	for attempt, throttled := 1, 0; ; {
		id, err := l.takeTurn(ctx, share)
		if err != nil {
			return zero, fmt.Errorf("waiting for the quota: %w", err)
		}
		if answer, ok := known(); ok {
			l.quota.Cancel(ctx, id)
			return answer, nil
		}
		answer, err := call(ctx)
		l.quota.Settle(context.WithoutCancel(ctx), id)

		failure := new(Failure)
		switch {
		case err == nil:
			return answer, nil
		case !errors.As(err, &failure):
			return zero, err
		case failure.Reason == Throttled && throttled < maxThrottled:
			throttled++
			l.quota.Block(ctx, max(failure.RetryAfter, time.Second))
		case failure.Reason == Unavailable && attempt < maxAttempts:
			attempt++
			if sleep(ctx, pause.NextBackOff()) != nil {
				return zero, err
			}
		default:
			return zero, err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
