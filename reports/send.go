package reports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"usagebot/usage"
)

// SendError is why a message was not sent, or may not have been: what can be done about it.
type SendError struct {
	Kind   SendErrorKind
	After  time.Duration // for Transient: how long the platform asks to wait; 0 when it does not say
	Why    usage.Reason  // for AppRejected and AppWide: the known reason, if there is one
	Code   int           // the platform's
	LogID  string
	Scopes []string // for AppRejected and AppWide: one of them is missing; may be empty
	Err    error    // the cause, for the log
}

// SendErrorKind is the class of a SendError.
type SendErrorKind string

// The kinds.
const (
	Transient      SendErrorKind = "transient"       // certainly not sent; the same may succeed later
	Ambiguous      SendErrorKind = "ambiguous"       // perhaps sent: may be repeated only under the same uuid and within the hour
	TargetGone     SendErrorKind = "target_gone"     // the chat or the person cannot be reached any more
	UserGone       SendErrorKind = "user_gone"       // the person has left, or the bot is not available to them
	Forbidden      SendErrorKind = "forbidden"       // the chat does not let the bot write
	InvalidContent SendErrorKind = "invalid_content" // the platform does not take the content in any form
	AppRejected    SendErrorKind = "app_rejected"    // the bot's app is refused, perhaps in this chat alone
	AppWide        SendErrorKind = "app_wide"        // the bot's app is refused: every other message would be, too
)

func (e *SendError) Error() string { return fmt.Sprintf("not sent (%s): %v", e.Kind, e.Err) }

// Unwrap returns the cause.
func (e *SendError) Unwrap() error { return e.Err }

// asSendError returns a sender's error as a SendError. An unclassified error leaves open whether the message was sent.
func asSendError(err error) *SendError {
	if e := new(SendError); errors.As(err, &e) {
		return e
	}
	return &SendError{Kind: Ambiguous, Err: err}
}

const (
	// dedupWindow is how long after the first try a message may be sent again: the platform remembers a uuid for an hour.
	dedupWindow = 55 * time.Minute
	// clockSkew is how far two clocks may differ: those of two replicas, or ours and the platform's.
	clockSkew = 2 * time.Minute
)

// resendTimeLeft returns for how long a message that was first sent at sentAt may be sent again; if it is not positive, not
// any more. A sentAt in the future was written before the clock was set back, so its age is unknown.
func resendTimeLeft(sentAt, now time.Time) time.Duration {
	if sentAt.Sub(now) > clockSkew {
		return 0
	}
	return sentAt.Add(dedupWindow).Sub(now)
}

// uuidFor derives a message's uuid from what the message is: the same for every try in every process, and different for
// different parts. It has 40 characters.
func uuidFor(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
	return hex.EncodeToString(sum[:20])
}

var (
	// errNotSent says that a message was not handed to the platform and its delivery is requeued.
	errNotSent = errors.New("the message was not handed to the platform")
	// errWindowOver says that a message was first sent too long ago to be sent again.
	errWindowOver = errors.New("the message was first sent too long ago")
)

// send hands the digest to the platform, and decides by its answer.
func (c *claim) send(ctx context.Context, s Subscription, card Card) {
	first := c.d.SentAt.IsZero()
	id, err := c.handToPlatform(ctx, s, card)
	switch {
	case errors.Is(err, errNotSent):
		return
	case errors.Is(err, errWindowOver):
		c.search(ctx, s)
		return
	case err == nil:
		c.finishDelivered(ctx, id)
		c.engine.hold.accepted(ctx)
		c.engine.subscriptions.resetRefusals(ctx, s)
		return
	}
	sendErr := asSendError(err)
	if first && sendErr.Kind != Ambiguous {
		c.update(func(d *Delivery) { d.SentAt = time.Time{} }) // certainly not there: the hour has not begun
	}
	c.handleSendError(ctx, s, sendErr)
}

