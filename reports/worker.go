package reports

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"
)

// Worker limits. A delivery starts in the fast pool. If it is not ready after fastLimit, it moves to the slow pool, or is
// requeued if that is full. Once handed to the platform it occupies neither: the platform may take its time, and its limits
// bound how many answers can be awaited. So slow chats and slow figures delay no other delivery.
const (
	workers        = 64 // in the fast pool
	maxSlow        = 256
	fastLimit      = 2 * time.Second
	requeueDelay   = 30 * time.Second // what a requeued delivery has asked for is fetched meanwhile, and cached
	processTimeout = 5 * time.Minute
	retryDelay     = 10 * time.Second // after a failure of the store
)

// errSlowPoolFull ends the processing of a slow delivery for which the slow pool has no room.
var errSlowPoolFull = errors.New("too many slow deliveries are being processed")

// workerPool bounds how many deliveries are prepared at a time.
type workerPool struct{ fast, slow *semaphore.Weighted }

func newWorkerPool() *workerPool {
	return &workerPool{fast: semaphore.NewWeighted(workers), slow: semaphore.NewWeighted(maxSlow)}
}

// tryAcquire takes up to limit free workers of the fast pool, and returns how many.
func (p *workerPool) tryAcquire(limit int) int {
	n := 0
	for n < limit && p.fast.TryAcquire(1) {
		n++
	}
	return n
}

// workerSlot is what one delivery occupies: first a worker of the fast pool.
type workerSlot struct {
	pool     *workerPool
	mu       sync.Mutex
	slow     bool // it has moved to the slow pool
	released bool // it occupies nothing any more
}

// moveToSlowPool gives the worker back. It reports false if the slow pool is full.
func (s *workerSlot) moveToSlowPool() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.released || s.slow {
		return true
	}
	if !s.pool.slow.TryAcquire(1) {
		return false
	}
	s.slow = true
	s.pool.fast.Release(1)
	return true
}

func (s *workerSlot) isSlow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.slow
}

// release gives back what the delivery occupies. It may be called more than once.
func (s *workerSlot) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.released:
	case s.slow:
		s.pool.slow.Release(1)
	default:
		s.pool.fast.Release(1)
	}
	s.released = true
}

// claim is a delivery that this process holds.
type claim struct {
	engine *Engine
	slot   *workerSlot
	mu     sync.Mutex // guards d against renewLease
	d      Delivery
	closed bool // given up: nothing more is written
	empty  bool // its card says that there are no figures
}

// process takes one claimed delivery as far as possible, and renews its lease meanwhile.
func (e *Engine) process(ctx context.Context, d Delivery) {
	ctx, cancel := context.WithTimeout(ctx, processTimeout)
	defer cancel()
	ctx, abort := context.WithCancelCause(ctx)
	c := &claim{engine: e, slot: &workerSlot{pool: e.pool}, d: d}
	defer c.slot.release()
	defer abort(nil)
	defer c.release(ctx)
	defer c.recoverPanic(ctx)
	slow := time.AfterFunc(fastLimit, func() {
		if !c.slot.moveToSlowPool() {
			abort(errSlowPoolFull)
		}
	})
	defer slow.Stop()
	e.tasks.running.Go(func() { c.renewLease(ctx, abort) })
	s, err := e.cfg.Store.Subscription(ctx, d.SubscriptionID)
	if err != nil {
		e.cfg.Log.Error("reading a delivery's subscription failed", "subscription", d.SubscriptionID, "error", err)
		c.requeue(ctx, e.cfg.Now().Add(retryDelay))
		return
	}
	if d.State == Delivered {
		c.amend(ctx, s)
		return
	}
	if card := c.prepare(ctx, s); card != nil {
		slow.Stop()
		c.send(ctx, s, card)
	}
}

