package usage

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// correcting returns a platform that answers from said, and a Client that has stored its earlier answers.
func correcting(t *testing.T, said *map[Request]Figures) (*Client, *archive, *platform) {
	t.Helper()
	p := &platform{newest: NewDate(2026, 11, 22)}
	p.fail = func(_ int, ask Request) error {
		if _, ok := (*said)[ask]; !ok {
			return &Failure{Reason: NoData, Code: 211011, Err: errors.New("data not found")}
		}
		return nil
	}
	p.figures = func(ask Request) Figures { return (*said)[ask] }
	h := &archive{}
	return restarted(t, p, h), h, p
}

// refreshAll goes on until a refresh is done, a step after each failure as the bot does.
func refreshAll(t *testing.T, a *Client, r Refresh) Refresh {
	t.Helper()
	for tries := 0; !r.Finished(); {
		var err error
		if r, err = a.Refresh(t.Context(), r); err != nil {
			if tries++; tries > 9 {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
		}
	}
	return r
}

func dayOf(d int, ability Ability) Request {
	return Request{AppID: "cli_a", Ability: ability, Cycle: Daily, Date: NewDate(2026, 11, d)}
}

func weekOf(d int, ability Ability) Request {
	return Request{AppID: "cli_a", Ability: ability, Cycle: Weekly, Date: NewDate(2026, 11, d)}
}

func TestRefreshMendsWhatWasSettled(t *testing.T) {
	at(t, 11, 23, 15, func(t *testing.T) {
		said := map[Request]Figures{
			dayOf(10, AppAbility): {ActiveUsers: 10, TotalUsers: 50}, dayOf(10, Web): {ActiveUsers: 4, PageViews: 9},
			dayOf(11, AppAbility): {ActiveUsers: 11}, dayOf(12, AppAbility): {ActiveUsers: 12}, dayOf(22, AppAbility): {ActiveUsers: 22},
			weekOf(9, AppAbility): {ActiveUsers: 70},
		}
		a, h, p := correcting(t, &said)
		for ask := range said {
			if _, err := a.fetch(t.Context(), question{ask, Period{ask.Cycle, ask.Date}.End()}, People); err != nil {
				t.Fatal(err)
			}
		}
		said = map[Request]Figures{
			dayOf(10, AppAbility): {ActiveUsers: 13, TotalUsers: 50}, dayOf(10, Web): {ActiveUsers: 5}, // it gives no page views any more
			dayOf(11, AppAbility): {ActiveUsers: 11}, dayOf(11, Bot): {ActiveUsers: 3}, // it gave nothing before
			dayOf(22, AppAbility): {ActiveUsers: 23}, weekOf(9, AppAbility): {ActiveUsers: 75},
		} // of the 12th it gives nothing any more
		range9 := Refresh{Backfill: Backfill{AppID: "cli_a", From: NewDate(2026, 11, 9), Next: NewDate(2026, 11, 22), Until: NewDate(2026, 11, 22)}}
		calls := len(p.asked())
		r := refreshAll(t, a, range9)
		// The 22nd's; the 10th's of the app and of the web; the week's.
		if r.Changed != 4 || r.Kept != 2 || r.Failed != 0 {
			t.Errorf("%d changed, %d kept, %d failed, want 4, 2 and 0", r.Changed, r.Kept, r.Failed)
		}
		// 14 days, two weeks, and November, each of four abilities and each once.
		if n := len(p.asked()) - calls; n != 4*(14+2+1) {
			t.Errorf("%d calls, want %d", n, 4*(14+2+1))
		}
		for ask, want := range map[Request]Figures{
			dayOf(10, AppAbility): {ActiveUsers: 13, TotalUsers: 50}, dayOf(10, Web): {ActiveUsers: 5, PageViews: 9}, dayOf(11, AppAbility): {ActiveUsers: 11},
			dayOf(11, Bot): {ActiveUsers: 3}, dayOf(12, AppAbility): {ActiveUsers: 12}, weekOf(9, AppAbility): {ActiveUsers: 75},
		} {
			if diff := cmp.Diff(want, h.m[ask]); diff != "" {
				t.Errorf("%v in the history (-want +got):\n%s", ask, diff)
			}
		}
		calls = len(p.asked())
		for ask, want := range map[Request]Figures{
			dayOf(10, AppAbility): {ActiveUsers: 13, TotalUsers: 50}, dayOf(12, AppAbility): {ActiveUsers: 12}, dayOf(22, AppAbility): {ActiveUsers: 23},
		} {
			got, err := a.fetch(t.Context(), question{ask, ask.Date}, People)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v is answered with (-want +got), %v:\n%s", ask, err, diff)
			}
		}
		if n := len(p.asked()) - calls; n != 0 {
			t.Errorf("%d more calls for what was asked for just now", n)
		}
		if again := refreshAll(t, a, range9); again.Changed != 0 || again.Kept != 2 {
			t.Errorf("a second time %d changed and %d are kept, want 0 and 2", again.Changed, again.Kept)
		}
	})
}

