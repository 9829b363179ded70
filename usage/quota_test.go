package usage

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestPersonsTakeTurns has three persons queue and one of their calls given up.
func TestPersonsTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var l lane
		var served []string
		if err := l.enter(t.Context(), "first"); err != nil {
			t.Fatal(err)
		}
		given, giveUp := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		queue := func(ctx context.Context, person string) {
			wg.Go(func() {
				if l.enter(ctx, person) == nil {
					served = append(served, person)
					l.leave()
				}
			})
			synctest.Wait()
		}
		for range 3 {
			queue(t.Context(), "much")
		}
		queue(given, "gone")
		queue(t.Context(), "one")
		queue(given, "one")
		queue(t.Context(), "one")
		giveUp()
		synctest.Wait()
		l.leave()
		wg.Wait()
		if want := []string{"much", "one", "much", "one", "much"}; !slices.Equal(served, want) {
			t.Errorf("served %q, want %q", served, want)
		}
		if l.taken || l.inside.Load() != 0 || len(l.calls) != 0 || len(l.turns) != 0 {
			t.Errorf("left behind: %v %v %v %v", l.taken, l.inside.Load(), l.calls, l.turns)
		}
	})
}

// askMuch has one person ask many questions, each of two calls, until stop is called.
func askMuch(t *testing.T, a *Client, questions int, share Share) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for i := range questions {
		wg.Go(func() {
			q := weeklyWeb()
			q.Department.ID = fmt.Sprint("od-", share, i)
			_, _ = a.Report(ctx, q, share)
		})
	}
	synctest.Wait()
	return func() { cancel(); wg.Wait() }
}

// TestOnePersonsQuestionsHoldUpNobody asks single questions while other people have hundreds of calls queued.
func TestOnePersonsQuestionsHoldUpNobody(t *testing.T) {
	for name, tt := range map[string]struct{ people, machines int }{
		"one asks much":                  {1, 0},
		"two ask much":                   {2, 0},
		"one asks much during a fan-out": {1, 300},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 23, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 100} }, took: 200 * time.Millisecond}
				a := newTestAsker(t, p)
				stops := []func(){askMuch(t, a, tt.machines, Machines)}
				for i := range tt.people {
					stops = append(stops, askMuch(t, a, 250, People.For(fmt.Sprint("ou_much", i))))
				}
				for i := range 6 {
					began := time.Now()
					q := weeklyWeb()
					q.Department.ID = fmt.Sprint("od-mine", i)
					if _, err := a.Report(t.Context(), q, People.For("ou_one")); err != nil {
						t.Fatal(err)
					}
					if waited := time.Since(began); waited > 3*time.Second {
						t.Errorf("%v after the others began: waited %v", time.Duration(i)*25*time.Second, waited)
					}
					time.Sleep(25 * time.Second)
				}
				for _, stop := range stops {
					stop()
				}
			})
		})
	}
}

// TestWhoAsksMuchIsAnsweredToo counts what becomes of many questions of one person: all are answered as fast as the
// machines' places allow, and what is remembered costs nothing.
func TestWhoAsksMuchIsAnsweredToo(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 100} }}
		a := newTestAsker(t, p)
		ask := func() time.Duration {
			began := time.Now()
			var wg sync.WaitGroup
			for i := range 100 {
				wg.Go(func() {
					q := weeklyWeb()
					q.Department.ID = fmt.Sprint("od-", i)
					if _, err := a.Report(t.Context(), q, People.For("ou_much")); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			return time.Since(began)
		}
		if took := ask(); took > 2*time.Minute+time.Second || took < time.Minute {
			t.Errorf("201 calls took %v, of which 80 go in a minute", took)
		}
		if took := ask(); took != 0 {
			t.Errorf("what was remembered took %v", took)
		}
		cost := func() int {
			a.overview.mu.Lock()
			defer a.overview.mu.Unlock()
			return a.overview.cost("ou_much")
		}
		if n := cost(); n == 0 || n > 100 {
			t.Errorf("%d calls are counted in the last minute", n)
		}
		time.Sleep(time.Minute)
		if n := cost(); n != 0 || len(a.overview.recent) != 0 || len(a.overview.waiting) != 0 {
			t.Errorf("%d calls are counted a minute later, of %v and %v", n, a.overview.recent, a.overview.waiting)
		}
	})
}

// TestPeopleShareACall has many people ask the same: they wait each in their own place, and the platform is asked once.
func TestPeopleShareACall(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 100} }, took: time.Second}
		a := newTestAsker(t, p)
		var wg sync.WaitGroup
		for i := range 30 {
			wg.Go(func() {
				if _, err := a.Report(t.Context(), weeklyWeb(), People.For(fmt.Sprint("ou_", i))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		asked := p.asked()
		slices.Sort(asked)
		if once := slices.Compact(slices.Clone(asked)); len(once) != len(asked) {
			t.Errorf("asked %q", asked)
		}
	})
}

// TestBacklogIsTheLanes tells each person how long their own lane is.
func TestBacklogIsTheLanes(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 100} }}
		a := newTestAsker(t, p)
		stop := askMuch(t, a, 200, People.For("ou_much"))
		if much, one := a.Backlog(People.For("ou_much")), a.Backlog(People.For("ou_one")); much < 2*time.Minute || one != 0 {
			t.Errorf("the one who asks much is told %v, another %v", much, one)
		}
		stop()
	})
}
