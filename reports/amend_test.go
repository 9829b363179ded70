package reports_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/usage"
)

// reportZeros makes the last day of every period a day of zeros.
func (s *testEnv) reportZeros() {
	s.platform.state = func(context.Context, string) (usage.DayState, error) { return usage.ZerosOnly, nil }
	s.platform.report = func(r *usage.Report) {
		r.Complete, r.ZerosFrom, r.AsOf = false, r.Period.End(), time.Now()
	}
}

// publish makes it a published day, on which the app was used or not.
func (s *testEnv) publish(used bool) {
	s.platform.state, s.platform.report = nil, nil
	s.platform.used = func(usage.Date, usage.Date) (bool, error) { return used, nil }
}

// cardsTo returns the cards that were sent to a chat.
func (s *testEnv) cardsTo(chat string) string {
	var list []string
	for _, m := range s.platform.to(chat) {
		list = append(list, m.card)
	}
	return strings.Join(list, "; ")
}

// editedCards returns the cards that replaced sent ones.
func (s *testEnv) editedCards() string {
	s.platform.mu.Lock()
	defer s.platform.mu.Unlock()
	var list []string
	for _, m := range s.platform.edits {
		list = append(list, m.card)
	}
	return strings.Join(list, "; ")
}

// tickThrough ticks every 40 minutes, which is more often than sent digests are looked at again.
func (s *testEnv) tickThrough(d time.Duration) {
	s.t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		s.tick()
		s.advance(40 * time.Minute)
	}
}

// withZerosSent runs a test after a digest was sent with zeros, at 14:00.
func withZerosSent(t *testing.T, test func(t *testing.T, s *testEnv, sub reports.Subscription)) {
	t.Helper()
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.configure(func(set *reports.Settings) { set.Poll = 7 * time.Minute }) // the deadline is no multiple of it
		s.reportZeros()
		sub := s.subscribe("aaaaaa", "oc_1")
		s.tickFor(2 * time.Second)
		s.wantDelivery(sub, reports.Waiting, reports.NotOut)
		s.advanceTo(monday(13, 59))
		s.tickFor(59 * time.Second)
		if got := s.cardsTo("oc_1"); got != "" {
			t.Fatalf("before the deadline there came %q", got)
		}
		s.tickFor(2 * time.Second)
		if got := s.cardsTo("oc_1"); got != "digest aaaaaa with zeros as of 14:00" {
			t.Fatalf("at the deadline there came %q", got)
		}
		if d := s.wantDelivery(sub, reports.Delivered, ""); d.ZerosFrom != d.Period.End() || d.TryAt.Before(time.Now()) {
			t.Fatalf("it is %+v", d)
		}
		test(t, s, sub)
	})
}

// wantSettled checks the edits of a sent digest, and that it is not looked at any more.
func (s *testEnv) wantSettled(sub reports.Subscription, edits string) {
	s.t.Helper()
	s.tickThrough(80 * time.Hour)
	if got := s.editedCards(); got != edits {
		s.t.Errorf("it was edited: %q, want %q", got, edits)
	}
	list, err := s.store.Deliveries.History(s.t.Context(), sub.ChatID, sub.ID, 10)
	if err != nil {
		s.t.Fatal(err)
	}
	first := list[len(list)-1]
	if first.State != reports.Delivered || !first.ZerosFrom.IsZero() || first.Tries < 1 {
		s.t.Errorf("it is %+v", first)
	}
	n := 0
	for _, m := range s.platform.to(sub.ChatID) {
		if m.at.Before(monday(24, 0)) {
			n++
		}
	}
	if n != 1 {
		s.t.Errorf("%d messages came on its day", n)
	}
}

func TestAmend_FiguresCome_EditedOnce(t *testing.T) {
	withZerosSent(t, func(t *testing.T, s *testEnv, sub reports.Subscription) {
		s.tickThrough(2 * time.Hour)
		if got := s.editedCards(); got != "" {
			t.Errorf("while there are zeros it is edited: %q", got)
		}
		s.publish(true)
		s.wantSettled(sub, "digest aaaaaa, amended")
		if m := s.platform.edits[0]; m.uuid != s.firstDelivery(sub).Message || m.at.After(monday(17, 0)) {
			t.Errorf("%+v was edited, not %q", m, s.firstDelivery(sub).Message)
		}
	})
}

// firstDelivery returns the oldest delivery of a subscription.
func (s *testEnv) firstDelivery(sub reports.Subscription) reports.Delivery {
	s.t.Helper()
	list, err := s.store.Deliveries.History(s.t.Context(), sub.ChatID, sub.ID, 100)
	if err != nil || len(list) == 0 {
		s.t.Fatal(err)
	}
	return list[len(list)-1]
}

