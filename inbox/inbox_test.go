package inbox_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/inbox"
	"usagebot/store/memstore"
)

// fakeStore is an inbox.Store in memory whose calls take a while and may fail.
type fakeStore struct {
	inbox.Store
	mu      sync.Mutex
	took    time.Duration
	fail    error  // of every call
	bad     string // a key that no statement may contain
	loses   bool   // stores what it is given and fails all the same
	rows    map[string]inbox.Event
	batches []int
	results []string
	owners  map[string]bool
	old     int // finished events to delete
	steps   []int
}

func newFake() *fakeStore {
	return &fakeStore{rows: map[string]inbox.Event{}, owners: map[string]bool{}}
}

func (s *fakeStore) Insert(_ context.Context, owner string, _ time.Time, list []inbox.Event) (inserted []string, err error) {
	time.Sleep(s.took)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.owners[owner] = true
	s.batches = append(s.batches, len(list))
	if s.fail != nil && !s.loses {
		return nil, s.fail
	}
	if slices.ContainsFunc(list, func(e inbox.Event) bool { return e.Key == s.bad }) {
		return nil, errors.New("a bad value")
	}
	for _, e := range list {
		if _, ok := s.rows[e.Key]; !ok {
			s.rows[e.Key] = e
			inserted = append(inserted, e.Key)
		}
	}
	return inserted, s.fail
}

func (s *fakeStore) Save(_ context.Context, now time.Time, list []inbox.Result) error {
	time.Sleep(s.took)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	for _, r := range list {
		line := r.Event.Key + " " + string(r.State)
		if r.State == inbox.Open {
			line += " " + r.RetryAt.Sub(now).String()
		}
		s.results = append(s.results, line)
	}
	return nil
}

func (s *fakeStore) Renew(context.Context, string, time.Time) error { return nil }

func (s *fakeStore) DeleteFinished(_ context.Context, _ time.Time, limit int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(s.old, limit)
	s.old -= n
	s.steps = append(s.steps, n)
	return n, nil
}

func (s *fakeStore) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

func (s *fakeStore) saved() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.results, "; ")
}

// scene is an inbox with a fake store and a log.
type scene struct {
	*inbox.Inbox
	store *fakeStore
	log   *bytes.Buffer
}

func open(t *testing.T) *scene {
	t.Helper()
	s := &scene{store: newFake(), log: &bytes.Buffer{}}
	s.Inbox = inbox.New(s.store, memstore.NewSeen(), time.Now, slog.New(slog.NewTextHandler(s.log, nil)))
	t.Cleanup(func() { s.Close(context.Background()) })
	return s
}

func event(n int) inbox.Event {
	return inbox.Event{Key: fmt.Sprint("message:", n), Kind: inbox.Message}
}

func TestAccept_EachOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		s.store.took = 5 * time.Millisecond
		fresh := make([]int, 100)
		var deliveries sync.WaitGroup
		for n := range fresh {
			for range 3 {
				deliveries.Go(func() {
					_, ok, err := s.Accept(context.Background(), event(n))
					if err != nil {
						t.Error(err)
					}
					if ok {
						s.store.set(func() { fresh[n]++ })
					}
				})
			}
		}
		deliveries.Wait()
		for n, times := range fresh {
			if times != 1 {
				t.Errorf("event %d was fresh %d times", n, times)
			}
			if !s.Known(t.Context(), event(n).Key) {
				t.Errorf("event %d is not remembered", n)
			}
		}
		if got := len(s.store.batches); got > 3 {
			t.Errorf("300 deliveries at one moment took %d statements: %v", got, s.store.batches)
		}
	})
}

func TestAccept_Alone_WaitsForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		began := time.Now()
		if _, fresh, err := s.Accept(t.Context(), event(1)); err != nil || !fresh || time.Since(began) > 0 {
			t.Errorf("fresh %v, %v, after %v", fresh, err, time.Since(began))
		}
	})
}

