package redisstore

import (
	"context"
	"slices"
	"testing"
	"time"

	"usagebot/store/memstore"
	"usagebot/store/redistest"
)

func TestSeenContract(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, r *Redis) { seenContract(t, NewSeen(r)) })
	t.Run("memory", func(t *testing.T) { seenContract(t, memstore.NewSeen()) })
}

// seenContract is what Seen keeps in Redis and in memory.
func seenContract(t *testing.T, s interface {
	Known(ctx context.Context, keys []string) []bool
	Note(ctx context.Context, keys []string)
},
) {
	expect := func(keys []string, want ...bool) {
		t.Helper()
		if got := s.Known(t.Context(), keys); !slices.Equal(got, want) {
			t.Errorf("Known(%v) = %v, want %v", keys, got, want)
		}
	}
	expect(nil)
	expect([]string{"a", "b"}, false, false)
	s.Note(t.Context(), []string{"a", "c"})
	s.Note(t.Context(), nil)
	expect([]string{"a", "b", "c"}, true, false, true)
}

// TestSeen_TwoProcesses notes keys in one process and asks in another, with Redis there, away, and back.
func TestSeen_TwoProcesses(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	here, there := open(t, patient(server), Options{}), open(t, patient(server), Options{})
	mine, other := NewSeen(here), NewSeen(there)
	ctx, keys := t.Context(), []string{"before", "none", "while away"}
	expect := func(s *Seen, want ...bool) {
		t.Helper()
		if got := s.Known(ctx, keys); !slices.Equal(got, want) {
			t.Errorf("Known = %v, want %v", got, want)
		}
	}
	mine.Note(ctx, keys[:1])
	if ttl := here.client.TTL(ctx, here.key("seen:before")).Val(); ttl < memstore.SeenTTL-time.Minute || ttl > memstore.SeenTTL {
		t.Errorf("Redis keeps a key for %v, want %v", ttl, memstore.SeenTTL)
	}
	expect(other, true, false, false)
	cutOff(here)
	cutOff(there)
	mine.Note(ctx, keys[2:])
	expect(mine, true, false, true)
	expect(other, true, false, false) // it found the first before, and remembers that
	reconnect(here)
	reconnect(there)
	expect(mine, true, false, true)
}
