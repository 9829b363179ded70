package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"usagebot/feishu"
	"usagebot/feishu/events"
)

// job is a request that is being answered.
type job struct {
	speaker speaker
	Request // NoticeID changes, guarded by mu
	mu      sync.Mutex
	parked  bool // guarded by mu
	owner   string
	again   bool   // somebody may have answered it in part before
	anew    bool   // the answer cannot take the place of what was sent before
	unsaid  func() // takes back that somebody was told that he asks too much; nil where nobody is

	click  chan Answer   // hands a click's answer to the callback that still waits for it
	late   chan struct{} // says that no callback waits any more
	done   chan struct{} // closed when there is nothing left to do
	inLine chan struct{} // closed by wait: its answer has to wait for its turn
	wait   func()
	err    error // set before done is closed
}

func (b *Bot) newJob(ctx context.Context, req Request, owner string, again bool) *job {
	inLine := make(chan struct{})
	return &job{
		speaker: b.speaker(ctx, req.ChatID), Request: req, owner: owner, again: again,
		click: make(chan Answer), late: make(chan struct{}), done: make(chan struct{}),
		inLine: inLine, wait: sync.OnceFunc(func() { close(inLine) }),
	}
}

func (j *job) writtenDown() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.parked
}

// outcome is what the platform is told of a job that is done: an error makes it send the event again.
func (j *job) outcome() error {
	if j.err != nil {
		return fmt.Errorf("%w: %w", events.ErrUnavailable, j.err)
	}
	return nil
}

// run answers the request and settles it in the inbox.
func (b *Bot) run(j *job) {
	b.inHand.Add(1)
	defer b.inHand.Add(-1)
	defer close(j.done)
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	err := b.carryOut(ctx, j)
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
	b.finish(ctx, j)
}

func (b *Bot) finish(ctx context.Context, j *job) {
	if err := b.Inbox.Finish(ctx, j.Key, j.owner); err != nil {
		b.Log.Warn("a finished request could not be marked", "error", err)
	}
}

// carryOut answers the request; a panic on the way is an error of this request alone.
func (b *Bot) carryOut(ctx context.Context, j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	b.heard(ctx, j.Request)
	ctx = b.Inbox.Once(ctx, j.Key) // it may have been begun before
	switch {
	case j.Click:
		return b.runClick(ctx, j)
	case j.Person != "":
		return b.runMenu(ctx, j)
	}
	return b.runMessage(ctx, j)
}

// release gives the request back. One that somebody else will find goes on as it is; one that is delivered again is not counted
// again if it was let through, and else counts as nothing that was said.
func (b *Bot) release(ctx context.Context, j *job) {
	switch {
	case b.Rates == nil || j.writtenDown():
	case j.Excess == nil:
		b.Sessions.Put(ctx, passedKey(j.Request), []byte("yes"), passed)
	case j.unsaid != nil:
		j.unsaid()
	}
	if err := b.Inbox.Release(ctx, j.Key, j.owner); err != nil {
		b.Log.Warn("a request could not be released", "error", err)
	}
}

// errGivenUp leaves a request that the stopping bot cannot finish to another process, or to the next one.
var errGivenUp = errors.New("stopped before the answer")

// protected is how long after a message its answer cannot come twice: the platform remembers a uuid for an hour.
const protected = 55 * time.Minute

func (b *Bot) worthAnotherTry(j *job, err error) bool {
	return (errors.Is(err, errGivenUp) || passing(err) || feishu.Ours.Is(err) && !maybeTarget(err)) && b.Now().Sub(j.At) < protected
}

// passing reports whether the same call may succeed a little later.
func passing(err error) bool {
	refusal := new(feishu.Error)
	return !errors.As(err, &refusal) || feishu.Retry.Is(err) || feishu.Ambiguous.Is(err)
}
