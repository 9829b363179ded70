package usage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// numbered returns n top departments. The last one has the most active users.
func numbered(n int) (list []Department) {
	for i := 1; i <= n; i++ {
		list = append(list, Department{ID: fmt.Sprintf("od-%03d", i), ParentID: "0", Name: fmt.Sprintf("部门%03d", i)})
	}
	return list
}

func numberOf(departmentID string) (n int64) {
	if _, err := fmt.Sscanf(departmentID, "od-%d", &n); err != nil {
		return 1000
	}
	return n
}

func useOf(list []Department) (use []DepartmentFigures) {
	for _, d := range list {
		use = append(use, appUse(d.ID, numberOf(d.ID)))
	}
	return use
}

// counting is a platform where a department's number is its count.
func counting() *platform {
	return &platform{newest: NewDate(2026, 11, 24), figures: func(ask Request) Figures { return Figures{ActiveUsers: numberOf(ask.DepartmentID)} }}
}

func refusing(code int, reason Reason) func(DepartmentRequest) ([]DepartmentFigures, error) {
	return func(DepartmentRequest) ([]DepartmentFigures, error) { return nil, &Failure{Reason: reason, Code: code} }
}

func mustRank(t *testing.T, a *Client, q Query) Ranking {
	t.Helper()
	r, err := a.Ranking(t.Context(), q, People)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRanking_BeyondSingles_SaysHowManyAreUncounted(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		list, p := numbered(120), counting()
		a := newRankingAsker(t, p, &listings{list: refusing(211006, UnknownDepartment)}, list)
		r := mustRank(t, a, weeklyIn(""))
		if r.Uncounted() != 20 || r.BeforeUncounted() != 20 || *r.Rows[0].Value != 100 || !r.Rows[119].Uncounted {
			t.Errorf("%d and %d uncounted, %s", r.Uncounted(), r.BeforeUncounted(), ranked(r))
		}
		// Asked again, what was counted is remembered, and the others are counted as well.
		if r = mustRank(t, a, weeklyIn("")); r.Uncounted() != 0 || *r.Rows[0].Value != 120 || len(p.asked()) != 1+2*120 {
			t.Errorf("%d uncounted, %d calls, %s", r.Uncounted(), len(p.asked()), ranked(r))
		}
	})
}

func TestRanking_LeftOutOfAListing(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		list := numbered(60)
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) { return useOf(list[:45]), nil }}
		r := mustRank(t, newRankingAsker(t, counting(), l, list), weeklyIn(""))
		if r.Uncounted() != 15-maxUnlisted || r.BeforeUncounted() != 15-maxUnlisted || *r.Rows[0].Value != 45+maxUnlisted {
			t.Errorf("%d uncounted, %s", r.Uncounted(), ranked(r))
		}
	})
}

// expiring is a platform that refuses a page's token a number of times.
type expiring struct {
	listings
	code, page, times int
	refused           atomic.Int64
}

func (e *expiring) DepartmentUsage(ctx context.Context, ask DepartmentRequest, token string) (DepartmentPage, error) {
	page, err := e.listings.DepartmentUsage(ctx, ask, token)
	if token == fmt.Sprintf("from %d", e.page*DepartmentsOnPage) && int(e.refused.Add(1)) <= e.times {
		return DepartmentPage{}, &Failure{Reason: Rejected, Code: e.code}
	}
	return page, err
}

func TestListing_PageTokenRefused_StartsAnew(t *testing.T) {
	const endless = 1000
	for _, code := range []int{210500, 210501} {
		for name, tt := range map[string]struct {
			page, times int
			lists       int // calls for three pages
			uncounted   int
		}{
			"never":               {1, 0, 3, 0},
			"once, on page 2":     {1, 1, 2 + 3, 0},
			"once, on page 3":     {2, 1, 3 + 3, 0},
			"twice, on page 2":    {1, 2, 2 + 2 + 3, 0},
			"always, on page 3":   {2, endless, 3 * 3, 60 - 40 - maxUnlisted},
			"always, on page one": {0, 0, 3, 0},
		} {
			t.Run(fmt.Sprint(code, " ", name), func(t *testing.T) {
				at(t, 11, 25, 11, func(t *testing.T) {
					list := numbered(59)
					e := &expiring{code: code, page: tt.page, times: tt.times}
					e.list = func(DepartmentRequest) ([]DepartmentFigures, error) {
						return useOf(append(list, Department{ID: "od-060"})), nil
					}
					a := newRankingAsker(t, counting(), nil, append(list, Department{ID: "od-060", ParentID: "0", Name: "部门060"}))
					a.departmentSource = e
					q := weeklyIn("")
					q.When = When{Kind: ThisWeek} // without a comparison, for a plain count
					r := mustRank(t, a, q)
					if got := len(e.asked()); got != tt.lists || r.Uncounted() != tt.uncounted {
						t.Errorf("%d calls, want %d; %d uncounted, want %d", got, tt.lists, r.Uncounted(), tt.uncounted)
					}
					q.When = When{Kind: OnDay, Date: NewDate(2026, 10, 5)} // it is not remembered as a refusal of the department
					before := len(e.asked())
					mustRank(t, a, q)
					if len(e.asked()) == before {
						t.Error("the next ranking did not ask for a listing")
					}
				})
			})
		}
	}
}

