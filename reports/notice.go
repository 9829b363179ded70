package reports

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// gatherFor is how long notices to an owner are gathered into one message.
const gatherFor = 30 * time.Second

// Notify tells an owner, together with what else there is to tell.
func (e *Engine) Notify(n Notice) { e.notify(n) }

// notify keeps a notice until its owner is told. Notices live in this process; what they tell is in the ledger.
func (e *Engine) notify(n Notice) {
	if n.Subscription.OwnerID == "" {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.notices) == 0 {
		e.since = e.Now()
	}
	e.notices[n.Subscription.OwnerID] = append(e.notices[n.Subscription.OwnerID], n)
}

// tellOwners sends what has been gathered for a while, one message an owner.
func (e *Engine) tellOwners(ctx context.Context, gathering time.Duration) {
	e.mu.Lock()
	if len(e.notices) == 0 || e.Now().Sub(e.since) < gathering {
		e.mu.Unlock()
		return
	}
	gathered, since := e.notices, e.since
	e.notices = map[string][]Notice{}
	e.mu.Unlock()
	for owner, notices := range gathered {
		e.tell(ctx, owner, e.Artist.OwnerNotice(notices), fmt.Sprint("notice|", owner, "|", since.UnixMilli()))
	}
}

// tell sends a card to a person's single chat.
func (e *Engine) tell(ctx context.Context, openID string, card []byte, what string) {
	done, err := e.Pacer.Wait(ctx, openID)
	if err != nil {
		return
	}
	defer done()
	if _, err := e.Sender.Send(ctx, Target{OpenID: openID}, card, uuidOf(Delivery{}, what)); err != nil {
		e.Log.Warn("somebody could not be told", "error", err)
	}
}

// alertEvery is how often administrators are told that digests are on hold.
const alertEvery = 6 * time.Hour

// alert tells the administrators that the platform refuses the bot, once and not for each chat.
func (e *Engine) alert(ctx context.Context, code int, logID string) {
	now := e.Now()
	last := e.alerted.Load()
	if now.UnixMilli()-last < alertEvery.Milliseconds() || !e.alerted.CompareAndSwap(last, now.UnixMilli()) {
		return
	}
	e.Log.Error("digests are on hold: the platform refuses the bot's app", "code", code, "log_id", logID)
	card := e.Artist.AdminAlert(code, logID)
	for _, admin := range e.Admins {
		// The window in the uuid keeps the replicas from telling the same.
		e.tell(ctx, admin, card, fmt.Sprint("alert|", admin, "|", code, "|", now.Truncate(alertEvery).Unix()))
	}
}

func isMoved(err error) bool { return errors.Is(err, ErrMoved) }
