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

// Admin returns the parent of the administrators' commands.
func Admin() *Spec {
	return &Spec{
		Words:    Words{En: []string{"admin"}, Zh: []string{"管理"}},
		Who:      AdminOnly,
		Examples: Words{En: []string{"/admin", "/admin status"}, Zh: []string{"/管理", "/管理 状态"}},
	}
}

// anID is an open_id as in the platform's documents.
const anID = "ou_84aad35d084aa403a838cf73ee18467"

// SampleApp is an app's id for examples, in the form that the platform's console shows.
const SampleApp = "cli_a1b2c3d4e5f6a7b8"

// Administration returns Admin and the commands under it.
func Administration() []*Spec {
	parent := Admin()
	under := []*Spec{
		{
			Words:    Words{En: []string{"status"}, Zh: []string{"状态"}},
			Examples: Words{En: []string{"/admin status"}, Zh: []string{"/管理 状态"}},
		},
		{
			Words: Words{En: []string{"subs", "subscriptions"}, Zh: []string{"订阅"}},
			Args:  []*Arg{ChatArg(), AppArg(), StateArg(), PageArg()},
			Examples: Words{
				En: []string{"/admin subs", "/admin subs chat:this paused", "/admin subs app:Shop"},
				Zh: []string{"/管理 订阅", "/管理 订阅 会话:本群 已暂停", "/管理 订阅 应用:商城"},
			},
		},
		{
			Words: Words{En: []string{"transfer", "hand-over", "handover"}, Zh: []string{"转交"}}, ID: "hand-over", Args: []*Arg{IDArg(), PersonArg()}, Required: []string{"id"},
			Examples: Words{
				En: []string{"/admin transfer k7q2mw", "/admin transfer k7q2mw " + anID, "/admin transfer id:k7q2mw user:" + anID},
				Zh: []string{"/管理 转交 k7q2mw", "/管理 转交 k7q2mw " + anID, "/管理 转交 编号:k7q2mw 用户:" + anID},
			},
		},
		{
			Words: Words{En: []string{"send-now", "run"}, Zh: []string{"立即推送", "立即发送"}}, ID: "run", Args: []*Arg{IDArg()}, Required: []string{"id"},
			Examples: Words{En: []string{"/admin send-now k7q2mw", "/admin send-now id:k7q2mw"}, Zh: []string{"/管理 立即推送 k7q2mw", "/管理 立即推送 编号:k7q2mw"}},
		},
		{
			Words: Words{En: []string{"resend", "retry"}, Zh: []string{"重发"}}, ID: "retry", Args: []*Arg{IDArg(), digestDateArg()}, Required: []string{"id", "date"},
			Examples: Words{
				En: []string{"/admin resend k7q2mw date:2026-11-16", "/admin resend k7q2mw last-week"},
				Zh: []string{"/管理 重发 k7q2mw 日期:2026-11-16", "/管理 重发 k7q2mw 上周"},
			},
		},
		grantSpec("grant", Words{En: []string{"grant"}, Zh: []string{"授权"}}, RoleArg().Name),
		revokeSpec(),
		{
			Words:    Words{En: []string{"roles"}, Zh: []string{"角色"}},
			Examples: Words{En: []string{"/admin roles"}, Zh: []string{"/管理 角色"}},
		},
		{
			Words: Words{En: []string{"apps"}, Zh: []string{"应用"}}, Args: []*Arg{DoArg(), AppArg(), NameArg(), ConfirmArg()}, Check: checkApps,
			Examples: Words{
				En: []string{"/admin apps", "/admin apps add app:" + SampleApp + " name:Shop", "/admin apps default app:Shop"},
				Zh: []string{"/管理 应用", "/管理 应用 添加 应用:" + SampleApp + " 名称:商城", "/管理 应用 设为默认 应用:商城"},
			},
		},
		{
			Words:    Words{En: []string{"chats"}, Zh: []string{"会话", "群"}},
			Args:     []*Arg{PageArg()},
			Examples: Words{En: []string{"/admin chats", "/admin chats page:2"}, Zh: []string{"/管理 会话", "/管理 会话 页:2"}},
		},
		{
			Words: Words{En: []string{"history"}, Zh: []string{"推送记录", "历史", "发送记录"}}, Args: []*Arg{OutcomeArg()},
			Examples: Words{En: []string{"/admin history", "/admin history failed"}, Zh: []string{"/管理 推送记录", "/管理 推送记录 失败"}},
		},
		{
			Words: Words{En: []string{"changes", "audit"}, Zh: []string{"变更记录", "审计"}}, ID: "audit", Args: []*Arg{IDArg(), PersonArg()},
			Examples: Words{En: []string{"/admin changes", "/admin changes k7q2mw"}, Zh: []string{"/管理 变更记录", "/管理 变更记录 k7q2mw"}},
		},
		{
			Words: Words{En: []string{"backfill"}, Zh: []string{"补数据", "补数"}}, Args: []*Arg{DaysArg(), AppArg()}, Required: []string{"days"},
			Examples: Words{En: []string{"/admin backfill 90d", "/admin backfill 30d app:Shop"}, Zh: []string{"/管理 补数据 90天", "/管理 补数据 30天 应用:商城"}},
		},
		{
			Words: Words{En: []string{"refresh"}, Zh: []string{"刷新"}},
			Args:  []*Arg{DaysArg(), FromArg(), ThroughArg(), DateArg(), AppArg(), DeptArg(), ProgressArg()}, Check: checkRefresh,
			Examples: Words{
				En: []string{"/admin refresh 7d", "/admin refresh from:2026-11-01 to:2026-11-07 app:Shop dept:Engineering", "/admin refresh last-week"},
				Zh: []string{"/管理 刷新 7天", "/管理 刷新 从:2026-11-01 到:2026-11-07 应用:商城 部门:研发部", "/管理 刷新 上周"},
			},
		},
		{
			Words:    Words{En: []string{"doctor"}, Zh: []string{"体检"}},
			Examples: Words{En: []string{"/admin doctor"}, Zh: []string{"/管理 体检"}},
		},
	}
	for _, s := range under {
		s.Parent, s.Who = parent, AdminOnly
	}
	return append([]*Spec{parent}, under...)
}

