package redisstore

import (
	"testing"
	"time"
)

// TestCacheForgets deletes what has an id in its key or its value, wherever it is kept, and nothing else.
func TestCacheForgets(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*Redis{
		"embedded": open(t, "", Options{Namespace: "cli_[a]*"}),
		"away":     open(t, "redis://127.0.0.1:1", Options{}),
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
