package usage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// publisher is a platform that publishes day after day, late as it may be. On each day with use another ten people use the
// app, so that a count tells which days are in it.
type publisher struct {
	late   map[Date]time.Duration // after 10 o'clock
	off    map[Date]bool          // days without use other than weekends
	from   Date                   // the app's first day
	week   bool                   // there is no use at weekends
	zeros  bool                   // a day without use is answered with zeros, otherwise with "data not found"
	making bool                   // so is a day in the making
	mended map[Date]time.Duration // how long after its publication a day is found to have one person more, if that is in time
}

func (p *publisher) used(d Date) bool {
	weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	return !p.off[d] && (!p.week || !weekend) && !d.Before(p.from)
}

// count is what a period has up to a day of it, before anything is mended.
func (p *publisher) count(period Period, through Date) (n int64) {
	for d := period.Start; !d.After(through) && !d.After(period.End()); d = d.AddDays(1) {
		if p.used(d) {
			n += 10
		}
	}
	return n
}

// countAt is count with what had been mended by a time.
func (p *publisher) countAt(period Period, through Date, now time.Time) int64 {
	n := p.count(period, through)
	for d, after := range p.mended {
		at, last := p.lastPublished(d).Add(after), time.Date(d.Year, d.Month, d.Day+1+finalAfterDays, 10, 0, 0, 0, shanghai)
		if p.used(d) && !d.Before(period.Start) && !d.After(through) && !d.After(period.End()) && at.Before(last) && !at.After(now) {
			n++
		}
	}
	return n
}

// lastPublished is when a day is published: none is before those that came before it.
func (p *publisher) lastPublished(d Date) time.Time {
	var last time.Time
	for back := range 40 {
		e := d.AddDays(-back)
		out := time.Date(e.Year, e.Month, e.Day+1, 10, 0, 0, 0, shanghai).Add(p.late[e])
		if out.After(last) {
			last = out
		}
	}
	return last
}

// newest is the last day that is published.
func (p *publisher) newest(now time.Time) Date {
	d := DateOf(now.In(shanghai)).AddDays(-1)
	for p.lastPublished(d).After(now) {
		d = d.AddDays(-1)
	}
	return d
}

func (p *publisher) figures(ask Request, now time.Time) (n int64, ok bool) {
	period, newest := Period{ask.Cycle, ask.Date}, p.newest(now)
	if ask.Date.After(newest) {
		return 0, p.making && ask.Date.Before(DateOf(now))
	}
	n = p.countAt(period, newest, now)
	return n, n > 0 || p.zeros
}

// usedIn reports whether the platform had published use in some days at a time.
func (p *publisher) usedIn(first, last Date, now time.Time) bool {
	newest := p.newest(now)
	for d := first; !d.After(last) && !d.After(newest); d = d.AddDays(1) {
		if p.used(d) {
			return true
		}
	}
	return false
}

// of makes a platform of what a publisher says at each moment.
func (p *publisher) platform() *platform {
	now := func() time.Time { return time.Now().In(shanghai) }
	return &platform{
		newest: NewDate(9999, 1, 1),
		figures: func(ask Request) Figures {
			n, _ := p.figures(ask, now())
			return Figures{ActiveUsers: n, TotalUsers: 1000}
		},
		fail: func(_ int, ask Request) error {
			_, ok := p.figures(ask, now())
			return when(!ok, &Failure{Reason: NoData})
		},
	}
}

// drawPublisher makes a platform as there may be any, around a day: with holidays, weekends without use, apps in their first
// days, days that are late by any time, and figures that are mended.
func drawPublisher(rt *rapid.T, around Date) *publisher {
	p := &publisher{late: map[Date]time.Duration{}, off: map[Date]bool{}, mended: map[Date]time.Duration{}}
	p.week, p.zeros, p.making = rapid.Bool().Draw(rt, "idle weekends"), rapid.Bool().Draw(rt, "zeros"), rapid.Bool().Draw(rt, "zeros in the making")
	if rapid.IntRange(0, 3).Draw(rt, "new app") == 0 {
		p.from = around.AddDays(rapid.IntRange(-5, 2).Draw(rt, "first day"))
	}
	for n := -8; n < 8; n++ {
		d := around.AddDays(n)
		switch rapid.IntRange(0, 5).Draw(rt, "how late") {
		case 0, 1:
			p.late[d] = time.Duration(rapid.IntRange(-9*60, 38*60).Draw(rt, "late")) * time.Minute
		case 2:
			p.late[d] = time.Duration(rapid.IntRange(38, 5*24).Draw(rt, "very late")) * time.Hour
		case 3:
			if rapid.IntRange(0, 5).Draw(rt, "endlessly late") == 0 {
				p.late[d] = time.Duration(rapid.IntRange(5*24, 20*24).Draw(rt, "weeks late")) * time.Hour
			}
		}
		p.off[d] = rapid.IntRange(0, 3).Draw(rt, "off") == 0
		if rapid.IntRange(0, 3).Draw(rt, "mended") == 0 {
			p.mended[d] = time.Duration(rapid.IntRange(1, 30).Draw(rt, "mended after")) * time.Hour
		}
	}
	if rapid.Bool().Draw(rt, "holiday") {
		first := around.AddDays(rapid.IntRange(-12, 1).Draw(rt, "first day off"))
		for n := range rapid.IntRange(2, 10).Draw(rt, "days off") {
			p.off[first.AddDays(n)] = true
		}
	}
	return p
}

