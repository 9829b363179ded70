package redisstore

import (
	"context"
	"sync"
	"testing"
	"time"

	"usagebot/store/redistest"
)

// shortQuota is a quota that is spent and free again within a test.
func shortQuota(r *Redis, name string, limit int) *Quota {
	q := NewQuota(r, name, limit)
	q.Window, q.Hold = 300*time.Millisecond, 200*time.Millisecond
	return q
}

func takeAll(t *testing.T, q *Quota, limit int) []string {
	t.Helper()
	var ids []string
	for {
		id, wait, left := q.Take(t.Context(), limit)
		if wait > 0 {
			return ids
		}
		ids = append(ids, id)
		if want := limit - len(ids); left != want {
			t.Errorf("after %d of %d: left = %d, want %d", len(ids), limit, left, want)
		}
	}
}

func TestQuotaContract(t *testing.T) {
	t.Parallel()
	backends(t, quotaContract)
}

func quotaContract(t *testing.T, r *Redis) {
	ctx := t.Context()
	t.Run("a share stays free for who may have all", func(t *testing.T) {
		q := NewQuota(r, "share", 10)
		if got := len(takeAll(t, q, 8)); got != 8 {
			t.Fatalf("machines took %d, want 8", got)
		}
		if got := q.Left(ctx); got != 2 {
			t.Errorf("Left = %d, want 2", got)
		}
		for _, want := range []int{1, 0} {
			if _, wait, left := q.Take(ctx, 10); wait != 0 || left != want {
				t.Errorf("a person waits %v with %d left, want 0 and %d", wait, left, want)
			}
		}
		if _, wait, _ := q.Take(ctx, 10); wait <= 0 || wait > pollHint {
			t.Errorf("with all calls under way wait = %v, want a hint of at most %v", wait, pollHint)
		}
		if got := q.Left(ctx); got != 0 {
			t.Errorf("Left = %d, want 0", got)
		}
	})
	t.Run("a cancelled place is free, a settled one is not", func(t *testing.T) {
		q := NewQuota(r, "cancel", 2)
		ids := takeAll(t, q, 2)
		q.Cancel(ctx, ids[0])
		again, wait, left := q.Take(ctx, 2)
		if wait != 0 || left != 0 {
			t.Fatalf("after one was cancelled: wait %v, %d left, want 0 and 0", wait, left)
		}
		q.Settle(ctx, ids[1])
		q.Settle(ctx, again)
		_, wait, _ = q.Take(ctx, 2)
		if wait < 50*time.Second || wait > time.Minute+time.Second {
			t.Errorf("wait = %v, want nearly the window", wait)
		}
	})
	t.Run("waiting as told is enough", func(t *testing.T) {
		q := shortQuota(r, "wait", 2)
		for _, id := range takeAll(t, q, 2) {
			q.Settle(ctx, id)
		}
		for round := 0; ; round++ {
			_, wait, _ := q.Take(ctx, 2)
			if wait == 0 {
				break
			}
			if round > 3 {
				t.Fatalf("still told to wait %v", wait)
			}
			<-time.After(wait)
		}
	})
	t.Run("a call whose end is never told is given up", func(t *testing.T) {
		q := shortQuota(r, "lost", 1)
		started := time.Now()
		takeAll(t, q, 1)
		eventually(t, "the place is free again", func() bool {
			_, wait, _ := q.Take(ctx, 1)
			return wait == 0
		})
		if held := time.Since(started); held < q.Window+q.Hold {
			t.Errorf("free after %v, want no less than %v", held, q.Window+q.Hold)
		}
	})
	t.Run("a block holds everybody", func(t *testing.T) {
		q := NewQuota(r, "block", 5)
		q.Block(ctx, 0)
		if got := q.Left(ctx); got != 5 {
			t.Errorf("a block of no time left %d of 5", got)
		}
		q.Block(ctx, time.Hour)
		q.Block(ctx, time.Millisecond)
		if _, wait, _ := q.Take(ctx, 5); wait < 59*time.Minute || wait > time.Hour {
			t.Errorf("wait = %v, want the block's hour", wait)
		}
		if got := q.Left(ctx); got != 0 {
			t.Errorf("Left = %d while blocked, want 0", got)
		}
		if r.allowed() { // Redis knows of the block: so does a process that has made no call yet, also after a shorter one
			NewQuota(r, "block", 5).Block(ctx, time.Millisecond)
			if _, wait, _ := NewQuota(r, "block", 5).Take(ctx, 5); wait < 59*time.Minute {
				t.Errorf("another process waits %v, want the block's hour", wait)
			}
		}
		q = NewQuota(r, "unblock", 5)
		q.Block(ctx, 20*time.Millisecond)
		eventually(t, "the block ends", func() bool {
			_, wait, _ := q.Take(ctx, 5)
			return wait == 0
		})
	})
	t.Run("no limit and no context take nothing", func(t *testing.T) {
		q := NewQuota(r, "nothing", 5)
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if _, wait, _ := q.Take(ctx, 0); wait <= 0 {
			t.Error("a limit of 0 let a call through")
		}
		if _, wait, _ := q.Take(ended, 5); wait <= 0 {
			t.Error("a caller who left was let through")
		}
		if got := q.Left(ctx); got != 5 {
			t.Errorf("Left = %d, want 5", got)
		}
		if got := len(takeAll(t, q, 5)); got != 5 {
			t.Errorf("took %d, want 5", got)
		}
	})
}

