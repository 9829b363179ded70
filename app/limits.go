package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"usagebot/reports"
	"usagebot/store/redisstore"
	"usagebot/usage"
)

// maxTransit is the longest time that a message needs to reach the platform, which counts it on arrival. A place in a limit
// is held no longer than this before it counts: the platform's response may take much longer, and would block all others.
const maxTransit = 5 * time.Second

// messageLimits keeps all replicas together within the platform's limits for messages: those of the app, and that of each
// chat. Answers to people and digests share them.
type messageLimits struct {
	second, minute countedQuota
	chats          *generationCache[chatLimit]
	lastAnswer     atomic.Int64 // when this process last wanted to send an answer, in nanoseconds since 1970
}

// chatLimit is the limit of one chat, and the queue of the answers that wait for it.
type chatLimit struct {
	countedQuota
	queue chan struct{} // capacity 1: held by the sender that is first in the queue
}

func newMessageLimits(redis *redisstore.Redis, m *metrics) *messageLimits {
	within := func(label, name string, limit int, window time.Duration) countedQuota {
		q := redisstore.NewQuota(redis, name, limit)
		q.Window, q.Hold = window, maxTransit
		return m.countWaits(label, q)
	}
	return &messageLimits{
		second: within("messages-second", "messages-second", reports.PerSecond, time.Second),
		minute: within("messages-minute", "messages-minute", reports.PerMinute, time.Minute),
		chats: newGenerationCache(minCachedChats, func(chatID string) chatLimit {
			return chatLimit{within("chat", "chat:"+redis.Hide(chatID), reports.ChatPerSecond, time.Second), make(chan struct{}, 1)}
		}),
	}
}

// interactiveWindow is how long after an answer more answers are expected.
const interactiveWindow = time.Minute

// backgroundLimit is a limit for digests and notices. While peopleActive reports true it leaves a part of the limit to
// answers.
type backgroundLimit struct {
	countedQuota
	peopleActive func() bool
}

// withoutReserve returns limit without the part that is reserved for answers: a tenth of it, and at least one message.
func withoutReserve(limit int) int { return limit - max(1, limit/10) }

// Take takes a place in the limit, or returns how long to wait for one.
func (s backgroundLimit) Take(ctx context.Context, limit int) (id string, wait time.Duration, left int) {
	if s.peopleActive() {
		limit = withoutReserve(limit)
	}
	return s.countedQuota.Take(ctx, limit)
}

// sendLimiter returns the limiter for digests and notices. It reserves a part of the app's limits for answers only while
// people are active: otherwise digests go out as fast as the platform allows.
func (m *messageLimits) sendLimiter() *reports.SendLimiter {
	return reports.NewSendLimiter(backgroundLimit{m.second, m.peopleActive}, backgroundLimit{m.minute, m.peopleActive}, m.chatBackgroundLimit)
}

// chatBackgroundLimit returns a chat's limit for digests and notices. It always reserves a part for answers.
func (m *messageLimits) chatBackgroundLimit(chatID string) backgroundLimit {
	return backgroundLimit{m.chats.get(chatID).countedQuota, func() bool { return true }}
}

func (m *messageLimits) peopleActive() bool {
	return time.Since(time.Unix(0, m.lastAnswer.Load())) < interactiveWindow
}

