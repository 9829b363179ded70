package reports_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagebot/reports"
)

// addNotice stores a notice for the owner of a subscription.
func (s *testEnv) addNotice(sub reports.Subscription, reason reports.Reason) {
	s.t.Helper()
	_, err := s.store.Subscriptions.Change(s.t.Context(), reports.Edit{ID: sub.ID, Change: func(*reports.Subscription) error { return nil }, Notices: []reports.Notice{{Reason: reason, At: time.Now()}}})
	if err != nil {
		s.t.Fatal(err)
	}
}

func dueTomorrow(sub *reports.Subscription) { sub.NextDue = monday(24+10, 30) }

// TestNoticeBatch_EachAnswer: a batch is sent until it is taken or refused for good, always under one uuid.
func TestNoticeBatch_EachAnswer(t *testing.T) {
	tests := []struct {
		name  string
		send  func(tries int) error
		tries int
	}{
		{"taken", func(int) error { return nil }, 1},
		{"throttled", func(tries int) error { return []error{sendError(reports.Transient, 99991400), nil}[min(tries-1, 1)] }, 2},
		{"its answer is lost", func(tries int) error { return []error{sendError(reports.Ambiguous, 0), nil}[min(tries-1, 1)] }, 2},
		{"refused", func(int) error { return sendError(reports.InvalidContent, 230022) }, 1},
		{"the person has left", func(int) error { return sendError(reports.UserGone, 230013) }, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				sub := s.subscribe("aaaaaa", "oc_1", dueTomorrow)
				s.addNotice(sub, reports.ChatForbids)
				s.platform.send = func(context.Context, message) error { return tt.send(len(s.platform.to("ou_owner"))) }
				s.tick()
				if n := len(s.platform.to("ou_owner")); n != 0 {
					t.Errorf("told %d times before the batch was complete", n)
				}
				for range 6 {
					s.advance(40 * time.Second)
					s.tick()
				}
				list := s.platform.to("ou_owner")
				if len(list) != tt.tries || list[0].uuid != list[len(list)-1].uuid {
					t.Errorf("%+v, want %d tries", list, tt.tries)
				}
			})
		})
	}
}

// TestNoticeBatch_LostAnswer_DroppedAfterTheHour: also if it waited for its place over the end of the hour.
func TestNoticeBatch_LostAnswer_DroppedAfterTheHour(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.addNotice(s.subscribe("aaaaaa", "oc_1", dueTomorrow), reports.ChatForbids)
		s.platform.send = loseAnswer
		s.advance(time.Minute)
		s.tick()
		s.advanceTo(monday(11, 25))
		s.platform.limit = func(context.Context, string) reports.Limited { time.Sleep(2 * time.Minute); return reports.Limited{} }
		s.tick()
		s.advance(3 * time.Minute)
		s.tick()
		if n := len(s.platform.to("ou_owner")); n != 1 {
			t.Errorf("it was sent %d times", n)
		}
		list, err := s.store.Notices.ClaimNoticeBatches(t.Context(), monday(23, 0), monday(23, 0), time.Minute, 9)
		if err != nil || len(list) != 0 {
			t.Errorf("it is kept: %+v, %v", list, err)
		}
	})
}

// TestNoticeBatch_ChatLimited_Waits: a limited batch is sent when its chat has a place.
func TestNoticeBatch_ChatLimited_Waits(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.addNotice(s.subscribe("aaaaaa", "oc_1", dueTomorrow), reports.ChatForbids)
		s.platform.limit = func(context.Context, string) reports.Limited { return reports.Limited{Wait: 20 * time.Second} }
		s.advance(time.Minute)
		s.tick()
		s.platform.limit = nil
		s.tickFor(25 * time.Second)
		if n := len(s.platform.to("ou_owner")); n != 1 {
			t.Errorf("it was sent %d times", n)
		}
	})
}

// TestTransfer_NewOwner_Told: the new owner gets the notices that the former one could not.
func TestTransfer_NewOwner_Told(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1", dueTomorrow)
		s.addNotice(sub, reports.ChatForbids)
		s.platform.owner = "ou_new"
		s.platform.send = func(_ context.Context, m message) error {
			if m.to.OpenID == "ou_owner" {
				return sendError(reports.UserGone, 230013)
			}
			return nil
		}
		for range 3 {
			s.advance(40 * time.Second)
			s.tick()
		}
		if list := s.platform.to("ou_new"); len(list) != 1 || list[0].card != "notice aaaaaa:chat_forbids aaaaaa:handed_over" {
			t.Errorf("the new owner was told %+v", list)
		}
		if got := s.subscription(sub.ID); got.OwnerID != "ou_new" {
			t.Errorf("it is %s's", got.OwnerID)
		}
	})
}

