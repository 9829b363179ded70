package usage

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Ranking compares the direct sub-departments of a department, or the top departments, by active users. A person in two
// departments counts in both, so the counts must never be added up.
type Ranking struct {
	Query    Query // its Department is the parent of the ranked departments; zero for the top departments
	Period   Period
	Through  Date
	Complete bool
	Over     bool
	NotOut   *Period // as in Report, like ZerosFrom and AsOf
	Before   Period

	ZerosFrom Date
	AsOf      time.Time

	Rows []Rank // most active users first; departments without a figure last
}

// Place returns the place of row i, from 1 on, or 0 without a figure. Equal figures share a place and the next places
// are skipped: 1, 2, 2, 4.
func (r Ranking) Place(i int) int {
	if r.Rows[i].Value == nil {
		return 0
	}
	for i > 0 && r.Rows[i-1].Value != nil && *r.Rows[i-1].Value == *r.Rows[i].Value {
		i--
	}
	return i + 1
}

// Uncounted returns how many departments could not be counted. If there are any, the ranking only compares the others.
func (r Ranking) Uncounted() (n int) {
	for _, row := range r.Rows {
		if row.Uncounted {
			n++
		}
	}
	return n
}

// BeforeUncounted returns how many could not be counted in the period before, if the ranking shows it.
func (r Ranking) BeforeUncounted() (n int) {
	for _, row := range r.Rows {
		if r.Complete && row.BeforeUncounted {
			n++
		}
	}
	return n
}

// Rank is one department of a Ranking.
type Rank struct {
	Department Department
	Below      int    // number of direct sub-departments
	Value      *int64 // active users; nil: the platform has no figure, or the department could not be counted
	Before     *int64
	Change     Change

	Uncounted       bool // the department was not asked for, or the call failed
	BeforeUncounted bool // the same in the period before
}

// Ranking compares the direct sub-departments of the query's department by active users; for All by those of the whole
// app. It is empty if there are none. Its errors are those of Report.
func (a *Client) Ranking(ctx context.Context, q Query, share Share) (Ranking, error) {
	v, err := a.availability(ctx, q.App.ID, share, time.Time{})
	if err != nil {
		return Ranking{}, err
	}
	var ranking Ranking
	for range maxRestarts {
		r, err := a.emptyReport(q, v)
		if err != nil {
			return Ranking{}, err
		}
		if ranking, err = a.rank(ctx, r, r.Before, share); err != nil {
			return Ranking{}, v.coverage(r.Period).noFigures(ranking.Query, r.Period.Start, err)
		}
		if r.Complete {
			return ranking, nil
		}
		again, err := a.recheck(ctx, q.App.ID, share, v, a.now())
		if err != nil {
			return Ranking{}, err
		}
		if again.coverage(r.Period) == v.coverage(r.Period) {
			break
		}
		v = again
	}
	return ranking, nil
}

// rank makes the ranking of a report's period compared with another period. If the platform has no figures at all, it
// returns rows without figures along with the error.
func (a *Client) rank(ctx context.Context, r Report, before Period, share Share) (Ranking, error) {
	q := r.Query
	if q.Ability == All {
		q.Ability = AppAbility
	}
	ranking := Ranking{
		Query: q, Period: r.Period, Through: r.Through, Complete: r.Complete, Over: r.Over, NotOut: r.NotOut, Before: before,
		ZerosFrom: r.ZerosFrom, AsOf: r.AsOf,
	}
	below, err := a.below(ctx, q.Department.ID)
	if err != nil || len(below) == 0 {
		return ranking, err
	}
	var now, then headcount
	var nothing error // set if the platform has no figures of any department
	group, within := errgroup.WithContext(ctx)
	if q.wholeTenant() {
		group.SetLimit(1) // if the platform refuses the first period, do not try the second
	}
	group.Go(func() (err error) {
		if now, err = a.countByDepartment(within, q, span{r.Period, r.lastPublished()}, below, share); hasNone(err) {
			nothing, err = err, nil
		}
		return err
	})
	if r.Complete { // part of a week is not compared with a whole one
		group.Go(func() error {
			then, _ = a.countByDepartment(within, q, span{before, before.End()}, below, share) // an error only costs the comparison
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return Ranking{}, err
	}
	ranking.Rows = a.ranks(ctx, below, now, then)
	return ranking, nothing
}

// below returns the direct sub-departments.
func (a *Client) below(ctx context.Context, id string) ([]Department, error) {
	if a.children == nil {
		return nil, errors.New("nobody knows which departments are below another")
	}
	return a.children(ctx, id)
}

func (a *Client) ranks(ctx context.Context, below []Department, now, then headcount) []Rank {
	rows := make([]Rank, len(below))
	for i, d := range below {
		value, counted := now[d.ID]
		before, countedBefore := then[d.ID]
		rows[i] = Rank{
			Department: d, Value: value, Before: before, Change: compare(value, before),
			Uncounted: !counted, BeforeUncounted: !countedBefore,
		}
		if further, err := a.below(ctx, d.ID); err == nil {
			rows[i].Below = len(further)
		}
	}
	slices.SortStableFunc(rows, func(a, b Rank) int { return cmp.Compare(b.key(), a.key()) })
	return rows
}

// key sorts rows without a figure after those with one, and those that could not be counted last.
func (r Rank) key() int64 {
	switch {
	case r.Value != nil:
		return *r.Value
	case r.Uncounted:
		return -2
	}
	return -1
}

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
// if there is no count at all.
func (a *Client) countByDepartment(ctx context.Context, q Query, s span, below []Department, share Share) (headcount, error) {
	counts := a.countKnown(ctx, q, s, below)
	rest := counts.uncounted(below)
	a.observe(len(rest) == 0)
	var err error
	if len(counts) == 0 || len(rest) > pagesFor(below) { // asking for fewer one by one costs no more
		rest, err = a.countListed(ctx, q, s, below, share, counts)
	}
	if len(rest) > 0 {
		err = a.countOneByOne(ctx, q, s, rest, share, counts)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return counts.orError(err)
}

// countListed counts the departments that the platform lists together. It returns the departments to ask for one by
// one, because the platform did not list them.
func (a *Client) countListed(ctx context.Context, q Query, s span, below []Department, share Share, counts headcount) (rest []Department, err error) {
	l, err := a.listDepartments(ctx, q, s, below, share)
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
func (a *Client) listDepartments(ctx context.Context, q Query, s span, below []Department, share Share) (listing, error) {
	if a.departments == nil {
		return listing{}, &Failure{Reason: Rejected, Err: errors.New("there is no source of several departments")}
	}
	ask := DepartmentRequest{AppID: q.App.ID, Cycle: s.Cycle, Date: s.Start, DepartmentID: q.Department.ID}
	key := refusalKey + q.App.ID
	if q.wholeTenant() {
		ask.DepartmentID = RootID
		if _, refused := a.cache.Get(ctx, key); refused {
			return listing{}, &Failure{Reason: UnknownDepartment, Err: errors.New("the platform does not list the top departments, as it said before")}
		}
	}
	l, err := a.fetchListing(ctx, departmentQuestion{ask, s.through}, pagesFor(below)+1, share)
	if failure := new(Failure); q.wholeTenant() && l.pages == 0 && errors.As(err, &failure) && failure.refusesDepartment() {
		a.cache.Put(ctx, key, []byte("1"), refusalTTL)
	}
	return l, err
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
func (a *Client) countOneByOne(ctx context.Context, q Query, s span, list []Department, share Share, counts headcount) error {
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
			figures, err := a.fetch(ctx, q.inDepartment(d).question(q.Ability, s.Period, s.through), share)
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
