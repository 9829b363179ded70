package usage

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// platform answers as the page says, for one app without any history but what is set.
type platform struct {
	mu      sync.Mutex
	newest  Date // the newest day that is out
	figures func(Request) Figures
	fail    func(n int, ask Request) error // n counts calls from 1; nil: no failure
	took    time.Duration
	calls   []Request
}

func (p *platform) Overview(ctx context.Context, ask Request) (Figures, error) {
	p.mu.Lock()
	p.calls = append(p.calls, ask)
	n := len(p.calls)
	p.mu.Unlock()
	if p.took > 0 {
		if err := sleep(ctx, p.took); err != nil {
			return nil, &Failure{Reason: Unavailable, Err: err}
		}
	}
	if p.fail != nil {
		if err := p.fail(n, ask); err != nil {
			return nil, err
		}
	}
	if ask.Date.After(p.newest) {
		return nil, &Failure{Reason: NoData, Code: 211011, LogID: "log-1", Err: errors.New("data not found")}
	}
	return p.figures(ask), nil
}

func (p *platform) asked() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []string
	for _, a := range p.calls {
		list = append(list, fmt.Sprintf("%s %s %s %s", a.Ability, a.Cycle, a.Date, a.DepartmentID))
	}
	return list
}

// window is a quota in memory, with the same rules as the shared one.
type window struct {
	mu      sync.Mutex
	taken   []time.Time
	blocked time.Time
}

func (w *window) Take(_ context.Context, limit int) (string, time.Duration, int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	if wait := w.blocked.Sub(now); wait > 0 {
		return "", wait, 0
	}
	for len(w.taken) > 0 && now.Sub(w.taken[0]) >= time.Minute {
		w.taken = w.taken[1:]
	}
	if n := len(w.taken); n >= limit {
		return "", time.Minute - now.Sub(w.taken[n-limit]), 0
	}
	w.taken = append(w.taken, now)
	return "id", 0, limit - len(w.taken)
}
func (w *window) Settle(context.Context, string) {}
func (w *window) Cancel(context.Context, string) {}
func (w *window) Block(_ context.Context, d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.blocked = time.Now().Add(d)
}

type memory struct {
	mu sync.Mutex
	m  map[string]kept
}
type kept struct {
	value []byte
	until time.Time
}

func (c *memory) Get(_ context.Context, key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.m[key]
	return k.value, ok && time.Now().Before(k.until)
}

func (c *memory) Put(_ context.Context, key string, value []byte, ttl time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[string]kept{}
	}
	c.m[key] = kept{value, time.Now().Add(ttl)}
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// At runs a test at a moment of 2026 in Shanghai, on a clock of its own.
func at(t *testing.T, month time.Month, day, hour int, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, month, day, hour, 0, 0, 0, shanghai)))
		test(t)
	})
}

func newTestAsker(t *testing.T, p *platform) *Client {
	t.Helper()
	a := NewClient(Settings{Source: p, Quota: &window{}, Cache: &memory{}, Now: time.Now, Zone: shanghai})
	t.Cleanup(a.Close)
	return a
}

func weeklyWeb() Query {
	return Query{App: App{ID: "cli_a"}, Ability: Web, Cycle: Weekly, Department: Department{ID: "od-1"}}
}

func fixed(values map[string]Figures) func(Request) Figures {
	return func(a Request) Figures { return values[fmt.Sprintf("%s %s %s", a.Ability, a.Cycle, a.Date)] }
}

func TestReportOfAWeekBesideTheWeekBefore(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: fixed(map[string]Figures{
			"app daily 2026-11-22": {ActiveUsers: 80},
			"h5 weekly 2026-11-16": {ActiveUsers: 120, PageViews: 900, Opens: 300, NewUsers: 5},
			"h5 weekly 2026-11-09": {ActiveUsers: 100, PageViews: 1000},
		})}
		r, err := newTestAsker(t, p).Report(t.Context(), weeklyWeb(), People)
		if err != nil {
			t.Fatal(err)
		}
		want := Report{
			Query: weeklyWeb(), Period: Period{Weekly, NewDate(2026, 11, 16)}, Through: NewDate(2026, 11, 22), Complete: true, Over: true,
			Before: Period{Weekly, NewDate(2026, 11, 9)},
			Sections: []Section{{Ability: Web, Rows: []Row{
				{Metric: ActiveUsers, Value: ptr(120), Before: ptr(100), Change: Change{ByPercent, 20, 20}},
				{Metric: PageViews, Value: ptr(900), Before: ptr(1000), Change: Change{ByPercent, -100, -10}},
				{Metric: Opens, Value: ptr(300)},
			}}},
		}
		r.days = availability{} // not shown
		if diff := cmp.Diff(want, r, cmp.AllowUnexported(Report{}, availability{})); diff != "" {
			t.Error(diff)
		}
		wantAsked := map[string]bool{"app daily 2026-11-22 ": true, "h5 weekly 2026-11-16 od-1": true, "h5 weekly 2026-11-09 od-1": true}
		for _, a := range p.asked() {
			if !wantAsked[a] {
				t.Errorf("asked for %s", a)
			}
		}
	})
}