func TestListing_OnlyARefusedDepartmentIsRemembered(t *testing.T) {
	for name, tt := range map[string]struct {
		failure    Failure
		page       int // of the listing that it refuses, from 0
		remembered bool
	}{
		"an unknown department":             {Failure{Reason: UnknownDepartment, Code: 99992357}, 0, true},
		"an invalid department":             {Failure{Reason: Rejected, Code: 211006}, 0, true},
		"a field that is not valid":         {Failure{Reason: Rejected, Code: 99992402}, 0, true},
		"a bad request":                     {Failure{Reason: Rejected, Code: 9499}, 0, true},
		"any other code":                    {Failure{Reason: Rejected, Code: 424242}, 0, false},
		"a page's token":                    {Failure{Reason: Rejected, Code: 210500}, 0, false},
		"an invalid token":                  {Failure{Reason: Rejected, Code: 210501}, 0, false},
		"a bad date":                        {Failure{Reason: BadDate, Code: 211007}, 0, false},
		"a small plan":                      {Failure{Reason: PlanTooSmall, Code: 211004}, 0, false},
		"a missing scope":                   {Failure{Reason: MissingScope, Code: 99991672}, 0, false},
		"no data":                           {Failure{Reason: NoData, Code: 211011}, 0, false},
		"an unknown department on page two": {Failure{Reason: UnknownDepartment, Code: 99992357}, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				list := numbered(30)
				l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) { return useOf(list), nil }}
				refuser := refusingPage{l, tt.page, &tt.failure}
				a := newRankingAsker(t, counting(), nil, list)
				a.departmentSource = refuser
				mustRank(t, a, weeklyIn(""))
				before := len(l.asked())
				q := weeklyIn("")
				q.When = When{Kind: OnDay, Date: NewDate(2026, 10, 5)}
				mustRank(t, a, q)
				if remembered := len(l.asked()) == before; remembered != tt.remembered {
					t.Errorf("remembered: %v, want %v", remembered, tt.remembered)
				}
			})
		})
	}
}

// refusingPage refuses a page of every listing.
type refusingPage struct {
	*listings
	page    int
	failure *Failure
}

func (r refusingPage) DepartmentUsage(ctx context.Context, ask DepartmentRequest, token string) (DepartmentPage, error) {
	page, err := r.listings.DepartmentUsage(ctx, ask, token)
	if token == "" && r.page == 0 || token == fmt.Sprintf("from %d", r.page*DepartmentsOnPage) {
		return DepartmentPage{}, r.failure
	}
	return page, err
}

func TestListing_RefusedForOneApp_IsAskedForAnother(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		list := numbered(2)
		l := &listings{list: func(ask DepartmentRequest) ([]DepartmentFigures, error) {
			if ask.AppID == "cli_a" {
				return nil, &Failure{Reason: UnknownDepartment, Code: 99992357}
			}
			return useOf(list), nil
		}}
		a := newRankingAsker(t, counting(), l, list)
		mustRank(t, a, weeklyIn(""))
		lists := len(l.asked())
		q := weeklyIn("")
		q.App.ID = "cli_b"
		if mustRank(t, a, q); len(l.asked()) != lists+2 {
			t.Errorf("%d listings of the other app, want 2", len(l.asked())-lists)
		}
	})
}