func TestAmend_NothingToAdd_NotEdited(t *testing.T) {
	for name, change := range map[string]func(s *testEnv, sub reports.Subscription){
		"where nobody used the app": func(s *testEnv, _ reports.Subscription) { s.publish(false) },
		"when figures come too late": func(s *testEnv, sub reports.Subscription) {
			s.tickThrough(74 * time.Hour)
			s.platform.state, s.platform.report = nil, nil
			s.platform.used = func(first, _ usage.Date) (bool, error) { return first == s.firstDelivery(sub).Period.Start, nil }
		},
		"when its owner may not see them": func(s *testEnv, _ reports.Subscription) {
			s.publish(true)
			s.platform.allow = func(context.Context) (bool, error) { return false, nil }
		},
		"when it is removed": func(s *testEnv, sub reports.Subscription) {
			s.publish(true)
			_, err := s.store.Subscriptions.Change(s.t.Context(), reports.Edit{ID: sub.ID, Change: func(sub *reports.Subscription) error { sub.State = reports.Removed; return nil }})
			if err != nil {
				s.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			withZerosSent(t, func(t *testing.T, s *testEnv, sub reports.Subscription) {
				change(s, sub)
				s.wantSettled(sub, "")
			})
		})
	}
}

// TestAmend_ChatExternal_Waits: while people of another organisation are in the chat, the digest is not edited.
func TestAmend_ChatExternal_Waits(t *testing.T) {
	withZerosSent(t, func(t *testing.T, s *testEnv, sub reports.Subscription) {
		set := func(state reports.SubscriptionState, reason reports.Reason) {
			_, err := s.store.Subscriptions.Change(s.t.Context(), reports.Edit{ID: sub.ID, Change: func(sub *reports.Subscription) error {
				sub.State, sub.Reason = state, reason
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		set(reports.Paused, reports.ChatExternal)
		s.publish(true)
		s.tickThrough(3 * time.Hour)
		if got := s.editedCards(); got != "" {
			t.Errorf("figures came into an external chat: %q", got)
		}
		set(reports.Active, "")
		s.wantSettled(sub, "digest aaaaaa, amended")
	})
}

func TestAmend_ThirdDay_Edited(t *testing.T) {
	withZerosSent(t, func(t *testing.T, s *testEnv, sub reports.Subscription) {
		s.tickThrough(71 * time.Hour)
		s.platform.used = func(first, _ usage.Date) (bool, error) { return first == s.firstDelivery(sub).Period.Start, nil }
		s.platform.state, s.platform.report = nil, nil
		s.tickThrough(2 * time.Hour)
		if got := s.editedCards(); got != "digest aaaaaa, amended" {
			t.Errorf("it was edited: %q", got)
		}
	})
}

// TestAmend_OneOfSeveralDays_Waits: the message is edited once, when the figures of all days have come.
func TestAmend_OneOfSeveralDays_Waits(t *testing.T) {
	withZerosSent(t, func(t *testing.T, s *testEnv, sub reports.Subscription) {
		s.platform.used = func(usage.Date, usage.Date) (bool, error) { return true, nil }
		s.tickThrough(5 * time.Hour)
		if got := s.editedCards(); got != "" {
			t.Errorf("it is edited before: %q", got)
		}
		s.publish(true)
		s.wantSettled(sub, "digest aaaaaa, amended")
	})
}

// TestAmend_EditFails_ByKind: a temporary failure is tried again, and nothing is sent in place of an edit.
func TestAmend_EditFails_ByKind(t *testing.T) {
	const amended = "digest aaaaaa, amended"
	for name, tt := range map[string]struct {
		kind  reports.SendErrorKind
		times int
		edits string
	}{
		"for a while":                {reports.Transient, 2, amended + "; " + amended + "; " + amended},
		"with an answer lost":        {reports.Ambiguous, 1, amended + "; " + amended},
		"since the app is refused":   {reports.AppRejected, 1, amended + "; " + amended},
		"since the message is gone":  {reports.InvalidContent, 99, amended},
		"since the chat is gone":     {reports.TargetGone, 99, amended},
		"since the chat forbids it":  {reports.Forbidden, 99, amended},
		"with a panic while drawing": {"", 0, amended},
	} {
		t.Run(name, func(t *testing.T) {
			withZerosSent(t, func(t *testing.T, s *testEnv, sub reports.Subscription) {
				n := 0
				s.platform.update = func(context.Context, message) error {
					if n++; n <= tt.times {
						return sendError(tt.kind, 1)
					}
					return nil
				}
				if tt.kind == "" {
					s.platform.onRender = func(what string) {
						if what == amended {
							s.platform.onRender = nil
							panic("no such card")
						}
					}
				}
				s.publish(true)
				s.wantSettled(sub, tt.edits)
				if got := s.subscription(sub.ID); got.State != reports.Active {
					t.Errorf("the subscription is %s", got.State)
				}
				if d := s.firstDelivery(sub); d.Reason != "" {
					t.Errorf("the delivery says %q", d.Reason)
				}
			})
		})
	}
}

// TestAmend_NextProcessAndReplica_EditedOnce: a digest that a former process has sent is edited by one of two replicas.
func TestAmend_NextProcessAndReplica_EditedOnce(t *testing.T) {
	withZerosSent(t, func(t *testing.T, s *testEnv, sub reports.Subscription) {
		s.stop(s.Engine)
		s.Engine = s.newEngine()
		other := s.newEngine()
		defer s.stop(other)
		s.publish(true)
		s.platform.update = func(context.Context, message) error { time.Sleep(20 * time.Second); return nil }
		for range 30 {
			if err := other.Tick(t.Context()); err != nil {
				t.Error(err)
			}
			s.tick()
			s.advance(5 * time.Minute)
		}
		s.wantSettled(sub, "digest aaaaaa, amended")
	})
}

// TestAmend_EditNotRecorded_Repeated: the next process makes the edit again, with the same card.
func TestAmend_EditNotRecorded_Repeated(t *testing.T) {
	withZerosSent(t, func(t *testing.T, s *testEnv, sub reports.Subscription) {
		s.publish(true)
		block := make(chan struct{})
		s.platform.update = func(ctx context.Context, _ message) error {
			select {
			case <-block:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		s.advance(time.Hour)
		s.tick()
		s.stop(s.Engine) // in the middle of it
		close(block)
		s.Engine = s.newEngine()
		s.wantSettled(sub, "digest aaaaaa, amended; digest aaaaaa, amended")
	})
}

// TestAmend_LostAnswerOfZeros_Edited: the message of the first try has zeros, although there were figures at the second.
func TestAmend_LostAnswerOfZeros_Edited(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.reportZeros()
		sub := s.subscribe("aaaaaa", "oc_1")
		s.advanceTo(monday(14, 0))
		s.platform.send = func(context.Context, message) error { return sendError(reports.Ambiguous, 0) }
		s.tickFor(2 * time.Second)
		s.platform.send = nil
		s.publish(true)
		s.tickFor(10 * time.Second)
		if d := s.wantDelivery(sub, reports.Delivered, ""); d.ZerosFrom.IsZero() {
			t.Fatalf("it is %+v", d)
		}
		s.tickThrough(80 * time.Hour)
		if got := s.editedCards(); got != "digest aaaaaa, amended" {
			t.Errorf("it was edited: %q", got)
		}
	})
}

// TestFigures_DueAfterDeadline: a digest with zeros is sent at once; one whose day is not published waits.
func TestFigures_DueAfterDeadline(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.reportZeros()
		s.advanceTo(monday(15, 0))
		sub := s.subscribe("aaaaaa", "oc_1")
		s.tickFor(2 * time.Second)
		s.wantDelivery(sub, reports.Delivered, "")
		s.platform.state = notPublished
		other := s.subscribe("bbbbbb", "oc_2")
		s.tickFor(2 * time.Second)
		s.wantDelivery(other, reports.Waiting, reports.NotOut)
		if got := s.cardsTo("oc_2"); got != "late cli_a" {
			t.Errorf("there came %q", got)
		}
	})
}

// TestFigures_GapBeforeZeros_Waits: a period that lacks another day than the zeros is waited for.
func TestFigures_GapBeforeZeros_Waits(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.reportZeros()
		s.platform.report = func(r *usage.Report) { r.Complete, r.Through = false, r.Period.End().AddDays(-1) }
		sub := s.subscribe("aaaaaa", "oc_1")
		s.advanceTo(monday(14, 1))
		s.tickFor(2 * time.Second)
		s.wantDelivery(sub, reports.Waiting, reports.NotOut)
	})
}

