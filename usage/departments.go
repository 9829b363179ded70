package usage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
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
	noDataAnswer

	asked time.Time
	pages int
	err   error // why further pages are missing
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

// fetchListing asks about several departments, of which it reads so many pages at most, and remembers what is said of each. What
// came before a failure is returned beside it.
func (a *Asker) fetchListing(ctx context.Context, q departmentQuestion, pages int, share Share) (listing, error) {
	var known listing
	if a.cacheGet(ctx, q.key(), &known) && known.NoData {
		return listing{}, known.failure()
	}
	l, err := shared(ctx, a, fmt.Sprintf("%s:%s", share, q.key()), func(ctx context.Context) (listing, error) {
		asked := a.now().In(a.zone)
		l := a.readPages(ctx, q.DepartmentAsk, pages, share)
		l.asked = asked
		if nothing, ok := noDataOf(l.err); ok && l.pages == 0 {
			l.noDataAnswer = nothing
		}
		a.storeListing(ctx, q, l)
		return l, nil
	})
	if err == nil {
		err = l.err
	}
	return l, err
}

// storeListing keeps a listing for the questions about each of its departments, and one that is whole and settled for
// good.
func (a *Asker) storeListing(ctx context.Context, q departmentQuestion, l listing) {
	if l.NoData {
		a.cachePut(ctx, q.key(), l, a.ttl(q.span(), true, true, l.asked))
	}
	a.cacheListed(ctx, q, l)
	if a.history == nil || l.err != nil || !isFinal(q.span(), false, l.asked) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	if b, err := json.Marshal(l); err == nil {
		_ = a.history.RememberDepartments(ctx, q.DepartmentAsk, b) // as in settle
	}
}

// maxListingReads is how often the pages are read from the first one on.
const maxListingReads = 3

// readPages asks for one page after the other. What does not fit into so many is left out. Where the platform does not
// take the token of a page, which it keeps for two hours, the pages are read anew.
func (a *Asker) readPages(ctx context.Context, ask DepartmentAsk, pages int, share Share) (l listing) {
	for range maxListingReads {
		l = a.readOnce(ctx, ask, pages, share)
		if failure := new(Failure); !errors.As(l.err, &failure) || !failure.refusesPage() {
			break
		}
	}
	return l
}

