package redisstore

import (
	"testing"
	"time"

	"usagebot/store"
	"usagebot/store/memstore"
	"usagebot/store/redistest"
)

func BenchmarkLimiterMemory(b *testing.B) { benchmarkLimiter(b, memstore.NewLimiter()) }

func BenchmarkLimiterRedis(b *testing.B) {
	benchmarkLimiter(b, NewLimiter(open(b, redistest.Start(b).URL(), Options{})))
}

// benchmarkLimiter takes and settles the places of one message while 900 others have theirs.
func benchmarkLimiter(b *testing.B, l store.Limiter) {
	windows := []store.Window{
		{Key: "chat", Limit: 1_000_000, Length: time.Second, Hold: 5 * time.Second},
		{Key: "minute", Limit: 1_000_000, Length: time.Minute, Hold: 5 * time.Second},
		{Key: "second", Limit: 1_000_000, Length: time.Second, Hold: 5 * time.Second},
	}
	for range 900 {
		l.Take(b.Context(), windows)
	}
	b.ReportAllocs()
	for b.Loop() {
		slot := l.Take(b.Context(), windows)
		if slot.Wait > 0 {
			b.Fatal(slot)
		}
		l.Cancel(b.Context(), windows, slot.ID)
	}
}
