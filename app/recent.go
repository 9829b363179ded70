package app

import "sync"

// keptChats is how many chats' quotas are kept at least. One is needed for as long as what it let through counts: some
// seconds, in which no more than this many chats can be written to.
const keptChats = 2048

// recent keeps what was made for a key, for as long as it is among the last that were asked for. A quota that was made
// anew for each message would know nothing of those before it while Redis is away.
type recent[V any] struct {
	fresh func(key string) V
	keep  int

	mu           sync.Mutex
	young, older map[string]V
}

func newRecent[V any](keep int, fresh func(key string) V) *recent[V] {
	return &recent[V]{fresh: fresh, keep: keep, young: map[string]V{}}
}

// of returns the key's own. Those that were asked for are young; when there are many they are the older ones, and the
// older ones before them are forgotten.
func (r *recent[V]) of(key string) V {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.young[key]; ok {
		return v
	}
	v, ok := r.older[key]
	if !ok {
		v = r.fresh(key)
	}
	if len(r.young) >= r.keep {
		r.young, r.older = map[string]V{}, r.young
	}
	r.young[key] = v
	return v
}
