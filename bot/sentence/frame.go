package sentence

import (
	"slices"
	"strings"

	"usagebot/usage"
)

// frame is what the tokens of a sentence say, in any order.
type frame struct {
	tokens     []token
	metrics    []usage.Metric
	cycles     []usage.Cycle // said outright
	each       usage.Cycle   // every period of a series
	abilities  []usage.Ability
	depts      []token
	apps       []token
	periods    []token
	spans      []token // 近8周
	bareSpans  []token // 8周
	numbers    []token
	percents   []token
	clocks     []token
	schedules  []token
	ids        []string
	unknowns   []token
	intents    []string
	languages  []string
	formats    []string
	rank       int
	counted    int            // 3个部门
	has        map[sort]token // the first token of each sort
	evidence   bool           // usage is spoken of
	meaningful int            // tokens that carry meaning
	markers    int            // tokens that make a sentence a follow-up, whatever else it says
	refers     bool           // it has a marker, or a word such as "it" or "only"
}

// evidenceOf are the sorts that show that usage is spoken of.
var evidenceOf = []sort{
	noun, verb, metric, people, times, vagueMetric, ability, company, ownUnit, name, intent, growth, changed, coverage, which, allApps,
	export, anomaly, span, each, bareSpan, together, yearAgo,
}

// frameOf collects the tokens.
func (c Context) frameOf(tokens []token) *frame {
	f := &frame{tokens: tokens, has: map[sort]token{}}
	for i, t := range tokens {
		if _, had := f.has[t.sort]; !had {
			f.has[t.sort] = t
		}
		if slices.Contains(evidenceOf, t.sort) || t.sort == when && t.value == "daily" {
			f.evidence = true
		}
		switch t.sort {
		case filler, separator, noun, verb, within, join, toward, since, greeting, target, send, report:
		case follow:
			f.refers = true
			if t.value == "" {
				f.markers++
			}
		default:
			f.meaningful++
		}
		if t.sort == join && i == 0 || t.sort == versus && i == 0 {
			f.markers++
		}
		f.take(t)
	}
	if t, said := f.has[unitSuffix]; said && f.said(changed, most, coverage) && len(f.depts) == 0 { // 掉得最惨的组
		f.has[which] = t
		delete(f.has, unitSuffix)
	}
	f.combineDays()
	f.takeAll()
	return f
}

// takeAll reads "all" as all abilities, where it stands among the words of a command: `usage all yesterday`.
func (f *frame) takeAll() {
	all := slices.ContainsFunc(f.tokens, func(t token) bool { return t.sort == filler && t.value == string(usage.All) })
	if all && !f.said(people, times, verb, noun, name, metric, units, which, most, company) && len(f.abilities) == 0 {
		f.abilities, f.meaningful, f.evidence = []usage.Ability{usage.All}, f.meaningful+1, true
	}
}

func (f *frame) take(t token) {
	switch t.sort {
	case metric:
		add(&f.metrics, usage.Metric(t.value))
		if t.cycle != 0 {
			add(&f.cycles, t.cycle)
		}
	case cycle:
		add(&f.cycles, t.cycle)
	case each:
		f.each = t.cycle
	case ability:
		add(&f.abilities, usage.Ability(t.value))
	case name:
		if t.apps {
			f.apps = append(f.apps, t)
		} else {
			f.depts = append(f.depts, t)
		}
	case when:
		f.periods = append(f.periods, t)
	case span:
		f.spans = append(f.spans, t)
	case bareSpan:
		f.bareSpans = append(f.bareSpans, t)
	case number:
		f.numbers = append(f.numbers, t)
	case percent:
		f.percents = append(f.percents, t)
	case clock:
		f.clocks = append(f.clocks, t)
	case schedule:
		f.schedules = append(f.schedules, t)
	case identity:
		add(&f.ids, t.value)
	case unknown:
		f.unknowns = append(f.unknowns, t)
		f.evidence = f.evidence || t.value == string(PeriodWord)
	case intent:
		add(&f.intents, t.value)
	case language:
		add(&f.languages, t.value)
	case format:
		add(&f.formats, t.value)
	case rank:
		f.rank = t.n
	case filler:
		if t.value == "count" {
			f.counted = t.n
		}
	}
}

