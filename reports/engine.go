package reports

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"usagebot/usage"
)

// figures answers what digests ask.
type figures interface {
	Out(ctx context.Context, appID string, day usage.Date, share usage.Share) (bool, error)
	Story(ctx context.Context, q usage.Query, share usage.Share) (usage.Story, error)
}

// sender sends cards and asks about chats. Its errors are *Troubles.
type sender interface {
	// Send makes one message for equal uuids within an hour. A success has a message id.
	Send(ctx context.Context, to Target, card []byte, uuid string) (messageID string, err error)
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
	// Wait returns when a message may go to the chat; done tells that it was answered.
	Wait(ctx context.Context, chatID string) (done func(), err error)
}

// artist draws what is sent.
type artist interface {
	Digest(s usage.Story, o Looks) []byte
	// Mark returns what a digest's card carries by which it can be told from all others in its chat.
	Mark(q usage.Query, p usage.Period) string
	FiguresLate(s Subscription, d Delivery) []byte
	OwnerNotice(notices []Notice) []byte
	AdminAlert(a Alert) []byte
}

// Looks is what a digest's card says beside the story. Equal stories and looks are one card, but for the ids.
type Looks struct {
	ChatID         string // whose language is spoken
	SubscriptionID string // the one that it goes out by
	Late, Test     bool
	LateFigures    bool // it is late since its figures were
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
	Deadline time.Duration // READINESS_DEADLINE, since midnight
	Lease    time.Duration // DELIVERY_LEASE
	Now      func() time.Time
	Log      *slog.Logger
	Observe  func(outcome string) // told of each delivery that ends, and of each wait

	// Allowed reports whether a subscription's owner still may see what its digests carry.
	Allowed func(ctx context.Context, s Subscription) (bool, error)
}

// Engine sends digests: what falls due is entered, what is entered is claimed, sent and recorded.
type Engine struct {
	Settings
	free *semaphore.Weighted // workers
	work sync.WaitGroup
	held atomic.Int64 // until when sending is on hold, in Unix milliseconds

	mu      sync.Mutex
	alerted map[int]time.Time // when administrators were told last, by code

	ctx    context.Context
	cancel context.CancelFunc
}

// workers is how many deliveries one process has in hand: so many slow chats at once hold up no other.
const workers = 64

// New returns an Engine; it works when Tick is called, until Stop.
func New(s Settings) *Engine {
	e := &Engine{Settings: s, free: semaphore.NewWeighted(workers), alerted: map[int]time.Time{}}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	return e
}

// Stop gives the deliveries in hand until ctx ends and then lets go of them: their leases end, and others go on.
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

// Tick does what has become due. It returns when everything that can be begun has been; it is to be called every second,
// by each replica, one call at a time.
func (e *Engine) Tick(ctx context.Context) error {
	if err := e.enter(ctx); err != nil {
		return err
	}
	if e.onHold() {
		return nil
	}
	return errors.Join(e.tellOwners(ctx), e.begin(ctx))
}

// batch is how many rows are taken at a time.
const batch = 200

// enter opens the deliveries of the subscriptions that are due.
func (e *Engine) enter(ctx context.Context) error {
	for {
		now := e.Now()
		due, err := e.Ledger.Due(ctx, now, batch)
		if err != nil {
			return fmt.Errorf("asking what is due: %w", err)
		}
		for _, s := range due {
			if err := e.open(ctx, s, now); err != nil {
				return err
			}
		}
		if len(due) < batch {
			return nil
		}
	}
}

func (e *Engine) open(ctx context.Context, s Subscription, now time.Time) error {
	entries, next, err := plan(s, now, Jitter(s.ID, e.Jitter))
	if err != nil {
		return fmt.Errorf("planning %s: %w", s.ID, err)
	}
	switch err := e.Ledger.Open(ctx, s, next, entries); {
	case err == nil:
		for _, d := range entries {
			if d.State != Waiting {
				e.Observe(string(d.State))
			}
		}
		return nil
	case errors.Is(err, ErrMoved): // another replica was faster, or somebody changed it
		return nil
	default:
		return fmt.Errorf("entering %s: %w", s.ID, err)
	}
}

// beginFor is how long one tick goes on claiming: then it is time to look what else has become due.
const beginFor = time.Second

// begin claims deliveries for as long as there are any and somebody is free to carry them.
func (e *Engine) begin(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, beginFor)
	defer cancel()
	for {
		n := e.spare()
		if n == 0 {
			return nil
		}
		claimed, err := e.Ledger.Claim(ctx, e.Now(), e.Lease, n)
		e.free.Release(int64(n - len(claimed)))
		if err != nil {
			e.free.Release(int64(len(claimed)))
			return fmt.Errorf("claiming deliveries: %w", err)
		}
		for _, d := range claimed {
			e.work.Go(func() {
				defer e.free.Release(1)
				e.carry(e.ctx, d)
			})
		}
		if len(claimed) < n {
			return nil
		}
		// More may wait; the next worker that is free goes on at once.
		if err := e.free.Acquire(ctx, 1); err != nil {
			return nil // the tick is over, not wrong
		}
		e.free.Release(1)
	}
}

// spare takes as many workers as are free.
func (e *Engine) spare() int {
	n := 0
	for n < workers && e.free.TryAcquire(1) {
		n++
	}
	return n
}

// hold is how long everything waits when the platform refuses the bot's own app.
const hold = time.Minute

func (e *Engine) onHold() bool { return e.Now().UnixMilli() < e.held.Load() }
