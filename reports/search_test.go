package reports_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"usagebot/reports"
)

// TestALostMessageIsLookedFor when the hour is over.
func TestALostMessageIsLookedFor(t *testing.T) {
	tests := []struct {
		name   string
		find   func(looked int) (string, error)
		state  reports.DeliveryState
		looked int
		told   bool
	}{
		{"it is there", func(int) (string, error) { return "om_there", nil }, reports.Delivered, 1, false},
		{"it is not there", func(int) (string, error) { return "", nil }, reports.Uncertain, 1, true},
		{"the chat cannot be read", func(int) (string, error) { return "", sendError(reports.Forbidden, 230027) }, reports.Uncertain, 1, true},
		{"it is there after all", func(looked int) (string, error) {
			if looked < 4 {
				return "", sendError(reports.Transient, 99991400)
			}
			return "om_there", nil
		}, reports.Delivered, 4, false},
		{"the platform never says", func(int) (string, error) { return "", sendError(reports.Transient, 99991400) }, reports.Uncertain, 6, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				sub := s.subscribe("aaaaaa", "oc_1")
				s.platform.send = func(ctx context.Context, m message) error {
					if m.to.OpenID != "" {
						return nil
					}
					return loseAnswer(ctx, m)
				}
				s.platform.find = func(string) (string, error) { return tt.find(len(s.platform.searched)) }
				s.tick()
				s.advanceTo(monday(11, 26))
				for range 8 {
					s.tick()
					s.advance(2 * time.Minute)
				}
				d := s.lastDelivery(sub)
				if d.State != tt.state || len(s.platform.searched) != tt.looked || len(s.platform.to("oc_1")) != 1 {
					t.Errorf("%s, looked for %d times, sent %d times", d.State, len(s.platform.searched), len(s.platform.to("oc_1")))
				}
				if told := len(s.platform.to("ou_owner")); (told == 1) != tt.told || told > 1 {
					t.Errorf("its owner was told %d times", told)
				}
			})
		})
	}
}

// TestWhatMayBeThereIsNotClosedUnseen loses the answer to a first try and has the second refused for good.
func TestWhatMayBeThereIsNotClosedUnseen(t *testing.T) {
	for kind, told := range map[reports.SendErrorKind]string{
		reports.Forbidden: "notice aaaaaa:lost", reports.InvalidContent: "notice aaaaaa:lost", reports.TargetGone: "notice aaaaaa:chat_gone",
	} {
		for _, there := range []bool{true, false} {
			t.Run(string(kind), func(t *testing.T) {
				withEnv(t, func(t *testing.T, s *testEnv) {
					sub := s.subscribe("aaaaaa", "oc_1")
					s.platform.send = func(_ context.Context, m message) error {
						switch {
						case m.to.OpenID != "":
							return nil
						case len(s.platform.to("oc_1")) == 1:
							return sendError(reports.Ambiguous, 0)
						}
						return sendError(kind, 230018)
					}
					s.platform.find = func(string) (string, error) {
						switch {
						case len(s.platform.searched) == 1:
							return "", sendError(reports.Transient, 99991400) // it is not sent again meanwhile
						case there:
							return "om_there", nil
						}
						return "", nil
					}
					s.tickFor(2 * time.Minute)
					want := map[bool]reports.DeliveryState{true: reports.Delivered, false: reports.Uncertain}[there]
					d := s.lastDelivery(sub)
					if d.State != want || len(s.platform.searched) != 2 || len(s.platform.to("oc_1")) != 2 {
						t.Errorf("%s, looked for %d times, sent %d times", d.State, len(s.platform.searched), len(s.platform.to("oc_1")))
					}
					got := s.subscription(sub.ID)
					if (got.State == reports.Paused) != (kind == reports.TargetGone) || (got.Refusals == 1) != (kind == reports.Forbidden) || got.Refusals > 1 {
						t.Errorf("the subscription is %s, refused %d times", got.State, got.Refusals)
					}
					s.wantOwnerTold(told, !there || kind == reports.TargetGone)
				})
			})
		}
	}
}

// wantOwnerTold checks that the owner was told just that, or nothing.
func (s *testEnv) wantOwnerTold(words string, told bool) {
	s.t.Helper()
	list := s.platform.to("ou_owner")
	switch {
	case !told && len(list) == 0:
	case told && len(list) == 1 && strings.TrimSpace(list[0].card) == words:
	default:
		s.t.Errorf("the owner was told %+v, want %q: %v", list, words, told)
	}
}

// TestNobodyIsAskedAboutWhatSomebodyEnded removes a subscription whose digest may be there.
func TestNobodyIsAskedAboutWhatSomebodyEnded(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.send = loseAnswer
		s.tick()
		_, err := s.store.Change(t.Context(), reports.Edit{ID: sub.ID, Change: func(sub *reports.Subscription) error { sub.State = reports.Removed; return nil }})
		if err != nil {
			t.Fatal(err)
		}
		s.tickFor(time.Minute)
		s.wantDelivery(sub, reports.Uncertain, reports.Lost)
		s.wantOwnerTold("", false)
	})
}