// prepare renders the digest if it is to be sent now. Otherwise it requeues or closes the delivery and returns nil.
func (c *claim) prepare(ctx context.Context, s Subscription) Card {
	e := c.engine
	if !c.shouldSend(ctx, s) {
		return nil
	}
	story, ready := c.fetchFigures(ctx, s)
	if !ready {
		return nil
	}
	if c.slot.isSlow() { // meanwhile somebody may have removed the subscription
		s, err := e.cfg.Store.Subscription(ctx, s.ID)
		if err != nil || !c.shouldSend(ctx, s) {
			return nil
		}
	}
	c.empty = story.Report.Empty()
	zone := e.planner.zoneOf(s)
	story.Report.AsOf, story.Trend.AsOf = story.Report.AsOf.In(zone), story.Trend.AsOf.In(zone)
	c.update(func(d *Delivery) {
		d.Late = e.planner.isLate(s, *d, e.cfg.Now(), Jitter(s.ID, e.cfg.Jitter))
		if d.SentAt.IsZero() { // otherwise an earlier message may be in the chat, with the figures of that time
			d.ZerosFrom = story.Report.ZerosFrom
		}
	})
	figuresCame := story.Report.Complete && !c.empty
	return e.cfg.Renderer.Digest(ctx, story, DigestOptions{
		ChatID: s.ChatID, SubscriptionID: s.ID, Late: c.d.Late, LateFigures: c.d.Late && c.d.Waited && figuresCame,
		CarriesLastWorkday: e.planner.CarriesLastWorkday(s.Schedule, c.d.Period),
	})
}

// shouldSend reports whether the digest is still to be sent. If not, it closes or requeues the delivery, or has its message
// looked for.
func (c *claim) shouldSend(ctx context.Context, s Subscription) bool {
	e, now, sent := c.engine, c.engine.cfg.Now(), !c.d.SentAt.IsZero()
	overdue := false
	zone, err := s.Schedule.zone()
	if err == nil {
		overdue = now.After(graceEnd(s.Schedule.Cycle, c.d.Slot.In(zone)))
	} else if s.State == Active {
		e.cfg.Log.Error("a delivery's schedule is invalid; pausing its subscription", "subscription", s.ID, "error", err)
		if err := e.subscriptions.pauseBadSchedule(ctx, s.ID); err != nil {
			return false
		}
		s.State, s.Reason = Paused, BadSchedule
	}
	switch {
	case sent && (s.State != Active || c.d.Searches > 0 || resendTimeLeft(c.d.SentAt, now) <= 0):
		c.search(ctx, s) // the message may be there, and may not be sent again
	case s.State == Removed:
		c.finish(ctx, Skipped, ByPerson, "")
	case s.State == Paused:
		c.finish(ctx, Skipped, s.Reason, "")
	case !sent && e.planner.postponed(s, c.d, now):
		c.requeue(ctx, s.NextDue)
	case !sent && overdue && c.d.Reason == NotOut:
		c.finish(ctx, Skipped, FiguresAbsent, "")
	case !sent && overdue && c.d.Reason == RightsUnread:
		c.finishAndNotify(ctx, Failed, RightsUnread, "")
	case !sent && overdue:
		c.finish(ctx, Skipped, TooLate, "")
	default:
		// If a message was handed to the platform already, its owner's right is not asked for again: it may be there.
		return sent || c.ownerMaySee(ctx, s)
	}
	return false
}

// ownerMaySee reports whether the subscription's owner may still see the figures. If not, the subscription is paused; if
// that cannot be found out, the delivery waits.
func (c *claim) ownerMaySee(ctx context.Context, s Subscription) bool {
	e := c.engine
	allowed, err := e.cfg.Allowed(ctx, s)
	switch {
	case ctx.Err() != nil: // stopping, or the claim is lost
		return false
	case err != nil:
		e.cfg.Log.Error("reading the rights of a digest's owner failed", "subscription", s.ID, "error", err)
		// What keeps the answer away does so for many digests at once: the longer it is missing, the more rarely it is asked
		// for.
		wait := min(max(e.cfg.Now().Sub(c.d.Slot)/10, time.Minute), 15*time.Minute)
		c.retryIn(ctx, RightsUnread, wait, "")
		return false
	case !allowed:
		// The pause comes first: if the process ends in between, the delivery is found again and skipped for the same
		// reason.
		e.subscriptions.pause(ctx, s, NotAllowed)
		c.finish(ctx, Skipped, NotAllowed, "")
	}
	return allowed
}

