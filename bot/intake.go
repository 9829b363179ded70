package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"usagebot/feishu/events"

	"usagebot/feishu"
)

// The platform waits 3 s for the acknowledgement of an event.
const (
	noticeAfter        = 1600 * time.Millisecond // after this, the person gets a "still working" notice
	ackDeadline        = 2200 * time.Millisecond // after this, the event is persisted and acknowledged
	jobTimeout         = 32 * time.Minute        // the longest that a request is worked on; above the timeout for figures
	persistTimeout     = 400 * time.Millisecond  // for persisting a request after the ackDeadline
	toastTimeout       = 100 * time.Millisecond  // for finding the language of a toast after that
	claimPollInterval  = 50 * time.Millisecond   // how often a request that another process has claimed is looked at
	leaseRenewInterval = 5 * time.Second         // how often leases are renewed, and expired ones are looked for

	// firstDelivery is the age up to which an event is surely delivered for the first time: the platform's first repetition
	// comes after 15 s. Another process may have answered an older event; that answer is replaced, so that it is up to date.
	firstDelivery = 10 * time.Second

	// dedupWindow is how long after a message its answer cannot be sent twice: the platform remembers a uuid for an hour.
	dedupWindow = 55 * time.Minute
)

// inbox stores which requests are known, so that each is answered once however often it is delivered, and wherever.
type inbox interface {
	// Take claims a request. The state is one of taken, again (taken over after another owner's lease expired), busy, parked
	// (another owner works on it, and it is persisted) and done.
	Take(ctx context.Context, key, owner string) (state string, err error)
	// Park persists the request, so that another process can take it over.
	Park(ctx context.Context, key, owner string, job []byte) error
	// Keep renews the lease of a persisted request.
	Keep(ctx context.Context, key, owner string) error
	Finish(ctx context.Context, key, owner string) error
	// Release gives the claim up, so that the next delivery can take it.
	Release(ctx context.Context, key, owner string) error
	// Forget drops the persisted requests that contain one of the ids, except for one.
	Forget(ctx context.Context, ids []string, except string) error
	// RescueExpired takes over a persisted request whose lease has expired; the key is empty if there is none.
	RescueExpired(ctx context.Context, owner string) (key string, job []byte, err error)
}

// The states of a request in the inbox.
const (
	taken  = "taken"
	again  = "again"
	busy   = "busy"
	parked = "parked"
	done   = "done"
)

// intake takes events, makes sure that none is lost or answered twice, and works on them.
type intake struct {
	*lifecycle
	inbox    inbox
	jobs     *jobStore
	answers  *pipeline
	delivery *delivery
	events   *chatEvents
	rates    *rateLimiter
	reader   requestReader

	directoryChanged func() // called when the platform says that departments have changed
	maxInHand        int64
	now              func() time.Time
	log              *slog.Logger
}

// Full reports whether the bot works on so many requests that it takes no more.
func (in *intake) Full() bool { return in.inHand.Load() >= in.maxInHand }

// Handle takes an event. It returns without an error only when the event's effect is safe: it has happened, or is
// persisted where another process finds it.
func (in *intake) Handle(ctx context.Context, e *events.Event) (events.Response, error) {
	if e.Department != "" {
		in.directoryChanged()
		return events.Response{}, nil
	}
	if e.Chat != nil {
		if err := in.events.handleChatEvent(ctx, e); err != nil {
			return events.Response{}, fmt.Errorf("%w: %w", events.ErrUnavailable, err)
		}
		return events.Response{}, nil
	}
	req, ok := in.reader.request(e)
	if !ok {
		return events.Response{}, nil
	}
	if in.Full() {
		return events.Response{}, fmt.Errorf("too much is in hand: %w", events.ErrUnavailable)
	}
	owner := rand.Text()
	state := in.claim(ctx, req.Key, owner)
	ctx, cancel := context.WithTimeout(ctx, ackDeadline)
	defer cancel()
	switch state {
	case parked, done:
		return events.Response{}, nil
	case taken, again:
		j := newJob(req, owner, state == again || in.now().Sub(req.At) > firstDelivery)
		if state == taken {
			refund, limited := in.rates.check(ctx, req)
			if limited != nil {
				in.giveBack(ctx, req.Key, owner)
				return in.rates.reject(ctx, req, limited), nil
			}
			j.refund = refund
		}
		if !in.start(func() { in.run(j) }) {
			in.release(ctx, j)
			return events.Response{}, fmt.Errorf("stopping: %w", events.ErrUnavailable)
		}
		return in.await(ctx, j)
	}
	return events.Response{}, fmt.Errorf("another delivery is still in work: %w", events.ErrUnavailable)
}

