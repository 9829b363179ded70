package memstore

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// kept returns which of the keys have a value, without using them.
func (c *Cache) kept() (keys []string) {
	for key := range c.values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func TestCache_Bounded(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		entries, bytes int
		want           []string
	}{
		"by entries": {3, 1000, []string{"k0", "k4", "k5"}},
		"by bytes":   {1000, 3 * 12, []string{"k0", "k4", "k5"}},
		"too small":  {1000, 11, nil},
	} {
		c := NewCache()
		c.entries, c.bytes = tt.entries, tt.bytes
		for i := range 6 {
			c.Put(t.Context(), fmt.Sprint("k", i), []byte("0123456789"), time.Hour)
			c.Get(t.Context(), "k0") // the value that is used stays
		}
		if got := c.kept(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: kept %q, want %q", name, got, tt.want)
		}
		size := 0
		for _, key := range c.kept() {
			size += len(key) + 10
		}
		if c.size != size || c.order.Len() != len(c.values) {
			t.Errorf("%s: counted %d bytes and %d entries, there are %d and %d", name, c.size, c.order.Len(), size, len(c.values))
		}
	}
}

// TestCache_OwnCopy: neither who put a value nor who got it can change what is kept.
func TestCache_OwnCopy(t *testing.T) {
	t.Parallel()
	c, value := NewCache(), []byte("v")
	c.Put(t.Context(), "k", value, time.Hour)
	value[0] = 'x'
	got, _ := c.Get(t.Context(), "k")
	got[0] = 'y'
	if again, _ := c.Get(t.Context(), "k"); string(again) != "v" {
		t.Errorf("the kept value became %q", again)
	}
}

func TestCache_Expiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewCache()
		c.Put(t.Context(), "short", []byte("v"), time.Second)
		c.Put(t.Context(), "long", []byte("v"), time.Hour)
		c.Put(t.Context(), "none", []byte("v"), 0)
		time.Sleep(time.Second)
		if _, ok := c.Get(t.Context(), "short"); ok {
			t.Error("a value outlives its time")
		}
		for i := range 100 {
			c.Put(t.Context(), fmt.Sprint("never asked for ", i), []byte("v"), time.Second)
		}
		time.Sleep(2 * sweepInterval)
		c.Put(t.Context(), "new", []byte("v"), time.Hour)
		if got := c.kept(); !slices.Equal(got, []string{"long", "new"}) {
			t.Errorf("kept %q, want what has not expired", got)
		}
	})
}

func TestCache_Forget(t *testing.T) {
	t.Parallel()
	c := NewCache()
	for key, value := range map[string]string{"session:oc_1:ou_me": "/usage", "session:oc_mine:ou_b": "/usage", "chat:oc_2": "owner ou_me", "other": "ou_b"} {
		c.Put(t.Context(), key, []byte(value), time.Hour)
	}
	if err := c.Forget(t.Context(), []string{"ou_me", "oc_mine", ""}); err != nil {
		t.Error(err)
	}
	if got := c.kept(); !slices.Equal(got, []string{"other"}) {
		t.Errorf("kept %q, want what mentions none of the ids", got)
	}
}
