package reports_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/usage"
)

func TestADigestGoesOutAndIsRecorded(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.tick()
		d := s.became(sub, reports.Delivered, "")
		list := s.platform.to("oc_1")
		if len(list) != 1 || d.Message != "om_"+list[0].uuid[:8] || d.Tries != 1 || !d.SentAt.Equal(monday(10, 30)) {
			t.Errorf("%+v of %+v", d, list)
		}
		s.ticks(3 * time.Second)
		if n := len(s.platform.to("oc_1")); n != 1 {
			t.Errorf("it was sent %d times", n)
		}
	})
}

func lose(context.Context, message) error { return refuse(reports.Ambiguous, 0) }

// TestNoDigestIsSentAgainAfterTheHour begins the second try in time, and lets it take until the platform may have
// forgotten the first: the message is looked for instead.
func TestNoDigestIsSentAgainAfterTheHour(t *testing.T) {
	for name, slow := range map[string]func(p *platform){
		"waiting for its figures": func(p *platform) {
			p.story = func(context.Context, usage.Query) error { time.Sleep(80 * time.Second); return nil }
		},
		"waiting for its turn": func(p *platform) {
			p.take = func(context.Context, string) reports.Full { time.Sleep(2 * time.Minute); return reports.Full{} }
		},
		"writing it down": func(p *platform) {
			p.save = func(hold bool) {
				if hold {
					time.Sleep(20 * time.Second)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T, s *stage) {
				sub := s.subscribe("aaaaaa", "oc_1")
				s.platform.send = lose
				s.tick()
				s.until(monday(11, 25).Add(-10 * time.Second))
				slow(s.platform)
				s.tick()
				s.until(monday(11, 30))
				if d := s.became(sub, reports.Uncertain, reports.Lost); d.Tries != 1 && name != "writing it down" {
					t.Errorf("%d tries are counted", d.Tries)
				}
				if sent, looked := len(s.platform.to("oc_1")), len(s.platform.looked); sent != 1 || looked != 1 {
					t.Errorf("sent %d times, looked for %d times", sent, looked)
				}
			})
		})
	}
}

// TestASecondTryEndsWithTheHour keeps the platform's answer back: the call must not reach it later.
func TestASecondTryEndsWithTheHour(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = lose
		s.tick()
		s.until(monday(11, 24))
		var ended time.Time
		s.platform.send = func(ctx context.Context, _ message) error {
			<-ctx.Done()
			ended = time.Now()
			return ctx.Err()
		}
		s.tick()
		s.until(monday(11, 40))
		if !ended.Equal(monday(11, 25)) {
			t.Errorf("the second try ended at %v", ended)
		}
		s.became(sub, reports.Waiting, reports.Lost)
		s.tick()
		s.became(sub, reports.Uncertain, reports.Lost)
	})
}

// TestAMessageOfTheFutureIsNotSentAgain puts the clock back an hour while a second try waits for its turn: nobody can say
// any more how long ago the first was.
func TestAMessageOfTheFutureIsNotSentAgain(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = lose
		s.tick()
		s.until(monday(11, 0))
		s.platform.take = func(context.Context, string) reports.Full { s.platform.off = -time.Hour; return reports.Full{} }
		s.tick()
		s.became(sub, reports.Uncertain, reports.Lost)
		if n := len(s.platform.to("oc_1")); n != 1 {
			t.Errorf("it was sent %d times", n)
		}
	})
}

// TestALostAnswerIsAskedForUnderTheSameUUID within the hour, until there is one.
func TestALostAnswerIsAskedForUnderTheSameUUID(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = lose
		s.ticks(10 * time.Second)
		s.became(sub, reports.Waiting, reports.Lost)
		s.platform.send = nil
		s.ticks(10 * time.Second)
		s.became(sub, reports.Delivered, "")
		uuids := map[string]bool{}
		for _, m := range s.platform.to("oc_1") {
			uuids[m.uuid] = true
		}
		if len(uuids) != 1 || len(s.platform.to("oc_1")) < 3 {
			t.Errorf("%d uuids in %d tries", len(uuids), len(s.platform.to("oc_1")))
		}
	})
}

