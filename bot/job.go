package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"usagebot/feishu"
)

// job is a request that is being answered.
type job struct {
	Request // NoticeID changes, guarded by mu
	mu      sync.Mutex
	parked  bool // guarded by mu
	owner   string
	again   bool // somebody may have answered it in part before

	click chan Answer   // hands a click's answer to the callback that still waits for it
	late  chan struct{} // says that no callback waits any more
	done  chan struct{} // closed when there is nothing left to do
	err   error         // set before done is closed
}

func newJob(req Request, owner string, again bool) *job {
	return &job{Request: req, owner: owner, again: again, click: make(chan Answer), late: make(chan struct{}), done: make(chan struct{})}
}

// outcome is what the platform is told of a job that is done: an error makes it send the event again.
func (j *job) outcome() error {
	if j.err != nil {
		return fmt.Errorf("%w: %w", feishu.ErrUnavailable, j.err)
	}
	return nil
}

// run answers the request and settles it in the inbox.
func (b *Bot) run(j *job) {
	defer close(j.done)
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	var err error
	if j.Click {
		err = b.runClick(ctx, j)
	} else {
		err = b.runMessage(ctx, j)
	}
	// Settling must not fail because the bot is stopping.
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err != nil && b.worthAnotherTry(j, err) {
		b.Log.Warn("an answer could not be sent", "error", err)
		j.err = err
		b.release(ctx, j) // to the next delivery, or, when it is parked, to whoever looks for orphans
		return
	}
	if err != nil {
		b.Log.Error("an answer was given up", "error", err)
	}
	if err := b.Inbox.Finish(ctx, j.Key, j.owner); err != nil {
		b.Log.Warn("a finished request could not be marked", "error", err)
	}
}

func (b *Bot) release(ctx context.Context, j *job) {
	if err := b.Inbox.Release(ctx, j.Key, j.owner); err != nil {
		b.Log.Warn("a request could not be released", "error", err)
	}
}

// tries is how long an answer that cannot be sent is worth another try: the platform's uuid protects it from coming
// twice for an hour.
const tries = 55 * time.Minute

func (b *Bot) worthAnotherTry(j *job, err error) bool {
	return (errors.Is(err, errGivenUp) || temporary(err)) && b.Now().Sub(j.At) < tries
}

// temporary reports whether sending again, later, may succeed: all but what concerns the message or its target itself.
func temporary(err error) bool {
	refusal := new(feishu.Error)
	return !errors.As(err, &refusal) || feishu.Retry.Is(err) || feishu.Ambiguous.Is(err) || feishu.Ours.Is(err)
}

// runMessage replies; when the answer takes long it first says so, and then puts the answer in that place.
func (b *Bot) runMessage(ctx context.Context, j *job) error {
	answers, req := make(chan Answer, 1), j.Request
	b.work.Go(func() { answers <- b.answer(ctx, req) })
	notice := req.NoticeID
	if notice == "" {
		select {
		case a := <-answers:
			return b.reply(ctx, j, a)
		case <-time.After(hurry):
			notice = b.notify(ctx, j)
		}
	}
	select {
	case a := <-answers:
		if notice == "" {
			return b.reply(ctx, j, a)
		}
		return b.replace(ctx, j, notice, a)
	case <-b.ctx.Done():
		return b.giveUp(j, notice)
	}
}

// notify says that the answer takes longer, and returns the message that says so.
func (b *Bot) notify(ctx context.Context, j *job) (id string) {
	id, err := b.Messenger.Reply(ctx, j.MessageID, feishu.Content{Card: b.working(j.Request)}, replyUUID(j))
	if err != nil {
		if ctx.Err() == nil {
			b.Log.Warn("could not say that an answer takes longer", "error", err)
		}
		return ""
	}
	if err := b.note(j, id); err != nil {
		b.Log.Warn("could not write down where an answer goes", "error", err)
	}
	return id
}

// replyUUID is the same for a notice and for the answer: whichever the platform has taken, there is one message.
func replyUUID(j *job) string { return feishu.UUID("reply", j.MessageID) }

// reply sends the answer. After a torn claim the uuid may have kept it from being sent, since somebody else had already
// replied, perhaps with a word that it takes longer: then that message gets the answer.
func (b *Bot) reply(ctx context.Context, j *job, a Answer) error {
	id, err := b.Messenger.Reply(ctx, j.MessageID, a.content(), replyUUID(j))
	if err != nil || !j.again {
		return err
	}
	return b.replace(ctx, j, id, a)
}

// replace puts the answer in the place of the bot's own message; when that is gone, it replies anew.
func (b *Bot) replace(ctx context.Context, j *job, id string, a Answer) error {
	err := b.Messenger.Update(ctx, id, a.Card.JSON())
	if !feishu.MessageGone.Is(err) {
		return err
	}
	_, err = b.Messenger.Reply(ctx, j.MessageID, a.content(), feishu.UUID("again", j.MessageID))
	return err
}

// errGivenUp leaves a parked request to another process.
var errGivenUp = errors.New("stopped before the answer")

// giveUp ends a job that the stopping bot cannot finish: another process will, or whoever asked is told to ask again.
func (b *Bot) giveUp(j *job, workingID string) error {
	if !b.Alone || workingID == "" {
		return errGivenUp
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return b.replace(ctx, j, workingID, b.problem(errRestarting))
}

// afterCallback is how long a card is left alone after its callback: the platform reverts an update that comes before
// the client has seen the callback's answer.
const afterCallback = 500 * time.Millisecond

// runClick hands the answer to the callback, or edits the card when that waits no longer.
func (b *Bot) runClick(ctx context.Context, j *job) error {
	a := b.answer(ctx, j.Request)
	select {
	case j.click <- a:
		return nil
	case <-j.late:
	case <-b.ctx.Done():
		return nil
	}
	time.Sleep(afterCallback)
	if !a.Problem {
		return b.replace(ctx, j, j.MessageID, a)
	}
	// A problem does not wipe out the card that everybody sees.
	_, err := b.Messenger.Reply(ctx, j.MessageID, a.content(), feishu.UUID("click", j.Key))
	return err
}
