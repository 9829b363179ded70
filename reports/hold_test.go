package reports_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/reports"
	"usagebot/usage"
)

// refuseIn refuses the bot's app in some chats, in a way that may mean the whole app.
func refuseIn(chats ...string) func(context.Context, message) error {
	return func(_ context.Context, m message) error {
		for _, chat := range chats {
			if m.to.ChatID == chat {
				return refuse(reports.Own, 230027)
			}
		}
		return nil
	}
}

// subscribeEach subscribes chats, one digest each, due one after the other.
func (s *stage) subscribeEach(name string, n int, apart time.Duration) (list []reports.Subscription) {
	for i := range n {
		at := time.Now().Add(time.Duration(i) * apart)
		list = append(list, s.subscribe(fmt.Sprintf("%s%03d", name, i), fmt.Sprintf("oc_%s%d", name, i), func(sub *reports.Subscription) {
			sub.Schedule.Hour, sub.Schedule.Min, sub.NextDue = at.Hour(), at.Minute(), at
		}))
	}
	return list
}

// TestHold_OneChatRefuses_OthersGoOut: those that are due meanwhile are in time, and the chat bears the consequences itself.
func TestHold_OneChatRefuses_OthersGoOut(t *testing.T) {
	for _, bad := range []int{1, 4} {
		t.Run(fmt.Sprint(bad, " chats"), func(t *testing.T) {
			play(t, func(t *testing.T, s *stage) {
				s.platform.admins = []string{"ou_admin"}
				refusing := s.subscribeEach("bad", bad, 0)
				good := append(s.subscribeEach("now", 10, 0), s.subscribeEach("gut", 20, 5*time.Second)...)
				due := map[string]time.Time{}
				for _, sub := range good {
					due[sub.ChatID] = sub.NextDue
				}
				var chats []string
				for _, sub := range refusing {
					chats = append(chats, sub.ChatID)
				}
				s.platform.send = refuseIn(chats...)
				for day := range 3 {
					s.until(monday(10, 30).AddDate(0, 0, day))
					s.ticks(2 * time.Minute)
					for _, sub := range refusing {
						s.became(sub, reports.Failed, reports.ChatForbids)
						if n := len(s.platform.to(sub.ChatID)); n > 3*(day+1) {
							t.Errorf("day %d: %s was tried %d times", day, sub.ID, n)
						}
						want := map[bool]reports.SubscriptionState{true: reports.Paused, false: reports.Active}[day == 2]
						if got := s.subscription(sub.ID); got.State != want || (got.Reason == reports.ChatForbids) != (day == 2) {
							t.Errorf("day %d: %s is %s (%s)", day, sub.ID, got.State, got.Reason)
						}
					}
					for chat, at := range due {
						list := s.platform.to(chat)
						if len(list) != day+1 || list[day].at.Sub(at.AddDate(0, 0, day)) > 3*time.Second {
							t.Errorf("day %d: %s got %d digests, of which the last was due at %v: %+v", day, chat, len(list), at, list)
						}
					}
				}
				s.ticks(40 * time.Second)
				if list := s.platform.to("ou_owner"); len(list) != 1 || strings.Count(list[0].card, ":chat_forbids") != bad {
					t.Errorf("the owner was told %+v", list)
				}
				if n := len(s.platform.to("ou_admin")); n != 0 {
					t.Errorf("administrators were told %d times", n)
				}
			})
		})
	}
}

// TestHold_AloneAtItsTime_IsTheChatsOwn: nothing else is sent by which it could be told from the whole app.
func TestHold_AloneAtItsTime_IsTheChatsOwn(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = refuseIn("oc_1")
		s.tick()
		s.became(sub, reports.Waiting, reports.Refusing)
		s.ticks(20 * time.Second)
		s.became(sub, reports.Failed, reports.ChatForbids)
		if n := len(s.platform.to("oc_1")); n < 2 || n > 4 {
			t.Errorf("it was tried %d times", n)
		}
	})
}

// TestHold_APassingRefusal_IsForgotten: the second try is taken.
func TestHold_APassingRefusal_IsForgotten(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = refuseIn("oc_1")
		s.tick()
		s.platform.send = nil
		s.ticks(3 * time.Second)
		s.became(sub, reports.Delivered, "")
		if r, err := s.ledger.Refusals(t.Context(), "", time.Now().Add(-time.Hour), 0); err != nil || r != (reports.Refusals{}) {
			t.Errorf("it is still known: %+v, %v", r, err)
		}
	})
}

