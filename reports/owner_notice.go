package reports

import (
	"context"
	"fmt"
	"time"

	"usagebot/usage"
)

// Notice tells an owner what became of a subscription or of one of its digests.
type Notice struct {
	Subscription Subscription // as it is when its owner is told
	Reason       Reason
	Period       usage.Period // of the digest; zero when it is about the subscription
	At           time.Time    // when it arose
}

// HandedOver is a Reason of notices alone: the reader answers for the subscription from now on.
const HandedOver Reason = "handed_over"

// NoticeBatch is what one owner is told in one message.
type NoticeBatch struct {
	ID      string
	OwnerID string // open_id
	Notices []Notice
	SentAt  time.Time // when it was first handed to the platform; zero before
}

const (
	// batchRetryDelay is how long a batch waits at least that could not be sent.
	batchRetryDelay = time.Minute
	// noticeMaxAge is how old a notice may be when its batch is tried again.
	noticeMaxAge = 24 * time.Hour
	// batchLimit is how many batches a tick starts to send.
	batchLimit = 20
)

// ownerNotices sends owners what has become of their subscriptions. When an owner is gone, it gives the subscriptions to the
// owners of their chats.
type ownerNotices struct {
	cfg           Settings
	sends         *sendSlots
	hold          *sendHold
	subscriptions *subscriptionEditor
	tasks         *tasks
}

// sendDue starts sending the notices that have been collected for Gather, one batch for each owner.
func (o *ownerNotices) sendDue(ctx context.Context) error {
	now := o.cfg.Now()
	list, err := o.cfg.Store.ClaimNoticeBatches(ctx, now, now.Add(-o.cfg.Gather), o.cfg.Lease, batchLimit)
	if err != nil {
		return fmt.Errorf("claiming notices: %w", err)
	}
	for _, b := range list {
		o.tasks.startSafe(func(ctx context.Context) { o.send(ctx, b) })
	}
	return nil
}

// send sends a batch. As with a digest, it first writes that it is about to: when the lease has ended, the next holder sends
// the batch under the same uuid.
func (o *ownerNotices) send(ctx context.Context, b NoticeBatch) {
	card := o.cfg.Renderer.OwnerNotice(ctx, b.Notices)
	done, limited := o.sends.acquire(ctx, b.OwnerID)
	if done == nil {
		_ = o.save(ctx, b, limited.Wait) // logged; if it fails, the lease ends
		return
	}
	defer done()
	if wait := o.hold.wait(ctx); wait > 0 {
		_ = o.save(ctx, b, wait)
		return
	}
	first := b.SentAt.IsZero()
	if first {
		b.SentAt = o.cfg.Now()
	} else if resendTimeLeft(b.SentAt, o.cfg.Now()) <= 0 {
		o.cfg.Log.Warn("it is not known whether an owner was told", "notices", len(b.Notices))
		o.drop(ctx, b)
		return
	}
	if o.save(ctx, b, o.cfg.Lease) != nil {
		return // what cannot be recorded is not sent
	}
	within, cancel := context.WithTimeout(ctx, resendTimeLeft(b.SentAt, o.cfg.Now()))
	defer cancel()
	_, err := o.cfg.Sender.Send(within, Target{OpenID: b.OwnerID}, card, uuidFor("notices", b.ID))
	if err == nil {
		o.hold.accepted(ctx)
		o.drop(ctx, b)
		return
	}
	sendErr := asSendError(err)
	if first && sendErr.Kind != Ambiguous {
		b.SentAt = time.Time{} // certainly not there
	}
	o.handleSendError(ctx, b, sendErr)
}

