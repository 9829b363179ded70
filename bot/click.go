package bot

import (
	"context"
	"time"

	"usagebot/feishu"
)

// afterCallback is how long a card is left alone after its callback: the platform reverts an update that comes before
// the client has seen the callback's answer, and half a second after it. The rest is for the answer to get there.
const afterCallback = 800 * time.Millisecond

// runClick hands the answer to the callback, or edits the card when that waits no longer. A problem changes nothing of the
// card: an earlier answer that is being filled up there goes on.
func (b *Bot) runClick(ctx context.Context, j *job) error {
	b.suspendFilling(ctx, j.MessageID, clickLength)
	defer b.suspendFilling(context.WithoutCancel(ctx), j.MessageID, afterCallback)
	view, a := "", j.speaker.answer(ctx, j.Request)
	if !a.Problem {
		view = b.show(ctx, j.MessageID)
	}
	select {
	case j.click <- a:
		b.fillUp(j.MessageID, view, a)
		return nil
	case <-j.late:
	}
	if b.ctx.Err() != nil {
		return errGivenUp
	}
	time.Sleep(afterCallback)
	if !a.Problem {
		id, err := b.replace(ctx, j, j.MessageID, a)
		if err == nil && id == j.MessageID {
			b.fillUp(id, view, a)
		}
		return err
	}
	// A problem does not wipe out the card that everybody sees.
	return b.replyToClick(ctx, j, a)
}

func (b *Bot) replyToClick(ctx context.Context, j *job, a Answer) error {
	_, err := b.inTurn(ctx, j, j.ChatID, func() (feishu.Sent, error) {
		return b.Messenger.Reply(ctx, j.MessageID, a.content(), feishu.UUID("click", j.Key))
	})
	return err
}
