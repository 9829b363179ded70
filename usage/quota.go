package usage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/singleflight"
)

// promptCallsPerPerson is how many calls a minute one person gets in the fastest lane: enough for two or three
// questions. Further calls queue beside those of machines and leave the same reserve free: 20 of the 100 calls a minute
// serve only people who have made fewer calls than this. So when one person queues hundreds of calls, or many digests
// go out, another person's first question is still asked at once.
const promptCallsPerPerson = 10

// quotaQueue queues the calls to one endpoint of the platform until the quota admits them. Each process has its own
// queues, so a person may make promptCallsPerPerson calls in each process; the quota itself is shared by all.
type quotaQueue struct {
	quota Quota
	// prompt takes each person's first calls in a minute, further takes the rest.
	prompt, further, machines, charts lane
	calls                             singleflight.Group // by question. Equal calls wait in their own lanes; the first to get a slot makes the call for all.

	mu      sync.Mutex
	waiting map[string]int       // waiting calls by person
	made    []madeCall           // the calls for persons in the last minute, oldest first
	recent  map[string]int       // number of calls in made, by person
	asked   map[string]time.Time // when a call was last wanted, by person
	swept   time.Time            // when asked was last shortened
}

// madeCall records a call made for a person.
type madeCall struct {
	person string
	at     time.Time
}

func newQuotaQueue(q Quota) *quotaQueue {
	return &quotaQueue{quota: q, waiting: map[string]int{}, recent: map[string]int{}, asked: map[string]time.Time{}}
}

// askedRetention is how long it is known when a call was wanted for a person: longer than an answer takes that somebody
// still waits for.
const askedRetention = time.Hour

// noteAsked notes that a call is wanted for a person.
func (l *quotaQueue) noteAsked(person string) {
	now := time.Now()
	if now.Sub(l.swept) > askedRetention {
		maps.DeleteFunc(l.asked, func(_ string, at time.Time) bool { return now.Sub(at) > askedRetention })
		l.swept = now
	}
	if person != "" {
		l.asked[person] = now
	}
}

// calledSince reports whether a call was wanted for a person since a time.
func (l *quotaQueue) calledSince(person string, since time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, ok := l.asked[person]
	return ok && !at.Before(since)
}

// laneFor returns the lane for the share's next call, and the part of the quota that the lane may use.
func (l *quotaQueue) laneFor(share Share) (*lane, int) {
	class, _ := share.split()
	switch {
	case class == Machines:
		return &l.machines, machinesPerMinute
	case class == batch:
		return &l.charts, machinesPerMinute
	case l.cost(share.countedPerson()) >= promptCallsPerPerson:
		return &l.further, machinesPerMinute
	}
	return &l.prompt, CallsPerMinute
}

// countedPerson returns the person whose calls are counted, or "" for machines and charts: their lanes leave the
// reserve free anyway.
func (s Share) countedPerson() string {
	if class, person := s.split(); class == People {
		return person
	}
	return ""
}

// cost counts the calls that a person has made in the last minute or has waiting.
func (l *quotaQueue) cost(person string) int {
	if person == "" {
		return 0
	}
	for len(l.made) > 0 && time.Since(l.made[0].at) >= time.Minute {
		addCount(l.recent, l.made[0].person, -1)
		l.made = l.made[1:]
	}
	return l.waiting[person] + l.recent[person]
}

// queue counts a call as waiting, and returns its lane and limit.
func (l *quotaQueue) queue(share Share) (*lane, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lane, limit := l.laneFor(share)
	addCount(l.waiting, share.countedPerson(), 1)
	l.noteAsked(share.asker())
	return lane, limit
}

// dequeue ends the waiting of a call. admitted says whether it got a slot.
func (l *quotaQueue) dequeue(share Share, admitted bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	person := share.countedPerson()
	addCount(l.waiting, person, -1)
	if admitted && person != "" {
		l.made = append(l.made, madeCall{person, time.Now()})
		addCount(l.recent, person, 1)
	}
}

// cancel returns the slot of a call that was not made, so that it does not count against its person.
func (l *quotaQueue) cancel(ctx context.Context, share Share, id string) {
	l.quota.Cancel(context.WithoutCancel(ctx), id)
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, made := range slices.Backward(l.made) {
		if made.person == share.countedPerson() {
			l.made = slices.Delete(l.made, i, i+1)
			addCount(l.recent, made.person, -1)
			return
		}
	}
}

// addCount adds n to a person's count and deletes a count of zero, so that the map does not grow.
func addCount(counts map[string]int, person string, n int) {
	if person == "" {
		return
	}
	if counts[person] += n; counts[person] == 0 {
		delete(counts, person)
	}
}

// backlog estimates how long a call of the share that comes now waits for a slot: for those before it, or as long as the
// quota has said that there is none, which is what the platform asked for if it refused a call.
func (l *quotaQueue) backlog(share Share) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	lane, limit := l.laneFor(share)
	before := time.Duration(lane.inside.Load()) * time.Minute / time.Duration(limit)
	if full := lane.fullUntil.Load(); full != nil {
		return max(before, time.Until(*full))
	}
	return before
}

// yieldInterval is how often a yielding call checks whether calls of higher priority still wait.
const yieldInterval = 50 * time.Millisecond

