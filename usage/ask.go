package usage

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// zerosKept is how old the word may be that some days have zeros so far: a card gives its time.
const zerosKept = 10 * time.Second

// maxLooks bounds how often a question is put again since days were published while it was answered.
const maxLooks = 3

// Report answers a query: it chooses the period, asks for its figures and for those of the period before, and compares
// them as far as that is true. Its error is a *TimeError, a *NoFigures, a *Failure, or one that has nothing to do with the
// platform. Beside a *NoFigures there is a report without figures.
func (a *Asker) Report(ctx context.Context, q Query, share Share) (Report, error) {
	v, err := a.availability(ctx, q.App.ID, share, time.Time{})
	if err != nil {
		return Report{}, err
	}
	var r Report
	for range maxLooks {
		var answered time.Time
		if r, answered, err = a.reportBy(ctx, q, share, v); err != nil || r.Complete {
			return r, err
		}
		again, err := a.lookAgain(ctx, q.App.ID, share, v, answered)
		if err != nil {
			return Report{}, err
		}
		if again.coverage(r.Period) == v.coverage(r.Period) {
			r.days = again
			r.asOf(again)
			break
		}
		v = again
	}
	return r, nil
}

// lookAgain finds anew how far an app's figures go, after figures of unfinished periods were answered: a day that was
// published meanwhile is in them. Where none could be, it returns what is known.
func (a *Asker) lookAgain(ctx context.Context, appID string, share Share, v availability, answered time.Time) (availability, error) {
	if recent := a.now().Add(-zerosKept); len(v.Zeros) > 0 && v.At.Before(recent) && answered.Before(recent) {
		answered = recent
	}
	if v.final(a.today()) || !answered.After(v.At) {
		return v, nil
	}
	return a.availability(ctx, appID, share, answered)
}

// reportBy makes a report by what is known of an app's days, and tells when the last of its figures were answered.
func (a *Asker) reportBy(ctx context.Context, q Query, share Share, v availability) (r Report, answered time.Time, err error) {
	if r, err = a.frame(q, v); err != nil {
		return Report{}, answered, err
	}
	abilities := q.Ability.Each()
	r.Sections = make([]Section, len(abilities))
	failures, times := make([]error, len(abilities)), make([]time.Time, len(abilities))
	group, within := errgroup.WithContext(ctx)
	for i, ability := range abilities {
		group.Go(func() error {
			r.Sections[i], times[i], failures[i] = a.section(within, r, v, ability, share)
			if failure := new(Failure); errors.As(failures[i], &failure) && failure.final() {
				return failure // so it is with the others
			}
			return nil
		})
	}
	_ = group.Wait() // it is among the failures
	if ctx.Err() != nil {
		return Report{}, answered, ctx.Err()
	}
	for i, err := range failures {
		if err != nil {
			r.Sections[i] = Section{Ability: abilities[i], Missing: hasNone(err), Failed: failed(err)}
		}
	}
	return r, slices.MaxFunc(times, time.Time.Compare), v.coverage(r.Period).noFigures(q, r.Period.Start, allOf(failures))
}

// frame is a report without its figures: the period that answers the query, and what is known of it.
func (a *Asker) frame(q Query, v availability) (r Report, err error) {
	today := a.today()
	r = Report{Query: q, days: v}
	if r.Period, r.NotOut, err = choose(q.When, q.Cycle, today, v); err != nil {
		return Report{}, err
	}
	c := v.coverage(r.Period)
	r.Through, r.ZerosFrom, r.Complete, r.Over = c.through, c.zerosFrom, c.complete, r.Period.End().Before(today)
	r.Before = r.Period.Previous()
	r.asOf(v)
	return r, nil
}

// asOf notes when it was that some days had zeros.
func (r *Report) asOf(v availability) {
	if !r.ZerosFrom.IsZero() {
		r.AsOf = v.At
	}
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
// themselves costs no more than what it is. It tells when the platform answered.
func (a *Asker) section(ctx context.Context, r Report, v availability, ability Ability, share Share) (Section, time.Time, error) {
	var now answer
	var before, total Figures
	var noBefore, noTotal error
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		now, err = a.answer(ctx, r.Query.question(ability, r.Period, r.published()), share)
		if err == nil {
			_, err = now.result()
		}
		return err
	})
	if r.Before.CompleteOn(v.Published) {
		group.Go(func() error {
			before, noBefore = a.fetch(ctx, r.Query.question(ability, r.Before, r.Before.End()), share)
			return nil
		})
	}
	totalOn := r.Through
	if !r.ZerosFrom.IsZero() {
		totalOn = v.Published // the total of a day that may still be counted is none
	}
	if r.totalIsAsOf(ability) && !totalOn.IsZero() {
		group.Go(func() error {
			total, noTotal = a.fetch(ctx, r.Query.question(ability, Period{TotalUsersCycle, totalOn}, totalOn), share)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return Section{}, time.Time{}, err
	}
	s := r.rows(ability, now.Figures, before, total, totalOn)
	s.BeforeFailed, s.TotalFailed = failed(noBefore), failed(noTotal)
	return s, now.Answered, nil
}

func (q Query) question(ability Ability, p Period, through Date) question {
	return question{Ask{AppID: q.App.ID, Ability: ability, Cycle: p.Cycle, Date: p.Start, DepartmentID: q.Department.ID}, through}
}

// totalIsAsOf reports whether the ability's total is that of another day: the period is longer than a day, or its day has
// zeros so far and its total may be one of them.
func (r Report) totalIsAsOf(ability Ability) bool {
	return ability == AppAbility && (r.Period.Cycle != TotalUsersCycle || !r.ZerosFrom.IsZero())
}

// rows puts the figures side by side. Only the metrics that the page gives the ability are looked at: a zero that the
// platform sends for another one would be no figure.
func (r Report) rows(ability Ability, now, before, total Figures, totalOn Date) Section {
	s := Section{Ability: ability}
	for _, metric := range ability.Metrics() {
		row := Row{Metric: metric}
		if metric == TotalUsers && r.totalIsAsOf(ability) {
			row.Value, row.AsOf = total.get(metric), totalOn
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
