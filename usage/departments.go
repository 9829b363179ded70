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

// RootID is the platform's department id of the whole tenant. An empty id means the same in this package.
const RootID = "0"

// DepartmentRequest is one question to the platform's department overview, which answers for a department and its direct
// sub-departments.
type DepartmentRequest struct {
	AppID        string
	Cycle        Cycle
	Date         Date   // as in Request
	DepartmentID string // open_department_id; RootID for the top departments
}

// DepartmentPage is one page of the answer.
type DepartmentPage struct {
	Departments []DepartmentFigures
	Next        string // token of the next page; empty on the last one
}

// DepartmentFigures are the figures of one department. An ability that the platform did not list is absent.
type DepartmentFigures struct {
	DepartmentID string              `json:"id"`
	Figures      map[Ability]Figures `json:"figures,omitempty"`
}

// DepartmentSource gives the figures of several departments at once. Its errors are those of a Source.
type DepartmentSource interface {
	DepartmentUsage(ctx context.Context, ask DepartmentRequest, pageToken string) (DepartmentPage, error)
}

const (
	// DepartmentsOnPage is the platform's maximum of departments per page: "取值范围 1~20".
	DepartmentsOnPage = 20

	maxPages = 50 // 1,000 direct sub-departments
)

// listing is the answer to a DepartmentRequest: the figures of each department, or that there are none. It is also the
// stored form in the history.
type listing struct {
	Departments []DepartmentFigures `json:"departments,omitempty"`
	noDataAnswer

	asked time.Time
	pages int
	err   error // why further pages are missing
}

// byID returns the listed departments by id.
func (l listing) byID() map[string]DepartmentFigures {
	found := make(map[string]DepartmentFigures, len(l.Departments))
	for _, d := range l.Departments {
		found[d.DepartmentID] = d
	}
	return found
}

// departmentQuestion is a DepartmentRequest plus the last day that its answer must cover, as question is to Request.
type departmentQuestion struct {
	DepartmentRequest
	through Date
}

func (q departmentQuestion) key() string {
	return fmt.Sprintf("below:%s:%s:%s:%s:%s", q.AppID, q.Cycle, q.Date, q.DepartmentID, q.through)
}

func (q departmentQuestion) span() span { return span{Period{q.Cycle, q.Date}, q.through} }

// departments fetches the figures of several departments at once. The methods that count them are in headcount.go.
type departments struct {
	*fetcher
	departmentSource DepartmentSource // nil: departments are asked for one by one
	listings         *quotaQueue      // of the calls to departmentSource
	children         func(ctx context.Context, departmentID string) ([]Department, error)
}

// below returns the direct sub-departments.
func (ds *departments) below(ctx context.Context, id string) ([]Department, error) {
	if ds.children == nil {
		return nil, errors.New("nobody knows which departments are below another")
	}
	return ds.children(ctx, id)
}

// fetchListing asks for several departments, reads at most the given number of pages, and stores the figures of each.
// If a page fails it returns the departments read so far along with the error.
func (ds *departments) fetchListing(ctx context.Context, q departmentQuestion, pages int, share Share) (listing, error) {
	var known listing
	if ds.cacheGet(ctx, q.key(), &known) && known.NoData {
		return listing{}, known.failure()
	}
	l, err := shared(ctx, ds.lifecycle, fmt.Sprintf("%s:%s", share, q.key()), func(ctx context.Context) (listing, error) {
		asked := ds.now().In(ds.zone)
		l := ds.readPages(ctx, q.DepartmentRequest, pages, share)
		l.asked = asked
		if nothing, ok := noDataOf(l.err); ok && l.pages == 0 {
			l.noDataAnswer = nothing
		}
		ds.storeListing(ctx, q, l)
		return l, nil
	})
	if err == nil {
		err = l.err
	}
	return l, err
}

// storeListing stores the figures of each listed department, and the listing itself in the history if it is complete
// and final.
func (ds *departments) storeListing(ctx context.Context, q departmentQuestion, l listing) {
	if l.NoData {
		ds.cachePut(ctx, q.key(), l, ds.ttl(q.span(), true, true, l.asked))
	}
	ds.cacheListed(ctx, q, l)
	if l.pages > 0 {
		ds.cachePut(ctx, q.idsKey(), l.below(q.DepartmentID), ds.listedIDsTTL(q, l.asked))
	}
	if ds.history == nil || l.err != nil || !ds.final(ctx, q.AppID, q.span(), false, l.asked) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	if b, err := json.Marshal(l); err == nil {
		_ = ds.history.RememberDepartments(ctx, q.DepartmentRequest, b) // as in storeFinal
	}
}

// idsKey is the key of the ids of the departments that were listed.
func (q departmentQuestion) idsKey() string { return "listed:" + q.key() }

// listedIDsTTL keeps the ids as long as the figures of a listing with use: while a ranking is made of stored figures, it
// still has to know which departments it lacks.
func (ds *departments) listedIDsTTL(q departmentQuestion, asked time.Time) time.Duration {
	return ds.ttl(q.span(), false, false, asked)
}

// below returns the ids of the listed departments without the one that they are below, which the platform lists too.
func (l listing) below(parent string) []string {
	ids := []string{}
	for _, d := range l.Departments {
		if d.DepartmentID != parent && d.DepartmentID != RootID {
			ids = append(ids, d.DepartmentID)
		}
	}
	return ids
}

