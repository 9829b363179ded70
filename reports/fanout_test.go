package reports_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/store"
	"usagebot/store/memstore"
)

// TestWorker_FanOut_AsFastAsAllowed has more digests due than two minutes' limits allow: they go out as fast as these let
// them.
func TestWorker_FanOut_AsFastAsAllowed(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		const digests = 2*reports.DigestsPerMinute + 100
		for i := range digests {
			s.subscribe(fmt.Sprintf("m%05d", i), fmt.Sprintf("oc_%d", i))
		}
		limits := memstore.NewLimiter()
		limiter := reports.NewSendLimiter(func(ctx context.Context, chatID string) (done func(), limited reports.Limited) {
			windows := []store.Window{
				{Key: chatID, Limit: reports.ChatDigestsPerSecond, Length: time.Second, Hold: 5 * time.Second},
				{Key: "minute", Limit: reports.DigestsPerMinute, Length: time.Minute, Hold: 5 * time.Second},
				{Key: "second", Limit: reports.DigestsPerSecond, Length: time.Second, Hold: 5 * time.Second},
			}
			slot := limits.Take(ctx, windows)
			if slot.Wait > 0 {
				return nil, reports.Limited{Wait: slot.Wait, App: slot.Full != chatID}
			}
			return func() { limits.Settle(ctx, windows, slot.ID) }, reports.Limited{}
		})
		s.platform.send = func(context.Context, message) error { time.Sleep(200 * time.Millisecond); return nil }
		s.configure(func(o *reports.Settings) { o.Limiter = limiter })
		for minute, least := range []int{940, 2 * 940, digests} {
			s.tickFor(time.Minute)
			if got := s.outcomes[string(reports.Delivered)]; got < least {
				t.Errorf("%d went out in %d minutes, want %d at least", got, minute+1, least)
			}
		}
	})
}