func TestTotalUsersOfAWeekAreAsOfItsLastDay(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: fixed(map[string]Figures{
			"app daily 2026-11-22":  {ActiveUsers: 80, TotalUsers: 5000},
			"app weekly 2026-11-16": {ActiveUsers: 120, TotalUsers: 0}, // "cycle_type只能为1": whatever it sends here is no figure
			"app weekly 2026-11-09": {ActiveUsers: 100, TotalUsers: 0},
		})}
		q := weeklyWeb()
		q.Ability, q.Department = AppAbility, Department{}
		r, err := newTestAsker(t, p).Report(t.Context(), q, People)
		if err != nil {
			t.Fatal(err)
		}
		got := r.Sections[0].Rows[2]
		want := Row{Metric: TotalUsers, Value: ptr(5000), AsOf: NewDate(2026, 11, 22)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestBotHasActiveUsersOnly(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures {
			return Figures{ActiveUsers: 30, PageViews: 0, Opens: 0, TotalUsers: 0, NewUsers: 0}
		}}
		q := weeklyWeb()
		q.Ability = Bot
		r, err := newTestAsker(t, p).Report(t.Context(), q, People)
		if err != nil {
			t.Fatal(err)
		}
		if rows := r.Sections[0].Rows; len(rows) != 1 || rows[0].Metric != ActiveUsers {
			t.Errorf("got %+v", rows)
		}
	})
}

func TestUnfinishedWeekIsNotCompared(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 100, PageViews: 50} }}
		q := weeklyWeb()
		q.When = When{Kind: ThisWeek}
		r, err := newTestAsker(t, p).Report(t.Context(), q, People)
		if err != nil {
			t.Fatal(err)
		}
		if r.Complete || r.Through != NewDate(2026, 11, 24) {
			t.Errorf("complete %v through %s", r.Complete, r.Through)
		}
		for _, row := range r.Sections[0].Rows {
			if row.Change.Kind != Incomparable {
				t.Errorf("%s of two days was compared with a week: %+v", row.Metric, row.Change)
			}
		}
	})
}

func TestAllAbilitiesStandSideBySide(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(a Request) Figures {
			return Figures{ActiveUsers: map[Ability]int64{AppAbility: 50, MiniProgram: 30, Web: 40, Bot: 20}[a.Ability]}
		}}
		p.fail = func(_ int, a Request) error {
			if a.Ability == MiniProgram {
				return &Failure{Reason: NoData}
			}
			return nil
		}
		q := weeklyWeb()
		q.Ability = All
		r, err := newTestAsker(t, p).Report(t.Context(), q, People)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range r.Sections {
			if s.Missing {
				got = append(got, string(s.Ability)+" missing")
				continue
			}
			got = append(got, fmt.Sprint(s.Ability, " ", *s.Rows[0].Value))
		}
		if diff := cmp.Diff([]string{"app 50", "mp missing", "h5 40", "bot 20"}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestNoDataForASingleAbilityKeepsThePlatformsWords(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 1} }}
		p.fail = func(_ int, a Request) error {
			if a.Ability == Web {
				return &Failure{Reason: NoData, Code: 211011, LogID: "log-7"}
			}
			return nil
		}
		a := newTestAsker(t, p)
		for range 2 { // the second time out of the cache
			_, err := a.Report(t.Context(), weeklyWeb(), People)
			failure := new(Failure)
			if !errors.As(err, &failure) || failure.Reason != NoData || failure.LogID != "log-7" {
				t.Errorf("got %v", err)
			}
		}
	})
}

