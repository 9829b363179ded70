package bot

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// lane lets a message go every fifth of a second, in the order in which they ask.
type lane struct {
	mu   sync.Mutex
	next time.Time
}

func laneFrom(d time.Duration) *lane { return &lane{next: time.Now().Add(d)} }

func (l *lane) Wait(ctx context.Context, _ string) (done func(), err error) {
	l.mu.Lock()
	at := l.next
	if now := time.Now(); at.Before(now) {
		at = now
	}
	l.next = at.Add(time.Second / 5)
	l.mu.Unlock()
	return func() {}, sleep(ctx, time.Until(at))
}

func (l *lane) Try(context.Context, string) (done func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next.After(time.Now()) {
		return nil
	}
	l.next = time.Now().Add(time.Second / 5)
	return func() {}
}

// TestManyInOneChatAreAnsweredInTheirTurn has sixty people ask in one moment, of which five a second can be answered: with
// figures that are at hand, and with such as take longer than a notice waits.
func TestManyInOneChatAreAnsweredInTheirTurn(t *testing.T) {
	const people = 60
	for name, took := range map[string]time.Duration{"figures at hand": 0, "slow figures": 2 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.took = took
				s.limit(laneFrom(0))
				began := time.Now()
				var events sync.WaitGroup
				for i := range people {
					events.Go(func() {
						if _, err := s.sayAs(fmt.Sprint("ou_", i), fmt.Sprint("om_", i), question); err != nil {
							t.Errorf("person %d: %v", i, err)
						}
					})
				}
				events.Wait()
				if acked := time.Since(began); took == 0 && acked > 2*slotWait {
					t.Errorf("the last was acknowledged after %v although its answer was ready", acked)
				}
				if acked := time.Since(began); acked > max(ackDeadline, 2*slotWait) {
					t.Errorf("the last was acknowledged after %v", acked)
				}
				time.Sleep(13*time.Second + 2*took - time.Since(began))
				for i := range people {
					if n := strings.Count(s.desk.String()+";", fmt.Sprintf("reply om_%d ", i)); n != 1 {
						t.Errorf("person %d got %d messages", i, n)
					}
				}
				if n := strings.Count(s.desk.String(), "figures"); n != people {
					t.Errorf("%d answers", n)
				}
			})
		})
	}
}

// TestStoppingWhileAnAnswerWaitsForItsTurn leaves it to another process.
func TestStoppingWhileAnAnswerWaitsForItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.limit(laneFrom(time.Minute))
		if _, err := s.say(question); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		s.bot.Stop(ctx)
		s.expect(t, "", "park; release")
	})
}
