package reports_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/usage"
)

// zeros makes the last day of every period one of zeros.
func (s *stage) zeros() {
	s.platform.state = func(context.Context, string) (usage.DayState, error) { return usage.ZerosOnly, nil }
	s.platform.report = func(r *usage.Report) {
		r.Complete, r.ZerosFrom, r.AsOf = false, r.Period.End(), time.Now()
	}
}

// published makes it one with figures, or one that nobody used the app on.
func (s *stage) published(used bool) {
	s.platform.state, s.platform.report = nil, nil
	s.platform.used = func(usage.Date, usage.Date) (bool, error) { return used, nil }
}

// cards are what was sent to a chat.
func (s *stage) cards(chat string) string {
	var list []string
	for _, m := range s.platform.to(chat) {
		list = append(list, m.card)
	}
	return strings.Join(list, "; ")
}

// edits are what sent messages were replaced by.
func (s *stage) edits() string {
	s.platform.mu.Lock()
	defer s.platform.mu.Unlock()
	var list []string
	for _, m := range s.platform.edits {
		list = append(list, m.card)
	}
	return strings.Join(list, "; ")
}

// amends looks as often as sent digests are looked at.
func (s *stage) amends(d time.Duration) {
	s.t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		s.tick()
		s.pass(40 * time.Minute)
	}
}

// sentWithZeros plays until a digest has gone out with zeros, at 14:00.
func sentWithZeros(t *testing.T, test func(t *testing.T, s *stage, sub reports.Subscription)) {
	t.Helper()
	play(t, func(t *testing.T, s *stage) {
		s.Poll = 7 * time.Minute // the deadline is no multiple of it
		s.zeros()
		sub := s.subscribe("aaaaaa", "oc_1")
		s.ticks(2 * time.Second)
		s.became(sub, reports.Waiting, reports.NotOut)
		s.until(monday(13, 59))
		s.ticks(59 * time.Second)
		if got := s.cards("oc_1"); got != "" {
			t.Fatalf("before the deadline there came %q", got)
		}
		s.ticks(2 * time.Second)
		if got := s.cards("oc_1"); got != "digest aaaaaa with zeros as of 14:00" {
			t.Fatalf("at the deadline there came %q", got)
		}
		if d := s.became(sub, reports.Delivered, ""); d.ZerosFrom != d.Period.End() || d.TryAt.Before(time.Now()) {
			t.Fatalf("it is %+v", d)
		}
		test(t, s, sub)
	})
}