// Wait queues an answer to a person and takes a place in every limit. The caller calls done when the message is sent.
func (m *messageLimits) Wait(ctx context.Context, chatID string) (done func(), err error) {
	m.lastAnswer.Store(time.Now().UnixNano())
	room := m.chats.get(chatID)
	select {
	case room.queue <- struct{}{}:
		defer func() { <-room.queue }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for {
		done, wait := m.take(ctx, room)
		if done != nil {
			return done, nil
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Try reserves a message in every limit without waiting. done is nil if a limit is reached or an answer is queued for the chat.
func (m *messageLimits) Try(ctx context.Context, chatID string) (done func()) {
	room := m.chats.get(chatID)
	select {
	case room.queue <- struct{}{}:
		defer func() { <-room.queue }()
		done, _ = m.take(ctx, room)
	default:
	}
	return done
}

// take takes a place in every limit, or in none of them and returns how long to wait.
func (m *messageLimits) take(ctx context.Context, room chatLimit) (done func(), wait time.Duration) {
	limits := []struct {
		countedQuota
		limit int
	}{{room.countedQuota, reports.ChatPerSecond}, {m.minute, reports.PerMinute}, {m.second, reports.PerSecond}}
	ids := make([]string, 0, len(limits))
	lasting := context.WithoutCancel(ctx)
	for _, l := range limits {
		id, wait, _ := l.Take(ctx, l.limit)
		if wait > 0 {
			for i, id := range ids {
				limits[i].Cancel(lasting, id)
			}
			return nil, wait
		}
		ids = append(ids, id)
	}
	return func() {
		for i, id := range ids {
			limits[i].Settle(lasting, id)
		}
	}, 0
}

// minCachedChats is how many chats' quotas are cached at least. A quota is needed while the messages that it admitted
// count, which is some seconds; fewer chats than this can be written to in that time.
const minCachedChats = 2048

// generationCache keeps the value that was created for a key while the key is among the last ones used. It holds the quotas
// of chats: while Redis is away each quota counts by itself, so one that was created anew for each message would admit all.
type generationCache[V any] struct {
	create func(key string) V
	size   int

	mu                sync.Mutex
	current, previous map[string]V
}

func newGenerationCache[V any](keep int, fresh func(key string) V) *generationCache[V] {
	return &generationCache[V]{create: fresh, size: keep, current: map[string]V{}}
}

// get returns the value of a key and creates it if needed. Used keys are in the current generation; when it is full it
// becomes the previous one, and the previous one is dropped.
func (r *generationCache[V]) get(key string) V {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.current[key]; ok {
		return v
	}
	v, ok := r.previous[key]
	if !ok {
		v = r.create(key)
	}
	if len(r.current) >= r.size {
		r.current, r.previous = map[string]V{}, r.current
	}
	r.current[key] = v
	return v
}

// rateLimiter limits the requests of a person or a chat, with the same sliding window as the platform's quota. The counts
// are in Redis alone. While Redis is away, or if ctx ends before a request is counted, the request is admitted: the limit
// must not cost anybody an answer by mistake.
type rateLimiter struct{ redis *redisstore.Redis }

// Allow counts a request of the person or chat if it is within the limit of the last minute; otherwise it returns how long
// to wait. back undoes the count.
func (r rateLimiter) Allow(ctx context.Context, of string, limit int) (back func(), wait time.Duration) {
	q := redisstore.NewQuota(r.redis, "rate:"+r.redis.Hide(of), limit)
	q.Hold = 0 // a request counts from the moment it arrives
	id, wait, _ := q.Take(ctx, limit)
	if ctx.Err() != nil {
		wait = 0
	}
	return func() { q.Cancel(ctx, id) }, wait
}

// FirstIn reports whether the key has not been seen within the given period, across all replicas. back forgets it again.
func (r rateLimiter) FirstIn(ctx context.Context, of string, during time.Duration) (first bool, back func()) {
	q := redisstore.NewQuota(r.redis, "first:"+r.redis.Hide(of), 1)
	q.Window, q.Hold = time.Millisecond, during
	id, wait, _ := q.Take(ctx, 1)
	return wait <= 0 || ctx.Err() != nil, func() { q.Cancel(ctx, id) }
}

// quotaFor returns the quota of an endpoint of the platform, or none if the settings lift it.
func (a *App) quotaFor(endpoint string, q *redisstore.Quota) usage.Quota {
	if a.Config.UnlimitedCalls {
		return unlimited{}
	}
	return a.metrics.countWaits(endpoint, q)
}

// unlimited is a usage.Quota that lets every call pass.
type unlimited struct{}

func (unlimited) Take(_ context.Context, limit int) (string, time.Duration, int) {
	return "", 0, limit
}
func (unlimited) Settle(context.Context, string)       {}
func (unlimited) Cancel(context.Context, string)       {}
func (unlimited) Block(context.Context, time.Duration) {}