// TestRefreshThatFails deletes nothing: what is temporary is tried again and counted once, what is refused for one question
// costs that question, and what is refused for all ends it.
func TestRefreshThatFails(t *testing.T) {
	day := NewDate(2026, 11, 10)
	for name, tt := range map[string]struct {
		fail            func(n int, ask Request) error
		changed, failed int
		ends            Reason
	}{
		"the platform is away for a while": {func(n int, _ Request) error {
			if n > 2 && n < 12 {
				return &Failure{Reason: Unavailable, Err: errors.New("away")}
			}
			return nil
		}, 4, 0, ""},
		"one ability is refused": {func(_ int, ask Request) error {
			if ask.Ability == Web {
				return &Failure{Reason: Rejected, Code: 210003, Err: errors.New("refused")}
			}
			return nil
		}, 3, 1, ""},
		"the app has no such ability": {func(_ int, ask Request) error {
			if ask.Ability == Web {
				return &Failure{Reason: BadAbility, Code: 211008, Err: errors.New("refused")}
			}
			return nil
		}, 3, 0, ""},
		"the scope is gone": {func(int, Request) error { return &Failure{Reason: MissingScope, Err: errors.New("refused")} }, 0, 0, MissingScope},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 23, 15, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 1} }}
				h := &archive{}
				a := restarted(t, p, h)
				for _, ability := range Abilities() {
					if _, err := a.fetch(t.Context(), question{dayOf(10, ability), day}, People); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := a.Newest(t.Context(), "cli_a", Machines); err != nil {
					t.Fatal(err)
				}
				p.calls, p.figures, p.fail = nil, func(Request) Figures { return Figures{ActiveUsers: 2} }, tt.fail
				r := Refresh{Backfill: Backfill{AppID: "cli_a", From: day, Next: day, Until: day}}
				if tt.ends != "" {
					after, err := a.Refresh(t.Context(), r)
					if failure, ok := errors.AsType[*Failure](err); !ok || failure.Reason != tt.ends || after != r {
						t.Errorf("%+v, %v, want an end by %s", after, err, tt.ends)
					}
				} else {
					r = refreshAll(t, a, r)
				}
				// The week and November lack days and were not known before.
				if r.Changed != tt.changed || r.Failed < tt.failed || tt.failed == 0 && r.Failed != 0 {
					t.Errorf("%d changed and %d failed, want %d and %d", r.Changed, r.Failed, tt.changed, tt.failed)
				}
				for _, ability := range Abilities() {
					if n := h.m[dayOf(10, ability)][ActiveUsers]; n != 1 && n != 2 {
						t.Errorf("of %s %d is kept", ability, n)
					}
				}
			})
		})
	}
}

// TestRefreshWithoutTheHistory changes nothing: it is not known what must not be lost.
func TestRefreshWithoutTheHistory(t *testing.T) {
	at(t, 11, 23, 15, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 2} }}
		h := &archive{broken: true}
		day := NewDate(2026, 11, 10)
		r := Refresh{Backfill: Backfill{AppID: "cli_a", From: day, Next: day, Until: day}}
		if after, err := restarted(t, p, h).Refresh(t.Context(), r); !errors.Is(err, errArchive) || after != r {
			t.Errorf("%+v, %v", after, err)
		}
	})
}

// TestRefreshReachesTheDepartments right below, as one list.
func TestRefreshReachesTheDepartments(t *testing.T) {
	at(t, 11, 23, 15, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 22), figures: func(Request) Figures { return Figures{ActiveUsers: 9} }}
		h, backend := &archive{}, int64(5)
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) {
			return []DepartmentFigures{appUse("od-be", backend), appUse("od-fe", 3)}, nil
		}}
		a := restarted(t, p, h)
		a.departmentSource, a.children, a.listings = l, directoryOf(company()), newQuotaQueue(&window{})
		q := weeklyIn("od-rd")
		q.Ability = AppAbility
		q.When = When{Kind: OnDay, Date: NewDate(2026, 11, 9)}
		if r, err := a.Ranking(t.Context(), q, People); err != nil || ranked(r) != "后端组=5 from 5, 前端组=3 from 3" {
			t.Fatalf("%s, %v", ranked(r), err)
		}
		backend = 6
		week := Period{Weekly, NewDate(2026, 11, 9)}
		done := refreshAll(t, a, Refresh{DepartmentID: "od-rd", Backfill: Backfill{AppID: "cli_a", From: week.Start, Next: week.End(), Until: week.End()}})
		if done.Changed != 1 || done.Kept != 0 {
			t.Errorf("%d changed and %d kept, want 1 and 0", done.Changed, done.Kept)
		}
		for _, asker := range []*Client{a, restarted(t, p, h)} {
			asker.departmentSource, asker.children, asker.listings = l, directoryOf(company()), newQuotaQueue(&window{})
			if r, err := asker.Ranking(t.Context(), q, People); err != nil || ranked(r) != "后端组=6 from 5, 前端组=3 from 3" {
				t.Errorf("%s, %v", ranked(r), err)
			}
		}
		asked := p.asked()
		if !slices.Contains(asked, fmt.Sprintf("app weekly %s od-rd", week.Start)) {
			t.Errorf("the department's own figures were not asked for: %v", asked)
		}
	})
}