// listedIDs returns the ids of the departments in the platform's last listing of the query's sub-departments.
func (ds *departments) listedIDs(ctx context.Context, q Query, s span) (ids []string) {
	ask := q.listing(s)
	if ds.cacheGet(ctx, ask.idsKey(), &ids) {
		return ids
	}
	var l listing
	for _, d := range ds.storedListing(ctx, q, s)() {
		l.Departments = append(l.Departments, d)
	}
	ids = l.below(ask.DepartmentID)
	ds.cachePut(ctx, ask.idsKey(), ids, ds.listedIDsTTL(ask, ds.now().In(ds.zone)))
	return ids
}

// maxListingReads is how often the pages are read from the start.
const maxListingReads = 3

// readPages reads at most the given number of pages. The platform keeps page tokens for two hours; if it refuses one,
// the pages are read from the start.
func (ds *departments) readPages(ctx context.Context, ask DepartmentRequest, pages int, share Share) (l listing) {
	for range maxListingReads {
		l = ds.readOnce(ctx, ask, pages, share)
		if failure := new(Failure); !errors.As(l.err, &failure) || !failure.refusesPage() {
			break
		}
	}
	return l
}

func (ds *departments) readOnce(ctx context.Context, ask DepartmentRequest, pages int, share Share) listing {
	var l listing
	token := ""
	for range min(pages, maxPages) {
		page, err := callWithRetry(ctx, ds.listings, share, fmt.Sprint(ask, token), func() (DepartmentPage, bool) { return DepartmentPage{}, false },
			func(ctx context.Context) (DepartmentPage, error) {
				return ds.departmentSource.DepartmentUsage(ctx, ask, token)
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

// Each department's figures are stored in one place, under the question about that department, no matter whether the
// platform was asked for it alone or in a list. So a ranking and the department's own card show the same figure, and a
// refresh changes both.

// maxCacheLookups is how many cache operations of a ranking run in parallel.
const maxCacheLookups = 16

// cacheListed stores each department's figures of a listing. It keeps values that are still cached, because a card may
// be showing them.
func (ds *departments) cacheListed(ctx context.Context, q departmentQuestion, l listing) {
	var group errgroup.Group
	group.SetLimit(maxCacheLookups)
	for _, d := range l.Departments {
		if d.DepartmentID == RootID {
			continue // a question names the whole tenant by an empty id
		}
		for _, ability := range Abilities() {
			group.Go(func() error {
				one := question{Request{q.AppID, ability, q.Cycle, q.Date, d.DepartmentID}, q.through}
				ds.cacheIfMissing(ctx, one, d.answer(ability, q.Cycle), l.asked)
				return nil
			})
		}
	}
	_ = group.Wait() // the cache has no errors
}

func (ds *departments) cacheIfMissing(ctx context.Context, q question, listed answer, asked time.Time) {
	if known := new(answer); !ds.cacheGet(ctx, q.key(), known) {
		ds.cachePut(ctx, q.key(), listed, ds.ttl(q.span(), listed.NoData, listed.Figures.idle(), asked))
	}
}

// answer returns the listing's figures of an ability as an answer to a question about the department. Unless all
// metrics are there the answer is marked as Listed.
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

// activeUsers returns a department's active users of an ability. For a department without use the platform gives only 0
// active users of the whole app; then every ability has 0 as well.
func (d DepartmentFigures) activeUsers(ability Ability) (int64, bool) {
	if n, ok := d.Figures[ability][ActiveUsers]; ok {
		return n, true
	}
	app, known := d.Figures[AppAbility][ActiveUsers]
	return 0, known && app == 0
}

// hasAllMetrics reports whether the figures have every metric that the platform counts for the ability in the cycle.
func (f Figures) hasAllMetrics(a Ability, c Cycle) bool {
	for _, m := range a.Metrics() {
		if _, ok := f[m]; !ok && (m != TotalUsers || c == TotalUsersCycle) {
			return false
		}
	}
	return true
}

// countKnown returns the stored counts of the departments.
func (ds *departments) countKnown(ctx context.Context, q Query, s span, below []Department) headcount {
	counts := headcount{}
	kept := ds.storedListing(ctx, q, s)
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(maxCacheLookups)
	for _, d := range below {
		group.Go(func() error {
			known, ok := ds.lookupCount(ctx, q.inDepartment(d).question(q.Ability, s.Period, s.through), kept)
			if ok {
				mu.Lock()
				defer mu.Unlock()
				counts[d.ID] = known.Figures.get(ActiveUsers)
			}
			return nil
		})
	}
	_ = group.Wait() // the history's errors count as missing
	return counts
}

// lookupCount looks for one department's count in the cache and then in the history. In the history an answer for the
// department alone has priority over a listing.
func (ds *departments) lookupCount(ctx context.Context, q question, kept func() map[string]DepartmentFigures) (known answer, ok bool) {
	if ds.cacheGet(ctx, q.key(), &known) {
		return known, true
	}
	if known, ok = ds.lookupFinal(ctx, q); ok {
		return known, true
	}
	d, ok := kept()[q.DepartmentID]
	if !ok {
		return answer{}, false
	}
	known = d.answer(q.Ability, q.Cycle)
	ds.cacheIfMissing(ctx, q, known, ds.now().In(ds.zone))
	return known, true
}

// storedListing returns a function that reads the history's listing of the query's sub-departments, once and only when
// called.
func (ds *departments) storedListing(ctx context.Context, q Query, s span) func() map[string]DepartmentFigures {
	return sync.OnceValue(func() map[string]DepartmentFigures {
		if ds.history == nil || !s.complete() {
			return nil
		}
		within, cancel := context.WithTimeout(ctx, historyTimeout)
		defer cancel()
		b, ok, err := ds.history.RecallDepartments(within, q.listing(s).DepartmentRequest)
		var l listing
		if err != nil || !ok || json.Unmarshal(b, &l) != nil {
			return nil
		}
		return l.byID()
	})
}