// call is the time in which the platform may count a call.
type call struct{ taken, settled time.Time }

// mostInOneWindow is the largest number of calls that the platform could
// count within one window, however long each of them was on its way.
func mostInOneWindow(calls []call, window time.Duration) int {
	most := 0
	for _, first := range calls {
		from, to, n := first.settled, first.settled.Add(window), 0
		for _, c := range calls {
			if !c.settled.Before(from) && !c.taken.After(to) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func TestQuotaHoldsUnderConcurrency(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	const limit = 20
	quotas := []*Quota{
		shortQuota(open(t, patient(server), Options{}), "calls", limit),
		shortQuota(open(t, patient(server), Options{}), "calls", limit),
	}
	var mu sync.Mutex
	var calls []call
	ctx, cancel := context.WithTimeout(t.Context(), 1300*time.Millisecond)
	defer cancel()
	var takers sync.WaitGroup
	for i := range 40 {
		takers.Go(func() {
			q := quotas[i%len(quotas)]
			for ctx.Err() == nil {
				id, wait, _ := q.Take(ctx, limit)
				if wait > 0 {
					pauseFor(ctx, min(wait, 20*time.Millisecond))
					continue
				}
				taken := time.Now()
				pauseFor(ctx, time.Duration(i)*time.Millisecond)
				settled := time.Now()
				q.Settle(ctx, id)
				mu.Lock()
				calls = append(calls, call{taken, settled})
				mu.Unlock()
			}
		})
	}
	takers.Wait()
	if most := mostInOneWindow(calls, quotas[0].Window); most > limit {
		t.Errorf("%d calls could be counted in one window, the limit is %d", most, limit)
	}
	if len(calls) < 2*limit {
		t.Errorf("only %d calls got through", len(calls))
	}
}

func pauseFor(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func TestQuotaTellsRedisWhatWasTakenWhileItWasAway(t *testing.T) {
	t.Parallel()
	clock := newClock()
	e := stillServer(t, clock)
	here, there := shared(t, e, clock), shared(t, e, clock)
	mine, other := NewQuota(here, "q", 100), NewQuota(there, "q", 100)
	ctx := t.Context()
	take := func(q *Quota, n int) {
		for range n {
			id, wait, _ := q.Take(ctx, 100)
			if wait > 0 {
				t.Fatalf("told to wait %v", wait)
			}
			q.Settle(ctx, id)
		}
	}
	take(mine, 10)
	cutOff(here)
	cutOff(there)
	take(mine, 30)
	take(other, 40)
	e.mini.FlushAll() // it comes back with nothing
	reconnect(here)
	reconnect(there)
	take(mine, 1)
	take(other, 1)
	for name, q := range map[string]*Quota{"mine": mine, "other": other} {
		if got, want := q.Left(ctx), 100-10-30-40-2; got != want {
			t.Errorf("%s: Left = %d, want %d", name, got, want)
		}
	}
}

// A script that is sent again since its reply was lost finds the place that it took.
func TestQuotaTakesOnePlaceForACallThatIsSentAgain(t *testing.T) {
	t.Parallel()
	r := open(t, "", Options{})
	q := NewQuota(r, "again", 2)
	for range 3 {
		if wait, left, err := q.takeShared(t.Context(), "one", 2); err != nil || wait != 0 || left != 1 {
			t.Errorf("wait %v, %d left, %v", wait, left, err)
		}
	}
	if wait, left, err := q.takeShared(t.Context(), "two", 2); err != nil || wait != 0 || left != 0 {
		t.Errorf("another call: wait %v, %d left, %v", wait, left, err)
	}
	if wait, _, err := q.takeShared(t.Context(), "two", 2); err != nil || wait != 0 {
		t.Errorf("sent again when all is taken: wait %v, %v", wait, err)
	}
}

// A place that one caller is asking Redis for must not be entered there by
// another caller of the same process: it would be taken unasked.
func TestQuotaPendingPlaceIsNotEnteredByAnother(t *testing.T) {
	t.Parallel()
	clock := newClock()
	var w localWindow
	w.take(clock.Now(), "pending", 10, time.Minute, time.Second)
	w.take(clock.Now(), "taken", 10, time.Minute, time.Second)
	w.confirm("taken", false)
	w.markUnknown()
	if got := w.unknown(); len(got) != 1 || got[0].id != "taken" {
		t.Errorf("unknown = %v, want the taken one alone", got)
	}
}