// handleSendError decides by the platform's answer what becomes of a batch that was not sent.
func (o *ownerNotices) handleSendError(ctx context.Context, b NoticeBatch, err *SendError) {
	o.cfg.Log.Warn("telling an owner failed", "kind", err.Kind, "error", err.Err)
	age := o.cfg.Now().Sub(b.Notices[0].At)
	switch err.Kind {
	case Transient, Ambiguous:
		_ = o.save(ctx, b, max(err.After, batchRetryDelay))
	case AppWide:
		o.hold.rejectedAppWide(ctx, err)
		_ = o.save(ctx, b, holdFor)
	case AppRejected:
		// A refused direct message says nothing about the chats that digests go to, so it never begins a hold. The batch is
		// tried again, each time after as long as it has waited.
		switch {
		case o.hold.known().sendingHeld():
			_ = o.save(ctx, b, holdFor)
		case age < noticeMaxAge:
			_ = o.save(ctx, b, max(age, batchRetryDelay))
		default:
			o.cfg.Log.Error("an owner could not be told", "notices", len(b.Notices), "code", err.Code, "log_id", err.LogID)
			o.drop(ctx, b)
		}
	case UserGone:
		o.transferOwnership(ctx, b)
	default:
		o.drop(ctx, b)
	}
}

// save stores the batch, and lets nobody claim it for a while. A failure is logged; the batch is then claimed when its lease
// ends.
func (o *ownerNotices) save(ctx context.Context, b NoticeBatch, wait time.Duration) error {
	err := o.cfg.Store.SaveNoticeBatch(ctx, b, o.cfg.Now().Add(wait))
	if err != nil {
		o.cfg.Log.Warn("writing a batch of notices failed", "error", err)
	}
	return err
}

// drop deletes a batch, also while the process is stopping.
func (o *ownerNotices) drop(ctx context.Context, b NoticeBatch) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if err := o.cfg.Store.DeleteNoticeBatch(ctx, b.ID); err != nil {
		o.cfg.Log.Warn("deleting a batch of notices failed", "error", err)
	}
}

// transferOwnership gives the subscriptions in a batch to the owners of their chats, since the batch's reader is gone, and
// tells these what the batch says. A subscription that nobody can take over stays as it is, or is paused and its chat told.
func (o *ownerNotices) transferOwnership(ctx context.Context, b NoticeBatch) {
	var ownerless []Subscription
	for _, n := range b.Notices {
		paused, err := o.transfer(ctx, b.OwnerID, n)
		if err != nil && o.retry(ctx, b, n.Subscription, err, asSendError(err).After) {
			return
		}
		if paused {
			ownerless = append(ownerless, n.Subscription)
		}
	}
	// The chats come last: one that cannot be told must not keep other subscriptions from being transferred.
	for _, s := range ownerless {
		err := o.tellOwnerLeft(ctx, &b, s)
		if err == nil {
			continue
		}
		wait := err.After
		switch err.Kind {
		case AppRejected: // as with a direct message: the longer it has been refused, the more rarely it is tried
			wait = o.cfg.Now().Sub(b.Notices[0].At)
		case Transient, Ambiguous, AppWide:
		default:
			o.cfg.Log.Error("a chat could not be told that its digest is paused", "subscription", s.ID, "error", err)
			continue
		}
		if o.retry(ctx, b, s, err, wait) {
			return
		}
	}
	o.drop(ctx, b)
}

// retry keeps a batch for another try. It reports false if the batch is too old for that.
func (o *ownerNotices) retry(ctx context.Context, b NoticeBatch, s Subscription, err error, wait time.Duration) bool {
	if o.cfg.Now().Sub(b.Notices[0].At) >= noticeMaxAge {
		o.cfg.Log.Error("the subscription of an owner who has left could not be taken care of", "subscription", s.ID, "error", err)
		return false
	}
	o.cfg.Log.Warn("taking care of the subscription of an owner who has left failed; it is tried again", "subscription", s.ID, "error", err)
	_ = o.save(ctx, b, max(wait, batchRetryDelay))
	return true
}