// claim claims the request. If another owner has it, claim waits until it is known what became of that: a little longer
// than the other owner may take to persist it.
func (in *intake) claim(ctx context.Context, key, owner string) (state string) {
	ctx, cancel := context.WithTimeout(ctx, ackDeadline+8*claimPollInterval)
	defer cancel()
	for {
		state, err := in.inbox.Take(ctx, key, owner)
		if err != nil {
			return busy
		}
		if state != busy {
			return state
		}
		select {
		case <-ctx.Done():
			return busy
		case <-time.After(claimPollInterval):
		}
	}
}

// await waits for the job until the event has to be acknowledged, or until the job waits for a send slot. Then it persists
// the job.
func (in *intake) await(ctx context.Context, j *job) (events.Response, error) {
	select {
	case a := <-j.click:
		return clickResponse(a), nil
	case <-j.done:
		return events.Response{}, j.outcome()
	case <-j.queued:
	case <-ctx.Done():
	}
	err := in.jobs.persist(j, timeLeft(ctx)+persistTimeout)
	in.start(func() { in.renewLease(j) })
	select {
	case a := <-j.click:
		return clickResponse(a), nil
	default:
		close(j.late)
	}
	if err != nil {
		// The job goes on here, but if this process dies no other would know of it, so the platform must deliver the event
		// again. It does not do so with a click: the person sees that it failed, and can click again.
		return events.Response{}, err
	}
	if !j.Click {
		return events.Response{}, nil
	}
	toastCtx, cancel := context.WithTimeout(in.ctx, toastTimeout)
	defer cancel()
	return in.answers.workingToast(toastCtx, j.Request), nil
}

// clickResponse puts a click's answer into its callback: the card in place of the old one, or a toast that says what is
// wrong.
func clickResponse(a Answer) events.Response {
	if a.Problem {
		return events.Response{Toast: &events.Toast{Type: "error", Content: a.Toast}}
	}
	return events.Response{Card: a.Card.JSON()}
}

// timeLeft returns the time until a context's deadline.
func timeLeft(ctx context.Context) time.Duration {
	until, _ := ctx.Deadline()
	return max(0, time.Until(until))
}

// run answers the request and settles it in the inbox.
func (in *intake) run(j *job) {
	in.inHand.Add(1)
	defer in.inHand.Add(-1)
	defer close(j.done)
	ctx, cancel := context.WithTimeout(in.ctx, jobTimeout)
	defer cancel()
	err := in.process(ctx, j)
	// Settling must not fail because the bot is stopping.
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err != nil && in.worthAnotherTry(j, err) {
		in.log.Warn("could not send an answer", "error", err)
		j.err = err
		in.release(ctx, j) // to the next delivery or, if it is persisted, to a rescuer
		return
	}
	if err != nil {
		in.log.Error("an answer was given up", "error", err)
	}
	if err := in.inbox.Finish(ctx, j.Key, j.owner); err != nil {
		in.log.Warn("could not mark a request as finished", "error", err)
	}
}

// process answers the request. A panic on the way becomes an error of this request alone.
func (in *intake) process(ctx context.Context, j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	in.events.reviveOnMessage(ctx, j.Request)
	return in.delivery.run(ctx, j)
}

// release returns the request for another attempt. Unless it is persisted, it comes by a redelivery, which must not count
// against the rate limit again.
func (in *intake) release(ctx context.Context, j *job) {
	if !j.isPersisted() {
		in.rates.rememberAdmitted(ctx, j.Request)
	}
	in.giveBack(ctx, j.Key, j.owner)
}

func (in *intake) giveBack(ctx context.Context, key, owner string) {
	if err := in.inbox.Release(ctx, key, owner); err != nil {
		in.log.Warn("could not release a request", "error", err)
	}
}

// errGivenUp leaves a request that the stopping bot cannot finish to another process, or to the next one.
var errGivenUp = errors.New("stopped before the answer")

func (in *intake) worthAnotherTry(j *job, err error) bool {
	retriable := errors.Is(err, errGivenUp) || isTransient(err) || feishu.AppRejected.Is(err) && !maybeTarget(err)
	return retriable && in.now().Sub(j.At) < dedupWindow
}

