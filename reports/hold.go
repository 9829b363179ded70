package reports

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

// The platform refuses the bot's own app in two ways. Some codes say that it would refuse every message (AppWide): then
// nothing is sent for a while. Others (AppRejected) may mean the app or one chat alone, for example a group that is shared
// with another company. One chat must not delay all others, so that sending is held only when several chats keep refusing
// and none accepts. Refusals are kept in the database, since each replica sees only a part of them.
const (
	// holdFor is how long nothing is sent once the app is refused. Then one message is tried, the probe, and if the platform
	// accepts it the others follow.
	holdFor = time.Minute
	// probeWait is how long the other messages wait for the outcome of the probe. They ask again until it is known.
	probeWait = 2 * time.Second
	// probeClaims is how many deliveries a tick claims meanwhile. One of them is the probe.
	probeClaims = 4
	// holdAfterChats is how many chats have to refuse, none accepting, before all sending is held.
	holdAfterChats = 3
	// refusesFor is how long each of them has to go on refusing. Of the messages sent to others at the same moment, one may
	// have been accepted.
	refusesFor = 2 * time.Second
	// chatOnlyAfter is how long a chat may refuse, while nothing is sent to others, before that is its own fault.
	chatOnlyAfter = 5 * time.Second
	// chatOnlyTries is how many times it has refused by then. If all is slow, others have refused twice by then as well.
	chatOnlyTries = 3
	// refusalLifetime is how long a refusal counts.
	refusalLifetime = 24 * time.Hour
)

// Refusals is what all replicas know about the platform's refusing the bot's app, since a message was last accepted.
type Refusals struct {
	Chats int       // how many keep refusing
	App   bool      // the whole app is refused for certain
	Last  time.Time // when a message was last refused or tried
	Since time.Time // since when the chat refuses that was asked about; zero when it does not
}

// sendingHeld reports whether nothing is sent except probes.
func (r Refusals) sendingHeld() bool { return r.App || r.Chats >= holdAfterChats }

// holdLeft returns for how long not even a probe is sent. If it would be longer than holdFor, the clock was set back since
// the hold began, and it counts as over.
func (r Refusals) holdLeft(now time.Time) time.Duration {
	left := r.Last.Add(holdFor).Sub(now)
	if !r.sendingHeld() || left > holdFor {
		return 0
	}
	return max(left, 0)
}

// RefusalTarget returns the name under which a chat's refusals are stored. The chat's id cannot be derived from it, so that
// the table does not show who asks for digests in a direct message.
func RefusalTarget(chatID string) string { return uuidFor("refusal", chatID) }

// verdict is what an AppRejected error comes to.
type verdict int

const (
	undecided verdict = iota // the message is tried again soon
	chatOnly                 // the chat alone refuses
	wholeApp                 // sending is held
)

// SendHold holds all digests while the platform refuses the bot's app. A process has one: the engine begins and ends holds,
// and what sends other messages reports which of them the platform accepted.
type SendHold struct {
	store RefusalStore
	now   func() time.Time
	log   *slog.Logger
	read  atomic.Pointer[Refusals] // what this process has read last
}

// NewSendHold returns the hold of one process; all of them share what is in the store.
func NewSendHold(store RefusalStore, now func() time.Time, log *slog.Logger) *SendHold {
	return &SendHold{store: store, now: now, log: log}
}

// MessageAccepted reports that the platform accepted a message or an edit other than a digest, which shows that it does not
// refuse the app as a whole. It uses the store only if this process knows of refusals to forget.
func (h *SendHold) MessageAccepted(ctx context.Context) {
	if h.known() != (Refusals{}) {
		h.accepted(ctx)
	}
}

// sendHold is the engine's SendHold. It tells administrators when the app is refused.
type sendHold struct {
	*SendHold

	alerts *adminAlerts
}

// known returns what this process has read last. Until the first tick it is empty.
func (h *SendHold) known() Refusals {
	if r := h.read.Load(); r != nil {
		return *r
	}
	return Refusals{}
}

// refresh reads what all replicas know, and returns for how long nothing is sent.
func (h *SendHold) refresh(ctx context.Context) time.Duration {
	now := h.now()
	r, err := h.store.Refusals(ctx, "", now.Add(-refusalLifetime), refusesFor)
	if err != nil {
		h.log.Warn("reading the refusals of messages failed", "error", err)
		return h.known().holdLeft(now)
	}
	h.read.Store(&r)
	return r.holdLeft(now)
}

// wait returns for how long a message has to wait. When a hold is over, the first message that asks, over all replicas, is
// the probe; until its answer is known the hold goes on. The others do not wait for a whole hold, as the answer may end it,
// and while it lasts no tick claims anything.
func (h *SendHold) wait(ctx context.Context) time.Duration {
	r, now := h.known(), h.now()
	if left := r.holdLeft(now); left > 0 || !r.sendingHeld() {
		return min(left, probeWait)
	}
	mine, err := h.store.ClaimProbe(ctx, r.Last, now)
	if err != nil {
		h.log.Warn("claiming the probe of a hold failed", "error", err)
	}
	if mine {
		return 0
	}
	return probeWait
}

// accepted ends a hold and forgets all refusals: the platform takes the app's messages.
func (h *SendHold) accepted(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if err := h.store.ClearRefusals(ctx); err != nil {
		h.log.Warn("forgetting the refusals of messages failed", "error", err)
		return
	}
	h.read.Store(&Refusals{})
}

// rejectedAppWide holds all sending: every other message would be refused as well.
func (h *sendHold) rejectedAppWide(ctx context.Context, err *SendError) {
	now := h.now()
	if _, err := h.record(ctx, "", now); err != nil {
		h.log.Warn("recording a refusal failed", "error", err)
		h.read.Store(&Refusals{App: true, Last: now}) // until the next tick only this replica holds
	}
	h.alert(err)
}

// judge decides whether an AppRejected error is about the chat or the whole app. again says that the same message was
// refused in this way a moment ago: if that refusal is forgotten, another chat has accepted a message since. tries is how
// many times the message was tried.
func (h *sendHold) judge(ctx context.Context, chatID string, again bool, tries int, sendErr *SendError) verdict {
	now, target := h.now(), RefusalTarget(chatID)
	r, err := h.store.Refusals(ctx, target, now.Add(-refusalLifetime), refusesFor)
	if err == nil && again && r.Since.IsZero() {
		return chatOnly
	}
	if err == nil {
		r, err = h.record(ctx, target, now)
	}
	switch {
	case err != nil:
		h.log.Warn("recording a refusal failed", "error", err)
		return undecided
	case r.sendingHeld():
		h.alert(sendErr)
		return wholeApp
	case tries >= chatOnlyTries && now.Sub(r.Since) >= chatOnlyAfter:
		return chatOnly
	}
	return undecided
}

// record stores a refusal, and returns what is known with it.
func (h *SendHold) record(ctx context.Context, target string, now time.Time) (Refusals, error) {
	since := now.Add(-refusalLifetime)
	if err := h.store.RecordRefusal(ctx, target, now, since); err != nil {
		return Refusals{}, err
	}
	r, err := h.store.Refusals(ctx, target, since, refusesFor)
	if err == nil {
		h.read.Store(&r)
	}
	return r, err
}

func (h *sendHold) alert(err *SendError) {
	h.alerts.raise(Alert{Sending: true, Why: err.Why, Code: err.Code, LogID: err.LogID, Scopes: err.Scopes})
}
