package reports

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The platform's limits for messages: 50 a second and 1,000 a minute by the app, and 5 a second into one chat.
const (
	PerSecond     = 50
	PerMinute     = 1000
	ChatPerSecond = 5
)

// window is a limit that all replicas share.
type window interface {
	Take(ctx context.Context, limit int) (id string, wait time.Duration, left int)
	Settle(ctx context.Context, id string)
	Cancel(ctx context.Context, id string)
}

// Pace lets messages go at the platform's speed.
type Pace struct {
	second, minute window
	chat           func(chatID string) window
}

// NewPace returns a Pace over windows of a second and a minute for the app, and of a second for each chat.
func NewPace[W window](second, minute W, chat func(chatID string) W) *Pace {
	return &Pace{second: second, minute: minute, chat: func(id string) window { return chat(id) }}
}

// Wait returns when a message may go to the chat; done tells that it was answered. It fails when ctx ends first.
func (p *Pace) Wait(ctx context.Context, chatID string) (done func(), err error) {
	limits := []struct {
		window
		limit int
	}{{p.chat(chatID), ChatPerSecond}, {p.minute, PerMinute}, {p.second, PerSecond}}
	for {
		ids, wait := make([]string, 0, len(limits)), time.Duration(0)
		for _, l := range limits {
			var id string
			if id, wait, _ = l.Take(ctx, l.limit); wait > 0 {
				break
			}
			ids = append(ids, id)
		}
		if wait <= 0 {
			return func() {
				for i, id := range ids {
					limits[i].Settle(context.WithoutCancel(ctx), id)
				}
			}, nil
		}
		for i, id := range ids { // all or none
			limits[i].Cancel(ctx, id)
		}
		if err := pause(ctx, wait); err != nil {
			return nil, fmt.Errorf("waiting for a message's turn: %w", err)
		}
	}
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
