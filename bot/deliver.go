package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	randv2 "math/rand/v2"
	"time"

	"usagebot/feishu"
)

// sendLimiter lets messages go at the platform's speed, together with those of all other processes. Editing a message
// needs no slot: edits are counted per message.
type sendLimiter interface {
	// Wait waits for a slot to send a message to the chat at once; done says that the platform has answered.
	Wait(ctx context.Context, chatID string) (done func(), err error)
	// Try takes a slot if there is one and nobody waits for it; otherwise done is nil.
	Try(ctx context.Context, chatID string) (done func())
}

// unlimited lets every message go at once.
type unlimited struct{}

func (unlimited) Wait(context.Context, string) (done func(), err error) { return func() {}, nil }
func (unlimited) Try(context.Context, string) (done func())             { return func() {} }

// delivery gets answers to the person: as a reply, in place of the "still working" notice, in a click's callback, or in a
// direct message. It keeps a card up to date while more of its answer comes.
type delivery struct {
	*lifecycle
	jobs      *jobStore
	answers   *pipeline
	messenger messenger
	sender    sender
	limiter   sendLimiter
	cache     cache
	now       func() time.Time
	log       *slog.Logger

	noticeAfter time.Duration // how long an answer may take before a notice says so
}

// run answers a job's request and delivers the answer.
func (d *delivery) run(ctx context.Context, j *job) error {
	switch {
	case j.Click:
		return d.runClick(ctx, j)
	case j.Person != "":
		return d.runMenu(ctx, j)
	}
	return d.runMessage(ctx, j)
}

// runMessage replies. If the answer takes long it first sends a notice, which the answer then replaces.
func (d *delivery) runMessage(ctx context.Context, j *job) error {
	answers, req := make(chan Answer, 1), j.Request
	d.work.Go(func() { answers <- d.answers.Answer(ctx, req) })
	if j.NoticeID == "" {
		select {
		case a := <-answers:
			return d.deliver(ctx, j, a)
		case <-time.After(d.noticeAfter):
			d.notify(ctx, j)
		}
	}
	select {
	case a := <-answers:
		if d.ctx.Err() != nil {
			return errGivenUp
		}
		return d.deliver(ctx, j, a)
	case <-d.ctx.Done():
		return errGivenUp
	}
}

// deliver puts the answer where the notice is, or replies if there is none. Then it updates the card until it is complete.
func (d *delivery) deliver(ctx context.Context, j *job, a Answer) (err error) {
	id := j.NoticeID
	if id == "" {
		id, err = d.reply(ctx, j, a)
	} else {
		id, err = d.replace(ctx, j, id, a)
	}
	if err == nil && a.Refine != nil {
		d.updateUntilComplete(id, d.setCurrentView(ctx, id), a)
	}
	return err
}

// notify sends the "still working" notice. The job is persisted first: notice and answer share a uuid, so after a crash
// another replica would otherwise mistake the notice for the answer. If the chat is rate limited, no notice is sent: the
// answers wait for slots already, and it would hold them up.
func (d *delivery) notify(ctx context.Context, j *job) {
	if err := d.jobs.persist(j, persistTimeout); err != nil {
		d.log.Warn("could not persist a slow request", "error", err)
		return
	}
	done := d.limiter.Try(ctx, j.ChatID)
	if done == nil {
		return
	}
	sent, err := d.messenger.Reply(ctx, j.MessageID, feishu.Content{Card: d.answers.working(ctx, j.Request)}, j.uuid())
	done()
	switch {
	case err != nil:
		// The platform may have sent the notice and lost the response. The reply will find it by its uuid.
		j.again = true
		if ctx.Err() == nil {
			d.log.Warn("could not send a notice", "error", err)
		}
	case sent.Plain:
		j.separate = true // a text cannot become a card
	default:
		if err := d.jobs.persistNotice(j, sent.ID); err != nil {
			d.log.Warn("could not persist a notice", "error", err)
		}
	}
}

// uuid returns the uuid of the job's reply. A notice and its answer share it, so the platform makes one message of them.
// An answer that cannot replace the notice has its own.
func (j *job) uuid() string {
	if j.separate {
		return feishu.UUID("again", j.MessageID)
	}
	return feishu.UUID("reply", j.MessageID)
}

