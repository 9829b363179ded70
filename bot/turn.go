package bot

import (
	"context"
	"errors"
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
// busy chat is no reason to have it sent again. While the platform refuses the bot's app it is tried again, more and more
// rarely.
func (b *Bot) inTurn(ctx context.Context, j *job, chatID string, send func() (feishu.Sent, error)) (feishu.Sent, error) {
	for refused := 0; ; {
		long := time.AfterFunc(shortWait+rand.N(shortWait), j.wait)
		done, err := b.Turns.Wait(ctx, chatID)
		long.Stop()
		if err != nil {
			return feishu.Sent{}, fmt.Errorf("waiting for a message's turn: %w", err)
		}
		sent, err := send()
		done()
		wait := enough + rand.N(enough)
		if feishu.Ours.Is(err) && !b.givesUp(j, err, refused) {
			j.wait()
			wait = refusedWait(refused)
			refused++
		} else if !feishu.Crowded(err) {
			return sent, err
		}
		switch stopped := sleep(ctx, wait) != nil; {
		case stopped && b.ctx.Err() != nil:
			return sent, errGivenUp
		case stopped:
			return sent, err
		}
	}
}

const (
	// refusedTries is how often an answer is refused in a way that may be the chat's own before it is given up: for a minute.
	refusedTries = 6
	// maxRefusedWait is the longest between two tries of an answer whose app is refused.
	maxRefusedWait = 5 * time.Minute
)

// givesUp reports whether an answer is not tried again that was refused, and how often before: the platform refuses the
// bot's app, perhaps in this chat alone.
func (b *Bot) givesUp(j *job, err error, before int) bool {
	return b.Now().Sub(j.At) >= protected || maybeTarget(err) && before+1 >= refusedTries
}

// refusedWait is how long an answer waits that was refused: 2 s, 4 s, … with a share by chance, so that those which were
// refused together do not come back together.
func refusedWait(before int) time.Duration {
	wait := min(2*time.Second<<min(before, 10), maxRefusedWait)
	return wait + rand.N(wait/4)
}

// maybeTarget reports whether a refusal of the bot's app may be about one chat alone.
func maybeTarget(err error) bool {
	refusal := new(feishu.Error)
	return errors.As(err, &refusal) && refusal.MaybeTarget()
}
