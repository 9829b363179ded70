package sentence

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"usagebot/typo"
	"usagebot/usage"
)

// Read reads a sentence.
func Read(text string, c Context) Reading {
	r := &reader{Context: c}
	if person := personMentioned(text); person != "" {
		text = strings.ReplaceAll(text, person, " ")
		if c.frameOf(c.segment(Normalize(text))).evidence {
			return Reading{Kind: Cannot, Why: Persons, Offers: []Offer{{Line: "/top"}}}
		}
	}
	text = otherMention.ReplaceAllString(text, " ")
	var names []string
	if c.Apps != nil {
		for _, app := range c.Apps.list {
			names = append(names, app.Name)
		}
	}
	return r.read(Normalize(text, names...))
}

// personMentioned returns a mention of a person that does not stand at the beginning, where it only says who is addressed.
func personMentioned(text string) string {
	for _, at := range otherMention.FindAllStringIndex(text, -1) {
		if strings.TrimSpace(otherMention.ReplaceAllString(text[:at[0]], " ")) != "" {
			return text[at[0]:at[1]]
		}
	}
	return ""
}

// reader reads one sentence.
type reader struct {
	Context
	offering bool // it reads what may be offered, which has no offers of its own
	base     Line // the previous question, if the sentence follows it up
	follows  bool
}

func (r *reader) read(text string) Reading {
	return r.decide(r.merge(r.segment(text)))
}

// decide finds out what the tokens mean: what gets no figures first, then what has to be asked about, then what can be done.
func (r *reader) decide(tokens []token) Reading {
	f := r.frameOf(tokens)
	r.base, r.follows = Line{}, false
	if previous, ok := ParseLine(r.Previous); ok && f.followsUp() {
		r.base, r.follows = r.dated(previous), true
	}
	if r.isChat(f) {
		return Reading{Kind: Chat}
	}
	for _, step := range []func(*frame) (Reading, bool){r.help, r.refuse, r.unclear} {
		if reading, done := step(f); done {
			return r.complete(reading, f)
		}
	}
	for _, step := range []func(*frame) (Reading, bool){r.manage, r.alert, r.subscribe, r.inform} {
		if reading, done := step(f); done {
			return r.complete(reading, f)
		}
	}
	if reading, done := r.unusable(f); done {
		return r.complete(reading, f)
	}
	q := question{reader: r, f: f, line: r.base}
	return r.complete(q.read(), f)
}

// isChat reports whether a sentence is no question about usage.
func (r *reader) isChat(f *frame) bool {
	strong := slices.ContainsFunc(f.tokens, func(t token) bool {
		known := len(f.unknowns) == 0 && !slices.Contains(timesOfDay, t.text) && t.text != "what time"
		return t.sort == refused && (known || ofUsage.MatchString(t.text)) || t.value == string(Department)
	})
	past := len(f.unknowns) < 3 && slices.ContainsFunc(f.periods, func(t token) bool { return t.period.form != unclear && t.period.end.Before(r.Today) })
	asks := f.said(metric, people, times, intent, which, allApps, changed, coverage, vagueMetric, language, cycle, when, span, each, export)
	greets := f.said(greeting)
	switch {
	case strong || f.evidence && asks:
		return false
	case greets && !f.evidence, greets && !asks:
		return true
	case f.evidence || past || r.follows && len(f.unknowns) == 0 && (f.meaningful > 0 || f.refers):
		return false
	case len(f.unknowns) > 0:
		return !(r.follows && f.refers) && !r.isTypo(f)
	case f.said(refused, why):
		return !(r.follows && f.said(why))
	}
	return f.meaningful == 0
}

// dated returns a line with its dates as days, and with the cycle that they imply.
func (r *reader) dated(l Line) Line {
	l.Dates = slices.Clone(l.Dates)
	for i, text := range l.Dates {
		tokens := r.segment(Normalize(text))
		if len(tokens) != 1 || tokens[0].sort != when || tokens[0].period.cycle() == 0 {
			continue
		}
		p := tokens[0].period
		if l.Cycle == 0 {
			l.Cycle = p.cycle()
		}
		l.Dates[i] = usage.PeriodOf(l.Cycle, p.start).Start.String()
	}
	return l
}

