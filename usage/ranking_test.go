package usage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// directoryOf gives the departments of a list below each other.
func directoryOf(list []Department) func(context.Context, string) ([]Department, error) {
	return func(_ context.Context, id string) ([]Department, error) {
		if id == "" {
			id = RootID
		}
		var found []Department
		for _, d := range list {
			if d.ParentID == id {
				found = append(found, d)
			}
		}
		return found, nil
	}
}

// listings answer with what a func says of the departments below one, page by page as the platform does.
type listings struct {
	mu    sync.Mutex
	list  func(DepartmentRequest) ([]DepartmentFigures, error)
	calls []string
}

func (l *listings) DepartmentUsage(_ context.Context, ask DepartmentRequest, token string) (DepartmentPage, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, fmt.Sprintf("%s %s %s %s", ask.Cycle, ask.Date, ask.DepartmentID, token))
	list, err := l.list(ask)
	if err != nil {
		return DepartmentPage{}, err
	}
	from := 0
	if token != "" {
		if _, err := fmt.Sscanf(token, "from %d", &from); err != nil {
			return DepartmentPage{}, &Failure{Reason: Rejected, Code: 210501}
		}
	}
	until := min(from+DepartmentsOnPage, len(list))
	page := DepartmentPage{Departments: list[from:until]}
	if until < len(list) {
		page.Next = fmt.Sprintf("from %d", until)
	}
	return page, nil
}

func (l *listings) asked() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.calls)
}

func appUse(id string, n int64) DepartmentFigures {
	return DepartmentFigures{DepartmentID: id, Figures: map[Ability]Figures{AppAbility: {ActiveUsers: n}}}
}

// ranked writes a Ranking down.
func ranked(r Ranking) string {
	var rows []string
	for _, row := range r.Rows {
		s := row.Department.Name
		if row.Value != nil {
			s += fmt.Sprintf("=%d", *row.Value)
		}
		if row.Before != nil {
			s += fmt.Sprintf(" from %d", *row.Before)
		}
		if row.Below > 0 {
			s += fmt.Sprintf(" (%d)", row.Below)
		}
		rows = append(rows, s)
	}
	return strings.Join(rows, ", ")
}

func newRankingAsker(t *testing.T, p *platform, l *listings, list []Department) *Client {
	t.Helper()
	a := NewClient(Settings{
		Source: p, Quota: &window{}, Cache: &memory{}, Now: time.Now, Zone: shanghai,
		Departments: l, DepartmentQuota: &window{}, Children: directoryOf(list),
	})
	t.Cleanup(a.Close)
	return a
}

func weeklyIn(department string) Query {
	q := Query{App: App{ID: "cli_a"}, Ability: AppAbility, Cycle: Weekly}
	q.Department.ID = department
	return q
}

