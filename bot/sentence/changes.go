package sentence

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"usagebot/usage"
)

// manage reads changes of one subscription.
func (r *reader) manage(f *frame) (Reading, bool) {
	for _, command := range []string{"unsubscribe", "pause", "resume", "test", "retry"} {
		if !f.intends(command) {
			continue
		}
		if len(f.ids) != 1 {
			reading := Reading{Kind: Ask, About: UnknownWord, Why: IDMissing, Word: command}
			reading.Offers = []Offer{{Line: "/subs"}}
			return reading, true
		}
		l := Line{Command: command, ID: f.ids[0]}
		switch {
		case command == "pause":
			until := r.until(f)
			if until == "" && len(f.periods)+len(f.spans)+len(f.bareSpans)+len(f.schedules) > 0 {
				return Reading{Kind: Ask, About: PeriodWord, Why: PeriodUnclear, Word: f.wordOf(when, span, bareSpan, schedule)}, true
			}
			if until != "" {
				l.More = []string{"until:" + until}
			}
		case command == "retry" && len(f.periods) == 1:
			l.Dates = []string{f.periods[0].period.start.String()}
		case command == "retry":
			return Reading{Kind: Ask, About: PeriodWord, Why: PeriodUnclear, Word: command}, true
		case len(f.periods) > 0 || len(f.bareSpans) > 0:
			return Reading{Kind: Ask, About: PeriodWord, Why: PeriodUnclear, Word: f.tokens[0].text}, true
		}
		kind := Confirm
		if command == "test" {
			kind = Run
		}
		return Reading{Kind: kind, Line: l.String()}, true
	}
	return Reading{}, false
}

// until returns the end of a pause; "" if none was named.
func (r *reader) until(f *frame) string {
	switch {
	case len(f.periods) == 1 && f.periods[0].period.form <= month && f.periods[0].period.form != noPeriod:
		return r.comingFrom(f.periods[0].period).String()
	case len(f.bareSpans) == 1:
		days := map[usage.Cycle]int{usage.Daily: 1, usage.Weekly: 7, usage.Monthly: 30}[f.bareSpans[0].period.unit]
		return r.Today.AddDays(days * f.bareSpans[0].period.n).String()
	case len(f.schedules) == 1 && f.schedules[0].value == "last":
		return usage.PeriodOf(usage.Monthly, r.Today).End().String()
	}
	return ""
}

// alert reads the wish to be told when a figure crosses a limit.
func (r *reader) alert(f *frame) (Reading, bool) {
	if !f.intends("alert") {
		return Reading{}, false
	}
	l, problem := r.subject(f, "alert")
	if problem != nil {
		return *problem, true
	}
	if l.Cycle == 0 {
		l.Cycle = usage.Daily
	}
	switch {
	case len(f.metrics) == 1 && f.metrics[0] != usage.ActiveUsers:
		l.Metric = f.metrics[0]
	case len(f.metrics) > 1:
		return Reading{Kind: Ask, About: MetricWord, Why: MetricUnclear, Word: string(f.metrics[1])}, true
	}
	limits := 0
	limit := func(said bool, text string) {
		if said {
			limits++
			l.More = []string{text}
		}
	}
	percents, numbers := len(f.percents) == 1, len(f.numbers) == 1 && len(f.percents) == 0
	limit(f.said(anomaly), "anomaly")
	share := cmp.Or(valueOf(f.percents), f.has[drop].value)
	limit((percents || f.has[drop].value != "") && f.said(drop) && !f.said(below), "drop:"+share+"%")
	limit(numbers && f.said(below), "below:"+countOf(f.numbers))
	limit(numbers && f.said(above) && !f.said(below, drop), "above:"+countOf(f.numbers))
	if limits != 1 || len(f.percents)+len(f.numbers) > 1 || len(f.periods)+len(f.spans)+len(f.clocks)+len(f.schedules) > 0 {
		return Reading{Kind: Ask, About: UnknownWord, Why: LimitMissing, Word: f.has[intent].text}, true
	}
	return Reading{Kind: Confirm, Line: l.String()}, true
}

func valueOf(tokens []token) string {
	if len(tokens) == 0 {
		return ""
	}
	return tokens[0].value
}

func countOf(tokens []token) string {
	if len(tokens) == 0 {
		return ""
	}
	return strconv.Itoa(tokens[0].n)
}

