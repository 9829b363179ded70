package usage

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"
)

// Refresh is a job that asks the platform again for a range of days of an app or a department, because the platform may
// have corrected figures after they became final here.
type Refresh struct {
	Backfill

	DepartmentID string // empty: the whole tenant
	Changed      int    // figures that differ from the stored ones
	Kept         int    // stored figures that the platform does not give any more; they stay
	Failed       int    // questions that the platform refused; the stored answers stay
}

// neverKnown makes callWithRetry ask the platform regardless of what is stored.
func neverKnown[T any]() (known T, ok bool) { return known, false }

// refreshes runs the steps of refreshes.
type refreshes struct {
	*fetcher
	calendar    *calendar
	departments *departments
}

// Refresh runs one step, for one day: the newest day that is left, and the weeks and months whose last day of the range
// it is. It uses the machines' share of the quota. It returns the new state also with an error; the day is then
// repeated, and figures already corrected are not counted twice.
func (rs *refreshes) Refresh(ctx context.Context, r Refresh) (Refresh, error) {
	if r.Finished() {
		return r, nil
	}
	v, err := rs.calendar.availability(ctx, r.AppID, Machines, time.Time{})
	if err != nil {
		return r, err
	}
	for _, cycle := range Cycles() {
		p := PeriodOf(cycle, r.Next)
		last := p.End()
		if last.After(r.Until) {
			last = r.Until
		}
		days := v.coverage(p)
		if last != r.Next || p.Start.After(days.through) { // the period belongs to another day's step, or has no figures
			continue
		}
		if err := rs.refreshPeriod(ctx, &r, span{p, days.lastPublished(p)}); err != nil {
			return r, err
		}
	}
	r.Next = r.Next.AddDays(-1)
	return r, nil
}

func (rs *refreshes) refreshPeriod(ctx context.Context, r *Refresh, s span) error {
	for _, ability := range Abilities() {
		q := question{Request{AppID: r.AppID, Ability: ability, Cycle: s.Cycle, Date: s.Start, DepartmentID: r.DepartmentID}, s.through}
		if err := rs.refreshFigures(ctx, r, q); err != nil {
			return err
		}
	}
	return rs.refreshBelow(ctx, r, Query{App: App{ID: r.AppID}, Department: Department{ID: r.DepartmentID}}, s, maxDepth)
}

// maxDepth is how many levels of departments a refresh goes down. A company has fewer; it ends a directory that names a
// department below itself.
const maxDepth = 20

// refreshBelow refreshes all departments below the query's of which anything is stored, level by level. Other departments
// are asked for when a person needs them.
func (rs *refreshes) refreshBelow(ctx context.Context, r *Refresh, q Query, s span, depth int) error {
	below, err := rs.departments.below(ctx, q.Department.ID)
	if err != nil || len(below) == 0 || depth == 0 {
		return ctx.Err() // nobody could have asked for what the directory does not have
	}
	if err := rs.refreshListing(ctx, r, q, s, below); err != nil {
		return err
	}
	for _, d := range below {
		if err := rs.refreshBelow(ctx, r, q.inDepartment(d), s, depth-1); err != nil {
			return err
		}
	}
	return nil
}

// refreshFigures replaces the stored answer with the platform's current one. Metrics that the platform does not give
// any more stay.
func (rs *refreshes) refreshFigures(ctx context.Context, r *Refresh, q question) error {
	known, err := rs.knownAnswer(ctx, q)
	if err != nil {
		return err
	}
	asked := rs.now().In(rs.zone)
	said, err := shared(ctx, rs.lifecycle, "anew:"+q.key(), func(ctx context.Context) (answer, error) {
		return callWithRetry(ctx, rs.overview, Machines, "anew:"+q.key(), neverKnown[answer], func(ctx context.Context) (answer, error) {
			return answerOf(rs.source.Overview(ctx, q.Request))
		})
	})
	if err != nil {
		return r.handleFailure(err)
	}
	if known == nil {
		known = &said
	}
	if mended := r.merge(known.Figures, said.Figures); len(mended) > 0 {
		said = answerWith(mended)
	}
	said.Asked, said.Answered = asked, rs.now().In(rs.zone)
	q = q.publishedBy(said)
	rs.cachePut(ctx, q.key(), said, rs.ttl(q.span(), said.NoData, said.Figures.idle(), asked))
	if rs.history == nil || !rs.final(ctx, q.AppID, q.span(), said.NoData, asked) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	return rs.history.Remember(ctx, q.Request, said.Figures)
}

// knownAnswer returns the stored answer from the history or else the cache, or nil. If the history fails it returns the
// error: without the stored answer the refresh could lose figures.
func (rs *refreshes) knownAnswer(ctx context.Context, q question) (*answer, error) {
	if rs.history != nil && q.span().complete() {
		within, cancel := context.WithTimeout(ctx, historyTimeout)
		defer cancel()
		figures, ok, err := rs.history.Recall(within, q.Request)
		if err != nil {
			return nil, err
		}
		if ok {
			kept := answerWith(figures)
			return &kept, nil
		}
	}
	if cached, ok := rs.cached(ctx, q); ok {
		return &cached, nil
	}
	return nil, nil
}

