package redisstore

import (
	"testing"
	"time"

	"usagebot/store"
)

func TestLedgerForgetsAfterADay(t *testing.T) {
	t.Parallel()
	clock := newClock()
	in := NewInbox(open(t, "", Options{Now: clock.Now}))
	expectTake(t, in, "done", "o1", store.Taken)
	expectErr(t, "Finish", in.Finish(t.Context(), "done", "o1"), nil)
	expectTake(t, in, "parked", "o1", store.Taken)
	expectErr(t, "Park", in.Park(t.Context(), "parked", "o1", []byte(job)), nil)
	clock.Advance(in.Memory - time.Second)
	expectTake(t, in, "done", "o2", store.Done)
	clock.Advance(time.Second)
	expectTake(t, in, "done", "o2", store.Taken)
	expectOrphan(t, in, "o2", "", "")
}

func TestLedgerIsBoundedAndKeepsWhatIsHeld(t *testing.T) {
	t.Parallel()
	now := newClock().Now()
	l := newLedger(100)
	take := func(key string) string { return l.take(now, key, "o", time.Minute, 24*time.Hour) }
	take("held")
	take("parked")
	if err := l.Park(now, "parked", "o", []byte(job), time.Minute); err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		key := numbered("k", i)
		take(key)
		if err := l.finish(now, key, "o"); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(l.entries); got > 100 {
		t.Errorf("%d entries, the limit is 100", got)
	}
	for key, want := range map[string]string{"held": store.Busy, "parked": store.Parked, "k-999": store.Done, "k-1": store.Taken} {
		if got := take(key); got != want {
			t.Errorf("Take(%s) = %s, want %s", key, got, want)
		}
	}
	if got := len(l.order); got > 300 {
		t.Errorf("the order holds %d entries for 100 keys", got)
	}
}
