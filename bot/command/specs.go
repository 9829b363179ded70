package command

import (
	"strings"

	"usagebot/usage"
)

// Builtin returns every command that there is.
func Builtin() []*Spec {
	specs := []*Spec{
		Usage(), Trend(), Top(), Subscribe(), Subs(), Unsubscribe(), Pause(), Resume(), Test(), History(), Retry(),
		Settings(), ForgetMe(), Help(),
	}
	return append(specs, Administration()...)
}

// Usage returns the command that asks for the figures of one period.
func Usage() *Spec {
	return &Spec{
		Words: Words{En: []string{"usage"}, Zh: []string{"用量"}},
		Who:   Viewer,
		Args:  []*Arg{CycleArg(), AbilityArg(), DeptArg(), AppArg(), DateArg(), MetricArg()},
		Examples: Words{
			En: []string{"/usage weekly h5 dept:研发部", "/usage", "/usage all yesterday", `/usage monthly app:"My Shop" date:2026-10`, "/usage bot last-week"},
			Zh: []string{"/用量 周报 网页 部门:研发部", "/用量", "/用量 全部 昨天", "/用量 月报 应用:商城 日期:2026-10", "/用量 机器人 上周 部门:研发部/后端组"},
		},
		Check:    inTurn(checkPeriod, checkMetric("usage")),
		FollowUp: settleMetric,
	}
}

// checkPeriod refuses a cycle in which the date names no period, as in `weekly date:2026-10`.
func checkPeriod(_ *Registry, args *Args) *Error {
	if args.Cycle == 0 || args.When.Fits(args.Cycle) {
		return nil
	}
	date := DateArg()
	var fitting []Words
	for _, words := range date.values() {
		if when, ok := parseWhen(words.First(En)); ok && when.Fits(args.Cycle) {
			fitting = append(fitting, words)
		}
	}
	return &Error{Kind: Conflict, Arg: date.Name, Other: CycleArg().Name, allowed: fitting}
}

// settlePeriod keeps the cycle and the date of a follow-up together: what it does not name belongs to what it replaces.
func settlePeriod(args *Args, given func(string) bool) {
	cycle, date := given("cycle"), given("date")
	if cycle && !date {
		args.When = usage.When{}
	}
	if date && !cycle && args.When.Cycle() != 0 {
		args.Cycle = 0
	}
}

// Help returns the command that explains the commands.
func Help() *Spec {
	return &Spec{
		Words:    Words{En: []string{"help"}, Zh: []string{"帮助"}},
		Who:      Anyone,
		Args:     []*Arg{TopicArg()},
		Examples: Words{En: []string{"/help", "/help usage"}, Zh: []string{"/帮助", "/帮助 用量"}},
		Check:    checkTopic,
	}
}

// checkTopic replaces the topic by the name of the command that it means.
func checkTopic(r *Registry, args *Args) *Error {
	if args.Topic == "" {
		return nil
	}
	spec := r.Find(args.Topic)
	if spec == nil {
		e := r.unknownTopic(args.Topic)
		e.Kind, e.Arg, e.examples = BadValue, TopicArg().Name, Words{}
		return e
	}
	args.Topic = spec.Name()
	return nil
}

// unknownTopic describes a name that no command has. Of several words the first may be a command, of which the rest is no
// part of the name.
func (r *Registry) unknownTopic(topic string) *Error {
	first, rest, several := strings.Cut(topic, " ")
	spec := r.Find(first)
	switch {
	case !several || spec == nil:
		return r.unknownCommand(topic)
	case len(r.Under(spec.Name(), r.may)) > 0:
		e := r.unknownBelow(spec, rest)
		if e.fix != "" {
			e.fix = first + " " + e.fix
		}
		return e
	}
	e := r.unknownCommand(topic)
	e.Suggestion, e.fix = "/"+first, first
	return e
}
