package redisstore

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usagebot/store"
	"usagebot/store/redistest"
)

const job = `{"say":"hello"}`

// hasty is an inbox whose leases end within a test.
func hasty(r *Redis) *Inbox {
	in := NewInbox(r)
	in.TakeLease, in.ParkLease = 40*time.Millisecond, 40*time.Millisecond
	return in
}

func expectTake(t *testing.T, in *Inbox, key, owner, want string) {
	t.Helper()
	got, err := in.Take(t.Context(), key, owner)
	if err != nil || got != want {
		t.Errorf("Take(%s, %s) = %s, %v, want %s", key, owner, got, err, want)
	}
}

func expectErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func takeLapsed(t *testing.T, in *Inbox, key, owner string) {
	t.Helper()
	eventually(t, "the lease ends", func() bool {
		state, err := in.Take(t.Context(), key, owner)
		return err == nil && state == store.Again
	})
}

func TestInboxContract(t *testing.T) {
	t.Parallel()
	backends(t, inboxContract)
}

func inboxContract(t *testing.T, r *Redis) {
	ctx, in := t.Context(), NewInbox(r)
	t.Run("one of many deliveries is worked on", func(t *testing.T) {
		var taken, busy atomic.Int32
		var deliveries sync.WaitGroup
		for i := range 200 {
			deliveries.Go(func() {
				switch state, _ := in.Take(ctx, "many", numbered("o", i)); state {
				case store.Taken:
					taken.Add(1)
				case store.Busy:
					busy.Add(1)
				}
			})
		}
		deliveries.Wait()
		if taken.Load() != 1 || busy.Load() != 199 {
			t.Errorf("%d taken, %d busy; want 1 and 199", taken.Load(), busy.Load())
		}
	})
	t.Run("finished work is dropped", func(t *testing.T) {
		expectTake(t, in, "a", "o1", store.Taken)
		expectTake(t, in, "a", "o2", store.Busy)
		expectErr(t, "Finish", in.Finish(ctx, "a", "o1"), nil)
		expectTake(t, in, "a", "o2", store.Done)
		expectErr(t, "Finish again", in.Finish(ctx, "a", "o1"), nil)
		expectErr(t, "Release of finished work", in.Release(ctx, "a", "o1"), store.ErrLost)
		expectTake(t, in, "a", "o2", store.Done)
	})
	t.Run("released work is open to the next", func(t *testing.T) {
		expectTake(t, in, "b", "o1", store.Taken)
		expectErr(t, "Release by another", in.Release(ctx, "b", "o2"), store.ErrLost)
		expectTake(t, in, "b", "o2", store.Busy)
		expectErr(t, "Release", in.Release(ctx, "b", "o1"), nil)
		expectTake(t, in, "b", "o2", store.Taken)
	})
	t.Run("a lease that ends lets the next in and shuts the former out", func(t *testing.T) {
		in := hasty(r)
		expectTake(t, in, "c", "o1", store.Taken)
		takeLapsed(t, in, "c", "o2")
		in.TakeLease = time.Hour
		if err := in.Keep(ctx, "c", "o2"); err != nil && !errors.Is(err, ErrUnavailable) {
			t.Errorf("Keep = %v", err)
		}
		expectErr(t, "Finish by the former", in.Finish(ctx, "c", "o1"), store.ErrLost)
		expectErr(t, "Release by the former", in.Release(ctx, "c", "o1"), store.ErrLost)
		expectTake(t, in, "c", "o3", store.Busy)
		expectErr(t, "Finish", in.Finish(ctx, "c", "o2"), nil)
		expectTake(t, in, "c", "o3", store.Done)
	})
}

func TestInboxParkingContract(t *testing.T) {
	t.Parallel()
	backends(t, parkingContract)
}

