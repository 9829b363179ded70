package reports

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"
)

// The platform's limits for messages: 50 a second and 1,000 a minute by the app, and 5 a second into one chat.
const (
	PerSecond     = 50
	PerMinute     = 1000
	ChatPerSecond = 5
)

// shortly is how long a message waits in line for the app's next place: the limit of a second has one within about that.
const shortly = 1500 * time.Millisecond

// window is a limit that all replicas share.
type window interface {
	Take(ctx context.Context, limit int) (id string, wait time.Duration, left int)
	Settle(ctx context.Context, id string)
	Cancel(ctx context.Context, id string)
}

// Limited says that a message has no place now.
type Limited struct {
	Wait time.Duration // how long, about
	App  bool          // no message of the app has one; otherwise it is this chat that has had enough
}

// SendLimiter lets messages go at the platform's speed.
type SendLimiter struct {
	second, minute window
	chat           func(chatID string) window
	line           *semaphore.Weighted // in which messages wait shortly, one after the other
}

// NewSendLimiter returns a Pace over windows of a second and a minute for the app, and of a second for each chat.
func NewSendLimiter[W window](second, minute W, chat func(chatID string) W) *SendLimiter {
	return &SendLimiter{second: second, minute: minute, chat: func(id string) window { return chat(id) }, line: semaphore.NewWeighted(1)}
}

// Take takes the place of a message that is sent at once; done tells that it was answered. Where the app has one shortly it
// waits for that: nobody else could go meanwhile. Where there is none done is nil.
func (p *SendLimiter) Take(ctx context.Context, chatID string) (done func(), full Limited) {
	chat := p.chat(chatID)
	id, wait, _ := chat.Take(ctx, ChatPerSecond)
	if wait > 0 {
		return nil, Limited{Wait: wait}
	}
	settle, wait := p.takeApp(ctx)
	ctx = context.WithoutCancel(ctx)
	if wait > 0 { // all or none
		chat.Cancel(ctx, id)
		return nil, Limited{Wait: wait, App: true}
	}
	return func() {
		chat.Settle(ctx, id)
		settle()
	}, Limited{}
}

// takeApp takes a place in both of the app's windows, or in none.
func (p *SendLimiter) takeApp(ctx context.Context) (settle func(), wait time.Duration) {
	if p.line.Acquire(ctx, 1) != nil {
		return nil, time.Second
	}
	defer p.line.Release(1)
	for {
		settle, wait = p.tryApp(ctx)
		if wait <= 0 || wait > shortly || pause(ctx, wait) != nil {
			return settle, wait
		}
	}
}

func (p *SendLimiter) tryApp(ctx context.Context) (settle func(), wait time.Duration) {
	minute, wait, _ := p.minute.Take(ctx, PerMinute)
	if wait > 0 {
		return nil, wait
	}
	second, wait, _ := p.second.Take(ctx, PerSecond)
	ctx = context.WithoutCancel(ctx)
	if wait > 0 {
		p.minute.Cancel(ctx, minute)
		return nil, wait
	}
	return func() {
		p.minute.Settle(ctx, minute)
		p.second.Settle(ctx, second)
	}, 0
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return errors.Join(ctx.Err(), context.Cause(ctx))
	case <-t.C:
		return nil
	}
}
