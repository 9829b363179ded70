package memstore

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"usagebot/store"
)

// sweepInterval is how often windows without calls are dropped.
const sweepInterval = time.Minute

// Limiter is a store.Limiter for the calls of this process. It goes by the monotonic clock, so setting the machine's clock
// changes nothing.
type Limiter struct {
	mu      sync.Mutex
	windows map[string]*window
	swept   time.Time
	calls   int
}

// window is what is known of one store.Window: at most one place for each call that had one.
type window struct {
	length  time.Duration
	places  []Place
	blocked time.Time // until when no call has a place
}

// Place is one call's place in a window.
type Place struct {
	ID  string
	End time.Time // of the call: the latest possible while it is under way
}

// NewLimiter returns a Limiter without calls.
func NewLimiter() *Limiter { return &Limiter{windows: map[string]*window{}, swept: time.Now()} }

// Take implements store.Limiter.
func (l *Limiter) Take(ctx context.Context, windows []store.Window) store.Slot {
	if ctx.Err() != nil {
		return store.Slot{Wait: store.PollInterval}
	}
	l.mu.Lock()
	l.calls++
	id := fmt.Sprint(l.calls)
	l.mu.Unlock()
	return l.TakeAs(id, windows)
}

// TakeAs is Take with an id of the caller's. The id must be new.
func (l *Limiter) TakeAs(id string, windows []store.Window) store.Slot {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.sweep(now)
	slot := store.Slot{Left: math.MaxInt}
	for _, w := range windows {
		kept := l.window(w)
		kept.prune(now)
		if wait := kept.wait(now, w.Limit); wait > 0 {
			slot.Wait, slot.Full = max(slot.Wait, wait), cmp.Or(slot.Full, w.Key)
		}
		slot.Left = min(slot.Left, max(w.Limit-len(kept.places), 0))
	}
	if slot.Wait > 0 {
		return slot
	}
	for _, w := range windows {
		kept := l.window(w)
		kept.places = append(kept.places, Place{ID: id, End: now.Add(w.Hold)})
	}
	slot.ID, slot.Left = id, slot.Left-1
	return slot
}

// Settle implements store.Limiter.
func (l *Limiter) Settle(_ context.Context, windows []store.Window, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	for _, w := range windows {
		places := l.window(w).places
		if i := indexOf(places, id); i >= 0 {
			places[i].End = now
		}
	}
}

// Cancel implements store.Limiter.
func (l *Limiter) Cancel(_ context.Context, windows []store.Window, id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range windows {
		kept := l.window(w)
		if i := indexOf(kept.places, id); i >= 0 {
			kept.places = slices.Delete(kept.places, i, i+1)
		}
	}
}

// Block implements store.Limiter.
func (l *Limiter) Block(_ context.Context, w store.Window, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if kept, until := l.window(w), time.Now().Add(d); until.After(kept.blocked) {
		kept.blocked = until
	}
}

// Left implements store.Limiter.
func (l *Limiter) Left(_ context.Context, w store.Window) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, kept := time.Now(), l.window(w)
	kept.prune(now)
	if kept.blocked.After(now) {
		return 0
	}
	return max(w.Limit-len(kept.places), 0)
}

// Places returns the calls that have a place in a window, and the time by which their ends are meant.
func (l *Limiter) Places(w store.Window) (places []Place, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now = time.Now()
	kept := l.window(w)
	kept.prune(now)
	return slices.Clone(kept.places), now
}

// Keys returns the keys of all windows that may have calls.
func (l *Limiter) Keys() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	keys := make([]string, 0, len(l.windows))
	for key := range l.windows {
		keys = append(keys, key)
	}
	return keys
}

func (l *Limiter) window(w store.Window) *window {
	kept := l.windows[w.Key]
	if kept == nil {
		kept = &window{}
		l.windows[w.Key] = kept
	}
	kept.length = w.Length
	return kept
}

// sweep drops windows without calls once in a while, so that the memory does not grow with the number of chats and people.
func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.swept) < sweepInterval {
		return
	}
	l.swept = now
	for key, kept := range l.windows {
		if kept.prune(now); len(kept.places) == 0 && !kept.blocked.After(now) {
			delete(l.windows, key)
		}
	}
}

// prune drops the calls that ended more than the window's length ago.
func (w *window) prune(now time.Time) {
	w.places = slices.DeleteFunc(w.places, func(p Place) bool { return now.Sub(p.End) > w.length })
}

// wait returns how long until a caller with a limit has a place, about; 0 if there is one.
func (w *window) wait(now time.Time, limit int) time.Duration {
	switch blocked := w.blocked.Sub(now); {
	case blocked > 0:
		return blocked
	case limit < 1:
		return store.PollInterval
	case len(w.places) < limit:
		return 0
	}
	ends := make([]time.Time, len(w.places))
	for i, p := range w.places {
		ends[i] = p.End
	}
	slices.SortFunc(ends, time.Time.Compare)
	end := ends[len(ends)-limit] // when this call's place is free, fewer than limit are taken
	wait := end.Add(w.length).Sub(now) + time.Microsecond
	if end.After(now) {
		return min(wait, store.PollInterval)
	}
	return wait
}

func indexOf(places []Place, id string) int {
	return slices.IndexFunc(places, func(p Place) bool { return p.ID == id })
}
