package main

import (
	"context"
	"time"

	"usagebot/store"
)

// rates count what people and chats ask for, by the same sliding window as the platform's quota. Each count lives in Redis
// alone: while that is away, everything passes.
type rates struct{ redis *store.Redis }

func (r rates) Pass(ctx context.Context, of string, limit int) time.Duration {
	q := store.NewQuota(r.redis, "rate:"+of, limit)
	q.Hold = 0 // what is asked counts from when it is asked
	_, wait, _ := q.Take(ctx, limit)
	return wait
}