// refreshListing refreshes the direct sub-departments, if anything of them is stored.
func (rs *refreshes) refreshListing(ctx context.Context, r *Refresh, q Query, s span, below []Department) error {
	kept := rs.departments.storedListing(ctx, q, s)()
	if len(kept) == 0 && !rs.remembersAny(ctx, q, s, below) {
		return nil
	}
	if rs.departments.departmentSource == nil {
		return rs.refreshUnlisted(ctx, r, q, s, below, listing{})
	}
	ask := q.listing(s)
	asked := rs.now().In(rs.zone)
	said := rs.departments.readPages(ctx, ask.DepartmentRequest, maxPages, Machines)
	failure := new(Failure)
	switch unlisted := errors.As(said.err, &failure) && failure.refusesDepartment(); {
	case unlisted: // then its ranking was asked for one by one
	case said.err != nil && !notOut(said.err):
		return r.handleFailure(said.err)
	}
	for _, d := range said.Departments {
		if d.DepartmentID == RootID {
			continue
		}
		for _, ability := range Abilities() {
			if err := rs.refreshListed(ctx, r, q.inDepartment(Department{ID: d.DepartmentID}).question(ability, s.Period, s.through), d, kept, asked); err != nil {
				return err
			}
		}
	}
	if err := rs.refreshUnlisted(ctx, r, q, s, below, said); err != nil {
		return err
	}
	if said.err == nil {
		rs.cachePut(ctx, ask.idsKey(), said.below(ask.DepartmentID), rs.departments.listedIDsTTL(ask, asked))
	}
	if rs.history == nil || said.err != nil || !rs.final(ctx, r.AppID, s, false, asked) {
		return nil
	}
	b, err := json.Marshal(said.withKept(kept))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	return rs.history.RememberDepartments(ctx, ask.DepartmentRequest, b)
}

// refreshUnlisted refreshes the direct sub-departments that the listing lacks, one by one, if anything of them is
// stored: a ranking asked for them in the same way.
func (rs *refreshes) refreshUnlisted(ctx context.Context, r *Refresh, q Query, s span, below []Department, said listing) error {
	listed := said.byID()
	for _, d := range below {
		if _, ok := listed[d.ID]; ok {
			continue
		}
		for _, ability := range Abilities() {
			one := q.inDepartment(d).question(ability, s.Period, s.through)
			known, err := rs.knownAnswer(ctx, one)
			if err != nil {
				return err
			}
			if known == nil && !rs.cacheGet(ctx, one.key(), new(answer)) {
				continue
			}
			if err := rs.refreshFigures(ctx, r, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// remembersAny reports whether the history or the cache has figures of any of the departments.
func (rs *refreshes) remembersAny(ctx context.Context, q Query, s span, below []Department) bool {
	for _, d := range below {
		if s.complete() && len(rs.storedSince(ctx, q.inDepartment(d).question(AppAbility, s.Period, s.through).Request, s.Start)) > 0 {
			return true
		}
		for _, ability := range Abilities() {
			if rs.cacheGet(ctx, q.inDepartment(d).question(ability, s.Period, s.through).key(), new(answer)) {
				return true
			}
		}
	}
	return false
}

// refreshListed replaces the stored answer of one department and ability with the listing's. A listing may give fewer
// metrics than the department's own answer; then it asks for the department itself, because any metric may have changed.
func (rs *refreshes) refreshListed(ctx context.Context, r *Refresh, q question, d DepartmentFigures, kept map[string]DepartmentFigures, asked time.Time) error {
	said := d.answer(q.Ability, q.Cycle)
	known, err := rs.knownAnswer(ctx, q)
	if err != nil {
		return err
	}
	if known != nil && said.Listed {
		return rs.refreshFigures(ctx, r, q)
	}
	if before := new(answer); known == nil && rs.cacheGet(ctx, q.key(), before) {
		known = before
	}
	if before, ok := kept[q.DepartmentID]; known == nil && ok {
		listed := before.answer(q.Ability, q.Cycle)
		known = &listed
	}
	if known == nil {
		known = &said
	}
	mended := r.merge(known.Figures, said.Figures)
	if len(mended) > 0 {
		said.Figures, said.noDataAnswer = mended, noDataAnswer{}
	}
	rs.cachePut(ctx, q.key(), said, rs.ttl(q.span(), said.NoData, said.Figures.idle(), asked))
	if said.Listed || rs.history == nil || !rs.final(ctx, q.AppID, q.span(), said.NoData, asked) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	return rs.history.Remember(ctx, q.Request, said.Figures)
}

// withKept returns the listing plus stored departments that it lacks.
func (l listing) withKept(kept map[string]DepartmentFigures) listing {
	listed := l.byID()
	all := slices.Clone(l.Departments)
	for i, d := range all {
		all[i].Figures = withMissing(d.Figures, kept[d.DepartmentID].Figures)
	}
	for _, id := range slices.Sorted(maps.Keys(kept)) {
		if _, ok := listed[id]; !ok {
			all = append(all, kept[id])
		}
	}
	l.Departments = all
	return l
}

// withMissing returns the figures plus known ones that they lack.
func withMissing(figures, known map[Ability]Figures) map[Ability]Figures {
	all := map[Ability]Figures{}
	for ability, f := range known {
		all[ability] = maps.Clone(f)
	}
	for ability, f := range figures {
		if all[ability] == nil {
			all[ability] = Figures{}
		}
		maps.Copy(all[ability], f)
	}
	return all
}

// merge returns the platform's current figures plus known ones that it does not give any more, and counts both kinds of
// difference.
func (r *Refresh) merge(known, said Figures) Figures {
	mended := Figures{}
	for metric, is := range said {
		if was, ok := known[metric]; !ok || was != is {
			r.Changed++
		}
		mended[metric] = is
	}
	for metric, was := range known {
		if _, ok := said[metric]; !ok {
			r.Kept++
			mended[metric] = was
		}
	}
	return mended
}

// handleFailure returns the error if it ends the step: a temporary failure, or one that every question would meet.
// Otherwise it counts the failure.
func (r *Refresh) handleFailure(err error) error {
	failure := new(Failure)
	if !errors.As(err, &failure) || failure.Temporary() || failure.final() {
		return err
	}
	if !absent(err) { // an app without the ability has no figures of it
		r.Failed++
	}
	return nil
}
