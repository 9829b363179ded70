package usage

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// What is known of a department is remembered in one place, whether it was asked for by itself or listed among others:
// as the answer to the question about that department. So a ranking and a department's own card have the same figure, and
// what is asked for anew shows on both.

// lookups is how many answers of a ranking are looked up or written down at once.
const lookups = 16

// rememberListed keeps what a listing says of each department and ability. What is still remembered stays: it may stand on
// a card that is shown.
func (a *Asker) rememberListed(ctx context.Context, q departmentQuestion, l listing) {
	var group errgroup.Group
	group.SetLimit(lookups)
	for _, d := range l.Departments {
		if d.DepartmentID == RootID {
			continue // the whole tenant has no id in a question
		}
		for _, ability := range Abilities() {
			group.Go(func() error {
				one := question{Ask{q.AppID, ability, q.Cycle, q.Date, d.DepartmentID}, q.through}
				a.rememberUnknown(ctx, one, d.answer(ability, q.Cycle), l.asked)
				return nil
			})
		}
	}
	_ = group.Wait() // a cache never fails
}

func (a *Asker) rememberUnknown(ctx context.Context, q question, listed answer, asked time.Time) {
	if known := new(answer); !a.read(ctx, q.key(), known) {
		a.write(ctx, q.key(), listed, a.keepFor(q.span(), listed.NoData, listed.Figures.idle(), asked))
	}
}

// answer is what a listing says of an ability, as the answer to a question about the department. It stands for that answer
// only where it has all metrics.
func (d DepartmentFigures) answer(ability Ability, c Cycle) answer {
	figures := d.Figures[ability]
	if _, listed := d.Figures[ability]; listed && figures.whole(ability, c) {
		return answerWith(figures)
	}
	n, ok := d.active(ability)
	if !ok {
		return answer{none: none{NoData: true}, Listed: true}
	}
	return answer{Figures: Figures{ActiveUsers: n}, Listed: true}
}

// active is a department's count of an ability. Of a department without use the platform tells nothing but 0 active users
// of the whole app: who did not use the app used no part of it, so this is 0 for each of its abilities.
func (d DepartmentFigures) active(ability Ability) (int64, bool) {
	if n, ok := d.Figures[ability][ActiveUsers]; ok {
		return n, true
	}
	app, known := d.Figures[AppAbility][ActiveUsers]
	return 0, known && app == 0
}

// whole reports whether figures have every metric that the ability has in the cycle.
func (f Figures) whole(a Ability, c Cycle) bool {
	for _, m := range a.Metrics() {
		if _, ok := f[m]; !ok && (m != TotalUsers || c == TotalUsersCycle) {
			return false
		}
	}
	return true
}

// countRemembered counts the departments of which something is remembered.
func (a *Asker) countRemembered(ctx context.Context, q Query, s span, below []Department) headcount {
	counts := headcount{}
	kept := a.listedBefore(ctx, q, s)
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(lookups)
	for _, d := range below {
		group.Go(func() error {
			known, ok := a.recallCount(ctx, q.in(d).question(q.Ability, s.Period, s.through), kept)
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

// recallCount looks for what is remembered of one department: in the cache, or in the history, where what was said of the
// department by itself stands before what was said of it among others.
func (a *Asker) recallCount(ctx context.Context, q question, kept func() map[string]DepartmentFigures) (known answer, ok bool) {
	if a.read(ctx, q.key(), &known) {
		return known, true
	}
	if known, ok = a.settledBefore(ctx, q); ok {
		return known, true
	}
	d, ok := kept()[q.DepartmentID]
	if !ok {
		return answer{}, false
	}
	known = d.answer(q.Ability, q.Cycle)
	a.rememberUnknown(ctx, q, known, a.now().In(a.zone))
	return known, true
}

// listedBefore returns what the history has of the departments below the query's, which is looked up when it is needed.
func (a *Asker) listedBefore(ctx context.Context, q Query, s span) func() map[string]DepartmentFigures {
	return sync.OnceValue(func() map[string]DepartmentFigures {
		if a.history == nil || !s.whole() {
			return nil
		}
		ask := DepartmentAsk{AppID: q.App.ID, Cycle: s.Cycle, Date: s.Start, DepartmentID: q.Department.ID}
		if q.top() {
			ask.DepartmentID = RootID
		}
		within, cancel := context.WithTimeout(ctx, historyPatience)
		defer cancel()
		b, ok, err := a.history.RecallDepartments(within, ask)
		var l listing
		if err != nil || !ok || json.Unmarshal(b, &l) != nil {
			return nil
		}
		return l.byID()
	})
}
