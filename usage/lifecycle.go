package usage

import (
	"context"
	"sync"

	"golang.org/x/sync/singleflight"
)

// lifecycle runs the calls that outlive the callers who asked for them, and ends them when the Client is closed.
type lifecycle struct {
	flights singleflight.Group

	ctx    context.Context // ends with close; shared calls and background work run under it
	cancel context.CancelFunc
	mu     sync.Mutex // guards closed, and that no work is added after it is set
	closed bool
	work   sync.WaitGroup
}

func newLifecycle() *lifecycle {
	l := &lifecycle{}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l
}

// close cancels the work in flight and waits for it.
func (l *lifecycle) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.work.Wait()
}

// start registers work that close waits for; the work must call l.work.Done at its end. start returns false after close.
func (l *lifecycle) start() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.work.Add(1)
	return true
}

// shared runs call once for all concurrent callers with the same key. It runs under the lifecycle's context and not
// the caller's, because other callers may be waiting for it.
func shared[T any](ctx context.Context, l *lifecycle, key string, call func(context.Context) (T, error)) (T, error) {
	var zero T
	if !l.start() {
		return zero, context.Canceled
	}
	defer l.work.Done()
	flight := l.flights.DoChan(key, func() (any, error) {
		if !l.start() {
			return nil, context.Canceled
		}
		defer l.work.Done()
		ctx, cancel := context.WithTimeout(l.ctx, questionTimeout)
		defer cancel()
		return call(ctx)
	})
	select {
	case <-ctx.Done():
		return zero, ctx.Err()
	case r := <-flight:
		if r.Err != nil {
			return zero, r.Err
		}
		return r.Val.(T), nil
	}
}
