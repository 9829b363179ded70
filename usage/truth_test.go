package usage

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// publisher is a platform that publishes day after day, late as it may be. On each day with use another ten people use the
// app, so that a count tells which days are in it.
type publisher struct {
	late   map[Date]time.Duration // after 10 o'clock
	off    map[Date]bool          // days without use, beside weekends
	week   bool                   // nobody uses the app at weekends
	zeros  bool                   // a day without use is answered with zeros, otherwise with "data not found"
	making bool                   // so is a day in the making
}

func (p *publisher) used(d Date) bool {
	weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
	return !p.off[d] && (!p.week || !weekend)
}

// count is what a period has up to a day of it.
func (p *publisher) count(period Period, through Date) (n int64) {
	for d := period.Start; !d.After(through) && !d.After(period.End()); d = d.AddDays(1) {
		if p.used(d) {
			n += 10
		}
	}
	return n
}

// newest is the last day that is out: no day is before those that came before it.
func (p *publisher) newest(now time.Time) Date {
	d := DateOf(now).AddDays(-6)
	for next := d.AddDays(1); ; d, next = next, next.AddDays(1) {
		out := time.Date(next.Year, next.Month, next.Day+1, 10, 0, 0, 0, shanghai).Add(p.late[next])
		if out.After(now) {
			return d
		}
	}
}

func (p *publisher) figures(ask Ask, now time.Time) (n int64, ok bool) {
	period, newest := Period{ask.Cycle, ask.Date}, p.newest(now)
	if ask.Date.After(newest) {
		return 0, p.making && ask.Date.Before(DateOf(now))
	}
	n = p.count(period, newest)
	return n, n > 0 || p.zeros
}

// of makes a platform of what a publisher says at each moment.
func (p *publisher) platform() *platform {
	now := func() time.Time { return time.Now().In(shanghai) }
	return &platform{
		newest:  NewDate(9999, 1, 1),
		figures: func(ask Ask) Figures { n, _ := p.figures(ask, now()); return Figures{ActiveUsers: n} },
		fail: func(_ int, ask Ask) error {
			_, ok := p.figures(ask, now())
			return when(!ok, &Failure{Reason: NoData})
		},
	}
}

// TestACardNeverLies asks at any hours of a platform that publishes at any, and that was used on any days: what is called
// whole is whole, what is not has what the days have that are named, nothing else is compared, and what is kept stays true.
func TestACardNeverLies(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		first := NewDate(2026, 11, 1).AddDays(rapid.IntRange(0, 9).Draw(rt, "day"))
		p := &publisher{late: map[Date]time.Duration{}, off: map[Date]bool{}}
		p.week, p.zeros, p.making = rapid.Bool().Draw(rt, "idle weekends"), rapid.Bool().Draw(rt, "zeros"), rapid.Bool().Draw(rt, "zeros in the making")
		for back := -6; back < 6; back++ {
			d := first.AddDays(-back)
			p.late[d] = time.Duration(rapid.IntRange(-9, 38).Draw(rt, "late")) * time.Hour
			// Silence is told by that of the week before: a day off there would hide a day that is late.
			p.off[d] = back < 4 && rapid.IntRange(0, 3).Draw(rt, "off") == 0
		}
		cycles := rapid.SliceOfN(rapid.SampledFrom(Cycles()), 1, 5).Draw(rt, "cycles")
		pauses := rapid.SliceOfN(rapid.IntRange(2, 20*60), len(cycles), len(cycles)).Draw(rt, "minutes")
		w := &witness{truth: p, kept: &archive{}}
		at(t, first.Month, first.Day, 0, func(t *testing.T) {
			a := NewAsker(Settings{Source: p.platform(), Quota: &window{}, Cache: &memory{}, History: w.kept, Now: time.Now, Zone: shanghai})
			defer a.Close()
			for i, c := range cycles {
				time.Sleep(time.Duration(pauses[i]) * time.Minute)
				w.look(t.Context(), a, Query{App: App{ID: "cli_a"}, Ability: Web, Cycle: c})
			}
		})
		if len(w.lies) > 0 {
			rt.Fatalf("%s\nthe truth is %+v", strings.Join(w.lies, "\n"), p)
		}
	})
}

// witness holds answers against the truth.
type witness struct {
	truth *publisher
	kept  *archive
	lies  []string
}

func (w *witness) says(format string, args ...any) {
	w.lies = append(w.lies, time.Now().In(shanghai).Format(time.DateTime)+" "+fmt.Sprintf(format, args...))
}

func (w *witness) look(ctx context.Context, a *Asker, q Query) {
	if r, err := a.Report(ctx, q, People); w.answered(err) {
		row := r.Sections[0].Rows[0]
		w.holds("the report", r.Period, r.Through, r.Complete, row.Value)
		w.holds("the period before", r.Before, r.Before.End(), true, row.Before)
		if row.Change.Kind != Incomparable && !r.Complete {
			w.says("%v to %s is compared", r.Period, r.Through)
		}
	}
	if trend, err := a.Trend(ctx, q, 3, People, 0); w.answered(err) {
		for _, p := range trend.Points {
			w.holds("a point", p.Period, p.Through, p.Complete, p.Value(Web, ActiveUsers))
		}
	}
	now := time.Now().In(shanghai)
	for back := 1; back < 5; back++ {
		day := DateOf(now).AddDays(-back)
		if out, err := a.Out(ctx, q.App.ID, day, Machines); err != nil || out && w.truth.used(day) && day.After(w.truth.newest(now)) {
			w.says("%s is out: %v, %v", day, out, err)
		}
	}
	for ask, figures := range w.kept.m {
		period := Period{ask.Cycle, ask.Date}
		w.holds("the history", period, period.End(), true, figures.get(ActiveUsers))
	}
}

// answered reports whether there are figures: that there are none is no lie.
func (w *witness) answered(err error) bool {
	if err != nil && !absent(err) && !errors.As(err, new(*TimeError)) {
		w.says("failed: %v", err)
	}
	return err == nil
}

func (w *witness) holds(what string, p Period, through Date, complete bool, value *int64) {
	if complete != (through == p.End()) {
		w.says("%s of %v to %s is complete: %v", what, p, through, complete)
	}
	if want := w.truth.count(p, through); value != nil && *value != want {
		w.says("%s of %v to %s is %d, not %d", what, p, through, *value, want)
	}
}
