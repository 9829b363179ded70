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

// Report is the answer to a Query: the figures, the days that they cover, and how they compare.
type Report struct {
	Query    Query
	Period   Period
	Through  Date // the last covered day: Period.End(), or earlier if the period is unfinished
	Complete bool // all days of the period are published
	Over     bool // the period has ended; if it is not Complete, its last days are not published yet

	// ZerosFrom is the first covered day with only zeros so far: nobody used the app on it or on later days, or the
	// platform still counts. It is zero if there is no such day. AsOf is when the platform was asked.
	ZerosFrom Date
	AsOf      time.Time

	// NotOut is the newer period that was meant but has no figures yet; Period then replaces it. It is nil if Period is
	// the one that was meant.
	NotOut *Period

	Before          Period    // the period that it is compared with, which is complete: see comparedPeriod
	PreviousWorkday Period    // of a day, the previous workday, which a card shows in small print; zero for a week and a month
	Sections        []Section // one for each ability; never to be added up

	days availability // what was known of the app's days
}

// Empty reports whether the platform has no figures for any of the abilities.
func (r Report) Empty() bool {
	return !slices.ContainsFunc(r.Sections, func(s Section) bool { return !s.Missing })
}

// Section holds the figures of one ability.
type Section struct {
	Ability Ability
	Missing bool // the platform has no figures for this ability in this period
	Failed  bool // the figures could not be fetched; the platform may have some
	Rows    []Row

	BeforeFailed bool // the figures to compare with could not be fetched
	TotalFailed  bool // TotalUsers of a week or a month could not be fetched
}

// Failed reports whether part of the report could not be fetched, so that asking again may complete it.
func (r Report) Failed() bool {
	return slices.ContainsFunc(r.Sections, func(s Section) bool { return s.Failed || s.BeforeFailed || s.TotalFailed })
}

// Row is one metric in both periods.
type Row struct {
	Metric          Metric
	Value           *int64 // nil: the platform did not give it
	Before          *int64 // nil: not asked for, or not given
	PreviousWorkday *int64 // on the previous working day; nil as Before, or if it could not be fetched
	Change          Change
	AsOf            Date // set if Value is a count up to this day and not over the period (TotalUsers of a week or a month)
}

// Change compares Value with Before.
type Change struct {
	Kind    ChangeKind
	Delta   int64   // Value - Before, for every kind but Incomparable
	Percent float64 // of Before; only for ByPercent
}

// ChangeKind says how a change may be expressed.
type ChangeKind string

// The kinds of change.
const (
	Incomparable ChangeKind = ""           // a value is missing or covers an unfinished period: say nothing
	Same         ChangeKind = "same"       // no change
	FromZero     ChangeKind = "new"        // 0 before, so there is no percentage
	ByCount      ChangeKind = "by_count"   // so few before that a percentage would be noise: show Delta only
	ByPercent    ChangeKind = "by_percent" // show Delta and Percent
)

// maxRestarts limits how often a question starts over because a day was published meanwhile.
const maxRestarts = 3

// reports makes reports.
type reports struct {
	*fetcher
	calendar *calendar
}

// Report answers a query: it chooses the period, fetches its figures and those of an earlier period, and compares them
// where that is valid. Its error is a *TimeError, a *NoFigures, a *Failure, or one that does not come from the
// platform. With a *NoFigures it also returns a report without figures.
func (rs *reports) Report(ctx context.Context, q Query, share Share) (Report, error) {
	v, err := rs.calendar.availability(ctx, q.App.ID, share, time.Time{})
	if err != nil {
		return Report{}, err
	}
	var r Report
	for range maxRestarts {
		var answered time.Time
		began := rs.now()
		if r, answered, err = rs.reportBy(ctx, q, share, v); err != nil || r.Complete && r.NotOut == nil {
			return r, err
		}
		if r.NotOut != nil {
			answered = rs.calendar.waited(began, answered)
		}
		again, err := rs.calendar.recheck(ctx, q.App.ID, share, v, answered)
		if err != nil {
			return Report{}, err
		}
		if sameDays(q, rs.today(), r, again) {
			r.days = again
			r.setAsOf(again)
			break
		}
		v = again
	}
	return r, nil
}

// sameDays reports whether the report would be about the same days under another availability.
func sameDays(q Query, today Date, r Report, v availability) bool {
	p, notOut, err := choosePeriod(q.When, q.Cycle, today, v)
	return err == nil && p == r.Period && (notOut == nil) == (r.NotOut == nil) &&
		v.coverage(p) == coverage{r.Through, r.ZerosFrom, r.Complete}
}

