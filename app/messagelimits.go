package app

import (
	"context"
	"sync/atomic"
	"time"

	"usagebot/reports"
	"usagebot/store/redisstore"
)

// arriving is the longest that a message takes to the platform, which counts it then. Its answer may take much longer: a
// place that was kept for that would hold up all others.
const arriving = 5 * time.Second

// messageLimits are the platform's limits for messages, over all replicas: of the app, and of each chat. What people are
// answered and what goes out by itself share them.
type messageLimits struct {
	second, minute counted
	chats          *recent[chatRoom]
	answered       atomic.Int64 // when this process last had an answer to send, in nanoseconds since 1970
}

// chatRoom is what may go to one chat, and the line of the answers that wait for it.
type chatRoom struct {
	counted
	line chan struct{} // holds one: whoever is first
}

func newMessageLimits(redis *redisstore.Redis, m *metrics) *messageLimits {
	within := func(label, name string, limit int, window time.Duration) counted {
		q := redisstore.NewQuota(redis, name, limit)
		q.Window, q.Hold = window, arriving
		return m.counted(label, q)
	}
	return &messageLimits{
		second: within("messages-second", "messages-second", reports.PerSecond, time.Second),
		minute: within("messages-minute", "messages-minute", reports.PerMinute, time.Minute),
		chats: newRecent(keptChats, func(chatID string) chatRoom {
			return chatRoom{within("chat", "chat:"+redis.Hide(chatID), reports.ChatPerSecond, time.Second), make(chan struct{}, 1)}
		}),
	}
}

// conversation is how long after an answer another one is expected.
const conversation = time.Minute

// sparing is a limit for what goes out by itself, which spares some of it for people when they are there.
type sparing struct {
	counted
	people func() bool
}

// spared is what is left of a limit when a tenth of it is spared, and at least one message.
func spared(limit int) int { return limit - max(1, limit/10) }

// Take takes a place, or says how long to wait for one.
func (s sparing) Take(ctx context.Context, limit int) (id string, wait time.Duration, left int) {
	if s.people() {
		limit = spared(limit)
	}
	return s.counted.Take(ctx, limit)
}

// pace lets go what goes out by itself. Of the app's limits it spares some only while people ask: with nobody there, digests
// go as fast as the platform lets them.
func (m *messageLimits) pace() *reports.SendLimiter {
	return reports.NewSendLimiter(sparing{m.second, m.peopleAsk}, sparing{m.minute, m.peopleAsk}, m.digests)
}

// digests is a chat's limit for what goes out by itself.
func (m *messageLimits) digests(chatID string) sparing {
	return sparing{m.chats.of(chatID).counted, func() bool { return true }}
}

func (m *messageLimits) peopleAsk() bool {
	return time.Since(time.Unix(0, m.answered.Load())) < conversation
}

// Wait waits in the chat's line for the place of an answer to a person.
func (m *messageLimits) Wait(ctx context.Context, chatID string) (done func(), err error) {
	m.answered.Store(time.Now().UnixNano())
	room := m.chats.of(chatID)
	select {
	case room.line <- struct{}{}:
		defer func() { <-room.line }()
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

// Try takes a place if there is one and nobody waits for it; otherwise done is nil.
func (m *messageLimits) Try(ctx context.Context, chatID string) (done func()) {
	room := m.chats.of(chatID)
	select {
	case room.line <- struct{}{}:
		defer func() { <-room.line }()
		done, _ = m.take(ctx, room)
	default:
	}
	return done
}

// take takes a place in each limit, or in none and says how long to wait.
func (m *messageLimits) take(ctx context.Context, room chatRoom) (done func(), wait time.Duration) {
	limits := []struct {
		counted
		limit int
	}{{room.counted, reports.ChatPerSecond}, {m.minute, reports.PerMinute}, {m.second, reports.PerSecond}}
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
