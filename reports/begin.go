package reports

import (
	"context"
	"fmt"
	"time"
)

// beginFor is how long one tick goes on claiming: then it is time to look what else has become due. It is less than a
// tick, so that the next one does not find it at work and pass.
const beginFor = 900 * time.Millisecond

// begin claims deliveries for as long as there are any and somebody is free to carry them.
func (e *Engine) begin(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, beginFor)
	defer cancel()
	for e.mayBegin(within) {
		n := e.spare()
		held := e.refusals().held()
		if held && n > probeClaims {
			e.free.Release(int64(n - probeClaims))
			n = probeClaims
		}
		claimed, err := e.Store.Claim(ctx, e.Now(), e.Lease, n)
		e.free.Release(int64(n - len(claimed)))
		if err != nil {
			e.free.Release(int64(len(claimed)))
			return fmt.Errorf("claiming deliveries: %w", err)
		}
		for _, d := range claimed {
			e.begun(func() { e.carry(e.ctx, d, &room{engine: e}) })
		}
		if len(claimed) < n || held {
			return nil
		}
	}
	return nil
}

// maxAmending is how many sent digests one tick looks at again: those that have not gone out come first.
const maxAmending = 16

// beginAmending claims digests that went out with zeros.
func (e *Engine) beginAmending(ctx context.Context) error {
	n := 0
	for n < maxAmending && e.free.TryAcquire(1) {
		n++
	}
	claimed, err := e.Store.ClaimAmendments(ctx, e.Now(), e.Lease, n)
	e.free.Release(int64(n - len(claimed)))
	if err != nil {
		return fmt.Errorf("claiming digests with zeros: %w", err)
	}
	for _, d := range claimed {
		e.work.Go(func() { e.carry(e.ctx, d, &room{engine: e}) })
	}
	return nil
}

// mayBegin waits until there is a worker and the app may send. It reports false when the tick is over before.
func (e *Engine) mayBegin(ctx context.Context) bool {
	if shut := e.full.left(e.Now()); shut > 0 && pause(ctx, shut) != nil {
		return false
	}
	if e.free.Acquire(ctx, 1) != nil {
		return false
	}
	e.free.Release(1)
	return e.refusals().left(e.Now()) == 0
}

// spare takes as many workers as are free.
func (e *Engine) spare() int {
	n := 0
	for n < workers && e.free.TryAcquire(1) {
		n++
	}
	return n
}
