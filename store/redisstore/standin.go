package redisstore

import (
	"bytes"
	"container/list"
	"maps"
	"sync"
	"time"
)

// standin is the memory that a process uses in place of Redis. It keeps each
// key that was changed until it is told to forget it, also when its value is
// expired or deleted: Redis may still hold an older value. At most limit keys
// are kept; beyond that the one changed longest ago is dropped.
type standin struct {
	now   func() time.Time
	limit int

	mu      sync.Mutex
	entries map[string]*list.Element
	order   *list.List // of *kept, oldest change in front
}

// kept is one changed key. A deleted one has no time left.
type kept struct {
	key     string
	value   []byte
	expires time.Time
}

func newStandin(now func() time.Time, limit int) *standin {
	return &standin{now: now, limit: limit, entries: map[string]*list.Element{}, order: list.New()}
}

func (s *standin) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries) == 0
}

func (s *standin) get(key string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	element, ok := s.entries[key]
	if !ok {
		return nil, false
	}
	entry := element.Value.(*kept)
	if !s.now().Before(entry.expires) {
		return nil, false
	}
	return bytes.Clone(entry.value), true
}

// put keeps value for ttl; a ttl of 0 marks the key as deleted.
func (s *standin) put(key string, value []byte, ttl time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(s.entries[key])
	s.entries[key] = s.order.PushBack(&kept{key: key, value: bytes.Clone(value), expires: s.now().Add(ttl)})
	if len(s.entries) > s.limit {
		s.remove(s.order.Front())
	}
}

// changed returns the keys changed so far, to be handed to forget.
func (s *standin) changed() map[string]*list.Element {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.entries)
}

// forget drops what changed returned, except what was changed since.
func (s *standin) forget(changed map[string]*list.Element) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, element := range changed {
		if s.entries[key] == element {
			s.remove(element)
		}
	}
}

// drop takes the values of entries out; their keys stay, since Redis may hold
// older ones.
func (s *standin) drop(which func(key string, value []byte) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, element := range s.entries {
		if entry := element.Value.(*kept); which(key, entry.value) {
			entry.value, entry.expires = nil, time.Time{}
		}
	}
}

// remove removes an entry; nil is none.
func (s *standin) remove(element *list.Element) {
	if element == nil {
		return
	}
	delete(s.entries, element.Value.(*kept).key)
	s.order.Remove(element)
}
