package memstore

import (
	"bytes"
	"container/list"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
)

// The bounds of a Cache.
const (
	cacheEntries = 50_000
	cacheBytes   = 32 << 20 // of keys and values
)

// Cache keeps values for a while. When it is full it drops the value that was not used for the longest time.
type Cache struct {
	entries, bytes int // the bounds

	mu     sync.Mutex
	values map[string]*list.Element
	order  *list.List // of *entry, the last used in front
	size   int        // bytes
	swept  time.Time
}

type entry struct {
	key     string
	value   []byte
	expires time.Time
}

func (e *entry) size() int { return len(e.key) + len(e.value) }

// NewCache returns an empty Cache.
func NewCache() *Cache {
	return &Cache{entries: cacheEntries, bytes: cacheBytes, values: map[string]*list.Element{}, order: list.New(), swept: time.Now()}
}

// Get returns the value of key and whether there is one.
func (c *Cache) Get(_ context.Context, key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element := c.values[key]
	if element == nil {
		return nil, false
	}
	kept := element.Value.(*entry)
	if !time.Now().Before(kept.expires) {
		c.remove(element)
		return nil, false
	}
	c.order.MoveToFront(element)
	return bytes.Clone(kept.value), true
}

// Put keeps value under key for ttl; a ttl of 0 or less puts nothing.
func (c *Cache) Put(_ context.Context, key string, value []byte, ttl time.Duration) {
	if ttl <= 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	c.sweep(now)
	c.remove(c.values[key])
	kept := &entry{key: key, value: bytes.Clone(value), expires: now.Add(ttl)}
	c.values[key] = c.order.PushFront(kept)
	c.size += kept.size()
	for len(c.values) > c.entries || c.size > c.bytes {
		c.remove(c.order.Back())
	}
}

// Delete forgets key.
func (c *Cache) Delete(_ context.Context, key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(c.values[key])
}

// Forget deletes every key that contains one of the ids, or whose value does. It does not fail.
func (c *Cache) Forget(_ context.Context, ids []string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, element := range c.values {
		if Mentions(key, element.Value.(*entry).value, ids) {
			c.remove(element)
		}
	}
	return nil
}

// Mentions reports whether a key or its value contains one of the ids.
func Mentions(key string, value []byte, ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		return id != "" && (strings.Contains(key, id) || bytes.Contains(value, []byte(id)))
	})
}

// sweep drops expired values once in a while.
func (c *Cache) sweep(now time.Time) {
	if now.Sub(c.swept) < sweepInterval {
		return
	}
	c.swept = now
	for _, element := range c.values {
		if !now.Before(element.Value.(*entry).expires) {
			c.remove(element)
		}
	}
}

// remove removes an entry; nil is ignored.
func (c *Cache) remove(element *list.Element) {
	if element == nil {
		return
	}
	kept := c.order.Remove(element).(*entry)
	delete(c.values, kept.key)
	c.size -= kept.size()
}
