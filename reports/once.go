package reports

import (
	"context"
	"runtime/debug"
	"time"
)

// onceTrying is how long one replica may be at what all of them would do.
const onceTrying = time.Minute

// once lets one of all replicas do something that then is done until a time. While it is at it the others leave it alone;
// what it could not do may be tried again after that. It reports whether there is nothing left to do for this one.
func (e *Engine) once(ctx context.Context, name string, until time.Time, do func() bool) (settled bool) {
	now := e.Now()
	trying := now.Add(onceTrying)
	mine, err := e.Store.ClaimTask(ctx, name, now, trying)
	if err != nil {
		e.Log.Warn("it could not be found out whether something is done already", "what", name, "error", err)
		return false
	}
	if !mine {
		return true
	}
	if !do() {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := e.Store.ClaimTask(ctx, name, trying, until); err != nil {
		e.Log.Warn("it could not be written down that something is done", "what", name, "error", err)
	}
	return true
}

// beside does something beside all else. If it panics, the rest goes on.
func (e *Engine) beside(do func(ctx context.Context)) {
	e.begun(func() {
		defer func() {
			if p := recover(); p != nil {
				e.Log.Error("telling somebody panicked", "panic", p, "stack", string(debug.Stack()))
			}
		}()
		do(e.ctx)
	})
}
