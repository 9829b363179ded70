package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/access"
	"usagebot/feishu/events"
	"usagebot/store"
	"usagebot/store/memstore"
	"usagebot/usage"
)

// tally counts requests in memory.
type tally struct{ limiter *memstore.Limiter }

func windows(limits []RateLimit) (all []store.Window) {
	for _, l := range limits {
		all = append(all, store.Window{Key: fmt.Sprint(l.Kind, l.ID), Limit: l.PerMinute, Length: time.Minute})
	}
	return all
}

func (y tally) Allow(ctx context.Context, limits []RateLimit) (id string, exceeded int, wait time.Duration) {
	slot := y.limiter.Take(ctx, windows(limits))
	for i, w := range windows(limits) {
		if w.Key == slot.Full {
			exceeded = i
		}
	}
	return slot.ID, exceeded, slot.Wait
}

func (y tally) Undo(ctx context.Context, limits []RateLimit, id string) {
	y.limiter.Cancel(ctx, windows(limits), id)
}

// busyChat is a sendLimiter that has no place at once.
type busyChat struct{ unlimited }

func (busyChat) TryBackground(context.Context, string) (done func()) { return nil }

// limitRates gives the bot limits.
func (s *scene) limitRates(limits Rates) {
	s.set(func(o *Settings) { o.RateCounter, o.RateLimits = tally{memstore.NewLimiter()}, limits })
}

func TestRateLimit(t *testing.T) {
	tests := []struct {
		name   string
		limits Rates
		do     func(s *scene)
		desk   string
	}{
		{"is told each time, until the minute is over", Rates{Person: 1}, func(s *scene) {
			s.ask("ou_1", 3)
			time.Sleep(time.Minute + time.Second)
			s.ask("ou_1", 2)
		}, "reply om_1 figures; reply om_2 problem; reply om_3 problem; reply om_1 figures; reply om_2 problem"},
		{"is not told if no message may go at once", Rates{Person: 1}, func(s *scene) {
			s.limit(busyChat{})
			s.ask("ou_1", 3)
		}, "reply om_1 figures"},
		{"is not told again if telling fails", Rates{Person: 1}, func(s *scene) {
			s.desk.replyErrs = []error{nil, errBusy}
			s.ask("ou_1", 2)
		}, "reply om_1 figures; refused om_2"},
		{"is no reason not to answer others", Rates{Person: 1, Chat: 9}, func(s *scene) {
			s.ask("ou_1", 2)
			s.ask("ou_2", 1)
		}, "reply om_1 figures; reply om_2 problem; reply om_1 figures"},
		{"does not count a redelivery", Rates{Person: 2, Chat: 2}, func(s *scene) {
			s.ask("ou_1", 1)
			s.box.known[messageKey] = true
			s.ask("ou_1", 1)
			s.ask("ou_1", 2)
		}, "reply om_1 figures; reply om_2 figures"},
		{"does not count what could not be stored", Rates{Person: 2, Chat: 2}, func(s *scene) {
			s.box.insertErr = errAway
			s.ask("ou_1", 3)
			s.box.insertErr = nil
			s.ask("ou_1", 2)
		}, "reply om_1 figures; reply om_2 figures"},
		{"holds for all of a chat together", Rates{Person: 9, Chat: 1}, func(s *scene) {
			s.ask("ou_1", 1)
			s.ask("ou_2", 1)
			s.ask("ou_3", 1)
		}, "reply om_1 figures; reply om_1 problem; reply om_1 problem"},
		{"of a chat leaves the person's own as it was", Rates{Person: 1, Chat: 1}, func(s *scene) {
			s.ask("ou_2", 1)
			s.ask("ou_1", 1)
			s.set(func(o *Settings) { o.RateLimits.Chat = 9 })
			s.ask("ou_1", 1)
		}, "reply om_1 figures; reply om_1 problem; reply om_1 figures"},
		{"of a chat keeps no administrator out", Rates{Person: 2, Chat: 1}, func(s *scene) {
			s.rights.Admins = []string{"ou_1"}
			s.rights.Grants = roles{s.notes, []access.Grant{{Subject: access.Subject{Kind: access.Person, ID: "ou_2"}, Role: access.Admin}}}
			s.ask("ou_3", 2)
			s.ask("ou_1", 1)
			s.ask("ou_2", 3) // their own limit holds for them as well
		}, "reply om_1 figures; reply om_2 problem; reply om_1 figures; reply om_1 figures; reply om_2 figures; reply om_3 problem"},
		{"does not count clicks that are answered from what is known", Rates{Person: 2}, func(s *scene) {
			s.ask("ou_1", 1)
			time.Sleep(time.Second)
			s.clicks(12, question)
			s.ask("ou_1", 1)
		}, "reply om_1 figures; reply om_1 figures"},
		{"counts clicks that need the platform", Rates{Person: 2}, func(s *scene) {
			s.clicks(1, question)
			s.clicks(1, question+" dept:od-1")
			s.ask("ou_1", 1)
		}, "reply om_1 problem"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.limitRates(tt.limits)
				tt.do(s)
				if got := s.desk.String(); got != tt.desk {
					t.Errorf("sent: %s\nwant: %s", got, tt.desk)
				}
			})
		})
	}
}