// TestHold_SeveralChatsRefuse_AllWaits has the app refused everywhere, as two replicas see it: each sees a part of it alone.
// Afterwards one message is tried at a time, by one of them, and the others follow once it is taken.
func TestHold_SeveralChatsRefuse_AllWaits(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.platform.admins = []string{"ou_admin"}
		other := s.another()
		defer s.stop(other)
		both := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); s.pass(time.Second) {
				s.tick()
				if err := other.Tick(t.Context()); err != nil {
					t.Error(err)
				}
				synctest.Wait()
			}
		}
		s.platform.send = func(_ context.Context, m message) error {
			if m.to.OpenID != "" {
				return nil
			}
			return refuse(reports.Own, 230006)
		}
		list := s.subscribeEach("aaa", 2, 0)
		s.tick()
		list = append(list, s.subscribeEach("bbb", 1, 0)...)
		if err := other.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		both(5 * time.Second)
		list = append(list, s.subscribeEach("ccc", 20, 0)...)
		both(50 * time.Second)
		for _, sub := range list[3:] {
			if n := len(s.platform.to(sub.ChatID)); n != 0 {
				t.Errorf("%s was tried %d times while sending is held", sub.ID, n)
			}
		}
		tried := len(s.platform.all())
		both(5 * time.Minute)
		if n := len(s.platform.all()) - tried; n < 4 || n > 6 {
			t.Errorf("%d messages were tried in 5 minutes of a hold, want one a minute", n)
		}
		if n := len(s.platform.to("ou_admin")); n != 1 {
			t.Errorf("administrators were told %d times", n)
		}
		s.platform.send = nil
		both(75 * time.Second)
		for _, sub := range list {
			s.became(sub, reports.Delivered, "")
			if got := s.subscription(sub.ID); got.Refusals != 0 || got.State != reports.Active {
				t.Errorf("%s is %s, refused %d times", sub.ID, got.State, got.Refusals)
			}
		}
	})
}

// TestHold_ATickBeforeTheProbeIsAnswered_DelaysNoOther: a digest that is prepared meanwhile goes out soon after the answer.
func TestHold_ATickBeforeTheProbeIsAnswered_DelaysNoOther(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		first := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = refuseAll
		s.tick()
		second := s.subscribe("bbbbbb", "oc_2")
		s.ticks(time.Minute)
		s.platform.send = func(context.Context, message) error { time.Sleep(3 * time.Second); return nil }
		s.platform.story = func(_ context.Context, q usage.Query) error {
			if q.Department.ID == second.DepartmentID {
				time.Sleep(1500 * time.Millisecond) // a tick sees meanwhile that the first is tried
			}
			return nil
		}
		s.ticks(10 * time.Second)
		s.became(first, reports.Delivered, "")
		s.became(second, reports.Delivered, "")
	})
}

// TestHold_TwoChatsRefuse_IsNoHold: the next digest goes out, and then both are known to refuse by themselves.
func TestHold_TwoChatsRefuse_IsNoHold(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		refusing := s.subscribeEach("bad", 2, 0)
		s.platform.send = refuseIn("oc_bad0", "oc_bad1")
		s.ticks(4 * time.Second)
		good := s.subscribe("goodgo", "oc_good")
		s.ticks(2 * time.Second)
		s.became(good, reports.Delivered, "")
		s.ticks(6 * time.Second)
		for _, sub := range refusing {
			s.became(sub, reports.Failed, reports.ChatForbids)
		}
	})
}

// TestHold_AppWide_HoldsEveryReplica at once, by one answer.
func TestHold_AppWide_HoldsEveryReplica(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		other := s.another()
		defer s.stop(other)
		s.subscribe("aaaaaa", "oc_1")
		s.platform.send = refuseAll
		s.tick()
		second := s.subscribe("bbbbbb", "oc_2")
		for range 50 {
			if err := other.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			s.pass(time.Second)
		}
		if n := len(s.platform.to(second.ChatID)); n != 0 {
			t.Errorf("the other replica tried %d times", n)
		}
	})
}

// TestHold_ARefusedLetter_IsTriedEverMoreRarely: its reader's single chat refuses the bot, and no other is held up.
func TestHold_ARefusedLetter_IsTriedEverMoreRarely(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.told(s.subscribe("aaaaaa", "oc_1", later), reports.Lost)
		s.platform.send = func(_ context.Context, m message) error {
			if m.to.OpenID == "ou_owner" {
				return refuse(reports.Own, 230027)
			}
			return nil
		}
		s.pass(time.Minute)
		day := func(ticks int) {
			for range ticks {
				s.tick()
				s.pass(10 * time.Minute)
			}
		}
		day(23 * 6)
		tries := len(s.platform.to("ou_owner"))
		if tries < 5 || tries > 15 {
			t.Errorf("it was tried %d times in a day", tries)
		}
		day(26 * 6)
		if n := len(s.platform.to("ou_owner")) - tries; n > 2 {
			t.Errorf("it was tried %d times after a day", n)
		}
		if list, err := s.ledger.Letters(t.Context(), time.Now().AddDate(0, 0, 1), time.Now(), time.Minute, 9); err != nil || len(list) != 0 {
			t.Errorf("it is kept: %+v, %v", list, err)
		}
	})
}