// yields reports whether calls of a lane must let others go first now: charts yield to all single questions, a person's
// further calls to everybody's first ones.
func (l *quotaQueue) yields(lane *lane) bool {
	switch lane {
	case &l.charts:
		return l.prompt.inside.Load()+l.machines.inside.Load() > 0
	case &l.further:
		return l.prompt.inside.Load() > 0
	}
	return false
}

// acquire waits for a slot in the quota.
func (l *quotaQueue) acquire(ctx context.Context, share Share) (id string, err error) {
	lane, limit := l.queue(share)
	defer func() { l.dequeue(share, err == nil) }()
	class, person := share.split()
	if class == Stored {
		return "", ErrNotStored
	}
	if err := lane.enter(ctx, person); err != nil {
		return "", err
	}
	defer lane.leave()
	for {
		if l.yields(lane) {
			if err := sleep(ctx, yieldInterval); err != nil {
				return "", err
			}
			continue
		}
		id, wait, _ := l.quota.Take(ctx, limit)
		if wait <= 0 {
			return id, nil
		}
		until := time.Now().Add(wait)
		lane.fullUntil.Store(&until)
		if err := sleep(ctx, wait); err != nil {
			return "", err
		}
	}
}

// callWithRetry makes a call within the quota and repeats it until the platform answers or refuses, or ctx ends. Calls
// with the same key share one request, which costs one slot. known is asked just before the call: another call may have
// brought the answer while this one queued.
func callWithRetry[T any](ctx context.Context, l *quotaQueue, share Share, key string, known func() (T, bool), call func(context.Context) (T, error)) (T, error) {
	var zero T
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = 300 * time.Millisecond
	for attempt, throttled := 1, 0; ; {
		id, err := l.acquire(ctx, share)
		if err != nil {
			return zero, fmt.Errorf("waiting for the quota: %w", err)
		}
		if answer, ok := known(); ok {
			l.cancel(ctx, share, id)
			return answer, nil
		}
		answer, err := callShared(ctx, l, share, id, key, call)

		failure := new(Failure)
		switch {
		case err == nil:
			return answer, nil
		case !errors.As(err, &failure):
			return zero, err
		case failure.Reason == Throttled && throttled < maxThrottled:
			throttled++
			l.quota.Block(ctx, max(failure.RetryAfter, time.Second))
		case failure.Reason == Unavailable && attempt < maxAttempts:
			attempt++
			if sleep(ctx, pause.NextBackOff()) != nil {
				return zero, err
			}
		default:
			return zero, err
		}
	}
}

// callShared makes the call, or waits for an equal one in flight and returns its own slot.
func callShared[T any](ctx context.Context, l *quotaQueue, share Share, id, key string, call func(context.Context) (T, error)) (T, error) {
	mine := false
	answer, err, _ := l.calls.Do(key, func() (any, error) {
		mine = true
		answer, err := call(ctx)
		l.quota.Settle(context.WithoutCancel(ctx), id)
		return answer, err
	})
	if !mine {
		l.cancel(ctx, share, id)
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return answer.(T), nil
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// lane admits one call at a time to ask the quota for a slot. Persons take turns; each person's calls keep their order.
type lane struct {
	inside    atomic.Int64              // calls in the lane, including the one that asks for a slot
	fullUntil atomic.Pointer[time.Time] // until when the quota has no slot for the lane, as it said last

	mu    sync.Mutex
	taken bool
	calls map[string][]chan struct{} // waiting calls by person
	turns []string                   // persons with waiting calls, in the order of their turns
}

// enter waits for the call's turn. After a nil error the caller must call leave.
func (l *lane) enter(ctx context.Context, person string) error {
	l.inside.Add(1)
	turn := l.queue(person)
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		if l.withdraw(person, turn) {
			l.inside.Add(-1)
		} else {
			l.leave() // its turn came at the same moment
		}
		return ctx.Err()
	}
}

// queue adds a call to the lane. The returned channel is closed when it is the call's turn.
func (l *lane) queue(person string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	turn := make(chan struct{})
	if !l.taken {
		l.taken = true
		close(turn)
		return turn
	}
	if l.calls == nil {
		l.calls = map[string][]chan struct{}{}
	}
	if len(l.calls[person]) == 0 {
		l.turns = append(l.turns, person)
	}
	l.calls[person] = append(l.calls[person], turn)
	return turn
}

// withdraw removes a waiting call. It returns false when the call's turn has already come.
func (l *lane) withdraw(person string, turn chan struct{}) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.Index(l.calls[person], turn)
	if i < 0 {
		return false
	}
	if l.calls[person] = slices.Delete(l.calls[person], i, i+1); len(l.calls[person]) == 0 {
		delete(l.calls, person)
		l.turns = slices.DeleteFunc(l.turns, func(waits string) bool { return waits == person })
	}
	return true
}

// leave admits the next call.
func (l *lane) leave() {
	l.inside.Add(-1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.turns) == 0 {
		l.taken = false
		return
	}
	person := l.turns[0]
	l.turns = l.turns[1:]
	calls := l.calls[person]
	if close(calls[0]); len(calls) > 1 {
		l.calls[person] = calls[1:]
		l.turns = append(l.turns, person)
	} else {
		delete(l.calls, person)
	}
}