func parkingContract(t *testing.T, r *Redis) {
	ctx, in := t.Context(), NewInbox(r)
	expectTake(t, in, "p", "o1", store.Taken)
	if r.breaker.isOpen() {
		expectErr(t, "Park while away", in.Park(ctx, "p", "o1", []byte(job)), ErrUnavailable)
		_, _, err := in.RescueExpired(ctx, "o2")
		expectErr(t, "RescueExpired while away", err, ErrUnavailable)
		expectErr(t, "Keep while away", in.Keep(ctx, "p", "o1"), ErrUnavailable)
		return
	}
	expectErr(t, "Park by another", in.Park(ctx, "p", "o2", []byte("x")), store.ErrLost)
	expectErr(t, "Park", in.Park(ctx, "p", "o1", []byte(job)), nil)
	expectTake(t, in, "p", "o2", store.Parked)
	expectOrphan(t, in, "o2", "", "")
	expectErr(t, "Keep", in.Keep(ctx, "p", "o1"), nil)
	expectErr(t, "Finish", in.Finish(ctx, "p", "o1"), nil)
	expectTake(t, in, "p", "o2", store.Done)
	expectErr(t, "Park of finished work", in.Park(ctx, "p", "o1", []byte(job)), store.ErrLost)
	expectErr(t, "Keep of finished work", in.Keep(ctx, "p", "o1"), store.ErrLost)

	in.ParkLease = 40 * time.Millisecond
	expectTake(t, in, "q", "o1", store.Taken)
	expectErr(t, "Park", in.Park(ctx, "q", "o1", []byte(job)), nil)
	eventually(t, "the parked job is an orphan", func() bool {
		key, got, err := in.RescueExpired(ctx, "o2")
		return err == nil && key == "q" && string(got) == job
	})
	in.ParkLease = time.Hour
	expectErr(t, "Keep", in.Keep(ctx, "q", "o2"), nil)
	expectOrphan(t, in, "o3", "", "")
	expectErr(t, "Finish by the former", in.Finish(ctx, "q", "o1"), store.ErrLost)
	expectErr(t, "Keep by the former", in.Keep(ctx, "q", "o1"), store.ErrLost)
	expectErr(t, "Park by the former", in.Park(ctx, "q", "o1", []byte("x")), store.ErrLost)
	expectTake(t, in, "q", "o3", store.Parked)
	expectErr(t, "Finish", in.Finish(ctx, "q", "o2"), nil)
	expectTake(t, in, "q", "o3", store.Done)
	expectOrphan(t, in, "o3", "", "")

	expectTake(t, in, "r", "o1", store.Taken)
	expectErr(t, "Park", in.Park(ctx, "r", "o1", []byte(job)), nil)
	in.Pause = 40 * time.Millisecond
	expectErr(t, "Release of parked work", in.Release(ctx, "r", "o1"), nil)
	expectTake(t, in, "r", "o2", store.Parked)
	eventually(t, "released, it is an orphan", func() bool {
		key, got, err := in.RescueExpired(ctx, "o2")
		return err == nil && key == "r" && string(got) == job
	})
	expectErr(t, "Finish by who released it", in.Finish(ctx, "r", "o1"), store.ErrLost)
}

func expectOrphan(t *testing.T, in *Inbox, owner, key, job string) {
	t.Helper()
	gotKey, gotJob, err := in.RescueExpired(t.Context(), owner)
	if err != nil || gotKey != key || string(gotJob) != job {
		t.Errorf("RescueExpired = %q, %q, %v, want %q, %q", gotKey, gotJob, err, key, job)
	}
}