// subject returns the line for what a digest or an alert is about.
func (r *reader) subject(f *frame, command string) (Line, *Reading) {
	l := Line{Command: command, Abilities: f.abilities}
	cycles := slices.Clone(f.cycles)
	if f.each != 0 && len(f.schedules) == 0 {
		add(&cycles, f.each)
	}
	switch {
	case len(cycles) > 1:
		return l, &Reading{Kind: Ask, About: CycleWord, Why: CycleContradicts, Word: f.wordOf(cycle, each, metric)}
	case len(f.depts) > 1:
		return l, &Reading{Kind: Ask, About: Department, Why: SeveralMeanings, Word: f.depts[1].text}
	case len(f.apps) > 1:
		return l, &Reading{Kind: Ask, About: AppName, Why: SeveralMeanings, Word: f.apps[1].text}
	case len(f.abilities) > 1:
		l.Abilities = []usage.Ability{usage.All}
	}
	about := len(f.depts)+len(f.apps)+len(f.abilities) > 0 || f.said(company)
	if r.follows && (f.refers || !about) { // 订阅这个, or what was asked about before: 每周一早上九点发我
		l.Cycle, l.Departments, l.Apps = r.base.Cycle, r.base.Departments, r.base.Apps
		if len(l.Abilities) == 0 {
			l.Abilities = r.base.Abilities
		}
		if len(l.Departments) > 1 || len(l.Apps) > 1 || len(l.Abilities) > 1 {
			return l, &Reading{Kind: Ask, About: UnknownWord, Why: MixedSubjects, Word: f.wordOf(follow, intent)}
		}
		if len(f.depts) > 0 {
			l.Departments = nil
		}
		if len(f.apps) > 0 {
			l.Apps = nil
		}
	}
	if len(cycles) == 1 {
		l.Cycle = cycles[0]
	}
	for _, t := range f.depts {
		l.Departments = append(l.Departments, r.written(t))
	}
	for _, t := range f.apps {
		l.Apps = append(l.Apps, r.written(t))
	}
	return l, nil
}

// wordOf returns the text of the first token of one of the sorts.
func (f *frame) wordOf(sorts ...sort) string {
	for _, s := range sorts {
		if t, ok := f.has[s]; ok {
			return t.text
		}
	}
	return ""
}

// subscribe reads the wish for a digest: it is named, or something is to be sent on certain days or at a time.
func (r *reader) subscribe(f *frame) (Reading, bool) {
	scheduled := len(f.schedules) > 0 || len(f.clocks) > 0
	reports := f.said(send, report, cycle) || len(f.schedules) > 0 && len(f.clocks) > 0 && len(f.cycles) > 0
	if f.said(which) && f.intends("subscribe") {
		return Reading{}, false
	}
	regularly := f.said(send) && f.each != 0 && len(f.periods)+len(f.spans)+len(f.bareSpans) == 0
	if !f.intends("subscribe") && (!scheduled || !reports) && !regularly {
		return Reading{}, false
	}
	if f.intends("subscribe") && f.meaningful == 1 && (!r.follows || !f.refers) || f.intends("subscribe") && f.said(how) {
		return Reading{Kind: Run, Line: "/subscribe form"}, true
	}
	if t, said := f.has[refused]; said {
		return Reading{Kind: Ask, About: PeriodWord, Why: PeriodUnclear, Word: t.text}, true
	}
	l, problem := r.subject(f, "subscribe")
	if problem != nil {
		return *problem, true
	}
	on := f.days()
	if len(on) > 1 || len(f.clocks) > 1 {
		return Reading{Kind: Ask, About: PeriodWord, Why: DayContradicts, Word: f.wordOf(schedule, when, clock)}, true
	}
	if len(f.periods)+len(f.schedules) > len(on) || len(f.spans)+len(f.bareSpans)+len(f.numbers)+len(f.percents) > 0 {
		return Reading{Kind: Ask, About: PeriodWord, Why: PeriodUnclear, Word: f.wordOf(when, span, bareSpan, number, percent)}, true
	}
	if len(on) == 1 {
		l.On = on[0]
		own := cycleOn(l.On)
		if conflict := l.Cycle != 0 && l.Cycle != own || f.each != 0 && f.each != own; conflict {
			return r.whichCycle(l, f, DayContradicts), true
		}
		l.Cycle = own
	}
	if l.Cycle == 0 {
		return r.whichCycle(l, f, CycleMissing), true
	}
	if f.each != 0 && f.each != l.Cycle {
		return r.whichCycle(l, f, DayContradicts), true
	}
	l.Time = cmp.Or(valueOf(f.clocks), "")
	return Reading{Kind: Confirm, Line: l.String()}, true
}

// days returns the days on which a digest is to go out.
func (f *frame) days() (on []string) {
	for _, t := range f.schedules {
		add(&on, t.value)
	}
	for _, t := range f.periods {
		switch {
		case t.period.weekday != "":
			add(&on, t.period.weekday)
		case t.period.monthDay != 0:
			add(&on, strconv.Itoa(t.period.monthDay))
		}
	}
	return on
}

// cycleOn returns the cycle whose digests go out on the days.
func cycleOn(on string) usage.Cycle {
	switch {
	case on == "workdays":
		return usage.Daily
	case on == "last", strings.Trim(on, "0123456789") == "":
		return usage.Monthly
	}
	return usage.Weekly
}

// whichCycle asks for the cycle of a digest, and offers each.
func (r *reader) whichCycle(l Line, f *frame, why Why) Reading {
	reading := Reading{Kind: Ask, About: CycleWord, Why: why, Word: f.wordOf(schedule, when, cycle, intent, send)}
	for _, cycle := range usage.Cycles() {
		offer := l
		offer.Cycle, offer.Time = cycle, valueOf(f.clocks)
		if offer.On != "" && cycleOn(offer.On) != cycle {
			offer.On = ""
			if why == DayContradicts && !slices.Contains(f.cycles, cycle) {
				continue
			}
		}
		reading.Offers = append(reading.Offers, Offer{Line: offer.String()})
	}
	return reading
}
