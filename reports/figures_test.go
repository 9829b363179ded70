package reports_test

import (
	"context"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/usage"
)

func notPublished(context.Context, string) (usage.DayState, error) { return usage.NotPublished, nil }

// pollUntil ticks once in each READINESS_POLL.
func (s *testEnv) pollUntil(until time.Time) {
	s.t.Helper()
	for time.Now().Before(until) {
		s.tick()
		s.advance(s.settings.Poll)
	}
}

// TestLateNotice_OnceADay: a chat gets one notice a day and app, however many of its digests wait.
func TestLateNotice_OnceADay(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.configure(func(set *reports.Settings) { set.Poll = time.Hour })
		list := []reports.Subscription{s.subscribe("aaaaaa", "oc_1"), s.subscribe("bbbbbb", "oc_1"), s.subscribe("cccccc", "oc_1")}
		s.subscribe("dddddd", "oc_2")
		s.subscribe("eeeeee", "oc_2", func(sub *reports.Subscription) { sub.AppID = "cli_b" })
		s.platform.state = notPublished
		s.pollUntil(monday(13, 0))
		if n := len(s.platform.sent); n != 0 {
			t.Fatalf("%d words before the hour by which figures are out", n)
		}
		s.pollUntil(monday(20, 0))
		if one, other := s.platform.to("oc_1"), s.platform.to("oc_2"); len(one) != 1 || len(other) != 2 {
			t.Errorf("one chat was told %+v, and the other %+v", one, other)
		}
		s.platform.state = nil
		s.pollUntil(monday(22, 0))
		for _, sub := range list {
			s.wantDelivery(sub, reports.Delivered, "")
		}
		s.platform.state = notPublished
		s.advanceTo(monday(24+10, 30))
		s.pollUntil(monday(24+20, 0))
		if n := len(s.platform.to("oc_1")); n != 1+3+1 {
			t.Errorf("%d messages, want three digests and a word on each day", n)
		}
	})
}

// TestLateNotice_Refused_TriedAgain: a notice that was limited is tried again under the same uuid.
func TestLateNotice_Refused_TriedAgain(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.subscribe("aaaaaa", "oc_1")
		s.subscribe("bbbbbb", "oc_1")
		s.platform.state = notPublished
		s.advanceTo(monday(14, 0))
		s.platform.send = func(context.Context, message) error { return sendError(reports.Transient, 230020) }
		s.tick()
		s.platform.send = nil
		s.advance(s.settings.Poll)
		s.pollUntil(monday(14, 30))
		if list := s.platform.to("oc_1"); len(list) != 2 || list[0].uuid != list[1].uuid {
			t.Errorf("the chat was told %+v", list)
		}
	})
}

// TestDeadline_ClocksChange_TimeOfDay: the deadline is 14:00 also on the days on which clocks change.
func TestDeadline_ClocksChange_TimeOfDay(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for name, day := range map[string]time.Time{
		"spring": time.Date(2000, 4, 2, 14, 0, 0, 0, newYork), "autumn": time.Date(2000, 10, 29, 14, 0, 0, 0, newYork),
	} {
		t.Run(name, func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				s.advanceTo(day.Add(-time.Hour))
				s.configure(func(set *reports.Settings) { set.PlatformZone = newYork })
				s.platform.state = notPublished
				s.subscribe("aaaaaa", "oc_1", func(sub *reports.Subscription) { sub.Schedule.Zone = "America/New_York" })
				s.configure(func(set *reports.Settings) { set.Poll = time.Second })
				s.tick()
				s.advanceTo(day.Add(-2 * time.Second))
				s.tick()
				if n := len(s.platform.to("oc_1")); n != 0 {
					t.Errorf("told %d times before 14:00", n)
				}
				s.advanceTo(day)
				s.tick()
				if n := len(s.platform.to("oc_1")); n != 1 {
					t.Errorf("told %d times at 14:00", n)
				}
			})
		})
	}
}

// TestFigures_NeverCome_Skipped: figures are waited for until the grace is over.
func TestFigures_NeverCome_Skipped(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.configure(func(set *reports.Settings) { set.Poll = time.Hour })
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.state = func(context.Context, string) (usage.DayState, error) {
			return usage.NotPublished, &usage.Failure{Reason: usage.NoData}
		}
		s.pollUntil(monday(22, 0))
		s.wantDelivery(sub, reports.Waiting, reports.NotOut)
		s.advanceTo(monday(24, 1))
		s.tick()
		s.wantDelivery(sub, reports.Skipped, reports.FiguresAbsent)
	})
}