func TestRanking(t *testing.T) {
	const several = -1 // as many as it takes
	week := NewDate(2026, 11, 16)
	full := func(ask DepartmentRequest) ([]DepartmentFigures, error) {
		backend := DepartmentFigures{"od-be", map[Ability]Figures{AppAbility: {ActiveUsers: 30}, Web: {ActiveUsers: 20}}}
		if ask.Date.Before(week) {
			backend = appUse("od-be", 25)
		}
		return []DepartmentFigures{appUse("od-rd", 99), backend, appUse("od-fe", 0), appUse("od-stranger", 7)}, nil
	}
	only := func(list ...DepartmentFigures) func(DepartmentRequest) ([]DepartmentFigures, error) {
		return func(DepartmentRequest) ([]DepartmentFigures, error) { return list, nil }
	}
	refuse := func(reason Reason) func(DepartmentRequest) ([]DepartmentFigures, error) {
		return func(DepartmentRequest) ([]DepartmentFigures, error) {
			return nil, &Failure{Reason: reason, LogID: string(reason)}
		}
	}
	for name, tt := range map[string]struct {
		department string
		ability    Ability
		when       When
		list       func(DepartmentRequest) ([]DepartmentFigures, error)
		want       string
		fails      Reason
		lists      int // calls for several departments
		singles    int // calls for one
	}{
		"a department's":                    {"od-rd", AppAbility, When{}, full, "后端组=30 from 25, 前端组=0 from 0", "", 2, 0},
		"all abilities are the app":         {"od-rd", All, When{}, full, "后端组=30 from 25, 前端组=0 from 0", "", 2, 0},
		"an ability that is not listed":     {"od-rd", Web, When{}, full, "后端组=20, 前端组=0 from 0", "", 2, 0},
		"an unfinished week":                {"od-rd", AppAbility, When{Kind: ThisWeek}, full, "后端组=30, 前端组=0", "", 1, 0},
		"no department below":               {"od-be", AppAbility, When{}, full, "", "", 0, 0},
		"some left out":                     {"od-rd", AppAbility, When{}, only(appUse("od-be", 9)), "前端组=50 from 50, 后端组=9 from 9", "", 2, 2},
		"about other departments":           {"od-rd", AppAbility, When{}, only(appUse("od-x", 9)), "后端组=50 from 50, 前端组=50 from 50", "", 2, 4},
		"refused":                           {"od-rd", AppAbility, When{}, refuse(Rejected), "后端组=50 from 50, 前端组=50 from 50", "", 2, 4},
		"unknown there":                     {"od-rd", AppAbility, When{}, refuse(UnknownDepartment), "后端组=50 from 50, 前端组=50 from 50", "", 2, 4},
		"nothing there":                     {"od-rd", AppAbility, When{}, refuse(NoData), "", NoData, several, 0},
		"away":                              {"od-rd", AppAbility, When{}, refuse(Unavailable), "", Unavailable, several, 0},
		"the top, at once":                  {"", AppAbility, When{}, only(appUse("od-rd", 60), appUse("od-ai", 3)), "研发部=60 from 60 (2), AI Lab=3 from 3", "", 2, 0},
		"the top, refused":                  {"", AppAbility, When{}, refuse(UnknownDepartment), "研发部=50 from 50 (2), AI Lab=50 from 50", "", 1, 4},
		"the top, where the app has nobody": {"0", AppAbility, When{}, refuse(NoData), "研发部=50 from 50 (2), AI Lab=50 from 50", "", 2, 4},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 50} }}
				l := &listings{list: tt.list}
				a := newRankingAsker(t, p, l, []Department{company()[0], company()[1], company()[2], company()[8]})
				q := weeklyIn(tt.department)
				q.Ability, q.When = tt.ability, tt.when
				r, err := a.Ranking(t.Context(), q, People)
				failure := new(Failure)
				if errors.As(err, &failure); ranked(r) != tt.want || failure.Reason != tt.fails {
					t.Errorf("%s, %v", ranked(r), err)
				}
				if lists := len(l.asked()); tt.lists != several && lists != tt.lists {
					t.Errorf("%d calls for several departments: %v", lists, l.asked())
				}
				if singles := len(p.asked()) - 1; singles != tt.singles {
					t.Errorf("%d calls for single ones: %v", singles, p.asked())
				}
			})
		})
	}
}

func TestARankingIsRememberedAndSoIsARefusal(t *testing.T) {
	for name, tt := range map[string]struct {
		refused Reason // "": it is answered
		after   time.Duration
		lists   int
		singles int
	}{
		"an answer":                                 {"", 0, 2, 0},
		"an answer, an hour later":                  {"", 61 * time.Minute, 3, 0}, // last week's end is recent
		"a refusal":                                 {UnknownDepartment, 0, 1, 4},
		"a refusal, an hour later":                  {Rejected, 61 * time.Minute, 1, 6},
		"a refusal, a day later":                    {Rejected, 25 * time.Hour, 2, 6},
		"a missing scope is no lack of departments": {MissingScope, 0, 2, 4}, // the second time each is known by itself
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 23, 15, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 23), figures: func(Request) Figures { return Figures{ActiveUsers: 50} }}
				l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) {
					if tt.refused != "" {
						return nil, &Failure{Reason: tt.refused}
					}
					return []DepartmentFigures{appUse("od-rd", 60), appUse("od-ai", 3)}, nil
				}}
				a := newRankingAsker(t, p, l, []Department{company()[0], company()[8]})
				q := weeklyIn("")
				q.When = When{Kind: OnDay, Date: NewDate(2026, 11, 16)}
				for range 2 {
					if _, err := a.Ranking(t.Context(), q, People); err != nil {
						t.Fatal(err)
					}
					time.Sleep(tt.after)
				}
				singles := 0
				for _, asked := range p.asked() {
					if strings.Contains(asked, "weekly") {
						singles++
					}
				}
				if len(l.asked()) != tt.lists || singles != tt.singles {
					t.Errorf("%d calls for several departments and %d for single ones, want %d and %d", len(l.asked()), singles, tt.lists, tt.singles)
				}
			})
		})
	}
}

