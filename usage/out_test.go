package usage

import (
	"errors"
	"testing"
)

func TestOut(t *testing.T) {
	for name, tt := range map[string]struct {
		day   string
		isOut bool
		calls int
	}{
		"yesterday, which is late":      {"2026-11-22", false, 2},
		"the day before":                {"2026-11-21", true, 2},
		"a day of the past":             {"2026-01-05", true, 2},
		"today never, and nobody asks":  {"2026-11-23", false, 0},
		"nor what is yet to come, ever": {"2026-11-24", false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 23, 15, func(t *testing.T) {
				p := said(t, map[string]Figures{"2026-11-22": nil})
				state, err := newTestAsker(t, p).DayState(t.Context(), "cli_a", day(t, tt.day), Machines)
				if out := state == Published; err != nil || out != tt.isOut || len(p.asked()) != tt.calls {
					t.Errorf("it is in state %v, %v, after %d calls", state, err, len(p.asked()))
				}
			})
		})
	}
}

func TestWhatCannotBeFoundOutIsNotPublished(t *testing.T) {
	for name, tt := range map[string]struct {
		days map[string]Figures
		away string
	}{
		"the day itself":                      {nil, "2026-11-22"},
		"the day before a day of zeros":       {map[string]Figures{"2026-11-22": {ActiveUsers: 0}}, "2026-11-21"},
		"the day before one that has nothing": {map[string]Figures{"2026-11-22": nil}, "2026-11-21"},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 23, 11, func(t *testing.T) {
				p := said(t, tt.days)
				answers := p.fail
				p.fail = func(n int, ask Ask) error {
					return when(ask.Date.String() == tt.away, &Failure{Reason: Unavailable}, answers(n, ask))
				}
				a := newTestAsker(t, p)
				state, err := a.DayState(t.Context(), "cli_a", NewDate(2026, 11, 22), Machines)
				if failure := new(Failure); state == Published || !errors.As(err, &failure) || failure.Reason != Unavailable {
					t.Errorf("it is in state %v, %v", state, err)
				}
				p.fail = answers // it is asked again at once
				if _, err = a.DayState(t.Context(), "cli_a", NewDate(2026, 11, 22), Machines); err != nil {
					t.Error(err)
				}
			})
		})
	}
}
