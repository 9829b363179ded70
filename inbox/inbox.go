// Package inbox accepts each event once and keeps it until it is answered. An event is one row of a table. The row proves
// that the event was accepted, says who works on it, that its change was made, and what became of it. doc/inbox.md has the
// whole protocol.
package inbox

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

// The times of the protocol.
const (
	// Lease is how long an event belongs to the process that works on it, unless the process renews it. It is also how long
	// the events of a process that died wait for another one.
	Lease = 10 * time.Second
	// renewInterval is how often leases are renewed.
	renewInterval = 3 * time.Second
	// RescueInterval is how often each process looks for events whose lease has ended.
	RescueInterval = 3 * time.Second
	// storeTimeout bounds one call of the store while the platform waits for the acknowledgement.
	storeTimeout = 2 * time.Second
	// resultDelay is how long results wait for others to share their transaction: nobody waits for a result.
	resultDelay = 20 * time.Millisecond
	// retryPause is the pause after a result could not be stored.
	retryPause = time.Second

	// Retention is how long the rows of finished events are kept. The platform's last redelivery comes after about 7 hours.
	Retention = 24 * time.Hour
	// deleteInterval is how often expired rows are deleted.
	deleteInterval = time.Minute
	// batchSize bounds the rows of one transaction.
	batchSize = 200
)

// Kind is what an event is about.
type Kind string

// The kinds.
const (
	Message Kind = "message"
	Click   Kind = "click"
	Menu    Kind = "menu"
	Chat    Kind = "chat" // something happened to a chat
)

// State is what became of an event.
type State string

// The states. All but Open are final.
const (
	Open        State = "open"        // somebody works on it, or will
	Answered    State = "answered"    // the platform has taken the answer, or there was nothing to answer
	Unconfirmed State = "unconfirmed" // a repeated send returned no message id, so an earlier message stands as it is
	GivenUp     State = "given_up"    // it failed for good, or for too long
)

// Event is an accepted event.
type Event struct {
	Key     string // the message id's hash, or the event id: the same for every delivery
	Kind    Kind
	Queue   string // events of one queue are worked on one after another; events without a queue at once
	Payload []byte // what is needed to work on it

	CreatedAt  time.Time // when it happened, by the platform's clock
	ReceivedAt time.Time // when this bot accepted it
	Attempt    int64     // counts how often a process took it up, from 1; a process with an older number can finish nothing
}

// Result ends an attempt.
type Result struct {
	Event   Event
	State   State
	RetryAt time.Time // for Open: when any process may take it up again
}

// Store keeps events in SQL.
type Store interface {
	// Insert stores those of the events that are new, with a lease for the owner, and returns their keys.
	Insert(ctx context.Context, owner string, lease time.Time, list []Event) (inserted []string, err error)
	// Claim takes up open events of other owners whose lease has ended.
	Claim(ctx context.Context, owner string, now, lease time.Time, limit int) ([]Event, error)
	// Renew extends the leases of the owner's open events.
	Renew(ctx context.Context, owner string, lease time.Time) error
	// Save ends attempts. A result of an attempt that is not the event's last is ignored.
	Save(ctx context.Context, now time.Time, list []Result) error
	// Blocked reports whether another owner works on an earlier event of the same queue.
	Blocked(ctx context.Context, owner string, now time.Time, e Event) (bool, error)
	// Forget deletes the open events that contain one of the ids, except for one.
	Forget(ctx context.Context, ids []string, except string) error
	// DeleteFinished deletes some events that were finished before a time, and reports how many.
	DeleteFinished(ctx context.Context, before time.Time, limit int) (deleted int, err error)
}

// Seen remembers for some hours which events were accepted. What it remembers may be lost at any time.
type Seen interface {
	Known(ctx context.Context, keys []string) []bool
	Note(ctx context.Context, keys []string)
}

// Inbox is the events of one process.
type Inbox struct {
	store Store
	seen  Seen
	owner string
	now   func() time.Time
	log   *slog.Logger

	inserts *batcher[*insertion]
	results *batcher[Result]
	closing context.Context
	close   context.CancelFunc
}

// New returns an inbox. The caller runs Run, and calls Close at the end.
func New(store Store, seen Seen, now func() time.Time, log *slog.Logger) *Inbox {
	in := &Inbox{store: store, seen: seen, owner: rand.Text(), now: now, log: log}
	in.closing, in.close = context.WithCancel(context.Background())
	in.inserts = &batcher[*insertion]{write: in.insert}
	in.results = &batcher[Result]{write: in.save, delay: resultDelay}
	return in
}

// Known reports whether an event was accepted before, as far as that is remembered without a look at the store.
func (in *Inbox) Known(ctx context.Context, key string) bool {
	return in.seen.Known(ctx, []string{key})[0]
}

// insertion is an event that waits to be stored.
type insertion struct {
	event Event
	done  chan struct{} // closed when the fields below are set
	fresh bool
	err   error
}

// Accept stores an event. When it returns without an error, the event is safe: if it is fresh the caller has to work on it,
// and if not another attempt does or has done so. After an error the platform has to deliver the event again.
func (in *Inbox) Accept(ctx context.Context, e Event) (accepted Event, fresh bool, err error) {
	e.ReceivedAt, e.Attempt = in.now(), 1
	ins := &insertion{event: e, done: make(chan struct{})}
	in.inserts.add(ins)
	select {
	case <-ins.done:
	case <-ctx.Done():
		// The row may still be stored. Then nobody works on it, so it has to be given back.
		in.inserts.work.Go(func() {
			<-ins.done
			if ins.fresh {
				in.Release(e, 0)
			}
		})
		return e, false, fmt.Errorf("accepting an event: %w", ctx.Err())
	}
	return e, ins.fresh, ins.err
}

