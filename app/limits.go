package app

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"usagebot/bot"
	"usagebot/reports"
	"usagebot/store"
	"usagebot/usage"
)

// maxTransit is the longest time that a message needs to reach the platform, which counts it on arrival. A place in a limit
// is held no longer than this before it counts: the platform's response may take much longer, and would block all others.
const maxTransit = 5 * time.Second

// messageLimits keeps all replicas together within the platform's limits for messages: those of the app, and that of each
// chat. Answers to people and digests share them.
type messageLimits struct {
	limiter store.Limiter
	hide    func(id string) string
	queues  chatQueues
}

func newMessageLimits(l store.Limiter, hide func(id string) string) *messageLimits {
	return &messageLimits{limiter: l, hide: hide, queues: chatQueues{queues: map[string]*chatQueue{}}}
}

// windows returns the limits that an answer in a chat needs a place in.
func (m *messageLimits) windows(chatID string) []store.Window {
	return m.limits(chatID, reports.ChatPerSecond, reports.PerMinute, reports.PerSecond)
}

// backgroundWindows returns the limits of a message for which nobody waits, such as a digest. They leave places to answers.
func (m *messageLimits) backgroundWindows(chatID string) []store.Window {
	return m.limits(chatID, reports.ChatDigestsPerSecond, reports.DigestsPerMinute, reports.DigestsPerSecond)
}

func (m *messageLimits) limits(chatID string, chat, minute, second int) []store.Window {
	return []store.Window{
		{Key: "chat:" + m.hide(chatID), Limit: chat, Length: time.Second, Hold: maxTransit},
		{Key: "messages-minute", Limit: minute, Length: time.Minute, Hold: maxTransit},
		{Key: "messages-second", Limit: second, Length: time.Second, Hold: maxTransit},
	}
}

// sendLimiter returns the limiter for digests and notices.
func (m *messageLimits) sendLimiter() *reports.SendLimiter {
	return reports.NewSendLimiter(func(ctx context.Context, chatID string) (done func(), limited reports.Limited) {
		windows := m.backgroundWindows(chatID)
		done, slot := m.take(ctx, windows)
		return done, reports.Limited{Wait: slot.Wait, App: slot.Full != windows[0].Key}
	})
}

// Wait queues an answer to a person and takes a place in every limit. The caller calls done when the message is sent.
func (m *messageLimits) Wait(ctx context.Context, chatID string) (done func(), err error) {
	queue := m.queues.join(chatID)
	defer m.queues.leave(chatID)
	if err := queue.first.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer queue.first.Release(1)
	windows := m.windows(chatID)
	for {
		done, slot := m.take(ctx, windows)
		if done != nil {
			return done, nil
		}
		select {
		case <-time.After(slot.Wait):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Try reserves a message in every limit without waiting. done is nil if a limit is reached or an answer is queued for the chat.
func (m *messageLimits) Try(ctx context.Context, chatID string) (done func()) {
	return m.try(ctx, chatID, m.windows(chatID))
}

// TryBackground is Try for a message that leaves others their places.
func (m *messageLimits) TryBackground(ctx context.Context, chatID string) (done func()) {
	return m.try(ctx, chatID, m.backgroundWindows(chatID))
}

func (m *messageLimits) try(ctx context.Context, chatID string, windows []store.Window) (done func()) {
	queue := m.queues.join(chatID)
	defer m.queues.leave(chatID)
	if !queue.first.TryAcquire(1) {
		return nil
	}
	defer queue.first.Release(1)
	done, _ = m.take(ctx, windows)
	return done
}

// take takes a place in every window, or in none of them; done is then nil.
func (m *messageLimits) take(ctx context.Context, windows []store.Window) (done func(), slot store.Slot) {
	slot = m.limiter.Take(ctx, windows)
	if slot.Wait > 0 {
		return nil, slot
	}
	lasting := context.WithoutCancel(ctx)
	return func() { m.limiter.Settle(lasting, windows, slot.ID) }, slot
}

// chatQueues line up the answers to each chat, in the order in which they come.
type chatQueues struct {
	mu     sync.Mutex
	queues map[string]*chatQueue
}

// chatQueue is the queue of one chat while somebody is in it.
type chatQueue struct {
	inside int                 // guarded by chatQueues.mu
	first  *semaphore.Weighted // held by the answer that is next
}

func (q *chatQueues) join(chatID string) *chatQueue {
	q.mu.Lock()
	defer q.mu.Unlock()
	queue := q.queues[chatID]
	if queue == nil {
		queue = &chatQueue{first: semaphore.NewWeighted(1)}
		q.queues[chatID] = queue
	}
	queue.inside++
	return queue
}

func (q *chatQueues) leave(chatID string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	queue := q.queues[chatID]
	if queue.inside--; queue.inside == 0 {
		delete(q.queues, chatID)
	}
}

// rateCounter counts the requests of people and chats over a minute, all or none. If ctx ends before a request is counted,
// the request is admitted: the limit must not cost anybody an answer by mistake.
type rateCounter struct {
	limiter store.Limiter
	hide    func(id string) string
}

func (r rateCounter) windows(limits []bot.RateLimit) []store.Window {
	windows := make([]store.Window, 0, len(limits))
	for _, l := range limits {
		// Without a Hold: a request counts from the moment it arrives.
		windows = append(windows, store.Window{Key: string(l.Kind) + ":" + r.hide(l.ID), Limit: l.PerMinute, Length: time.Minute})
	}
	return windows
}

// Allow counts a request within all limits, or within none; then exceeded is the index of the first that is reached.
func (r rateCounter) Allow(ctx context.Context, limits []bot.RateLimit) (id string, exceeded int, wait time.Duration) {
	windows := r.windows(limits)
	slot := r.limiter.Take(ctx, windows)
	if ctx.Err() != nil {
		return slot.ID, 0, 0
	}
	for i, w := range windows {
		if w.Key == slot.Full {
			exceeded = i
		}
	}
	return slot.ID, exceeded, slot.Wait
}

// Undo takes a request back from some of the limits in which it was counted.
func (r rateCounter) Undo(ctx context.Context, limits []bot.RateLimit, id string) {
	r.limiter.Cancel(ctx, r.windows(limits), id)
}

// quotaFor returns the quota of an endpoint of the platform, or none if the settings lift it.
func (a *App) quotaFor(endpoint string) usage.Quota {
	if a.Config.UnlimitedCalls {
		return unlimited{}
	}
	return store.NewCallQuota(a.shared.limiter, endpoint, usage.CallsPerMinute)
}

// unlimited is a usage.Quota that lets every call pass.
type unlimited struct{}

func (unlimited) Take(_ context.Context, limit int) (string, time.Duration, int) {
	return "", 0, limit
}
func (unlimited) Settle(context.Context, string)       {}
func (unlimited) Cancel(context.Context, string)       {}
func (unlimited) Block(context.Context, time.Duration) {}
