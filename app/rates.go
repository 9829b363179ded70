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

// Pass counts one, if it is within the limit of the last minute; back takes that back.
func (r rates) Pass(ctx context.Context, of string, limit int) (back func(), wait time.Duration) {
	q := redisstore.NewQuota(r.redis, "rate:"+r.redis.Hide(of), limit)
	q.Hold = 0 // what is asked counts from when it is asked
	id, wait, _ := q.Take(ctx, limit)
	if ctx.Err() != nil {
		wait = 0
	}
	return func() { q.Cancel(ctx, id) }, wait
}

// First reports whether something is the first of its kind for as long as that: the one that has a place which ends by
// itself.
func (r rates) First(ctx context.Context, of string, during time.Duration) (first bool, back func()) {
	q := redisstore.NewQuota(r.redis, "first:"+r.redis.Hide(of), 1)
	q.Window, q.Hold = time.Millisecond, during
	id, wait, _ := q.Take(ctx, 1)
	return wait <= 0 || ctx.Err() != nil, func() { q.Cancel(ctx, id) }
}
