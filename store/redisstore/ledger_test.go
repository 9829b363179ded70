package redisstore

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

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

// The ledger of a process and the scripts in Redis are two forms of the same
// rules: whatever is done to both, they answer alike.
func TestLedgerAndScriptsAgree(t *testing.T) {
	t.Parallel()
	clock := newClock()
	e := stillServer(t, clock)
	embedded := open(t, "", Options{Now: clock.Now})
	inRedis := shared(t, e, clock)
	rapid.Check(t, func(t *rapid.T) {
		e.mini.FlushAll()
		ledger, scripts, owners := NewInbox(embedded), NewInbox(inRedis), 1
		t.Repeat(map[string]func(*rapid.T){
			"step": func(t *rapid.T) {
				op := rapid.SampledFrom([]string{"take", "take", "take", "park", "keep", "finish", "release", "orphan"}).Draw(t, "op")
				owner := numbered("o", owners-rapid.IntRange(0, 3).Draw(t, "owner"))
				if op == "take" || op == "orphan" {
					owners++
					owner = numbered("o", owners)
				}
				want := act(t.Context(), ledger, op, owner)
				// Without a mirror, so that the answer is that of the scripts.
				scripts.mine = newLedger(ledgerEntries)
				if got := act(t.Context(), scripts, op, owner); got != want {
					t.Fatalf("%s by %s: the scripts say %s, the ledger %s", op, owner, got, want)
				}
			},
			"wait": func(t *rapid.T) {
				clock.Advance(time.Duration(rapid.IntRange(1, 20).Draw(t, "seconds")) * time.Second)
				e.mini.SetTime(clock.Now())
			},
		})
	})
}

// act does one thing to the event "k" and puts the answer into words.
func act(ctx context.Context, in *Inbox, op, owner string) string {
	var answer string
	var err error
	switch op {
	case "take":
		answer, err = in.Take(ctx, "k", owner)
	case "park":
		err = in.Park(ctx, "k", owner, []byte(owner))
	case "keep":
		err = in.Keep(ctx, "k", owner)
	case "finish":
		err = in.Finish(ctx, "k", owner)
	case "release":
		err = in.Release(ctx, "k", owner)
	case "orphan":
		var work []byte
		answer, work, err = in.RescueExpired(ctx, owner)
		answer += string(work)
	}
	return fmt.Sprint(answer, err)
}
