package command

// Subscribe returns the command that sends a digest to the chat from now on. What it does not say stays zero: it is not
// the grammar that knows when digests go out. Without a cycle, or with the word form, a form is to ask for it.
func Subscribe() *Spec {
	return &Spec{
		Words: Words{En: []string{"subscribe"}, Zh: []string{"订阅"}},
		Who:   Manager,
		Args:  []*Arg{CycleArg(), TimeArg(), OnArg(), AbilityArg(), DeptArg(), AppArg(), ZoneArg(), FormArg()},
		Lead:  CycleArg().Name,
		Examples: Words{
			En: []string{
				"/subscribe daily 10:30", "/subscribe weekly 10:30 on:mon h5 dept:研发部", "/subscribe monthly on:1 all",
				"/subscribe daily on:workdays", `/subscribe weekly 9:00 on:fri app:"My Shop" tz:Europe/London`,
				"/subscribe form",
			},
			Zh: []string{
				"/订阅 日报 10:30", "/订阅 周报 周一 10:30 网页 部门:研发部", "/订阅 月报 1号", "/订阅 日报 工作日",
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

// Unsubscribe returns the command that removes a subscription, once that is confirmed.
func Unsubscribe() *Spec {
	return managing(Words{En: []string{"unsubscribe", "unsub"}, Zh: []string{"退订", "取消订阅"}}, Words{
		En: []string{"/unsubscribe k7q2mw", "/unsubscribe k7q2mw confirm"},
		Zh: []string{"/退订 k7q2mw", "/退订 k7q2mw 确认"},
	}, ConfirmArg())
}

// Pause returns the command that holds a subscription for a time or until it is resumed.
func Pause() *Spec {
	return managing(Words{En: []string{"pause", "stop"}, Zh: []string{"暂停", "停止"}}, Words{
		En: []string{"/pause k7q2mw", "/pause k7q2mw until:2026-12-01", "/pause k7q2mw until:3d"},
		Zh: []string{"/暂停 k7q2mw", "/暂停 k7q2mw 直到:2026-12-01", "/暂停 k7q2mw 直到:3天"},
	}, UntilArg())
}

// Resume returns the command that ends a pause.
func Resume() *Spec {
	return managing(Words{En: []string{"resume"}, Zh: []string{"恢复", "继续"}}, Words{
		En: []string{"/resume k7q2mw", "/resume id:k7q2mw"},
		Zh: []string{"/恢复 k7q2mw", "/恢复 编号:k7q2mw"},
	})
}

// Test returns the command that shows what a subscription's next digest would carry.
func Test() *Spec {
	return managing(Words{En: []string{"test"}, Zh: []string{"试发", "测试"}}, Words{
		En: []string{"/test k7q2mw", "/test id:k7q2mw"},
		Zh: []string{"/试发 k7q2mw", "/试发 编号:k7q2mw"},
	})
}

// History returns the command that lists the last deliveries, of one subscription or of all in the chat.
func History() *Spec {
	spec := managing(Words{En: []string{"history"}, Zh: []string{"历史", "发送记录", "历史记录"}}, Words{
		En: []string{"/history", "/history k7q2mw"},
		Zh: []string{"/历史", "/历史 k7q2mw"},
	})
	spec.Who, spec.Required = Anyone, nil
	return spec
}

// Retry returns the command that runs again what a subscription failed to deliver for a period.
func Retry() *Spec {
	spec := managing(Words{En: []string{"retry", "resend"}, Zh: []string{"重发", "重试"}}, Words{
		En: []string{"/retry k7q2mw date:2026-11-16", "/retry k7q2mw last-week"},
		Zh: []string{"/重发 k7q2mw 日期:2026-11-16", "/重发 k7q2mw 上周"},
	}, DateArg())
	spec.Required = append(spec.Required, DateArg().Name)
	return spec
}

// managing returns a command for the managers of one subscription.
func managing(names, examples Words, more ...*Arg) *Spec {
	return &Spec{
		Words:    names,
		Who:      Manager,
		Args:     append([]*Arg{IDArg()}, more...),
		Required: []string{IDArg().Name},
		Examples: examples,
	}
}

// Settings returns the command that shows and changes what holds for the chat.
func Settings() *Spec {
	return &Spec{
		Words: Words{En: []string{"settings", "setting"}, Zh: []string{"设置"}},
		Who:   Manager,
		Args:  []*Arg{LangArg(), AppArg()},
		Examples: Words{
			En: []string{"/settings", "/settings lang:en", "/settings app:商城"},
			Zh: []string{"/设置", "/设置 语言:中文", "/设置 应用:商城"},
		},
	}
}