// TestTransfer_NewOwnersRight: the new owner's right is checked before the transfer; if it cannot be read, it is asked for
// again.
func TestTransfer_NewOwnersRight(t *testing.T) {
	unread := errors.New("the grants could not be read")
	for _, tt := range []struct {
		name   string
		may    func(tries int) (bool, error)
		owner  string
		state  reports.SubscriptionState
		reason reports.Reason
		told   int
	}{
		{"may see it", func(int) (bool, error) { return true, nil }, "ou_new", reports.Active, "", 1},
		{"may not", func(int) (bool, error) { return false, nil }, "ou_owner", reports.Paused, reports.NotAllowed, 0},
		{"cannot be read at first", func(tries int) (bool, error) {
			if tries < 3 {
				return false, unread
			}
			return true, nil
		}, "ou_new", reports.Active, "", 1},
		{"cannot be read", func(int) (bool, error) { return false, unread }, "ou_owner", reports.Active, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				sub := s.subscribe("aaaaaa", "oc_1", dueTomorrow)
				s.addNotice(sub, reports.Lost)
				tries := 0
				s.platform.owner, s.platform.send = "ou_new", ownerHasLeft
				s.platform.allowTo = func(owner string) (bool, error) {
					if owner != "ou_new" {
						return true, nil
					}
					tries++
					return tt.may(tries)
				}
				s.tickFor(6 * time.Minute)
				if got := s.subscription(sub.ID); got.OwnerID != tt.owner || got.State != tt.state || got.Reason != tt.reason {
					t.Errorf("it is %s's, %s (%s)", got.OwnerID, got.State, got.Reason)
				}
				if n := len(s.platform.to("ou_new")); n != tt.told {
					t.Errorf("the new owner was told %d times", n)
				}
			})
		})
	}
}

func ownerHasLeft(_ context.Context, m message) error {
	if m.to.OpenID == "ou_owner" {
		return sendError(reports.UserGone, 230013)
	}
	return nil
}

// TestTransfer_WriteFails_TriedAgain: each notice of the batch reaches the new owner once.
func TestTransfer_WriteFails_TriedAgain(t *testing.T) {
	for _, fails := range []int{1, 2, 5} {
		t.Run(strconv.Itoa(fails), func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				list := []reports.Subscription{s.subscribe("aaaaaa", "oc_1", dueTomorrow), s.subscribe("bbbbbb", "oc_2", dueTomorrow)}
				for _, sub := range list {
					s.addNotice(sub, reports.Lost)
				}
				s.platform.owner, s.platform.send = "ou_new", ownerHasLeft
				s.platform.change = func(string) error {
					if fails > 0 {
						fails--
						return errors.New("change a subscription: context deadline exceeded")
					}
					return nil
				}
				s.tickFor(8 * time.Minute)
				for _, sub := range list {
					if got := s.subscription(sub.ID); got.OwnerID != "ou_new" {
						t.Errorf("%s is %s's", got.ID, got.OwnerID)
					}
				}
				told := ""
				for _, m := range s.platform.to("ou_new") {
					told += m.card + ";"
				}
				for _, want := range []string{"aaaaaa:lost", "aaaaaa:handed_over", "bbbbbb:lost", "bbbbbb:handed_over"} {
					if strings.Count(told, want) != 1 {
						t.Errorf("the new owner was told %q, want %s once", told, want)
					}
				}
			})
		})
	}
}