// reply sends the answer and returns the id of the card; no id if the answer went out as text. If another process may have
// replied before, the platform may return that process's message because of the shared uuid: then the answer replaces it.
func (d *delivery) reply(ctx context.Context, j *job, a Answer) (id string, err error) {
	sent, err := d.sendLimited(ctx, j, j.ChatID, func() (feishu.Sent, error) {
		return d.messenger.Reply(ctx, j.MessageID, a.content(), j.uuid())
	})
	switch {
	case err != nil, sent.Plain:
		return "", err
	case !j.again:
		return sent.ID, nil
	}
	return d.replace(ctx, j, sent.ID, a)
}

// replace puts the answer in place of the bot's own message. If the platform does not allow it, because the message is
// gone or the bot may not edit, the answer becomes a message of its own. replace returns the id of the card that shows it.
func (d *delivery) replace(ctx context.Context, j *job, id string, a Answer) (shownBy string, err error) {
	err = d.messenger.Update(ctx, id, a.Card.JSON())
	if err == nil || isTransient(err) {
		return id, err
	}
	j.separate, j.again = true, false
	return d.reply(ctx, j, a)
}

// runMenu sends the answer to the person, as one message however often it is tried.
func (d *delivery) runMenu(ctx context.Context, j *job) error {
	a := d.answers.Answer(ctx, j.Request)
	if d.ctx.Err() != nil {
		return errGivenUp
	}
	sent, err := d.sendLimited(ctx, j, j.Person, func() (feishu.Sent, error) {
		return d.sender.Send(ctx, feishu.To{Kind: feishu.ToPerson, ID: j.Person}, a.content(), feishu.UUID("menu", j.Key))
	})
	if err == nil && !sent.Plain && a.Refine != nil {
		d.updateUntilComplete(sent.ID, d.setCurrentView(ctx, sent.ID), a)
	}
	return err
}

// afterCallback is how long a card is left alone after its callback. The platform reverts an update that comes before the
// client has seen the callback's response, or less than half a second after; the rest is for the response to get there.
const afterCallback = 800 * time.Millisecond

// runClick hands the answer to the callback, or edits the card if the callback no longer waits. A problem does not change
// the card, so an earlier answer that is being completed there goes on.
func (d *delivery) runClick(ctx context.Context, j *job) error {
	d.suspendUpdates(ctx, j.MessageID, clickTimeout)
	defer d.suspendUpdates(context.WithoutCancel(ctx), j.MessageID, afterCallback)
	view, a := "", d.answers.Answer(ctx, j.Request)
	if !a.Problem {
		view = d.setCurrentView(ctx, j.MessageID)
	}
	select {
	case j.click <- a:
		d.updateUntilComplete(j.MessageID, view, a)
		return nil
	case <-j.late:
	}
	if d.ctx.Err() != nil {
		return errGivenUp
	}
	time.Sleep(afterCallback)
	if a.Problem { // a reply, since the problem must not wipe out a card that everybody sees
		_, err := d.sendLimited(ctx, j, j.ChatID, func() (feishu.Sent, error) {
			return d.messenger.Reply(ctx, j.MessageID, a.content(), feishu.UUID("click", j.Key))
		})
		return err
	}
	id, err := d.replace(ctx, j, j.MessageID, a)
	if err == nil && id == j.MessageID {
		d.updateUntilComplete(id, view, a)
	}
	return err
}

// chatBackoff is how long a chat is left alone, at least, if the platform says that it got too many messages although the
// limiter gave a slot: other bots write there too.
const chatBackoff = 500 * time.Millisecond

// slotWait is how long an answer waits for a slot, at least, before its event is persisted. Most wait for none. A random
// part keeps many answers that begin to wait together from being persisted together.
const slotWait = 600 * time.Millisecond

// sendLimited sends a job's message to a chat as soon as the limiter has a slot. If that takes long, the event is persisted
// and acknowledged: a busy chat is no reason to have it delivered again. While the platform refuses the app, sendLimited
// tries again after growing pauses.
func (d *delivery) sendLimited(ctx context.Context, j *job, chatID string, send func() (feishu.Sent, error)) (feishu.Sent, error) {
	for refused := 0; ; {
		long := time.AfterFunc(slotWait+randv2.N(slotWait), j.wait)
		done, err := d.limiter.Wait(ctx, chatID)
		long.Stop()
		if err != nil {
			return feishu.Sent{}, fmt.Errorf("waiting for a message's turn: %w", err)
		}
		sent, err := send()
		done()
		wait := chatBackoff + randv2.N(chatBackoff)
		if feishu.AppRejected.Is(err) && !d.givesUp(j, err, refused) {
			j.wait()
			wait = refusedWait(refused)
			refused++
		} else if !feishu.IsChatRateLimited(err) {
			return sent, err
		}
		switch stopped := sleep(ctx, wait) != nil; {
		case stopped && d.ctx.Err() != nil:
			return sent, errGivenUp
		case stopped:
			return sent, err
		}
	}
}

