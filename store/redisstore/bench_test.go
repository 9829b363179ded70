package redisstore

import (
	"strconv"
	"testing"
	"time"

	"usagebot/store"
	"usagebot/store/memstore"
	"usagebot/store/redistest"
)

// The benchmarks take and finish one event, which is what each event costs.
func benchmarkInbox(b *testing.B, r *Redis) {
	in, n := NewInbox(r), 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		key := "om_" + strconv.Itoa(n)
		if state, err := in.Take(b.Context(), key, "owner"); err != nil || state != store.Taken {
			b.Fatal(state, err)
		}
		if err := in.Finish(b.Context(), key, "owner"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkInboxEmbedded(b *testing.B) { benchmarkInbox(b, open(b, "", Options{})) }

func BenchmarkInboxRedis(b *testing.B) {
	benchmarkInbox(b, open(b, redistest.Start(b).URL(), Options{}))
}

func BenchmarkInboxAway(b *testing.B) {
	r := open(b, "redis://127.0.0.1:1", Options{})
	cutOff(r)
	benchmarkInbox(b, r)
}

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
