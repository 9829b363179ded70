package command

import (
	"strings"

	"usagebot/locale"
	"usagebot/usage"
)

// Builtin returns every command that there is.
func Builtin() []*Spec {
	specs := []*Spec{
		Usage(), Trend(), Top(), Compare(), Why(), Subscribe(), Subs(), Unsubscribe(), Pause(), Resume(), Test(), History(), Retry(),
		Settings(), ForgetMe(), Help(),
	}
	return append(specs, Administration()...)
}

// Usage returns the command that asks for the figures of one period.
func Usage() *Spec {
	return &Spec{
		Words: Words{En: []string{"usage"}, Zh: []string{"用量"}},
		Who:   Viewer,
		Args:  []*Arg{CycleArg(), AbilityArg(), DeptArg(), AppArg(), NamesArg(), DatesArg(), LastArg(), MetricArg()},
		Examples: Words{
			En: []string{"/usage weekly h5 dept:Engineering", "/usage", "/usage all yesterday", `/usage monthly app:"My Shop" date:2026-10`, "/usage bot last-week"},
			Zh: []string{"/用量 周报 网页应用 部门:研发部", "/用量", "/用量 全部 昨天", "/用量 月报 应用:商城 日期:2026-10", "/用量 机器人 上周 部门:研发部/后端组"},
		},
		Check:    firstError(checkPeriod, checkMetric("usage")),
		Becomes:  trendOfSeveral,
		FollowUp: settleMetric,
	}
}

// trendOfSeveral makes a question for several periods one for their trend, since one figure of them would count a person
// several times.
func trendOfSeveral(args Args) string {
	if args.N != 0 || args.Since != (usage.When{}) {
		return trendName
	}
	return ""
}

// checkPeriod refuses a cycle in which the date names no period, as in `weekly date:2026-10`, and a number of periods
// beside a range.
func checkPeriod(_ *Registry, args *Args) *Error {
	several := args.Since != (usage.When{})
	if several && args.N != 0 {
		return &Error{Kind: Conflict, Arg: DateArg().Name, Other: NumberArg().Name}
	}
	if args.Cycle == 0 || several || args.When.Fits(args.Cycle) {
		return nil
	}
	date := DateArg()
	var fitting []Words
	for _, words := range date.values() {
		if d, ok := readDates(words.First(locale.English)); ok && d.through.Fits(args.Cycle) {
			fitting = append(fitting, words)
		}
	}
	return &Error{Kind: Conflict, Arg: date.Name, Other: CycleArg().Name, allowed: fitting}
}

