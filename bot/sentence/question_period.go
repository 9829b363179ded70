package sentence

import (
	"slices"

	"usagebot/usage"
)

// period puts the cycle, the date and the number of periods into the line.
func (q *question) period() {
	if q.problem != nil {
		return
	}
	f := q.f
	cycles := slices.Clone(f.cycles)
	if f.each != 0 {
		add(&cycles, f.each)
	}
	if len(cycles) > 1 {
		q.ask(CycleWord, CycleContradicts, f.wordOf(cycle, each, metric))
		return
	}
	var said usage.Cycle
	if len(cycles) == 1 {
		said = cycles[0]
	}
	if q.line.Metric == usage.TotalUsers && said != 0 && said != usage.Daily && len(f.metrics) > 0 {
		day := q.line
		day.Cycle, day.Dates = 0, nil
		q.ask(CycleWord, CycleContradicts, f.has[metric].text, day)
		return
	}
	if f.intends("trend") || f.said(chart) || f.each != 0 { // 最近的趋势
		f.periods = slices.DeleteFunc(slices.Clone(f.periods), func(t token) bool { return t.value == "recent" })
	}
	spans := append(slices.Clone(f.spans), f.bareSpans...)
	switch {
	case len(f.periods) > 0 && len(spans) > 0, len(spans) > 1:
		q.ask(PeriodWord, PeriodUnclear, f.wordOf(span, bareSpan))
	case len(spans) == 1:
		q.span(spans[0], said)
	case len(f.periods) == 0:
		q.unnamed(said)
	case len(f.periods) == 1:
		q.single(f.periods[0], said)
	default:
		q.several(said)
	}
}

// unnamed leaves the period to the command. A new cycle of a follow-up drops the former date.
func (q *question) unnamed(said usage.Cycle) {
	l := &q.line
	if before, ok := q.previousPeriod(); ok && said != 0 && q.f.each == said && said < before.cycle() {
		q.inside(token{text: q.f.has[each].text, period: before}, said)
		return
	}
	if said != 0 && said != l.Cycle {
		if q.follows {
			l.Dates = nil
			if l.Command == "trend" && (l.N > maxPoints(said) || q.ranged) && q.f.rank == 0 {
				l.N = 0
			}
		}
		l.Cycle = said
	}
	if l.Command == "trend" && len(l.Dates) == 1 && l.Cycle == 0 && q.follows {
		l.Dates = nil
	}
	if l.Metric == usage.TotalUsers && q.follows && len(q.f.metrics) == 0 && l.Cycle != 0 && l.Cycle != usage.Daily {
		l.Metric = ""
	}
}

// previousPeriod returns the one period that the previous question named.
func (q *question) previousPeriod() (period, bool) {
	l := q.line
	if !q.follows || len(l.Dates) != 1 {
		return period{}, false
	}
	d, err := usage.ParseDate(l.Dates[0])
	if err != nil {
		return period{}, false
	}
	switch l.Cycle {
	case usage.Weekly:
		return weekFrom(d), true
	case usage.Monthly:
		return monthFrom(d), true
	}
	return period{}, false
}

// span is a trend up to the newest complete period.
func (q *question) span(t token, said usage.Cycle) {
	l, p := &q.line, t.period
	if l.Command != "trend" {
		q.ask(PeriodWord, OnePeriodOnly, t.text)
		return
	}
	n, unit := p.n, p.unit
	switch {
	case said == 0 || said == unit:
		if n == 1 { // 最近一周: one point is no trend
			week := Line{Command: "trend", Cycle: usage.Daily, N: 7, Abilities: l.Abilities, Departments: l.Departments, Apps: l.Apps, Metric: l.Metric}
			if unit == usage.Monthly {
				week.N = 30
			}
			whole := week
			whole.Command, whole.Cycle, whole.N = "usage", unit, 0
			if unit == usage.Daily {
				q.ask(PeriodWord, PeriodUnclear, t.text, whole)
				return
			}
			q.ask(PeriodWord, PeriodUnclear, t.text, week, whole)
			return
		}
	case said == usage.Daily && unit == usage.Weekly:
		n *= 7
	case said == usage.Daily && unit == usage.Monthly:
		n *= 30
	case said == usage.Weekly && unit == usage.Monthly:
		n = (n*52 + 6) / 12
	default:
		q.ask(CycleWord, CycleContradicts, t.text)
		return
	}
	if said == 0 {
		said = unit
	}
	l.Cycle, l.N, l.Dates = said, n, nil
	q.points(t.text)
}

// points checks the number of periods of a trend.
func (q *question) points(word string) {
	l := &q.line
	limit := maxPoints(l.Cycle)
	switch {
	case l.N > limit:
		q.ask(PeriodWord, TooLong, word, tooMany(*l, limit))
	case l.N == 1:
		l.Command, l.N = "usage", 0
	}
}

func tooMany(l Line, limit int) Line {
	l.N = limit
	return l
}