// TestACardNeverLies asks at any hours of a platform that publishes at any, and that was used on any days: what is called
// whole is whole, what is not has what the days have that are named, zeros are called so with their time, nothing else is
// compared, no day is said to be missing that is there, and what is kept stays true.
func TestACardNeverLies(t *testing.T) {
	t.Parallel()
	checks, seen := 0, map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		first := NewDate(2026, 11, 1).AddDays(rapid.IntRange(0, 9).Draw(rt, "day"))
		p := drawPublisher(rt, first)
		queries := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) Query {
			return Query{
				App: App{ID: "cli_a"}, Cycle: rapid.SampledFrom(Cycles()).Draw(rt, "cycle"), Ability: rapid.SampledFrom([]Ability{AppAbility, Web}).Draw(rt, "ability"),
			}
		}), 1, 6).Draw(rt, "queries")
		pauses := rapid.SliceOfN(rapid.IntRange(2, 20*60*60), len(queries), len(queries)).Draw(rt, "seconds")
		back := rapid.SliceOfN(rapid.IntRange(-2, 9), len(queries), len(queries)).Draw(rt, "days back")
		w := &witness{truth: p, kept: &archive{}, seen: seen}
		source := p.platform()
		source.took = rapid.SampledFrom([]time.Duration{0, 0, time.Second, 40 * time.Second}).Draw(rt, "took")
		w.took = source.took
		at(t, first.Month, first.Day, 0, func(t *testing.T) {
			a := NewClient(Settings{Source: source, Quota: &window{}, Cache: &memory{}, History: w.kept, Now: time.Now, Zone: shanghai})
			defer a.Close()
			for i, q := range queries {
				time.Sleep(time.Duration(pauses[i]) * time.Second)
				switch today := DateOf(time.Now().In(shanghai)); back[i] {
				case -2:
				case -1:
					q.When.Kind = Yesterday
				default:
					q.When = When{Kind: OnDay, Date: today.AddDays(-back[i])}
				}
				w.look(t.Context(), a, q)
			}
		})
		if len(w.lies) > 0 {
			rt.Fatalf("%s\nthe truth is %+v", strings.Join(w.lies, "\n"), p)
		}
		checks++
	})
	// A Client that does not answer does not lie: each kind of answer has to come now and then.
	for kind, each := range map[string]float64{
		"a report": 1, "a whole report": 0.4, "zeros so far": 0.1, "a comparison": 0.2, "a period before": 0.2, "another period": 0.1,
		"no figures": 0.1, "a time without figures": 0.03, "a point": 4, "a day that is published": 4, "a day of zeros": 0.3, "a day that is not": 0.5, "kept": 1,
	} {
		if least := each * float64(checks); float64(seen[kind]) < least {
			t.Errorf("in %d checks there came %s %d times, want %.0f at least", checks, kind, seen[kind], least)
		}
	}
}

// witness holds answers against the truth.
type witness struct {
	truth *publisher
	kept  *archive
	lies  []string
	took  time.Duration  // by each answer of the platform
	seen  map[string]int // how often there was an answer of each kind
}

func (w *witness) says(format string, args ...any) {
	w.lies = append(w.lies, time.Now().In(shanghai).Format(time.DateTime)+" "+fmt.Sprintf(format, args...))
}

func (w *witness) look(ctx context.Context, a *Client, q Query) {
	began := time.Now()
	r, err := a.Report(ctx, q, People)
	if err == nil {
		w.report(r, began)
	} else {
		w.excused(q, err, began)
	}
	began = time.Now()
	trend, err := a.Trend(ctx, q, 3, People, 0)
	if err == nil {
		if trend.NotOut != nil {
			w.notOut(*trend.NotOut, began)
		}
		for _, p := range trend.Points {
			w.seen["a point"]++
			w.holds("a point", p.Period, p.Through, p.ZerosFrom, trend.AsOf, p.Complete, p.Value(q.Ability, ActiveUsers))
		}
	} else {
		w.excused(q, err, began)
	}
	w.days(ctx, a)
	w.kept.mu.Lock()
	kept := maps.Clone(w.kept.m) // a chart may still be filling it
	w.kept.mu.Unlock()
	for ask, figures := range kept {
		w.seen["kept"]++
		period := Period{ask.Cycle, ask.Date}
		want := w.truth.countAt(period, period.End(), time.Now().AddDate(1, 0, 0))
		if value := figures.get(ActiveUsers); value != nil && *value != want || value == nil && want != 0 {
			w.says("the history of %v is %v, not %d", period, figures, want)
		}
	}
}

