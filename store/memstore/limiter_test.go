package memstore

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/store"
)

// TestLimiter_Sweep: windows of chats that are written to no more leave nothing. One with calls, or blocked, stays.
func TestLimiter_Sweep(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := NewLimiter()
		window := func(key string, length time.Duration) []store.Window {
			return []store.Window{{Key: key, Limit: 5, Length: length}}
		}
		for i := range 1000 {
			l.Take(t.Context(), window(fmt.Sprint("chat", i), time.Second))
		}
		l.Take(t.Context(), window("hour", time.Hour))
		l.Block(t.Context(), window("blocked", time.Second)[0], time.Hour)
		time.Sleep(2 * sweepInterval)
		l.Take(t.Context(), window("new", time.Second))
		if got := len(l.windows); got != 3 {
			t.Errorf("%d windows are kept, want the one of an hour, the blocked one and the new one", got)
		}
		if got := l.Left(t.Context(), window("hour", time.Hour)[0]); got != 4 {
			t.Errorf("%d places are left of the hour's 5, want 4", got)
		}
		if got := l.Left(t.Context(), window("blocked", time.Second)[0]); got != 0 {
			t.Errorf("%d places are left of what is blocked", got)
		}
	})
}