func TestBeforeTenTheNewestDayIsGiven(t *testing.T) {
	at(t, 11, 23, 9, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 21), figures: func(Request) Figures { return Figures{ActiveUsers: 100} }}
		a := newTestAsker(t, p)
		q := weeklyWeb()
		q.Cycle = Daily
		r, err := a.Report(t.Context(), q, People)
		if err != nil {
			t.Fatal(err)
		}
		if r.Period.Start != NewDate(2026, 11, 21) || r.NotOut == nil || r.NotOut.Start != NewDate(2026, 11, 22) {
			t.Errorf("got %v, not out %v", r.Period, r.NotOut)
		}
		// It comes out; within two minutes the bot knows.
		p.mu.Lock()
		p.newest = NewDate(2026, 11, 22)
		p.mu.Unlock()
		time.Sleep(2 * time.Minute)
		if r, err = a.Report(t.Context(), q, People); err != nil || r.Period.Start != NewDate(2026, 11, 22) || r.NotOut != nil {
			t.Errorf("after publication: %v, not out %v, %v", r.Period, r.NotOut, err)
		}
	})
}

func TestAWeekAskedBeforeItsLastDayIsAskedAgainAfterIt(t *testing.T) {
	at(t, 11, 23, 9, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 21)}
		p.figures = func(Request) Figures { return Figures{ActiveUsers: int64(p.newest.Day)} }
		a := newTestAsker(t, p)
		q := weeklyWeb()
		q.When = When{Kind: LastWeek}
		r, err := a.Report(t.Context(), q, People)
		if err != nil || r.Complete {
			t.Fatalf("complete %v, %v", r.Complete, err)
		}
		p.mu.Lock()
		p.newest = NewDate(2026, 11, 22)
		p.mu.Unlock()
		time.Sleep(2 * time.Minute)
		r, err = a.Report(t.Context(), q, People)
		if err != nil || !r.Complete || *r.Sections[0].Rows[0].Value != 22 {
			t.Errorf("complete %v, %+v, %v: the week without its Sunday was given for the whole", r.Complete, r.Sections, err)
		}
	})
}

func TestEqualQuestionsAreAskedOnce(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), took: time.Second, figures: func(Request) Figures { return Figures{ActiveUsers: 100} }}
		a := newTestAsker(t, p)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if _, err := a.Report(t.Context(), weeklyWeb(), People); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got := len(p.asked()); got != 3 {
			t.Errorf("50 equal questions cost %d calls, want 3: %v", got, p.asked())
		}
	})
}

func TestABurstBeyondTheQuotaIsAnsweredWithinIt(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		var times []time.Time
		var mu sync.Mutex
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 100} }}
		p.fail = func(int, Request) error {
			mu.Lock()
			defer mu.Unlock()
			times = append(times, time.Now())
			return nil
		}
		a := newTestAsker(t, p)
		var wg sync.WaitGroup
		for i := range 130 {
			wg.Go(func() {
				q := weeklyWeb()
				q.Department.ID = fmt.Sprint("od-", i)
				if _, err := a.Report(t.Context(), q, People); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i := range times {
			if i >= CallsPerMinute && times[i].Sub(times[i-CallsPerMinute]) < time.Minute {
				t.Fatalf("call %d came %v after the 100th before it", i, times[i].Sub(times[i-CallsPerMinute]))
			}
		}
		if len(times) != 261 {
			t.Errorf("%d calls, want 2 for each question and 1 for the newest day", len(times))
		}
	})
}

func TestPeopleComeBeforeMachines(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 100} }}
		a := newTestAsker(t, p)
		ctx, stop := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 200 {
			wg.Go(func() {
				q := weeklyWeb()
				q.Department.ID = fmt.Sprint("od-m", i)
				_, _ = a.Report(ctx, q, Machines)
			})
		}
		synctest.Wait()
		start := time.Now()
		if _, err := a.Report(t.Context(), weeklyWeb(), People); err != nil {
			t.Error(err)
		}
		if waited := time.Since(start); waited > 0 {
			t.Errorf("a person waited %v behind the machines", waited)
		}
		stop()
		wg.Wait()
	})
}

func TestThrottlingIsWaitedOut(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 100} }}
		p.fail = func(n int, _ Request) error {
			if n == 1 {
				return &Failure{Reason: Throttled, RetryAfter: 52 * time.Second}
			}
			return nil
		}
		start, a := time.Now(), newTestAsker(t, p)
		time.AfterFunc(2*time.Second, func() {
			if told := a.Backlog(People.For("ou_other")); told < 49*time.Second || told > 50*time.Second {
				t.Errorf("2 s later people are told to wait %v, the platform said 52 s", told)
			}
		})
		if _, err := a.Report(t.Context(), weeklyWeb(), People); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < 52*time.Second || waited > 53*time.Second {
			t.Errorf("waited %v, the platform said 52 s", waited)
		}
		if told := a.Backlog(People); told != 0 {
			t.Errorf("afterwards people are told to wait %v", told)
		}
	})
}