func add[T comparable](list *[]T, v T) {
	if !slices.Contains(*list, v) {
		*list = append(*list, v)
	}
}

// combineDays makes one day of a week or month and a day in it: Friday and last week, the 15th and last month.
func (f *frame) combineDays() {
	if len(f.periods) != 2 {
		return
	}
	a, b := f.periods[0], f.periods[1]
	if a.period.form == day {
		a, b = b, a
	}
	p, d := a.period, b.period
	switch {
	case p.form == week && d.weekday != "":
		b.period = dayOf(p.start.AddDays((slices.Index(weekdayNames, d.weekday) + 6) % 7))
	case p.form == month && d.monthDay != 0:
		b.period = date(p.start.Year, int(p.start.Month), d.monthDay)
	case p.form == day && d.form == day && p.start == d.start:
	default:
		return
	}
	f.periods = []token{b}
}

func (f *frame) intends(command string) bool { return slices.Contains(f.intents, command) }

func (f *frame) said(sorts ...sort) bool {
	return slices.ContainsFunc(sorts, func(s sort) bool { _, had := f.has[s]; return had })
}

// merge joins neighbouring tokens that mean one thing.
func (c Context) merge(tokens []token) []token {
	tokens = markBroken(mergeUnknown(c.mergeDepartments(tokens)))
	tokens = c.mergeRanges(tokens)
	return c.markUnits(tokens)
}

// wanting are words that say that the person before them asks for the figures.
var wanting = strings.Fields("要 要看 想 想要 想看 想看看 想知道 想了解 需要 需要看 wants")

// mergeUnknown makes a short greeting part of the unknown word that it stands in: 行 in 行政.
func mergeUnknown(tokens []token) (merged []token) {
	merged = make([]token, 0, len(tokens))
	beside := func(i, j int) bool {
		return j >= 0 && j < len(tokens) && tokens[j].sort == unknown && (tokens[i].to == tokens[j].from || tokens[j].to == tokens[i].from)
	}
	for i, t := range tokens {
		if t.sort == unknown && i+1 < len(tokens) && slices.Contains(wanting, tokens[i+1].text) && personIn(t.text) != "" {
			t.entry = entry{sort: filler} // 王总要上月的数
		}
		if (t.sort == greeting || t.text == "活") && len(t.text) == len("好") && strings.ContainsFunc(t.text, isHan) && (beside(i, i-1) || beside(i, i+1)) {
			t.entry = entry{}
		}
		last := len(merged) - 1
		if last >= 0 && t.sort == unknown && merged[last].text == "上" && merged[last].sort == filler && merged[last].to == t.from {
			merged[last].entry = entry{} // 上海
		}
		if last >= 0 && t.sort == unknown && merged[last].sort == unknown && merged[last].to == t.from {
			merged[last].to, merged[last].text = t.to, merged[last].text+t.text
			continue
		}
		merged = append(merged, t)
	}
	return merged
}

// markBroken finds a misspelt period of which only a part was understood: 上各月 for 上个月. Its rest would mean another period.
func markBroken(tokens []token) (marked []token) {
	marked = make([]token, 0, len(tokens))
	for _, t := range tokens {
		if last := len(marked) - 1; last >= 0 && marked[last].sort == filler && marked[last].to == t.from {
			rest := slices.Contains([]sort{each, cycle, bareSpan}, t.sort) && !strings.HasSuffix(t.text, "报")
			if (marked[last].text == "上" || marked[last].text == "去") && rest || marked[last].text == "这" && strings.HasPrefix(t.text, "各") && t.sort == each {
				marked[last].entry, marked[last].to, marked[last].text = entry{sort: unknown, value: string(PeriodWord)}, t.to, marked[last].text+t.text
				continue
			}
		}
		marked = append(marked, t)
	}
	return marked
}

