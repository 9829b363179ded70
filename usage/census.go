package usage

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	maxSingles = 100                // departments that are asked for one by one where they cannot be had together
	maxLeftOut = 10                 // the same, of those that an answer has left out
	refusedFor = 24 * time.Hour     // how long it is not tried again whether the platform lists the top departments
	refusedKey = "below:0:refused:" // with the app's id
)

// census counts an ability's active users in a period, up to a day of it, in each of the departments right below the
// query's. A department that the platform says nothing of is not in it. It fails when there is no count at all.
func (a *Asker) census(ctx context.Context, q Query, s span, below []Department, share Share) (map[string]int64, error) {
	l, err := a.listed(ctx, q, s, len(below), share)
	failure := new(Failure)
	switch {
	case err == nil:
	case !errors.As(err, &failure) || failure.Temporary():
		return nil, err
	case notOut(err) && !q.top():
		return nil, err
	}
	counts, others := l.counts(q.Ability, below)
	most := maxLeftOut
	if len(others) == len(below) { // refused, or an answer about something else
		most = maxSingles
	}
	err = a.countSingly(ctx, q, s, others[:min(len(others), most)], share, counts)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(counts) == 0 && len(others) == len(below) {
		return nil, err
	}
	return counts, nil
}

// top reports whether the query is about the whole tenant.
func (q Query) top() bool { return q.Department.ID == "" || q.Department.ID == RootID }

// listed asks the platform for all departments at once, unless it has refused that of late. The page does not say that
// the top departments can be had below RootID: it is tried.
func (a *Asker) listed(ctx context.Context, q Query, s span, below int, share Share) (listing, error) {
	if a.departments == nil {
		return listing{}, &Failure{Reason: Rejected, Err: errors.New("there is no source of several departments")}
	}
	ask := DepartmentAsk{AppID: q.App.ID, Cycle: s.Cycle, Date: s.Start, DepartmentID: q.Department.ID}
	key := refusedKey + q.App.ID
	if q.top() {
		ask.DepartmentID = RootID
		if _, refused := a.cache.Get(ctx, key); refused {
			return listing{}, &Failure{Reason: UnknownDepartment, Err: errors.New("the platform does not list the top departments, as it said before")}
		}
	}
	l, err := a.list(ctx, departmentQuestion{ask, s.through}, below/DepartmentsOnPage+2, share)
	if failure := new(Failure); q.top() && errors.As(err, &failure) && failure.refusesDepartment() {
		a.cache.Put(ctx, key, []byte("1"), refusedFor)
	}
	return l, err
}

// refusesDepartment reports whether it is the department that the platform did not take, as far as can be told.
func (f *Failure) refusesDepartment() bool {
	return f.Reason == UnknownDepartment || f.Reason == Rejected
}

// counts returns what is listed of the departments, and those that are not listed.
func (l listing) counts(ability Ability, below []Department) (counts map[string]int64, others []Department) {
	counts = map[string]int64{}
	for _, d := range below {
		active, listed := l.Active[d.ID]
		if !listed {
			others = append(others, d)
		} else if n, ok := active[ability]; ok {
			counts[d.ID] = n
		}
	}
	return counts, others
}

// countSingly asks for one department after the other. Its error is one of those that it met, if it met any: the first
// that says more than that there are no figures, if there is one.
func (a *Asker) countSingly(ctx context.Context, q Query, s span, list []Department, share Share, counts map[string]int64) error {
	var mu sync.Mutex
	var met error
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	if len(list) > DepartmentsOnPage {
		share = share.charts()
	}
	for _, d := range list {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			one := q
			one.Department = d
			figures, err := a.fetch(ctx, one.question(q.Ability, s.Period, s.through), share)
			mu.Lock()
			defer mu.Unlock()
			if n, ok := figures[ActiveUsers]; ok {
				counts[d.ID] = n
			}
			if met == nil || absent(met) && err != nil && !absent(err) {
				met = err
			}
			if failure := new(Failure); errors.As(err, &failure) && failure.final() && failure.Reason != UnknownDepartment {
				return err // so it is with the others
			}
			return nil
		})
	}
	_ = group.Wait() // it has been met
	return met
}
