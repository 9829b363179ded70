package usage

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Compared is one of several things that stand side by side: a department, an app, an ability, or one of them in another
// period. People may belong to several of them, so their counts must never be added up.
type Compared struct {
	Query  Query
	Report Report // without figures if Err is set
	Trend  Trend  // up to the report's period; without points until it is asked for
	Err    error  // why there are no figures, as Report says it; the others have theirs
}

// comparisons put reports side by side.
type comparisons struct {
	*fetcher
	reports *reports
	trends  *trends
}

// Compare answers queries that differ in the department, the app or the ability, for one period: if the newest one is not
// published for all apps, the newest that is. What cannot be answered has its Err. The error is the one that says most if
// there are no figures at all.
func (cs *comparisons) Compare(ctx context.Context, queries []Query, share Share) ([]Compared, error) {
	list := make([]Compared, len(queries))
	for i, q := range queries {
		list[i].Query = q
	}
	again := pointers(list)
	for tries := 0; tries < maxRestarts && len(again) > 0; tries++ {
		if err := cs.report(ctx, again, share); err != nil {
			return nil, err
		}
		again = misfits(list)
	}
	for _, one := range again {
		one.Err = &Failure{Reason: Unavailable, Err: errors.New("days were published all the while, so it is about other days than the others")}
	}
	return list, commonError(list)
}

func pointers(list []Compared) (all []*Compared) {
	for i := range list {
		all = append(all, &list[i])
	}
	return all
}

