package usage

import (
	"errors"
	"strings"
	"testing"
	"time"
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
				p.fail = func(n int, ask Request) error {
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

// said is a platform with use on every day except the given ones; nil means "data not found".
func said(t *testing.T, days map[string]Figures) *platform {
	t.Helper()
	p := &platform{newest: NewDate(2026, 11, 22), figures: func(ask Request) Figures {
		if f, named := days[ask.Date.String()]; named {
			return f
		}
		return Figures{ActiveUsers: 5, TotalUsers: 9}
	}}
	p.fail = func(_ int, ask Request) error {
		f, named := days[ask.Date.String()]
		return when(named && f == nil, &Failure{Reason: NoData})
	}
	return p
}

func TestNewest(t *testing.T) {
	const sun, sat, fri, thu, wed = "2026-11-22", "2026-11-21", "2026-11-20", "2026-11-19", "2026-11-18"
	type days = map[string]Figures
	idle := Figures{ActiveUsers: 0, TotalUsers: 9}
	since := func(n int, f Figures) days { // the last n days
		all := days{}
		for d := range n {
			all[NewDate(2026, 11, 22).AddDays(-d).String()] = f
		}
		return all
	}
	zeroDays := func(first, last int) (list string) { // of November
		for d := first; d <= last; d++ {
			list += NewDate(2026, 11, d).String() + " "
		}
		return list
	}
	tests := []struct {
		name  string
		hour  int
		days  days // what differs from use; nil: 211011
		want  string
		zeros string // the later days of zeros
		calls int
	}{
		{"yesterday has use", 11, nil, sun, "", 1},
		{"earlier than usual", 3, nil, sun, "", 1},
		{"nothing before ten", 9, days{sun: nil}, sat, "", 2},
		{"nothing in the evening, whatever the hour", 23, days{sun: nil}, sat, "", 2},
		{"zeros in the night", 3, days{sun: idle}, sat, sun, 2},
		{"zeros in the afternoon", 15, days{sun: idle}, sat, sun, 2},
		{"only people of all times", 15, days{sun: {TotalUsers: 9}}, sat, sun, 2},
		{"use of one kind is use", 15, days{sun: {ActiveUsers: 0, PageViews: 1}}, sun, "", 1},
		{"less than none is no use", 15, days{sun: {ActiveUsers: 0, NewUsers: -1}}, sat, sun, 2},
		{"zeros as a week before", 11, days{sun: idle, "2026-11-15": idle}, sat, sun, 2},
		{"zeros of both days", 11, days{sun: idle, sat: idle}, fri, sat + " " + sun, 3},
		{"zeros after a day of nothing", 11, days{sun: idle, sat: nil}, fri, sun, 3},
		{"nothing after a day of zeros", 11, days{sun: nil, sat: idle}, fri, sat, 3},
		{"zeros before a day with use", 11, days{sat: idle, fri: idle}, sun, "", 1},
		{"no use at weekends", 11, days{sun: nil, sat: nil, "2026-11-15": nil, "2026-11-14": nil}, fri, "", 3},
		{"days off are not published by their age", 11, days{sun: nil, sat: nil, fri: nil, thu: nil}, wed, "", 5},
		{"nor by zeros", 11, days{sun: idle, sat: idle, fri: idle, thu: idle}, wed, thu + " " + fri + " " + sat + " " + sun, 5},
		// Seven days, two weeks, and the days of the week with use: seven in the one case, one in the other.
		{"not used for weeks, with nothing", 11, since(20, nil), "2026-11-02", "", 7 + 2 + 7},
		{"not used for weeks, with zeros", 11, since(14, idle), "2026-11-08", zeroDays(9, 22), 7 + 2 + 1},
		{"an app that nobody uses", 11, since(100, nil), "2026-10-18", "", 7 + 4},
		{"with zeros", 11, since(100, idle), "2026-10-18", zeroDays(1, 22), 7 + 4},
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
					for back := 1; back < 22; back++ {
						d := NewDate(2026, 11, 23).AddDays(-back)
						want := NotPublished
						switch {
						case !d.After(day(t, tt.want)):
							want = Published
						case strings.Contains(tt.zeros, d.String()):
							want = ZerosOnly
						}
						if got, err := a.DayState(t.Context(), "cli_a", d, People); err != nil || got != want {
							t.Errorf("%s is in state %v, %v, want %v", d, got, err, want)
						}
					}
				}
				if got := len(p.asked()); got != tt.calls {
					t.Errorf("%d calls, want %d: %v", got, tt.calls, p.asked())
				}
			})
		})
	}
}

// TestWhatMayComeIsAskedForAgain within a minute; that yesterday is published, and what each app has, is known.
func TestWhatMayComeIsAskedForAgain(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		days := map[string]Figures{"2026-11-22": {ActiveUsers: 0}}
		p := said(t, nil)
		p.figures = func(ask Request) Figures {
			if f, named := days[ask.Date.String()]; named && ask.AppID == "cli_a" {
				return f
			}
			return Figures{ActiveUsers: 5}
		}
		a := newTestAsker(t, p)
		sunday := NewDate(2026, 11, 22)
		look := func(app string, want DayState, calls int) {
			t.Helper()
			before := len(p.asked())
			got, err := a.DayState(t.Context(), app, sunday, People)
			if n := len(p.asked()) - before; err != nil || got != want || n != calls {
				t.Errorf("%s: state %v, %v, after %d calls, want %v after %d", app, got, err, n, want, calls)
			}
		}
		look("cli_a", ZerosOnly, 2)
		look("cli_b", Published, 1)
		time.Sleep(59 * time.Second)
		look("cli_a", ZerosOnly, 0)
		time.Sleep(2 * time.Second)
		look("cli_a", ZerosOnly, 1) // Saturday has use: that is known
		delete(days, "2026-11-22")
		time.Sleep(time.Minute)
		look("cli_a", Published, 1)
		time.Sleep(12 * time.Hour)
		look("cli_a", Published, 0)
		look("cli_b", Published, 0)
	})
}

func TestAnAnswerWithoutMetricsIsNone(t *testing.T) {
	at(t, 11, 23, 9, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(ask Request) Figures {
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
		q.Cycle, q.When = Daily, When{Kind: OnDay, Date: NewDate(2026, 11, 23)}
		timeError := new(TimeError)
		if _, err := a.Report(t.Context(), q, People); !errors.As(err, &timeError) {
			t.Errorf("today gave %v", err)
		}
	})
}

func TestALongQueueIsWaitedFor(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 1} }}
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