// manyDepartments makes n departments below one.
func manyDepartments(n int) (list []Department, use []DepartmentFigures) {
	list, use = []Department{{ID: "od-all", Name: "all"}}, []DepartmentFigures{appUse("od-all", 9999)}
	for i := range n {
		d := Department{ID: fmt.Sprint("od-", i), ParentID: "od-all", Name: fmt.Sprint("d", i)}
		list, use = append(list, d), append(use, appUse(d.ID, int64(i)))
	}
	return list, use
}

func TestARankingOfHundredsOfDepartments(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		list, use := manyDepartments(640)
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 50} }}
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) { return use, nil }}
		r, err := newRankingAsker(t, p, l, list).Ranking(t.Context(), weeklyIn("od-all"), Machines)
		if err != nil || len(r.Rows) != 640 || *r.Rows[0].Value != 639 || *r.Rows[639].Value != 0 {
			t.Errorf("%d rows, %v", len(r.Rows), err)
		}
		if len(l.asked()) != 2*33 || len(p.asked()) != 1 {
			t.Errorf("%d pages, %d calls for single departments", len(l.asked()), len(p.asked())-1)
		}
	})
	at(t, 11, 25, 11, func(t *testing.T) {
		list, _ := manyDepartments(640)
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 50} }}
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) { return nil, &Failure{Reason: Rejected} }}
		r, err := newRankingAsker(t, p, l, list).Ranking(t.Context(), weeklyIn("od-all"), People)
		if err != nil || r.Rows[maxOneByOne-1].Value == nil || r.Rows[maxOneByOne].Value != nil {
			t.Errorf("%d rows, %v", len(r.Rows), err)
		}
		if got := len(p.asked()); got != 1+2*maxOneByOne {
			t.Errorf("%d calls for single departments", got)
		}
	})
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 50} }}
		endless := endlessPages{}
		a := newRankingAsker(t, p, nil, company())
		a.departmentSource = &endless
		if _, err := a.Ranking(t.Context(), weeklyIn("od-rd"), People); err != nil || endless.calls.Load() != 2*2 {
			t.Errorf("%d calls, %v", endless.calls.Load(), err)
		}
	})
}

// endlessPages always has one more.
type endlessPages struct{ calls atomic.Int64 }

func (e *endlessPages) DepartmentUsage(context.Context, DepartmentRequest, string) (DepartmentPage, error) {
	n := e.calls.Add(1)
	return DepartmentPage{Departments: []DepartmentFigures{appUse("od-be", 1)}, Next: fmt.Sprint(n)}, nil
}

func TestThrottlingOfSeveralDepartmentsIsWaitedOutAlone(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 50} }}
		tries := 0
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) {
			if tries++; tries == 1 {
				return nil, &Failure{Reason: Throttled, RetryAfter: 20 * time.Second}
			}
			return []DepartmentFigures{appUse("od-be", 1), appUse("od-fe", 2)}, nil
		}}
		a, began := newRankingAsker(t, p, l, company()), time.Now()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := a.Ranking(t.Context(), weeklyIn("od-rd"), People); err != nil || time.Since(began) != 20*time.Second {
				t.Errorf("%v after %v", err, time.Since(began))
			}
		})
		synctest.Wait()
		if _, err := a.Report(t.Context(), weeklyWeb(), People); err != nil || time.Since(began) != 0 {
			t.Errorf("the overview, which has a quota of its own: %v after %v", err, time.Since(began))
		}
		wg.Wait()
	})
}

