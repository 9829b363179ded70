package redisstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// pollHint bounds the wait that Take returns if the wait is unknown: a call in progress keeps its place until it ends.
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
	local               localWindow
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
	wait, left = q.local.take(q.redis.now(), id, limit, q.Window, q.Hold)
	if wait > 0 {
		return "", wait, left
	}
	sharedWait, sharedLeft, err := q.takeShared(ctx, id, limit)
	if err != nil {
		q.local.confirm(id, false)
		return id, 0, left
	}
	if sharedWait > 0 {
		q.local.remove(id)
		return "", sharedWait, sharedLeft
	}
	q.local.confirm(id, true)
	return id, 0, min(left, sharedLeft)
}

// takeShared takes the place in Redis as well, and reports the places that Redis does not know yet.
func (q *Quota) takeShared(ctx context.Context, id string, limit int) (time.Duration, int, error) {
	unknown := q.local.unknown()
	now := q.redis.now()
	args := []any{limit, q.Window.Microseconds(), q.Hold.Microseconds(), pollHint.Microseconds(), id}
	for _, place := range unknown {
		args = append(args, place.id, place.end.Sub(now).Microseconds())
	}
	reply, err := q.run(ctx, "quota_take", q.taking, args...)
	if err != nil {
		return 0, 0, err
	}
	q.local.entered(unknown)
	return time.Duration(reply[0]) * time.Microsecond, int(reply[1]), nil
}

// Settle reports that the call has ended, with whatever outcome. It must
// follow each Take whose call was sent.
func (q *Quota) Settle(ctx context.Context, id string) {
	q.local.settle(q.redis.now(), id)
	// When Redis is away the next Take brings it the end.
	_, _ = q.run(ctx, "quota_settle", q.settling, id, q.keep())
}

// Cancel gives back a place whose call was never sent.
func (q *Quota) Cancel(ctx context.Context, id string) {
	q.local.remove(id)
	// A place that Redis cannot give back now is free there after Hold and Window.
	_ = q.redis.do(ctx, "quota_cancel", func(ctx context.Context) error {
		return q.redis.client.ZRem(ctx, q.keys[0], id).Err()
	})
}

// Block stops all calls for d, after the platform refused one and said how long it will refuse more.
func (q *Quota) Block(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	q.local.block(q.redis.now().Add(d))
	_, _ = q.run(ctx, "quota_block", q.blocking, max(d.Milliseconds(), 1))
}

// Left is the number of calls that could be sent now.
func (q *Quota) Left(ctx context.Context) int {
	taken := q.local.count(q.redis.now(), q.Limit, q.Window)
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
		q.local.markUnknown()
		return nil, err
	}
	items, ok := reply.([]any)
	numbers := make([]int64, 2)
	for i := 0; ok && i < len(items) && i < len(numbers); i++ {
		numbers[i], _ = items[i].(int64)
	}
	return numbers, nil
}

// The scripts of Quota. KEYS[1] is a sorted set, one member a call, scored
// with the call's end in microseconds of Redis's clock: the latest it can be
// while the call is under way, the true one after. KEYS[2] exists while all
// calls are blocked. Lua would print so large a number in a shortened form,
// hence the format.

// takeCall takes a place. ARGV: limit; window, hold and longest hint for a
// wait on a call under way, in microseconds; the call's id; then pairs of an
// id and its end relative to now, for calls that Redis does not know of.
// Replies with the wait in microseconds (0: taken) and the places left.
const takeCall = `
local calls, block = KEYS[1], KEYS[2]
local limit, window, hold = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i = 6, #ARGV, 2 do
  redis.call('ZADD', calls, string.format('%.0f', now + ARGV[i + 1]), ARGV[i])
end
redis.call('ZREMRANGEBYSCORE', calls, '-inf', string.format('(%.0f', now - window))
redis.call('PEXPIRE', calls, math.ceil((window + hold) / 1000) + 1000)
local count = redis.call('ZCARD', calls)
if redis.call('ZSCORE', calls, ARGV[5]) then
  return {0, math.max(limit - count, 0)} -- sent again because the reply was lost
end
local blocked = redis.call('PTTL', block)
if blocked > 0 then
  return {blocked * 1000, math.max(limit - count, 0)}
end
if count >= limit then
  local ends = tonumber(redis.call('ZRANGE', calls, count - limit, count - limit, 'WITHSCORES')[2])
  local wait = ends + window - now + 1
  if ends > now then wait = math.min(wait, tonumber(ARGV[4])) end
  return {wait, 0}
end
redis.call('ZADD', calls, string.format('%.0f', now + hold), ARGV[5])
redis.call('PEXPIRE', calls, math.ceil((window + hold) / 1000) + 1000)
return {0, limit - count - 1}
`