// maxAmbiguous is how many departments a word may mean to be read together with another.
const maxAmbiguous = 20

// mergeDepartments makes one department of two that stand together, if the second lies below the first: 研发部/后端组.
func (c Context) mergeDepartments(tokens []token) (merged []token) {
	merged = make([]token, 0, len(tokens))
	isDept := func(t token) bool { return t.sort == name && !t.apps && len(t.of.of) <= maxAmbiguous }
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		for isDept(t) {
			at := i + 1
			for at < len(tokens) && (tokens[at].sort == within && tokens[at].text != "of" && tokens[at].text != "in" || tokens[at].text == "-") {
				at++
			}
			if above := c.upwards(tokens, i); above.sort == name {
				t = above // Backend in R&D
				i += 2
				break
			}
			if at >= len(tokens) || !isDept(tokens[at]) {
				break
			}
			below := slices.DeleteFunc(slices.Clone(tokens[at].of.of), func(i int) bool {
				return !slices.ContainsFunc(t.of.of, func(above int) bool { return c.Names.within(i, above) })
			})
			if len(below) == 0 {
				break
			}
			next := tokens[at]
			next.of.of, next.from, next.text = below, t.from, t.text+"/"+next.text
			t, i = next, at
		}
		merged = append(merged, t)
	}
	return merged
}

// upwards returns the department of `Backend in R&D`; the zero token if the first does not lie below the second.
func (c Context) upwards(tokens []token, i int) token {
	if i+2 >= len(tokens) || tokens[i+1].text != "in" && tokens[i+1].text != "of" || tokens[i+2].sort != name || tokens[i+2].apps || len(tokens[i+2].of.of) > maxAmbiguous {
		return token{}
	}
	t := tokens[i]
	t.of.of = slices.DeleteFunc(slices.Clone(t.of.of), func(below int) bool {
		return !slices.ContainsFunc(tokens[i+2].of.of, func(above int) bool { return c.Names.within(below, above) })
	})
	if len(t.of.of) == 0 {
		return token{}
	}
	t.to, t.text = tokens[i+2].to, t.text+" in "+tokens[i+2].text
	return t
}

// mergeRanges makes one period of two ends, and of a beginning with 以来 or since.
func (c Context) mergeRanges(tokens []token) (merged []token) {
	merged = make([]token, 0, len(tokens))
	isWhen := func(i int) bool { return i >= 0 && i < len(tokens) && tokens[i].sort == when }
	compares := slices.ContainsFunc(tokens, func(t token) bool { return t.sort == versus })
	between := slices.ContainsFunc(tokens, func(t token) bool { return t.sort == since && t.value == "between" })
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		switch {
		case t.sort == since && isWhen(i+1) && i+2 < len(tokens) && tokens[i+2].sort == toward:
			continue
		case compares && isWhen(i) && isWhen(i+2) && tokens[i+1].text == "to" && t.period.cycle() != 0 && t.period.cycle() == tokens[i+2].period.cycle():
			merged = append(merged, t) // compare Nov 11 to Oct 11
			i++
			continue
		case isWhen(i) && i+2 < len(tokens) && (tokens[i+1].sort == toward || between && tokens[i+1].sort == join):
			if p, ok := c.through(t.period, tokens[i+2]); ok {
				t.to, t.period = tokens[i+2].to, p
				t.text += tokens[i+1].text + tokens[i+2].text
				i += 2
			}
		case isWhen(i) && isWhen(i+1) && t.period.isYear() && tokens[i+1].period.holiday != "":
			tokens[i+1].period = c.holiday(tokens[i+1].value, t.period.start.Year) // 去年国庆
			continue
		case isWhen(i) && isWhen(i+1) && t.period.holiday != "" && tokens[i+1].period.isYear():
			t.period = c.holiday(t.value, tokens[i+1].period.start.Year)
			i++
		case isWhen(i) && i+1 < len(tokens) && tokens[i+1].sort == weekOf:
			if t.period.form == day || t.period.holiday != "" {
				t.period = t.period.inWeeks()
			}
			i++
		case t.sort == weekOf && isWhen(i+1) && (tokens[i+1].period.form == day || tokens[i+1].period.holiday != ""):
			i++
			t = tokens[i]
			t.period = t.period.inWeeks()
		case isWhen(i) && i+1 < len(tokens) && tokens[i+1].sort == since:
			if tokens[i+1].value != "so far" || t.period.end.Before(c.Today) {
				t.period = c.sinceThen(t.period)
			}
			i++
		case t.sort == since && t.value == "" && isWhen(i+1) && t.text != "以后" && t.text != "之后" && t.text != "from":
			i++
			t = tokens[i]
			t.period = c.sinceThen(t.period)
		}
		merged = append(merged, t)
	}
	return merged
}