// single is a question about one period, or about the periods in it.
func (q *question) single(t token, said usage.Cycle) {
	l, p := &q.line, t.period
	switch {
	case p.form == noSuch:
		q.ask(PeriodWord, NoSuchDay, t.text)
		return
	case p.form == unclear || p.form == noPeriod:
		q.ask(PeriodWord, PeriodUnclear, t.text)
		return
	case p.start.After(q.Today):
		newest := *l
		newest.Dates = nil
		q.refuse(Future, t.text, newest)
		return
	case p.form == long || p.form == days || p.form == months || p.form == weeks:
		q.inside(t, said)
		return
	case l.Command == "compare" && q.follows && q.f.said(versus) && len(q.f.depts)+len(q.f.apps)+len(q.f.abilities) == 0:
		q.against(t, said)
		return
	}
	own := p.cycle()
	if q.follows && l.Command == "trend" && own == usage.Daily && !q.f.intends("trend") && !q.f.said(chart) {
		l.Command, l.N = "usage", 0 // one day is no trend
	}
	if said == 0 && l.Command == "trend" && own != usage.Daily && (!q.follows || l.Cycle == usage.Daily || l.Cycle == 0) {
		said = usage.Daily // 上周的趋势: its days
	}
	switch {
	case said != 0 && said < own && said == usage.Daily:
		q.inside(t, said)
		return
	case said != 0 && said != own:
		q.contradiction(t, said)
		return
	case l.Command == "trend" && own == usage.Daily && !q.follows:
		q.ask(PeriodWord, PeriodUnclear, t.text)
		return
	case l.Metric == usage.TotalUsers && own != usage.Daily:
		last := *l
		last.Cycle, last.Dates = usage.Daily, []string{earlier(p.end, q.newest()).String()}
		q.ask(PeriodWord, PeriodUnclear, t.text, last)
		return
	}
	if l.Command == "trend" && l.Cycle != own {
		l.N = 0
	}
	l.Cycle, l.Dates = own, []string{p.start.String()}
}

// contradiction asks about a period with a figure of another cycle.
func (q *question) contradiction(t token, said usage.Cycle) {
	own, other := q.line, q.line
	own.Cycle, own.Dates = t.period.cycle(), []string{t.period.start.String()}
	other.Cycle, other.Dates = said, []string{usage.PeriodOf(said, t.period.start).Start.String()}
	if said < t.period.cycle() {
		q.ask(CycleWord, CycleContradicts, t.text, own)
		return
	}
	q.ask(CycleWord, CycleContradicts, t.text, own, other)
}

func earlier(a, b usage.Date) usage.Date {
	if a.Before(b) {
		return a
	}
	return b
}

// inside is a trend of the shorter periods in a long one: the days of a week, the months of a year.
func (q *question) inside(t token, said usage.Cycle) {
	l, p := &q.line, t.period
	switch {
	case l.Command == "top" || l.Command == "apps" || l.Command == "compare":
		var offers []Line
		for d := p.start; p.form == weeks && !d.After(p.end); d = d.AddDays(7) {
			week := *l
			week.Cycle, week.Dates = usage.Weekly, []string{d.String()}
			offers = append(offers, week)
		}
		q.ask(PeriodWord, OnePeriodOnly, t.text, offers...)
		return
	case said == usage.Weekly && p.holiday != "", said == 0 && p.form == weeks:
		q.weeks(p)
		return
	case p.form == weeks && said == usage.Monthly:
		q.ask(CycleWord, CycleContradicts, t.text)
		return
	case said == usage.Weekly && p.form == days && usage.PeriodOf(usage.Weekly, p.start).Start == p.start && usage.PeriodOf(usage.Weekly, p.end).End() == p.end:
		q.weeks(p)
		return
	case said == usage.Weekly && p.form != week:
		q.ask(CycleWord, CycleContradicts, t.text)
		return
	}
	if said == 0 {
		said = usage.Daily
		if p.form == months || p.form == long {
			said = usage.Monthly
		}
		if p.form == long && !q.f.intends("trend") && !q.f.said(chart) && (!q.follows || q.f.said(people, together)) {
			q.refuse(LongPeriods, t.text, q.asTrend())
			return
		}
	}
	l.Command, l.Cycle = "trend", said
	if said == usage.Monthly {
		last := usage.PeriodOf(usage.Monthly, p.end).Start
		if p.form == long {
			last = earlier(last, q.newestMonth())
		}
		last = earlier(last, usage.PeriodOf(usage.Monthly, q.Today).Start)
		l.N, l.Dates = monthsIn(p.start, last), []string{last.String()}
		if l.N == 1 {
			l.Command, l.N = "usage", 0
		}
		q.points(t.text)
		return
	}
	last := earlier(p.end, q.newest())
	if last.Before(p.start) {
		newest := *l
		newest.Dates, newest.N = nil, 0
		q.refuse(Future, t.text, newest)
		return
	}
	l.N, l.Dates = daysIn(p.start, last), []string{last.String()}
	q.points(t.text)
}

// weeks is a trend of the weeks that a range of days touches, or the figures of its only one.
func (q *question) weeks(p period) {
	l := &q.line
	first, last := usage.PeriodOf(usage.Weekly, p.start).Start, usage.PeriodOf(usage.Weekly, earlier(p.end, q.Today)).Start
	l.Command, l.Cycle, l.N, l.Dates = "trend", usage.Weekly, (daysIn(first, last)+6)/7, []string{last.String()}
	q.points(q.f.periods[0].text)
}

// limits checks what the command takes.
func (q *question) limits() {
	l := &q.line
	if l.Metric == usage.TotalUsers && l.Cycle != 0 && l.Cycle != usage.Daily {
		day := *l
		day.Cycle, day.Dates, day.N = usage.Daily, nil, 0
		q.ask(CycleWord, CycleContradicts, q.f.wordOf(metric), day)
	}
	if cycle := max(l.Cycle, usage.Daily); l.Command == "trend" && l.N > maxPoints(cycle) {
		q.ask(PeriodWord, TooLong, q.f.wordOf(rank, span, bareSpan), tooMany(*l, maxPoints(cycle)))
	}
	if l.Command == "top" && l.N > 50 {
		q.ask(UnknownWord, TooMany, q.f.wordOf(rank), tooMany(*l, 50))
	}
	if l.Command != "trend" && l.Command != "top" && l.Command != "apps" {
		l.N = 0
	}
	if l.Command == "apps" {
		l.Departments, l.Apps = nil, nil
	}
}