// ofUsage are words for figures that nobody uses of anything else.
var ofUsage = regexp.MustCompile(`留存|流失|retention|churn|时长|停留|session|duration|在线|实时|real|页面|page|按钮|button|占比|stickiness|人均|名单|dau|日活`)

// timesOfDay are words that are said of other things than usage too.
var timesOfDay = strings.Fields("上午 下午 早上 晚上 中午 凌晨 夜里 夜间 半夜 几点 几点钟 什么时间 morning afternoon evening overnight 刚才 刚刚")

// isTypo reports whether a sentence without anything else is a mistyped word of the bot's.
func (r *reader) isTypo(f *frame) bool {
	return len(f.unknowns) == 1 && len(r.corrections(f.unknowns[0])) > 0
}

// followsUp reports whether a sentence may leave out what the previous question said. One that says both what is asked for and
// about which period stands for itself.
func (f *frame) followsUp() bool {
	timed := len(f.periods)+len(f.cycles)+len(f.spans) > 0 || f.each != 0
	subject := len(f.depts)+len(f.apps) > 0 || f.said(company)
	switch {
	case f.markers > 0:
		return true
	case f.intends("usage"):
		return false
	case f.said(people) && timed, len(f.metrics) > 0 && len(f.cycles) > 0 && subject:
		return false
	}
	return true
}

var idForm = regexp.MustCompile(`^[a-z2-7]{6}$`)

// help reads a request for help.
func (r *reader) help(f *frame) (Reading, bool) {
	topic := ""
	for _, command := range []string{"subscribe", "alert", "export", "unsubscribe", "pause", "settings", "trend", "top", "compare"} {
		if f.intends(command) || command == "export" && f.said(export) || command == "compare" && f.said(versus) ||
			command == "subscribe" && f.said(report) {
			topic = command
			break
		}
	}
	plain := len(f.unknowns) == 0 && len(f.periods)+len(f.ids)+len(f.depts)+len(f.spans)+len(f.metrics) == 0
	switch {
	case f.intends("help") && plain && !f.said(refused, why) && len(f.abilities) == 0:
		return Reading{Kind: Run, Line: strings.TrimSpace("/help " + topic)}, true
	case f.said(how) && topic != "" && plain:
		return Reading{Kind: Run, Line: "/help " + topic}, true
	}
	return Reading{}, false
}

// refuse says for what the platform has no figures.
func (r *reader) refuse(f *frame) (Reading, bool) {
	changes := f.intends("subscribe") || f.intends("alert") || f.said(schedule, clock) && f.said(send, report) || f.said(schedule) && f.said(cycle)
	for _, t := range f.tokens {
		switch {
		case t.sort == refused && (t.value != string(Hours) || !changes):
			return r.cannot(Why(t.value), t.text, r.nearest(Why(t.value), f)...), true
		case t.sort == why:
			return r.cannot(Reasons, t.text, r.nearest(Reasons, f)...), true
		case t.sort == clock && !changes && !f.intends("alert"):
			return r.cannot(Hours, t.text, r.nearest(Hours, f)...), true
		case t.sort == unknown && t.value == "" && len(f.ids) == 0:
			if person := personIn(t.text); person != "" {
				return r.cannot(Persons, person, "/top"), true
			}
		}
	}
	return Reading{}, false
}

