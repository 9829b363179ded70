package bot

import (
	"context"
	"time"

	"usagebot/feishu"
)

// runMessage replies; when the answer takes long it first says so, and then puts the answer in that place.
func (b *Bot) runMessage(ctx context.Context, j *job) error {
	answers, req := make(chan Answer, 1), j.Request
	b.work.Go(func() { answers <- j.speaker.answer(ctx, req) })
	if j.NoticeID == "" {
		select {
		case a := <-answers:
			return b.deliver(ctx, j, a)
		case <-time.After(hurry):
			b.notify(ctx, j)
		}
	}
	select {
	case a := <-answers:
		if b.ctx.Err() != nil {
			return errGivenUp
		}
		return b.deliver(ctx, j, a)
	case <-b.ctx.Done():
		return errGivenUp
	}
}

// deliver puts the answer where the notice is, or replies when there is none, and sees to what it lacks.
func (b *Bot) deliver(ctx context.Context, j *job, a Answer) (err error) {
	id := j.NoticeID
	if id == "" {
		id, err = b.reply(ctx, j, a)
	} else {
		id, err = b.replace(ctx, j, id, a)
	}
	if err == nil && a.More != nil {
		b.fillUp(id, b.show(ctx, id), a)
	}
	return err
}

// notify says that the answer takes longer. First the job is written down: a notice of which nobody knows would stand for
// the answer for ever, since whoever takes the message up after a torn claim answers under the same uuid. In a chat that has
// no room for it there is no notice: the answers wait there already, and it would hold them up.
func (b *Bot) notify(ctx context.Context, j *job) {
	if err := b.park(j, toWrite); err != nil {
		b.Log.Warn("an answer takes longer, and that could not be written down", "error", err)
		return
	}
	done := b.Turns.Try(ctx, j.ChatID)
	if done == nil {
		return
	}
	sent, err := b.Messenger.Reply(ctx, j.MessageID, feishu.Content{Card: j.speaker.working(j.Request)}, j.uuid())
	done()
	switch {
	case err != nil:
		// Its answer may have been lost, and the notice may be there: the reply will find it by its uuid.
		j.again = true
		if ctx.Err() == nil {
			b.Log.Warn("could not say that an answer takes longer", "error", err)
		}
	case sent.Plain:
		j.anew = true // a text cannot become a card
	default:
		if err := b.note(j, sent.ID); err != nil {
			b.Log.Warn("could not write down where an answer goes", "error", err)
		}
	}
}

// uuid is the same for a notice and for the answer: whichever the platform has taken, there is one message. The answer
// that cannot take the notice's place has another one.
func (j *job) uuid() string {
	if j.anew {
		return feishu.UUID("again", j.MessageID)
	}
	return feishu.UUID("reply", j.MessageID)
}

// reply sends the answer. After a torn claim the uuid may have kept it from being sent, since somebody else had already
// replied, perhaps with a word that it takes longer: then that message gets the answer. It returns the id of the card, or
// none when the answer went out as text.
func (b *Bot) reply(ctx context.Context, j *job, a Answer) (id string, err error) {
	sent, err := b.inTurn(ctx, j, j.ChatID, func() (feishu.Sent, error) {
		return b.Messenger.Reply(ctx, j.MessageID, a.content(), j.uuid())
	})
	switch {
	case err != nil, sent.Plain:
		return "", err
	case !j.again:
		return sent.ID, nil
	}
	return b.replace(ctx, j, sent.ID, a)
}

// replace puts the answer in the place of the bot's own message. When the platform does not let it, because the message
// is gone or the bot may not edit, the answer is a message of its own. It returns the id of the card that shows it.
func (b *Bot) replace(ctx context.Context, j *job, id string, a Answer) (shown string, err error) {
	err = b.Messenger.Update(ctx, id, a.Card.JSON())
	if err == nil || passing(err) {
		return id, err
	}
	j.anew, j.again = true, false
	return b.reply(ctx, j, a)
}