func TestInboxIsSharedByProcesses(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	one, two := NewInbox(open(t, patient(server), Options{})), NewInbox(open(t, patient(server), Options{}))
	ctx := t.Context()

	var taken atomic.Int32
	var deliveries sync.WaitGroup
	for i := range 200 {
		deliveries.Go(func() {
			if state, _ := []*Inbox{one, two}[i%2].Take(ctx, "many", numbered("o", i)); state == store.Taken {
				taken.Add(1)
			}
		})
	}
	deliveries.Wait()
	if got := taken.Load(); got != 1 {
		t.Errorf("%d deliveries to two processes were taken, want 1", got)
	}

	one.ParkLease = time.Millisecond
	expectTake(t, one, "slow", "o1", store.Taken)
	expectErr(t, "Park", one.Park(ctx, "slow", "o1", []byte(job)), nil)
	eventually(t, "the other process takes the job over", func() bool {
		key, got, err := two.RescueExpired(ctx, "o2")
		return err == nil && key == "slow" && string(got) == job
	})
	expectErr(t, "Finish by the former", one.Finish(ctx, "slow", "o1"), store.ErrLost)
	expectErr(t, "Finish", two.Finish(ctx, "slow", "o2"), nil)
	expectTake(t, one, "slow", "o3", store.Done)
}

func TestOrphanGoesToOneProcess(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	in := NewInbox(open(t, patient(server), Options{}))
	in.ParkLease = time.Millisecond
	for i := range 20 {
		expectTake(t, in, numbered("k", i), "dead", store.Taken)
		expectErr(t, "Park", in.Park(t.Context(), numbered("k", i), "dead", []byte(job)), nil)
	}
	var mu sync.Mutex
	adopted := map[string]int{}
	eventually(t, "all jobs are taken over", func() bool {
		var processes sync.WaitGroup
		for range 8 {
			processes.Go(func() {
				other := NewInbox(in.redis)
				if key, _, err := other.RescueExpired(t.Context(), "o"); err == nil && key != "" {
					mu.Lock()
					adopted[key]++
					mu.Unlock()
				}
			})
		}
		processes.Wait()
		return len(adopted) == 20
	})
	for key, n := range adopted {
		if n != 1 {
			t.Errorf("%s was taken over %d times", key, n)
		}
	}
}

func TestInboxOutageInTheMiddleOfWork(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	here := open(t, patient(server), Options{})
	mine, other := NewInbox(here), NewInbox(open(t, patient(server), Options{}))
	ctx := t.Context()
	expectTake(t, mine, "before", "o1", store.Taken)
	expectTake(t, mine, "parked", "o1", store.Taken)
	expectErr(t, "Park", mine.Park(ctx, "parked", "o1", []byte(job)), nil)
	cutOff(here)
	expectTake(t, mine, "before", "o2", store.Busy)
	expectTake(t, mine, "parked", "o2", store.Parked)
	expectTake(t, mine, "during", "o1", store.Taken)
	for _, key := range []string{"before", "during", "parked"} {
		expectErr(t, "Finish of "+key, mine.Finish(ctx, key, "o1"), nil)
		expectTake(t, mine, key, "o2", store.Done)
	}
	expectTake(t, mine, "across", "o1", store.Taken)
	reconnect(here)
	expectErr(t, "Finish of work taken while away", mine.Finish(ctx, "across", "o1"), nil)
	expectOrphan(t, mine, "o1", "", "")
	for _, key := range []string{"before", "during", "parked", "across"} {
		expectTake(t, other, key, "o3", store.Done)
	}
}

func TestInboxSurvivesARedisThatComesBackEmpty(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	in := NewInbox(open(t, patient(server), Options{}))
	ctx := t.Context()
	for _, key := range []string{"finish", "keep", "park"} {
		expectTake(t, in, key, "o1", store.Taken)
	}
	server.Restart()
	expectErr(t, "Finish", in.Finish(ctx, "finish", "o1"), nil)
	expectErr(t, "Keep", in.Keep(ctx, "keep", "o1"), nil)
	expectErr(t, "Park", in.Park(ctx, "park", "o1", []byte(job)), nil)
	expectTake(t, in, "finish", "o2", store.Done)
	expectTake(t, in, "keep", "o2", store.Busy)
	expectTake(t, in, "park", "o2", store.Parked)
}