// isTransient reports whether the same call may succeed a little later.
func isTransient(err error) bool {
	refusal := new(feishu.Error)
	return !errors.As(err, &refusal) || feishu.Retry.Is(err) || feishu.Ambiguous.Is(err)
}

// renewLease renews the job's lease until it is done.
func (in *intake) renewLease(j *job) {
	tick := time.NewTicker(leaseRenewInterval)
	defer tick.Stop()
	for {
		select {
		case <-j.done:
			return
		case <-tick.C:
			if err := in.inbox.Keep(in.ctx, j.Key, j.owner); err != nil && in.ctx.Err() == nil {
				in.log.Warn("could not renew a lease", "error", err)
			}
		}
	}
}

// rescueBatch is how many requests one process takes over at a time, so that others share the work.
const rescueBatch = 8

// RunRescuer takes over requests that other processes began and did not finish, until ctx ends.
func (in *intake) RunRescuer(ctx context.Context) {
	tick := time.NewTicker(leaseRenewInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for range rescueBatch {
				if !in.rescue(ctx) {
					break
				}
			}
		}
	}
}

// rescue takes over one request whose lease has expired; it reports whether there was one.
func (in *intake) rescue(ctx context.Context) bool {
	owner := rand.Text()
	key, persisted, err := in.inbox.RescueExpired(ctx, owner)
	if err != nil || key == "" {
		return false
	}
	var req Request
	if err := json.Unmarshal(persisted, &req); err != nil {
		in.log.Error("could not read a persisted request", "error", err)
		_ = in.inbox.Finish(ctx, key, owner)
		return true
	}
	j := newJob(req, owner, true)
	j.persisted = true
	close(j.late) // nobody waits for it
	if !in.start(func() { in.run(j) }) {
		in.release(ctx, j)
		return false
	}
	in.start(func() { in.renewLease(j) })
	return true
}

// job is a request that is being answered.
type job struct {
	Request   // NoticeID changes, guarded by mu
	mu        sync.Mutex
	persisted bool // guarded by mu
	owner     string
	again     bool // another process may have answered it in part
	separate  bool // the answer cannot replace what was sent before

	// refund takes a click back from the person's rate limit, for an answer that cost nothing; nil if it does not count.
	refund func()

	click  chan Answer   // hands a click's answer to the callback that still waits for it
	late   chan struct{} // closed when no callback waits any more
	done   chan struct{} // closed when nothing is left to do
	queued chan struct{} // closed by wait: the answer has to wait for a send slot
	wait   func()
	err    error // set before done is closed
}

func newJob(req Request, owner string, again bool) *job {
	queued := make(chan struct{})
	return &job{
		Request: req, owner: owner, again: again, click: make(chan Answer), late: make(chan struct{}), done: make(chan struct{}),
		queued: queued, wait: sync.OnceFunc(func() { close(queued) }),
	}
}

func (j *job) isPersisted() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.persisted
}

// outcome is what the platform is told about a finished job. After an error it delivers the event again.
func (j *job) outcome() error {
	if j.err != nil {
		return fmt.Errorf("%w: %w", events.ErrUnavailable, j.err)
	}
	return nil
}

// jobStore persists jobs, so that another process can finish them.
type jobStore struct{ inbox inbox }

// persist persists the job within a time, so that another process can do it should this one die.
func (s *jobStore) persist(j *job, within time.Duration) error {
	err := s.write(j, within, func() bool { return !j.persisted })
	if err == nil {
		return nil
	}
	select {
	case <-j.done: // it was finished in the meantime, so there is nothing to persist
		return j.outcome()
	case <-time.After(claimPollInterval): // it may just be finishing
		return fmt.Errorf("%w: %w", events.ErrUnavailable, err)
	}
}

// persistNotice records the notice that the answer will replace, also for the process that may have to finish the job.
func (s *jobStore) persistNotice(j *job, noticeID string) error {
	return s.write(j, persistTimeout, func() bool {
		changed := j.NoticeID != noticeID
		j.NoticeID = noticeID
		return changed
	})
}

// write stores the job as it is now, if needed says so.
func (s *jobStore) write(j *job, within time.Duration, needed func() bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	j.mu.Lock()
	defer j.mu.Unlock()
	if !needed() {
		return nil
	}
	written, err := json.Marshal(j.Request)
	if err != nil {
		return fmt.Errorf("persisting a request: %w", err)
	}
	err = s.inbox.Park(ctx, j.Key, j.owner, written)
	j.persisted = j.persisted || err == nil
	return err
}
