package redisstore

import (
	"bytes"
	"sync"
	"time"

	"usagebot/store"
)

// ledgerEntries bounds how many events one process remembers.
const ledgerEntries = 100_000

// ledger is the inbox of one process, with the rules of the scripts in Redis.
type ledger struct {
	limit int

	mu      sync.Mutex
	entries map[string]*entry
	parked  map[string]*entry
	order   []*entry // oldest first; holds replaced entries until their turn
}

// entry is one event.
type entry struct {
	key, owner string
	state      string
	born       time.Time
	lease      time.Time // when it ends
	job        []byte
}

func newLedger(limit int) *ledger {
	return &ledger{limit: limit, entries: map[string]*entry{}, parked: map[string]*entry{}}
}

// take takes the work unless it is held, parked or done, and returns what it
// found, as Inbox.Take does.
func (l *ledger) take(now time.Time, key, owner string, lease, memory time.Duration) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expire(now, memory)
	e, state := l.entries[key], store.Taken
	switch {
	case e == nil:
		e = l.add(now, key)
	case e.state != store.Taken:
		return e.state
	case e.lease.After(now):
		return store.Busy
	case e.owner != owner:
		state = store.Again
	}
	e.state, e.owner, e.lease = store.Taken, owner, now.Add(lease)
	return state
}

// Park writes the work down in memory.
func (l *ledger) Park(now time.Time, key, owner string, job []byte, lease time.Duration) error {
	return l.change(key, owner, func(e *entry) error {
		if e == nil {
			e = l.add(now, key)
		}
		if e.state == store.Done {
			return store.ErrLost
		}
		e.state, e.owner, e.lease, e.job = store.Parked, owner, now.Add(lease), bytes.Clone(job)
		l.parked[key] = e
		return nil
	})
}

// keep renews the lease.
func (l *ledger) keep(now time.Time, key, owner string, taken, parked time.Duration) error {
	return l.change(key, owner, func(e *entry) error {
		if e == nil {
			e = l.add(now, key)
			e.state, e.owner = store.Taken, owner
		}
		switch e.state {
		case store.Done:
			return store.ErrLost
		case store.Parked:
			e.lease = now.Add(parked)
		default:
			e.lease = now.Add(taken)
		}
		return nil
	})
}

// finish marks the work as done.
func (l *ledger) finish(now time.Time, key, owner string) error {
	return l.change(key, owner, func(e *entry) error {
		if e == nil {
			e = l.add(now, key)
		}
		e.state, e.owner, e.job = store.Done, owner, nil
		delete(l.parked, key)
		return nil
	})
}

// release gives the work back, parked work after a pause.
func (l *ledger) release(now time.Time, key, owner string, pause time.Duration) error {
	return l.change(key, owner, func(e *entry) error {
		switch {
		case e != nil && e.state == store.Done:
			return store.ErrLost
		case e != nil && e.state == store.Parked:
			e.lease = now.Add(pause)
		default:
			l.drop(key)
		}
		return nil
	})
}

// orphan takes over one parked job whose lease has ended.
func (l *ledger) orphan(now time.Time, owner string, lease, memory time.Duration) (string, []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expire(now, memory)
	for key, e := range l.parked {
		if !e.lease.After(now) {
			e.owner, e.lease = owner, now.Add(lease)
			return key, bytes.Clone(e.job)
		}
	}
	return "", nil
}

// set mirrors what Redis has been told. The job stays there.
func (l *ledger) set(now time.Time, key, owner, state string, lease time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entries[key]
	if e == nil {
		e = l.add(now, key)
	}
	e.state, e.owner, e.lease = state, owner, now.Add(lease)
}

// forget drops the work if owner has it and it is not done.
func (l *ledger) forget(key, owner string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.entries[key]; e != nil && e.owner == owner && e.state != store.Done {
		l.drop(key)
	}
}

// change calls step with the entry of key, nil when there is none, unless it
// is somebody else's.
func (l *ledger) change(key, owner string, step func(*entry) error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.entries[key]
	if e != nil && e.owner != owner {
		return store.ErrLost
	}
	return step(e)
}

func (l *ledger) add(now time.Time, key string) *entry {
	e := &entry{key: key, born: now}
	l.entries[key] = e
	l.order = append(l.order, e)
	return e
}

func (l *ledger) drop(key string) {
	delete(l.entries, key)
	delete(l.parked, key)
}

// expire drops what is older than memory, and the oldest while there are too
// many; but of these no work that is still held, which moves to the end.
func (l *ledger) expire(now time.Time, memory time.Duration) {
	for len(l.order) > 0 {
		e := l.order[0]
		current := l.entries[e.key] == e
		old := now.Sub(e.born) >= memory
		if current && !old && len(l.entries) < l.limit {
			return
		}
		l.order[0] = nil
		l.order = l.order[1:]
		if current && !old && e.held(now) {
			l.order = append(l.order, e)
			return
		}
		if current {
			l.drop(e.key)
		}
	}
}

func (e *entry) held(now time.Time) bool {
	return e.state == store.Parked || e.state == store.Taken && e.lease.After(now)
}