func TestARankingIsKeptForGood(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 50} }}
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) {
			return []DepartmentFigures{appUse("od-be", 5), appUse("od-fe", 0)}, nil
		}}
		h := &archive{}
		for range 2 {
			a := restarted(t, p, h)
			a.departmentSource, a.children = l, directoryOf(company())
			a.listings = newQuotaQueue(&window{})
			r, err := a.Ranking(t.Context(), weeklyIn("od-rd"), People)
			if err != nil || ranked(r) != "后端组=5 from 5, 前端组=0 from 0" {
				t.Errorf("%s, %v", ranked(r), err)
			}
		}
		if got := len(l.asked()); got != 2 {
			t.Errorf("asked %d times in two lives", got)
		}
	})
}

// TestRanking_RecheckFails has the platform fail when a ranking of an unfinished week is checked. It must not look empty.
func TestRanking_RecheckFails(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		var listed atomic.Bool
		p := lateBy(NewDate(2026, 11, 24), 9*time.Hour).platform()
		p.took = time.Second
		p.fail = func(_ int, ask Request) error {
			return when(listed.Load() && ask.Cycle == Daily, &Failure{Reason: Rejected, LogID: "check"})
		}
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) {
			time.Sleep(time.Second)
			listed.Store(true)
			return []DepartmentFigures{appUse("od-be", 1), appUse("od-fe", 2)}, nil
		}}
		q := weeklyIn("od-rd")
		q.When = When{Kind: ThisWeek}
		r, err := newRankingAsker(t, p, l, company()).Ranking(t.Context(), q, People)
		if failure := new(Failure); !errors.As(err, &failure) || failure.LogID != "check" {
			t.Errorf("%s, %v", ranked(r), err)
		}
	})
}

// TestRanking_NothingCounted_Fails refuses the list, and then each department.
func TestRanking_NothingCounted_Fails(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 50} }}
		p.fail = func(_ int, ask Request) error {
			return when(ask.DepartmentID != "", &Failure{Reason: Rejected, LogID: "single"})
		}
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) {
			return nil, &Failure{Reason: Rejected, LogID: "list"}
		}}
		r, err := newRankingAsker(t, p, l, company()).Ranking(t.Context(), weeklyIn("od-rd"), People)
		if failure := new(Failure); !errors.As(err, &failure) || failure.LogID != "single" {
			t.Errorf("%s, %v", ranked(r), err)
		}
	})
}

// TestRanking_OneByOne_LeavesAReserve has a question wait for nothing while a hundred departments are asked for one by one.
func TestRanking_OneByOne_LeavesAReserve(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		list, _ := manyDepartments(120)
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures { return Figures{ActiveUsers: 50} }}
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) { return nil, &Failure{Reason: Rejected} }}
		a, began := newRankingAsker(t, p, l, list), time.Now()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := a.Ranking(t.Context(), weeklyIn("od-all"), People); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		if _, err := a.Report(t.Context(), weeklyWeb(), People); err != nil || time.Since(began) != 0 {
			t.Errorf("a person waited %v, %v", time.Since(began), err)
		}
		wg.Wait()
	})
}

// TestRanking_ZerosSoFar_TellsTheMoment ranks a day that the platform may still be counting.
func TestRanking_ZerosSoFar_TellsTheMoment(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(ask Request) Figures {
			if ask.Date == NewDate(2026, 11, 24) {
				return Figures{ActiveUsers: 0}
			}
			return Figures{ActiveUsers: 5}
		}}
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) {
			return []DepartmentFigures{appUse("od-be", 0), appUse("od-fe", 0)}, nil
		}}
		q := weeklyIn("od-rd")
		q.Cycle, q.When = Daily, When{Kind: OnDay, Date: NewDate(2026, 11, 24)}
		r, err := newRankingAsker(t, p, l, company()).Ranking(t.Context(), q, People)
		if err != nil || r.ZerosFrom != NewDate(2026, 11, 24) || !r.AsOf.Equal(time.Now()) {
			t.Errorf("zeros from %s as of %v, %v", r.ZerosFrom, r.AsOf, err)
		}
	})
}
