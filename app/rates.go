package app

import (
	"context"
	"time"

	"usagebot/store/redisstore"
)

// rates count what people and chats ask for, by the same sliding window as the platform's quota. Each count lives in Redis
// alone: while that is away, everything passes, and so does what there was no time to count: whoever is over the limit gets
// no answer.
type rates struct{ redis *redisstore.Redis }

// Allow counts one request if it is within the limit of the last minute; undo takes that back.
func (r rates) Allow(ctx context.Context, of string, limit int) (undo func(), wait time.Duration) {
	q := redisstore.NewQuota(r.redis, "rate:"+r.redis.Hide(of), limit)
	q.Hold = 0 // what is asked counts from when it is asked
	id, wait, _ := q.Take(ctx, limit)
	if ctx.Err() != nil {
		wait = 0
	}
	return func() { q.Cancel(ctx, id) }, wait
}

// FirstIn reports whether key has not been seen within the given period, across all replicas. undo forgets it again.
func (r rates) FirstIn(ctx context.Context, key string, period time.Duration) (first bool, undo func()) {
	q := redisstore.NewQuota(r.redis, "first:"+r.redis.Hide(key), 1)
	q.Window, q.Hold = time.Millisecond, period
	id, wait, _ := q.Take(ctx, 1)
	return wait <= 0 || ctx.Err() != nil, func() { q.Cancel(ctx, id) }
}
