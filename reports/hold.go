package reports

import (
	"context"
	"time"
)

// The platform refuses the bot's own app in two ways. Some codes say that it would refuse every message (AppWide): then
// nothing is sent for a while. Others (Own) may mean the app or one chat alone, such as a group that is shared with another
// company. One chat must not hold up all others, so that sending is held only when several chats keep refusing and none
// accepts. What was refused is kept in the database: each replica sees a part of it.
const (
	// hold is how long nothing is sent once the app is refused. Then one message is tried, and if it is accepted the
	// others follow.
	hold = time.Minute
	// probeWait is how long the others wait for what becomes of that message; it is asked again until it is known.
	probeWait = 2 * time.Second
	// probeClaims is how many deliveries a tick claims meanwhile: one of them is tried.
	probeClaims = 4
	// holdingChats is how many chats have to refuse before all sending is held, none accepting.
	holdingChats = 3
	// persists is how long each of them has to go on refusing: of what was sent to others at the same moment, something
	// may have been accepted.
	persists = 2 * time.Second
	// judgedAfter is how long a chat may refuse, while nothing is sent to others, before that is its own fault.
	judgedAfter = 5 * time.Second
	// judgedTries is how often it refuses until then: where all is slow, others have refused twice by then as well.
	judgedTries = 3
	// refusalsCount is for how long a refusal counts.
	refusalsCount = 24 * time.Hour
)

// Refusals is what all replicas know of the platform's refusing the bot's app, since a message was last accepted.
type Refusals struct {
	Chats int       // that keep refusing
	App   bool      // it is the whole app for sure
	Last  time.Time // when one was refused last, or tried
	Since time.Time // since when the chat refuses that was asked about; zero when it does not
}

// held reports whether nothing is sent but what is tried.
func (r Refusals) held() bool { return r.App || r.Chats >= holdingChats }

// left is for how long nothing is tried either. A hold that would be longer than holds are began before the clock was put
// back, and is over.
func (r Refusals) left(now time.Time) time.Duration {
	left := r.Last.Add(hold).Sub(now)
	if !r.held() || left > hold {
		return 0
	}
	return max(left, 0)
}

// verdict is what a refusal of the kind Own comes to.
type verdict int

const (
	notKnown verdict = iota // it is tried again soon
	chatsOwn                // the chat alone refuses
	wholeApp                // sending is held
)

// refusals is what this process has read last. Until the first tick it is nothing.
func (e *Engine) refusals() Refusals {
	if r := e.refused.Load(); r != nil {
		return *r
	}
	return Refusals{}
}

// lookForHold reads what all replicas know, and returns for how long nothing is sent.
func (e *Engine) lookForHold(ctx context.Context) time.Duration {
	now := e.Now()
	r, err := e.Ledger.Refusals(ctx, "", now.Add(-refusalsCount), persists)
	if err != nil {
		e.Log.Warn("it could not be read whether sending is on hold", "error", err)
		return e.refusals().left(now)
	}
	e.refused.Store(&r)
	return r.left(now)
}

// heldBack is for how long a message has to wait. When a hold is over, the first to ask may go and is the one that is
// tried, over all replicas; while its answer is out the hold lasts on. So nobody waits for the end of a hold: it may end
// with that answer, and until it ends no tick claims anything.
func (e *Engine) heldBack(ctx context.Context) time.Duration {
	r, now := e.refusals(), e.Now()
	if left := r.left(now); left > 0 || !r.held() {
		return min(left, probeWait)
	}
	mine, err := e.Ledger.Probe(ctx, r.Last, now)
	if err != nil {
		e.Log.Warn("it could not be written down that a message is tried", "error", err)
	}
	if mine {
		return 0
	}
	return probeWait
}

// accepted ends a hold, and forgets what was refused before: the platform takes the app's messages.
func (e *Engine) accepted(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := e.Ledger.Accepted(ctx); err != nil {
		e.Log.Warn("it could not be written down that a message was accepted", "error", err)
		return
	}
	e.refused.Store(&Refusals{})
}

// appRefused holds all sending: every other message would be refused as well.
func (e *Engine) appRefused(ctx context.Context, t *Trouble) {
	now := e.Now()
	if _, err := e.note(ctx, "", now); err != nil {
		e.Log.Warn("a refusal could not be written down", "error", err)
		e.refused.Store(&Refusals{App: true, Last: now}) // this replica holds alone, until the next tick
	}
	e.alert(Alert{Sending: true, Why: t.Why, Code: t.Code, LogID: t.LogID, Scopes: t.Scopes})
}

// judge decides whether a refusal of the kind Own is the chat's or the whole app's. again says that the same message was
// refused so a moment ago: if what was noted then is forgotten, another chat has accepted a message since.
// tries is how often it was tried.
func (e *Engine) judge(ctx context.Context, chatID string, again bool, tries int, t *Trouble) verdict {
	now, target := e.Now(), uuidFor("refusal", chatID)
	r, err := e.Ledger.Refusals(ctx, target, now.Add(-refusalsCount), persists)
	if err == nil && again && r.Since.IsZero() {
		return chatsOwn
	}
	if err == nil {
		r, err = e.note(ctx, target, now)
	}
	switch {
	case err != nil:
		e.Log.Warn("a refusal could not be written down", "error", err)
		return notKnown
	case r.held():
		e.alert(Alert{Sending: true, Why: t.Why, Code: t.Code, LogID: t.LogID, Scopes: t.Scopes})
		return wholeApp
	case tries >= judgedTries && now.Sub(r.Since) >= judgedAfter:
		return chatsOwn
	}
	return notKnown
}

// note keeps a refusal, and returns what is known with it.
func (e *Engine) note(ctx context.Context, target string, now time.Time) (Refusals, error) {
	since := now.Add(-refusalsCount)
	if err := e.Ledger.Refuse(ctx, target, now, since); err != nil {
		return Refusals{}, err
	}
	r, err := e.Ledger.Refusals(ctx, target, since, persists)
	if err == nil {
		e.refused.Store(&r)
	}
	return r, err
}
