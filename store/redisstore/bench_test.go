package redisstore

import (
	"testing"

	"usagebot/store/redistest"
)

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
