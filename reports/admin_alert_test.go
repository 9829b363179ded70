package reports_test

import (
	"context"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/usage"
)

func refuseAll(context.Context, message) error { return sendError(reports.AppWide, 99991662) }

// refuseChats refuses messages to chats, and accepts those to people.
func refuseChats(_ context.Context, m message) error {
	if m.to.OpenID != "" {
		return nil
	}
	return sendError(reports.AppWide, 99991662)
}

// TestAdminAlert_Refused_SentLater: while the bot is switched off, administrators get no alert; they get it when it is on
// again.
func TestAdminAlert_Refused_SentLater(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.platform.admins = []string{"ou_admin", "ou_gone"}
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = refuseAll
		s.tickFor(3 * time.Minute)
		refused := len(s.platform.to("ou_admin"))
		s.platform.send = func(_ context.Context, m message) error {
			if m.to.OpenID == "ou_gone" {
				return sendError(reports.UserGone, 230013)
			}
			return nil
		}
		s.tickFor(6 * time.Minute)
		s.wantDelivery(sub, reports.Delivered, "")
		list := s.platform.to("ou_admin")
		if refused == 0 || len(list) != refused+1 || list[len(list)-1].card != "alert 99991662 " {
			t.Errorf("refused %d times, then %+v", refused, list)
		}
		if list[0].uuid != list[len(list)-1].uuid {
			t.Error("the same alert has two uuids")
		}
	})
}

// TestAdminAlert_ReplicasAndRestarts_SentOnce: an alert is sent once in six hours, over all replicas and restarts.
func TestAdminAlert_ReplicasAndRestarts_SentOnce(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.platform.admins = []string{"ou_admin"}
		for i := range 4 {
			sub := s.subscribe([]string{"aaaaaa", "bbbbbb", "cccccc", "dddddd"}[i], "oc_"+time.Now().Format("1504"))
			s.platform.send = refuseChats
			s.tick()
			s.wantDelivery(sub, reports.Waiting, reports.OnHold)
			if n, want := len(s.platform.to("ou_admin")), 1+i/3; n != want {
				t.Errorf("restarted %d times: told %d times, want %d", i, n, want)
			}
			s.platform.send = nil
			s.tickFor(70 * time.Second)
			s.stop(s.Engine)
			s.Engine = s.newEngine()
			s.advance(2*time.Hour + time.Minute)
		}
		if list := s.platform.to("ou_admin"); len(list) == 2 && list[0].uuid == list[1].uuid {
			t.Error("two alerts have one uuid")
		}
	})
}

// TestAdminAlert_TwoApps_OneEach: there is an alert for each app whose figures are refused.
func TestAdminAlert_TwoApps_OneEach(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.platform.admins = []string{"ou_admin"}
		for i, app := range []string{"cli_a", "cli_b"} {
			s.subscribe([]string{"aaaaaa", "bbbbbb"}[i], "oc_1", func(sub *reports.Subscription) { sub.AppID = app })
		}
		s.platform.state = func(context.Context, string) (usage.DayState, error) {
			return usage.NotPublished, &usage.Failure{Reason: usage.PlanTooSmall, Code: 211004}
		}
		s.tickFor(2 * time.Second)
		told := map[string]int{}
		for _, m := range s.platform.to("ou_admin") {
			told[m.card]++
		}
		if len(told) != 2 || told["alert 211004 cli_a"] != 1 || told["alert 211004 cli_b"] != 1 {
			t.Errorf("administrators were told %v", told)
		}
	})
}
