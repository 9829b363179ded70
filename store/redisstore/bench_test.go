package redisstore

import (
	"strconv"
	"testing"

	"usagebot/store"
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

func BenchmarkQuotaEmbedded(b *testing.B) { benchmarkQuota(b, open(b, "", Options{})) }

func BenchmarkQuotaRedis(b *testing.B) {
	benchmarkQuota(b, open(b, redistest.Start(b).URL(), Options{}))
}

func benchmarkQuota(b *testing.B, r *Redis) {
	q := NewQuota(r, "q", 100)
	b.ReportAllocs()
	for b.Loop() {
		id, wait, _ := q.Take(b.Context(), 100)
		if wait > 0 {
			b.Fatal(wait)
		}
		q.Cancel(b.Context(), id)
	}
}
