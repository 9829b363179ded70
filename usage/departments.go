package usage

import (
	"context"
	"encoding/json"
	"errors"
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

// listing is the answer to a DepartmentAsk: active users by department and ability, or that there are none. The history
// keeps it so.
type listing struct {
	Active map[string]map[Ability]int64 `json:"active,omitempty"`
	none

	departments []DepartmentFigures // as they were listed
	pages       int
	asked       time.Time
	cut         error // why further pages are missing
}

func (l *listing) add(page DepartmentPage) {
	l.pages++
	l.departments = append(l.departments, page.Departments...)
	for _, d := range page.Departments {
		active := map[Ability]int64{}
		for _, ability := range Abilities() {
			if n, ok := d.active(ability); ok {
				active[ability] = n
			}
		}
		l.Active[d.DepartmentID] = active
	}
}

func (l listing) empty() bool { return len(l.Active) == 0 }

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

// departmentQuestion is to a DepartmentAsk what a question is to an Ask.
type departmentQuestion struct {
	DepartmentAsk
	through Date
}

func (q departmentQuestion) key() string {
	return fmt.Sprintf("below:%s:%s:%s:%s:%s", q.AppID, q.Cycle, q.Date, q.DepartmentID, q.through)
}

func (q departmentQuestion) span() span { return span{Period{q.Cycle, q.Date}, q.through} }

// list asks about several departments, of which it reads so many pages at most, and remembers what is said of each. What
// came before a failure is returned beside it.
func (a *Asker) list(ctx context.Context, q departmentQuestion, pages int, share Share) (listing, error) {
	var known listing
	if a.read(ctx, q.key(), &known) && known.NoData {
		return listing{}, known.failure()
	}
	l, err := join(ctx, a, fmt.Sprintf("%s:%s", share, q.key()), func(ctx context.Context) (listing, error) {
		asked := a.now().In(a.zone)
		l := a.readPages(ctx, q.DepartmentAsk, pages, share)
		l.asked = asked
		if nothing, ok := noneOf(l.cut); ok && l.empty() {
			l.none = nothing
		}
		if !l.empty() || l.NoData {
			a.rememberList(ctx, q, l)
		}
		return l, nil
	})
	if err == nil {
		err = l.cut
	}
	return l, err
}

// rememberList keeps a listing for the questions about each of its departments, and one that is whole and settled for
// good.
func (a *Asker) rememberList(ctx context.Context, q departmentQuestion, l listing) {
	if l.NoData {
		a.write(ctx, q.key(), l, a.keepFor(q.span(), true, true, l.asked))
	}
	a.rememberListed(ctx, q, l)
	if a.history == nil || l.cut != nil || !settled(q.span(), false, l.asked) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, historyPatience)
	defer cancel()
	if b, err := json.Marshal(l); err == nil {
		_ = a.history.RememberDepartments(ctx, q.DepartmentAsk, b) // as in settle
	}
}

// readings is how often the pages are read from the first one on.
const readings = 3

// readPages asks for one page after the other. What does not fit into so many is left out. Where the platform does not
// take the token of a page, which it keeps for two hours, the pages are read anew.
func (a *Asker) readPages(ctx context.Context, ask DepartmentAsk, pages int, share Share) (l listing) {
	for range readings {
		l = a.readOnce(ctx, ask, pages, share)
		if failure := new(Failure); !errors.As(l.cut, &failure) || !failure.refusesPage() {
			break
		}
	}
	return l
}

func (a *Asker) readOnce(ctx context.Context, ask DepartmentAsk, pages int, share Share) listing {
	l := listing{Active: map[string]map[Ability]int64{}}
	token := ""
	for range min(pages, maxPages) {
		page, err := persist(ctx, a.listings, share, fmt.Sprint(ask, token), func() (DepartmentPage, bool) { return DepartmentPage{}, false },
			func(ctx context.Context) (DepartmentPage, error) {
				return a.departments.DepartmentUsage(ctx, ask, token)
			})
		if err != nil {
			l.cut = err
			break
		}
		l.add(page)
		if page.Next == "" || page.Next == token {
			break
		}
		token = page.Next
	}
	return l
}
