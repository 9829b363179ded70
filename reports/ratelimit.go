package reports

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// The platform's limits for messages: 50 a second and 1,000 a minute from the app, and 5 a second to one chat.
const (
	PerSecond     = 50
	PerMinute     = 1000
	ChatPerSecond = 5
)

// What digests and notices may use of these limits. The rest is for people who wait for an answer: it is theirs always, and on
// every replica, also of somebody who asks nothing else.
const (
	DigestsPerSecond     = 45
	DigestsPerMinute     = 950
	ChatDigestsPerSecond = 4
)

const (
	// shortWait is how long a message waits in line for the app's next place. The limit per second has one within that time.
	shortWait = 1500 * time.Millisecond
	// maxAppLimited is the longest that nothing is claimed since the app is limited: a minute, and what earlier messages
	// took.
	maxAppLimited = 2 * time.Minute
	// maxChatSlots is how many messages to one chat a process has under way: as many as may go to it in a second.
	maxChatSlots = ChatPerSecond
	// maxChatWait is the latest time that a waiting message gets. A later one was set before the clock was put back.
	maxChatWait = time.Minute
)

// Limited says that a message may not be sent now.
type Limited struct {
	Wait time.Duration // for how long, about
	App  bool          // no message of the app may be sent; otherwise none to this chat
}

// SendLimiter reserves places for messages. If the app has one shortly, it waits for that, as no other message could go
// meanwhile.
type SendLimiter struct {
	take func(ctx context.Context, chatID string) (done func(), limited Limited)
	line *semaphore.Weighted // one message at a time waits for the app's next place
}

// NewSendLimiter returns a SendLimiter over the limits of the app and of a chat. take reserves a place in all of them, for a
// message that is sent at once, or in none; done, which tells that the platform has answered, is then nil.
func NewSendLimiter(take func(ctx context.Context, chatID string) (done func(), limited Limited)) *SendLimiter {
	return &SendLimiter{take: take, line: semaphore.NewWeighted(1)}
}

// Take reserves a place. If there is none, done is nil and limited says for how long.
func (l *SendLimiter) Take(ctx context.Context, chatID string) (done func(), limited Limited) {
	if l.line.Acquire(ctx, 1) != nil {
		return nil, Limited{Wait: time.Second, App: true}
	}
	defer l.line.Release(1)
	for {
		done, limited = l.take(ctx, chatID)
		if done != nil || !limited.App || limited.Wait > shortWait || sleep(ctx, limited.Wait) != nil {
			return done, limited
		}
	}
}

// sendSlots reserves places for messages, and remembers when the app as a whole has none: then nothing more is claimed.
type sendSlots struct {
	limiter    limiter
	appLimited cooldown
	now        func() time.Time
}

func newSendSlots(l limiter, now func() time.Time) *sendSlots {
	return &sendSlots{limiter: l, appLimited: cooldown{max: maxAppLimited}, now: now}
}

// acquire reserves a place; done tells that the platform has answered. If there is none, done is nil and the message waits.
func (s *sendSlots) acquire(ctx context.Context, chatID string) (done func(), limited Limited) {
	done, limited = s.limiter.Take(ctx, chatID)
	if done == nil && limited.App && ctx.Err() == nil {
		s.appLimited.start(s.now(), limited.Wait)
	}
	return done, limited
}

// wait reserves a place, and waits for it.
func (s *sendSlots) wait(ctx context.Context, chatID string) (done func(), err error) {
	for {
		done, limited := s.acquire(ctx, chatID)
		if done != nil {
			return done, nil
		}
		if err := sleep(ctx, limited.Wait); err != nil {
			return nil, err
		}
	}
}

// chatLimiter bounds what a process has under way to each chat, so that a chat with many digests, or a slow one, leaves
// workers for others.
type chatLimiter struct {
	mu    sync.Mutex
	chats map[string]*chatSlots
}

// chatSlots are the messages under way to one chat, and when the next one that has to wait may try again.
type chatSlots struct {
	used int
	next time.Time
}

func newChatLimiter() *chatLimiter { return &chatLimiter{chats: map[string]*chatSlots{}} }

// acquire takes a slot for a message to the chat, until release is called. If all are taken, release is nil and next is when
// to try again: those that wait get times one after the other, at the chat's speed.
func (l *chatLimiter) acquire(chatID string, now time.Time) (release func(), next time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	slots := l.chats[chatID]
	if slots == nil {
		slots = &chatSlots{}
		l.chats[chatID] = slots
	}
	if slots.used < maxChatSlots {
		slots.used++
		return func() { l.release(chatID) }, time.Time{}
	}
	next = slots.next
	if soonest := now.Add(time.Second); next.Before(soonest) || next.After(now.Add(maxChatWait)) {
		next = soonest
	}
	slots.next = next.Add(time.Second / ChatPerSecond)
	return nil, next
}

func (l *chatLimiter) release(chatID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	slots := l.chats[chatID]
	if slots.used--; slots.used == 0 {
		delete(l.chats, chatID)
	}
}

// maxSendWait is how long a rendered digest waits for its chat, outside the fast pool.
const maxSendWait = 10 * time.Second

// acquireSend reserves a place for the delivery's message, waiting up to maxSendWait outside the fast pool. On failure it
// requeues the delivery and returns nil: until the chat's next place if the chat is limited, and unchanged if the app is, so
// that the delivery keeps its rank.
func (c *claim) acquireSend(ctx context.Context, s Subscription) (done func()) {
	now := c.engine.cfg.Now
	for end := now().Add(maxSendWait); ; {
		done, next, appLimited := c.tryAcquireSend(ctx, s.ChatID)
		switch wait := next.Sub(now()); {
		case done != nil:
			return done
		case appLimited || ctx.Err() != nil:
			c.requeue(ctx, c.d.TryAt)
			return nil
		case next.After(end) || !c.slot.moveToSlowPool() || sleep(ctx, wait) != nil:
			c.requeue(ctx, next)
			return nil
		}
	}
}

// tryAcquireSend reserves a place if there is one. Otherwise next is when to try again, unless the whole app is limited.
func (c *claim) tryAcquireSend(ctx context.Context, chatID string) (done func(), next time.Time, appLimited bool) {
	e := c.engine
	release, next := e.chats.acquire(chatID, e.cfg.Now())
	if release == nil {
		return nil, next, false
	}
	answered, limited := e.sends.acquire(ctx, chatID)
	if answered == nil {
		release()
		return nil, e.cfg.Now().Add(max(limited.Wait, time.Second/ChatPerSecond)), limited.App
	}
	return func() {
		answered()
		release()
	}, next, false
}
