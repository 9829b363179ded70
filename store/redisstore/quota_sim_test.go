package redisstore

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// simulation plays minutes of greedy callers against quotas by a clock that
// it moves itself.
type simulation struct {
	random   *rand.Rand
	clock    *clock
	move     func(time.Time) // tells the server the time; may be nil
	quotas   []*Quota
	outage   func(away bool) // may be nil
	underway []flight
	calls    []call
}

// flight is a call that was taken and will settle.
type flight struct {
	quota *Quota
	id    string
	taken time.Time
	ends  time.Time
}

func (s *simulation) run(t *testing.T, length time.Duration) {
	t.Helper()
	for end := s.clock.Now().Add(length); s.clock.Now().Before(end); {
		s.clock.Advance(time.Duration(s.random.IntN(400)) * time.Millisecond)
		if s.move != nil {
			s.move(s.clock.Now())
		}
		if s.outage != nil && s.random.IntN(40) == 0 {
			s.outage(s.random.IntN(2) == 0)
		}
		s.settle(t)
		s.take(t)
	}
}

// settle ends the calls whose time has come. Each tenth is never told.
func (s *simulation) settle(t *testing.T) {
	now := s.clock.Now()
	s.underway = slices.DeleteFunc(s.underway, func(f flight) bool {
		if f.ends.After(now) {
			return false
		}
		if s.random.IntN(10) > 0 {
			f.quota.Settle(t.Context(), f.id)
			s.calls = append(s.calls, call{f.taken, now})
		} else {
			s.calls = append(s.calls, call{f.taken, f.ends})
		}
		return true
	})
}

func (s *simulation) take(t *testing.T) {
	for range s.random.IntN(12) {
		quota := s.quotas[s.random.IntN(len(s.quotas))]
		id, wait, _ := quota.Take(t.Context(), []int{100, 80}[s.random.IntN(2)])
		switch {
		case wait > 0:
			return
		case s.random.IntN(20) == 0:
			quota.Cancel(t.Context(), id)
		default:
			now := s.clock.Now()
			lasts := time.Duration(s.random.Int64N(int64(quota.Hold)))
			s.underway = append(s.underway, flight{quota, id, now, now.Add(lasts)})
		}
	}
}

func TestQuotaNeverExceedsTheLimitInAnyMinute(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(t *testing.T, s *simulation){
		"three processes, one Redis": func(t *testing.T, s *simulation) {
			e := stillServer(t, s.clock)
			s.move = e.mini.SetTime
			for range 3 {
				s.quotas = append(s.quotas, NewQuota(shared(t, e, s.clock), "q", 100))
			}
		},
		"one process, Redis away": func(t *testing.T, s *simulation) {
			r := open(t, "redis://127.0.0.1:1", Options{Now: s.clock.Now})
			cutOff(r)
			s.quotas = []*Quota{NewQuota(r, "q", 100)}
		},
		"one process, Redis comes and goes empty": func(t *testing.T, s *simulation) {
			e := stillServer(t, s.clock)
			s.move = e.mini.SetTime
			r := shared(t, e, s.clock)
			s.quotas = []*Quota{NewQuota(r, "q", 100)}
			s.outage = func(away bool) {
				if away {
					cutOff(r)
					return
				}
				e.mini.FlushAll()
				reconnect(r)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &simulation{random: rand.New(rand.NewPCG(7, 11)), clock: newClock()} //nolint:gosec // a simulation
			prepare(t, s)
			s.run(t, 4*time.Minute)
			if most := mostInOneWindow(s.calls, time.Minute); most > 100 {
				t.Errorf("%d calls could be counted in one minute", most)
			}
			if len(s.calls) < 250 {
				t.Errorf("only %d calls got through in 4 minutes", len(s.calls))
			}
		})
	}
}