// TestTransfer_NewOwnerMayNotSee_ChatTold: the owner has left and the chat's owner may not see the figures. The subscription
// is paused, and its chat gets one notice whatever becomes of the message; other subscriptions of the batch are transferred.
func TestTransfer_NewOwnerMayNotSee_ChatTold(t *testing.T) {
	answer := func(kinds ...reports.SendErrorKind) func(tries int) error {
		return func(tries int) error {
			if kind := kinds[min(tries, len(kinds))-1]; kind != "" {
				return sendError(kind, 1)
			}
			return nil
		}
	}
	for _, tt := range []struct {
		name     string
		before   func(s *testEnv, sub reports.Subscription)
		answer   func(tries int) error
		min, max int // messages to the chat
	}{
		{"accepted", nil, answer(""), 1, 1},
		{"limited at first", nil, answer(reports.Transient, reports.Transient, ""), 3, 3},
		{"its answer is lost", nil, answer(reports.Ambiguous, ""), 2, 2},
		{"all answers are lost", nil, answer(reports.Ambiguous), 3, 55},
		{"the chat forbids it", nil, answer(reports.Forbidden), 1, 1},
		{"the app is refused there", nil, answer(reports.AppRejected), 3, 20},
		{"two notices", func(s *testEnv, sub reports.Subscription) { s.addNotice(sub, reports.RightsUnread) }, answer(""), 1, 1},
		{"paused for that before", func(s *testEnv, sub reports.Subscription) {
			s.edit(sub.ID, func(sub *reports.Subscription) error {
				sub.State, sub.Reason = reports.Paused, reports.NotAllowed
				return nil
			})
		}, answer(""), 1, 1},
		{"paused by somebody", func(s *testEnv, sub reports.Subscription) {
			s.edit(sub.ID, func(sub *reports.Subscription) error {
				sub.State, sub.Reason = reports.Paused, reports.ByPerson
				return nil
			})
		}, answer(""), 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				s.configure(func(set *reports.Settings) {
					set.Allowed = func(_ context.Context, sub reports.Subscription) (bool, error) {
						return sub.ID != "aaaaaa" || sub.OwnerID == "ou_owner", nil
					}
				})
				in3Days := func(sub *reports.Subscription) { sub.NextDue = monday(3*24, 0) }
				sub, other := s.subscribe("aaaaaa", "oc_1", in3Days), s.subscribe("bbbbbb", "oc_2", in3Days)
				if tt.before != nil {
					tt.before(s, sub)
				}
				s.addNotice(sub, reports.Lost)
				s.addNotice(other, reports.Lost)
				s.platform.owner = "ou_new"
				s.platform.send = func(ctx context.Context, m message) error {
					if m.to.ChatID == "oc_1" {
						return tt.answer(len(s.platform.to("oc_1")))
					}
					return ownerHasLeft(ctx, m)
				}
				for range 70 {
					s.tick()
					s.advance(time.Minute)
				}
				for range 48 {
					s.tick()
					s.advance(time.Hour)
				}
				list := s.platform.to("oc_1")
				if len(list) < tt.min || len(list) > tt.max {
					t.Errorf("the chat was sent %d messages, want %d to %d", len(list), tt.min, tt.max)
				}
				for _, m := range list {
					if m.card != "owner left aaaaaa" || m.uuid != list[0].uuid {
						t.Errorf("the chat was sent %+v after %+v", m, list[0])
					}
				}
				if tt.name == "all answers are lost" && list[len(list)-1].at.Sub(list[0].at) > 55*time.Minute {
					t.Errorf("it was sent from %v to %v: the uuid may be forgotten", list[0].at, list[len(list)-1].at)
				}
				if got := s.subscription("aaaaaa"); got.OwnerID != "ou_owner" || got.State != reports.Paused {
					t.Errorf("%s's owner is %s, and it is %s (%s)", got.ID, got.OwnerID, got.State, got.Reason)
				}
				if got := s.subscription("bbbbbb"); got.OwnerID != "ou_new" || got.State != reports.Active {
					t.Errorf("%s's owner is %s, and it is %s (%s)", got.ID, got.OwnerID, got.State, got.Reason)
				}
				left, err := s.store.Notices.ClaimNoticeBatches(t.Context(), time.Now().AddDate(0, 0, 2), time.Now(), time.Minute, 9)
				if err != nil || len(left) != 0 {
					t.Errorf("notices are left: %+v, %v", left, err)
				}
			})
		})
	}
}

// TestTransfer_ChatTold_SurvivesCrash: the process ends while the chat's notice is sent, and the next one uses the same uuid.
func TestTransfer_ChatTold_SurvivesCrash(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.addNotice(s.subscribe("aaaaaa", "oc_1", dueTomorrow), reports.Lost)
		s.platform.owner = "ou_new"
		s.platform.allowTo = func(owner string) (bool, error) { return owner == "ou_owner", nil }
		s.platform.send = func(ctx context.Context, m message) error {
			if m.to.ChatID == "" {
				return ownerHasLeft(ctx, m)
			}
			<-ctx.Done()
			return ctx.Err()
		}
		s.advance(time.Minute)
		s.tick()
		s.stop(s.Engine)
		s.platform.send = ownerHasLeft
		s.Engine = s.newEngine()
		s.tickFor(5 * time.Minute)
		if list := s.platform.to("oc_1"); len(list) != 2 || list[0].uuid != list[1].uuid {
			t.Errorf("the chat was sent %+v, want the same message twice", list)
		}
	})
}

// TestTransfer_ChatTold_OncePerChat: one chat gets its notice at once; another cannot get it for hours, longer than the platform
// remembers the uuid of the first message.
func TestTransfer_ChatTold_OncePerChat(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		for _, sub := range []reports.Subscription{s.subscribe("aaaaaa", "oc_1", dueTomorrow), s.subscribe("bbbbbb", "oc_2", dueTomorrow)} {
			s.addNotice(sub, reports.Lost)
		}
		s.platform.owner = "ou_new"
		s.platform.allowTo = func(owner string) (bool, error) { return owner == "ou_owner", nil }
		opens := time.Now().Add(3 * time.Hour)
		s.platform.send = func(ctx context.Context, m message) error {
			if m.to.ChatID == "oc_2" && time.Now().Before(opens) {
				return sendError(reports.Transient, 1)
			}
			return ownerHasLeft(ctx, m)
		}
		for range 40 {
			s.tick()
			s.advance(5 * time.Minute)
		}
		if got, want := s.cardsTo("oc_1"), "owner left aaaaaa"; got != want {
			t.Errorf("the first chat was sent %q, want %q", got, want)
		}
		list := s.platform.to("oc_2")
		if n := len(list); n < 30 || list[n-1].at.Before(opens) || list[n-1].at.After(opens.Add(6*time.Minute)) {
			t.Errorf("the second chat was sent %d messages, the last at %v, want it soon after %v", n, list[n-1].at, opens)
		}
	})
}