// transfer gives a subscription of somebody who is gone, and what a notice says about it, to the owner of its chat. If that
// person may not see the figures, the subscription is paused: nobody who may see them answers for it any more.
func (o *ownerNotices) transfer(ctx context.Context, gone string, n Notice) (paused bool, err error) {
	newOwner, err := o.newOwner(ctx, n.Subscription)
	if err != nil || newOwner == "" || newOwner == gone {
		return false, err
	}
	transferred := n.Subscription
	transferred.OwnerID = newOwner
	allowed, err := o.cfg.Allowed(ctx, transferred)
	if err != nil {
		return false, err
	}
	now := o.cfg.Now()
	if !allowed {
		s, err := o.subscriptions.edit(ctx, n.Subscription.ID, func(s *Subscription) error {
			if s.OwnerID != gone {
				return ErrUnchanged
			}
			return pausing(NotAllowed)(s)
		})
		return s.OwnerID == gone && s.State == Paused && s.Reason == NotAllowed, err
	}
	_, err = o.subscriptions.edit(ctx, n.Subscription.ID, func(s *Subscription) error {
		if s.OwnerID == gone { // otherwise an earlier notice of the batch has transferred it
			s.OwnerID = newOwner
		}
		return nil
	}, Notice{Reason: HandedOver, At: now}, Notice{Reason: n.Reason, Period: n.Period, At: now})
	return false, err
}

// newOwner returns who takes a subscription over: the owner of its chat, if that is a group with one. An error says that it
// may be known later.
func (o *ownerNotices) newOwner(ctx context.Context, s Subscription) (string, error) {
	if s.Single {
		return "", nil
	}
	owner, err := o.cfg.Sender.Owner(ctx, s.ChatID)
	if err != nil && asSendError(err).Kind != Transient {
		o.cfg.Log.Warn("asking for a chat's owner failed", "error", err)
		return "", nil
	}
	return owner, err
}

// tellOwnerLeft tells a chat that its digest is paused since its owner has left, and that somebody who may see the figures
// can resume it. It does so once, however often the batch is tried. If the platform's answer is lost, b.SentAt is set, so
// that send ends the tries when the uuid may be forgotten.
func (o *ownerNotices) tellOwnerLeft(ctx context.Context, b *NoticeBatch, s Subscription) *SendError {
	task, now := "owner_left:"+b.ID+":"+s.ID, o.cfg.Now()
	// A claim that ends at once only asks whether the task is done.
	if todo, err := o.cfg.Store.ClaimTask(ctx, task, now, now); err != nil || !todo {
		if err != nil {
			return &SendError{Kind: Transient, Err: err}
		}
		return nil
	}
	done, limited := o.sends.acquire(ctx, s.ChatID)
	if done == nil {
		return &SendError{Kind: Transient, After: limited.Wait, Err: errNotSent}
	}
	defer done()
	if wait := o.hold.wait(ctx); wait > 0 {
		return &SendError{Kind: Transient, After: wait, Err: errNotSent}
	}
	now = o.cfg.Now()
	sentAt := b.SentAt
	if sentAt.IsZero() {
		sentAt = now
	}
	within, cancel := context.WithTimeout(ctx, resendTimeLeft(sentAt, now))
	defer cancel()
	_, err := o.cfg.Sender.Send(within, Target{ChatID: s.ChatID}, o.cfg.Renderer.OwnerLeft(ctx, s), uuidFor("owner_left", b.ID, s.ID))
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
		defer cancel()
		if _, err := o.cfg.Store.ClaimTask(ctx, task, now, now.Add(2*noticeMaxAge)); err != nil {
			o.cfg.Log.Warn("recording that a task is done failed", "task", task, "error", err)
		}
		o.hold.accepted(ctx)
		return nil
	}
	sendErr := asSendError(err)
	switch sendErr.Kind {
	case Ambiguous:
		b.SentAt = sentAt
	case AppWide:
		o.hold.rejectedAppWide(ctx, sendErr)
	}
	return sendErr
}
