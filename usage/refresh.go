package usage

import (
	"context"
	"errors"
)

// Refresh is a range of days of an app, or of one of its departments, that the platform is asked for anew: it may have
// corrected figures after they were settled here.
type Refresh struct {
	Backfill

	DepartmentID string // empty: the whole tenant
	Changed      int    // figures that the platform now gives otherwise than they were known
	Kept         int    // figures that are known and that the platform does not give any more: they stay as they are
	Failed       int    // questions that the platform refused: what is known of them stays as it is
}

// never lets persist ask whatever is remembered.
func never[T any]() (known T, ok bool) { return known, false }

// Refresh asks for one more day of the range, the newest first, and for the weeks and months whose last day of the range
// it is, in the machines' share of the quota. It returns how far it has come, also with an error: then the same day is
// asked for again, and what has been mended already counts once.
func (a *Asker) Refresh(ctx context.Context, r Refresh) (Refresh, error) {
	if r.Finished() {
		return r, nil
	}
	newest, err := a.Newest(ctx, r.AppID, Machines)
	if err != nil {
		return r, err
	}
	for _, cycle := range Cycles() {
		p := PeriodOf(cycle, r.Next)
		last := p.End()
		if last.After(r.Until) {
			last = r.Until
		}
		if last != r.Next || p.Start.After(newest) { // another day's, or nothing of it is out
			continue
		}
		if err := a.refreshPeriod(ctx, &r, span{p, p.through(newest)}); err != nil {
			return r, err
		}
	}
	r.Next = r.Next.AddDays(-1)
	return r, nil
}

func (a *Asker) refreshPeriod(ctx context.Context, r *Refresh, s span) error {
	for _, ability := range Abilities() {
		q := question{Ask{AppID: r.AppID, Ability: ability, Cycle: s.Cycle, Date: s.Start, DepartmentID: r.DepartmentID}, s.through}
		if err := a.refreshFigures(ctx, r, q); err != nil {
			return err
		}
	}
	return a.refreshListing(ctx, r, s)
}

// refreshFigures puts what the platform says now in the place of what is known. What it says nothing of stays.
func (a *Asker) refreshFigures(ctx context.Context, r *Refresh, q question) error {
	known, err := a.known(ctx, q)
	if err != nil {
		return err
	}
	asked := a.now().In(a.zone)
	said, err := join(ctx, a, "anew:"+q.key(), func(ctx context.Context) (answer, error) {
		return persist(ctx, a.overview, Machines, never[answer], func(ctx context.Context) (answer, error) {
			return answerOf(a.source.Overview(ctx, q.Ask))
		})
	})
	if err != nil {
		return r.refused(err)
	}
	if known == nil {
		known = &said
	}
	mended := Figures{}
	for metric, is := range said.Figures {
		if was, ok := known.Figures[metric]; !ok || was != is {
			r.Changed++
		}
		mended[metric] = is
	}
	for metric, was := range known.Figures {
		if _, ok := said.Figures[metric]; !ok {
			r.Kept++
			mended[metric] = was
		}
	}
	if len(mended) > 0 {
		said = answerWith(mended)
	}
	a.write(ctx, q.key(), said, a.keepFor(q.span(), said.NoData, said.Figures.idle(), asked))
	if a.history == nil || !settled(q.span(), said.NoData, asked) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyPatience)
	defer cancel()
	return a.history.Remember(ctx, q.Ask, said.Figures)
}

// known is what the history has of a question, or else the cache; nil where neither has anything. Without the history it
// is not known what must not be lost.
func (a *Asker) known(ctx context.Context, q question) (*answer, error) {
	if a.history != nil && q.span().whole() {
		within, cancel := context.WithTimeout(ctx, historyPatience)
		defer cancel()
		figures, ok, err := a.history.Recall(within, q.Ask)
		if err != nil {
			return nil, err
		}
		if ok {
			kept := answerWith(figures)
			return &kept, nil
		}
	}
	if cached, ok := a.cached(ctx, q); ok {
		return &cached, nil
	}
	return nil, nil
}

// refreshListing does the same for the figures of the departments right below, where these are known as one list: what is
// not known is asked for when somebody wants it.
func (a *Asker) refreshListing(ctx context.Context, r *Refresh, s span) error {
	q := departmentQuestion{DepartmentAsk{AppID: r.AppID, Cycle: s.Cycle, Date: s.Start, DepartmentID: r.DepartmentID}, s.through}
	if q.DepartmentID == "" {
		q.DepartmentID = RootID
	}
	known, ok := a.recallList(ctx, q)
	if a.departments == nil || !ok {
		return nil
	}
	asked := a.now().In(a.zone)
	said, err := a.readPages(ctx, q.DepartmentAsk, maxPages, Machines)
	if err != nil && !notOut(err) {
		return r.refused(err)
	}
	mended := listing{Active: map[string]map[Ability]int64{}}
	for id, active := range said.Active {
		mended.Active[id] = map[Ability]int64{}
		for ability, is := range active {
			if was, ok := known.Active[id][ability]; !ok || was != is {
				r.Changed++
			}
			mended.Active[id][ability] = is
		}
	}
	for id, active := range known.Active {
		if mended.Active[id] == nil {
			mended.Active[id] = map[Ability]int64{}
		}
		for ability, was := range active {
			if _, ok := said.Active[id][ability]; !ok {
				r.Kept++
				mended.Active[id][ability] = was
			}
		}
	}
	if len(mended.Active) > 0 {
		a.rememberList(ctx, q, mended, asked)
	}
	return nil
}

// refused takes in that a question got no answer. Only what would be refused every time, or may be answered a little
// later, ends the step.
func (r *Refresh) refused(err error) error {
	failure := new(Failure)
	if !errors.As(err, &failure) || failure.Temporary() || failure.final() {
		return err
	}
	if !absent(err) { // an app without the ability has no figures of it
		r.Failed++
	}
	return nil
}