// TestWhatCannotBeWrittenDownIsNotSent takes the ledger away right before.
func TestWhatCannotBeWrittenDownIsNotSent(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.take = func(context.Context, string) reports.Full {
			// Somebody else takes it, as if this process had stood still for long.
			if _, err := s.ledger.Claim(t.Context(), time.Now().Add(time.Hour), time.Minute, 9); err != nil {
				t.Error(err)
			}
			return reports.Full{}
		}
		s.tick()
		s.became(sub, reports.Waiting, "")
		if n := len(s.platform.to("oc_1")); n != 0 {
			t.Errorf("it was sent %d times", n)
		}
	})
}

// TestARefusalOfTheAppKeepsTheOthersBack has one digest refused while others wait for their turn.
func TestARefusalOfTheAppKeepsTheOthersBack(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		first, second := s.subscribe("aaaaaa", "oc_1"), s.subscribe("bbbbbb", "oc_2")
		s.platform.take = func(_ context.Context, chatID string) reports.Full {
			if chatID == "oc_2" {
				time.Sleep(time.Second)
			}
			return reports.Full{}
		}
		s.platform.send = func(context.Context, message) error { return refuse(reports.AppWide, 99991662) }
		s.tick()
		s.pass(2 * time.Second)
		for _, sub := range []reports.Subscription{first, second} {
			s.became(sub, reports.Waiting, reports.OnHold)
		}
		if n := len(s.platform.to("oc_2")); n != 0 {
			t.Errorf("the second was tried %d times", n)
		}
		s.platform.send, s.platform.take = nil, nil
		s.ticks(50 * time.Second)
		if n := len(s.platform.to("oc_1")); n != 1 {
			t.Errorf("%d tries while sending is on hold", n)
		}
		s.ticks(15 * time.Second)
		for _, sub := range []reports.Subscription{first, second} {
			s.became(sub, reports.Delivered, "")
		}
	})
}

// TestAHoldEndsAlthoughTheClockIsPutBack.
func TestAHoldEndsAlthoughTheClockIsPutBack(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		s.subscribe("aaaaaa", "oc_1")
		s.platform.send = func(context.Context, message) error { return refuse(reports.AppWide, 99991662) }
		s.tick()
		s.platform.send, s.platform.off = nil, -time.Hour
		other := s.subscribe("bbbbbb", "oc_2", func(sub *reports.Subscription) { sub.Schedule.Hour, sub.NextDue = 9, monday(9, 30) })
		s.tick()
		s.became(other, reports.Delivered, "")
	})
}

// TestAChatThatForbids counts its refusals, and pauses after three in a row.
func TestAChatThatForbids(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		for day, fails := range []bool{true, true, false, true, true, true} {
			s.platform.send = nil
			if fails {
				s.platform.send = func(_ context.Context, m message) error {
					if m.to.ChatID == "" {
						return nil
					}
					return refuse(reports.Forbidden, 230018)
				}
			}
			s.until(monday(10, 30).AddDate(0, 0, day))
			s.tick()
			want := map[bool]reports.DeliveryState{true: reports.Failed, false: reports.Delivered}[fails]
			if d := s.last(sub); d.State != want {
				t.Errorf("day %d: %s", day, d.State)
			}
			refusals := []int{1, 2, 0, 1, 2, 0}[day]
			if got := s.subscription(sub.ID); got.Refusals != refusals || (got.State == reports.Paused) != (day == 5) {
				t.Errorf("day %d: refused %d times, %s", day, got.Refusals, got.State)
			}
		}
		if got := s.subscription(sub.ID); !got.UpdatedAt.Equal(monday(10, 30).AddDate(0, 0, 5)) {
			t.Errorf("it was changed at %v", got.UpdatedAt)
		}
	})
}

// TestErrorsThatAreNoTroubleLeaveEverythingOpen: an error that nobody has classified may mean anything.
func TestErrorsThatAreNoTroubleLeaveEverythingOpen(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = func(context.Context, message) error { return errors.New("what was that") }
		s.tick()
		if d := s.became(sub, reports.Waiting, reports.Lost); d.SentAt.IsZero() {
			t.Error("it counts as not sent")
		}
	})
}