// handToPlatform sends the message. It first writes that it is about to: a replica that finds the delivery after a crash
// then knows that the message may be there, and sends it under the same uuid or, after the hour, not at all. Reserving a
// place and writing take time, so that it checks after each of them that the hour is not over.
func (c *claim) handToPlatform(ctx context.Context, s Subscription, card Card) (messageID string, err error) {
	e := c.engine
	done := c.acquireSend(ctx, s)
	if done == nil {
		return "", errNotSent
	}
	defer done()
	if left := e.hold.known().holdLeft(e.cfg.Now()); left > 0 {
		c.retryIn(ctx, OnHold, min(left, probeWait), c.d.Detail)
		return "", errNotSent
	}
	first := c.d.SentAt.IsZero()
	if !first && resendTimeLeft(c.d.SentAt, e.cfg.Now()) <= 0 {
		return "", errWindowOver
	}
	if wait := e.hold.wait(ctx); wait > 0 {
		c.retryIn(ctx, OnHold, wait, c.d.Detail)
		return "", errNotSent
	}
	c.update(func(d *Delivery) {
		d.Tries++
		if first {
			d.SentAt = e.cfg.Now()
		}
	})
	if c.save(ctx, true) != nil { // what cannot be recorded is not sent
		c.update(func(d *Delivery) {
			d.Tries--
			if first {
				d.SentAt = time.Time{}
			}
		})
		return "", errNotSent
	}
	left := resendTimeLeft(c.d.SentAt, e.cfg.Now())
	if left <= 0 {
		return "", errWindowOver
	}
	ctx, cancel := context.WithTimeout(ctx, left)
	defer cancel()
	c.slot.release() // the platform may take its time
	uuid := uuidFor("digest", c.d.SubscriptionID, strconv.Itoa(int(c.d.Period.Cycle)), c.d.Period.Start.String())
	return e.cfg.Sender.Send(ctx, Target{ChatID: s.ChatID}, card, uuid)
}

// finishDelivered closes the delivery whose message is in the chat.
func (c *claim) finishDelivered(ctx context.Context, messageID string) {
	e, reason := c.engine, Reason("")
	if c.empty {
		reason = NothingFor
	}
	c.update(func(d *Delivery) {
		d.Message = messageID
		if !d.ZerosFrom.IsZero() {
			d.TryAt = e.cfg.Now().Add(e.amendPoll())
		}
	})
	c.finish(ctx, Delivered, reason, "")
}

// handleSendError decides by the platform's answer what becomes of a digest that was not sent.
func (c *claim) handleSendError(ctx context.Context, s Subscription, err *SendError) {
	e, maybeThere := c.engine, !c.d.SentAt.IsZero() // an earlier try may have arrived
	e.cfg.Log.Warn("sending a digest failed", "subscription", s.ID, "kind", err.Kind, "error", err.Err)
	why := detail(err.Code, err.LogID)
	switch err.Kind {
	case Transient:
		c.retryIn(ctx, Busy, max(err.After, backOff(c.d.Tries)), why)
	case Ambiguous:
		c.retryIn(ctx, Lost, backOff(c.d.Tries), why)
	case AppWide:
		e.hold.rejectedAppWide(ctx, err)
		c.retryIn(ctx, OnHold, holdFor, why)
	case AppRejected:
		switch e.hold.judge(ctx, s.ChatID, c.d.Reason == Refusing, c.d.Tries, err) {
		case wholeApp:
			c.retryIn(ctx, OnHold, holdFor, why)
		case chatOnly:
			c.chatForbids(ctx, s, why)
		case undecided:
			c.retryIn(ctx, Refusing, backOff(c.d.Tries), why)
		}
	case Forbidden:
		c.chatForbids(ctx, s, why)
	case TargetGone:
		// The pause comes first: if the process ends in between, the delivery is found again and skipped for the same
		// reason.
		e.subscriptions.pause(ctx, s, ChatGone)
		s.State, s.Reason = Paused, ChatGone
		if maybeThere {
			c.update(func(d *Delivery) { d.Detail = why })
			c.search(ctx, s)
			return
		}
		c.finish(ctx, Skipped, ChatGone, why)
	default:
		if maybeThere {
			c.update(func(d *Delivery) { d.Detail = why })
			c.search(ctx, s)
			return
		}
		c.finishAndNotify(ctx, Failed, Refused, why)
	}
}

// chatForbids closes the delivery, since its chat does not let the bot write, and counts the refusal.
func (c *claim) chatForbids(ctx context.Context, s Subscription, why string) {
	if c.d.SentAt.IsZero() {
		c.finish(ctx, Failed, ChatForbids, why)
	} else { // an earlier try may have arrived
		c.update(func(d *Delivery) { d.Detail = why })
		c.search(ctx, s)
	}
	c.engine.subscriptions.countRefusal(ctx, s)
}

// maxSearches is how many times a message is looked for while the platform cannot say whether it is there.
const maxSearches = 6