// reportBy makes a report for the given availability. answered is when the platform answered the last of its figures.
func (rs *reports) reportBy(ctx context.Context, q Query, share Share, v availability) (r Report, answered time.Time, err error) {
	if r, err = emptyReport(q, rs.today(), v); err != nil {
		return Report{}, answered, err
	}
	r.PreviousWorkday = previousWorkday(r.Period, rs.workdays)
	abilities := q.Ability.Each()
	r.Sections = make([]Section, len(abilities))
	failures, times := make([]error, len(abilities)), make([]time.Time, len(abilities))
	group, within := errgroup.WithContext(ctx)
	for i, ability := range abilities {
		group.Go(func() error {
			r.Sections[i], times[i], failures[i] = rs.section(within, r, v, ability, share)
			if failure := new(Failure); errors.As(failures[i], &failure) && failure.final() {
				return failure // the other abilities would fail in the same way
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are in failures
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

// emptyReport returns the report without its figures: the period, and which days it covers.
func emptyReport(q Query, today Date, v availability) (r Report, err error) {
	r = Report{Query: q, days: v}
	if r.Period, r.NotOut, err = choosePeriod(q.When, q.Cycle, today, v); err != nil {
		return Report{}, err
	}
	c := v.coverage(r.Period)
	r.Through, r.ZerosFrom, r.Complete, r.Over = c.through, c.zerosFrom, c.complete, r.Period.End().Before(today)
	r.Before = comparedPeriod(r.Period)
	r.setAsOf(v)
	return r, nil
}

// setAsOf sets AsOf if the report has days with zeros so far.
func (r *Report) setAsOf(v availability) {
	if !r.ZerosFrom.IsZero() {
		r.AsOf = v.At
	}
}

// commonFailure returns nil if any ability succeeded, because one of several may well have no figures. Otherwise it
// returns the failure that says most: "could not be fetched" says more than "no data".
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

// absent reports whether the platform says that an ability has no figures in this period. An app without the ability
// never has any.
func absent(err error) bool {
	failure := new(Failure)
	return errors.As(err, &failure) && (failure.Reason == NoData || failure.Reason == BadAbility)
}

// section fetches one ability's figures in the report's period and in the one that it is compared with. If the other
// period or the total fails, only that part is missing. The time is when the platform answered.
func (rs *reports) section(ctx context.Context, r Report, v availability, ability Ability, share Share) (Section, time.Time, error) {
	var now answer
	var before, workday, total Figures
	var noBefore, noTotal error
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		now, err = rs.answer(ctx, r.Query.question(ability, r.Period, r.lastPublished()), share)
		if err == nil {
			_, err = now.result()
		}
		return err
	})
	if r.Before.CompleteOn(v.Published) {
		group.Go(func() error {
			before, noBefore = rs.fetch(ctx, r.Query.question(ability, r.Before, r.Before.End()), share)
			return nil
		})
	}
	if r.showsPreviousWorkday() && r.PreviousWorkday.CompleteOn(v.Published) {
		group.Go(func() error {
			workday, _ = rs.fetch(ctx, r.Query.question(ability, r.PreviousWorkday, r.PreviousWorkday.End()), share) // it may be absent
			return nil
		})
	}
	totalOn := r.Through
	if !r.ZerosFrom.IsZero() {
		totalOn = v.Published // a total of a day that may still be counted is not final
	}
	if r.totalIsAsOf(ability) && !totalOn.IsZero() {
		group.Go(func() error {
			total, noTotal = rs.fetch(ctx, r.Query.question(ability, Period{TotalUsersCycle, totalOn}, totalOn), share)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return Section{}, time.Time{}, err
	}
	s := r.rows(ability, now.Figures, before, total, totalOn)
	for i, row := range s.Rows {
		if row.AsOf.IsZero() {
			s.Rows[i].PreviousWorkday = workday.get(row.Metric)
		}
	}
	s.BeforeFailed, s.TotalFailed = failed(noBefore), failed(noTotal)
	return s, now.Answered, nil
}

func (q Query) question(ability Ability, p Period, through Date) question {
	return question{Request{AppID: q.App.ID, Ability: ability, Cycle: p.Cycle, Date: p.Start, DepartmentID: q.Department.ID}, through}
}

// totalIsAsOf reports whether TotalUsers comes from another question: the period is longer than a day, or its day has
// only zeros so far and the total may be one of them.
func (r Report) totalIsAsOf(ability Ability) bool {
	return ability == AppAbility && (r.Period.Cycle != TotalUsersCycle || !r.ZerosFrom.IsZero())
}

// rows compares the figures. It uses only the metrics that the platform's page defines for the ability, because the
// platform may send a zero for others.
func (r Report) rows(ability Ability, now, before, total Figures, totalOn Date) Section {
	s := Section{Ability: ability}
	for _, metric := range ability.Metrics() {
		row := Row{Metric: metric}
		if metric == TotalUsers && r.totalIsAsOf(ability) {
			row.Value, row.AsOf = total.get(metric), totalOn
		} else {
			row.Value, row.Before = now.get(metric), before.get(metric)
		}
		// A person counts once per period, so part of a week cannot be compared with a whole week.
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

// Below smallBase a percentage says more about chance than about the app.
const smallBase = 20

// compare compares value with before. A fall to zero is always −100 %. For a small earlier count it gives only the
// difference. If one of the two is missing it says nothing.
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

// percentOf returns 100*delta/before. With large counts rounding could yield exactly ±100; the result is ±100 only if
// delta is the whole count.
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
