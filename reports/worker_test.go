package reports_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/usage"
)

// subscribeMany subscribes a chat to n digests that are due now.
func (s *testEnv) subscribeMany(n int, prefix, chat string) (list []reports.Subscription) {
	for i := range n {
		list = append(list, s.subscribe(fmt.Sprintf("%s%05d", prefix, i), chat))
	}
	return list
}

// TestWorker_SlowChats_DelayNoOther: the platform answers slowly for many chats with many digests. Each chat has a few under
// way, and a digest that is due after all of them is sent at once.
func TestWorker_SlowChats_DelayNoOther(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		const chats, each = 16, 8 // more of them are under way than there are workers
		for i := range chats {
			s.subscribeMany(each, fmt.Sprintf("c%02d", i), fmt.Sprintf("oc_slow%02d", i))
		}
		var mu sync.Mutex
		under, most := map[string]int{}, 0
		s.platform.send = func(_ context.Context, m message) error {
			if m.to.ChatID == "oc_good" {
				return nil
			}
			mu.Lock()
			under[m.to.ChatID]++
			most = max(most, under[m.to.ChatID])
			mu.Unlock()
			time.Sleep(20 * time.Second)
			mu.Lock()
			under[m.to.ChatID]--
			mu.Unlock()
			return sendError(reports.Ambiguous, 0)
		}
		s.advance(time.Second)
		good := s.subscribe("goodgo", "oc_good")
		s.tick()
		s.wantDelivery(good, reports.Delivered, "")
		if most != reports.ChatPerSecond || len(under) != chats {
			t.Errorf("%d chats with up to %d messages under way", len(under), most)
		}
		s.platform.send = nil
		s.tickFor(25 * time.Second)
		if got := s.outcomes[string(reports.Delivered)]; got != chats*each+1 {
			t.Errorf("%d were delivered when the chats had become quick", got)
		}
	})
}

// deliveriesIn returns the deliveries of all chats in a state.
func (s *testEnv) deliveriesIn(state reports.DeliveryState) []reports.Delivery {
	s.t.Helper()
	list, err := s.store.Overview.Latest(s.t.Context(), state, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

// TestWorker_SlowFigures_DelayNoOther: more digests than both pools hold wait for figures that never come.
func TestWorker_SlowFigures_DelayNoOther(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		const slow = 340
		for i := range slow {
			s.subscribe(fmt.Sprintf("s%05d", i), fmt.Sprintf("oc_%d", i))
		}
		s.platform.story = func(ctx context.Context, q usage.Query) error {
			if q.Department.ID == "goodgo" {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		}
		s.tick()
		s.advance(time.Second)
		good := s.subscribe("goodgo", "oc_good")
		for range 6 { // those before it take two seconds for each 64
			s.tick()
			s.advance(2 * time.Second)
		}
		s.wantDelivery(good, reports.Delivered, "")
		s.advance(100 * time.Second)
		late := 0
		for _, d := range s.deliveriesIn(reports.Waiting) {
			if d.Lease.IsZero() && d.Reason == reports.Busy {
				late++
			}
		}
		if late < 256 {
			t.Errorf("%d of %d were requeued since their figures take long", late, slow)
		}
		s.platform.story = nil
		for range 4 {
			s.advance(30 * time.Second)
			s.tick()
		}
		if got := s.outcomes[string(reports.Delivered)]; got != slow+1 {
			t.Errorf("%d were delivered when the figures came", got)
		}
	})
}

// TestWorker_ManyToOneChat_AllSent: many digests go to one chat, a few at a time.
func TestWorker_ManyToOneChat_AllSent(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		list := s.subscribeMany(12, "m", "oc_1")
		s.tickFor(5 * time.Second)
		for _, sub := range list {
			s.wantDelivery(sub, reports.Delivered, "")
		}
		if got := s.platform.to("oc_1"); len(got) != len(list) {
			t.Errorf("%d messages", len(got))
		}
	})
}

// TestWorker_SlowFiguresOfChat_DelayNoneOfItsOthers: more digests of one chat wait for figures than may go to it at once.
func TestWorker_SlowFiguresOfChat_DelayNoneOfItsOthers(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.subscribeMany(12, "m", "oc_1")
		s.platform.story = func(ctx context.Context, q usage.Query) error {
			if q.Department.ID != "goodgo" {
				time.Sleep(20 * time.Second)
			}
			return nil
		}
		s.advance(time.Second)
		good := s.subscribe("goodgo", "oc_1")
		s.tickFor(9 * time.Second)
		s.wantDelivery(good, reports.Delivered, "")
		s.tickFor(25 * time.Second)
		if got := len(s.platform.to("oc_1")); got != 13 {
			t.Errorf("%d digests came", got)
		}
	})
}

