package sentence

import (
	"maps"
	"slices"
	"strings"

	"usagebot/usage"
)

// question makes the line of a question for figures. It begins with the previous one, if the sentence follows it up.
type question struct {
	*reader
	f       *frame
	line    Line
	problem *Reading
}

// maxSubjects is how many things are compared at most.
const maxSubjects = 5

// maxPoints returns how many periods a trend has at most.
func maxPoints(c usage.Cycle) int {
	return map[usage.Cycle]int{usage.Daily: 31, usage.Weekly: 26, usage.Monthly: 24}[c]
}

func (q *question) ask(about About, why Why, word string, offers ...Line) {
	if q.problem != nil {
		return
	}
	q.problem = &Reading{Kind: Ask, About: about, Why: why, Word: word}
	for _, l := range offers {
		q.problem.Offers = append(q.problem.Offers, Offer{Line: l.String()})
	}
}

func (q *question) refuse(why Why, word string, offers ...Line) {
	if q.problem != nil {
		return
	}
	q.problem = &Reading{Kind: Cannot, Why: why, Word: word}
	for _, l := range offers {
		q.problem.Offers = append(q.problem.Offers, Offer{Line: l.String()})
	}
}

func (q *question) read() Reading {
	if !q.follows {
		q.line = Line{Command: "usage"}
	}
	q.byCycle()
	q.yearAgo()
	q.subjects()
	q.command()
	q.metric()
	q.period()
	q.limits()
	q.export()
	if q.problem != nil {
		return *q.problem
	}
	return Reading{Kind: Run, Line: q.line.String()}
}

// subjects puts the departments, apps and abilities into the line.
func (q *question) subjects() {
	f, l := q.f, &q.line
	against := q.follows && (f.said(versus) || q.addsTo())
	joins := func(had, named int) bool { // one more is added to a comparison, several replace what it compares
		return against || q.follows && l.Command == "compare" && had > 1 && named == 1
	}
	switch {
	case f.said(company) && len(f.depts) == 0 && l.departments() > 0 && (against || joins(l.departments(), 1)), f.said(company) && len(f.depts) > 0 && f.said(versus, join):
		l.Whole = true
	case f.said(company) && len(f.depts) == 0:
		l.Departments, l.Whole = nil, false
	}
	var depts, apps []string
	for _, t := range f.depts {
		add(&depts, q.written(t))
	}
	for _, t := range f.apps {
		add(&apps, q.written(t))
	}
	if len(depts) > 0 && !joins(l.departments(), len(depts)) && !f.said(company) {
		l.Whole = false
	}
	combine(&l.Departments, depts, joins(l.departments(), len(depts)))
	if against && len(apps) > 0 && len(l.Apps) == 0 && len(depts) == 0 && q.Apps != nil && len(q.Apps.list) > 0 {
		l.Apps = []string{q.Apps.written(0)}
	}
	combine(&l.Apps, apps, joins(len(l.Apps), len(apps)))
	if against && len(f.abilities) > 0 && len(l.Abilities) == 0 {
		l.Abilities = []usage.Ability{usage.AppAbility}
	}
	combine(&l.Abilities, f.abilities, joins(len(l.Abilities), len(f.abilities)))
	if f.said(units) && len(f.depts) == 1 && f.said(versus) {
		if below := q.Names.below(f.depts[0].of.of[0]); len(below) > 1 && len(below) <= maxSubjects {
			l.Departments = nil
			for _, i := range below {
				l.Departments = append(l.Departments, q.Names.written(i))
			}
		}
	}
	if t, said := f.has[together]; said && !q.addsTo() {
		q.sum(t)
	}
}

// byCycle reads 按月看呢 after a question for figures as one for those of another cycle, not as one for a trend.
func (q *question) byCycle() {
	t, said := q.f.has[each]
	by := strings.HasPrefix(t.text, "按") || strings.HasPrefix(t.text, "by ")
	if said && by && q.follows && q.line.Command != "trend" && t.cycle >= max(q.line.Cycle, usage.Daily) && len(q.f.periods) == 0 && !q.f.said(chart) {
		f := *q.f
		f.each, f.cycles = 0, append(slices.Clone(f.cycles), t.cycle)
		q.f = &f
	}
}

// addsTo reports whether a follow-up adds something to compare: 加上产品部.
func (q *question) addsTo() bool {
	return q.follows && slices.Contains([]string{"加", "加上", "plus"}, q.f.has[together].text)
}

// combine replaces a list by what was named, or adds it.
func combine[T comparable](list *[]T, named []T, adds bool) {
	switch {
	case len(named) == 0:
	case !adds:
		*list = named
	default:
		*list = slices.Clone(*list)
		for _, v := range named {
			add(list, v)
		}
	}
}