// nearest returns the line of the nearest thing that exists, for the rest of what was said.
func (r *reader) nearest(why Why, f *frame) []string {
	rest := *f
	rest.tokens = slices.DeleteFunc(slices.Clone(f.tokens), func(t token) bool {
		return t.sort == refused || t.sort == unknown || t.sort == clock || t.sort == drop || t.sort == most
	})
	again := r.frameOf(rest.tokens)
	again.each = 0
	switch why {
	case Persons:
		again.has[which] = token{}
	case Reasons:
		again.has[changed] = token{}
	case Durations, Retention, Hours, Forecasts, LongPeriods:
		again.has[chart] = token{}
	}
	q := question{reader: &reader{Context: r.Context, offering: true, base: r.base, follows: r.follows}, f: again, line: r.base}
	if reading := q.read(); reading.Kind == Run {
		return []string{reading.Line}
	}
	if why == Persons {
		return []string{"/top"}
	}
	return []string{"/trend"}
}

// unclear asks about words and names that are not known or not clear.
func (r *reader) unclear(f *frame) (Reading, bool) {
	if own, ok := f.has[ownUnit]; ok {
		return Reading{Kind: Ask, About: Department, Why: OwnDepartment, Word: own.text}, true
	}
	for _, t := range f.tokens {
		if t.also != nil && (t.sort == growth || !f.said(changed)) {
			return r.ambiguous(t, *t.also, f), true
		}
	}
	if len(f.unknowns) > 0 && !r.isID(f) {
		return r.strange(f.unknowns[0]), true
	}
	if t, alone := f.has[name]; alone && f.meaningful == 1 && !r.follows && !r.offering && t.of.tier == base && t.to-t.from == len("测试") {
		return r.ambiguous(t, t.of, f), true // 测试 may be a test
	}
	for _, t := range f.tokens {
		if t.sort == name && len(t.of.of) > 1 {
			return r.ambiguous(t, t.of, f), true
		}
	}
	if t, ok := f.has[unitSuffix]; ok {
		if len(f.depts) > 0 { // dept:finance department
			return Reading{Kind: Ask, About: UnknownWord, Why: NotKnown, Word: t.text}, true
		}
		return Reading{Kind: Ask, About: Department, Why: OwnDepartment, Word: t.text}, true
	}
	return Reading{}, false
}

// isID reports whether the only unknown word is the id of a subscription without a digit.
func (r *reader) isID(f *frame) bool {
	manages := slices.ContainsFunc(f.intents, func(i string) bool {
		return slices.Contains([]string{"unsubscribe", "pause", "resume", "test", "retry", "history"}, i)
	})
	if manages && len(f.unknowns) == 1 && len(f.ids) == 0 && idForm.MatchString(f.unknowns[0].text) {
		f.ids = append(f.ids, f.unknowns[0].text)
		return true
	}
	return false
}

// strange asks about an unknown word, and offers what may have been meant.
func (r *reader) strange(t token) Reading {
	reading := Reading{Kind: Ask, About: UnknownWord, Why: NotKnown, Word: t.text}
	if t.value == string(Department) {
		reading.About, reading.Why = Department, NoDepartment
	}
	return reading
}

// corrections returns the words that an unknown one may be a misspelling of.
func (r *reader) corrections(t token) (words []string) {
	if len(t.text) > 48 {
		return nil
	}
	if two := split(t.text); two != "" {
		return []string{two}
	}
	for _, i := range r.Names.near(t.text) {
		words = append(words, foldText(r.Names.list[i].Name))
	}
	for _, i := range r.Apps.near(t.text) {
		words = append(words, foldText(r.Apps.list[i].Name))
	}
	if word, ok := typo.NearestOf(t.text, corrigible(), func(e spelled) (string, any) { return e.word, e.entry }); ok {
		words = append(words, word.word)
	}
	return words
}

// split returns an unknown word as two known ones, such as h5weekly; "" if it is none.
func split(text string) string {
	words := lexicon().of
	for i := 2; i < len(text)-1; i++ {
		a, ok := words[text[:i]]
		b, fine := words[text[i:]]
		if ok && fine && a.sort != filler && b.sort != filler {
			return text[:i] + " " + text[i:]
		}
	}
	return ""
}

// weekAndDay is 上周日活: 上周 and 日活, or 上周日.
var weekAndDay = regexp.MustCompile(`^(.*周|.*星期|.*礼拜)日活`)

