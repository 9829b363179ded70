package reports

import (
	"context"
	"fmt"
	"time"
)

const (
	// letterAgain is how long a letter waits that could not be sent.
	letterAgain = time.Minute
	// letterGivenUp is how old the news of a letter may be that its reader's single chat refuses.
	letterGivenUp = 24 * time.Hour
	// letterBatch is how many letters a tick begins.
	letterBatch = 20
)

// tellOwners begins to send what has been gathered for a while, one letter an owner.
func (e *Engine) tellOwners(ctx context.Context) error {
	now := e.Now()
	list, err := e.Ledger.Letters(ctx, now, now.Add(-e.Gather), e.Lease, letterBatch)
	if err != nil {
		return fmt.Errorf("gathering notices: %w", err)
	}
	for _, l := range list {
		e.beside(func(ctx context.Context) { e.post(ctx, l) })
	}
	return nil
}

// post sends a letter. As with a digest, that it is about to is written first, and whoever takes it up when the lease has
// ended sends it under the same uuid.
func (e *Engine) post(ctx context.Context, l Letter) {
	card := e.Artist.OwnerNotice(ctx, l.Notices)
	done, full := e.turn(ctx, l.OwnerID)
	if done == nil {
		_ = e.keepLetter(ctx, l, full.Wait) // logged; if it is lost the lease ends
		return
	}
	defer done()
	if wait := e.heldBack(ctx); wait > 0 {
		_ = e.keepLetter(ctx, l, wait)
		return
	}
	first := l.SentAt.IsZero()
	if first {
		l.SentAt = e.Now()
	} else if repeatable(l.SentAt, e.Now()) <= 0 {
		e.Log.Warn("nobody can say whether an owner was told", "notices", len(l.Notices))
		e.forget(ctx, l)
		return
	}
	if e.keepLetter(ctx, l, e.Lease) != nil {
		return // what cannot be written down is not sent
	}
	within, cancel := context.WithTimeout(ctx, repeatable(l.SentAt, e.Now()))
	defer cancel()
	_, err := e.Sender.Send(within, Target{OpenID: l.OwnerID}, card, uuidFor("letter", l.ID))
	if err == nil {
		e.accepted(ctx)
		e.forget(ctx, l)
		return
	}
	t := troubleIn(err)
	if first && t.Kind != Ambiguous {
		l.SentAt = time.Time{} // certainly not there
	}
	e.returned(ctx, l, t)
}

// returned decides by what the platform said instead of taking a letter.
func (e *Engine) returned(ctx context.Context, l Letter, t *Trouble) {
	e.Log.Warn("an owner could not be told", "kind", t.Kind, "error", t.Err)
	switch t.Kind {
	case Passing, Ambiguous:
		_ = e.keepLetter(ctx, l, max(t.After, letterAgain)) // logged; if it is lost the lease ends
	case AppWide:
		e.appRefused(ctx, t)
		_ = e.keepLetter(ctx, l, hold)
	case Own:
		e.refusedLetter(ctx, l, t)
	case Departed:
		e.handOver(ctx, l)
	default:
		e.forget(ctx, l)
	}
}

// refusedLetter keeps a letter that was refused although its reader is there: each time for as long as it has waited, until
// it is too old to be news.
func (e *Engine) refusedLetter(ctx context.Context, l Letter, t *Trouble) {
	age := e.Now().Sub(l.Notices[0].At)
	switch held := e.judge(ctx, l.OwnerID, false, 0, t) == wholeApp; {
	case held:
		_ = e.keepLetter(ctx, l, hold) // logged; if it is lost the lease ends
	case age < letterGivenUp:
		_ = e.keepLetter(ctx, l, max(age, letterAgain))
	default:
		e.Log.Error("an owner could not be told of something", "notices", len(l.Notices), "code", t.Code, "log_id", t.LogID)
		e.forget(ctx, l)
	}
}

func (e *Engine) keepLetter(ctx context.Context, l Letter, wait time.Duration) error {
	err := e.Ledger.KeepLetter(ctx, l, e.Now().Add(wait))
	if err != nil {
		e.Log.Warn("a letter could not be written down", "error", err)
	}
	return err
}

// forget drops a letter, also while the process is stopping.
func (e *Engine) forget(ctx context.Context, l Letter) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := e.Ledger.ForgetLetter(ctx, l.ID); err != nil {
		e.Log.Warn("a letter could not be forgotten", "error", err)
	}
}

// handOver gives the subscriptions that a letter speaks of to the owners of their chats, since the letter's reader is
// gone, and has these told what the letter says. What nobody can take over stays as it is.
func (e *Engine) handOver(ctx context.Context, l Letter) {
	for _, n := range l.Notices {
		err := e.handOverOne(ctx, l.OwnerID, n)
		if err != nil && e.Now().Sub(l.Notices[0].At) < letterGivenUp {
			e.Log.Warn("a subscription could not be handed over, and it is tried again", "subscription", n.Subscription.ID, "error", err)
			_ = e.keepLetter(ctx, l, max(troubleIn(err).After, letterAgain))
			return
		}
		if err != nil {
			e.Log.Error("a subscription could not be handed over", "subscription", n.Subscription.ID, "error", err)
		}
	}
	e.forget(ctx, l)
}

// handOverOne gives a subscription of somebody who is gone, and what a notice says of it, to the owner of its chat. One
// whose figures the chat's owner may not see is paused: nobody who may see them answers for it any more.
func (e *Engine) handOverOne(ctx context.Context, gone string, n Notice) error {
	heir, err := e.heir(ctx, n.Subscription)
	if err != nil || heir == "" || heir == gone {
		return err
	}
	theirs := n.Subscription
	theirs.OwnerID = heir
	allowed, err := e.Allowed(ctx, theirs)
	if err != nil {
		return err
	}
	now := e.Now()
	if !allowed {
		_, err := e.tryChange(ctx, n.Subscription.ID, func(s *Subscription) error {
			if s.OwnerID != gone || s.State != Active {
				return ErrUnchanged
			}
			s.State, s.Reason, s.PausedUntil, s.Refusals = Paused, NotAllowed, time.Time{}, 0
			return nil
		})
		return err
	}
	_, err = e.tryChange(ctx, n.Subscription.ID, func(s *Subscription) error {
		if s.OwnerID == gone { // it is handed over already if the letter says two things of it
			s.OwnerID = heir
		}
		return nil
	}, Notice{Reason: HandedOver, At: now}, Notice{Reason: n.Reason, Period: n.Period, At: now})
	return err
}

// heir is who takes a subscription over: the owner of its chat, if that is a group with one. An error says that it may be
// known later.
func (e *Engine) heir(ctx context.Context, s Subscription) (string, error) {
	if s.Single {
		return "", nil
	}
	owner, err := e.Sender.Owner(ctx, s.ChatID)
	if err != nil && troubleIn(err).Kind != Passing {
		e.Log.Warn("a chat's owner could not be asked for", "error", err)
		return "", nil
	}
	return owner, err
}
