package usage

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
)

// lane lets one call after the other look for a place in the quota. The persons whose calls wait take turns; of the calls
// of one person the first goes first.
type lane struct {
	inside atomic.Int64 // calls that wait or look for a place

	mu    sync.Mutex
	taken bool
	calls map[string][]chan struct{} // that wait, by person
	turns []string                   // the persons of calls, in the order of their turns
}

// enter waits for a call's turn, after which leave must follow.
func (l *lane) enter(ctx context.Context, person string) error {
	l.inside.Add(1)
	turn := l.queue(person)
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		if l.withdraw(person, turn) {
			l.inside.Add(-1)
		} else {
			l.leave() // its turn came at the same moment
		}
		return ctx.Err()
	}
}

// queue puts a call into the lane. The channel is closed when its turn has come.
func (l *lane) queue(person string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	turn := make(chan struct{})
	if !l.taken {
		l.taken = true
		close(turn)
		return turn
	}
	if l.calls == nil {
		l.calls = map[string][]chan struct{}{}
	}
	if len(l.calls[person]) == 0 {
		l.turns = append(l.turns, person)
	}
	l.calls[person] = append(l.calls[person], turn)
	return turn
}

// withdraw takes a call out of the lane; false when its turn has come.
func (l *lane) withdraw(person string, turn chan struct{}) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.calls[person], turn)
	if i < 0 {
		return false
	}
	if l.calls[person] = slices.Delete(l.calls[person], i, i+1); len(l.calls[person]) == 0 {
		delete(l.calls, person)
		l.turns = slices.DeleteFunc(l.turns, func(waits string) bool { return waits == person })
	}
	return true
}

// leave lets the next one in.
func (l *lane) leave() {
	l.inside.Add(-1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.turns) == 0 {
		l.taken = false
		return
	}
	person := l.turns[0]
	l.turns = l.turns[1:]
	calls := l.calls[person]
	if close(calls[0]); len(calls) > 1 {
		l.calls[person] = calls[1:]
		l.turns = append(l.turns, person)
	} else {
		delete(l.calls, person)
	}
}
