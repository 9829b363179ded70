package usage

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	maxOneByOne = 100                // departments to ask for one by one if the platform does not list them
	maxUnlisted = 10                 // the same for departments that a list left out
	refusalTTL  = 24 * time.Hour     // how long a refusal to list the top departments is remembered
	refusalKey  = "below:0:refused:" // followed by the app's id
)

// headcount holds the active users by department id; nil if the platform has no figure. A department that is not in the
// map could not be counted: it was not asked for, or the call failed.
type headcount map[string]*int64

// uncounted returns the departments of the list that could not be counted.
func (h headcount) uncounted(list []Department) (left []Department) {
	for _, d := range list {
		if _, counted := h[d.ID]; !counted {
			left = append(left, d)
		}
	}
	return left
}

// countByDepartment counts an ability's active users in the given days, in each direct sub-department of the query's.
// It uses stored counts, so that a ranking and a department's own card show the same figure. It returns an error only
// if there is no count at all. unknown is how many departments the platform listed that are not among those below.
func (ds *departments) countByDepartment(ctx context.Context, q Query, s span, below []Department, share Share) (counts headcount, unknown int, err error) {
	counts = ds.countKnown(ctx, q, s, below)
	rest := counts.uncounted(below)
	ds.observe(len(rest) == 0)
	if len(counts) == 0 || len(rest) > pagesFor(below) { // asking for fewer one by one costs no more
		rest, err = ds.countListed(ctx, q, s, below, share, counts)
	}
	if len(rest) > 0 {
		err = ds.countOneByOne(ctx, q, s, rest, share, counts)
	}
	if ctx.Err() != nil {
		return nil, 0, ctx.Err()
	}
	counts, err = counts.orError(err)
	return counts, ds.unknownIn(ctx, q, s, below), err
}

// unknownIn returns how many departments the platform's last listing has that are not among those below: the directory
// may lag behind, or the bot may not see them. A listing with none of those below is about other departments.
func (ds *departments) unknownIn(ctx context.Context, q Query, s span, below []Department) (n int) {
	listed := map[string]bool{}
	for _, id := range ds.listedIDs(ctx, q, s) {
		listed[id] = true
	}
	found := false
	for _, d := range below {
		found = found || listed[d.ID]
		delete(listed, d.ID)
	}
	if !found {
		return 0
	}
	return len(listed)
}

// countListed counts the departments that the platform lists together. It returns the departments to ask for one by
// one, because the platform did not list them.
func (ds *departments) countListed(ctx context.Context, q Query, s span, below []Department, share Share, counts headcount) (rest []Department, err error) {
	l, err := ds.listDepartments(ctx, q, s, below, share)
	most := maxUnlisted
	if l.count(q.question(q.Ability, s.Period, s.through), below, counts) == 0 { // the list was refused, or was about other departments
		most = maxOneByOne
	}
	rest = counts.uncounted(below)
	failure := new(Failure)
	switch {
	case err == nil:
	case !errors.As(err, &failure) || failure.Temporary():
		return nil, err
	case notOut(err) && !q.wholeTenant(): // then there is nothing below either
		for _, d := range rest {
			counts[d.ID] = nil
		}
		return nil, err
	}
	return rest[:min(len(rest), most)], err
}

// orError returns the counts, or err if there are none.
func (h headcount) orError(err error) (headcount, error) {
	for _, n := range h {
		if n != nil {
			return h, nil
		}
	}
	return h, err
}

// wholeTenant reports whether the query is about the whole tenant.
func (q Query) wholeTenant() bool { return q.Department.ID == "" || q.Department.ID == RootID }

// listDepartments asks the platform for all departments at once, unless it refused that recently. The platform's page
// does not say whether RootID lists the top departments, so it is tried.
func (ds *departments) listDepartments(ctx context.Context, q Query, s span, below []Department, share Share) (listing, error) {
	if ds.departmentSource == nil {
		return listing{}, &Failure{Reason: Rejected, Err: errors.New("there is no source of several departments")}
	}
	ask := q.listing(s)
	key := refusalKey + q.App.ID
	if q.wholeTenant() {
		if _, refused := ds.cache.Get(ctx, key); refused {
			return listing{}, &Failure{Reason: UnknownDepartment, Err: errors.New("the platform does not list the top departments, as it said before")}
		}
	}
	l, err := ds.fetchListing(ctx, ask, pagesFor(below)+1, share)
	if failure := new(Failure); q.wholeTenant() && l.pages == 0 && errors.As(err, &failure) && failure.refusesDepartment() {
		ds.cache.Put(ctx, key, []byte("1"), refusalTTL)
	}
	return l, err
}

// listing returns the question for a listing of the query's sub-departments.
func (q Query) listing(s span) departmentQuestion {
	ask := DepartmentRequest{AppID: q.App.ID, Cycle: s.Cycle, Date: s.Start, DepartmentID: q.Department.ID}
	if q.wholeTenant() {
		ask.DepartmentID = RootID
	}
	return departmentQuestion{ask, s.through}
}

// pagesFor returns the minimum number of pages for the departments.
func pagesFor(below []Department) int { return len(below)/DepartmentsOnPage + 1 }

// count adds the listed counts of departments that have none yet, and returns how many of the departments are listed.
func (l listing) count(q question, list []Department, counts headcount) (listed int) {
	found := l.byID()
	for _, d := range list {
		figures, ok := found[d.ID]
		if !ok {
			continue
		}
		listed++
		if _, counted := counts[d.ID]; !counted {
			counts[d.ID] = figures.answer(q.Ability, q.Cycle).Figures.get(ActiveUsers)
		}
	}
	return listed
}

// countOneByOne asks for each department separately. Its error is the first one that says more than "no figures", if
// there is one. If one department is refused the others may still work; any other final failure ends the count.
func (ds *departments) countOneByOne(ctx context.Context, q Query, s span, list []Department, share Share, counts headcount) error {
	var mu sync.Mutex
	var met error
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxParallel)
	if len(list) > DepartmentsOnPage {
		share = share.batch()
	}
	for _, d := range list {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			figures, err := ds.fetch(ctx, q.inDepartment(d).question(q.Ability, s.Period, s.through), share)
			mu.Lock()
			defer mu.Unlock()
			if err == nil || hasNone(err) {
				counts[d.ID] = figures.get(ActiveUsers)
			}
			if met == nil || hasNone(met) && err != nil && !hasNone(err) {
				met = err
			}
			if failure := new(Failure); errors.As(err, &failure) && failure.final() && failure.Reason != UnknownDepartment {
				return err
			}
			return nil
		})
	}
	_ = group.Wait() // the error is in met
	return met
}

// inDepartment returns the same query for another department.
func (q Query) inDepartment(d Department) Query {
	q.Department = d
	return q
}
