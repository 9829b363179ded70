package usage

import (
	"errors"
	"testing"
	"time"
)

// said is a platform of which every day has use but those that are named: nil is "data not found".
func said(t *testing.T, days map[string]Figures) *platform {
	t.Helper()
	p := &platform{newest: NewDate(2026, 11, 22), figures: func(ask Ask) Figures {
		if f, named := days[ask.Date.String()]; named {
			return f
		}
		return Figures{ActiveUsers: 5, TotalUsers: 9}
	}}
	p.fail = func(_ int, ask Ask) error {
		f, named := days[ask.Date.String()]
		return when(named && f == nil, &Failure{Reason: NoData})
	}
	return p
}

func TestNewest(t *testing.T) {
	const sun, sat, fri, thu, sunBefore, satBefore = "2026-11-22", "2026-11-21", "2026-11-20", "2026-11-19", "2026-11-15", "2026-11-14"
	type days = map[string]Figures
	idle := Figures{ActiveUsers: 0, TotalUsers: 9}
	tests := []struct {
		name  string
		hour  int
		days  days // what differs from use; nil: 211011
		want  string
		calls int
	}{
		{"yesterday is out", 11, nil, sun, 1},
		{"earlier than usual", 3, nil, sun, 1},
		{"yesterday is not out before ten", 9, days{sun: nil}, sat, 2},
		{"nor, perhaps, shortly after", 11, days{sun: nil}, sat, 3},
		{"nor in the evening, whatever the hour", 23, days{sun: nil}, sat, 3},
		{"nor where one day of the week before had nothing", 23, days{sun: nil, sunBefore: nil}, sat, 3},
		{"zeros in the night are of a day in the making", 3, days{sun: idle}, sat, 2},
		{"also where nobody uses the app on Sundays", 3, days{sun: idle, sunBefore: idle}, sat, 2},
		{"zeros where a week before was use", 15, days{sun: idle}, sat, 3},
		{"zeros as a week before", 11, days{sun: idle, sunBefore: idle}, sun, 3},
		{"zeros where a week before was nothing", 11, days{sun: idle, sunBefore: nil}, sun, 3},
		{"usual zeros after a day that is late", 11, days{sun: idle, sunBefore: idle, sat: idle}, fri, 4},
		{"zeros of both days", 11, days{sun: idle, sat: idle}, fri, 4},
		{"no use at weekends, after ten", 11, days{sun: nil, sat: nil, sunBefore: nil, satBefore: nil}, sun, 4},
		{"no use at weekends, before ten", 9, days{sun: nil, sat: nil, sunBefore: nil, satBefore: nil}, fri, 4},
		{"a weekend that is late", 15, days{sun: nil, sat: nil}, fri, 4},
		{"a Sunday that is late after a Saturday without use", 15, days{sun: nil, sat: nil, satBefore: nil}, fri, 4},
		{"days off, which are out by their age", 11, days{sun: nil, sat: nil, fri: nil, thu: nil}, fri, 4},
		{"which changes at ten as well", 9, days{sun: nil, sat: nil, fri: nil, thu: nil}, thu, 5},
		{"zeros on days off", 11, days{sun: idle, sat: idle, fri: idle}, fri, 4},
		{"an app that nobody uses", 11, days{sun: nil, sat: nil, fri: nil, sunBefore: nil, satBefore: nil}, sun, 4},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at(t, 11, 23, tt.hour, func(t *testing.T) { // a Monday
				p := said(t, tt.days)
				a := newTestAsker(t, p)
				for range 2 { // the second time it is known
					d, err := a.Newest(t.Context(), "cli_a", People)
					if err != nil || d.String() != tt.want {
						t.Errorf("newest is %s, %v, want %s", d, err, tt.want)
					}
				}
				if got := len(p.asked()); got != tt.calls {
					t.Errorf("%d calls, want %d: %v", got, tt.calls, p.asked())
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
