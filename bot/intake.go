package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"usagebot/feishu/events"
)

// The platform waits 3 s for an event's answer.
const (
	hurry    = 1600 * time.Millisecond // after this, whoever asked is told that it takes longer
	budget   = 2200 * time.Millisecond // after this, the event is written down and acknowledged
	patience = 32 * time.Minute        // the longest that a request is worked on; above the Asker's own
	toWrite  = 400 * time.Millisecond  // for writing it down when there is no time left
	glance   = 50 * time.Millisecond   // how often a request that is in other hands is looked at
	beat     = 5 * time.Second         // how often a lease is renewed, and orphans are looked for

	// firstDelivery is how old an event may be to be surely delivered for the first time: the platform's first repetition
	// comes after 15 s. Of an older one somebody may have answered: what he sent is replaced, so that it is of now.
	firstDelivery = 10 * time.Second
)

// Handle takes an event. It returns without an error only when the event's effect is safe: done, or written down where
// another process finds it.
func (b *Bot) Handle(ctx context.Context, e *events.Event) (events.Response, error) {
	if e.Department != "" {
		b.Directory.Changed()
		return events.Response{}, nil
	}
	if e.Chat != nil {
		if err := b.chatLife(ctx, e); err != nil {
			return events.Response{}, fmt.Errorf("%w: %w", events.ErrUnavailable, err)
		}
		return events.Response{}, nil
	}
	req, ok := b.request(e)
	if !ok {
		return events.Response{}, nil
	}
	if b.Full() {
		return events.Response{}, fmt.Errorf("too much is in hand: %w", events.ErrUnavailable)
	}
	owner := rand.Text()
	state := b.admit(ctx, req.Key, owner)
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	switch state {
	case parked, done:
		return events.Response{}, nil
	case taken, again:
		var p pace
		req.Stranger = stranger(e)
		if state == taken {
			p = b.paced(ctx, req)
		}
		if p.quiet {
			b.drop(ctx, req, owner)
			return events.Response{}, nil
		}
		req.Excess = p.over
		j := b.newJob(ctx, req, owner, state == again || b.Now().Sub(req.At) > firstDelivery)
		j.unsaid = p.unsaid
		if !b.enter(func() { b.run(j) }) {
			b.release(ctx, j)
			return events.Response{}, fmt.Errorf("stopping: %w", events.ErrUnavailable)
		}
		return b.await(ctx, j)
	}
	return events.Response{}, fmt.Errorf("another delivery is still in work: %w", events.ErrUnavailable)
}

// admit claims the request, or waits until it is known what became of the claim that somebody else has: a little longer
// than that one may take to be written down.
func (b *Bot) admit(ctx context.Context, key, owner string) (state string) {
	ctx, cancel := context.WithTimeout(ctx, budget+8*glance)
	defer cancel()
	for {
		state, err := b.Inbox.Take(ctx, key, owner)
		if err != nil {
			return busy
		}
		if state != busy {
			return state
		}
		select {
		case <-ctx.Done():
			return busy
		case <-time.After(glance):
		}
	}
}

// await waits for the job as long as the platform waits for the event, or until it waits for its turn in a line. Then the
// job is written down.
func (b *Bot) await(ctx context.Context, j *job) (events.Response, error) {
	select {
	case a := <-j.click:
		return respond(a), nil
	case <-j.done:
		return events.Response{}, j.outcome()
	case <-j.inLine:
	case <-ctx.Done():
	}
	err := b.park(j, left(ctx)+toWrite)
	b.enter(func() { b.tend(j) })
	select {
	case a := <-j.click:
		return respond(a), nil
	default:
		close(j.late)
	}
	if err != nil {
		// It goes on here, but if this process dies nobody else would know: then the platform must send it again. A click
		// it does not: whoever clicked is shown that it failed, and may click again.
		return events.Response{}, err
	}
	if !j.Click {
		return events.Response{}, nil
	}
	return j.speaker.wait(), nil
}

// left is the time that a context leaves.
func left(ctx context.Context) time.Duration {
	until, _ := ctx.Deadline()
	return max(0, time.Until(until))
}

// park writes the job down within a time, so that somebody else can do it should this process die.
func (b *Bot) park(j *job, within time.Duration) error {
	err := b.writeDown(j, within, func() bool { return !j.parked })
	if err == nil {
		return nil
	}
	select {
	case <-j.done: // it was finished meanwhile: there is nothing to write down
		return j.outcome()
	case <-time.After(glance): // it may just be finishing
		return fmt.Errorf("%w: %w", events.ErrUnavailable, err)
	}
}

// note remembers the message that the answer will replace, also for whoever may have to finish the job.
func (b *Bot) note(j *job, noticeID string) error {
	return b.writeDown(j, toWrite, func() bool {
		changed := j.NoticeID != noticeID
		j.NoticeID = noticeID
		return changed
	})
}

// writeDown puts the job, as it is now, where another process finds it, if that is wanted.
func (b *Bot) writeDown(j *job, within time.Duration, wanted func() bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	j.mu.Lock()
	defer j.mu.Unlock()
	if !wanted() {
		return nil
	}
	written, err := json.Marshal(j.Request)
	if err != nil {
		return fmt.Errorf("writing a request down: %w", err)
	}
	err = b.Inbox.Park(ctx, j.Key, j.owner, written)
	j.parked = j.parked || err == nil
	return err
}

// tend renews the job's lease until it is done.
func (b *Bot) tend(j *job) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-j.done:
			return
		case <-tick.C:
			if err := b.Inbox.Keep(b.ctx, j.Key, j.owner); err != nil && b.ctx.Err() == nil {
				b.Log.Warn("could not renew a lease", "error", err)
			}
		}
	}
}

// adoptions is how many orphans one process takes over at a time: the rest is for the others.
const adoptions = 8

// Recover takes over what other processes began and left, until ctx ends.
func (b *Bot) Recover(ctx context.Context) {
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for range adoptions {
				if !b.adopt(ctx) {
					break
				}
			}
		}
	}
}

// adopt takes over one orphan; it reports whether there was one.
func (b *Bot) adopt(ctx context.Context) bool {
	owner := rand.Text()
	key, written, err := b.Inbox.Orphan(ctx, owner)
	if err != nil || key == "" {
		return false
	}
	var req Request
	if err := json.Unmarshal(written, &req); err != nil {
		b.Log.Error("an orphan cannot be read", "error", err)
		_ = b.Inbox.Finish(ctx, key, owner)
		return true
	}
	j := b.newJob(ctx, req, owner, true)
	j.parked = true
	close(j.late) // nobody waits for it
	if !b.enter(func() { b.run(j) }) {
		b.release(ctx, j)
		return false
	}
	b.enter(func() { b.tend(j) })
	return true
}
