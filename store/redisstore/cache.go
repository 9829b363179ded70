package redisstore

import (
	"bytes"
	"container/list"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

// fallbackEntries bounds what a process keeps of its own while Redis is away.
const fallbackEntries = 10_000

// Cache keeps values for a while. It never fails: a value that cannot be had
// is one that is not there.
//
// While Redis is away, values go to this process's memory. When Redis is
// back, each key that was put or deleted meanwhile is deleted there before
// anything is read: what Redis holds under it is older, and what the process
// holds may be older than what another process put. So a value read is never
// older than one put before, at the price of fetching some anew.
type Cache struct {
	redis    *Redis
	fallback *fallbackCache
	catching sync.Mutex
}

// NewCache returns the cache that lives in r.
func NewCache(r *Redis) *Cache {
	return &Cache{redis: r, fallback: newFallbackCache(r.now, fallbackEntries)}
}

// Get returns the value of key and whether there is one.
func (c *Cache) Get(ctx context.Context, key string) ([]byte, bool) {
	if !c.caughtUp(ctx) {
		return c.fallback.get(key)
	}
	var value []byte
	err := c.redis.do(ctx, "cache_get", func(ctx context.Context) error {
		var err error
		value, err = c.redis.client.Get(ctx, c.name(key)).Bytes()
		return err
	})
	switch {
	case err == nil:
		return value, true
	case errors.Is(err, redis.Nil):
		return nil, false
	}
	return c.fallback.get(key)
}

// Put keeps value under key for ttl; a ttl of 0 or less puts nothing.
func (c *Cache) Put(ctx context.Context, key string, value []byte, ttl time.Duration) {
	if ttl <= 0 {
		return
	}
	ttl = max(ttl, time.Millisecond) // Redis counts no shorter time
	err := c.change(ctx, "cache_put", func(ctx context.Context) error {
		return c.redis.client.Set(ctx, c.name(key), value, ttl).Err()
	})
	if err != nil {
		c.fallback.put(key, value, ttl)
	}
}

// Delete forgets key.
func (c *Cache) Delete(ctx context.Context, key string) {
	err := c.change(ctx, "cache_delete", func(ctx context.Context) error {
		return c.redis.client.Del(ctx, c.name(key)).Err()
	})
	if err != nil {
		c.fallback.put(key, nil, 0)
	}
}

// Forget deletes every key that contains one of the ids, or whose value does. It fails while Redis is away, because its
// content is then unknown.
func (c *Cache) Forget(ctx context.Context, ids []string) error {
	c.fallback.drop(func(key string, value []byte) bool { return holds(key, value, ids) })
	return c.redis.onEachServer(ctx, func(ctx context.Context, node redis.Cmdable) error {
		for cursor := uint64(0); ; {
			keys, next, err := node.Scan(ctx, cursor, escapeGlob(c.name(""))+"*", scanStep).Result()
			if err != nil {
				return err
			}
			if err := c.forgetAmong(ctx, node, keys, ids); err != nil {
				return err
			}
			if cursor = next; cursor == 0 {
				return nil
			}
		}
	})
}

// scanStep is about how many keys are looked at in one call.
const scanStep = 500

// forgetAmong looks at one key after the other: the embedded server takes no
// long pipeline, and a cluster no call for several keys.
func (c *Cache) forgetAmong(ctx context.Context, node redis.Cmdable, keys, ids []string) error {
	for _, key := range keys {
		value, err := node.Get(ctx, key).Bytes()
		if err == nil && holds(key, value, ids) {
			err = node.Del(ctx, key).Err()
		}
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
}

func holds(key string, value []byte, ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		return id != "" && (strings.Contains(key, id) || bytes.Contains(value, []byte(id)))
	})
}

// change makes a change in Redis, once it has caught up.
func (c *Cache) change(ctx context.Context, op string, call func(context.Context) error) error {
	if !c.caughtUp(ctx) {
		return ErrUnavailable
	}
	return c.redis.do(ctx, op, call)
}

// caughtUp deletes in Redis what changed while it was away, and reports whether that is done. One caller does it; the
// others use the fallback meanwhile instead of waiting for a Redis that may not answer.
func (c *Cache) caughtUp(ctx context.Context) bool {
	if c.fallback.empty() {
		return true
	}
	if !c.catching.TryLock() {
		return false
	}
	defer c.catching.Unlock()
	changed := c.fallback.changed()
	err := c.redis.do(ctx, "cache_catch_up", func(ctx context.Context) error {
		pipe := c.redis.client.Pipeline()
		for key := range changed {
			pipe.Del(ctx, c.name(key))
		}
		_, err := pipe.Exec(ctx)
		return err
	})
	if err != nil {
		return false
	}
	c.fallback.forget(changed)
	return c.fallback.empty()
}

func (c *Cache) name(key string) string { return c.redis.key("cache:" + key) }

// fallbackCache is the memory that a process uses while Redis is away. It keeps each changed key until it is told to
// forget it, even if the value is expired or deleted: Redis may still hold an older value. It keeps at most limit keys and
// drops the one changed longest ago.
type fallbackCache struct {
	now   func() time.Time
	limit int

	mu      sync.Mutex
	entries map[string]*list.Element
	order   *list.List // of *fallbackEntry, oldest change in front
}

// fallbackEntry is one changed key. A deleted one has expired.
type fallbackEntry struct {
	key     string
	value   []byte
	expires time.Time
}

func newFallbackCache(now func() time.Time, limit int) *fallbackCache {
	return &fallbackCache{now: now, limit: limit, entries: map[string]*list.Element{}, order: list.New()}
}

func (s *fallbackCache) empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.entries) == 0
}

func (s *fallbackCache) get(key string) ([]byte, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	element, ok := s.entries[key]
	if !ok {
		return nil, false
	}
	entry := element.Value.(*fallbackEntry)
	if !s.now().Before(entry.expires) {
		return nil, false
	}
	return bytes.Clone(entry.value), true
}

// put keeps value for ttl; a ttl of 0 marks the key as deleted.
func (s *fallbackCache) put(key string, value []byte, ttl time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(s.entries[key])
	s.entries[key] = s.order.PushBack(&fallbackEntry{key: key, value: bytes.Clone(value), expires: s.now().Add(ttl)})
	if len(s.entries) > s.limit {
		s.remove(s.order.Front())
	}
}

// changed returns the keys changed so far. The caller passes them to forget.
func (s *fallbackCache) changed() map[string]*list.Element {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.entries)
}

// forget drops the keys that changed returned, except those changed since.
func (s *fallbackCache) forget(changed map[string]*list.Element) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, element := range changed {
		if s.entries[key] == element {
			s.remove(element)
		}
	}
}

// drop removes values. Their keys stay, because Redis may hold older values.
func (s *fallbackCache) drop(which func(key string, value []byte) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, element := range s.entries {
		if entry := element.Value.(*fallbackEntry); which(key, entry.value) {
			entry.value, entry.expires = nil, time.Time{}
		}
	}
}

// remove removes an entry; nil is ignored.
func (s *fallbackCache) remove(element *list.Element) {
	if element == nil {
		return
	}
	delete(s.entries, element.Value.(*fallbackEntry).key)
	s.order.Remove(element)
}
