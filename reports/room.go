package reports

import (
	"sync"
	"time"
)

// What one process has in hand. A worker prepares a delivery and waits with it only while no message of the app may go
// at all. So slow chats and slow figures keep no other delivery from being begun: one that is not prepared within quickly
// goes on beside, in a room of its own, or is given back; one that was handed to the platform, which may take its time,
// holds no room. How many of these there are is bounded by the platform's limits: what is not answered has a place in them.
const (
	workers = 64
	maxSlow = 256
	quickly = 2 * time.Second
	// crowded is how long a delivery is given back for when there is no room to go on with it. What it asked for goes on
	// being asked, and is remembered.
	crowded = 30 * time.Second
	// turnFor is how long a delivery that is prepared waits beside for its chat's turn.
	turnFor = 10 * time.Second
	// longest is how long a delivery may be in hand, come what may.
	longest = 5 * time.Minute
)

// room is what a delivery in hand takes up: first a worker.
type room struct {
	engine *Engine
	mu     sync.Mutex
	beside bool // it has given its worker back, and goes on
	left   bool // it takes up nothing any more
}

// stepAside gives the worker back to go on beside. It reports whether there is room for that.
func (r *room) stepAside() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.left || r.beside {
		return true
	}
	if !r.engine.slow.TryAcquire(1) {
		return false
	}
	r.beside = true
	r.engine.free.Release(1)
	return true
}

// slow reports whether it has stepped aside.
func (r *room) slow() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.beside
}

// leave gives back what it takes up, before a message is handed to the platform.
func (r *room) leave() {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.left:
	case r.beside:
		r.engine.slow.Release(1)
	default:
		r.engine.free.Release(1)
	}
	r.left = true
}