// complete adds the offers of an Ask about a word, the departments of the line, and what was understood.
func (r *reader) complete(reading Reading, f *frame) Reading {
	for _, t := range f.depts {
		if len(t.of.of) == 1 {
			add(&reading.Departments, r.Names.list[t.of.of[0]].ID)
		}
	}
	if reading.Kind != Ask || r.offering {
		return reading
	}
	for _, t := range f.tokens {
		if t.sort != unknown && t.sort != filler && t.sort != separator && t.text != reading.Word {
			reading.Known = append(reading.Known, t.text)
		}
	}
	if m := weekAndDay.FindStringSubmatch(reading.Word); m != nil && reading.Why == PeriodUnclear {
		r.offer(&reading, f, f.periods[0], m[1]+" 每天日活")
		r.offer(&reading, f, f.periods[0], m[1]+"日 日活")
	}
	if len(f.unknowns) > 0 && f.unknowns[0].text == reading.Word {
		for _, word := range r.corrections(f.unknowns[0]) {
			if len(reading.Offers) < maxOffers {
				r.offer(&reading, f, f.unknowns[0], word)
			}
		}
	}
	return reading
}

// offer offers what the sentence would mean with another text in place of a token, if that is clear.
func (r *reader) offer(reading *Reading, f *frame, t token, text string) {
	var tokens []token
	for _, old := range f.tokens {
		if old.from != t.from {
			tokens = append(tokens, old)
			continue
		}
		for _, put := range r.segment(text) {
			put.from, put.to = t.from, t.to
			tokens = append(tokens, put)
		}
	}
	again := reader{Context: r.Context, offering: true}
	found := again.decide(tokens)
	if (found.Kind == Run || found.Kind == Confirm) && !slices.ContainsFunc(reading.Offers, func(o Offer) bool { return o.Line == found.Line }) {
		reading.Offers = append(reading.Offers, Offer{found.Line, found.Departments})
	}
}

// ambiguous asks which of several things is meant, and offers the sentence with each.
func (r *reader) ambiguous(t token, of called, f *frame) Reading {
	reading := Reading{Kind: Ask, About: Department, Why: SeveralMeanings, Word: t.text}
	if t.apps {
		reading.About = AppName
	}
	if r.offering {
		return reading
	}
	for _, i := range of.of[:min(len(of.of), maxOffers)] {
		tokens := slices.Clone(f.tokens)
		for at := range tokens {
			if tokens[at].from == t.from {
				tokens[at].also, tokens[at].sort, tokens[at].of = nil, name, called{whole, []int{i}}
			}
		}
		again := reader{Context: r.Context, offering: true}
		if found := again.decide(tokens); found.Kind == Run || found.Kind == Confirm {
			reading.Offers = append(reading.Offers, Offer{found.Line, found.Departments})
		}
	}
	return reading
}

// unusable asks about words that have no place in a question for figures.
func (r *reader) unusable(f *frame) (Reading, bool) {
	for _, s := range []sort{below, above, drop, anomaly, percent, schedule, identity, number, send, report, target, growth, how} {
		t, said := f.has[s]
		switch {
		case !said:
		case s == send || s == target || s == report && (len(f.cycles) > 0 || len(f.periods) > 0), s == how && len(f.metrics)+len(f.periods) > 0:
			// 发我看看: the answer comes to the chat anyway.
		case s == above && t.text == "over":
			// over the past year
		case s == growth && (f.said(which) || f.intends("top")):
		default:
			return Reading{Kind: Ask, About: UnknownWord, Why: NotKnown, Word: t.text}, true
		}
	}
	if t, said := f.has[vagueMetric]; said {
		return r.whichMetric(t, f), true
	}
	if t, said := f.has[times]; said && len(f.metrics) == 0 {
		if f.mentions("打开", "open") {
			f.metrics = []usage.Metric{usage.Opens}
			return Reading{}, false
		}
		return r.whichMetric(t, f), true
	}
	if t, said := r.ofMembers(f); said {
		return r.whichMetric(t, f), true
	}
	if !r.follows && f.meaningful == 0 {
		reading := Reading{Kind: Ask, About: CycleWord, Why: CycleMissing}
		for _, cycle := range usage.Cycles() {
			reading.Offers = append(reading.Offers, Offer{Line: Line{Command: "usage", Cycle: cycle}.String()})
		}
		return reading, true
	}
	return Reading{}, false
}

