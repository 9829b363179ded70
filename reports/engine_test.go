package reports_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/reports"
	"usagebot/usage"
)

// TestOpen_BadSchedule_StopsNoOther: subscriptions with invalid schedules, due before all others, are paused.
func TestOpen_BadSchedule_StopsNoOther(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		early := func(sub *reports.Subscription) { sub.NextDue = monday(10, 29) }
		nowhere := s.subscribe("aaaaaa", "oc_1", early, func(sub *reports.Subscription) { sub.Schedule.Zone = "Mars/Olympus" })
		never := s.subscribe("bbbbbb", "oc_2", early, func(sub *reports.Subscription) { sub.Schedule.Cycle, sub.Schedule.On = usage.Weekly, "someday" })
		until := s.subscribe("cccccc", "oc_3", early, func(sub *reports.Subscription) {
			sub.Schedule.Zone, sub.State, sub.Reason, sub.PausedUntil = "Mars/Olympus", reports.Paused, reports.ByPerson, monday(10, 0)
		})
		good := s.subscribe("goodgo", "oc_4")
		s.tick()
		s.wantDelivery(good, reports.Delivered, "")
		for _, sub := range []reports.Subscription{nowhere, never, until} {
			if got := s.subscription(sub.ID); got.State != reports.Paused || got.Reason != reports.BadSchedule || !got.PausedUntil.IsZero() {
				t.Errorf("%s is %s (%s) until %v", sub.ID, got.State, got.Reason, got.PausedUntil)
			}
		}
		if n, oldest, err := s.store.Deliveries.Overdue(t.Context(), time.Now()); n != 0 || err != nil {
			t.Errorf("%d are overdue since %v, %v", n, oldest, err)
		}
		s.tickFor(40 * time.Second)
		s.wantOwnerTold("notice aaaaaa:bad_schedule bbbbbb:bad_schedule cccccc:bad_schedule", true)
	})
}

// TestOpen_Failing_StarvesNoOther: many subscriptions that cannot be opened are due before one that can.
func TestOpen_Failing_StarvesNoOther(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		const failing = 250
		for i := range failing {
			s.subscribe(fmt.Sprintf("fail%02d", i), fmt.Sprint("oc_", i), func(sub *reports.Subscription) { sub.NextDue = monday(10, 29) })
		}
		good := s.subscribe("goodgo", "oc_good")
		s.configure(func(o *reports.Settings) { o.Store = unopenable{o.Store} })
		if err := s.Tick(t.Context()); err == nil {
			t.Error("the tick reports no failure")
		}
		synctest.Wait()
		s.wantDelivery(good, reports.Delivered, "")
	})
}

// unopenable is a store that cannot open the deliveries of some subscriptions.
type unopenable struct{ reports.Store }

func (u unopenable) Open(ctx context.Context, sub reports.Subscription, next time.Time, entries []reports.Delivery) error {
	if strings.HasPrefix(sub.ID, "fail") {
		return errors.New("a bad row")
	}
	return u.Store.Open(ctx, sub, next, entries)
}

// TestWorker_ZoneLost_Paused: if the zone becomes unknown while a delivery waits, its subscription is paused.
func TestWorker_ZoneLost_Paused(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.limit = func(context.Context, string) reports.Limited { return reports.Limited{Wait: time.Minute} }
		s.tick()
		_, err := s.store.Subscriptions.Change(t.Context(), reports.Edit{ID: sub.ID, Change: func(sub *reports.Subscription) error { sub.Schedule.Zone = "Mars/Olympus"; return nil }})
		if err != nil {
			t.Fatal(err)
		}
		s.platform.limit = nil
		s.advance(time.Minute)
		s.tick()
		s.wantDelivery(sub, reports.Skipped, reports.BadSchedule)
		if got := s.subscription(sub.ID); got.State != reports.Paused || got.Reason != reports.BadSchedule {
			t.Errorf("it is %s (%s)", got.State, got.Reason)
		}
	})
}

// TestOpen_JitterPastMidnight_Sent: a digest of 23:59 is sent although its jitter leads to the next day.
func TestOpen_JitterPastMidnight_Sent(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.configure(func(set *reports.Settings) { set.Jitter = 30 * time.Minute })
		var list []reports.Subscription
		for i := range 20 {
			list = append(list, s.subscribe(fmt.Sprintf("s%05d", i), "oc_"+fmt.Sprint(i), func(sub *reports.Subscription) {
				sub.Schedule.Hour, sub.Schedule.Min = 23, 59
				sub.NextDue = monday(23, 59).Add(reports.Jitter(sub.ID, s.settings.Jitter))
			}))
		}
		s.advanceTo(monday(24, 29))
		s.tick()
		for _, sub := range list {
			s.wantDelivery(sub, reports.Delivered, "")
		}
	})
}
