package usage

import (
	"errors"
	"testing"
	"time"
)

func TestNewest(t *testing.T) {
	tests := []struct {
		name  string
		hour  int
		empty []string // days for which the platform has nothing
		want  string
		calls int
	}{
		{"yesterday is out", 11, nil, "2026-11-22", 1},
		{"yesterday is not out before ten", 9, []string{"2026-11-22"}, "2026-11-21", 2},
		{"nor, perhaps, shortly after", 11, []string{"2026-11-22"}, "2026-11-21", 2},
		{"in the afternoon it is, and nobody used the app", 14, []string{"2026-11-22"}, "2026-11-22", 2},
		{"an app without use at weekends, after ten", 11, []string{"2026-11-22", "2026-11-21"}, "2026-11-22", 3},
		{"an app without use at weekends, before ten", 9, []string{"2026-11-22", "2026-11-21"}, "2026-11-21", 3},
		{"an app that nobody uses", 11, []string{"2026-11-22", "2026-11-21", "2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16"}, "2026-11-22", 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at(t, 11, 23, tt.hour, func(t *testing.T) { // a Monday
				p := &platform{newest: NewDate(2026, 11, 22), figures: func(Ask) Figures { return Figures{ActiveUsers: 1} }}
				p.fail = func(_ int, ask Ask) error {
					if contain(tt.empty, ask.Date.String()) {
						return &Failure{Reason: NoData}
					}
					return nil
				}
				a := newTestAsker(t, p)
				for range 2 { // the second time it is known
					d, err := a.Newest(t.Context(), "cli_a", People)
					if err != nil || d.String() != tt.want {
						t.Errorf("newest is %s, %v, want %s", d, err, tt.want)
					}
				}
				if got := len(p.asked()); got != tt.calls {
					t.Errorf("%d calls, want %d", got, tt.calls)
				}
			})
		})
	}
}

func TestAnAnswerWithoutMetricsIsNone(t *testing.T) {
	at(t, 11, 23, 9, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(ask Ask) Figures {
			if ask.Date.After(NewDate(2026, 11, 21)) {
				return Figures{}
			}
			return Figures{ActiveUsers: 1}
		}}
		a := newTestAsker(t, p)
		if d, err := a.Newest(t.Context(), "cli_a", People); err != nil || d != NewDate(2026, 11, 21) {
			t.Errorf("newest is %s, %v", d, err)
		}
		q := weeklyWeb()
		q.Cycle, q.When = Daily, When{OnDay, NewDate(2026, 11, 23)}
		timeError := new(TimeError)
		if _, err := a.Report(t.Context(), q, People); !errors.As(err, &timeError) {
			t.Errorf("today gave %v", err)
		}
	})
}

func TestALongQueueIsWaitedFor(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Ask) Figures { return Figures{ActiveUsers: 1} }}
		a := newTestAsker(t, p)
		start := time.Now()
		failed := make(chan error, 130)
		for i := range 130 {
			go func() {
				q := weeklyWeb()
				q.Ability, q.Department.ID = All, string(rune('a'+i%26))+string(rune('a'+i/26))
				_, err := a.Report(t.Context(), q, People)
				failed <- err
			}()
		}
		for range 130 {
			if err := <-failed; err != nil {
				t.Fatalf("after %v: %v", time.Since(start), err)
			}
		}
		if took := time.Since(start); took > 15*time.Minute {
			t.Errorf("130 questions for all abilities took %v", took)
		}
	})
}