func TestRanking_FailedSingles(t *testing.T) {
	const departments = 3 * maxParallel // so many that some are still to be asked when one fails
	for name, tt := range map[string]struct {
		failure *Failure
		counted bool
	}{
		"a deleted department ends the count of none of the others": {&Failure{Reason: UnknownDepartment}, false},
		"nor does one that fails":                                   {&Failure{Reason: Rejected}, false},
		"one without figures is counted":                            {&Failure{Reason: NoData}, true},
		"in whichever words":                                        {&Failure{Reason: BadRange}, true},
	} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				p := counting()
				p.fail = func(_ int, ask Request) error { return when(ask.DepartmentID == "od-002", tt.failure) }
				p.took = time.Second
				a := newRankingAsker(t, p, &listings{list: refusing(211006, UnknownDepartment)}, numbered(departments))
				q := weeklyIn("")
				q.When = When{Kind: ThisWeek}
				r := mustRank(t, a, q)
				for i, row := range r.Rows[:departments-1] {
					if row.Value == nil || row.Uncounted || r.Place(i) != i+1 {
						t.Errorf("row %d: %s", i, states(r))
					}
				}
				last := r.Rows[departments-1]
				if last.Department.ID != "od-002" || last.Value != nil || last.Uncounted == tt.counted {
					t.Errorf("the last is %+v", last)
				}
			})
		})
	}
}

// states writes a Ranking down with what could not be counted.
func states(r Ranking) string {
	var rows []string
	for _, row := range r.Rows {
		s := ranked(Ranking{Rows: []Rank{row}})
		if row.Uncounted {
			s += " uncounted"
		}
		rows = append(rows, s)
	}
	return strings.Join(rows, ", ")
}

func TestRanking_AListingThatEndsEarly(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		list := numbered(30)
		l := &listings{list: func(DepartmentRequest) ([]DepartmentFigures, error) { return useOf(list), nil }}
		a, p := newRankingAsker(t, nil, nil, list), counting()
		a.source, a.departmentSource = p, refusingPage{l, 1, &Failure{Reason: Unavailable}}
		r := mustRank(t, a, weeklyIn(""))
		if r.Uncounted() != 10 || *r.Rows[0].Value != 20 || len(p.asked()) != 1 {
			t.Errorf("%d uncounted, %s, calls %v", r.Uncounted(), ranked(r), p.asked())
		}
		a.departmentSource = l
		if r = mustRank(t, a, weeklyIn("")); r.Uncounted() != 0 || *r.Rows[0].Value != 30 {
			t.Errorf("asked again: %d uncounted, %s", r.Uncounted(), ranked(r))
		}
	})
}

func TestRanking_AFailedComparisonCostsTheComparison(t *testing.T) {
	for _, reason := range []Reason{Unavailable, Throttled, Rejected, PlanTooSmall, NoData} {
		t.Run(string(reason), func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				list, before := numbered(3), NewDate(2026, 11, 9)
				l := &listings{list: func(ask DepartmentRequest) ([]DepartmentFigures, error) {
					if ask.Date == before {
						return nil, &Failure{Reason: reason}
					}
					return useOf(list), nil
				}}
				p := counting()
				p.fail = func(_ int, ask Request) error { return when(ask.Date == before, &Failure{Reason: reason}) }
				r := mustRank(t, newRankingAsker(t, p, l, list), weeklyIn(""))
				want := 3
				if reason == NoData { // which is an answer
					want = 0
				}
				if ranked(r) != "部门003=3, 部门002=2, 部门001=1" || r.Uncounted() != 0 || r.BeforeUncounted() != want {
					t.Errorf("%s, %d have no comparison", ranked(r), r.BeforeUncounted())
				}
			})
		})
	}
}

func TestRanking_EqualCountsShareAPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		counts := headcount{}
		var below []Department
		for i := range rapid.IntRange(0, 12).Draw(t, "departments") {
			d := Department{ID: fmt.Sprint("od-", i)}
			below = append(below, d)
			switch rapid.IntRange(0, 9).Draw(t, "state") {
			case 0: // uncounted
			case 1:
				counts[d.ID] = nil
			default:
				counts[d.ID] = ptr(rapid.Int64Range(0, 4).Draw(t, "count"))
			}
		}
		a := &rankings{departments: &departments{children: func(context.Context, string) ([]Department, error) { return nil, nil }}}
		r := Ranking{Rows: a.ranks(t.Context(), below, counts, nil)}
		for i, row := range r.Rows {
			more := 0
			for _, other := range r.Rows {
				if row.Value != nil && other.Value != nil && *other.Value > *row.Value {
					more++
				}
			}
			if want := more + 1; row.Value != nil && r.Place(i) != want || row.Value == nil && r.Place(i) != 0 {
				t.Fatalf("row %d of %s has place %d", i, states(r), r.Place(i))
			}
			if row.Value == nil && i+1 < len(r.Rows) && (r.Rows[i+1].Value != nil || row.Uncounted && !r.Rows[i+1].Uncounted) {
				t.Fatalf("in the wrong order: %s", states(r))
			}
		}
	})
}