func (w *witness) report(r Report, began time.Time) {
	w.seen["a report"]++
	row := r.Sections[0].Rows[0]
	w.holds("the report", r.Period, r.Through, r.ZerosFrom, r.AsOf, r.Complete, row.Value)
	if row.Before != nil {
		w.seen["a period before"]++
		w.holds("the period before", r.Before, r.Before.End(), Date{}, r.AsOf, true, row.Before)
	}
	if row.PreviousWorkday != nil {
		w.holds("the previous working day", r.PreviousWorkday, r.PreviousWorkday.End(), Date{}, r.AsOf, true, row.PreviousWorkday)
	}
	if row.Change.Kind != Incomparable {
		w.seen["a comparison"]++
		if !r.Complete {
			w.says("%v to %s is compared", r.Period, r.Through)
		}
	}
	if r.Complete {
		w.seen["a whole report"]++
	}
	if !r.ZerosFrom.IsZero() {
		w.seen["zeros so far"]++
	}
	if r.NotOut != nil {
		w.seen["another period"]++
		w.notOut(*r.NotOut, began)
	}
}

// soon is how long an answer of "not yet" may be repeated: a minute after the platform has given it.
func (w *witness) soon() time.Duration { return time.Minute + 12*w.took }

// notOut holds the word that a period is not all out.
func (w *witness) notOut(p Period, began time.Time) {
	if w.truth.usedIn(p.End(), p.End(), began.Add(-w.soon())) {
		w.says("%v is not out, with %s having use", p, p.End())
	}
}

// excused holds a word that there are no figures.
func (w *witness) excused(q Query, err error, began time.Time) {
	none, early, failure := new(NoFigures), new(TimeError), new(Failure)
	meant, given := q.When.Period(q.Cycle, DateOf(began.In(shanghai)))
	switch {
	case errors.As(err, &none):
		w.seen["no figures"]++
		if w.truth.usedIn(none.First, none.Last, began.Add(-w.soon())) {
			w.says("there are no figures from %s to %s", none.First, none.Last)
		}
	case errors.As(err, &early):
		w.seen["a time without figures"]++
		if w.truth.usedIn(early.Period.Start, early.Period.End(), began.Add(-w.soon())) {
			w.says("%v", err)
		}
	case errors.As(err, &failure) && failure.Reason == NoData:
		w.seen["no figures"]++
		yesterday := DateOf(began.In(shanghai)).AddDays(-1)
		if given && w.truth.usedIn(meant.Start, meant.End(), began.Add(-w.soon())) || !given && w.truth.usedIn(yesterday.AddDays(-6), yesterday, began.Add(-w.soon())) {
			w.says("there are no figures for %v", q)
		}
	default:
		w.says("failed: %v", err)
	}
}

// days holds what is said of each of the last days.
func (w *witness) days(ctx context.Context, a *Client) {
	for back := 1; back < 25; back++ {
		began := time.Now()
		day := DateOf(began.In(shanghai)).AddDays(-back)
		state, err := a.DayState(ctx, "cli_a", day, Machines)
		now := time.Now()
		there, late := w.truth.usedIn(day, day, began.Add(-w.soon())), w.truth.used(day) && day.After(w.truth.newest(now))
		switch {
		case err != nil:
			w.says("%s: %v", day, err)
		case state == Published:
			w.seen["a day that is published"]++
			if late {
				w.says("%s is published", day)
			}
		case state == ZerosOnly:
			w.seen["a day of zeros"]++
			if there {
				w.says("%s has zeros only", day)
			}
		default:
			w.seen["a day that is not"]++
			if there {
				w.says("%s is not published", day)
			}
		}
	}
}

// holds compares a figure with the days that it names. Days with zeros count as not covered at the stated time.
func (w *witness) holds(what string, p Period, through, zerosFrom Date, asOf time.Time, complete bool, value *int64) {
	now := time.Now()
	if complete != (through == p.End() && zerosFrom.IsZero()) {
		w.says("%s of %v to %s, zeros from %s, is complete: %v", what, p, through, zerosFrom, complete)
	}
	certain := through
	if !zerosFrom.IsZero() {
		certain = zerosFrom.AddDays(-1)
		if asOf.After(now) || now.Sub(asOf) > 5*time.Minute+12*w.took || w.truth.usedIn(zerosFrom, through, asOf) {
			w.says("%s of %v has zeros from %s to %s as of %s", what, p, zerosFrom, through, asOf)
		}
	}
	// What is mended within the hour may not be known yet.
	wants := []int64{w.truth.countAt(p, certain, now)}
	for past := time.Duration(0); past < 65*time.Minute; past += time.Minute {
		wants = append(wants, w.truth.countAt(p, certain, now.Add(-past)))
	}
	if value != nil && !slices.Contains(wants, *value) {
		w.says("%s of %v to %s, zeros from %s, is %d, not %d", what, p, through, zerosFrom, *value, wants[0])
	}
}
