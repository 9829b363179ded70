package redisstore

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"usagebot/store/memstore"
	"usagebot/store/redistest"
)

func TestCacheContract(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, r *Redis) { cacheContract(t, NewCache(r)) })
	t.Run("memory", func(t *testing.T) { cacheContract(t, memstore.NewCache()) })
}

// cacheContract is what a Cache keeps in Redis and in memory.
func cacheContract(t *testing.T, cache interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration)
	Delete(ctx context.Context, key string)
},
) {
	ctx := t.Context()
	expect := func(key, want string, there bool) {
		t.Helper()
		if got, ok := cache.Get(ctx, key); string(got) != want || ok != there {
			t.Errorf("Get(%s) = %q, %v, want %q, %v", key, got, ok, want, there)
		}
	}
	expect("none", "", false)
	cache.Put(ctx, "a", []byte("1"), time.Hour)
	cache.Put(ctx, "b", []byte("x\x00y"), time.Hour)
	expect("a", "1", true)
	expect("b", "x\x00y", true)
	cache.Put(ctx, "a", []byte("2"), time.Hour)
	expect("a", "2", true)
	cache.Put(ctx, "a", []byte("3"), 0)
	cache.Put(ctx, "c", []byte("3"), -time.Second)
	expect("a", "2", true)
	expect("c", "", false)
	cache.Delete(ctx, "a")
	cache.Delete(ctx, "none")
	expect("a", "", false)
	expect("b", "x\x00y", true)
	cache.Put(ctx, "short", []byte("v"), 50*time.Millisecond)
	eventually(t, "a value expires", func() bool {
		_, ok := cache.Get(ctx, "short")
		return !ok
	})
	cache.Put(ctx, "instant", []byte("v"), time.Nanosecond)
	eventually(t, "a value of no time expires", func() bool {
		_, ok := cache.Get(ctx, "instant")
		return !ok
	})
}

func TestCacheKeepsItsOwnCopyWhileAway(t *testing.T) {
	t.Parallel()
	r := open(t, "redis://127.0.0.1:1", Options{})
	cutOff(r)
	cache := NewCache(r)
	value := []byte("v")
	cache.Put(t.Context(), "k", value, time.Hour)
	value[0] = 'x'
	got, _ := cache.Get(t.Context(), "k")
	got[0] = 'y'
	if again, _ := cache.Get(t.Context(), "k"); string(again) != "v" {
		t.Errorf("the kept value became %q", again)
	}
}

// What was changed while Redis was away must not come back in its old form.
func TestCacheAfterAnOutageIsNeverOlder(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	here, there := open(t, patient(server), Options{}), open(t, patient(server), Options{})
	mine, other := NewCache(here), NewCache(there)
	ctx := t.Context()
	for _, key := range []string{"put", "deleted", "expired", "untouched", "both"} {
		mine.Put(ctx, key, []byte("old"), time.Hour)
	}
	cutOff(here)
	mine.Put(ctx, "put", []byte("new"), time.Hour)
	mine.Delete(ctx, "deleted")
	mine.Put(ctx, "expired", []byte("new"), time.Nanosecond)
	mine.Put(ctx, "both", []byte("mine"), time.Hour)
	other.Put(ctx, "both", []byte("newest"), time.Hour)
	if got, ok := mine.Get(ctx, "put"); !ok || string(got) != "new" {
		t.Errorf("while away Get = %q, %v, want what was put meanwhile", got, ok)
	}
	reconnect(here)
	for _, cache := range []*Cache{mine, other} {
		for key, want := range map[string]string{"put": "", "deleted": "", "expired": "", "both": "", "untouched": "old"} {
			if got, _ := cache.Get(ctx, key); string(got) != want {
				t.Errorf("after the outage %s = %q, want %q", key, got, want)
			}
		}
	}
}

func TestChangedKeys(t *testing.T) {
	t.Parallel()
	c := changedKeys{keys: map[string]uint64{}}
	c.add("a")
	c.add("b")
	snapshot := c.snapshot()
	c.add("b")
	if removed := c.remove(snapshot); !slices.Equal(removed, []string{"a"}) || c.empty() {
		t.Errorf("removed %q, none left %v; want a removed and b kept, which was changed since", removed, c.empty())
	}
	for i := range 2 * changedLimit {
		if dropped := c.add(numbered("k", i)); dropped == numbered("k", i) {
			t.Fatalf("the newest key %s was dropped", dropped)
		}
	}
	if n := len(c.keys); n != changedLimit {
		t.Errorf("%d keys are kept, want %d", n, changedLimit)
	}
}

func TestCacheUnderConcurrencyAndOutage(t *testing.T) {
	t.Parallel()
	r := open(t, patient(redistest.Start(t)), Options{})
	cache := NewCache(r)
	var users sync.WaitGroup
	for i := range 8 {
		users.Go(func() {
			for n := range 50 {
				if i == 0 && n%10 == 0 {
					cutOff(r)
				}
				cache.Put(t.Context(), "k", []byte("v"), time.Hour)
				cache.Get(t.Context(), "k")
				if i == 0 && n%10 == 5 {
					reconnect(r)
				}
			}
		})
	}
	users.Wait()
	cutOff(r)
	cache.Put(t.Context(), "k", []byte("last"), time.Hour)
	if got, ok := cache.Get(t.Context(), "k"); !ok || string(got) != "last" {
		t.Errorf("while Redis is away Get = %q, %v, want what was put last", got, ok)
	}
	reconnect(r)
	eventually(t, "the cache catches up", func() bool {
		cache.Get(t.Context(), "k")
		return cache.changed.empty()
	})
}

// TestCacheForgets deletes what has an id in its key or its value, wherever it is kept, and nothing else.
func TestCacheForgets(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*Redis{
		"there": open(t, patient(redistest.Start(t)), Options{Namespace: "cli_[a]*"}),
		"away":  open(t, "redis://127.0.0.1:1", Options{}),
	} {
		if name == "away" {
			cutOff(r)
		}
		cache := NewCache(r)
		put := map[string]string{"session:oc_1:ou_me": "/usage", "session:oc_mine:ou_b": "/usage", "chat:oc_2": "owner ou_me", "other": "ou_b"}
		for key, value := range put {
			cache.Put(t.Context(), key, []byte(value), time.Hour)
		}
		for i := range 2 * scanStep {
			cache.Put(t.Context(), numbered("figures", i), []byte("1"), time.Hour)
		}
		if err := cache.Forget(t.Context(), []string{"ou_me", "oc_mine", ""}); (err != nil) != (name == "away") {
			t.Errorf("%s: Forget: %v", name, err)
		}
		for key := range put {
			if _, ok := cache.Get(t.Context(), key); ok != (key == "other") {
				t.Errorf("%s: %s is there: %v", name, key, ok)
			}
		}
		if _, ok := cache.Get(t.Context(), "figures-7"); !ok {
			t.Errorf("%s: others' values are gone", name)
		}
	}
}
