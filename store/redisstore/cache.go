package redisstore

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"usagebot/store/memstore"
)

// Cache keeps values for a while. It never fails: a value that cannot be had is one that is not there.
//
// While Redis is away, values go to this process's memory. When Redis is back, each key that was put or deleted meanwhile is
// deleted there before anything is read: what Redis holds under it is older, and what the process holds may be older than
// what another process put. So a value read is never older than one put before, at the price of fetching some anew.
type Cache struct {
	redis    *Redis
	fallback *memstore.Cache
	changed  changedKeys
	catching sync.Mutex
}

// NewCache returns the cache that lives in r.
func NewCache(r *Redis) *Cache {
	return &Cache{redis: r, fallback: memstore.NewCache(), changed: changedKeys{keys: map[string]uint64{}}}
}

// Get returns the value of key and whether there is one.
func (c *Cache) Get(ctx context.Context, key string) ([]byte, bool) {
	if !c.caughtUp(ctx) {
		return c.fallback.Get(ctx, key)
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
	return c.fallback.Get(ctx, key)
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
		c.fallback.Put(ctx, key, value, ttl)
		c.noteChanged(ctx, key)
	}
}

// Delete forgets key.
func (c *Cache) Delete(ctx context.Context, key string) {
	err := c.change(ctx, "cache_delete", func(ctx context.Context) error {
		return c.redis.client.Del(ctx, c.name(key)).Err()
	})
	if err != nil {
		c.fallback.Delete(ctx, key)
		c.noteChanged(ctx, key)
	}
}

// Forget deletes every key that contains one of the ids, or whose value does. It fails while Redis is away, because its
// content is then unknown.
func (c *Cache) Forget(ctx context.Context, ids []string) error {
	_ = c.fallback.Forget(ctx, ids) // memory does not fail
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

// forgetAmong deletes those of one server's keys that mention an id.
func (c *Cache) forgetAmong(ctx context.Context, node redis.Cmdable, keys, ids []string) error {
	values := make([]*redis.StringCmd, len(keys))
	_, err := node.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i, key := range keys {
			values[i] = pipe.Get(ctx, key)
		}
		return nil
	})
	if err != nil && !errors.Is(err, redis.Nil) { // a key may have expired
		return err
	}
	for i, key := range keys {
		value, err := values[i].Bytes()
		if err == nil && memstore.Mentions(key, value, ids) {
			err = node.Del(ctx, key).Err()
		}
		if err != nil && !errors.Is(err, redis.Nil) {
			return err
		}
	}
	return nil
}

// change makes a change in Redis, once it has caught up.
func (c *Cache) change(ctx context.Context, op string, call func(context.Context) error) error {
	if !c.caughtUp(ctx) {
		return ErrUnavailable
	}
	return c.redis.do(ctx, op, call)
}

// caughtUp deletes in Redis what changed while it was away, and reports whether that is done. One caller does it; the others
// use the fallback meanwhile instead of waiting for a Redis that may not answer.
func (c *Cache) caughtUp(ctx context.Context) bool {
	if c.changed.empty() {
		return true
	}
	if !c.catching.TryLock() {
		return false
	}
	defer c.catching.Unlock()
	changed := c.changed.snapshot()
	err := c.redis.do(ctx, "cache_catch_up", func(ctx context.Context) error {
		_, err := c.redis.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
			for key := range changed {
				pipe.Del(ctx, c.name(key))
			}
			return nil
		})
		return err
	})
	if err != nil {
		return false
	}
	for _, key := range c.changed.remove(changed) {
		c.fallback.Delete(ctx, key)
	}
	return c.changed.empty()
}

// noteChanged notes that Redis may hold an older value of key.
func (c *Cache) noteChanged(ctx context.Context, key string) {
	if dropped := c.changed.add(key); dropped != "" {
		c.fallback.Delete(ctx, dropped)
	}
}

func (c *Cache) name(key string) string { return c.redis.key("cache:" + key) }

// changedLimit bounds the keys that were changed while Redis was away.
const changedLimit = 10_000

// changedKeys are the keys that were changed while Redis was away, each with the number of its last change.
type changedKeys struct {
	mu      sync.Mutex
	keys    map[string]uint64
	changes uint64
}

// add notes a change. If there are too many keys it drops another one and returns it.
func (c *changedKeys) add(key string) (dropped string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.keys[key] = c.changes
	if len(c.keys) > changedLimit {
		for other := range c.keys {
			if other != key {
				delete(c.keys, other)
				return other
			}
		}
	}
	return ""
}

func (c *changedKeys) empty() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.keys) == 0
}

// snapshot returns the keys that were changed so far. The caller passes them to remove.
func (c *changedKeys) snapshot() map[string]uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.keys)
}

// remove removes the keys of a snapshot that were not changed since, and returns them.
func (c *changedKeys) remove(snapshot map[string]uint64) (removed []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, change := range snapshot {
		if c.keys[key] == change {
			delete(c.keys, key)
			removed = append(removed, key)
		}
	}
	return removed
}
