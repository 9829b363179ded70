package usage

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Query is a question with every name resolved.
type Query struct {
	App        App
	Ability    Ability
	Cycle      Cycle
	Department Department
	When       When
}

// Report is the answer to a Query: what the figures are, which days they cover, and what may be said of them.
type Report struct {
	Query    Query
	Period   Period
	Through  Date // the last day that the figures cover: Period.End(), or earlier when the period is unfinished
	Complete bool // all of the period's days are published
	Over     bool // the period has ended; not Complete then means that its last days are not published yet

	// ZerosFrom is the first of the days up to Through of which the platform says zeros, with no use of the app on a later
	// day: nobody used it, or the platform still counts. Zero when there is none. AsOf is when the platform was asked.
	ZerosFrom Date
	AsOf      time.Time

	// NotOut is the newer period that was meant while the platform has nothing of it yet; Period is then the newest one that is.
	// Nil when the period that was meant is the one that is shown.
	NotOut *Period

	Before   Period    // the period before, complete
	Sections []Section // one for each ability, never to be added up

	days availability // what was known of the app's days
}

// Empty reports whether the platform has nothing for any of the abilities.
func (r Report) Empty() bool {
	return !slices.ContainsFunc(r.Sections, func(s Section) bool { return !s.Missing })
}

// Section holds the figures of one ability.
type Section struct {
	Ability Ability
	Missing bool // the platform has nothing for this ability in this period
	Failed  bool // its figures could not be had: whether the platform has any is not known
	Rows    []Row

	BeforeFailed bool // the figures of the period before could not be had
	TotalFailed  bool // nor could TotalUsers, of a week or a month
}

// Failed reports whether some of a report could not be had. Asked again, it may be whole.
func (r Report) Failed() bool {
	return slices.ContainsFunc(r.Sections, func(s Section) bool { return s.Failed || s.BeforeFailed || s.TotalFailed })
}

// Row is one metric beside the period before.
type Row struct {
	Metric Metric
	Value  *int64 // nil: the platform did not give it
	Before *int64 // nil: not asked for, or not given
	Change Change
	AsOf   Date // set when Value is a count up to this day and not over the period (TotalUsers of a week or a month)
}

// Change is what may be said about Value against Before.
type Change struct {
	Kind    ChangeKind
	Delta   int64   // Value - Before, for every kind but Incomparable
	Percent float64 // of Before; only for ByPercent
}

// ChangeKind says in which words a change may be told.
type ChangeKind string

// The kinds of change.
const (
	Incomparable ChangeKind = ""           // one of the two is missing or covers an unfinished period: nothing is said
	Same         ChangeKind = "same"       // no change
	FromZero     ChangeKind = "new"        // 0 before: there is no percentage of nothing
	ByCount      ChangeKind = "by_count"   // so few before that a percentage would be noise: only Delta is told
	ByPercent    ChangeKind = "by_percent" // Delta and Percent are told
)

// zerosMaxAge is how old the word may be that some days have zeros so far: a card gives its time.
const zerosMaxAge = 10 * time.Second

// maxRestarts bounds how often a question is put again since days were published while it was answered.
const maxRestarts = 3

// Report answers a query: it chooses the period, asks for its figures and for those of the period before, and compares
// them as far as that is true. Its error is a *TimeError, a *NoFigures, a *Failure, or one that has nothing to do with the
// platform. Beside a *NoFigures there is a report without figures.
func (a *Asker) Report(ctx context.Context, q Query, share Share) (Report, error) {
	v, err := a.availability(ctx, q.App.ID, share, time.Time{})
	if err != nil {
		return Report{}, err
	}
	var r Report
	for range maxRestarts {
		var answered time.Time
		if r, answered, err = a.reportBy(ctx, q, share, v); err != nil || r.Complete {
			return r, err
		}
		again, err := a.recheck(ctx, q.App.ID, share, v, answered)
		if err != nil {
			return Report{}, err
		}
		if again.coverage(r.Period) == v.coverage(r.Period) {
			r.days = again
			r.setAsOf(again)
			break
		}
		v = again
	}
	return r, nil
}

// recheck finds anew how far an app's figures go, after figures of unfinished periods were answered: a day that was
// published meanwhile is in them. Where none could be, it returns what is known.
func (a *Asker) recheck(ctx context.Context, appID string, share Share, v availability, answered time.Time) (availability, error) {
	if recent := a.now().Add(-zerosMaxAge); len(v.Zeros) > 0 && v.At.Before(recent) && answered.Before(recent) {
		answered = recent
	}
	if v.final(a.today()) || !answered.After(v.At) {
		return v, nil
	}
	return a.availability(ctx, appID, share, answered)
}

// reportBy makes a report by what is known of an app's days, and tells when the last of its figures were answered.
func (a *Asker) reportBy(ctx context.Context, q Query, share Share, v availability) (r Report, answered time.Time, err error) {
	if r, err = a.emptyReport(q, v); err != nil {
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
	return r, slices.MaxFunc(times, time.Time.Compare), v.coverage(r.Period).noFigures(q, r.Period.Start, commonFailure(failures))
}

// emptyReport is a report without its figures: the period that answers the query, and what is known of it.
func (a *Asker) emptyReport(q Query, v availability) (r Report, err error) {
	today := a.today()
	r = Report{Query: q, days: v}
	if r.Period, r.NotOut, err = choosePeriod(q.When, q.Cycle, today, v); err != nil {
		return Report{}, err
	}
	c := v.coverage(r.Period)
	r.Through, r.ZerosFrom, r.Complete, r.Over = c.through, c.zerosFrom, c.complete, r.Period.End().Before(today)
	r.Before = r.Period.Previous()
	r.setAsOf(v)
	return r, nil
}

// setAsOf notes when it was that some days had zeros.
func (r *Report) setAsOf(v availability) {
	if !r.ZerosFrom.IsZero() {
		r.AsOf = v.At
	}
}

// commonFailure returns a failure when there is nothing but failures: one ability of several may well have no figures. It is the
// one that says most: that the platform has nothing says less than that it could not be asked.
func commonFailure(failures []error) error {
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
		now, err = a.answer(ctx, r.Query.question(ability, r.Period, r.lastPublished()), share)
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

// smallBase is the count below which a percentage of it says more about chance than about the app.
const smallBase = 20

// compare tells what may be said of value against before. A count that fell to nothing is −100 % whatever it was; of a
// small count only the difference is told; and where either is missing nothing is said at all.
func compare(value, before *int64) Change {
	if value == nil || before == nil {
		return Change{}
	}
	c := Change{Kind: ByPercent, Delta: *value - *before}
	switch {
	case c.Delta == 0:
		c.Kind = Same
	case *before == 0:
		c.Kind = FromZero
	case *before < smallBase && *value != 0:
		c.Kind = ByCount
	default:
		c.Percent = percentOf(c.Delta, *before)
	}
	return c
}

// percentOf is what per cent delta is of a count. Of large counts a fraction as small as 1 gets lost: the result is 100, or
// −100, only where delta is the whole count.
func percentOf(delta, before int64) float64 {
	p := 100 * float64(delta) / float64(before)
	switch {
	case p == -100 && delta > -before, p == 100 && delta < before:
		return math.Nextafter(p, 0)
	case p == 100 && delta > before:
		return math.Nextafter(p, 200)
	}
	return p
}