const (
	// refusedTries is how often an answer is tried if the refusal may concern its chat alone: for about a minute.
	refusedTries = 6
	// maxRefusedWait is the longest pause between two tries while the platform refuses the app.
	maxRefusedWait = 5 * time.Minute
)

// givesUp reports whether an answer that the platform has refused before, so many times, is not tried again.
func (d *delivery) givesUp(j *job, err error, before int) bool {
	return d.now().Sub(j.At) >= dedupWindow || maybeTarget(err) && before+1 >= refusedTries
}

// refusedWait returns the pause after a refusal: 2 s, 4 s, … A random part keeps answers that were refused together from
// coming back together.
func refusedWait(before int) time.Duration {
	wait := min(2*time.Second<<min(before, 10), maxRefusedWait)
	return wait + randv2.N(wait/4)
}

// maybeTarget reports whether a refusal of the app may concern one chat alone.
func maybeTarget(err error) bool {
	refusal := new(feishu.Error)
	return errors.As(err, &refusal) && refusal.MayConcernTargetOnly()
}

const (
	// viewTTL is how long it is remembered which answer a card shows: longer than any answer takes to complete.
	viewTTL = time.Hour
	// clickTimeout is how long a card's updates wait for the answer to a click on it.
	clickTimeout = time.Minute
)

// setCurrentView marks which answer a card shows. Background updates of an earlier answer stop.
func (d *delivery) setCurrentView(ctx context.Context, messageID string) (view string) {
	view = rand.Text()
	d.cache.Put(ctx, "view:"+messageID, []byte(view), viewTTL)
	return view
}

// isCurrentView reports whether a card still shows an answer. It says no if the cache has lost that.
func (d *delivery) isCurrentView(ctx context.Context, messageID, view string) bool {
	now, ok := d.cache.Get(ctx, "view:"+messageID)
	return ok && string(now) == view
}

// suspendUpdates pauses a card's updates while a click on it is answered: the answer may replace the card, and the
// platform reverts an edit that comes too soon after a callback.
func (d *delivery) suspendUpdates(ctx context.Context, messageID string, length time.Duration) {
	until, err := d.now().Add(length).MarshalText()
	if err == nil {
		d.cache.Put(ctx, "clicked:"+messageID, until, length)
	}
}

// awaitClicks waits until no click on the card is being answered. It reports false if ctx ends before.
func (d *delivery) awaitClicks(ctx context.Context, messageID string) bool {
	for {
		var until time.Time
		kept, ok := d.cache.Get(ctx, "clicked:"+messageID)
		if !ok || until.UnmarshalText(kept) != nil || !d.now().Before(until) {
			return ctx.Err() == nil
		}
		if sleep(ctx, afterCallback) != nil {
			return false
		}
	}
}

// updateUntilComplete edits a card as more of its answer comes. If the process ends meanwhile nothing is lost that a person
// waits for: the card has a button that asks again.
func (d *delivery) updateUntilComplete(messageID, view string, a Answer) {
	if a.Refine == nil || messageID == "" {
		return
	}
	d.start(func() {
		ctx, cancel := context.WithTimeout(d.optional, jobTimeout)
		defer cancel()
		for a.Refine != nil {
			if sleep(ctx, afterCallback) != nil {
				return
			}
			fuller, err := a.Refine(ctx)
			if err != nil || fuller.Problem || !d.awaitClicks(ctx, messageID) || !d.isCurrentView(ctx, messageID, view) {
				return
			}
			a = fuller
			if err := d.messenger.Update(ctx, messageID, a.Card.JSON()); err != nil {
				if ctx.Err() == nil { // otherwise the bot is stopping
					d.log.Warn("could not update a card", "error", err)
				}
				return
			}
		}
	})
}