func (a *Asker) readOnce(ctx context.Context, ask DepartmentAsk, pages int, share Share) listing {
	var l listing
	token := ""
	for range min(pages, maxPages) {
		page, err := callWithRetry(ctx, a.listings, share, fmt.Sprint(ask, token), func() (DepartmentPage, bool) { return DepartmentPage{}, false },
			func(ctx context.Context) (DepartmentPage, error) {
				return a.departments.DepartmentUsage(ctx, ask, token)
			})
		if err != nil {
			l.err = err
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

// What is known of a department is remembered in one place, whether it was asked for by itself or listed among others:
// as the answer to the question about that department. So a ranking and a department's own card have the same figure, and
// what is asked for anew shows on both.

// maxCacheLookups is how many answers of a ranking are looked up or written down at once.
const maxCacheLookups = 16

// cacheListed keeps what a listing says of each department and ability. What is still remembered stays: it may stand on
// a card that is shown.
func (a *Asker) cacheListed(ctx context.Context, q departmentQuestion, l listing) {
	var group errgroup.Group
	group.SetLimit(maxCacheLookups)
	for _, d := range l.Departments {
		if d.DepartmentID == RootID {
			continue // the whole tenant has no id in a question
		}
		for _, ability := range Abilities() {
			group.Go(func() error {
				one := question{Ask{q.AppID, ability, q.Cycle, q.Date, d.DepartmentID}, q.through}
				a.cacheIfMissing(ctx, one, d.answer(ability, q.Cycle), l.asked)
				return nil
			})
		}
	}
	_ = group.Wait() // a cache never fails
}

func (a *Asker) cacheIfMissing(ctx context.Context, q question, listed answer, asked time.Time) {
	if known := new(answer); !a.cacheGet(ctx, q.key(), known) {
		a.cachePut(ctx, q.key(), listed, a.ttl(q.span(), listed.NoData, listed.Figures.idle(), asked))
	}
}

// answer is what a listing says of an ability, as the answer to a question about the department. It stands for that answer
// only where it has all metrics.
func (d DepartmentFigures) answer(ability Ability, c Cycle) answer {
	figures := d.Figures[ability]
	if _, listed := d.Figures[ability]; listed && figures.hasAllMetrics(ability, c) {
		return answerWith(figures)
	}
	n, ok := d.activeUsers(ability)
	if !ok {
		return answer{noDataAnswer: noDataAnswer{NoData: true}, Listed: true}
	}
	return answer{Figures: Figures{ActiveUsers: n}, Listed: true}
}

// activeUsers is a department's count of an ability. Of a department without use the platform tells nothing but 0 active users
// of the whole app: who did not use the app used no part of it, so this is 0 for each of its abilities.
func (d DepartmentFigures) activeUsers(ability Ability) (int64, bool) {
	if n, ok := d.Figures[ability][ActiveUsers]; ok {
		return n, true
	}
	app, known := d.Figures[AppAbility][ActiveUsers]
	return 0, known && app == 0
}

// hasAllMetrics reports whether figures have every metric that the ability has in the cycle.
func (f Figures) hasAllMetrics(a Ability, c Cycle) bool {
	for _, m := range a.Metrics() {
		if _, ok := f[m]; !ok && (m != TotalUsers || c == TotalUsersCycle) {
			return false
		}
	}
	return true
}

// countKnown counts the departments of which something is remembered.
func (a *Asker) countKnown(ctx context.Context, q Query, s span, below []Department) headcount {
	counts := headcount{}
	kept := a.storedListing(ctx, q, s)
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(maxCacheLookups)
	for _, d := range below {
		group.Go(func() error {
			known, ok := a.lookupCount(ctx, q.inDepartment(d).question(q.Ability, s.Period, s.through), kept)
			if ok {
				mu.Lock()
				defer mu.Unlock()
				counts[d.ID] = known.Figures.get(ActiveUsers)
			}
			return nil
		})
	}
	_ = group.Wait() // nor does it here
	return counts
}

// lookupCount looks for what is remembered of one department: in the cache, or in the history, where what was said of the
// department by itself stands before what was said of it among others.
func (a *Asker) lookupCount(ctx context.Context, q question, kept func() map[string]DepartmentFigures) (known answer, ok bool) {
	if a.cacheGet(ctx, q.key(), &known) {
		return known, true
	}
	if known, ok = a.lookupFinal(ctx, q); ok {
		return known, true
	}
	d, ok := kept()[q.DepartmentID]
	if !ok {
		return answer{}, false
	}
	known = d.answer(q.Ability, q.Cycle)
	a.cacheIfMissing(ctx, q, known, a.now().In(a.zone))
	return known, true
}

// storedListing returns what the history has of the departments below the query's, which is looked up when it is needed.
func (a *Asker) storedListing(ctx context.Context, q Query, s span) func() map[string]DepartmentFigures {
	return sync.OnceValue(func() map[string]DepartmentFigures {
		if a.history == nil || !s.complete() {
			return nil
		}
		ask := DepartmentAsk{AppID: q.App.ID, Cycle: s.Cycle, Date: s.Start, DepartmentID: q.Department.ID}
		if q.wholeTenant() {
			ask.DepartmentID = RootID
		}
		within, cancel := context.WithTimeout(ctx, historyTimeout)
		defer cancel()
		b, ok, err := a.history.RecallDepartments(within, ask)
		var l listing
		if err != nil || !ok || json.Unmarshal(b, &l) != nil {
			return nil
		}
		return l.byID()
	})
}