// mending is a platform whose figures change under way; its listings and its single answers always agree.
type mending struct{ counts map[string]int64 }

func (m *mending) of(ask Request) Figures {
	n, ok := m.counts[ask.DepartmentID+" "+ask.Date.String()]
	if !ok {
		n = 7
	}
	return Figures{ActiveUsers: n, NewUsers: n, PageViews: 3 * n, Opens: 2 * n, TotalUsers: 100 + n}
}

func (m *mending) list(below []Department) func(DepartmentRequest) ([]DepartmentFigures, error) {
	return func(ask DepartmentRequest) (use []DepartmentFigures, err error) {
		for _, d := range below {
			all := m.of(Request{DepartmentID: d.ID, Date: ask.Date})
			if ask.Cycle != Daily {
				delete(all, TotalUsers)
			}
			use = append(use, DepartmentFigures{d.ID, map[Ability]Figures{AppAbility: all, Web: all.definedFor(Web, ask.Cycle)}})
		}
		return use, nil
	}
}

// TestOneMemory_CardAndRankingAgree asks for departments by themselves and in rankings, at any times and in any order, while
// the platform mends what it has said: at one time both say the same.
func TestOneMemory_CardAndRankingAgree(t *testing.T) {
	t.Parallel()
	list := numbered(3)
	rapid.Check(t, func(rt *rapid.T) {
		m := &mending{map[string]int64{}}
		refused := rapid.Bool().Draw(rt, "the listing is refused")
		type step struct {
			before, mend, pause int
			q                   Query
			rankingFirst        bool
		}
		steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
			s := step{
				before: rapid.IntRange(-1, 3).Draw(t, "asked for before"), mend: rapid.IntRange(-1, 2).Draw(t, "mended department"), pause: rapid.SampledFrom([]int{0, 0, 1, 5, 55, 61, 3000}).Draw(t, "minutes"),
				q: weeklyIn(""), rankingFirst: rapid.Bool().Draw(t, "ranking first"),
			}
			s.q.Ability = rapid.SampledFrom([]Ability{AppAbility, Web}).Draw(t, "ability")
			s.q.Cycle = rapid.SampledFrom([]Cycle{Daily, Weekly}).Draw(t, "cycle")
			s.q.When = rapid.SampledFrom([]When{{}, {Kind: OnDay, Date: NewDate(2026, 11, 16)}, {Kind: OnDay, Date: NewDate(2026, 11, 23)}}).Draw(t, "when")
			return s
		}), 1, 8).Draw(rt, "steps")
		var lies []string
		at(t, 11, 24, 11, func(t *testing.T) {
			p := &platform{newest: NewDate(2026, 12, 30), figures: m.of}
			l := &listings{list: m.list(list)}
			if refused {
				l.list = refusing(211006, UnknownDepartment)
			}
			h := &archive{}
			a := restarted(t, p, h)
			a.departmentSource, a.children, a.listings = l, directoryOf(list), newQuotaQueue(&window{})
			n := int64(10)
			for _, s := range steps {
				switch s.before {
				case -1:
				case len(list):
					_, _ = a.Ranking(t.Context(), s.q, People)
				default:
					_, _ = a.Report(t.Context(), s.q.inDepartment(list[s.before]), People)
				}
				if s.mend >= 0 {
					for _, date := range []string{"2026-11-16", "2026-11-23", "2026-11-24"} {
						n++
						m.counts[list[s.mend].ID+" "+date] = n
					}
				}
				time.Sleep(time.Duration(s.pause) * time.Minute)
				if diff := disagree(t.Context(), a, s.q, list, s.rankingFirst); diff != "" {
					lies = append(lies, fmt.Sprintf("%+v: %s", s, diff))
				}
			}
		})
		if len(lies) > 0 {
			rt.Fatal(strings.Join(lies, "\n"))
		}
	})
}

// disagree asks for a ranking and for each of its departments, and tells where the two differ.
func disagree(ctx context.Context, a *Client, q Query, list []Department, rankingFirst bool) string {
	var r Ranking
	var err error
	rank := func() { r, err = a.Ranking(ctx, q, People) }
	if rankingFirst {
		rank()
	}
	cards := map[string]Report{}
	for _, d := range list {
		card, failed := a.Report(ctx, q.inDepartment(d), People)
		err, cards[d.ID] = errors.Join(err, failed), card
	}
	if !rankingFirst {
		rank()
	}
	if err != nil {
		return err.Error()
	}
	for _, row := range r.Rows {
		card := cards[row.Department.ID]
		if card.Period != r.Period || card.Through != r.Through {
			return fmt.Sprintf("the card is of %v to %s, the ranking of %v to %s", card.Period, card.Through, r.Period, r.Through)
		}
		now := card.Sections[0].Rows[0]
		if row.Value == nil || *row.Value != *now.Value || r.Complete && *row.Before != *now.Before {
			return fmt.Sprintf("%s: the card has %d after %d, the ranking %d after %v", row.Department.Name, *now.Value, *now.Before, *row.Value, row.Before)
		}
	}
	return ""
}

