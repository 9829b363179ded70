package usage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"
)

// archive is a history in memory that counts how often it is asked.
type archive struct {
	mu     sync.Mutex
	m      map[Request]Figures
	looks  int
	broken bool

	departments map[DepartmentRequest][]byte
}

var errArchive = errors.New("the archive is closed")

func (h *archive) Recall(_ context.Context, ask Request) (Figures, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.looks++; h.broken {
		return nil, false, errArchive
	}
	f, ok := h.m[ask]
	return f, ok, nil
}

func (h *archive) RecallFrom(_ context.Context, from Request, last Date) (map[Request]Figures, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.looks++; h.broken {
		return nil, errArchive
	}
	found := maps.Clone(h.m)
	maps.DeleteFunc(found, func(a Request, _ Figures) bool {
		date := a.Date
		a.Ability, a.Date = from.Ability, from.Date
		return a != from || date.Before(from.Date) || date.After(last)
	})
	return found, nil
}

func (h *archive) Remember(_ context.Context, ask Request, figures Figures) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken {
		return errArchive
	}
	if h.m == nil {
		h.m = map[Request]Figures{}
	}
	h.m[ask] = figures
	return nil
}

func (h *archive) RecallDepartments(_ context.Context, ask DepartmentRequest) ([]byte, bool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken {
		return nil, false, errArchive
	}
	b, ok := h.departments[ask]
	return b, ok, nil
}

func (h *archive) RememberDepartments(_ context.Context, ask DepartmentRequest, answer []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken {
		return errArchive
	}
	if h.departments == nil {
		h.departments = map[DepartmentRequest][]byte{}
	}
	h.departments[ask] = answer
	return nil
}

// restarted is a Client with an empty cache: what it knows, it knows from the history.
func restarted(t *testing.T, p *platform, h History) *Client {
	t.Helper()
	a := NewClient(Settings{Source: p, Quota: &window{}, Cache: &memory{}, History: h, Now: time.Now, Zone: shanghai})
	t.Cleanup(a.Close)
	return a
}

func TestWhatIsRememberedForGood(t *testing.T) {
	use, idle := Figures{ActiveUsers: 5}, Figures{ActiveUsers: 0, TotalUsers: 7}
	daily := func(d Date) question {
		return question{Request{AppID: "cli_a", Ability: AppAbility, Cycle: Daily, Date: d}, d}
	}
	week := question{Request{AppID: "cli_a", Ability: AppAbility, Cycle: Weekly, Date: NewDate(2026, 11, 16)}, NewDate(2026, 11, 22)}
	sofar := week
	sofar.through = NewDate(2026, 11, 21)
	month := question{Request{AppID: "cli_a", Ability: AppAbility, Cycle: Monthly, Date: NewDate(2026, 10, 1)}, NewDate(2026, 10, 31)}
	yesterday := NewDate(2026, 11, 22)
	for name, tt := range map[string]struct {
		day     int // of November
		hour    int
		q       question
		figures Figures // nil: the platform has nothing
		kept    bool
		unused  int // of November: use is last seen on the day before it; 0: on the question's last day
	}{
		"yesterday":                               {23, 23, daily(yesterday), use, false, 0},
		"two days later, before the hour":         {25, 9, daily(yesterday), use, false, 0},
		"two days later":                          {25, 10, daily(yesterday), use, true, 0},
		"zeros, before the hour":                  {25, 9, daily(yesterday), idle, false, 0},
		"zeros, two days later":                   {25, 10, daily(yesterday), idle, true, 0},
		"a whole week on its Monday":              {23, 15, week, use, false, 0},
		"a whole week on the Wednesday after":     {25, 10, week, use, true, 0},
		"a month that ended yesterday":            {1, 15, month, use, false, 0},
		"a month on the 3rd":                      {3, 11, month, use, true, 0},
		"a week that lacks its Sunday":            {25, 15, sofar, use, false, 0},
		"nothing there, a week ago":               {29, 15, daily(yesterday), nil, false, 0},
		"nothing there, more than seven days ago": {30, 15, daily(yesterday), nil, true, 0},
		"zeros, and no later use":                 {30, 15, daily(yesterday), idle, false, 22},
		"nothing, and no later use":               {30, 15, daily(yesterday), nil, false, 22},
		"a week whose Sunday has no use yet":      {30, 15, week, use, false, 22},
		"use":                                     {30, 15, daily(yesterday), use, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, tt.day, tt.hour, func(t *testing.T) {
				p, h := &platform{newest: yesterday, figures: func(Request) Figures { return tt.figures }}, &archive{}
				for range 2 {
					a := restarted(t, p, h)
					if tt.unused > 0 {
						a.prove(t.Context(), "cli_a", NewDate(2026, 11, tt.unused-1))
					} else {
						a.prove(t.Context(), "cli_a", tt.q.through)
					}
					figures, err := a.fetch(t.Context(), tt.q, People)
					if fmt.Sprint(figures) != fmt.Sprint(tt.figures) || absent(err) != (tt.figures == nil) {
						t.Errorf("%v, %v", figures, err)
					}
				}
				if calls := len(p.asked()); (calls == 1) != tt.kept {
					t.Errorf("asked %d times in two lives, kept for good: %v", calls, h.m)
				}
			})
		})
	}
}

