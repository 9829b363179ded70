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
	"usagebot/usage"
)

// sendLimiter lets messages go at the platform's speed, together with those of all other processes. Editing a message
// needs no slot: edits are counted per message.
type sendLimiter interface {
	// Wait waits for a slot to send a message to the chat at once; done says that the platform has answered.
	Wait(ctx context.Context, chatID string) (done func(), err error)
	// Try takes a slot if there is one and nobody waits for it; otherwise done is nil.
	Try(ctx context.Context, chatID string) (done func())
	// TryBackground is Try for a message for which nobody waits: it leaves answers the places that are reserved for them.
	TryBackground(ctx context.Context, chatID string) (done func())
}

// unlimited lets every message go at once.
type unlimited struct{}

func (unlimited) Wait(context.Context, string) (done func(), err error) { return func() {}, nil }
func (unlimited) Try(context.Context, string) (done func())             { return func() {} }
func (unlimited) TryBackground(context.Context, string) (done func())   { return func() {} }

// delivery gets answers to the person: as a reply, in place of the "still working" notice, in a click's callback, in a direct
// message, or in a group to one person alone. It keeps a card up to date while more of its answer comes.
type delivery struct {
	*lifecycle
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
	if j.Click {
		return d.runClick(ctx, j)
	}
	answers, req := make(chan Answer, 1), j.Request
	d.work.Go(func() { answers <- d.answers.Answer(ctx, req) })
	if !j.again { // an earlier attempt may have sent the notice already
		select {
		case a := <-answers:
			return d.deliver(ctx, j, a)
		case <-time.After(d.noticeAfter):
			if !d.answers.quiet(req) {
				d.notify(ctx, j)
			}
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

// deliver puts the answer where the notice is, or sends it if there is none. Then it updates the card until it is complete.
func (d *delivery) deliver(ctx context.Context, j *job, a Answer) (err error) {
	id := j.noticeID
	if id == "" {
		id, err = d.send(ctx, j, a)
	} else {
		id, err = d.replace(ctx, j, id, a)
	}
	if err == nil && id != "" && j.ThreadID != "" {
		d.cache.Put(ctx, threadKey(id), []byte(j.ThreadID), sessionLength)
	}
	if err == nil && a.Refine != nil {
		d.updateUntilComplete(id, d.setCurrentView(ctx, id), a)
	}
	return err
}

// notify sends the "still working" notice. It has the uuid of the answer: an attempt after a crash finds the notice by it
// and puts the answer there. If the chat is rate limited, no notice is sent: the answers wait for slots already, and it
// would hold them up.
func (d *delivery) notify(ctx context.Context, j *job) {
	done := d.limiter.Try(ctx, j.target())
	if done == nil {
		return
	}
	sent, err := d.post(ctx, j, d.answers.working(ctx, j.Request))
	done()
	switch {
	case err != nil:
		// The platform may have sent the notice and lost the response. The answer will find it by its uuid.
		j.again = true
		if ctx.Err() == nil {
			d.log.Warn("could not send a notice", "error", err)
		}
	case sent.Plain:
		j.separate = true // a text cannot become a card
	default:
		j.noticeID = sent.ID
	}
}

// target returns whose message slots the job's messages use: the chat, or the person who used the menu.
func (j *job) target() string {
	if j.Person != "" {
		return j.Person
	}
	return j.ChatID
}

// post sends a message of the job: a reply, or a direct message to the person who used the menu. If the clicked card cannot
// be replied to, because it is gone or only one person sees it, the message goes to its chat.
func (d *delivery) post(ctx context.Context, j *job, content feishu.Content) (feishu.Sent, error) {
	if j.Person != "" {
		return d.sender.Send(ctx, feishu.To{Kind: feishu.ToPerson, ID: j.Person}, content, j.uuid())
	}
	if !j.Click || j.View != ownCard {
		sent, err := d.messenger.Reply(ctx, j.MessageID, content, j.uuid())
		if !j.Click || !feishu.MessageGone.Is(err) {
			return sent, err
		}
	}
	return d.sender.Send(ctx, feishu.To{Kind: feishu.ToChat, ID: j.ChatID}, content, j.uuid())
}

// uuid returns the uuid of the job's message. A notice and its answer share it, so the platform makes one message of them.
// An answer that cannot replace the notice has its own.
func (j *job) uuid() string {
	if j.separate {
		return feishu.UUID("again", j.Key)
	}
	return feishu.UUID("answer", j.Key)
}

// send sends the answer and returns the id of the card; no id if the answer went out as text. If an earlier attempt may
// have sent something, the platform may return that message because of the shared uuid: then the answer replaces it.
func (d *delivery) send(ctx context.Context, j *job, a Answer) (id string, err error) {
	if a.Private && d.sendEphemeral(ctx, j, a) {
		return "", nil
	}
	sent, err := d.sendLimited(ctx, j, a.Card)
	switch {
	case err != nil, sent.Plain:
		return "", err
	case !j.again:
		return sent.ID, nil
	case sent.ID == "":
		j.unconfirmed = true
		return "", nil
	}
	return d.replace(ctx, j, sent.ID, a)
}

// onlineFor is how long a person counts as online after a message or a click.
const onlineFor = time.Minute

// sendEphemeral shows an answer to the person alone, if the platform takes such a card: in an ordinary group, outside of
// topics, while the person is online. It reports false if it may not have been shown, and then the answer is a message like any
// other. There is no uuid by which a later attempt could tell what an earlier one has done, so only the first one tries.
func (d *delivery) sendEphemeral(ctx context.Context, j *job, a Answer) (shown bool) {
	if j.again || j.separate || j.ThreadID != "" || d.now().Sub(j.event.CreatedAt) > onlineFor {
		return false
	}
	done, err := d.limiter.Wait(ctx, j.target())
	if err != nil {
		return false
	}
	defer done()
	err = d.messenger.SendEphemeral(ctx, j.ChatID, j.UserID, a.Card.InView("", ownCard))
	if err != nil {
		d.log.Info("an answer could not be shown to one person alone", "error", err)
	}
	return err == nil
}

// replace puts the answer in place of the bot's own message. If the platform does not allow it, because the message is
// gone or the bot may not edit, the answer becomes a message of its own. replace returns the id of the card that shows it.
func (d *delivery) replace(ctx context.Context, j *job, id string, a Answer) (shownBy string, err error) {
	err = d.messenger.Update(ctx, id, a.Card)
	if err == nil || isTransient(err) {
		return id, err
	}
	j.separate, j.again = true, false
	return d.send(ctx, j, a)
}

// afterCallback is how long a card is left alone after its callback. The platform reverts an update that comes before the
// client has seen the callback's response, or less than half a second after; the rest is for the response to get there.
const afterCallback = 800 * time.Millisecond

// runClick hands the answer to the callback, or edits the card if the callback no longer waits. A problem does not change
// the card, so an earlier answer that is being completed there goes on.
func (d *delivery) runClick(ctx context.Context, j *job) error {
	d.suspendUpdates(ctx, j.MessageID, clickTimeout)
	defer d.suspendUpdates(context.WithoutCancel(ctx), j.MessageID, afterCallback)
	began := time.Now()
	view, a := "", d.answers.Answer(ctx, j.Request)
	if j.refund != nil && !d.answers.usage.CalledSince(usage.People.For(j.UserID), began) {
		j.refund()
	}
	if !a.Problem && !a.Below {
		view = d.setCurrentView(ctx, j.MessageID)
	}
	select {
	case j.click <- a:
		if a.Below && !a.Problem {
			return d.deliverBelow(ctx, j, a)
		}
		d.updateUntilComplete(j.MessageID, view, a)
		return nil
	case <-j.late:
	}
	if d.ctx.Err() != nil {
		return errGivenUp
	}
	if a.Below {
		return d.deliverBelow(ctx, j, a)
	}
	time.Sleep(afterCallback)
	if a.Problem { // a reply, since the problem must not wipe out a card that everybody sees
		_, err := d.send(ctx, j, a)
		return err
	}
	id, err := d.replace(ctx, j, j.MessageID, a)
	if err == nil && id == j.MessageID {
		d.updateUntilComplete(id, view, a)
	}
	return err
}

// deliverBelow sends the answer to a click as a message of its own. The card stays as it is.
func (d *delivery) deliverBelow(ctx context.Context, j *job, a Answer) error {
	j.ThreadID = d.answers.chats.recall(ctx, j.Request).ThreadID
	return d.deliver(ctx, j, a)
}

// chatBackoff is how long a chat is left alone, at least, if the platform says that it got too many messages although the
// limiter gave a slot: other bots write there too.
const chatBackoff = 500 * time.Millisecond

// sendLimited sends a job's message as soon as the limiter has a slot. While the platform refuses the app, it tries again
// after growing pauses.
func (d *delivery) sendLimited(ctx context.Context, j *job, content feishu.Content) (feishu.Sent, error) {
	for refused := 0; ; {
		done, err := d.limiter.Wait(ctx, j.target())
		if err != nil {
			return feishu.Sent{}, fmt.Errorf("waiting for a message's turn: %w", err)
		}
		sent, err := d.post(ctx, j, content)
		done()
		wait := chatBackoff + randv2.N(chatBackoff)
		if feishu.AppRejected.Is(err) && !d.givesUp(j, err, refused) {
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
	return d.now().Sub(j.event.CreatedAt) >= dedupWindow || maybeTarget(err) && before+1 >= refusedTries
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
			if err := d.messenger.Update(ctx, messageID, a.Card); err != nil {
				if ctx.Err() == nil { // otherwise the bot is stopping
					d.log.Warn("could not update a card", "error", err)
				}
				return
			}
		}
	})
}