// settleCall enters the end of a call. ARGV: its id; how long an unused
// window is kept, in milliseconds.
const settleCall = `
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], string.format('%.0f', time[1] * 1000000 + time[2]), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {1}
`

// blockCalls blocks all calls, never for less than they are blocked already.
// ARGV: how long, in milliseconds.
const blockCalls = `
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[2], 1, 'PX', ARGV[1])
end
return {1}
`

// countCalls replies with the number of places taken, which is all of them
// while calls are blocked. ARGV: limit; window in microseconds.
const countCalls = `
if redis.call('PTTL', KEYS[2]) > 0 then return {tonumber(ARGV[1])} end
local time = redis.call('TIME')
local since = time[1] * 1000000 + time[2] - ARGV[2]
return {redis.call('ZCOUNT', KEYS[1], string.format('%.0f', since), '+inf')}
`

// localWindow is the sliding window of the calls that this process made.
type localWindow struct {
	mu      sync.Mutex
	places  []place
	blocked time.Time
}

// place is one call's place in the window.
type place struct {
	id      string
	end     time.Time // the latest possible while the call is under way
	pending bool      // Redis is being asked for it
	known   bool      // Redis has it
}

// take takes a place and returns how many of limit are left, or returns how
// long to wait for one. The rules are those of takeCall.
func (w *localWindow) take(now time.Time, id string, limit int, length, hold time.Duration) (wait time.Duration, left int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.prune(now, length)
	left = limit - len(w.places)
	if blocked := w.blocked.Sub(now); blocked > 0 {
		return blocked, max(left, 0)
	}
	if left <= 0 {
		return w.wait(now, -left, length), 0
	}
	w.places = append(w.places, place{id: id, end: now.Add(hold), pending: true})
	return 0, left - 1
}

// prune drops the calls that ended more than a window ago.
func (w *localWindow) prune(now time.Time, length time.Duration) {
	w.places = slices.DeleteFunc(w.places, func(p place) bool { return now.Sub(p.end) > length })
}

// wait is how long until the place that ends after n others is free.
func (w *localWindow) wait(now time.Time, n int, length time.Duration) time.Duration {
	ends := make([]time.Time, len(w.places))
	for i, p := range w.places {
		ends[i] = p.end
	}
	slices.SortFunc(ends, time.Time.Compare)
	wait := ends[n].Add(length).Sub(now) + time.Microsecond
	if ends[n].After(now) {
		return min(wait, pollHint)
	}
	return wait
}

func (w *localWindow) settle(now time.Time, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.places {
		if w.places[i].id == id {
			w.places[i].end = now
		}
	}
}

func (w *localWindow) remove(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.places = slices.DeleteFunc(w.places, func(p place) bool { return p.id == id })
}

func (w *localWindow) block(until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if until.After(w.blocked) {
		w.blocked = until
	}
}

// count is the number of places taken, which is limit while blocked.
func (w *localWindow) count(now time.Time, limit int, length time.Duration) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.prune(now, length)
	if w.blocked.After(now) {
		return limit
	}
	return len(w.places)
}

// unknown returns the places that were taken without Redis.
func (w *localWindow) unknown() []place {
	w.mu.Lock()
	defer w.mu.Unlock()
	var unknown []place
	for _, p := range w.places {
		// A pending place must not get into Redis by another's hand: that
		// would take it without asking whether it is free.
		if !p.pending && !p.known {
			unknown = append(unknown, p)
		}
	}
	return unknown
}

// confirm notes that id was taken, in Redis as well or without it.
func (w *localWindow) confirm(id string, known bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.places {
		if p := &w.places[i]; p.id == id {
			p.pending, p.known = false, known
		}
	}
}

// entered notes that Redis has the places that unknown returned; one that was
// settled meanwhile is entered again.
func (w *localWindow) entered(places []place) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.places {
		if slices.Contains(places, w.places[i]) {
			w.places[i].known = true
		}
	}
}

func (w *localWindow) markUnknown() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.places {
		w.places[i].known = false
	}
}
