package redisstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"usagebot/store"
	"usagebot/store/memstore"
)

// Limiter is a store.Limiter over all processes that share one Redis. It goes by the clock of Redis.
//
// Each process also keeps the calls that it made itself, by its monotonic clock, and a call needs a place in both. While
// Redis is away its own calls are all that a process knows. When Redis is back, the process enters them there with the next
// call in the same window: Redis may have come back empty.
type Limiter struct {
	redis   *Redis
	mine    *memstore.Limiter
	process string
	calls   atomic.Uint64

	mu       sync.Mutex
	asking   map[string]struct{} // ids of calls that Redis is being asked about
	unsynced map[string]uint64   // keys of windows with calls that Redis may not know, and the number of the mark
	marks    uint64
	failures uint64 // of Redis, when unsynced was last brought up to date
}

// NewLimiter returns the limiter that lives in r.
func NewLimiter(r *Redis) *Limiter {
	return &Limiter{
		redis: r, mine: memstore.NewLimiter(), process: rand.Text()[:12],
		asking: map[string]struct{}{}, unsynced: map[string]uint64{},
	}
}

// Take implements store.Limiter.
func (l *Limiter) Take(ctx context.Context, windows []store.Window) store.Slot {
	if ctx.Err() != nil {
		return store.Slot{Wait: store.PollInterval}
	}
	id := fmt.Sprintf("%s-%d", l.process, l.calls.Add(1))
	l.setAsking(id, true)
	slot, err := l.takeBoth(ctx, id, windows)
	l.setAsking(id, false)
	if err != nil { // after the end of asking: from now on other calls enter this one in Redis
		l.markUnsynced(windows)
	}
	return slot
}

// takeBoth takes the places in this process's windows and in Redis. With an error they are taken in the process's alone.
func (l *Limiter) takeBoth(ctx context.Context, id string, windows []store.Window) (store.Slot, error) {
	slot := l.mine.TakeAs(id, windows)
	if slot.Wait > 0 || len(windows) == 0 {
		return slot, nil
	}
	shared, err := l.takeShared(ctx, id, windows)
	if err != nil {
		return slot, err
	}
	if shared.Wait > 0 {
		l.mine.Cancel(ctx, windows, id)
		return shared, nil
	}
	slot.Left = min(slot.Left, shared.Left)
	return slot, nil
}

// takeShared takes the places in Redis, and first enters there what Redis may not know.
func (l *Limiter) takeShared(ctx context.Context, id string, windows []store.Window) (store.Slot, error) {
	args := []any{id, store.PollInterval.Microseconds()}
	marks := l.unsyncedAmong(windows)
	for _, w := range windows {
		var unknown []any
		if _, ok := marks[w.Key]; ok {
			unknown = l.entries(w)
		}
		args = append(args, w.Limit, w.Length.Microseconds(), w.Hold.Microseconds(), len(unknown)/2)
		args = append(args, unknown...)
	}
	reply, err := l.run(ctx, "limit_take", takePlaces, l.keys(windows...), args...)
	if err != nil {
		return store.Slot{}, err
	}
	l.markSynced(marks)
	slot := store.Slot{Wait: time.Duration(reply[0]) * time.Microsecond, Left: int(reply[2])}
	if full := int(reply[1]); full > 0 && full <= len(windows) {
		slot.Full = windows[full-1].Key
	}
	return slot, nil
}

// entries returns this process's calls in a window, for takePlaces: pairs of an id and how far ahead its end is. A call that
// Redis is being asked about is left out: entering it would give it a place without asking whether there is one.
func (l *Limiter) entries(w store.Window) (pairs []any) {
	places, now := l.mine.Places(w)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range places {
		if _, ok := l.asking[p.ID]; !ok {
			pairs = append(pairs, p.ID, p.End.Sub(now).Microseconds())
		}
	}
	return pairs
}

// Settle implements store.Limiter.
func (l *Limiter) Settle(ctx context.Context, windows []store.Window, id string) {
	if len(windows) == 0 {
		return
	}
	l.mine.Settle(ctx, windows, id)
	args := []any{id}
	for _, w := range windows {
		args = append(args, keep(w))
	}
	if _, err := l.run(ctx, "limit_settle", settlePlaces, l.keys(windows...), args...); err != nil {
		l.markUnsynced(windows)
	}
}