// TestCalledSince asks for what is not known, and then for the same again.
func TestCalledSince(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 100} }}
		a := newTestAsker(t, p)
		for i, want := range []bool{true, false} {
			time.Sleep(time.Second)
			began := time.Now()
			if _, err := a.Report(t.Context(), weeklyWeb(), People.For("ou_1")); err != nil {
				t.Fatal(err)
			}
			if got := a.CalledSince(People.For("ou_1"), began); got != want || a.CalledSince(People.For("ou_2"), began) {
				t.Errorf("question %d needed a call: %v, want %v, and none for another person", i, got, want)
			}
		}
		made := len(p.calls)
		began := time.Now()
		if _, err := a.Report(t.Context(), weeklyWeb(), Stored.For("ou_1")); err != nil || a.CalledSince(Stored.For("ou_1"), began) {
			t.Errorf("a stored answer without calls: %v", err)
		}
		other := weeklyWeb()
		other.Ability = Bot
		if _, err := a.Report(t.Context(), other, Stored.For("ou_1")); !errors.Is(err, ErrNotStored) || !a.CalledSince(Stored.For("ou_1"), began) {
			t.Errorf("without a stored answer: %v, want ErrNotStored", err)
		}
		if n := len(p.calls); n != made || a.CalledSince(People.For("ou_1"), began) {
			t.Errorf("%d calls were made where none may be", n-made)
		}
		time.Sleep(2 * askedRetention)
		_, _ = a.Report(t.Context(), weeklyWeb(), People.For("ou_2"))
		if n := len(a.overview.asked); n != 1 {
			t.Errorf("%d people are remembered, want those of the last hour", n)
		}
	})
}

func TestEndlessThrottlingIsTold(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{fail: func(int, Request) error { return &Failure{Reason: Throttled, RetryAfter: 20 * time.Second} }}
		start := time.Now()
		_, err := newTestAsker(t, p).Report(t.Context(), weeklyWeb(), People)
		failure := new(Failure)
		if !errors.As(err, &failure) || failure.Reason != Throttled {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took > 2*time.Minute {
			t.Errorf("it was told after %v", took)
		}
	})
}

func TestAPlatformThatDoesNotAnswerIsTriedAgain(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 100} }}
		p.fail = func(n int, _ Request) error {
			if n <= 2 {
				return &Failure{Reason: Unavailable}
			}
			return nil
		}
		if _, err := newTestAsker(t, p).Report(t.Context(), weeklyWeb(), People); err != nil {
			t.Error(err)
		}
	})
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{fail: func(int, Request) error { return &Failure{Reason: Unavailable, LogID: "log-3"} }}
		_, err := newTestAsker(t, p).Report(t.Context(), weeklyWeb(), People)
		failure := new(Failure)
		if !errors.As(err, &failure) || failure.Reason != Unavailable || len(p.asked()) != maxAttempts {
			t.Errorf("got %v after %d calls", err, len(p.asked()))
		}
	})
}

func TestARefusalIsNotRepeated(t *testing.T) {
	for _, reason := range []Reason{PlanTooSmall, UnknownApp, UnknownDepartment, BadDate, BadCycle, MissingScope, WrongSecret, AppDisabled, IPDenied, MonthQuota, Rejected} {
		at(t, 11, 23, 11, func(t *testing.T) {
			p := &platform{fail: func(int, Request) error { return &Failure{Reason: reason} }}
			_, err := newTestAsker(t, p).Report(t.Context(), weeklyWeb(), People)
			failure := new(Failure)
			if !errors.As(err, &failure) || failure.Reason != reason || len(p.asked()) != 1 {
				t.Errorf("%s: got %v after %d calls", reason, err, len(p.asked()))
			}
		})
	}
}

func TestWhoGivesUpDoesNotSpoilTheAnswerForTheOthers(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), took: time.Second, figures: func(Request) Figures { return Figures{ActiveUsers: 100} }}
		a := newTestAsker(t, p)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := a.Report(ctx, weeklyWeb(), People); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who gave up got %v", err)
			}
		})
		time.Sleep(50 * time.Millisecond)
		wg.Go(func() {
			if _, err := a.Report(t.Context(), weeklyWeb(), People); err != nil {
				t.Errorf("who stayed got %v", err)
			}
		})
		wg.Wait()
	})
}