// grantSpec returns the command that grants or revokes a role.
func grantSpec(en string, names Words, required ...string) *Spec {
	zh := names.First(locale.Chinese)
	return &Spec{
		Words:    names,
		Args:     []*Arg{SubjectArg(), RoleArg(), DeptArg()},
		Required: append([]string{SubjectArg().Name}, required...),
		Check:    checkRole,
		Examples: Words{
			En: []string{"/admin " + en + " " + anID + " viewer dept:Engineering", "/admin " + en + " chat:this viewer", "/admin " + en + " members:Engineering viewer"},
			Zh: []string{"/管理 " + zh + " " + anID + " 查看者 部门:研发部", "/管理 " + zh + " 会话:本群 查看者", "/管理 " + zh + " 成员:研发部 查看者"},
		},
	}
}

// revokeSpec returns the command that revokes roles, after a confirmation.
func revokeSpec() *Spec {
	s := grantSpec("revoke", Words{En: []string{"revoke"}, Zh: []string{"收回", "撤权"}})
	s.Args = append(s.Args, ConfirmArg())
	return s
}

// checkRole allows the role of administrator for persons only, and without a department.
func checkRole(_ *Registry, args *Args) *Error {
	switch {
	case args.Role == "admin" && args.Dept != "":
		return &Error{Kind: Conflict, Arg: DeptArg().Name, Other: RoleArg().Name}
	case args.Role == "admin" && !IsPerson(args.Subject):
		return &Error{Kind: Conflict, Arg: RoleArg().Name, Other: SubjectArg().Name}
	}
	return nil
}

// checkApps checks that the app to change is named, and its new name for a renaming. For adding it lists no allowed apps,
// because those that exist cannot be added.
func checkApps(r *Registry, args *Args) *Error {
	e, shown := &Error{Kind: MissingValue}, Args{Do: args.Do, App: args.App}
	switch {
	case args.Do == "add" && args.App == "":
		e.Arg, e.allowed, shown.App = AppArg().Name, []Words{}, SampleApp
	case args.Do != "" && args.App == "":
		e.Arg, shown.App = AppArg().Name, AppArg().Samples[0]
	case args.Do == "rename" && args.Called == "":
		e.Arg = NameArg().Name
	default:
		return nil
	}
	if args.Do == "add" || args.Do == "rename" {
		shown.Called = NameArg().Samples[0]
	}
	e.examples = r.lines(Command{Name: "admin apps", Args: shown})
	return e
}

// OutcomeArg returns the argument for what became of a digest.
func OutcomeArg() *Arg {
	return choiceArg("state", Words{En: []string{"state"}, Zh: []string{"状态"}}, func(args *Args) *string { return &args.State },
		choice("failed", Words{En: []string{"failed"}, Zh: []string{"失败"}}),
		choice("uncertain", Words{En: []string{"unconfirmed", "uncertain"}, Zh: []string{"待确认", "不确定"}}),
		choice("skipped", Words{En: []string{"skipped"}, Zh: []string{"已跳过", "跳过"}}),
		choice("waiting", Words{En: []string{"pending", "waiting"}, Zh: []string{"待推送", "等待数据", "等待"}}),
		choice("delivered", Words{En: []string{"delivered"}, Zh: []string{"已送达", "送达"}}))
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