func TestFiguresThatMayBeMendedAreAskedForAgain(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		d := NewDate(2026, 11, 22)
		p, h := &platform{newest: d}, &archive{}
		p.figures = func(Request) Figures { return Figures{ActiveUsers: int64(time.Now().In(shanghai).Day())} }
		a := restarted(t, p, h)
		q := question{Request{AppID: "cli_a", Ability: AppAbility, Cycle: Daily, Date: d}, d}
		var figures Figures
		for range 4 * 24 * 60 {
			var err error
			if figures, err = a.fetch(t.Context(), q, People); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
		// Every hour until 10 o'clock of the second day after, and then for good.
		if got := len(p.asked()); got != 48 || figures[ActiveUsers] != 25 {
			t.Errorf("asked %d times, the last answer is of the %dth", got, figures[ActiveUsers])
		}
	})
}

func TestAHistoryThatFailsIsNoErrorOfAQuestion(t *testing.T) {
	at(t, 11, 23, 15, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 5, PageViews: 1} }}
		if _, err := restarted(t, p, &archive{broken: true}).Report(t.Context(), weeklyWeb(), People); err != nil {
			t.Error(err)
		}
	})
}

// hanging is a history that does not answer until it is left.
type hanging struct {
	*archive

	answers, trends bool // what hangs: single answers, and those of a trend
}

func (h hanging) Recall(ctx context.Context, ask Request) (Figures, bool, error) {
	if h.answers {
		<-ctx.Done()
		return nil, false, ctx.Err()
	}
	return h.archive.Recall(ctx, ask)
}

func (h hanging) RecallFrom(ctx context.Context, from Request, last Date) (map[Request]Figures, error) {
	if h.trends {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return h.archive.RecallFrom(ctx, from, last)
}

func TestHistory_Hangs_HoldsUpNoQuestion(t *testing.T) {
	report := func(ctx context.Context, a *Client) error {
		_, err := a.Report(ctx, weeklyWeb(), People)
		return err
	}
	trend := func(ctx context.Context, a *Client) error {
		_, err := a.Trend(ctx, weeklyWeb(), 8, People, time.Minute)
		return err
	}
	for name, tt := range map[string]struct {
		hangs hanging
		ask   func(context.Context, *Client) error
		most  time.Duration
	}{
		"a question":     {hanging{archive: &archive{}, answers: true}, report, 10 * time.Second},
		"a trend's past": {hanging{archive: &archive{}, trends: true}, trend, 3 * time.Second},
	} {
		at(t, 11, 23, 15, func(t *testing.T) {
			p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 5} }}
			a := NewClient(Settings{Source: p, Quota: &window{}, Cache: &memory{}, History: tt.hangs, Now: time.Now, Zone: shanghai})
			defer a.Close()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			began := time.Now()
			if err := tt.ask(ctx, a); err != nil || time.Since(began) > tt.most {
				t.Errorf("%s: %v after %v", name, err, time.Since(began))
			}
		})
	}
}
