package usage

import (
	"context"
	"errors"

	"golang.org/x/sync/errgroup"
)

// Report answers a query: it chooses the period, asks for its figures and for those of the period before, and compares
// them as far as that is true. Its error is a *TimeError, a *Failure, or one that has nothing to do with the platform.
func (a *Asker) Report(ctx context.Context, q Query, share Share) (Report, error) {
	r, err := a.frame(ctx, q, share)
	if err != nil {
		return Report{}, err
	}
	abilities := q.Ability.Each()
	r.Sections = make([]Section, len(abilities))
	failures := make([]error, len(abilities))
	group, within := errgroup.WithContext(ctx)
	for i, ability := range abilities {
		group.Go(func() error {
			r.Sections[i], failures[i] = a.section(within, r, ability, share)
			if failure := new(Failure); errors.As(failures[i], &failure) && failure.final() {
				return failure // so it is with the others
			}
			return nil
		})
	}
	_ = group.Wait() // it is among the failures
	if ctx.Err() != nil {
		return Report{}, ctx.Err()
	}
	for i, err := range failures {
		if err != nil {
			r.Sections[i] = Section{Ability: abilities[i], Missing: hasNone(err), Failed: failed(err)}
		}
	}
	return r, allOf(failures)
}

// frame is a report without its figures: the period that answers the query, and what is known of it.
func (a *Asker) frame(ctx context.Context, q Query, share Share) (Report, error) {
	now := a.now().In(a.zone)
	reach, err := a.reach(ctx, q.App.ID, share, now)
	if err != nil {
		return Report{}, err
	}
	r := Report{Query: q}
	r.Period, r.NotOut, err = choose(q.When, q.Cycle, DateOf(now), reach)
	if err != nil {
		return Report{}, err
	}
	r.Through, r.Complete, r.Over = r.Period.through(reach.out), r.Period.CompleteOn(reach.out), r.Period.End().Before(DateOf(now))
	r.Before = r.Period.Previous()
	return r, nil
}

// allOf returns a failure when there is nothing but failures: one ability of several may well have no figures. It is the
// one that says most: that the platform has nothing says less than that it could not be asked.
func allOf(failures []error) error {
	worst := failures[0]
	for _, err := range failures {
		switch {
		case err == nil:
			return nil
		case failed(err) && (hasNone(worst) || errors.Is(worst, context.Canceled)):
			worst = err
		}
	}
	return worst
}

// absent reports whether the platform says that an ability has no figures in this period, which an app that lacks the
// ability never has.
func absent(err error) bool {
	failure := new(Failure)
	return errors.As(err, &failure) && (failure.Reason == NoData || failure.Reason == BadAbility)
}

// section asks for one ability's figures in the report's period, beside the period before. What else fails than the figures
// themselves costs no more than what it is.
func (a *Asker) section(ctx context.Context, r Report, ability Ability, share Share) (Section, error) {
	var now, before, total Figures
	var noBefore, noTotal error
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		now, err = a.fetch(ctx, r.Query.question(ability, r.Period, r.Through), share)
		return err
	})
	group.Go(func() error {
		before, noBefore = a.fetch(ctx, r.Query.question(ability, r.Before, r.Before.End()), share)
		return nil
	})
	if r.totalIsAsOf(ability) {
		group.Go(func() error {
			day := Period{TotalUsersCycle, r.Through}
			total, noTotal = a.fetch(ctx, r.Query.question(ability, day, r.Through), share)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return Section{}, err
	}
	s := r.rows(ability, now, before, total)
	s.BeforeFailed, s.TotalFailed = failed(noBefore), failed(noTotal)
	return s, nil
}

func (q Query) question(ability Ability, p Period, through Date) question {
	return question{Ask{AppID: q.App.ID, Ability: ability, Cycle: p.Cycle, Date: p.Start, DepartmentID: q.Department.ID}, through}
}

// totalIsAsOf reports whether the ability's total has to be asked as of a day, the period being longer than one.
func (r Report) totalIsAsOf(ability Ability) bool {
	return ability == AppAbility && r.Period.Cycle != TotalUsersCycle
}

// rows puts the figures side by side. Only the metrics that the page gives the ability are looked at: a zero that the
// platform sends for another one would be no figure.
func (r Report) rows(ability Ability, now, before, total Figures) Section {
	s := Section{Ability: ability}
	for _, metric := range ability.Metrics() {
		row := Row{Metric: metric}
		if metric == TotalUsers && r.totalIsAsOf(ability) {
			row.Value, row.AsOf = total.get(metric), r.Through
		} else {
			row.Value, row.Before = now.get(metric), before.get(metric)
		}
		// People are counted once in a period: what three days of a week have is no part of what the whole week had.
		if r.Complete {
			row.Change = compare(row.Value, row.Before)
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

func (f Figures) get(m Metric) *int64 {
	if v, ok := f[m]; ok {
		return &v
	}
	return nil
}
