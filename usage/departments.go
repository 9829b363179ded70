package usage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// RootID is how the platform calls the whole tenant where a department is meant; an empty id says the same here.
const RootID = "0"

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
	DepartmentID string              `json:"id"`
	Figures      map[Ability]Figures `json:"figures,omitempty"`
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

// listing is the answer to a DepartmentAsk: what each department has, or that there are no figures. The history keeps it
// so.
type listing struct {
	Departments []DepartmentFigures `json:"departments,omitempty"`
	none

	asked time.Time
	pages int
	cut   error // why further pages are missing
}

// byID returns the listed departments by their ids.
func (l listing) byID() map[string]DepartmentFigures {
	found := make(map[string]DepartmentFigures, len(l.Departments))
	for _, d := range l.Departments {
		found[d.DepartmentID] = d
	}
	return found
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
		if nothing, ok := noneOf(l.cut); ok && l.pages == 0 {
			l.none = nothing
		}
		a.rememberList(ctx, q, l)
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
	var l listing
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
		l.pages++
		l.Departments = append(l.Departments, page.Departments...)
		if page.Next == "" || page.Next == token {
			break
		}
		token = page.Next
	}
	return l
}