// TestWorker_RemovedMeanwhile_NotSent: the subscription is removed while its figures are fetched.
func TestWorker_RemovedMeanwhile_NotSent(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.story = func(context.Context, usage.Query) error { time.Sleep(30 * time.Second); return nil }
		s.tick()
		s.advance(10 * time.Second)
		_, err := s.store.Subscriptions.Change(t.Context(), reports.Edit{ID: sub.ID, Change: func(sub *reports.Subscription) error { sub.State = reports.Removed; return nil }})
		if err != nil {
			t.Fatal(err)
		}
		s.advance(30 * time.Second)
		s.wantDelivery(sub, reports.Skipped, reports.ByPerson)
		if n := len(s.platform.to("oc_1")); n != 0 {
			t.Errorf("%d messages", n)
		}
	})
}

// TestWorker_NoAnswer_Requeued: the check of the owner's right never returns.
func TestWorker_NoAnswer_Requeued(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.allow = func(ctx context.Context) (bool, error) { <-ctx.Done(); return false, ctx.Err() }
		s.tick()
		s.advance(4 * time.Minute)
		if d := s.lastDelivery(sub); d.Lease.Before(time.Now()) {
			t.Errorf("it is not held while it is processed: %+v", d)
		}
		s.advance(2 * time.Minute)
		if d := s.wantDelivery(sub, reports.Waiting, reports.Busy); !d.Lease.IsZero() {
			t.Errorf("it is held still: %+v", d)
		}
	})
}

// TestWorker_Panic_EndsNoOther: rendering one digest panics, and another is sent.
func TestWorker_Panic_EndsNoOther(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		bad, good := s.subscribe("aaaaaa", "oc_1"), s.subscribe("bbbbbb", "oc_2")
		s.platform.onRender = func(what string) {
			if what == "digest aaaaaa" {
				panic("no such card")
			}
		}
		s.tick()
		s.wantDelivery(bad, reports.Waiting, reports.Internal)
		s.wantDelivery(good, reports.Delivered, "")
		s.platform.onRender = nil
		s.advance(10 * time.Minute)
		s.tick()
		s.wantDelivery(bad, reports.Delivered, "")
	})
}

// TestWorker_Stop_ReleasesClaims: the next process gets the delivery at once, and not when the lease ends.
func TestWorker_Stop_ReleasesClaims(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.story = func(ctx context.Context, _ usage.Query) error { <-ctx.Done(); return ctx.Err() }
		s.tick()
		s.stop(s.Engine)
		s.platform.story = nil
		s.Engine = s.newEngine()
		s.tick()
		s.wantDelivery(sub, reports.Delivered, "")
	})
}

// TestWorker_TwoReplicas_OneSends: one replica claims the delivery, and holds it as long as it takes.
func TestWorker_TwoReplicas_OneSends(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		other := s.newEngine()
		defer s.stop(other)
		s.platform.story = func(context.Context, usage.Query) error { time.Sleep(80 * time.Second); return nil }
		s.platform.send = func(context.Context, message) error { time.Sleep(29 * time.Second); return nil }
		for range 30 {
			s.tick()
			if err := other.Tick(t.Context()); err != nil {
				t.Error(err)
			}
			s.advance(10 * time.Second)
		}
		if d := s.wantDelivery(sub, reports.Delivered, ""); d.Fence != 1 || d.Tries != 1 || len(s.platform.to("oc_1")) != 1 {
			t.Errorf("%d messages of %+v", len(s.platform.to("oc_1")), d)
		}
	})
}

// TestWorker_ClaimLost_Aborts: another replica takes the delivery while its figures are fetched.
func TestWorker_ClaimLost_Aborts(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		ended := false
		s.platform.story = func(ctx context.Context, _ usage.Query) error { <-ctx.Done(); ended = true; return ctx.Err() }
		s.tick()
		taken, err := s.store.Deliveries.Claim(t.Context(), time.Now().Add(time.Hour), time.Minute, 9) // by a clock that is far ahead
		if err != nil || len(taken) != 1 {
			t.Fatalf("%+v, %v", taken, err)
		}
		s.advance(50 * time.Second)
		if d := s.lastDelivery(sub); !ended || d.Fence != 2 || !d.Lease.Equal(taken[0].Lease) {
			t.Errorf("ended: %v, and it is %+v", ended, d)
		}
	})
}

