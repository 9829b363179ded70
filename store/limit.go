package store

import (
	"context"
	"time"
)

// Window is a limit over time: of the calls that are under way or ended within Length, there may be Limit. Package memstore
// and package redisstore keep the calls as a sliding log, one entry for each.
//
// The platform may count a call at any moment between its sending and its answer. So a call takes its place before it is
// sent, and the place is free again one Length after the call has ended. A call whose end was not reported, because its
// process died, counts as having lasted Hold. However the calls travel, no Length at the platform then holds more than Limit.
type Window struct {
	Key    string // names the window; the same in all processes
	Limit  int    // of this caller: one with a smaller limit leaves the other places free for others
	Length time.Duration
	Hold   time.Duration // the longest that one call may last
}

// Slot is what a Limiter answers to Take.
type Slot struct {
	ID   string        // of the places, for Settle and Cancel; empty if there were not enough
	Wait time.Duration // 0: the places are taken; otherwise about how long until it is worth another try
	Full string        // the key of the first window without a place
	Left int           // how many more calls have a place in each of the windows
}

// Limiter keeps calls within limits.
type Limiter interface {
	// Take takes a place in each of the windows, or in none. The call must be made at once, and then Settle or Cancel called
	// with the same windows. It takes nothing if ctx has ended. A call without windows has no limit.
	Take(ctx context.Context, windows []Window) Slot
	// Settle says that the call has ended, with whatever outcome.
	Settle(ctx context.Context, windows []Window, id string)
	// Cancel gives the places of a call back that was not made.
	Cancel(ctx context.Context, windows []Window, id string)
	// Block leaves a window without places for d, because the platform refused a call and said for how long.
	Block(ctx context.Context, w Window, d time.Duration)
	// Left returns how many calls have a place in a window now.
	Left(ctx context.Context, w Window) int
}

// PollInterval bounds Slot.Wait where a call under way has the place: it is not known when that call will end.
const PollInterval = time.Second

// Quota is a window of a Limiter as package usage asks for it.
type Quota struct {
	Limiter Limiter
	Window  Window
}

// NewCallQuota returns the quota of calls a minute to one endpoint of the platform.
func NewCallQuota(l Limiter, endpoint string, perMinute int) Quota {
	return Quota{l, Window{Key: endpoint, Limit: perMinute, Length: time.Minute, Hold: 15 * time.Second}}
}

// Take takes a place for a caller with a limit, which is the window's at most.
func (q Quota) Take(ctx context.Context, limit int) (id string, wait time.Duration, left int) {
	w := q.Window
	w.Limit = min(limit, w.Limit)
	slot := q.Limiter.Take(ctx, []Window{w})
	return slot.ID, slot.Wait, slot.Left
}

// Settle says that a call has ended.
func (q Quota) Settle(ctx context.Context, id string) {
	q.Limiter.Settle(ctx, []Window{q.Window}, id)
}

// Cancel gives the place of a call back that was not made.
func (q Quota) Cancel(ctx context.Context, id string) {
	q.Limiter.Cancel(ctx, []Window{q.Window}, id)
}

// Block leaves no place for d.
func (q Quota) Block(ctx context.Context, d time.Duration) { q.Limiter.Block(ctx, q.Window, d) }

// Left returns how many calls have a place now.
func (q Quota) Left(ctx context.Context) int { return q.Limiter.Left(ctx, q.Window) }
