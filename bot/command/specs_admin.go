package command

import (
	"usagebot/locale"
)

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