// sum refuses to add up what must not be, and asks what 一共 means without a period.
func (q *question) sum(t token) {
	f := q.f
	switch {
	case len(q.line.Departments) > 1 || len(q.line.Apps) > 1 || len(q.line.Abilities) > 1:
		l := q.line
		l.Command = "compare"
		if len(f.cycles) == 1 {
			l.Cycle = f.cycles[0]
		}
		if len(l.Departments) > maxSubjects {
			l.Command, l.Departments = "top", nil
		}
		q.refuse(Sums, t.text, l)
	case slices.Contains(f.metrics, usage.TotalUsers):
	case len(f.spans) > 0 || slices.ContainsFunc(f.periods, func(t token) bool { return t.period.form > month && t.period.form < unclear }):
		if len(f.metrics) == 0 || slices.Contains(f.metrics, usage.ActiveUsers) || slices.Contains(f.metrics, usage.NewUsers) || f.said(people) {
			q.refuse(LongPeriods, t.text, q.asTrend())
		}
	case len(f.periods) == 0 && len(f.cycles) == 0 && !q.follows:
		total, day := q.line, q.line
		total.Metric, day.Cycle = usage.TotalUsers, usage.Daily
		q.ask(MetricWord, MetricUnclear, t.text, total, day)
	}
}

// asTrend returns the trend over the period that was named, for a question that has no single figure.
func (q *question) asTrend() Line {
	rest := *q.f
	rest.has = map[sort]token{chart: {}}
	rest.each = 0
	if len(rest.cycles) == 0 && slices.ContainsFunc(rest.periods, func(t token) bool { return t.period.form == long }) {
		rest.cycles = []usage.Cycle{usage.Monthly}
	}
	again := question{reader: q.reader, f: &rest}
	if again.read(); again.problem == nil {
		return again.line
	}
	return Line{Command: "trend"}
}

// command chooses the command.
func (q *question) command() {
	f, l := q.f, &q.line
	periods := len(f.periods)
	several := l.departments() > 1 || len(l.Apps) > 1 || len(l.Abilities) > 1 || periods > 1
	trends := f.intends("trend") || f.said(chart, span) || f.each != 0 || len(f.bareSpans) > 0
	for _, t := range f.periods {
		trends = trends || t.period.form > month && t.period.form < unclear
	}
	before := l.Command
	switch {
	case f.said(allApps) && len(f.apps) == 0:
		l.Command = "apps"
	case f.said(changed):
		l.Command, l.By = "top", "change"
	case f.said(coverage):
		l.Command, l.By = "top", "coverage"
	case several || f.said(versus) && !f.said(which):
		l.Command = "compare"
	case f.counted > 0 && f.said(most, intent, which):
		l.Command = "top"
	case f.said(units, which) || f.rank > 0 && f.has[rank].value == "" || f.intends("top"):
		l.Command = "top"
		if f.said(growth, drop) {
			l.By = "change"
		}
	case trends:
		l.Command = "trend"
	case f.intends("usage"):
		l.Command = "usage"
	}
	if f.said(byUsers) && (l.Command == "top" || f.said(which)) {
		l.Command, l.By = "top", ""
	}
	if l.Command == "why" && len(f.metrics) > 0 {
		l.Command = "usage" // changes are shown of all metrics
	}
	if l.Command != "compare" {
		l.Whole = false
	}
	if l.Command != before {
		l.N = 0
		if before == "top" {
			l.By = ""
		}
		if before == "compare" && len(l.Dates) > 1 && l.Command != "compare" {
			l.Dates = nil
		}
	}
	if l.Command != "top" && l.Command != "apps" && l.Command != "compare" && before != "top" {
		if t, said := f.has[most]; said {
			q.ask(UnknownWord, NotKnown, t.text)
		}
	}
	if l.Command == "top" && f.counted > 0 && f.rank == 0 {
		l.N = f.counted
	}
	if f.rank > 0 {
		l.N = f.rank
		if l.Command != "top" && l.Command != "apps" && (l.Command != "trend" || f.has[rank].value != "n") {
			q.ask(UnknownWord, NotKnown, f.has[rank].text)
		}
	}
	q.noComparison(trends)
}