// recoverPanic requeues a delivery that has panicked, so that the panic does not end the others.
func (c *claim) recoverPanic(ctx context.Context) {
	p := recover()
	if p == nil {
		return
	}
	c.engine.cfg.Log.Error("a delivery panicked", "subscription", c.d.SubscriptionID, "panic", p, "stack", string(debug.Stack()))
	c.retryIn(ctx, Internal, 10*time.Minute, fmt.Sprint(p))
}

// release gives the claim back if the delivery was neither closed nor requeued, so that another worker continues with it.
func (c *claim) release(ctx context.Context) {
	now, cause := c.engine.cfg.Now(), context.Cause(ctx)
	switch {
	case errors.Is(cause, ErrFenced): // another replica holds it
	case errors.Is(cause, errSlowPoolFull):
		c.requeue(ctx, now.Add(requeueDelay))
	case errors.Is(cause, context.DeadlineExceeded):
		c.retryIn(ctx, Busy, time.Minute, "it took too long")
	case cause != nil: // stopping
		c.requeue(ctx, c.d.TryAt)
	default:
		c.requeue(ctx, now.Add(retryDelay))
	}
}

// renewLease extends the lease until ctx ends, and aborts processing with ErrFenced if another replica has taken the
// delivery.
func (c *claim) renewLease(ctx context.Context, abort context.CancelCauseFunc) {
	tick := time.NewTicker(max(c.engine.cfg.Lease/3, 50*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := c.save(ctx, true); errors.Is(err, ErrFenced) {
				abort(ErrFenced)
				return
			}
		}
	}
}

// save writes the delivery and notices for its owner. With hold the claim is kept; otherwise it is given up, and nothing
// more is written.
func (c *claim) save(ctx context.Context, hold bool, notices ...Notice) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil
	}
	c.closed = !hold
	d := c.d
	d.Lease = c.engine.cfg.Now().Add(c.engine.cfg.Lease)
	if !hold {
		// The outcome is written even if the process is stopping.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
		defer cancel()
	}
	err := c.engine.cfg.Store.Save(ctx, d, hold, notices...)
	if err != nil && ctx.Err() == nil {
		c.engine.cfg.Log.Warn("writing a delivery failed", "subscription", d.SubscriptionID, "error", err)
	}
	return err
}

// update changes the delivery in memory.
func (c *claim) update(change func(*Delivery)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change(&c.d)
}

// finish closes the delivery.
func (c *claim) finish(ctx context.Context, state DeliveryState, reason Reason, detail string, notices ...Notice) {
	c.update(func(d *Delivery) {
		d.State, d.Reason, d.Detail, d.DoneAt = state, reason, detail, c.engine.cfg.Now()
	})
	if c.save(ctx, false, notices...) == nil {
		c.engine.cfg.Observe(string(state))
	}
}

// finishAndNotify closes the delivery and tells the subscription's owner.
func (c *claim) finishAndNotify(ctx context.Context, state DeliveryState, reason Reason, detail string) {
	c.finish(ctx, state, reason, detail, Notice{Reason: reason, Period: c.d.Period, At: c.engine.cfg.Now()})
}

// retryIn requeues the delivery for another try after a wait, and records why. The outcome of a delivered one stays.
func (c *claim) retryIn(ctx context.Context, reason Reason, wait time.Duration, detail string) {
	c.update(func(d *Delivery) {
		if d.State == Waiting {
			d.Reason, d.Detail = reason, detail
		}
	})
	c.requeue(ctx, c.engine.cfg.Now().Add(wait))
}

// requeue gives the claim back. The delivery may be claimed again from tryAt on.
func (c *claim) requeue(ctx context.Context, tryAt time.Time) {
	c.update(func(d *Delivery) { d.TryAt = tryAt })
	_ = c.save(ctx, false) // logged; if it fails, the lease ends and the delivery is tried again
}

// backOff returns how long to wait after a number of tries: 2 s, 4 s, … up to two minutes.
func backOff(tries int) time.Duration {
	return min(time.Second<<min(tries, 7), 2*time.Minute)
}