// Cancel implements store.Limiter. A place that Redis cannot give back now is free there after Hold and Length.
func (l *Limiter) Cancel(ctx context.Context, windows []store.Window, id string) {
	if len(windows) == 0 {
		return
	}
	l.mine.Cancel(ctx, windows, id)
	_ = l.redis.do(ctx, "limit_cancel", func(ctx context.Context) error {
		_, err := l.redis.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for _, w := range windows {
				pipe.ZRem(ctx, l.callsKey(w), id)
			}
			return nil
		})
		return err
	})
}

// Block implements store.Limiter.
func (l *Limiter) Block(ctx context.Context, w store.Window, d time.Duration) {
	if d <= 0 {
		return
	}
	l.mine.Block(ctx, w, d)
	_, _ = l.run(ctx, "limit_block", blockWindow, l.keys(w), max(d.Milliseconds(), 1)) // without Redis this process alone is blocked
}

// Left implements store.Limiter.
func (l *Limiter) Left(ctx context.Context, w store.Window) int {
	left := l.mine.Left(ctx, w)
	reply, err := l.run(ctx, "limit_left", countPlaces, l.keys(w), w.Limit, w.Length.Microseconds(), w.Hold.Microseconds())
	if err == nil {
		left = min(left, int(reply[0]))
	}
	return left
}

// keys returns the two keys of each window. All lie in one slot of a cluster, since a script may use no others.
func (l *Limiter) keys(windows ...store.Window) []string {
	keys := make([]string, 0, 2*len(windows))
	for _, w := range windows {
		keys = append(keys, l.callsKey(w), l.redis.key("{limits}:block:"+w.Key))
	}
	return keys
}

func (l *Limiter) callsKey(w store.Window) string { return l.redis.key("{limits}:calls:" + w.Key) }

// keep is how long Redis keeps a window without new calls, in milliseconds.
func keep(w store.Window) int64 { return (w.Length + w.Hold).Milliseconds() + 1000 }

// try runs all of the limiter's scripts on a window of their own, each so that it comes to its commands, and returns the first
// error of Redis.
func (l *Limiter) try(ctx context.Context) error {
	w := store.Window{Key: "checkup", Limit: 1, Length: time.Second}
	keys := l.keys(w)
	for _, step := range []struct {
		script *redis.Script
		args   []any
	}{
		{takePlaces, []any{"first", 1, w.Limit, w.Length.Microseconds(), 0, 0}},
		{takePlaces, []any{"second", 1, w.Limit, w.Length.Microseconds(), 0, 0}}, // has no place
		{settlePlaces, []any{"first", keep(w)}},
		{blockWindow, []any{w.Length.Milliseconds()}},
		{countPlaces, []any{w.Limit, w.Length.Microseconds(), 0}},
	} {
		if err := step.script.Run(ctx, l.redis.client, keys, step.args...).Err(); err != nil {
			return err
		}
	}
	return l.redis.client.ZRem(ctx, l.callsKey(w), "first").Err()
}

// run runs a script of the limiter; all of them reply with numbers.
func (l *Limiter) run(ctx context.Context, op string, script *redis.Script, keys []string, args ...any) (numbers [3]int64, err error) {
	reply, err := l.redis.run(ctx, op, script, keys, args...)
	if err != nil {
		return numbers, err
	}
	items, _ := reply.([]any)
	for i := range min(len(items), len(numbers)) {
		numbers[i], _ = items[i].(int64)
	}
	return numbers, nil
}

func (l *Limiter) setAsking(id string, asking bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if asking {
		l.asking[id] = struct{}{}
	} else {
		delete(l.asking, id)
	}
}

// markUnsynced notes that Redis may not know all calls in the windows.
func (l *Limiter) markUnsynced(windows []store.Window) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.marks++
	for _, w := range windows {
		l.unsynced[w.Key] = l.marks
	}
}

// unsyncedAmong returns which of the windows have calls that Redis may not know. After any failure of Redis all have.
func (l *Limiter) unsyncedAmong(windows []store.Window) map[string]uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if failures := l.redis.failures.Load(); failures != l.failures {
		l.failures = failures
		l.marks++
		clear(l.unsynced) // of windows in which this process has no calls any more
		for _, key := range l.mine.Keys() {
			l.unsynced[key] = l.marks
		}
	}
	marks := map[string]uint64{}
	for _, w := range windows {
		if mark, ok := l.unsynced[w.Key]; ok {
			marks[w.Key] = mark
		}
	}
	return marks
}

// markSynced notes that Redis knows the calls of windows, unless they were marked again meanwhile.
func (l *Limiter) markSynced(marks map[string]uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, mark := range marks {
		if l.unsynced[key] == mark {
			delete(l.unsynced, key)
		}
	}
}
