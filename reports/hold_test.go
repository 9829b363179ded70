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

// refuseIn rejects the bot's app in some chats with a code that may mean the whole app.
func refuseIn(chats ...string) func(context.Context, message) error {
	return func(_ context.Context, m message) error {
		for _, chat := range chats {
			if m.to.ChatID == chat {
				return sendError(reports.AppRejected, 230027)
			}
		}
		return nil
	}
}

// subscribeEach subscribes chats, one digest each, due one after the other.
func (s *testEnv) subscribeEach(name string, n int, apart time.Duration) (list []reports.Subscription) {
	for i := range n {
		at := time.Now().Add(time.Duration(i) * apart)
		list = append(list, s.subscribe(fmt.Sprintf("%s%03d", name, i), fmt.Sprintf("oc_%s%d", name, i), func(sub *reports.Subscription) {
			sub.Schedule.Hour, sub.Schedule.Min, sub.NextDue = at.Hour(), at.Minute(), at
		}))
	}
	return list
}

// TestHold_OneChatRefuses_OthersGoOut: other digests are in time, and the chat that refuses is paused on the third day.
func TestHold_OneChatRefuses_OthersGoOut(t *testing.T) {
	for _, bad := range []int{1, 4} {
		t.Run(fmt.Sprint(bad, " chats"), func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
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
					s.advanceTo(monday(10, 30).AddDate(0, 0, day))
					s.tickFor(2 * time.Minute)
					for _, sub := range refusing {
						s.wantDelivery(sub, reports.Failed, reports.ChatForbids)
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
				s.tickFor(40 * time.Second)
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

// TestHold_NothingElseSent_ChatsFault: if no other message shows whether the whole app is refused, the refusal is the chat's
// own.
func TestHold_NothingElseSent_ChatsFault(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = refuseIn("oc_1")
		s.tick()
		s.wantDelivery(sub, reports.Waiting, reports.Refusing)
		s.tickFor(20 * time.Second)
		s.wantDelivery(sub, reports.Failed, reports.ChatForbids)
		if n := len(s.platform.to("oc_1")); n < 2 || n > 4 {
			t.Errorf("it was tried %d times", n)
		}
	})
}

// TestHold_LoneRefusal_Forgotten: a refusal is forgotten when the second try is accepted.
func TestHold_LoneRefusal_Forgotten(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = refuseIn("oc_1")
		s.tick()
		s.platform.send = nil
		s.tickFor(3 * time.Second)
		s.wantDelivery(sub, reports.Delivered, "")
		if r, err := s.store.SendRefusals.Refusals(t.Context(), "", time.Now().Add(-time.Hour), 0); err != nil || r != (reports.Refusals{}) {
			t.Errorf("it is still known: %+v, %v", r, err)
		}
	})
}

// TestHold_SeveralChatsRefuse_AllWaits: the app is refused everywhere, and two replicas each see a part of that. Then one
// message a minute is tried by one of them, and the others follow once it is accepted.
func TestHold_SeveralChatsRefuse_AllWaits(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.platform.admins = []string{"ou_admin"}
		other := s.newEngine()
		defer s.stop(other)
		both := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); s.advance(time.Second) {
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
			return sendError(reports.AppRejected, 230006)
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
			s.wantDelivery(sub, reports.Delivered, "")
			if got := s.subscription(sub.ID); got.Refusals != 0 || got.State != reports.Active {
				t.Errorf("%s is %s, refused %d times", sub.ID, got.State, got.Refusals)
			}
		}
	})
}

// TestHold_OtherMessageAccepted_Ends: all digests are held, as several chats or the whole app were refused. The platform
// accepts an answer to a person, through this replica or another, and all digests follow without waiting for a probe.
func TestHold_OtherMessageAccepted_Ends(t *testing.T) {
	for name, kind := range map[string]reports.SendErrorKind{"several chats": reports.AppRejected, "the whole app": reports.AppWide} {
		for _, otherReplica := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, other replica %t", name, otherReplica), func(t *testing.T) {
				withEnv(t, func(t *testing.T, s *testEnv) {
					here := reports.NewSendHold(s.settings.Store, s.settings.Now, s.settings.Log)
					there := reports.NewSendHold(s.settings.Store, s.settings.Now, s.settings.Log)
					s.configure(func(settings *reports.Settings) { settings.Hold = there })
					other := s.newEngine()
					defer s.stop(other)
					s.configure(func(settings *reports.Settings) { settings.Hold = here })
					s.subscribeEach("aaa", 5, 0)
					s.platform.send = func(context.Context, message) error { return sendError(kind, 230006) }
					s.tickFor(10 * time.Second)
					list := s.subscribeEach("bbb", 5, 0)
					tried := len(s.platform.all())
					s.platform.send = nil
					s.tickFor(5 * time.Second)
					if n := len(s.platform.all()); n != tried {
						t.Fatalf("%d messages were sent while sending is held", n-tried)
					}
					if err := other.Tick(t.Context()); err != nil {
						t.Fatal(err)
					}
					if otherReplica {
						there.MessageAccepted(t.Context())
					} else {
						here.MessageAccepted(t.Context())
					}
					s.tickFor(5 * time.Second)
					for _, sub := range list {
						s.wantDelivery(sub, reports.Delivered, "")
					}
				})
			})
		}
	}
}

