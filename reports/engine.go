package reports

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"usagebot/usage"
)

// figures answers what digests ask.
type figures interface {
	DayState(ctx context.Context, appID string, day usage.Date, share usage.Share) (usage.DayState, error)
	Used(ctx context.Context, appID string, first, last usage.Date, share usage.Share) (bool, error)
	Story(ctx context.Context, q usage.Query, share usage.Share) (usage.Story, error)
}

// sender sends cards and asks about chats. Its errors are *Troubles.
type sender interface {
	// Send makes one message for equal uuids within an hour. A success has a message id.
	Send(ctx context.Context, to Target, card []byte, uuid string) (messageID string, err error)
	// Update replaces a card that was sent. Doing so twice does no harm.
	Update(ctx context.Context, messageID string, card []byte) error
	// Find returns the card that the bot sent to a chat by itself between two moments and that carries the mark; none if
	// there is none.
	Find(ctx context.Context, chatID, mark string, from, until time.Time) (messageID string, err error)
	// Owner returns the open_id of who owns a chat; empty when no person does.
	Owner(ctx context.Context, chatID string) (openID string, err error)
}

// Target is where a message goes: a chat, or a person's single chat.
type Target struct{ ChatID, OpenID string }

// pacer lets messages go at the platform's speed.
type pacer interface {
	// Take takes the place of a message that is sent at once; done tells that it was answered. Without a place done is
	// nil, and full says how long there is none.
	Take(ctx context.Context, chatID string) (done func(), full Full)
}

// artist draws what is sent.
type artist interface {
	Digest(ctx context.Context, s usage.Story, o Looks) []byte
	// Mark returns what a digest's card carries by which it can be told from all others in its chat.
	Mark(q usage.Query, p usage.Period) string
	FiguresLate(ctx context.Context, s Subscription, d Delivery) []byte
	OwnerNotice(ctx context.Context, notices []Notice) []byte
	AdminAlert(ctx context.Context, a Alert) []byte
}

// Looks is what a digest's card says beside the story. Equal stories and looks are one card, but for the ids.
type Looks struct {
	ChatID         string // whose language is spoken
	SubscriptionID string // the one that it goes out by
	Late, Test     bool
	LateFigures    bool // it is late since its figures were
	Amended        bool // it replaces one that was sent with zeros
	CarriesFriday  bool
}

// Settings are what an Engine is made of.
type Settings struct {
	Ledger   Ledger
	Figures  figures
	Sender   sender
	Pacer    pacer
	Artist   artist
	AppName  func(appID string) string
	Admins   func(ctx context.Context) []string // open_ids of who is told when digests are on hold
	Zone     *time.Location
	Jitter   time.Duration // DIGEST_JITTER
	Poll     time.Duration // READINESS_POLL
	Deadline time.Duration // READINESS_DEADLINE, the time of day since midnight
	Lease    time.Duration // DELIVERY_LEASE
	Gather   time.Duration // how long notices to an owner are gathered into one letter
	Now      func() time.Time
	Log      *slog.Logger
	Observe  func(outcome string) // told of each delivery that ends, and of each wait

	// PlatformZone is the zone of the platform's days: which day is over, and when its figures are late. Zone when nil.
	PlatformZone *time.Location

	// Allowed reports whether a subscription's owner still may see what its digests carry.
	Allowed func(ctx context.Context, s Subscription) (bool, error)
}

// Engine sends digests: what falls due is entered, what is entered is claimed, sent and recorded.
type Engine struct {
	Settings
	free  *semaphore.Weighted // workers
	slow  *semaphore.Weighted // room for deliveries that keep no worker waiting
	crowd crowd
	full  gate // the app has sent all that it may for now
	news  news // for administrators
	work  sync.WaitGroup

	refused atomic.Pointer[Refusals]
	inHand  atomic.Int64 // pieces of work that a tick began and that are not over

	ctx    context.Context
	cancel context.CancelFunc
}

// New returns an Engine; it works when Tick is called, until Stop.
func New(s Settings) *Engine {
	s.PlatformZone = cmp.Or(s.PlatformZone, s.Zone)
	e := &Engine{Settings: s, free: semaphore.NewWeighted(workers), slow: semaphore.NewWeighted(maxSlow)}
	e.full.longest = fullFor
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e
}

// Stop gives the deliveries in hand until ctx ends and then lets go of them, so that others go on at once.
func (e *Engine) Stop(ctx context.Context) {
	finished := make(chan struct{})
	go func() {
		e.work.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-ctx.Done():
	}
	e.cancel()
	<-finished
}

// InHand returns how many deliveries, notices and alerts are being worked on: what a tick begins goes on after it.
func (e *Engine) InHand() int { return int(e.inHand.Load()) }

// begun counts a piece of work as in hand while it goes on, for as long as the engine waits for it.
func (e *Engine) begun(work func()) {
	e.inHand.Add(1)
	e.work.Go(func() {
		defer e.inHand.Add(-1)
		work()
	})
}

// Tick does what has become due. It returns when everything that can be begun has been; it is to be called every second,
// by each replica, one call at a time. What goes wrong with one digest, or in one step, ends no other.
func (e *Engine) Tick(ctx context.Context) error {
	err := e.enter(ctx)
	if errors.Is(err, ErrAway) || ctx.Err() != nil || e.lookForHold(ctx) > 0 {
		return err
	}
	e.tellAdministrators()
	return errors.Join(err, e.tellOwners(ctx), e.begin(ctx), e.beginAmending(ctx))
}
