package sentence

import (
	"regexp"
	"slices"
	"strings"

	"usagebot/typo"
	"usagebot/usage"
)

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
	if manages && len(f.unknowns) == 1 && len(f.ids) == 0 && (idForm.MatchString(f.unknowns[0].text) || looksLikeID(f.unknowns[0].text)) {
		f.ids = append(f.ids, f.unknowns[0].text)
		return true
	}
	return false
}

// looksLikeID reports whether a word was meant as an id: letters and digits, as many as an id has. That it is none, for the
// digits that ids do not have, is for the grammar to say.
func looksLikeID(text string) bool {
	return likeID.MatchString(text) && strings.ContainsAny(text, "0123456789") && strings.Trim(text, "0123456789") != ""
}

var likeID = regexp.MustCompile(`^[a-z0-9]{6}$`)

// strange asks about an unknown word, and offers what may have been meant.
func (r *reader) strange(t token) Reading {
	reading := Reading{Kind: Ask, About: UnknownWord, Why: NotKnown, Word: t.text}
	if t.value == string(Department) {
		reading.About, reading.Why = Department, NoDepartment
	}
	if t.value == string(PeriodWord) {
		reading.About, reading.Why = PeriodWord, PeriodUnclear
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
	if word, ok := typo.NearestOf(t.text, periodWords, func(word string) (string, any) { return word, word }); ok {
		words = append(words, word)
	}
	if word, ok := typo.NearestOf(t.text, corrigible(), func(e spelled) (string, any) { return e.word, e.entry }); ok {
		words = append(words, word.word)
	}
	return words
}

// periodWords are the periods that are misspelt most.
var periodWords = append(strings.Fields("上个月 上上个月 这个月 本月 上周 上上周 本周 这周 昨天 前天 今天 yesterday today"), strings.Fields("january february march april june july august september october november december monday tuesday wednesday thursday friday saturday sunday")...)

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
			reading.Departments = append(reading.Departments, r.Names.list[t.of.of[0]].ID)
			reading.Called = append(reading.Called, t.text)
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
	for _, s := range []sort{weekOf, below, above, drop, anomaly, percent, schedule, identity, number, send, report, target, growth, how} {
		t, said := f.has[s]
		switch {
		case !said:
		case s == send || s == target || s == report && (len(f.cycles) > 0 || len(f.periods) > 0), s == how && len(f.metrics)+len(f.periods) > 0:
			// 发我看看: the answer comes to the chat anyway.
		case s == above && t.text == "over":
			// over the past year
		case (s == growth || s == drop) && len(f.periods)+len(f.cycles) > 0:
			// 上周涨了多少: the answer shows the change.
		case (s == growth || s == drop) && (f.said(which, units) || f.intends("top") || f.rank > 0):
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
	says := len(f.depts) > 1 || len(f.periods)+len(f.cycles)+len(f.metrics)+len(f.spans)+len(f.apps)+len(f.abilities)+f.rank > 0 || f.each != 0 ||
		f.said(verb, intent, most, changed, coverage, growth, drop, versus, together, chart, export)
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

// spelled is a word of the lexicon that a misspelt one may mean.
type spelled struct {
	word string
	entry
}