// settled checks what has become of a digest and its message, and that nothing more becomes of it.
func (s *stage) settled(sub reports.Subscription, edits string) {
	s.t.Helper()
	s.amends(80 * time.Hour)
	if got := s.edits(); got != edits {
		s.t.Errorf("it was edited: %q, want %q", got, edits)
	}
	list, err := s.ledger.History(s.t.Context(), sub.ChatID, sub.ID, 10)
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

func TestADigestWithZerosIsAmendedOnce(t *testing.T) {
	sentWithZeros(t, func(t *testing.T, s *stage, sub reports.Subscription) {
		s.amends(2 * time.Hour)
		if got := s.edits(); got != "" {
			t.Errorf("while there are zeros it is edited: %q", got)
		}
		s.published(true)
		s.settled(sub, "digest aaaaaa, amended")
		if m := s.platform.edits[0]; m.uuid != s.first(sub).Message || m.at.After(monday(17, 0)) {
			t.Errorf("%+v was edited, not %q", m, s.first(sub).Message)
		}
	})
}

// first is the oldest delivery of a subscription.
func (s *stage) first(sub reports.Subscription) reports.Delivery {
	s.t.Helper()
	list, err := s.ledger.History(s.t.Context(), sub.ChatID, sub.ID, 100)
	if err != nil || len(list) == 0 {
		s.t.Fatal(err)
	}
	return list[len(list)-1]
}

func TestADigestWithZerosIsLeftAsItIs(t *testing.T) {
	for name, change := range map[string]func(s *stage, sub reports.Subscription){
		"where nobody used the app": func(s *stage, _ reports.Subscription) { s.published(false) },
		"when figures come too late": func(s *stage, sub reports.Subscription) {
			s.amends(74 * time.Hour)
			s.platform.state, s.platform.report = nil, nil
			s.platform.used = func(first, _ usage.Date) (bool, error) { return first == s.first(sub).Period.Start, nil }
		},
		"when its owner may not see them": func(s *stage, _ reports.Subscription) {
			s.published(true)
			s.platform.allow = func(context.Context) (bool, error) { return false, nil }
		},
		"when it is removed": func(s *stage, sub reports.Subscription) {
			s.published(true)
			_, err := s.ledger.Change(s.t.Context(), reports.Edit{ID: sub.ID, Change: func(sub *reports.Subscription) error { sub.State = reports.Removed; return nil }})
			if err != nil {
				s.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			sentWithZeros(t, func(t *testing.T, s *stage, sub reports.Subscription) {
				change(s, sub)
				s.settled(sub, "")
			})
		})
	}
}

// TestADigestIsNotAmendedWhileItsChatIsExternal waits until the chat is the organisation's own again.
func TestADigestIsNotAmendedWhileItsChatIsExternal(t *testing.T) {
	sentWithZeros(t, func(t *testing.T, s *stage, sub reports.Subscription) {
		turn := func(state reports.SubscriptionState, reason reports.Reason) {
			_, err := s.ledger.Change(s.t.Context(), reports.Edit{ID: sub.ID, Change: func(sub *reports.Subscription) error {
				sub.State, sub.Reason = state, reason
				return nil
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		turn(reports.Paused, reports.ChatExternal)
		s.published(true)
		s.amends(3 * time.Hour)
		if got := s.edits(); got != "" {
			t.Errorf("figures came into an external chat: %q", got)
		}
		turn(reports.Active, "")
		s.settled(sub, "digest aaaaaa, amended")
	})
}

func TestFiguresThatComeOnTheThirdDayAreInTime(t *testing.T) {
	sentWithZeros(t, func(t *testing.T, s *stage, sub reports.Subscription) {
		s.amends(71 * time.Hour)
		s.platform.used = func(first, _ usage.Date) (bool, error) { return first == s.first(sub).Period.Start, nil }
		s.platform.state, s.platform.report = nil, nil
		s.amends(2 * time.Hour)
		if got := s.edits(); got != "digest aaaaaa, amended" {
			t.Errorf("it was edited: %q", got)
		}
	})
}

// TestOneOfSeveralDaysWithFigures is not enough: the message is edited once, when all have come.
func TestOneOfSeveralDaysWithFigures(t *testing.T) {
	sentWithZeros(t, func(t *testing.T, s *stage, sub reports.Subscription) {
		s.platform.used = func(usage.Date, usage.Date) (bool, error) { return true, nil }
		s.amends(5 * time.Hour)
		if got := s.edits(); got != "" {
			t.Errorf("it is edited before: %q", got)
		}
		s.published(true)
		s.settled(sub, "digest aaaaaa, amended")
	})
}

// TestAnEditThatFails goes by its class: what may pass is tried again, and nothing is sent instead.
func TestAnEditThatFails(t *testing.T) {
	const amended = "digest aaaaaa, amended"
	for name, tt := range map[string]struct {
		kind  reports.TroubleKind
		times int
		edits string
	}{
		"for a while":                {reports.Passing, 2, amended + "; " + amended + "; " + amended},
		"with an answer lost":        {reports.Ambiguous, 1, amended + "; " + amended},
		"since the app is refused":   {reports.Own, 1, amended + "; " + amended},
		"since the message is gone":  {reports.Content, 99, amended},
		"since the chat is gone":     {reports.Gone, 99, amended},
		"since the chat forbids it":  {reports.Forbidden, 99, amended},
		"with a panic while drawing": {"", 0, amended},
	} {
		t.Run(name, func(t *testing.T) {
			sentWithZeros(t, func(t *testing.T, s *stage, sub reports.Subscription) {
				n := 0
				s.platform.update = func(context.Context, message) error {
					if n++; n <= tt.times {
						return refuse(tt.kind, 1)
					}
					return nil
				}
				if tt.kind == "" {
					s.platform.draw = func(what string) {
						if what == amended {
							s.platform.draw = nil
							panic("no such card")
						}
					}
				}
				s.published(true)
				s.settled(sub, tt.edits)
				if got := s.subscription(sub.ID); got.State != reports.Active {
					t.Errorf("the subscription is %s", got.State)
				}
				if d := s.first(sub); d.Reason != "" {
					t.Errorf("the delivery says %q", d.Reason)
				}
			})
		})
	}
}

// TestTheNextProcessAmends what another has sent, and one of two replicas does.
func TestTheNextProcessAmends(t *testing.T) {
	sentWithZeros(t, func(t *testing.T, s *stage, sub reports.Subscription) {
		s.stop(s.Engine)
		s.Engine = s.another()
		other := s.another()
		defer s.stop(other)
		s.published(true)
		s.platform.update = func(context.Context, message) error { time.Sleep(20 * time.Second); return nil }
		for range 30 {
			if err := other.Tick(t.Context()); err != nil {
				t.Error(err)
			}
			s.tick()
			s.pass(5 * time.Minute)
		}
		s.settled(sub, "digest aaaaaa, amended")
	})
}

// TestAnEditThatWasNotRecorded is made again by whoever takes it up: with the same card.
func TestAnEditThatWasNotRecorded(t *testing.T) {
	sentWithZeros(t, func(t *testing.T, s *stage, sub reports.Subscription) {
		s.published(true)
		block := make(chan struct{})
		s.platform.update = func(ctx context.Context, _ message) error {
			select {
			case <-block:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		s.pass(time.Hour)
		s.tick()
		s.stop(s.Engine) // in the middle of it
		close(block)
		s.Engine = s.another()
		s.settled(sub, "digest aaaaaa, amended; digest aaaaaa, amended")
	})
}

// TestALostAnswerOfZerosIsAmended: what was sent had zeros, although there were figures when it was sent again.
func TestALostAnswerOfZerosIsAmended(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.zeros()
		sub := s.subscribe("aaaaaa", "oc_1")
		s.until(monday(14, 0))
		s.platform.send = func(context.Context, message) error { return refuse(reports.Ambiguous, 0) }
		s.ticks(2 * time.Second)
		s.platform.send = nil
		s.published(true)
		s.ticks(10 * time.Second)
		if d := s.became(sub, reports.Delivered, ""); d.ZerosFrom.IsZero() {
			t.Fatalf("it is %+v", d)
		}
		s.amends(80 * time.Hour)
		if got := s.edits(); got != "digest aaaaaa, amended" {
			t.Errorf("it was edited: %q", got)
		}
	})
}

// TestADigestThatIsDueAfterTheDeadline goes out with zeros at once, and one whose day is not published waits.
func TestADigestThatIsDueAfterTheDeadline(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.zeros()
		s.until(monday(15, 0))
		sub := s.subscribe("aaaaaa", "oc_1")
		s.ticks(2 * time.Second)
		s.became(sub, reports.Delivered, "")
		s.platform.state = notOut
		other := s.subscribe("bbbbbb", "oc_2")
		s.ticks(2 * time.Second)
		s.became(other, reports.Waiting, reports.NotOut)
		if got := s.cards("oc_2"); got != "late cli_a" {
			t.Errorf("there came %q", got)
		}
	})
}

// TestAWeekThatLacksADayBeforeItsZeros waits: it is not whole but for zeros.
func TestAWeekThatLacksADayBeforeItsZeros(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.zeros()
		s.platform.report = func(r *usage.Report) { r.Complete, r.Through = false, r.Period.End().AddDays(-1) }
		sub := s.subscribe("aaaaaa", "oc_1")
		s.until(monday(14, 1))
		s.ticks(2 * time.Second)
		s.became(sub, reports.Waiting, reports.NotOut)
	})
}

// TestNoFiguresForAnAbility are told at once, where the day is published.
func TestNoFiguresForAnAbility(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.platform.report = func(r *usage.Report) { r.Sections = []usage.Section{{Missing: true}, {Missing: true}} }
		sub := s.subscribe("aaaaaa", "oc_1")
		s.tick()
		s.became(sub, reports.Delivered, reports.NothingFor)
		s.platform.report = func(r *usage.Report) { r.Sections = []usage.Section{{}, {Missing: true}} }
		other := s.subscribe("bbbbbb", "oc_1")
		s.tick()
		s.became(other, reports.Delivered, "")
		if got := s.cards("oc_1"); got != "digest aaaaaa without figures; digest bbbbbb" {
			t.Errorf("there came %q", got)
		}
		if got := s.edits(); got != "" {
			t.Errorf("edited: %q", got)
		}
	})
}
