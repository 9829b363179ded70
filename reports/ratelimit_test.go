package reports

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// memoryWindow is a window in memory: a place is free again some time after its call has ended.
type memoryWindow struct {
	mu     sync.Mutex
	length time.Duration
	calls  int
	ends   map[string]time.Time // zero while under way
}

func newMemoryWindow(length time.Duration) *memoryWindow {
	return &memoryWindow{length: length, ends: map[string]time.Time{}}
}

func (s *memoryWindow) Take(_ context.Context, limit int) (id string, wait time.Duration, left int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	soonest := time.Second
	for id, end := range s.ends {
		switch over := time.Until(end.Add(s.length)); {
		case end.IsZero():
		case over <= 0:
			delete(s.ends, id)
		default:
			soonest = min(soonest, over)
			if s.length > time.Second {
				soonest = over
			}
		}
	}
	if len(s.ends) >= limit {
		return "", soonest, 0
	}
	s.calls++
	id = fmt.Sprint(s.calls)
	s.ends[id] = time.Time{}
	return id, 0, limit - len(s.ends)
}

func (s *memoryWindow) Settle(ctx context.Context, id string) {
	if ctx.Err() != nil { // as a store that is asked under it
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ends[id] = time.Now()
}

func (s *memoryWindow) Cancel(ctx context.Context, id string) {
	if ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.ends, id)
}

// testLimiter is a SendLimiter over windows in memory.
type testLimiter struct {
	*SendLimiter
	second, minute *memoryWindow
	chats          map[string]*memoryWindow
}

func newTestLimiter() *testLimiter {
	p := &testLimiter{second: newMemoryWindow(time.Second), minute: newMemoryWindow(time.Minute), chats: map[string]*memoryWindow{}}
	p.SendLimiter = NewSendLimiter(p.second, p.minute, func(id string) *memoryWindow {
		if p.chats[id] == nil {
			p.chats[id] = newMemoryWindow(time.Second)
		}
		return p.chats[id]
	})
	return p
}

func TestSendLimiter_ChatFull_Limited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestLimiter()
		for i := range ChatPerSecond + 1 {
			done, full := p.Take(t.Context(), "oc_1")
			if (done == nil) != (i == ChatPerSecond) {
				t.Fatalf("number %d: %+v", i, full)
			}
			if done == nil && (full.App || full.Wait != time.Second || time.Now().Second() != 0) {
				t.Errorf("it waits for %+v", full)
			}
		}
		if len(p.minute.ends) != ChatPerSecond || len(p.second.ends) != ChatPerSecond {
			t.Errorf("the app has sent %d in this second, %d in this minute", len(p.second.ends), len(p.minute.ends))
		}
	})
}

func TestSendLimiter_SecondFull_Waits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestLimiter()
		for i := range 2*PerSecond + 1 {
			began := time.Now()
			done, full := p.Take(t.Context(), fmt.Sprint("oc_", i))
			if done == nil {
				t.Fatalf("number %d: %+v", i, full)
			}
			done()
			if waited := time.Since(began); (waited > 0) != (i > 0 && i%PerSecond == 0) {
				t.Errorf("number %d waited for %v", i, waited)
			}
		}
	})
}

func TestSendLimiter_MinuteFull_Limited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestLimiter()
		for i := range PerMinute {
			if done, full := p.Take(t.Context(), fmt.Sprint("oc_", i)); done == nil {
				t.Fatalf("number %d: %+v", i, full)
			} else {
				done()
			}
		}
		began := time.Now()
		done, full := p.Take(t.Context(), "oc_last")
		if done != nil || !full.App || full.Wait < 30*time.Second || time.Since(began) > 0 {
			t.Errorf("it waits for %+v, after %v", full, time.Since(began))
		}
		if n := len(p.chats["oc_last"].ends); n != 0 {
			t.Errorf("%d places of its chat are taken", n)
		}
		time.Sleep(time.Minute)
		if done, full := p.Take(t.Context(), "oc_last"); done == nil {
			t.Errorf("a minute later: %+v", full)
		}
	})
}

// TestSendLimiter_ContextEnded_PlacesReturned: places are settled and cancelled also when the message's context has ended.
func TestSendLimiter_ContextEnded_PlacesReturned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestLimiter()
		ctx, cancel := context.WithCancel(t.Context())
		done, _ := p.Take(ctx, "oc_1")
		cancel()
		done()
		time.Sleep(2 * time.Minute)
		for range ChatPerSecond {
			if done, full := p.Take(t.Context(), "oc_1"); done == nil {
				t.Fatalf("a place of the chat is not given back: %+v", full)
			}
		}
		if n := len(p.minute.ends); n != ChatPerSecond {
			t.Errorf("%d places of the minute are taken", n)
		}
	})
}

func TestSendLimiter_ContextEnds_GivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestLimiter()
		for i := range PerSecond {
			p.Take(t.Context(), fmt.Sprint("oc_", i)) // and their answers never come
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		done, full := p.Take(ctx, "oc_last")
		if done != nil || !full.App || len(p.chats["oc_last"].ends) != 0 || len(p.minute.ends) != PerSecond {
			t.Errorf("%+v, %d places of its chat and %d of the minute are taken", full, len(p.chats["oc_last"].ends), len(p.minute.ends))
		}
	})
}