// insert stores a batch of events in one statement. If that fails, each is stored by itself, so that a bad one fails alone.
func (in *Inbox) insert(batch []*insertion) {
	if err := in.insertAll(batch); err != nil && len(batch) > 1 {
		for _, ins := range batch {
			ins.err = in.insertAll([]*insertion{ins})
		}
	} else if err != nil {
		batch[0].err = err
	}
	for _, ins := range batch {
		if ins.err != nil {
			ins.fresh = false
			in.Release(ins.event, 0) // the failed statement may have been carried out all the same
		}
		close(ins.done)
	}
}

func (in *Inbox) insertAll(batch []*insertion) error {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	list, keys := make([]Event, len(batch)), make([]string, len(batch))
	for i, ins := range batch {
		list[i], keys[i] = ins.event, ins.event.Key
	}
	inserted, err := in.store.Insert(ctx, in.owner, in.now().Add(Lease), list)
	if err != nil {
		return err
	}
	isNew := make(map[string]bool, len(inserted))
	for _, key := range inserted {
		isNew[key] = true
	}
	for _, ins := range batch {
		ins.fresh = isNew[ins.event.Key]
		delete(isNew, ins.event.Key) // of two deliveries in one batch only the first is fresh
	}
	in.seen.Note(ctx, keys)
	return nil
}

// Finish records what became of an event. It returns at once; the result is stored as soon as the store takes it.
func (in *Inbox) Finish(e Event, s State) { in.results.add(Result{Event: e, State: s}) }

// Release gives an event back for another attempt, by any process, after a pause. It returns at once.
func (in *Inbox) Release(e Event, pause time.Duration) {
	in.results.add(Result{Event: e, State: Open, RetryAt: in.now().Add(pause)})
}

// save stores a batch of results. It tries again until the store takes them or the inbox is closed: another process then
// takes the events up when their leases have ended, and finds the answer by its uuid.
func (in *Inbox) save(batch []Result) {
	for {
		ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
		err := in.store.Save(ctx, in.now(), batch)
		cancel()
		if err == nil {
			return
		}
		in.log.Warn("could not record what became of events", "events", len(batch), "error", err)
		select {
		case <-in.closing.Done():
			return
		case <-time.After(retryPause):
		}
	}
}

// Claim takes up to limit events whose lease has ended, in the order in which they were received.
func (in *Inbox) Claim(ctx context.Context, limit int) ([]Event, error) {
	now := in.now()
	return in.store.Claim(ctx, in.owner, now, now.Add(Lease), min(limit, batchSize))
}

// Blocked reports whether another process works on an earlier event of the same queue.
func (in *Inbox) Blocked(ctx context.Context, e Event) (bool, error) {
	return in.store.Blocked(ctx, in.owner, in.now(), e)
}

// Forget deletes the open events that contain one of the ids, except for one.
func (in *Inbox) Forget(ctx context.Context, ids []string, except string) error {
	return in.store.Forget(ctx, ids, except)
}

// Run renews the leases of this process's events and deletes expired rows, until ctx ends.
func (in *Inbox) Run(ctx context.Context) {
	tick := time.NewTicker(renewInterval)
	defer tick.Stop()
	var deleted time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := in.now()
		if err := in.store.Renew(ctx, in.owner, now.Add(Lease)); err != nil && ctx.Err() == nil {
			in.log.Warn("could not renew the leases of events", "error", err)
		}
		if now.Sub(deleted).Abs() >= deleteInterval {
			deleted = now
			in.deleteFinished(ctx, now.Add(-Retention))
		}
	}
}

// deleteFinished deletes expired rows in small transactions until none is left.
func (in *Inbox) deleteFinished(ctx context.Context, before time.Time) {
	for {
		n, err := in.store.DeleteFinished(ctx, before, batchSize)
		if err != nil && ctx.Err() == nil {
			in.log.Warn("could not delete finished events", "error", err)
		}
		if err != nil || n < batchSize {
			return
		}
	}
}

// Close waits until all results are stored, or until ctx ends.
func (in *Inbox) Close(ctx context.Context) {
	finished := make(chan struct{})
	go func() {
		in.inserts.work.Wait()
		in.results.work.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-ctx.Done():
	}
	in.close()
	<-finished
}

// batcher writes what is added: after the delay if nothing is being written, and otherwise together with all that is added
// until that is done. So a burst shares transactions, and without a delay a single event waits for nothing.
type batcher[T any] struct {
	write func([]T)
	delay time.Duration
	work  sync.WaitGroup

	mu      sync.Mutex
	waiting []T
	writing bool
}

func (b *batcher[T]) add(item T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting = append(b.waiting, item)
	if !b.writing {
		b.writing = true
		b.work.Go(b.drain)
	}
}

// drain writes until nothing waits.
func (b *batcher[T]) drain() {
	for {
		time.Sleep(b.delay)
		b.mu.Lock()
		batch := b.waiting[:min(len(b.waiting), batchSize)]
		b.waiting = b.waiting[len(batch):]
		b.writing = len(batch) > 0
		b.mu.Unlock()
		if len(batch) == 0 {
			return
		}
		b.write(batch)
	}
}
