package redisstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// pollHint bounds the wait that Take returns where nobody knows it: a call
// under way holds its place until it ends, or gives it back at once.
const pollHint = time.Second

// Quota lets through at most Limit calls in any Window, over all processes
// that share one Redis. It is a sliding-window log: every call is one entry.
//
// The platform may count a call at any moment between its sending and its
// answer. So a place is taken before the call is sent and is free again one
// Window after the call has ended; a call whose end was not reported (its
// process died) counts as having lasted Hold. Whichever way the calls travel,
// no Window at the platform then holds more than Limit.
//
// Each process also keeps the window of its own calls and honours both. While
// Redis is away its own is all it has; when Redis is back, the places taken
// meanwhile are entered there with the next Take.
type Quota struct {
	// Limit is the number of calls in one Window.
	Limit int
	// Window is the time over which the platform counts: 1 minute.
	Window time.Duration
	// Hold is the longest that one call may last, its time limit: 15 s.
	Hold time.Duration

	redis               *Redis
	mine                window
	keys                []string
	taking, settling    *redis.Script
	blocking, remaining *redis.Script
	process             string
	calls               atomic.Uint64
}

// NewQuota returns the quota called name, of limit calls a minute.
func NewQuota(r *Redis, name string, limit int) *Quota {
	key := r.key("quota:{" + name + "}")
	return &Quota{
		Limit: limit, Window: time.Minute, Hold: 15 * time.Second,
		redis:   r,
		keys:    []string{key + ":calls", key + ":block"},
		taking:  redis.NewScript(takeCall),
		process: rand.Text()[:12], settling: redis.NewScript(settleCall),
		blocking: redis.NewScript(blockCalls), remaining: redis.NewScript(countCalls),
	}
}

// Take takes a place for one call, which must be sent at once. A wait of 0
// means taken: pass id to Settle or Cancel. Otherwise nothing was taken, and
// wait is a hint when to try again. A limit below Limit leaves the rest of
// the places to callers who ask with more; left is how many of limit are
// still free.
func (q *Quota) Take(ctx context.Context, limit int) (id string, wait time.Duration, left int) {
	limit = min(limit, q.Limit)
	if limit < 1 || ctx.Err() != nil {
		return "", pollHint, 0
	}
	id = fmt.Sprintf("%s-%d", q.process, q.calls.Add(1))
	wait, left = q.mine.take(q.redis.now(), id, limit, q.Window, q.Hold)
	if wait > 0 {
		return "", wait, left
	}
	sharedWait, sharedLeft, err := q.takeShared(ctx, id, limit)
	if err != nil {
		q.mine.confirm(id, false)
		return id, 0, left
	}
	if sharedWait > 0 {
		q.mine.remove(id)
		return "", sharedWait, sharedLeft
	}
	q.mine.confirm(id, true)
	return id, 0, min(left, sharedLeft)
}

// takeShared takes the place in Redis as well, and enters there what Redis
// does not know of yet.
func (q *Quota) takeShared(ctx context.Context, id string, limit int) (time.Duration, int, error) {
	unknown := q.mine.unknown()
	now := q.redis.now()
	args := []any{limit, q.Window.Microseconds(), q.Hold.Microseconds(), pollHint.Microseconds(), id}
	for _, place := range unknown {
		args = append(args, place.id, place.end.Sub(now).Microseconds())
	}
	reply, err := q.run(ctx, "quota_take", q.taking, args...)
	if err != nil {
		return 0, 0, err
	}
	q.mine.entered(unknown)
	return time.Duration(reply[0]) * time.Microsecond, int(reply[1]), nil
}

// Settle reports that the call has ended, with whatever outcome. It must
// follow each Take whose call was sent.
func (q *Quota) Settle(ctx context.Context, id string) {
	q.mine.settle(q.redis.now(), id)
	// When Redis is away the next Take brings it the end.
	_, _ = q.run(ctx, "quota_settle", q.settling, id, q.keep())
}

// Cancel gives back a place whose call was never sent.
func (q *Quota) Cancel(ctx context.Context, id string) {
	q.mine.remove(id)
	// A place that Redis cannot give back now is free there after Hold and Window.
	_ = q.redis.do(ctx, "quota_cancel", func(ctx context.Context) error {
		return q.redis.client.ZRem(ctx, q.keys[0], id).Err()
	})
}

// Block lets nobody take a place for d: the platform refused a call as one
// too many and said how long that lasts.
func (q *Quota) Block(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	q.mine.block(q.redis.now().Add(d))
	_, _ = q.run(ctx, "quota_block", q.blocking, max(d.Milliseconds(), 1))
}

// Left is the number of calls that could be sent now.
func (q *Quota) Left(ctx context.Context) int {
	taken := q.mine.count(q.redis.now(), q.Limit, q.Window)
	if reply, err := q.run(ctx, "quota_left", q.remaining, q.Limit, q.Window.Microseconds()); err == nil {
		taken = max(taken, int(reply[0]))
	}
	return max(q.Limit-taken, 0)
}

// keep is how long Redis keeps an unused window, in milliseconds.
func (q *Quota) keep() int64 { return (q.Window + q.Hold).Milliseconds() + 1000 }

// run calls a script of the quota; all of them reply with numbers. After a
// failure nobody knows what Redis has: it may come back empty.
func (q *Quota) run(ctx context.Context, op string, script *redis.Script, args ...any) ([]int64, error) {
	reply, err := q.redis.run(ctx, op, script, q.keys, args...)
	if err != nil {
		q.mine.markUnknown()
		return nil, err
	}
	items, ok := reply.([]any)
	numbers := make([]int64, 2)
	for i := 0; ok && i < len(items) && i < len(numbers); i++ {
		numbers[i], _ = items[i].(int64)
	}
	return numbers, nil
}
