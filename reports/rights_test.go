package reports_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"usagebot/reports"
)

// TestRights_NotKnown_DigestWaitsAndIsTold cannot find out whether a digest's owner may see it, until it is too late.
func TestRights_NotKnown_DigestWaitsAndIsTold(t *testing.T) {
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

func TestRights_KnownAgain_DigestGoesOut(t *testing.T) {
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
