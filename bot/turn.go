package bot

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"usagebot/feishu"
)

// turns let messages go at the platform's speed, those of all processes together. Changes of a message need no turn: they
// are counted by the message.
type turns interface {
	// Wait waits in line until a message may go to the chat, at once; done tells that it was answered.
	Wait(ctx context.Context, chatID string) (done func(), err error)
	// Try is Wait for what is not worth waiting for: done is nil when others wait, or there is no place.
	Try(ctx context.Context, chatID string) (done func())
}

// atOnce has no limits.
type atOnce struct{}

func (atOnce) Wait(context.Context, string) (done func(), err error) { return func() {}, nil }
func (atOnce) Try(context.Context, string) (done func())             { return func() {} }

// enough is how long a chat is left alone, at least, when the platform says that it has had enough although it was our
// turn: other bots write there too.
const enough = 500 * time.Millisecond

// shortWait is how long an answer waits for its turn, at least, before its event is written down: most wait for none. Many
// that begin to wait at once are not written down at once.
const shortWait = 600 * time.Millisecond

// inTurn sends a job's message to a chat when its turn has come. Meanwhile the event is written down and acknowledged: a
// busy chat is no reason to have it sent again.
func (b *Bot) inTurn(ctx context.Context, j *job, chatID string, send func() (feishu.Sent, error)) (feishu.Sent, error) {
	for {
		long := time.AfterFunc(shortWait+rand.N(shortWait), j.wait)
		done, err := b.Turns.Wait(ctx, chatID)
		long.Stop()
		if err != nil {
			return feishu.Sent{}, fmt.Errorf("waiting for a message's turn: %w", err)
		}
		sent, err := send()
		done()
		if !feishu.Crowded(err) || sleep(ctx, enough+rand.N(enough)) != nil {
			return sent, err
		}
	}
}