func TestOneMemory_ADepartmentWithoutUse(t *testing.T) {
	at(t, 11, 24, 11, func(t *testing.T) {
		list, m := numbered(2), &mending{map[string]int64{"od-001 2026-11-16": 0}}
		p := &platform{newest: NewDate(2026, 11, 23), figures: m.of}
		l := &listings{list: func(ask DepartmentRequest) ([]DepartmentFigures, error) {
			use, err := m.list(list)(ask)
			for i, d := range use {
				if d.Figures[AppAbility][ActiveUsers] == 0 { // the platform tells no more of it
					use[i] = appUse(d.DepartmentID, 0)
				}
			}
			return use, err
		}}
		a := newRankingAsker(t, p, l, list)
		if r := mustRank(t, a, weeklyIn("")); ranked(r) != "部门002=7 from 7, 部门001=0 from 7" {
			t.Errorf("the ranking has %s", ranked(r))
		}
		card, err := a.Report(t.Context(), weeklyIn("").inDepartment(list[0]), People)
		if err != nil || card.Sections[0].Rows[3].Value == nil {
			t.Errorf("its own card has %+v, %v: a listing tells no page views", card.Sections, err)
		}
		m.counts["od-001 2026-11-16"] = 5
		time.Sleep(2 * time.Minute) // a recent zero may be of a day in the making
		if diff := disagree(t.Context(), a, weeklyIn(""), list, true); diff != "" {
			t.Error(diff)
		}
		if r := mustRank(t, a, weeklyIn("")); ranked(r) != "部门002=7 from 7, 部门001=5 from 7" {
			t.Errorf("the ranking has %s", ranked(r))
		}
	})
}

// TestRanking_ListedButNotInTheDirectory: a department that only the platform knows may be the first and may have moved
// furthest, also when the ranking is made of stored figures.
func TestRanking_ListedButNotInTheDirectory(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		counts := map[string][2]int64{"od-001": {100, 115}, "od-002": {50, 55}, "od-new": {10, 280}, "": {160, 450}}
		of := func(id string, d Date) int64 {
			if d == NewDate(2026, 11, 9) {
				return counts[id][0]
			}
			return counts[id][1]
		}
		p := &platform{newest: NewDate(2026, 11, 24), figures: func(ask Request) Figures {
			if ask.Ability != AppAbility {
				return nil
			}
			return Figures{ActiveUsers: of(ask.DepartmentID, ask.Date)}
		}}
		listed := []string{"0", "od-001", "od-002", "od-new"}
		l := &listings{list: func(ask DepartmentRequest) (list []DepartmentFigures, _ error) {
			for _, id := range listed {
				list = append(list, appUse(id, of(id, ask.Date)))
			}
			return list, nil
		}}
		h := &archive{}
		for _, unknown := range []int{1, 0} {
			if unknown == 0 {
				listed, h = listed[:3], &archive{}
			}
			for _, where := range []string{"asked", "cached", "kept for good"} {
				a := restarted(t, p, h)
				a.departmentSource, a.listings = l, newQuotaQueue(&window{})
				a.children = directoryOf([]Department{{ID: "od-001", ParentID: "0", Name: "研发部"}, {ID: "od-002", ParentID: "0", Name: "销售部"}})
				if where == "cached" {
					mustRank(t, a, weeklyIn(""))
				}
				r := mustRank(t, a, weeklyIn(""))
				if r.Uncounted() != unknown || r.BeforeUncounted() != unknown || r.Departments() != 2+unknown {
					t.Errorf("%s: of %d departments %d are uncounted, %d before, want %d", where, r.Departments(), r.Uncounted(), r.BeforeUncounted(), unknown)
				}
				s, err := a.DigestData(t.Context(), weeklyIn(""), Machines)
				if err != nil || s.Remark.Kind != Rose || s.Remark.MoverUnknown != (unknown > 0) || (s.Remark.Mover == nil) != (unknown > 0) {
					t.Errorf("%s: the mover is %+v, unknown %v, %v", where, s.Remark.Mover, s.Remark.MoverUnknown, err)
				}
			}
		}
	})
}
