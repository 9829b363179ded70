package bot

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/access"
)

// tally admits requests up to the limit, until minute is called.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
	told   map[string]bool
}

func newTally() *tally { return &tally{counts: map[string]int{}, told: map[string]bool{}} }

func (y *tally) Allow(_ context.Context, of string, limit int) (back func(), wait time.Duration) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.counts[of] >= limit {
		return nil, 40 * time.Second
	}
	y.counts[of]++
	return func() { y.add(of, -1) }, 0
}

func (y *tally) add(of string, n int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.counts[of] += n
}

func (y *tally) FirstIn(_ context.Context, of string, _ time.Duration) (first bool, back func()) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.told[of] {
		return false, nil
	}
	y.told[of] = true
	return true, func() {
		y.mu.Lock()
		defer y.mu.Unlock()
		delete(y.told, of)
	}
}

func (y *tally) minute() {
	y.mu.Lock()
	defer y.mu.Unlock()
	clear(y.counts)
	clear(y.told)
}

func TestRateLimit(t *testing.T) {
	tests := []struct {
		name   string
		limits Rates
		do     func(s *scene, y *tally)
		desk   string
	}{
		{"is told once, and again in another minute", Rates{Person: 1}, func(s *scene, y *tally) {
			s.ask("ou_1", 4)
			y.minute()
			s.ask("ou_1", 3)
		}, "reply om_1 figures; reply om_2 problem; reply om_1 figures; reply om_2 problem"},
		{"is no reason not to answer others", Rates{Person: 1, Chat: 9}, func(s *scene, _ *tally) {
			s.ask("ou_1", 3)
			s.ask("ou_2", 1)
		}, "reply om_1 figures; reply om_2 problem; reply om_1 figures"},
		{"is not whoever's message comes again", Rates{Person: 2, Chat: 2}, func(s *scene, _ *tally) {
			s.desk.replyErrs = []error{errBusy, errBusy}
			s.ask("ou_1", 1) // sent again
			s.ask("ou_1", 1) // sent again
			s.ask("ou_1", 2)
		}, "refused om_1; refused om_1; reply om_1 figures; reply om_2 figures"},
		{"is not told of until the word was sent", Rates{Person: 1}, func(s *scene, _ *tally) {
			s.desk.replyErrs = []error{nil, errBusy}
			s.ask("ou_1", 2) // the second is sent again
			s.ask("ou_1", 4)
		}, "reply om_1 figures; refused om_2; reply om_1 problem"},
		{"all together are told once", Rates{Person: 9, Chat: 1}, func(s *scene, _ *tally) {
			s.ask("ou_1", 1)
			s.ask("ou_2", 1)
			s.ask("ou_3", 1)
		}, "reply om_1 figures; reply om_1 problem"},
		{"in a chat has asked nothing that counts elsewhere", Rates{Person: 1, Chat: 1}, func(s *scene, _ *tally) {
			s.ask("ou_2", 1)
			s.ask("ou_1", 1)
			s.set(func(o *Settings) { o.RateLimits.Chat = 9 })
			s.ask("ou_1", 1)
		}, "reply om_1 figures; reply om_1 problem; reply om_1 figures"},
		{"keeps no administrator out", Rates{Person: 2, Chat: 1}, func(s *scene, _ *tally) {
			s.rights.Admins = []string{"ou_1"}
			s.rights.Grants = roles{s.notes, []access.Grant{{Subject: access.Subject{Kind: access.Person, ID: "ou_2"}, Role: access.Admin}}}
			s.ask("ou_3", 2)
			s.ask("ou_1", 1)
			s.ask("ou_2", 3) // his own limit holds for him as well
		}, "reply om_1 figures; reply om_2 problem; reply om_1 figures; reply om_1 figures; reply om_2 figures; reply om_3 problem"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, y := newScene(t), newTally()
				s.set(func(o *Settings) { o.RateCounter, o.RateLimits = y, tt.limits })
				tt.do(s, y)
				if got := s.desk.String(); got != tt.desk {
					t.Errorf("sent: %s\nwant: %s", got, tt.desk)
				}
			})
		})
	}
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

// TestRateLimit_IgnoredRequestsLeaveNothing floods the bot and delivers the last message again. Ignored requests are not finished
// in the inbox, and after a minute the cache has nothing of them.
func TestRateLimit_IgnoredRequestsLeaveNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, y := newScene(t), newTally()
		s.set(func(o *Settings) { o.RateCounter, o.RateLimits = y, Rates{Person: 1} })
		s.ask("ou_1", 4)
		y.minute()
		if _, err := s.sayAs("ou_1", "om_4", question); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		s.expect(t, "reply om_1 figures; reply om_2 problem", "finish; finish; release; release; release")
		if y.counts["person:ou_1"] != 0 {
			t.Error("a repetition of what was dropped is counted")
		}
		marks := 0
		for key, ttl := range s.notes.ttl {
			if string(s.notes.m[key]) == "dropped" {
				marks++
				if ttl != time.Minute {
					t.Errorf("%s is kept for %v", key, ttl)
				}
			}
		}
		if marks != 2 {
			t.Errorf("%d marks", marks)
		}
	})
}