// search looks among the chat's messages for a digest whose answer was lost and which may not be sent again: the hour is
// over, the subscription is paused or removed, or the platform refuses it now. If it is there, it was delivered. If it is
// not found or cannot be looked for, it is uncertain: the message may have been recalled, or sent as plain text, and a
// second digest would be worse than a question to the owner.
func (c *claim) search(ctx context.Context, s Subscription) {
	e := c.engine
	c.update(func(d *Delivery) { d.Searches = max(d.Searches, 1) }) // from now on it is not sent again
	done := c.acquireSend(ctx, s)
	if done == nil {
		return
	}
	defer done()
	c.slot.release()
	from, until := c.d.SentAt, c.d.SentAt.Add(dedupWindow)
	if now := e.cfg.Now(); now.Before(from) { // the clock was set back since
		from = now.Add(-dedupWindow)
	}
	key := e.cfg.Renderer.LookupKey(e.cfg.query(s, c.d.Period), c.d.Period)
	id, err := e.cfg.Sender.Find(ctx, s.ChatID, key, from.Add(-clockSkew), until.Add(clockSkew))
	if err == nil && id != "" {
		c.finishDelivered(ctx, id)
		return
	}
	if ctx.Err() != nil {
		return
	}
	if sendErr := new(SendError); errors.As(err, &sendErr) && sendErr.Kind == Transient && c.d.Searches < maxSearches {
		wait := max(sendErr.After, backOff(c.d.Searches))
		c.update(func(d *Delivery) { d.Searches++ })
		c.retryIn(ctx, Lost, wait, detail(sendErr.Code, sendErr.LogID))
		return
	}
	if s.State != Active { // somebody ended the subscription, and does not wait for the digest
		c.finish(ctx, Uncertain, Lost, c.d.Detail)
		return
	}
	c.finishAndNotify(ctx, Uncertain, Lost, c.d.Detail)
}

// maxRefusals is how many times in a row a chat may refuse the bot before its subscription is paused.
const maxRefusals = 3

// subscriptionEditor changes subscriptions by what was found out about their chats and owners.
type subscriptionEditor struct {
	store    SubscriptionStore
	calendar Calendar
	now      func() time.Time
	log      *slog.Logger
}

// pause pauses a subscription until the reason is gone, and tells its owner.
func (e *subscriptionEditor) pause(ctx context.Context, s Subscription, reason Reason) {
	e.editOrLog(ctx, s.ID, pausing(reason), Notice{Reason: reason, At: e.now()})
}

// pausing returns the change that pauses an active subscription.
func pausing(reason Reason) func(*Subscription) error {
	return func(s *Subscription) error {
		if s.State != Active {
			return ErrUnchanged
		}
		s.State, s.Reason, s.PausedUntil, s.Refusals = Paused, reason, time.Time{}, 0
		return nil
	}
}

// pauseBadSchedule pauses a subscription whose schedule is invalid, for example since its time zone is not known any more,
// until somebody gives it another. Its owner is told.
func (e *subscriptionEditor) pauseBadSchedule(ctx context.Context, id string) error {
	change := func(s *Subscription) error {
		if _, err := e.calendar.Next(s.Schedule, e.now()); err == nil || s.State == Removed {
			return ErrUnchanged // somebody was faster
		}
		s.State, s.Reason, s.PausedUntil, s.UpdatedAt = Paused, BadSchedule, time.Time{}, e.now()
		return nil
	}
	_, err := e.store.Change(ctx, Edit{ID: id, Change: change, Notices: []Notice{{Reason: BadSchedule, At: e.now()}}})
	if err != nil && !errors.Is(err, ErrUnchanged) {
		return fmt.Errorf("pausing %s: %w", id, err)
	}
	return nil
}

// resetRefusals forgets earlier refusals of the chat.
func (e *subscriptionEditor) resetRefusals(ctx context.Context, s Subscription) {
	if s.Refusals > 0 {
		e.editOrLog(ctx, s.ID, func(s *Subscription) error { s.Refusals = 0; return nil })
	}
}

// countRefusal counts a refusal of the chat; after maxRefusals in a row the subscription is paused.
func (e *subscriptionEditor) countRefusal(ctx context.Context, s Subscription) {
	changed := e.editOrLog(ctx, s.ID, func(s *Subscription) error { s.Refusals++; return nil })
	if changed.Refusals >= maxRefusals {
		e.pause(ctx, changed, ChatForbids)
	}
}

// editOrLog changes a subscription. A failure is only logged: what the change is for will be found out again.
func (e *subscriptionEditor) editOrLog(ctx context.Context, id string, change func(*Subscription) error, notices ...Notice) Subscription {
	s, err := e.edit(ctx, id, change, notices...)
	if err != nil {
		e.log.Error("changing a subscription failed", "subscription", id, "error", err)
	}
	return s
}

// edit changes a subscription, also while the process is stopping: what was found out holds. It returns the subscription as
// it is then, also if change returns ErrUnchanged.
func (e *subscriptionEditor) edit(ctx context.Context, id string, change func(*Subscription) error, notices ...Notice) (Subscription, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	stamped := func(s *Subscription) error {
		s.UpdatedAt = e.now()
		return change(s)
	}
	s, err := e.store.Change(ctx, Edit{ID: id, Change: stamped, Notices: notices})
	if errors.Is(err, ErrUnchanged) {
		err = nil
	}
	return s, err
}