// TestHold_TickDuringProbe_DelaysNoOther: a digest that is prepared while the probe is out is sent soon after its answer.
func TestHold_TickDuringProbe_DelaysNoOther(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		first := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = refuseAll
		s.tick()
		second := s.subscribe("bbbbbb", "oc_2")
		s.tickFor(time.Minute)
		s.platform.send = func(context.Context, message) error { time.Sleep(3 * time.Second); return nil }
		s.platform.story = func(_ context.Context, q usage.Query) error {
			if q.Department.ID == second.DepartmentID {
				time.Sleep(1500 * time.Millisecond) // a tick sees meanwhile that the first is tried
			}
			return nil
		}
		s.tickFor(10 * time.Second)
		s.wantDelivery(first, reports.Delivered, "")
		s.wantDelivery(second, reports.Delivered, "")
	})
}

// TestHold_TwoChatsRefuse_IsNoHold: the next digest is sent, which shows that the two chats refuse by themselves.
func TestHold_TwoChatsRefuse_IsNoHold(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		refusing := s.subscribeEach("bad", 2, 0)
		s.platform.send = refuseIn("oc_bad0", "oc_bad1")
		s.tickFor(4 * time.Second)
		good := s.subscribe("goodgo", "oc_good")
		s.tickFor(2 * time.Second)
		s.wantDelivery(good, reports.Delivered, "")
		s.tickFor(6 * time.Second)
		for _, sub := range refusing {
			s.wantDelivery(sub, reports.Failed, reports.ChatForbids)
		}
	})
}

// TestHold_AppWide_HoldsEveryReplica: one answer holds all replicas at once.
func TestHold_AppWide_HoldsEveryReplica(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		other := s.newEngine()
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
			s.advance(time.Second)
		}
		if n := len(s.platform.to(second.ChatID)); n != 0 {
			t.Errorf("the other replica tried %d times", n)
		}
	})
}

// TestHold_RefusedNotice_TriedMoreRarely: an owner's direct message refuses the bot: the batch is tried ever more rarely,
// and dropped.
func TestHold_RefusedNotice_TriedMoreRarely(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.addNotice(s.subscribe("aaaaaa", "oc_1", dueTomorrow), reports.Lost)
		s.platform.send = func(_ context.Context, m message) error {
			if m.to.OpenID == "ou_owner" {
				return sendError(reports.AppRejected, 230027)
			}
			return nil
		}
		s.advance(time.Minute)
		day := func(ticks int) {
			for range ticks {
				s.tick()
				s.advance(10 * time.Minute)
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
		if list, err := s.store.Notices.ClaimNoticeBatches(t.Context(), time.Now().AddDate(0, 0, 1), time.Now(), time.Minute, 9); err != nil || len(list) != 0 {
			t.Errorf("it is kept: %+v, %v", list, err)
		}
	})
}

// TestHold_RefusedNotices_HoldNothing: the direct messages of several owners refuse the bot, and digests are sent.
func TestHold_RefusedNotices_HoldNothing(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.platform.send = func(_ context.Context, m message) error {
			if m.to.OpenID != "" {
				return sendError(reports.AppRejected, 230027)
			}
			return nil
		}
		for i := range 4 {
			sub := s.subscribe(fmt.Sprintf("aaaaa%d", i), fmt.Sprintf("oc_%d", i), dueTomorrow)
			s.edit(sub.ID, func(sub *reports.Subscription) error { sub.OwnerID = fmt.Sprintf("ou_%d", i); return nil })
			s.addNotice(s.subscription(sub.ID), reports.Lost)
		}
		s.tickFor(10 * time.Minute)
		if n := len(s.platform.to("ou_0")); n < 3 {
			t.Fatalf("a batch was tried %d times", n)
		}
		if n := len(s.platform.all()); n > 4*8 {
			t.Errorf("four batches were tried %d times", n)
		}
		sub := s.subscribe("bbbbbb", "oc_9")
		s.tick()
		s.wantDelivery(sub, reports.Delivered, "")
	})
}