// settlePeriod keeps the cycle and the date of a follow-up together: a new cycle drops the old date, and a new date that
// implies a cycle drops the old cycle.
func settlePeriod(args *Args, given func(string) bool) {
	cycle, date, number := given("cycle"), given("date"), given("n")
	if date && !number && args.Since != (usage.When{}) {
		args.N = 0
	}
	if (cycle || number && args.Since != (usage.When{})) && !date {
		args.When, args.Since = usage.When{}, usage.When{}
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

// unknownTopic describes a topic that no command has. If it has several words, the first may be a command and the rest not
// part of its name.
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

// trendName is the name of Trend.
const trendName = "trend"

// Trend returns the command that asks for the chart of a metric in consecutive periods.
func Trend() *Spec {
	return &Spec{
		Words: Words{En: []string{trendName, "trends"}, Zh: []string{"趋势", "走势"}},
		Who:   Viewer,
		Args: []*Arg{
			CycleArg(), AbilityArg(), DeptArg(), AppArg(), NamesArg(), DatesArg(), NumberArg("7", "12", "24"), LastArg(), MetricArg(),
		},
		Examples: Words{
			En: []string{"/trend weekly n:12", "/trend", "/trend monthly h5 metric:pv", "/trend daily dept:Engineering n:31 metric:new_users"},
			Zh: []string{"/趋势 周报 数量:12", "/趋势", "/趋势 月报 网页应用 指标:访问", "/趋势 日报 部门:研发部 数量:31 指标:新增"},
		},
		Check:    firstError(checkPeriod, checkMetric("trend"), checkPoints),
		FollowUp: settleTrend,
	}
}

// Top returns the command that ranks departments by their active users.
func Top() *Spec {
	return &Spec{
		Words: Words{En: []string{"top", "rank", "ranking"}, Zh: []string{"排行", "排名", "部门排行", "部门排名", "排行榜"}},
		Who:   Viewer,
		Args:  []*Arg{CycleArg(), AbilityArg(), DeptArg(), AppArg(), NamesArg(), DateArg(), NumberArg("10", "20", "50"), ByArg()},
		Examples: Words{
			En: []string{"/top weekly n:20", "/top", "/top last-month h5", "/top monthly dept:Engineering", "/top weekly by:change"},
			Zh: []string{"/排行 周报 数量:20", "/排行", "/排行 上月 网页应用", "/排行 月报 部门:研发部", "/排行 周报 排序:变化"},
		},
		Check:    firstError(checkPeriod, checkRanks),
		FollowUp: settlePeriod,
	}
}

// firstError returns a check that runs the checks in order and returns the first error.
func firstError(checks ...CheckFunc) CheckFunc {
	return func(r *Registry, args *Args) *Error {
		for _, check := range checks {
			if e := check(r, args); e != nil {
				return e
			}
		}
		return nil
	}
}

// Fitting returns the command without a metric or a number of periods that does not go with its cycle and ability. It is for
// making the command of one view from that of another.
func (c Command) Fitting() Command {
	if !c.Args.metricFits() {
		c.Args.Metric = ""
	}
	if c.Name == trendName && !c.Args.pointsFit() {
		c.Args.N = 0
	}
	return c
}

// settleMetric drops the charted metric if what a follow-up asks for does not have it.
func settleMetric(args *Args, given func(string) bool) {
	settlePeriod(args, given)
	if !given("metric") && !args.metricFits() {
		args.Metric = ""
	}
}

// settleTrend also drops the number of periods if the follow-up's cycle does not allow so many.
func settleTrend(args *Args, given func(string) bool) {
	settleMetric(args, given)
	if !given("n") && !args.pointsFit() {
		args.N = 0
	}
}

// Subscribe returns the command that subscribes the chat to a digest. Arguments that were not given stay zero: the grammar
// does not know when digests go out by default. Without a cycle, or with the word form, a form asks for them.
func Subscribe() *Spec {
	return &Spec{
		Words: Words{En: []string{"subscribe"}, Zh: []string{"订阅"}},
		Who:   Manager,
		Args:  []*Arg{CycleArg(), TimeArg(), OnArg(), AbilityArg(), DeptArg(), AppArg(), NamesArg(), ZoneArg(), FormArg()},
		Lead:  CycleArg().Name,
		Examples: Words{
			En: []string{
				"/subscribe daily 10:30", "/subscribe weekly 10:30 on:mon h5 dept:研发部", "/subscribe monthly on:1 all",
				"/subscribe daily on:workdays", `/subscribe weekly 9:00 on:fri app:"My Shop" tz:Europe/London`,
				"/subscribe form",
			},
			Zh: []string{
				"/订阅 日报 10:30", "/订阅 周报 周一 10:30 网页应用 部门:研发部", "/订阅 月报 1号", "/订阅 日报 工作日",
				"/订阅 月报 月底 9点半 应用:商城 时区:北京",
				"/订阅 表单",
			},
		},
		Check: checkDay,
	}
}

// Subs returns the command that lists the chat's subscriptions.
func Subs() *Spec {
	return &Spec{
		Words: Words{En: []string{"subs", "subscriptions", "list"}, Zh: []string{"订阅列表", "订阅清单", "我的订阅"}},
		Who:   Anyone,
		Examples: Words{
			En: []string{"/subs", "/subscriptions"},
			Zh: []string{"/订阅列表", "/订阅清单"},
		},
	}
}

// Unsubscribe returns the command that removes a subscription, after a confirmation.
func Unsubscribe() *Spec {
	return manageSpec(Words{En: []string{"unsubscribe", "unsub"}, Zh: []string{"退订", "取消订阅"}}, Words{
		En: []string{"/unsubscribe k7q2mw", "/unsubscribe k7q2mw confirm"},
		Zh: []string{"/退订 k7q2mw", "/退订 k7q2mw 确认"},
	}, ConfirmArg())
}

// Pause returns the command that pauses a subscription until a day, or until it is resumed.
func Pause() *Spec {
	return manageSpec(Words{En: []string{"pause", "stop"}, Zh: []string{"暂停", "停止"}}, Words{
		En: []string{"/pause k7q2mw", "/pause k7q2mw until:2026-12-01", "/pause k7q2mw until:3d"},
		Zh: []string{"/暂停 k7q2mw", "/暂停 k7q2mw 直到:2026-12-01", "/暂停 k7q2mw 直到:3天"},
	}, UntilArg())
}

// Resume returns the command that ends a pause.
func Resume() *Spec {
	return manageSpec(Words{En: []string{"resume"}, Zh: []string{"恢复", "继续"}}, Words{
		En: []string{"/resume k7q2mw", "/resume id:k7q2mw"},
		Zh: []string{"/恢复 k7q2mw", "/恢复 编号:k7q2mw"},
	})
}

// Test returns the command that shows a subscription's next digest.
func Test() *Spec {
	return manageSpec(Words{En: []string{"test"}, Zh: []string{"试发", "测试"}}, Words{
		En: []string{"/test k7q2mw", "/test id:k7q2mw"},
		Zh: []string{"/试发 k7q2mw", "/试发 编号:k7q2mw"},
	})
}

// History returns the command that lists the last deliveries, of one subscription or of all in the chat.
func History() *Spec {
	spec := manageSpec(Words{En: []string{"history"}, Zh: []string{"推送记录", "历史", "发送记录", "历史记录"}}, Words{
		En: []string{"/history", "/history k7q2mw"},
		Zh: []string{"/推送记录", "/推送记录 k7q2mw"},
	})
	spec.Who, spec.Required = Anyone, nil
	return spec
}

// Retry returns the command that sends a digest again that was not delivered.
func Retry() *Spec {
	spec := manageSpec(Words{En: []string{"resend", "retry"}, Zh: []string{"重发", "重试"}}, Words{
		En: []string{"/resend k7q2mw date:2026-11-16", "/resend k7q2mw last-week"},
		Zh: []string{"/重发 k7q2mw 日期:2026-11-16", "/重发 k7q2mw 上周"},
	}, digestDateArg())
	spec.ID, spec.Required = "retry", append(spec.Required, DateArg().Name)
	return spec
}

// manageSpec returns a command for the managers of one subscription.
func manageSpec(names, examples Words, more ...*Arg) *Spec {
	return &Spec{
		Words:    names,
		Who:      Manager,
		Args:     append([]*Arg{IDArg()}, more...),
		Required: []string{IDArg().Name},
		Examples: examples,
	}
}

// Settings returns the command that shows and changes the settings of the chat.
func Settings() *Spec {
	return &Spec{
		Words: Words{En: []string{"settings", "setting"}, Zh: []string{"设置"}},
		Who:   Manager,
		Args:  []*Arg{LangArg(), AppArg()},
		Examples: Words{
			En: []string{"/settings", "/settings lang:en", "/settings app:Shop"},
			Zh: []string{"/设置", "/设置 语言:中文", "/设置 应用:商城"},
		},
	}
}

// ForgetMe returns the command by which a person has everything about them removed.
func ForgetMe() *Spec {
	return &Spec{
		Words:    Words{En: []string{"forget-me", "forgetme"}, Zh: []string{"忘记我"}},
		Who:      Anyone,
		Args:     []*Arg{ConfirmArg()},
		Examples: Words{En: []string{"/forget-me", "/forget-me confirm"}, Zh: []string{"/忘记我", "/忘记我 确认"}},
	}
}