func TestAccept_BadEvent_FailsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		s.store.took, s.store.bad = time.Millisecond, "message:7"
		var deliveries sync.WaitGroup
		for n := range 20 {
			deliveries.Go(func() {
				if _, fresh, err := s.Accept(context.Background(), event(n)); fresh == (n == 7) || (err != nil) != (n == 7) {
					t.Errorf("event %d: fresh %v, %v", n, fresh, err)
				}
			})
		}
		deliveries.Wait()
	})
}

// TestAccept_ResponseLost_IsGivenBack stores an event whose insertion then fails: the platform is asked to deliver it again,
// and will find it stored. So it has to be given back, or nobody would work on it.
func TestAccept_ResponseLost_IsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		s.store.fail, s.store.loses = errors.New("connection reset"), true
		if _, fresh, err := s.Accept(t.Context(), event(1)); err == nil || fresh {
			t.Fatalf("fresh %v, %v", fresh, err)
		}
		time.Sleep(10 * time.Second) // the store stays away for a while
		s.store.set(func() { s.store.fail = nil })
		time.Sleep(2 * time.Second)
		if got := s.store.saved(); !strings.HasPrefix(got, "message:1 open") {
			t.Errorf("it was not given back: %q", got)
		}
	})
}

// TestAccept_CallerGone_IsGivenBack lets the platform hang up before the event is stored.
func TestAccept_CallerGone_IsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		s.store.took = time.Second
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, fresh, err := s.Accept(ctx, event(1)); err == nil || fresh {
			t.Fatalf("fresh %v, %v", fresh, err)
		}
		time.Sleep(5 * time.Second)
		if got := s.store.saved(); !strings.HasPrefix(got, "message:1 open") {
			t.Errorf("it was not given back: %q", got)
		}
	})
}

func TestFinish_StoreAway_IsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		s.store.fail = errors.New("away")
		s.Finish(event(1), inbox.Answered)
		time.Sleep(10 * time.Second)
		s.Finish(event(2), inbox.GivenUp)
		s.Release(event(3), time.Minute)
		s.store.set(func() { s.store.fail = nil })
		time.Sleep(2 * time.Second)
		if got, want := s.store.saved(), "message:1 answered; message:2 given_up; message:3 open"; !strings.HasPrefix(got, want) {
			t.Errorf("saved %q, want %q", got, want)
		}
		if n := strings.Count(s.log.String(), "could not record"); n < 9 || n > 12 {
			t.Errorf("%d failures are logged:\n%s", n, s.log)
		}
	})
}

func TestClose(t *testing.T) {
	for name, tt := range map[string]struct {
		took  time.Duration
		fail  error
		saved string
		after time.Duration
	}{
		"waits for results":                  {2 * time.Second, nil, "message:1 answered", 2 * time.Second},
		"does not wait for a store for ever": {0, errors.New("away"), "", 4 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := open(t)
				s.store.took, s.store.fail = tt.took, tt.fail
				s.Finish(event(1), inbox.Answered)
				ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
				defer cancel()
				began := time.Now()
				s.Close(ctx)
				if got := s.store.saved(); got != tt.saved || time.Since(began).Truncate(time.Second) != tt.after {
					t.Errorf("saved %q after %v", got, time.Since(began))
				}
			})
		})
	}
}

func TestRun_DeletesInSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t)
		s.store.old = 450
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go s.Run(ctx)
		time.Sleep(10 * time.Second)
		s.store.set(func() {
			if !slices.Equal(s.store.steps, []int{200, 200, 50}) {
				t.Errorf("steps %v", s.store.steps)
			}
		})
		time.Sleep(time.Minute)
		s.store.set(func() {
			if !slices.Equal(s.store.steps, []int{200, 200, 50, 0}) {
				t.Errorf("a minute later: steps %v", s.store.steps)
			}
		})
	})
}