// TestRefreshReachesDepartmentsThatAreNotListed: their ranking was asked for one by one, and a refused listing ends nothing.
func TestRefreshReachesDepartmentsThatAreNotListed(t *testing.T) {
	left := func(DepartmentRequest) ([]DepartmentFigures, error) {
		return []DepartmentFigures{appUse("od-1", 1)}, nil
	}
	for name, list := range map[string]func(DepartmentRequest) ([]DepartmentFigures, error){
		"the listing is refused": refusing(211006, UnknownDepartment), "its parameter is refused": refusing(9499, Rejected), "some are left out": left,
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 23, 15, func(t *testing.T) {
				p, h, more := counting(), &archive{}, int64(0)
				p.newest = NewDate(2026, 11, 22)
				count := p.figures
				p.figures = func(ask Request) Figures {
					f := count(ask)
					f[ActiveUsers] += more
					return f
				}
				departments := numbered(3)
				a := restarted(t, p, h)
				a.departmentSource, a.children, a.listings = &listings{list: list}, directoryOf(departments), newQuotaQueue(&window{})
				q := weeklyIn("")
				q.When = When{Kind: OnDay, Date: NewDate(2026, 11, 9)}
				before := mustRank(t, a, q)
				more = 100
				week := Period{Weekly, NewDate(2026, 11, 9)}
				refreshAll(t, a, Refresh{Backfill: Backfill{AppID: "cli_a", From: week.Start, Next: week.End(), Until: week.End()}})
				for _, asker := range []*Client{a, restarted(t, p, h)} {
					asker.departmentSource, asker.children, asker.listings = &listings{list: list}, directoryOf(departments), newQuotaQueue(&window{})
					for i, row := range mustRank(t, asker, q).Rows {
						want := *before.Rows[i].Value + more
						if name == "some are left out" && row.Department.ID == "od-1" {
							want -= more
						}
						if *row.Value != want {
							t.Errorf("%s has %d, want %d", row.Department.ID, *row.Value, want)
						}
						r, err := asker.Report(t.Context(), q.inDepartment(row.Department), People)
						if own := r.Sections[0].Rows[0].Value; err != nil || name != "some are left out" && *own != want {
							t.Errorf("%s has %d on its card, want %d, %v", row.Department.ID, *own, want, err)
						}
					}
				}
			})
		})
	}
}

// TestRefreshOfTheCompanyReachesAllDepartments: whatever is stored of any department is mended, in the cache and in the
// history, also if its active users did not change, and however far down it is.
func TestRefreshOfTheCompanyReachesAllDepartments(t *testing.T) {
	directory := []Department{
		{ID: "od-1", ParentID: "0"}, {ID: "od-11", ParentID: "od-1"}, {ID: "od-111", ParentID: "od-11"}, {ID: "od-2", ParentID: "0"}, {ID: "od-21", ParentID: "od-2"},
	}
	for name, listed := range map[string]bool{"with lists of departments": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				views, users := int64(100), int64(10)
				p := &platform{newest: NewDate(2026, 11, 24), figures: func(Request) Figures {
					return Figures{ActiveUsers: 10, NewUsers: 1, TotalUsers: 50, PageViews: views, Opens: 5}
				}}
				l := &listings{list: func(ask DepartmentRequest) (list []DepartmentFigures, _ error) {
					for _, d := range directory {
						if d.ParentID == ask.DepartmentID {
							list = append(list, appUse(d.ID, users))
						}
					}
					return list, nil
				}}
				h := &archive{}
				anew := func() *Client {
					a := restarted(t, p, h)
					a.children = directoryOf(directory)
					if listed {
						a.departmentSource, a.listings = l, newQuotaQueue(&window{})
					}
					return a
				}
				q := weeklyIn("")
				q.When = When{Kind: OnDay, Date: NewDate(2026, 11, 9)}
				seen := func(a *Client, id string) int64 {
					r, err := a.Report(t.Context(), q.inDepartment(Department{ID: id}), People)
					if err != nil {
						t.Fatal(err)
					}
					return *r.Sections[0].Rows[3].Value
				}
				a := anew()
				asked := []string{"", "od-1", "od-11", "od-111"}
				for _, id := range asked {
					seen(a, id)
				}
				below2 := q.inDepartment(Department{ID: "od-2"})
				mustRank(t, a, q)
				mustRank(t, a, below2) // of whom the platform, and not a person, gave active users
				views = 777
				for range 2 {
					refreshAll(t, a, Refresh{Backfill: Backfill{AppID: "cli_a", From: NewDate(2026, 11, 9), Next: NewDate(2026, 11, 15), Until: NewDate(2026, 11, 15)}})
					for _, asker := range []*Client{a, anew()} {
						for _, id := range asked {
							if got := seen(asker, id); got != views {
								t.Errorf("%q has %d page views, want %d", id, got, views)
							}
						}
						if r := mustRank(t, asker, below2); listed && *r.Rows[0].Value != users {
							t.Errorf("od-21 has %d, want %d", *r.Rows[0].Value, users)
						}
					}
					views, users, a = 888, 13, anew() // the second time nothing is cached
				}
			})
		})
	}
}
