package usage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// DepartmentAsk is one question to the platform's overview of several departments: of one and of those right below it.
type DepartmentAsk struct {
	AppID        string
	Cycle        Cycle
	Date         Date   // as in Ask
	DepartmentID string // open_department_id, or RootID for those at the top
}

// DepartmentPage is a part of the answer.
type DepartmentPage struct {
	Departments []DepartmentFigures
	Next        string // the token of the next page; empty on the last one
}

// DepartmentFigures are those of one department. An ability that the platform gave no list for is absent.
type DepartmentFigures struct {
	DepartmentID string
	Figures      map[Ability]Figures
}

// DepartmentSource is where the figures of several departments at once come from. Its errors are those of a Source.
type DepartmentSource interface {
	DepartmentUsage(ctx context.Context, ask DepartmentAsk, pageToken string) (DepartmentPage, error)
}

const (
	// DepartmentsOnPage is how many departments a page has at most: "取值范围 1~20".
	DepartmentsOnPage = 20

	maxPages = 50 // 1,000 departments right below one
)

// listing is what is remembered of a DepartmentAsk: active users by department and ability, or that there are none.
type listing struct {
	Active map[string]map[Ability]int64 `json:"active,omitempty"`
	none
}

// add takes a page in. Of a department without use the platform tells nothing but 0 active users of the whole app: who
// did not use the app used no part of it, so this is 0 for each of its abilities.
func (l listing) add(page DepartmentPage) {
	for _, d := range page.Departments {
		active := map[Ability]int64{}
		app, known := d.Figures[AppAbility][ActiveUsers]
		for _, ability := range Abilities() {
			if n, ok := d.Figures[ability][ActiveUsers]; ok {
				active[ability] = n
			} else if known && app == 0 {
				active[ability] = 0
			}
		}
		l.Active[d.DepartmentID] = active
	}
}

func (l listing) idle() bool {
	for _, active := range l.Active {
		for _, n := range active {
			if n != 0 {
				return false
			}
		}
	}
	return true
}

func (l listing) result() (listing, error) {
	if l.NoData {
		return listing{}, l.failure()
	}
	return l, nil
}

// departmentQuestion is to a DepartmentAsk what a question is to an Ask.
type departmentQuestion struct {
	DepartmentAsk
	through Date
}

func (q departmentQuestion) key() string {
	return fmt.Sprintf("below:%s:%s:%s:%s:%s", q.AppID, q.Cycle, q.Date, q.DepartmentID, q.through)
}

func (q departmentQuestion) span() span { return span{Period{q.Cycle, q.Date}, q.through} }

// list answers a question about several departments, of which it reads so many pages at most.
func (a *Asker) list(ctx context.Context, q departmentQuestion, pages int, share Share) (listing, error) {
	l, ok := a.recallList(ctx, q)
	a.observe(ok)
	if ok {
		return l.result()
	}
	answered, err := join(ctx, a, fmt.Sprintf("%s:%s", share, q.key()), func(ctx context.Context) (listing, error) {
		asked := a.now().In(a.zone)
		l, err := a.readPages(ctx, q.DepartmentAsk, pages, share)
		if nothing, ok := noneOf(err); ok {
			l, err = listing{none: nothing}, nil
		}
		if err != nil {
			return listing{}, err
		}
		a.rememberList(ctx, q, l, asked)
		return l, nil
	})
	if err != nil {
		return listing{}, err
	}
	return answered.result()
}

// recallList is to list what recall is to fetch.
func (a *Asker) recallList(ctx context.Context, q departmentQuestion) (l listing, ok bool) {
	if a.read(ctx, q.key(), &l) {
		return l, true
	}
	if a.history == nil || !q.span().whole() {
		return listing{}, false
	}
	within, cancel := context.WithTimeout(ctx, historyPatience)
	defer cancel()
	b, ok, err := a.history.RecallDepartments(within, q.DepartmentAsk)
	if err != nil || !ok || json.Unmarshal(b, &l) != nil {
		return listing{}, false
	}
	a.write(ctx, q.key(), l, a.keepFor(q.span(), l.NoData, l.idle(), a.now().In(a.zone)))
	return l, true
}

func (a *Asker) rememberList(ctx context.Context, q departmentQuestion, l listing, asked time.Time) {
	a.write(ctx, q.key(), l, a.keepFor(q.span(), l.NoData, l.idle(), asked))
	if a.history == nil || !settled(q.span(), l.NoData, asked) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, historyPatience)
	defer cancel()
	if b, err := json.Marshal(l); err == nil {
		_ = a.history.RememberDepartments(ctx, q.DepartmentAsk, b) // as in settle
	}
}

// readPages asks for one page after the other. What does not fit into so many is left out.
func (a *Asker) readPages(ctx context.Context, ask DepartmentAsk, pages int, share Share) (listing, error) {
	l := listing{Active: map[string]map[Ability]int64{}}
	token := ""
	for range min(pages, maxPages) {
		page, err := persist(ctx, a.listings, share, fmt.Sprint(ask, token), func() (DepartmentPage, bool) { return DepartmentPage{}, false },
			func(ctx context.Context) (DepartmentPage, error) {
				return a.departments.DepartmentUsage(ctx, ask, token)
			})
		if err != nil {
			return listing{}, err
		}
		l.add(page)
		if page.Next == "" || page.Next == token {
			break
		}
		token = page.Next
	}
	return l, nil
}
