package reports

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"usagebot/usage"
)

// figures answers what digests ask.
type figures interface {
	DayState(ctx context.Context, appID string, day usage.Date, share usage.Share) (usage.DayState, error)
	Used(ctx context.Context, appID string, first, last usage.Date, share usage.Share) (bool, error)
	DigestData(ctx context.Context, q usage.Query, share usage.Share) (usage.DigestData, error)
}

// sender sends cards and asks the platform about chats. Its errors are *SendErrors.
type sender interface {
	// Send makes one message out of all calls with the same uuid within an hour. On success it returns the message's id.
	Send(ctx context.Context, to Target, card Card, uuid string) (messageID string, err error)
	// Update replaces a card that was sent. Doing so twice does no harm.
	Update(ctx context.Context, messageID string, card Card) error
	// Find returns the card with the lookup key that the bot sent to a chat, by itself and between two times. The id is
	// empty if there is none.
	Find(ctx context.Context, chatID, lookupKey string, from, until time.Time) (messageID string, err error)
	// Owner returns the open_id of a chat's owner; empty when no person owns it.
	Owner(ctx context.Context, chatID string) (openID string, err error)
}

// Card is a rendered card in the forms in which it can be sent: its JSON, a smaller card or nil, and text.
type Card interface {
	JSON() []byte
	Compact() []byte
	Text() string
}

// Target is where a message goes: to a chat, or to a person's direct message with the bot.
type Target struct{ ChatID, OpenID string }

// limiter keeps messages within the platform's limits.
type limiter interface {
	// Take reserves a place for a message that is sent at once; done tells that the platform has answered. If there is no
	// place, done is nil and limited says for how long.
	Take(ctx context.Context, chatID string) (done func(), limited Limited)
}

// renderer renders the cards that are sent.
type renderer interface {
	Digest(ctx context.Context, s usage.DigestData, o DigestOptions) Card
	// LookupKey returns a text in a digest's card by which it can be told from all other messages in its chat.
	LookupKey(q usage.Query, p usage.Period) string
	FiguresLate(ctx context.Context, s Subscription, d Delivery) Card
	OwnerNotice(ctx context.Context, notices []Notice) Card
	OwnerLeft(ctx context.Context, s Subscription) Card
	AdminAlert(ctx context.Context, a Alert) Card
}

// DigestOptions is what a digest's card says beside the story. Equal stories and options give equal cards, but for the ids.
type DigestOptions struct {
	ChatID             string // decides the language
	SubscriptionID     string // the subscription that the digest belongs to
	Late, Test         bool
	LateFigures        bool // it is late because its figures were
	Amended            bool // it replaces a card that was sent with zeros
	CarriesLastWorkday bool
}

// Settings are what an Engine is made of.
type Settings struct {
	Store    Store
	Figures  figures
	Sender   sender
	Limiter  limiter
	Renderer renderer
	AppName  func(appID string) string
	Admins   func(ctx context.Context) []string // open_ids of the people who are told when digests are on hold
	Zone     *time.Location
	Jitter   time.Duration // DIGEST_JITTER
	Poll     time.Duration // READINESS_POLL
	Deadline time.Duration // READINESS_DEADLINE, since midnight
	Lease    time.Duration // DELIVERY_LEASE
	Gather   time.Duration // how long notices to an owner are collected into one batch
	Now      func() time.Time
	Log      *slog.Logger
	Observe  func(outcome string) // called for each delivery that ends, and each time one has to wait for figures

	// PlatformZone is the zone of the platform's days: it decides which day is over, and when its figures are late. The
	// default is Zone.
	PlatformZone *time.Location

	// Workdays are those of digests that go out on workdays. The default knows weekends only.
	Workdays *usage.Workdays

	// Hold is the process's hold, if messages that the engine does not send can end it; otherwise the engine makes its own.
	Hold *SendHold

	// Allowed reports whether a subscription's owner may still see the figures of its digests.
	Allowed func(ctx context.Context, s Subscription) (bool, error)
}

// Engine sends digests: each tick stores what has become due, then claims, sends and records it. The parts that this takes
// are types of their own.
type Engine struct {
	cfg           Settings
	planner       planner
	tasks         *tasks
	pool          *workerPool
	sends         *sendSlots
	chats         *chatLimiter
	hold          *sendHold
	subscriptions *subscriptionEditor
	alerts        *adminAlerts
	notices       *ownerNotices
}