// TestFigures_NoneForAbility_SentAtOnce: if the day is published, a digest without figures for its ability is not delayed.
func TestFigures_NoneForAbility_SentAtOnce(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		s.platform.report = func(r *usage.Report) { r.Sections = []usage.Section{{Missing: true}, {Missing: true}} }
		sub := s.subscribe("aaaaaa", "oc_1")
		s.tick()
		s.wantDelivery(sub, reports.Delivered, reports.NothingFor)
		s.platform.report = func(r *usage.Report) { r.Sections = []usage.Section{{}, {Missing: true}} }
		other := s.subscribe("bbbbbb", "oc_1")
		s.tick()
		s.wantDelivery(other, reports.Delivered, "")
		if got := s.cardsTo("oc_1"); got != "digest aaaaaa without figures; digest bbbbbb" {
			t.Errorf("there came %q", got)
		}
		if got := s.editedCards(); got != "" {
			t.Errorf("edited: %q", got)
		}
	})
}

// TestAmend_OwnerMayNotSee_Ends: a digest whose owner may not see the figures any more is looked at once.
func TestAmend_OwnerMayNotSee_Ends(t *testing.T) {
	withZerosSent(t, func(t *testing.T, s *testEnv, sub reports.Subscription) {
		s.publish(true)
		asked := 0
		s.platform.allow = func(context.Context) (bool, error) { asked++; return false, nil }
		s.tickThrough(12 * time.Hour)
		if d := s.lastDelivery(sub); asked != 1 || !d.ZerosFrom.IsZero() {
			t.Errorf("it was looked at %d times, and is %+v", asked, d)
		}
	})
}
