package sentence

import (
	"slices"

	"usagebot/usage"
)

// yearAgo adds the same period of the year before to what is compared: 10月同比. Weeks are compared with the one 52 weeks
// earlier, which has the same number.
func (q *question) yearAgo() {
	t, said := q.f.has[yearAgo]
	if !said {
		return
	}
	f := *q.f
	f.periods = slices.DeleteFunc(slices.Clone(f.periods), func(t token) bool { return t.period == yearOf(q.Today.Year-1) })
	q.f = &f
	if len(f.periods) == 0 && len(f.spans)+len(f.bareSpans) == 0 && f.each == 0 {
		if p, ok := q.compared(); ok {
			f.periods = []token{{entry: entry{sort: when}, text: t.text, period: p}}
		}
	}
	if len(f.periods) > 1 {
		return
	}
	if len(f.periods) == 0 || f.said(which, units, changed, coverage, chart, allApps) || f.intends("trend") || f.intends("top") {
		q.ask(PeriodWord, PeriodUnclear, t.text)
		return
	}
	before := f.periods[0]
	switch p := before.period; p.form {
	case week:
		before.period = weekFrom(p.start.AddDays(-52 * 7))
	case month:
		before.period = monthFrom(usage.NewDate(p.start.Year-1, p.start.Month, 1))
	default:
		q.ask(PeriodWord, PeriodUnclear, t.text)
		return
	}
	f.periods = append(f.periods, before)
}

// compared returns the period that is compared if none was named: the previous question's, or the newest complete one of the
// cycle that was named.
func (q *question) compared() (period, bool) {
	if p, ok := q.previousPeriod(); ok && len(q.f.cycles) == 0 {
		return p, true
	}
	c := q.line.Cycle
	if len(q.f.cycles) == 1 {
		c = q.f.cycles[0]
	}
	if c == 0 {
		return period{}, false
	}
	p := usage.PeriodOf(c, q.newest())
	if !p.CompleteOn(q.newest()) {
		p = p.Previous()
	}
	return map[usage.Cycle]func(usage.Date) period{usage.Daily: dayOf, usage.Weekly: weekFrom, usage.Monthly: monthFrom}[c](p.Start), true
}

// several compares periods.
func (q *question) several(said usage.Cycle) {
	l := &q.line
	l.Dates = nil
	for _, t := range q.f.periods {
		p := t.period
		own := p.cycle()
		switch {
		case p.form == noSuch:
			q.ask(PeriodWord, NoSuchDay, t.text)
		case own == 0, l.Dates != nil && own != l.Cycle:
			q.ask(PeriodWord, PeriodUnclear, t.text)
		case said != 0 && said != own:
			q.ask(CycleWord, CycleContradicts, t.text)
		case p.start.After(q.Today):
			q.refuse(Future, t.text)
		}
		l.Cycle = own
		add(&l.Dates, p.start.String())
	}
	switch {
	case len(l.Dates) > maxSubjects:
		q.ask(PeriodWord, TooMany, q.f.periods[maxSubjects].text)
	case len(l.Dates) < 2:
		q.ask(PeriodWord, OneSubject, q.f.periods[0].text)
	}
}

// against compares the previous question's period with the one that was named.
func (q *question) against(t token, said usage.Cycle) {
	l, own := &q.line, t.period.cycle()
	base := l.Cycle
	if base == 0 {
		base = usage.Daily
	}
	if said != 0 && said != own || own != base {
		q.ask(CycleWord, CycleContradicts, t.text)
		return
	}
	var first string
	if len(l.Dates) > 0 {
		first = l.Dates[0]
	} else {
		p := usage.PeriodOf(own, q.newest())
		if !p.CompleteOn(q.newest()) {
			p = p.Previous()
		}
		first = p.Start.String()
	}
	l.Dates = []string{first}
	add(&l.Dates, t.period.start.String())
	if len(l.Dates) < 2 {
		q.ask(PeriodWord, OneSubject, t.text)
	}
}
