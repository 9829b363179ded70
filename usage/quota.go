package usage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	"golang.org/x/sync/singleflight"
)

// promptCallsPerPerson is how many calls a minute one person's questions make before all others: enough for two or
// three questions. The calls beyond wait beside the machines' and leave the places that these leave: of the hundred in a minute
// twenty are only for people who have made fewer calls. So while one has hundreds of calls in the line, also during a
// fan-out of digests, another's first question takes its places at once.
const promptCallsPerPerson = 10

// quotaQueue is where calls to one endpoint of the platform queue for its quota. Each process has its own lines: over several
// processes a person may make as many prompt calls in each of them, and all share the quota.
type quotaQueue struct {
	quota Quota
	// prompt is for the first calls of each person, further for the others of who asks more.
	prompt, further, machines, charts lane
	calls                             singleflight.Group // by what is asked: people wait each in their own place for the same call

	mu      sync.Mutex
	waiting map[string]int // calls that wait, by person
	made    []madeCall     // for persons in the last minute, oldest first
	recent  map[string]int // how many of them, by person
}

// madeCall is a call that was made for a person.
type madeCall struct {
	person string
	at     time.Time
}

func newQuotaQueue(q Quota) *quotaQueue {
	return &quotaQueue{quota: q, waiting: map[string]int{}, recent: map[string]int{}}
}

// laneFor is the lane for a share's next call, and the limit of the quota there.
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

// countedPerson is the person whose calls are counted; none for machines and charts, which leave places to people anyway.
func (s Share) countedPerson() string {
	if class, person := s.split(); class == People {
		return person
	}
	return ""
}

// cost is how many calls a person's questions have made in the last minute or are going to make.
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

// queue counts a call that begins to wait, and returns where.
func (l *quotaQueue) queue(share Share) (*lane, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	lane, limit := l.laneFor(share)
	addCount(l.waiting, share.countedPerson(), 1)
	return lane, limit
}

// dequeue counts a call that waits no longer, and whether it has a place.
func (l *quotaQueue) dequeue(share Share, placed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	person := share.countedPerson()
	addCount(l.waiting, person, -1)
	if placed && person != "" {
		l.made = append(l.made, madeCall{person, time.Now()})
		addCount(l.recent, person, 1)
	}
}

// cancel gives back the place of a call that is not made: it costs its person nothing.
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

// addCount adds to a count of a person, of which nothing is kept when it is zero.
func addCount(counts map[string]int, person string, n int) {
	if person == "" {
		return
	}
	if counts[person] += n; counts[person] == 0 {
		delete(counts, person)
	}
}

// backlog is about how long a share's call that comes now will wait for its turn.
func (l *quotaQueue) backlog(share Share) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	lane, limit := l.laneFor(share)
	return time.Duration(lane.inside.Load()) * time.Minute / time.Duration(limit)
}

// yieldInterval is how often a call that yields looks whether those before which it yields still wait.
const yieldInterval = 50 * time.Millisecond

// yields reports whether a lane's calls let others go first now: a chart's every single question, and those of who asks
// much everybody's first ones.
func (l *quotaQueue) yields(lane *lane) bool {
	switch lane {
	case &l.charts:
		return l.prompt.inside.Load()+l.machines.inside.Load() > 0
	case &l.further:
		return l.prompt.inside.Load() > 0
	}
	return false
}

// acquire waits for a place in the quota.
func (l *quotaQueue) acquire(ctx context.Context, share Share) (id string, err error) {
	lane, limit := l.queue(share)
	defer func() { l.dequeue(share, err == nil) }()
	_, person := share.split()
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
		if err := sleep(ctx, wait); err != nil {
			return "", err
		}
	}
}

// callWithRetry makes a call within the quota until the platform answers, it refuses, or there is no more time. key says what is
// asked: an equal call that is under way is waited for and costs nothing. known is looked at when it is the call's turn:
// it may have been answered while this one queued.
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

// callShared makes a call, or takes the answer of an equal one that is under way and gives its place back.
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

// lane lets one call after the other look for a place in the quota. The persons whose calls wait take turns; of the calls
// of one person the first goes first.
type lane struct {
	inside atomic.Int64 // calls that wait or look for a place

	mu    sync.Mutex
	taken bool
	calls map[string][]chan struct{} // that wait, by person
	turns []string                   // the persons of calls, in the order of their turns
}

// enter waits for a call's turn, after which leave must follow.
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

// queue puts a call into the lane. The channel is closed when its turn has come.
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

// withdraw takes a call out of the lane; false when its turn has come.
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

// leave lets the next one in.
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