// New returns an Engine. It has no loop of its own: it works when Tick is called, until Stop.
func New(s Settings) *Engine {
	s.PlatformZone = cmp.Or(s.PlatformZone, s.Zone)
	s.Hold = cmp.Or(s.Hold, NewSendHold(s.Store, s.Now, s.Log))
	if s.Workdays == nil {
		s.Workdays = usage.NewWorkdays(usage.NoCountry)
	}
	plans := planner{Calendar: Calendar{Platform: s.PlatformZone, Workdays: s.Workdays}, zone: s.Zone, deadline: s.Deadline}
	e := &Engine{
		cfg: s, planner: plans,
		tasks: newTasks(s.Log), pool: newWorkerPool(), sends: newSendSlots(s.Limiter, s.Now), chats: newChatLimiter(),
		subscriptions: &subscriptionEditor{store: s.Store, calendar: plans.Calendar, now: s.Now, log: s.Log},
	}
	e.alerts = newAdminAlerts(s, e.sends, e.tasks)
	e.hold = &sendHold{SendHold: s.Hold, alerts: e.alerts}
	e.notices = &ownerNotices{cfg: s, sends: e.sends, hold: e.hold, subscriptions: e.subscriptions, tasks: e.tasks}
	return e
}

// Stop waits for the deliveries that are being worked on until ctx ends. Then it cancels and releases them, so that other
// replicas continue with them at once.
func (e *Engine) Stop(ctx context.Context) { e.tasks.stop(ctx) }

// InFlight returns how many deliveries, notices and alerts are being worked on: what a tick starts outlives it.
func (e *Engine) InFlight() int { return int(e.tasks.counted.Load()) }

// Tick starts what has become due, and returns when all of it is started that can be. Each replica calls it every second,
// one call at a time. A failure of one digest or of one step stops no other.
func (e *Engine) Tick(ctx context.Context) error {
	err := e.openDue(ctx)
	if errors.Is(err, ErrUnavailable) || ctx.Err() != nil || e.hold.refresh(ctx) > 0 {
		return err
	}
	e.alerts.sendDue()
	return errors.Join(err, e.notices.sendDue(ctx), e.startDue(ctx), e.startAmendments(ctx))
}

const (
	// openBatch is how many due subscriptions are read at a time.
	openBatch = 200
	// openTimeout is how long one tick stores deliveries. Then it is time to send what was stored.
	openTimeout = time.Second
	// startTimeout is how long one tick claims deliveries. It is less than the time between two ticks, so that the next one
	// does not come while this one is still at work, and is dropped.
	startTimeout = 900 * time.Millisecond
	// maxAmendments is how many sent digests one tick looks at again. Few, since those that were not sent come first.
	maxAmendments = 16
)

// openDue stores the deliveries of the subscriptions that are due. One that fails is left for the next tick, and those
// behind it have their turn in this one.
func (e *Engine) openDue(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	var errs []error
	for skip, more := 0, true; more && within.Err() == nil; {
		now := e.cfg.Now()
		var due []Subscription
		var err error
		due, more, err = e.cfg.Store.Due(ctx, now, skip, openBatch)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("asking what is due: %w", err))...)
		}
		skip += openBatch
		for _, s := range due {
			err := e.open(ctx, s, now)
			if err == nil {
				skip-- // it is not due any more
				continue
			}
			errs = append(errs, err)
			if errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
				return errors.Join(errs...)
			}
		}
	}
	return errors.Join(errs...)
}

// open stores what is due of one subscription. If its schedule is invalid, the subscription is paused.
func (e *Engine) open(ctx context.Context, s Subscription, now time.Time) error {
	entries, next, err := e.planner.plan(s, now, Jitter(s.ID, e.cfg.Jitter))
	if err != nil {
		e.cfg.Log.Error("a subscription's schedule is invalid; pausing it", "subscription", s.ID, "error", err)
		return e.subscriptions.pauseBadSchedule(ctx, s.ID)
	}
	switch err := e.cfg.Store.Open(ctx, s, next, entries); {
	case err == nil:
		for _, d := range entries {
			if d.State != Waiting {
				e.cfg.Observe(string(d.State))
			}
		}
		return nil
	case errors.Is(err, ErrConflict): // another replica was faster, or somebody changed it
		return nil
	default:
		return fmt.Errorf("opening deliveries of %s: %w", s.ID, err)
	}
}

// startDue claims deliveries and starts processing them, for as long as there are any and a worker is free.
func (e *Engine) startDue(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for e.waitUntilReady(within) {
		probing, limit := e.hold.known().sendingHeld(), workers
		if probing {
			limit = probeClaims
		}
		n := e.pool.tryAcquire(limit)
		claimed, err := e.cfg.Store.Claim(ctx, e.cfg.Now(), e.cfg.Lease, n)
		if err != nil {
			e.pool.fast.Release(int64(n))
			return fmt.Errorf("claiming deliveries: %w", err)
		}
		e.pool.fast.Release(int64(n - len(claimed)))
		for _, d := range claimed {
			e.tasks.start(func(ctx context.Context) { e.process(ctx, d) })
		}
		if len(claimed) < n || probing {
			return nil
		}
	}
	return nil
}