// TestRights_OwnerMayNotSee_Paused: the owner's right is checked before each digest.
func TestRights_OwnerMayNotSee_Paused(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.allow = func(context.Context) (bool, error) { return false, context.DeadlineExceeded }
		s.tick()
		s.wantDelivery(sub, reports.Waiting, reports.RightsUnread)
		s.platform.allow = func(context.Context) (bool, error) { return false, nil }
		s.tickFor(62 * time.Second)
		s.wantDelivery(sub, reports.Skipped, reports.NotAllowed)
		if got := s.subscription(sub.ID); got.State != reports.Paused || got.Reason != reports.NotAllowed {
			t.Errorf("the subscription is %s (%s)", got.State, got.Reason)
		}
		s.tickFor(40 * time.Second)
		s.wantOwnerTold("notice aaaaaa:not_allowed", true)
	})
}

// TestWorker_AppLimited_NothingClaimed: the app may send three messages a minute. Deliveries that have to wait are not
// claimed before.
func TestWorker_AppLimited_NothingClaimed(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		const digests, each = 8, 3
		for i := range digests {
			s.subscribe(fmt.Sprintf("s%05d", i), fmt.Sprintf("oc_%d", i))
		}
		var mu sync.Mutex
		full, left, asked := time.Time{}, 0, 0
		s.platform.limit = func(context.Context, string) reports.Limited {
			mu.Lock()
			defer mu.Unlock()
			asked++
			now := time.Now()
			if !now.Before(full) {
				full, left = now.Add(time.Minute), each
			}
			if left--; left < 0 {
				return reports.Limited{Wait: full.Sub(now), App: true}
			}
			return reports.Limited{}
		}
		for minute, want := range []int{3, 6, 8} {
			s.tickFor(59 * time.Second)
			if got := s.outcomes[string(reports.Delivered)]; got != want {
				t.Errorf("%d went out until minute %d, want %d", got, minute+1, want)
			}
			s.tickFor(time.Second)
		}
		if want := digests + (digests - each) + (digests - 2*each); asked != want {
			t.Errorf("a place was asked for %d times, want %d", asked, want)
		}
	})
}

// TestRights_Unread_WaitsThenFails: the owner's rights cannot be read until the grace is over.
func TestRights_Unread_WaitsThenFails(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		asked := 0
		s.platform.allow = func(context.Context) (bool, error) { asked++; return false, errors.New("no answer") }
		s.tick()
		s.wantDelivery(sub, reports.Waiting, reports.RightsUnread)
		s.tickFor(10 * time.Minute)
		s.wantDelivery(sub, reports.Waiting, reports.RightsUnread)
		if asked < 2 || asked > 11 {
			t.Errorf("in ten minutes it was asked %d times", asked)
		}
		s.advance(15 * time.Hour) // past midnight
		s.tick()
		s.wantDelivery(sub, reports.Failed, reports.RightsUnread)
		if got := s.subscription(sub.ID); got.State != reports.Active {
			t.Errorf("the subscription is %s (%s)", got.State, got.Reason)
		}
		s.tickFor(40 * time.Second)
		s.wantOwnerTold("notice aaaaaa:rights_unread", true)
	})
}

func TestRights_KnownAgain_Sent(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.allow = func(context.Context) (bool, error) { return false, errors.New("no answer") }
		s.tick()
		s.wantDelivery(sub, reports.Waiting, reports.RightsUnread)
		s.platform.allow = func(context.Context) (bool, error) { return true, nil }
		s.tickFor(62 * time.Second)
		if d := s.lastDelivery(sub); d.State != reports.Delivered {
			t.Errorf("it is %s (%s)", d.State, d.Reason)
		}
	})
}

// TestOpen_ManyDue_AllInOneTick has more digests due than are read at once.
func TestOpen_ManyDue_AllInOneTick(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.platform.limit = func(context.Context, string) reports.Limited { return reports.Limited{Wait: time.Hour} }
		list := s.subscribeMany(450, "a", "oc_1")
		s.tick()
		opened := 0
		for _, sub := range list {
			if s.subscription(sub.ID).NextDue.After(time.Now()) {
				opened++
			}
		}
		if opened != len(list) {
			t.Errorf("%d of %d digests that are due were stored", opened, len(list))
		}
	})
}