// TestRateLimit_Clicks: a person may click six times as often as ask, and is then told by a toast how long to wait.
func TestRateLimit_Clicks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.limitRates(Rates{Person: 3, Chat: 60})
		s.ask("ou_1", 4) // who has asked too much may still click
		for i, r := range s.clicks(18, "/help") {
			if r.Card == nil {
				t.Errorf("click %d: %+v, want a card", i, r)
			}
		}
		time.Sleep(20 * time.Second)
		for _, r := range s.clicks(2, "/help") {
			if r.Toast == nil || r.Toast.Type != "error" || !strings.Contains(r.Toast.Content, "40 秒") || !strings.Contains(r.Toast.Content, "18 次") {
				t.Errorf("over the limit: %+v, want a toast that says to wait for 40 s, and for which limit", r.Toast)
			}
		}
		time.Sleep(40*time.Second + time.Millisecond)
		if r := s.clicks(1, "/help")[0]; r.Card == nil {
			t.Errorf("a minute later: %+v, want a card", r)
		}
		s.expect(t, "reply om_1 figures; reply om_2 figures; reply om_3 figures; reply om_4 problem",
			strings.TrimSuffix(strings.Repeat("answered; ", 3+19), "; "))
	})
}

// TestRateLimit_CostlyClick: a person at the limit of questions sees what is stored, and nothing for which the platform would be asked.
func TestRateLimit_CostlyClick(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		calls := 0
		s.figures = func(context.Context, usage.Request) (usage.Figures, error) {
			calls++
			return usage.Figures{usage.ActiveUsers: 42}, nil
		}
		s.limitRates(Rates{Person: 2, Chat: 60})
		s.ask("ou_1", 2)
		before := calls
		if r := s.clicks(1, question)[0]; r.Card == nil {
			t.Errorf("a click on what is stored: %+v, want a card", r)
		}
		for _, r := range s.clicks(3, question+" dept:od-1") {
			if r.Toast == nil || r.Toast.Type != "error" || !strings.Contains(r.Toast.Content, "60 秒") || !strings.Contains(r.Toast.Content, "2 次") {
				t.Errorf("a click that needs the platform: %+v, want a toast that says to wait for 60 s", r.Toast)
			}
		}
		if calls != before {
			t.Errorf("%d calls were made, want none", calls-before)
		}
		time.Sleep(time.Minute + time.Second)
		if r := s.clicks(1, question+" dept:od-1")[0]; r.Card == nil || calls == before {
			t.Errorf("a minute later: %+v after %d calls, want a card", r, calls-before)
		}
	})
}

// clicks has ou_1 click a number of times.
func (s *scene) clicks(times int, line string) (all []events.Response) {
	for i := range times {
		r, _ := s.pressed(fmt.Sprint("e", i), "ou_1", line)
		synctest.Wait()
		all = append(all, r)
	}
	return all
}

// ask has a person ask a number of times. A second call delivers the same messages again, and new ones.
func (s *scene) ask(person string, times int) {
	for i := range times {
		_, _ = s.sayAs(person, "om_"+string(rune('1'+i)), question)
		synctest.Wait()
	}
}

// roles are grants to people.
type roles struct {
	grants
	list []access.Grant
}

func (r roles) GrantsFor(_ context.Context, openID, _ string) (of []access.Grant, err error) {
	for _, g := range r.list {
		if g.Subject.ID == openID {
			of = append(of, g)
		}
	}
	return of, nil
}