// through returns the range from one period to another. A day of the month alone lies in the month of the beginning.
func (c Context) through(from period, end token) (period, bool) {
	last := end.period
	if end.sort == number && from.form == day {
		last = date(from.start.Year, int(from.start.Month), end.n)
		last.monthDay = end.n
	}
	if end.sort != when && end.sort != number {
		return period{}, false
	}
	if last.monthDay != 0 && from.form == day {
		last = date(from.start.Year, int(from.start.Month), last.monthDay)
	}
	if from.weekday != "" && last.weekday != "" && last.start.Before(from.start) {
		from.start = from.start.AddDays(-7)
	}
	switch {
	case from.form == noSuch || last.form == noSuch:
		return period{form: noSuch}, true
	case last.start.Before(from.start) || last.form == unclear || from.form == unclear || last.form == noPeriod:
		return period{form: unclear}, true
	case from.form == month && last.form == month:
		return period{form: months, start: from.start, end: last.end}, true
	}
	return period{form: days, start: from.start, end: last.end}, true
}

// sinceThen returns the range from a period's beginning to the newest figures.
func (c Context) sinceThen(p period) period {
	switch p.form {
	case day, week:
		return period{form: days, start: p.start, end: c.newest()}
	case month:
		if usage.PeriodOf(usage.Monthly, c.Today).Start == p.start {
			return period{form: days, start: p.start, end: c.newest()}
		}
		return period{form: months, start: p.start, end: usage.PeriodOf(usage.Monthly, c.Today).End()}
	}
	return p
}

// unitNames are words for a unit that may stand apart behind a department's name.
var unitNames = strings.Fields("部 部门 组 小组 团队 team dept dept. department group")

// markUnits joins an unknown word with the word for a unit behind it: 运营部 and legal dept are no departments.
func (c Context) markUnits(tokens []token) (marked []token) {
	marked = make([]token, 0, len(tokens))
	for _, t := range tokens {
		last := len(marked) - 1
		unit := t.sort == unitSuffix || t.sort == which && (t.text == "部门" || t.text == "departments") || t.text == "公司"
		if last >= 0 && marked[last].sort == name && !marked[last].apps && slices.Contains(unitNames, t.text) && t.from-marked[last].to <= 1 {
			continue // finance department
		}
		loose := last >= 0 && (marked[last].sort == unknown || marked[last].sort == noun && t.sort == unitSuffix && strings.ContainsFunc(t.text, isHan))
		if unit && loose {
			gap := t.from - marked[last].to
			if gap == 0 || gap == 1 && !strings.ContainsFunc(t.text, isHan) {
				if gap == 1 {
					marked[last].text += " "
				}
				marked[last].text += t.text
				marked[last].entry = entry{sort: unknown, value: string(Department)}
				marked[last].to = t.to
				continue
			}
		}
		marked = append(marked, t)
	}
	return marked
}
