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

// Ranking compares the departments right below one, or at the top of the tenant, by their active users. People who sit
// in two departments count in both, so the counts are never added up.
type Ranking struct {
	Query    Query // Department: the one whose sub-departments are ranked; the zero one for those at the top
	Period   Period
	Through  Date
	Complete bool
	Over     bool
	NotOut   *Period // as in Report; so are ZerosFrom and AsOf
	Before   Period

	ZerosFrom Date
	AsOf      time.Time

	Rows []Rank // most active users first; those whose figures are missing last
}

// Place is the place of a row, from 1 on; 0 for one without a figure. Equal figures share a place, and the places after it
// are left free: 1, 2, 2, 4.
func (r Ranking) Place(i int) int {
	if r.Rows[i].Value == nil {
		return 0
	}
	for i > 0 && r.Rows[i-1].Value != nil && *r.Rows[i-1].Value == *r.Rows[i].Value {
		i--
	}
	return i + 1
}

// Uncounted returns how many departments could not be counted. The others are no ranking of all then, but one of those
// that could be.
func (r Ranking) Uncounted() (n int) {
	for _, row := range r.Rows {
		if row.Uncounted {
			n++
		}
	}
	return n
}

// BeforeUncounted is the same in the period before, of a ranking that has one.
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
	Below      int    // how many departments are right below it
	Value      *int64 // active users; nil: the platform has no figure, or the department could not be counted
	Before     *int64
	Change     Change

	Uncounted       bool // it was not asked for, or the call failed
	BeforeUncounted bool // the same in the period before
}

// Ranking compares the departments right below the query's by their active users: those of the whole app for All. Its
// errors are those of Report. It is empty where no department is below.
func (a *Asker) Ranking(ctx context.Context, q Query, share Share) (Ranking, error) {
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

// rank makes the ranking of a report's period, beside another one. Where the platform has no figures at all, its rows say
// so beside the error.
func (a *Asker) rank(ctx context.Context, r Report, before Period, share Share) (Ranking, error) {
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
	var nothing error // the platform has no figures of any
	group, within := errgroup.WithContext(ctx)
	if q.wholeTenant() {
		group.SetLimit(1) // what the platform refuses for the first period need not be tried for the second
	}
	group.Go(func() (err error) {
		if now, err = a.countByDepartment(within, q, span{r.Period, r.lastPublished()}, below, share); hasNone(err) {
			nothing, err = err, nil
		}
		return err
	})
	if r.Complete { // what three days of a week have is not compared with the whole week before
		group.Go(func() error {
			then, _ = a.countByDepartment(within, q, span{before, before.End()}, below, share) // it costs the comparison alone
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return Ranking{}, err
	}
	ranking.Rows = a.ranks(ctx, below, now, then)
	return ranking, nothing
}

// below asks which departments are right below one.
func (a *Asker) below(ctx context.Context, id string) ([]Department, error) {
	if a.children == nil {
		return nil, errors.New("nobody knows which departments are below another")
	}
	return a.children(ctx, id)
}

func (a *Asker) ranks(ctx context.Context, below []Department, now, then headcount) []Rank {
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

// key puts those without a figure after those with one, and those that could not be counted last.
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
	maxOneByOne = 100                // departments that are asked for one by one where they cannot be had together
	maxUnlisted = 10                 // the same, of those that an answer has left out
	refusalTTL  = 24 * time.Hour     // how long it is not tried again whether the platform lists the top departments
	refusalKey  = "below:0:refused:" // with the app's id
)

// headcount is what the platform says of the active users of departments, by their ids: nil where it has no figure. A
// department that is not in it could not be counted: it was not asked for, or the call failed.
type headcount map[string]*int64

// uncounted returns the departments of a list that could not be counted.
func (h headcount) uncounted(list []Department) (left []Department) {
	for _, d := range list {
		if _, counted := h[d.ID]; !counted {
			left = append(left, d)
		}
	}
	return left
}

// countByDepartment counts an ability's active users in a period, up to a day of it, in each of the departments right
// below the query's. What is remembered of a department is not asked for again, so that its ranking and its own card
// have the same figure. It fails when there is no count at all.
func (a *Asker) countByDepartment(ctx context.Context, q Query, s span, below []Department, share Share) (headcount, error) {
	counts := a.countKnown(ctx, q, s, below)
	rest := counts.uncounted(below)
	a.observe(len(rest) == 0)
	var err error
	if len(counts) == 0 || len(rest) > pagesFor(below) { // one by one, fewer cost no more
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

// countListed counts the departments that the platform lists together, and returns those that are to be asked for one by
// one: where it lists none of them, or leaves some out.
func (a *Asker) countListed(ctx context.Context, q Query, s span, below []Department, share Share, counts headcount) (rest []Department, err error) {
	l, err := a.listDepartments(ctx, q, s, below, share)
	most := maxUnlisted
	if l.count(q.question(q.Ability, s.Period, s.through), below, counts) == 0 { // it is refused, or about something else
		most = maxOneByOne
	}
	rest = counts.uncounted(below)
	failure := new(Failure)
	switch {
	case err == nil:
	case !errors.As(err, &failure) || failure.Temporary():
		return nil, err
	case notOut(err) && !q.wholeTenant(): // nor is there anything below
		for _, d := range rest {
			counts[d.ID] = nil
		}
		return nil, err
	}
	return rest[:min(len(rest), most)], err
}

// orError returns the counts, or why there are none.
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

// listDepartments asks the platform for all departments at once, unless it has refused that of late. The page does not say that
// the top departments can be had below RootID: it is tried.
func (a *Asker) listDepartments(ctx context.Context, q Query, s span, below []Department, share Share) (listing, error) {
	if a.departments == nil {
		return listing{}, &Failure{Reason: Rejected, Err: errors.New("there is no source of several departments")}
	}
	ask := DepartmentAsk{AppID: q.App.ID, Cycle: s.Cycle, Date: s.Start, DepartmentID: q.Department.ID}
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

// pagesFor is how many pages a listing of so many departments has at least.
func pagesFor(below []Department) int { return len(below)/DepartmentsOnPage + 1 }

// count enters what is listed of the departments that are not counted yet, and returns how many are listed.
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

// countOneByOne asks for one department after the other. Its error is one of those that it met, if it met any: the first
// that says more than that there are no figures, if there is one. A refusal of one department is none of the others;
// any other that is final is, and ends the count.
func (a *Asker) countOneByOne(ctx context.Context, q Query, s span, list []Department, share Share, counts headcount) error {
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
	_ = group.Wait() // it has been met
	return met
}

// inDepartment is the same question about another department.
func (q Query) inDepartment(d Department) Query {
	q.Department = d
	return q
}
