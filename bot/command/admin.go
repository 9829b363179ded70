package command

// Admin returns the command under which the administrators' are.
func Admin() *Spec {
	return &Spec{
		Words:    Words{En: []string{"admin"}, Zh: []string{"管理"}},
		Who:      AdminOnly,
		Examples: Words{En: []string{"/admin", "/admin status"}, Zh: []string{"/管理", "/管理 状态"}},
	}
}

// anID is an open_id as the platform's documents show one.
const anID = "ou_84aad35d084aa403a838cf73ee18467"

// SampleApp stands in examples for an app's id. It is one as the platform's console shows them.
const SampleApp = "cli_a1b2c3d4e5f6a7b8"

// Administration returns Admin and all that is under it.
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
				En: []string{"/admin subs", "/admin subs chat:this paused", "/admin subs app:商城"},
				Zh: []string{"/管理 订阅", "/管理 订阅 会话:本群 已暂停", "/管理 订阅 应用:商城"},
			},
		},
		{
			Words: Words{En: []string{"hand-over", "handover"}, Zh: []string{"转交"}}, Args: []*Arg{IDArg(), PersonArg()}, Required: []string{"id"},
			Examples: Words{
				En: []string{"/admin hand-over k7q2mw", "/admin hand-over k7q2mw " + anID, "/admin hand-over id:k7q2mw user:" + anID},
				Zh: []string{"/管理 转交 k7q2mw", "/管理 转交 k7q2mw " + anID, "/管理 转交 编号:k7q2mw 用户:" + anID},
			},
		},
		{
			Words: Words{En: []string{"run"}, Zh: []string{"立即发送"}}, Args: []*Arg{IDArg()}, Required: []string{"id"},
			Examples: Words{En: []string{"/admin run k7q2mw", "/admin run id:k7q2mw"}, Zh: []string{"/管理 立即发送 k7q2mw", "/管理 立即发送 编号:k7q2mw"}},
		},
		{
			Words: Words{En: []string{"retry"}, Zh: []string{"重发"}}, Args: []*Arg{IDArg(), DateArg()}, Required: []string{"id", "date"},
			Examples: Words{
				En: []string{"/admin retry k7q2mw date:2026-11-16", "/admin retry k7q2mw last-week"},
				Zh: []string{"/管理 重发 k7q2mw 日期:2026-11-16", "/管理 重发 k7q2mw 上周"},
			},
		},
		granting("grant", "授权", RoleArg().Name),
		granting("revoke", "撤权"),
		{
			Words:    Words{En: []string{"roles"}, Zh: []string{"角色"}},
			Examples: Words{En: []string{"/admin roles"}, Zh: []string{"/管理 角色"}},
		},
		{
			Words: Words{En: []string{"apps"}, Zh: []string{"应用"}}, Args: []*Arg{DoArg(), AppArg(), NameArg()}, Check: checkApps,
			Examples: Words{
				En: []string{"/admin apps", "/admin apps add app:" + SampleApp + " name:商城", "/admin apps default app:商城"},
				Zh: []string{"/管理 应用", "/管理 应用 添加 应用:" + SampleApp + " 名称:商城", "/管理 应用 设为默认 应用:商城"},
			},
		},
		{
			Words:    Words{En: []string{"chats"}, Zh: []string{"会话", "群"}},
			Args:     []*Arg{PageArg()},
			Examples: Words{En: []string{"/admin chats", "/admin chats page:2"}, Zh: []string{"/管理 会话", "/管理 会话 页:2"}},
		},
		{
			Words: Words{En: []string{"history"}, Zh: []string{"历史", "发送记录"}}, Args: []*Arg{OutcomeArg()},
			Examples: Words{En: []string{"/admin history", "/admin history failed"}, Zh: []string{"/管理 历史", "/管理 历史 失败"}},
		},
		{
			Words: Words{En: []string{"audit"}, Zh: []string{"审计"}}, Args: []*Arg{IDArg(), PersonArg()},
			Examples: Words{En: []string{"/admin audit", "/admin audit k7q2mw"}, Zh: []string{"/管理 审计", "/管理 审计 k7q2mw"}},
		},
		{
			Words: Words{En: []string{"backfill"}, Zh: []string{"补数"}}, Args: []*Arg{DaysArg(), AppArg()}, Required: []string{"days"},
			Examples: Words{En: []string{"/admin backfill 90d", "/admin backfill 30d app:商城"}, Zh: []string{"/管理 补数 90天", "/管理 补数 30天 应用:商城"}},
		},
		{
			Words: Words{En: []string{"refresh"}, Zh: []string{"刷新"}},
			Args:  []*Arg{DaysArg(), FromArg(), ThroughArg(), DateArg(), AppArg(), DeptArg(), ProgressArg()}, Check: checkRefresh,
			Examples: Words{
				En: []string{"/admin refresh 7d", "/admin refresh from:2026-11-01 to:2026-11-07 app:商城 dept:研发部", "/admin refresh last-week"},
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

// granting returns the command that gives or takes a role.
func granting(en, zh string, required ...string) *Spec {
	return &Spec{
		Words:    Words{En: []string{en}, Zh: []string{zh}},
		Args:     []*Arg{SubjectArg(), RoleArg(), DeptArg()},
		Required: append([]string{SubjectArg().Name}, required...),
		Check:    checkRole,
		Examples: Words{
			En: []string{"/admin " + en + " " + anID + " viewer dept:研发部", "/admin " + en + " chat:this viewer", "/admin " + en + " members:研发部 viewer"},
			Zh: []string{"/管理 " + zh + " " + anID + " 查看者 部门:研发部", "/管理 " + zh + " 会话:本群 查看者", "/管理 " + zh + " 成员:研发部 查看者"},
		},
	}
}

// checkRole wants an administrator to be a person, and not of one department.
func checkRole(_ *Registry, args *Args) *Error {
	switch {
	case args.Role == "admin" && args.Dept != "":
		return &Error{Kind: Conflict, Arg: DeptArg().Name, Other: RoleArg().Name}
	case args.Role == "admin" && !IsPerson(args.Subject):
		return &Error{Kind: Conflict, Arg: RoleArg().Name, Other: SubjectArg().Name}
	}
	return nil
}

// checkApps wants to know which app is to be changed, and what it is to be called. What may be added is none of those that
// are there.
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
		Words{En: []string{"failed"}, Zh: []string{"失败"}}, Words{En: []string{"uncertain"}, Zh: []string{"不确定"}},
		Words{En: []string{"skipped"}, Zh: []string{"跳过"}}, Words{En: []string{"waiting"}, Zh: []string{"等待"}},
		Words{En: []string{"delivered"}, Zh: []string{"送达"}})
}

// ForgetMe returns the command by which somebody has removed what is kept of him.
func ForgetMe() *Spec {
	return &Spec{
		Words:    Words{En: []string{"forget-me", "forgetme"}, Zh: []string{"忘记我"}},
		Who:      Anyone,
		Args:     []*Arg{ConfirmArg()},
		Examples: Words{En: []string{"/forget-me", "/forget-me confirm"}, Zh: []string{"/忘记我", "/忘记我 确认"}},
	}
}