// waitUntilReady waits until the app may send and a worker is free. It reports false if ctx ends first or sending is on
// hold.
func (e *Engine) waitUntilReady(ctx context.Context) bool {
	if left := e.sends.appLimited.left(e.cfg.Now()); left > 0 && sleep(ctx, left) != nil {
		return false
	}
	if e.pool.fast.Acquire(ctx, 1) != nil {
		return false
	}
	e.pool.fast.Release(1)
	return e.hold.known().holdLeft(e.cfg.Now()) == 0
}

// startAmendments claims digests that were sent with zeros, and looks whether their figures have come.
func (e *Engine) startAmendments(ctx context.Context) error {
	n := e.pool.tryAcquire(maxAmendments)
	claimed, err := e.cfg.Store.ClaimAmendments(ctx, e.cfg.Now(), e.cfg.Lease, n)
	e.pool.fast.Release(int64(n - len(claimed)))
	if err != nil {
		return fmt.Errorf("claiming digests with zeros: %w", err)
	}
	for _, d := range claimed {
		e.tasks.running.Go(func() { e.process(e.tasks.ctx, d) })
	}
	return nil
}

// tasks runs what ticks start, until stop.
type tasks struct {
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup
	counted atomic.Int64 // those begun by start
	log     *slog.Logger
}

func newTasks(log *slog.Logger) *tasks {
	t := &tasks{log: log}
	t.ctx, t.cancel = context.WithCancel(context.Background())
	return t
}

// start runs a task that counts as in flight until it is over.
func (t *tasks) start(task func(ctx context.Context)) {
	t.counted.Add(1)
	t.running.Go(func() {
		defer t.counted.Add(-1)
		task(t.ctx)
	})
}

// startSafe is start for a task that may panic: the panic is logged and ends nothing else.
func (t *tasks) startSafe(task func(ctx context.Context)) {
	t.start(func(ctx context.Context) {
		defer func() {
			if p := recover(); p != nil {
				t.log.Error("a task panicked", "panic", p, "stack", string(debug.Stack()))
			}
		}()
		task(ctx)
	})
}

// stop waits for all tasks until ctx ends. Then it cancels them, and waits until they have returned.
func (t *tasks) stop(ctx context.Context) {
	finished := make(chan struct{})
	go func() {
		t.running.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-ctx.Done():
	}
	t.cancel()
	<-finished
}

const (
	// taskTimeout is how long one replica may take for what all of them would do. Then another may try.
	taskTimeout = time.Minute
	// writeTimeout is how long an outcome may take to be written while the process is stopping.
	writeTimeout = 5 * time.Second
)

// runOncePerCluster lets one replica do something, which then counts as done until a time. While it tries, the others leave
// it alone; if do reports false, it may be tried again after taskTimeout. settled reports whether this replica has nothing
// left to do.
func (s Settings) runOncePerCluster(ctx context.Context, name string, until time.Time, do func() bool) (settled bool) {
	now := s.Now()
	tryUntil := now.Add(taskTimeout)
	mine, err := s.Store.ClaimTask(ctx, name, now, tryUntil)
	if err != nil {
		s.Log.Warn("claiming a task failed", "task", name, "error", err)
		return false
	}
	if !mine {
		return true
	}
	if !do() {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	defer cancel()
	if _, err := s.Store.ClaimTask(ctx, name, tryUntil, until); err != nil {
		s.Log.Warn("recording that a task is done failed", "task", name, "error", err)
	}
	return true
}

// query asks for a subscription's figures of one period.
func (s Settings) query(sub Subscription, p usage.Period) usage.Query {
	return usage.Query{
		App: usage.App{ID: sub.AppID, Name: s.AppName(sub.AppID)}, Ability: sub.Ability, Cycle: p.Cycle,
		Department: usage.Department{ID: sub.DepartmentID, Name: sub.DepartmentName},
		When:       usage.When{Kind: usage.OnDay, Date: p.Start},
	}
}

// cooldown is active until a deadline. A deadline further away than max means that the clock was set back since; the
// cooldown then counts as over.
type cooldown struct {
	max   time.Duration
	until atomic.Int64 // in Unix milliseconds
}

func (c *cooldown) start(now time.Time, d time.Duration) {
	c.until.Store(now.Add(min(d, c.max)).UnixMilli())
}

func (c *cooldown) active(now time.Time) bool { return c.left(now) > 0 }

// left returns how long the cooldown is still active.
func (c *cooldown) left(now time.Time) time.Duration {
	left := time.UnixMilli(c.until.Load()).Sub(now)
	if left > c.max {
		return 0
	}
	return max(left, 0)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return errors.Join(ctx.Err(), context.Cause(ctx))
	case <-t.C:
		return nil
	}
}
