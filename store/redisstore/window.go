package redisstore

import (
	"slices"
	"sync"
	"time"
)

// window is the sliding window of the calls that one process made.
type window struct {
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
func (w *window) take(now time.Time, id string, limit int, length, hold time.Duration) (wait time.Duration, left int) {
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
func (w *window) prune(now time.Time, length time.Duration) {
	w.places = slices.DeleteFunc(w.places, func(p place) bool { return now.Sub(p.end) > length })
}

// wait is how long until the place that ends after n others is free.
func (w *window) wait(now time.Time, n int, length time.Duration) time.Duration {
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

func (w *window) settle(now time.Time, id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.places {
		if w.places[i].id == id {
			w.places[i].end = now
		}
	}
}

func (w *window) remove(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.places = slices.DeleteFunc(w.places, func(p place) bool { return p.id == id })
}

func (w *window) block(until time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if until.After(w.blocked) {
		w.blocked = until
	}
}

// count is the number of places taken, which is limit while blocked.
func (w *window) count(now time.Time, limit int, length time.Duration) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.prune(now, length)
	if w.blocked.After(now) {
		return limit
	}
	return len(w.places)
}

// unknown returns the places that were taken without Redis.
func (w *window) unknown() []place {
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
func (w *window) confirm(id string, known bool) {
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
func (w *window) entered(places []place) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.places {
		if slices.Contains(places, w.places[i]) {
			w.places[i].known = true
		}
	}
}

func (w *window) markUnknown() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.places {
		w.places[i].known = false
	}
}
