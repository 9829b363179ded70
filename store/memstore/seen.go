package memstore

import (
	"context"
	"sync"
	"time"
)

const (
	// SeenTTL is how long an event is remembered at least. The platform's last repetition comes after about 7 h.
	SeenTTL = 8 * time.Hour
	// seenLimit bounds each of Seen's two generations. An event that is forgotten early costs one query of the database.
	seenLimit = 32_768
)

// Seen remembers the keys of events that are known. A key is remembered for SeenTTL to twice as long, unless more than
// seenLimit others came after it.
type Seen struct {
	mu                sync.Mutex
	current, previous map[string]struct{}
	since             time.Time // when current was begun
}

// NewSeen returns a Seen that knows nothing.
func NewSeen() *Seen { return &Seen{current: map[string]struct{}{}} }

// Known reports for each key whether it was noted.
func (s *Seen) Known(_ context.Context, keys []string) []bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(time.Now())
	known := make([]bool, len(keys))
	for i, key := range keys {
		_, now := s.current[key]
		_, before := s.previous[key]
		known[i] = now || before
	}
	return known
}

// Note remembers the keys.
func (s *Seen) Note(_ context.Context, keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	s.expire(now)
	for _, key := range keys {
		if len(s.current) >= seenLimit {
			s.rotate(now)
		}
		s.current[key] = struct{}{}
	}
}

// expire drops what is older than it has to be.
func (s *Seen) expire(now time.Time) {
	switch age := now.Sub(s.since); {
	case age < SeenTTL:
	case age < 2*SeenTTL:
		s.rotate(now)
	default: // current has been complete for more than SeenTTL
		s.rotate(now)
		s.previous = nil
	}
}

// rotate begins a new generation and drops the one before the last.
func (s *Seen) rotate(now time.Time) {
	s.previous, s.current, s.since = s.current, map[string]struct{}{}, now
}
