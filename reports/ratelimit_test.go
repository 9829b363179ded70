package reports

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/store"
	"usagebot/store/memstore"
)

// testLimiter is a SendLimiter in memory.
type testLimiter struct {
	*SendLimiter
	limits *memstore.Limiter
}

func testWindows(chatID string) []store.Window {
	return []store.Window{
		{Key: chatID, Limit: ChatPerSecond, Length: time.Second, Hold: 5 * time.Second},
		{Key: "minute", Limit: PerMinute, Length: time.Minute, Hold: 5 * time.Second},
		{Key: "second", Limit: PerSecond, Length: time.Second, Hold: 5 * time.Second},
	}
}

func newTestLimiter() *testLimiter {
	p := &testLimiter{limits: memstore.NewLimiter()}
	p.SendLimiter = NewSendLimiter(func(ctx context.Context, chatID string) (done func(), limited Limited) {
		windows := testWindows(chatID)
		slot := p.limits.Take(ctx, windows)
		if slot.Wait > 0 {
			return nil, Limited{Wait: slot.Wait, App: slot.Full != chatID}
		}
		return func() { p.limits.Settle(ctx, windows, slot.ID) }, Limited{}
	})
	return p
}

// taken returns how many places of a chat, of the app's second and of its minute are taken.
func (p *testLimiter) taken(chatID string) (chat, second, minute int) {
	counts := make([]int, 0, 3)
	for _, w := range testWindows(chatID) {
		counts = append(counts, w.Limit-p.limits.Left(context.Background(), w))
	}
	return counts[0], counts[2], counts[1]
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
		if _, second, minute := p.taken("oc_1"); minute != ChatPerSecond || second != ChatPerSecond {
			t.Errorf("the app has sent %d in this second, %d in this minute", second, minute)
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
		if n, _, _ := p.taken("oc_last"); n != 0 {
			t.Errorf("%d places of its chat are taken", n)
		}
		time.Sleep(time.Minute + time.Second)
		if done, full := p.Take(t.Context(), "oc_last"); done == nil {
			t.Errorf("a minute later: %+v", full)
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
		if chat, _, minute := p.taken("oc_last"); done != nil || !full.App || chat != 0 || minute != PerSecond {
			t.Errorf("%+v, %d places of its chat and %d of the minute are taken", full, chat, minute)
		}
	})
}