// ofMembers finds a question that may be about the members of the company instead of those who use an app: 研发部有多少人, 有哪些部门.
func (r *reader) ofMembers(f *frame) (token, bool) {
	says := len(f.periods)+len(f.cycles)+len(f.metrics)+len(f.spans)+len(f.apps)+len(f.abilities)+f.rank > 0 || f.each != 0 ||
		f.said(verb, intent, most, changed, coverage, growth, versus, together, chart, export)
	t, said := f.has[people]
	if !said {
		t, said = f.has[which]
		said = said && (interrogative.MatchString(t.text) || slices.ContainsFunc(f.tokens, func(t token) bool { return strings.Contains(t.text, "多少") || t.text == "how many" }))
	}
	return t, said && !says && !r.follows
}

var interrogative = regexp.MustCompile(`^(哪|什么|which|what)`)

// mentions reports whether a word for using it has one of the texts in it.
func (f *frame) mentions(texts ...string) bool {
	return slices.ContainsFunc(f.tokens, func(t token) bool {
		return t.sort == verb && slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(t.text, text) })
	})
}

// whichMetric asks which metric a word means, and offers the sentence with each.
func (r *reader) whichMetric(t token, f *frame) Reading {
	reading := Reading{Kind: Ask, About: MetricWord, Why: MetricUnclear, Word: t.text}
	for _, m := range []usage.Metric{usage.PageViews, usage.Opens, usage.ActiveUsers} {
		tokens := slices.Clone(f.tokens)
		for i := range tokens {
			if tokens[i].from == t.from {
				tokens[i].entry = entry{sort: metric, value: string(m)}
			}
		}
		again := reader{Context: r.Context, offering: true}
		if found := again.decide(tokens); found.Kind == Run {
			reading.Offers = append(reading.Offers, Offer{found.Line, found.Departments})
		}
	}
	return reading
}

func (r *reader) cannot(why Why, word string, offers ...string) Reading {
	reading := Reading{Kind: Cannot, Why: why, Word: word}
	for _, line := range offers {
		reading.Offers = append(reading.Offers, Offer{Line: line})
	}
	return reading
}

// written returns how a department or app is written in a line.
func (r *reader) written(t token) string {
	if len(t.of.of) == 0 {
		return ""
	}
	if t.apps {
		return r.Apps.written(t.of.of[0])
	}
	return r.Names.written(t.of.of[0])
}

// inform reads requests for what the bot knows of itself.
func (r *reader) inform(f *frame) (Reading, bool) {
	app := ""
	if len(f.apps) > 0 {
		app = r.written(f.apps[0])
	}
	switch {
	case f.intends("subs"), f.intends("subscribe") && f.said(which):
		return Reading{Kind: Run, Line: "/subs"}, true
	case f.intends("history"):
		return Reading{Kind: Run, Line: Line{Command: "history", ID: cmp.Or(append(f.ids, "")...)}.String()}, true
	case len(f.languages) == 1 && (f.intends("settings") || !f.evidence):
		return Reading{Kind: Confirm, Line: "/settings lang:" + f.languages[0]}, true
	case (f.intends("settings") || f.intends("default")) && app != "":
		return Reading{Kind: Confirm, Line: Line{Command: "settings", Apps: []string{app}}.String()}, true
	case f.intends("settings"), f.intends("default"):
		return Reading{Kind: Run, Line: "/settings"}, true
	case f.intends("forget-me"):
		return Reading{Kind: Confirm, Line: "/forget-me"}, true
	}
	return Reading{}, false
}

// spelled is a word of the lexicon that a misspelt one may mean.
type spelled struct {
	word string
	entry
}
