package sentence

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"

	"usagebot/bot/command"
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
	ranged   bool // the previous question named a range, of which base has the number of periods
}

func (r *reader) read(text string) Reading {
	return r.decide(r.merge(r.segment(text)))
}

// decide finds out what the tokens mean: what gets no figures first, then what has to be asked about, then what can be done.
func (r *reader) decide(tokens []token) Reading {
	f := r.frameOf(tokens)
	r.base, r.follows, r.ranged = Line{}, false, false
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
		return (!r.follows || !f.refers) && !r.isTypo(f)
	case f.said(refused, why):
		return !r.follows || !f.said(why)
	}
	return f.meaningful == 0
}

// dated returns a line with its dates as days, and with the cycle that they imply. A range becomes the number of its periods and
// the last one.
func (r *reader) dated(l Line) Line {
	l.Dates = slices.Clone(l.Dates)
	for i, text := range l.Dates {
		var args command.Args
		if !dates().Read(&args, text) {
			continue
		}
		cycle := cmp.Or(l.Cycle, args.ResolvedCycle())
		if args.Since != (usage.When{}) {
			last, n := usage.Span(cycle, args.Since, args.When, r.Today)
			if l.Command, l.N = "trend", n; n < 2 {
				l.Command, l.N = "usage", 0
			}
			l.Cycle, l.Dates, r.ranged = cycle, []string{last.Start.String()}, true
			return l
		}
		if p, ok := args.When.Period(cycle, r.Today); ok && args.When.Fits(cycle) && p.Start.Year >= oldestYear {
			l.Cycle, l.Dates[i] = cycle, p.Start.String()
		}
	}
	return l
}

var dates = sync.OnceValue(command.DatesArg)

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
	topic, asked := "", false
	for _, name := range []string{"subscribe", "alert", "export", "unsubscribe", "pause", "resume", "settings", "trend", "top", "compare", "history", "usage"} {
		if f.intends(name) || name == "export" && f.said(export) || name == "compare" && f.said(versus) ||
			name == "subscribe" && f.said(report) || name == "top" && f.said(which) {
			asked = true
			if slices.Contains(helpTopics(), name) {
				topic = name
			}
			break
		}
	}
	plain := len(f.unknowns) == 0 && len(f.periods)+len(f.ids)+len(f.depts)+len(f.spans)+len(f.metrics) == 0
	switch {
	case f.intends("help") && plain && !f.said(refused, why) && len(f.abilities) == 0:
		return Reading{Kind: Run, Line: strings.TrimSpace("/help " + topic)}, true
	case f.said(how) && asked && plain:
		return Reading{Kind: Run, Line: strings.TrimSpace("/help " + topic)}, true
	}
	return Reading{}, false
}

// helpTopics returns the names of the commands that there is help about.
var helpTopics = sync.OnceValue(func() (names []string) {
	for _, spec := range command.Builtin() {
		names = append(names, spec.Name())
	}
	return names
})

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