// noComparison asks when there is nothing to compare, or too much.
func (q *question) noComparison(trends bool) {
	l, f := &q.line, q.f
	if l.Command != "compare" {
		if len(l.Departments) > 1 || len(l.Apps) > 1 || len(l.Abilities) > 1 {
			q.ask(UnknownWord, MixedSubjects, f.wordOf(versus, which, coverage, changed))
		}
		return
	}
	l.By = ""
	periods := len(f.periods)
	if periods == 1 && q.follows && f.said(versus) && len(f.depts)+len(f.apps)+len(f.abilities) == 0 {
		periods = 2
	}
	kinds, most := 0, 0
	for _, n := range []int{l.departments(), len(l.Apps), len(l.Abilities), periods, len(l.Dates)} {
		most = max(most, n)
	}
	for _, n := range []int{l.departments(), len(l.Apps), len(l.Abilities), periods} {
		if n > 1 {
			kinds++
		}
	}
	top := Line{Command: "top", Cycle: l.Cycle, Apps: l.Apps}
	switch {
	case f.said(units) && kinds == 0 && len(l.Departments) == 1:
		l.Command = "top"
	case most < 2 && len(l.Departments)+len(l.Apps)+len(l.Abilities) > 1:
		q.ask(UnknownWord, MixedSubjects, f.wordOf(versus))
	case most < 2:
		about := UnknownWord
		switch {
		case len(f.depts) == 1:
			about = Department
		case len(f.apps) == 1:
			about = AppName
		}
		q.ask(about, OneSubject, f.wordOf(versus))
	case kinds > 1:
		q.ask(UnknownWord, MixedSubjects, f.wordOf(versus))
	case most > maxSubjects:
		q.ask(Department, TooMany, f.wordOf(versus), top)
	case trends && (len(f.spans)+len(f.bareSpans) > 0 || f.each != 0):
		q.ask(PeriodWord, OnePeriodOnly, f.wordOf(span, bareSpan, each))
	}
}

// metric puts the metric into the line.
func (q *question) metric() {
	f, l := q.f, &q.line
	metrics := f.metrics
	if len(metrics) > 1 && (len(f.periods) > 0 || len(f.cycles) > 0) { // 本月累计访问量
		metrics = slices.DeleteFunc(slices.Clone(metrics), func(m usage.Metric) bool { return m == usage.TotalUsers })
	}
	if f.said(people) && len(metrics) == 1 && metrics[0] == usage.PageViews && (f.has[metric].text == "访问" || f.has[metric].text == "views") {
		metrics = []usage.Metric{usage.ActiveUsers} // 多少人访问
	}
	if len(metrics) > 1 && slices.Contains(metrics, usage.ActiveUsers) && len(metrics) == 2 && f.said(people) {
		metrics = slices.DeleteFunc(slices.Clone(metrics), func(m usage.Metric) bool { return m == usage.ActiveUsers })
	}
	switch {
	case len(metrics) > 1 && l.Command != "usage":
		q.ask(MetricWord, MetricUnclear, f.has[metric].text)
	case len(metrics) > 0:
		l.Metric = metrics[0]
		if l.Metric == usage.ActiveUsers {
			l.Metric = ""
		}
	case f.said(people):
		l.Metric = ""
	}
	if l.Metric == "" {
		return
	}
	if l.Command == "top" || l.Command == "apps" {
		if len(f.metrics) > 0 {
			q.refuse(RankedByUsers, f.has[metric].text, q.withoutMetric())
		}
		l.Metric = ""
		return
	}
	for _, a := range l.Abilities {
		if a != usage.All && !slices.Contains(a.Metrics(), l.Metric) {
			if len(f.metrics) == 0 {
				l.Metric = "" // the new ability of a follow-up does not have it
				return
			}
			q.refuse(AbilityMetrics, f.has[metric].text, q.withoutMetric())
		}
	}
}

// withoutMetric returns the same question for the usual metric.
func (q *question) withoutMetric() Line {
	rest := *q.f
	rest.metrics, rest.has = nil, maps.Clone(q.f.has)
	delete(rest.has, metric)
	again := question{reader: q.reader, f: &rest, line: q.base}
	again.line.Metric = ""
	if again.read(); again.problem == nil {
		return again.line
	}
	l := q.line
	l.Metric = ""
	return l
}

// export makes the line one that gives a file.
func (q *question) export() {
	f, l := q.f, &q.line
	if !f.said(export, format) {
		return
	}
	named := len(f.periods)+len(f.cycles)+len(f.spans)+len(f.bareSpans)+len(f.metrics)+len(f.depts)+len(f.apps)+len(f.abilities) > 0 ||
		f.said(intent, which, people, company, chart)
	if !named && !q.follows {
		q.ask(UnknownWord, NothingToExport, f.wordOf(export, format), Line{Command: "usage", Export: true, Cycle: usage.Weekly},
			Line{Command: "trend", Export: true, Cycle: usage.Daily, N: 30}, Line{Command: "top", Export: true, Cycle: usage.Weekly})
		return
	}
	if l.Command == "compare" || l.Command == "apps" {
		q.ask(UnknownWord, NothingToExport, f.wordOf(export, format), Line{Command: "top", Export: true, Cycle: l.Cycle})
		return
	}
	l.Export = true
	l.More = nil
	if slices.Contains(f.formats, "csv") {
		l.More = []string{"format:csv"}
	}
}