// report answers the queries.
func (cs *comparisons) report(ctx context.Context, list []*Compared, share Share) error {
	var group errgroup.Group
	for _, one := range list {
		group.Go(func() error {
			notOut := one.Report.NotOut
			one.Report, one.Err = cs.reports.Report(ctx, one.Query, share)
			if one.Report.NotOut == nil {
				one.Report.NotOut = notOut // of the period that was asked for first
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are in the list
	return ctx.Err()
}

// misfits returns those whose report is about other days than it has to be: about a later period than another one's, or,
// since a day was published meanwhile, about fewer days than another one's of the same app. Their queries name the period.
func misfits(list []Compared) (again []*Compared) {
	var first *Compared
	for i := range list {
		if one := &list[i]; one.Err == nil && (first == nil || one.Report.Period.Start.Before(first.Report.Period.Start)) {
			first = one
		}
	}
	for i := range list {
		one := &list[i]
		fewer := func(other Compared) bool {
			return other.Err == nil && other.Query.App.ID == one.Query.App.ID && other.Report.Period == one.Report.Period &&
				other.Report.lastPublished().After(one.Report.lastPublished())
		}
		if one.Err == nil && (one.Report.Period != first.Report.Period || slices.ContainsFunc(list, fewer)) {
			one.Query.When = When{Kind: OnDay, Date: first.Report.Period.Start}
			again = append(again, one)
		}
	}
	return again
}

// commonError returns nil if anything has figures, and otherwise the error that says most.
func commonError(list []Compared) error {
	failures := make([]error, len(list))
	for i, one := range list {
		failures[i] = one.Err
	}
	return commonFailure(failures)
}

// ComparePeriods answers one query for several periods. It puts no other period in the place of one that is not published:
// that one has a *TimeError. Its error is that of Compare.
func (cs *comparisons) ComparePeriods(ctx context.Context, q Query, periods []When, share Share) ([]Compared, error) {
	list := make([]Compared, len(periods))
	for i, when := range periods {
		list[i].Query = q
		list[i].Query.When = when
	}
	if err := cs.report(ctx, pointers(list), share); err != nil {
		return nil, err
	}
	for i := range list {
		if r := list[i].Report; list[i].Err == nil && r.NotOut != nil {
			list[i].Err = &TimeError{Period: *r.NotOut, Newest: r.days.lastUse()}
		}
	}
	return list, commonError(list)
}

// AddTrends returns the list with the trend up to each report's period, or with what was missing of these trends. Its errors
// are those of TrendTo.
func (cs *comparisons) AddTrends(ctx context.Context, list []Compared, share Share, within time.Duration) ([]Compared, error) {
	list = slices.Clone(list)
	group, ctx := errgroup.WithContext(ctx)
	for i := range list {
		one := &list[i]
		if one.Err != nil {
			continue
		}
		group.Go(func() (err error) {
			if len(one.Trend.Points) == 0 {
				one.Trend, err = cs.trends.TrendTo(ctx, one.Report, DefaultPoints(one.Query.Cycle), share, within)
			} else {
				one.Trend, err = cs.trends.Resume(ctx, one.Trend, share, within)
			}
			return err
		})
	}
	return list, group.Wait()
}

// Of returns a figure of the thing's ability; nil if there is none.
func (c Compared) Of(m Metric) *int64 {
	for _, s := range c.Report.Sections {
		for _, row := range s.Rows {
			if row.Metric == m {
				return row.Value
			}
		}
	}
	return nil
}

// Missing reports whether the platform says that it has no figures, as opposed to a failure.
func (c Compared) Missing() bool { return hasNone(c.Err) }

// Early reports whether no day of the period is published yet.
func (c Compared) Early() bool { return errors.As(c.Err, new(*TimeError)) }

// ChangeOf compares a metric of two whole periods, the later one with the earlier. It says nothing unless both are whole: the
// people of part of a week cannot be compared with those of a whole one.
func ChangeOf(m Metric, later, earlier Compared) Change {
	if later.Err != nil || earlier.Err != nil || !later.Report.Complete || !earlier.Report.Complete {
		return Change{}
	}
	return compare(later.Of(m), earlier.Of(m))
}

// Additive reports whether the metric of a longer period is the sum of its days: everything but people, of whom each counts
// once in a period.
func (m Metric) Additive() bool { return m == PageViews || m == Opens }

// ToDate compares the first days of two periods, as many as are published of both. Only Additive metrics can be compared:
// the platform counts people by whole periods.
type ToDate struct {
	Days  int
	Sides [2]Trend // by day, as many points as Days; in the order of the compared periods
}

// ToDate returns the first days of two periods of which one at least is not finished. ok is false if that is not so, or if
// one of them has no published day.
func (cs *comparisons) ToDate(ctx context.Context, list []Compared, share Share, within time.Duration) (t ToDate, ok bool, err error) {
	if len(list) != 2 || list[0].Err != nil || list[1].Err != nil || list[0].Report.Complete && list[1].Report.Complete {
		return ToDate{}, false, nil //nolint:nilerr // a thing without figures says so itself
	}
	t.Days = MaxPoints(Daily)
	for _, one := range list {
		t.Days = min(t.Days, one.Report.publishedDays())
	}
	if list[0].Query.Cycle == Daily || t.Days < 1 {
		return ToDate{}, false, nil
	}
	for i, one := range list {
		q, r := one.Query, one.Report
		q.Cycle = Daily
		last := Period{Daily, r.Period.Start.AddDays(t.Days - 1)}
		t.Sides[i] = Trend{Query: q, Points: pointsUpTo(last, t.Days, r.days), days: &r.days}
	}
	t, err = cs.each(t, func(side Trend) (Trend, error) {
		timely, cancel := withTimeout(ctx, within)
		defer cancel()
		return cs.trends.complete(ctx, timely, side, nil, share)
	})
	return t, true, err
}

// ResumeToDate completes what was missing.
func (cs *comparisons) ResumeToDate(ctx context.Context, t ToDate, share Share, within time.Duration) (ToDate, error) {
	return cs.each(t, func(side Trend) (Trend, error) { return cs.trends.Resume(ctx, side, share, within) })
}

func (cs *comparisons) each(t ToDate, fetch func(Trend) (Trend, error)) (ToDate, error) {
	var group errgroup.Group
	for i := range t.Sides {
		group.Go(func() (err error) {
			t.Sides[i], err = fetch(t.Sides[i])
			return err
		})
	}
	err := group.Wait()
	return t, err
}

// publishedDays returns how many days of the report's period are published, from its first one on.
func (r Report) publishedDays() (n int) {
	for d := r.Period.Start; !d.After(r.lastPublished()); d = d.AddDays(1) {
		n++
	}
	return n
}

// Sum adds up an Additive metric over the days of one side. It is nil if a day has no figure, since missing is not zero.
func (t ToDate) Sum(side int, a Ability, m Metric) *int64 {
	var sum int64
	for _, p := range t.Sides[side].Points {
		v := p.Value(a, m)
		if v == nil || !m.Additive() {
			return nil
		}
		sum += *v
	}
	return &sum
}

// Change compares the sums of two sides.
func (t ToDate) Change(later, earlier int, a Ability, m Metric) Change {
	return compare(t.Sum(later, a, m), t.Sum(earlier, a, m))
}

// Pending returns how many days are still being fetched.
func (t ToDate) Pending() int { return t.Sides[0].Pending() + t.Sides[1].Pending() }
