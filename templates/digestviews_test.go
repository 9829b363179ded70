package templates_test

import (
	"fmt"
	"time"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func clock(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, shanghai)
}

func weeklyTopic() templates.Topic {
	return templates.Topic{App: shop, Ability: usage.Web, Cycle: usage.Weekly, Department: rd, DepartmentPath: "公司/研发部"}
}

func mondays() templates.Timing {
	return templates.Timing{Hour: 10, Minute: 30, On: "mon", Zone: "Asia/Shanghai"}
}

func actionsOf(id string) templates.Actions {
	return templates.Actions{
		Test: "/test " + id, Change: "/subscribe weekly h5 dept:od-rd form", Pause: "/pause " + id, Resume: "/resume " + id, History: "/history " + id, Remove: "/unsubscribe " + id,
	}
}

// active is a subscription that works.
func active() templates.Subscription {
	return templates.Subscription{
		ID: "k7q2mw", Topic: weeklyTopic(), Timing: mondays(), OwnerID: "ou_me",
		Next: []time.Time{clock(11, 30, 10, 30), clock(12, 7, 10, 30), clock(12, 14, 10, 30)},
		Last: &templates.Last{Outcome: templates.Delivered}, LastSent: clock(11, 23, 10, 31), Actions: actionsOf("k7q2mw"),
	}
}

// paused rests until a day, after a failure.
func paused() templates.Subscription {
	s := active()
	s.ID, s.OwnerID, s.Next, s.Actions = "aaaaaa", "ou_wang", nil, actionsOf("aaaaaa")
	s.Topic = templates.Topic{App: shop, Ability: usage.All, Cycle: usage.Daily}
	s.Timing.On = "workdays"
	s.Paused = &templates.Pause{Cause: templates.CauseByPerson, Until: clock(12, 1, 0, 0)}
	s.Last = &templates.Last{Outcome: templates.Failed, Cause: templates.CauseRefused}
	return s
}

// sentAlready was moved to a later day after this week's digest was sent.
func sentAlready() templates.Subscription {
	s := active()
	s.Next, s.Sent = s.Next[1:], usage.PeriodOf(usage.Weekly, usage.NewDate(2026, 11, 16))
	return s
}

// fresh has not sent anything yet.
func fresh() templates.Subscription {
	s := active()
	s.ID, s.OwnerID, s.Last, s.LastSent = "bbbbbb", "", nil, time.Time{}
	s.Topic = templates.Topic{App: shop, Ability: usage.AppAbility, Cycle: usage.Monthly}
	s.Timing.On, s.Next = "31", []time.Time{clock(11, 30, 10, 30)}
	s.Actions = templates.Actions{History: "/history bbbbbb"}
	return s
}

func digestView(r usage.Report, o templates.DigestOptions) draw {
	o.TimeZone, o.Open, o.Manage = "Asia/Shanghai", "/usage "+r.Query.Cycle.String()+" "+string(r.Query.Ability), "/subs"
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Digest(all.In(lang), r, o)
	}
}

func subscribedView(v templates.SubscribedView) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Subscribed(all.In(lang), v)
	}
}

func subscriptionsView(example string, list ...templates.Subscription) draw {
	v := templates.SubscriptionsView{Subscriptions: list, Example: example}
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Subscriptions(all.In(lang), v)
	}
}

func doneView(v templates.DoneView) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card { return templates.Done(all.In(lang), v) }
}

func historyView(v templates.HistoryView) draw {
	v.Zone = "Asia/Shanghai"
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.History(all.In(lang), v)
	}
}

func settingsView(v templates.SettingsView) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Settings(all.In(lang), v)
	}
}

func noticeView(notices ...templates.OwnerNotice) draw {
	v := templates.OwnerNoticeView{Notices: notices}
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.OwnerNotices(all.In(lang), v)
	}
}

func alertView(v templates.AdminAlertView) draw {
	v.Since = clock(11, 23, 10, 31)
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.AdminAlert(all.In(lang), v)
	}
}

// history has every outcome with a cause of its own.
func history() []templates.HistoryEntry {
	p := week
	entry := func(o templates.Outcome, c templates.Cause, at time.Time, again string) templates.HistoryEntry {
		e := templates.HistoryEntry{ID: "k7q2mw", Topic: weeklyTopic(), Period: p, Outcome: o, Cause: c, At: at, Again: again}
		p = p.Previous()
		return e
	}
	late := entry(templates.Delivered, "", clock(11, 23, 18, 0), "")
	late.Late = true
	return []templates.HistoryEntry{
		late,
		entry(templates.Waiting, templates.CauseNotOut, time.Time{}, ""),
		entry(templates.Waiting, templates.CauseBusy, time.Time{}, ""),
		entry(templates.Skipped, templates.CauseMissed, clock(11, 9, 10, 30), "/retry k7q2mw date:2026-11-02"),
		entry(templates.Failed, templates.CauseRefused, clock(11, 2, 10, 30), "/retry k7q2mw date:2026-10-26"),
		entry(templates.Uncertain, templates.CauseLost, clock(10, 26, 10, 30), "/retry k7q2mw date:2026-10-19"),
	}
}

func notices() []templates.OwnerNotice {
	var all []templates.OwnerNotice
	for _, k := range templates.NoticeKinds() {
		n := templates.OwnerNotice{
			Kind: k, ID: "k7q2mw", Topic: weeklyTopic(), ChatName: "产品周会", Period: week, Command: "/resume k7q2mw",
		}
		switch k {
		case templates.NoticeUncertain:
			n.ChatName, n.Cause, n.Command = "", templates.CauseLost, "/retry k7q2mw date:2026-11-16"
		case templates.NoticeFailed:
			n.Single, n.Cause, n.Command = true, templates.CauseNoFigures, "/retry k7q2mw date:2026-11-16"
		case templates.NoticeHandedOver:
			n.Command = "/history k7q2mw"
		}
		all = append(all, n)
	}
	return all
}

func settings() templates.SettingsView {
	return templates.SettingsView{
		Language: locale.Chinese, App: shop,
		Languages: map[locale.Language]string{locale.Chinese: "/settings lang:zh", locale.English: "/settings lang:en"},
		Apps:      []templates.AppChoice{{shop, "/settings app:cli_shop"}, {usage.App{ID: "cli_expense", Name: "报销"}, "/settings app:cli_expense"}},
	}
}

func many(n int) []templates.Subscription {
	list := make([]templates.Subscription, n)
	for i := range list {
		list[i] = active()
		list[i].ID = fmt.Sprintf("aaaa%c%c", 'a'+i/10, 'a'+i%10)
	}
	return list
}

// digestViews are the views of digests and of their management.
func digestViews() map[string]draw {
	changed, friday := settings(), complete(usage.AppAbility, usage.Period{Cycle: usage.Daily, Start: usage.NewDate(2026, 11, 20)},
		usage.Department{}, appSection())
	changed.Changed, changed.Language = true, locale.English
	of := active()
	v := map[string]draw{
		"digest_weekly":        digestView(complete(usage.Web, week, rd, webSection()), templates.DigestOptions{DepartmentPath: "公司/研发部"}),
		"digest_daily_workday": digestView(friday, templates.DigestOptions{CarriesLastWorkday: true}),
		"digest_monthly_late": digestView(complete(usage.AppAbility, month, usage.Department{}, withTotalAsOf(appSection(), month.End())),
			templates.DigestOptions{Late: true}),
		"digest_all_test":    digestView(allAbilities(), templates.DigestOptions{Test: true}),
		"subscribed_new":     subscribedView(templates.SubscribedView{Kind: templates.SubscribedNew, Subscription: active()}),
		"subscribed_again":   subscribedView(templates.SubscribedView{Kind: templates.SubscribedAgain, Subscription: paused()}),
		"subscribed_changed": subscribedView(templates.SubscribedView{Kind: templates.SubscribedChanged, Subscription: fresh(), Single: true}),
		"subscribed_sent":    subscribedView(templates.SubscribedView{Kind: templates.SubscribedChanged, Subscription: sentAlready()}),
		"resumed_sent":       doneView(templates.DoneView{Key: templates.DoneResumed, Subscription: sentAlready(), Back: "/pause k7q2mw"}),
		"subscriptions_sent": subscriptionsView("", sentAlready()),
		"subscriptions":      subscriptionsView("", active(), paused(), fresh()),
		"subscriptions_many": subscriptionsView("", many(15)...),
		"subscriptions_none": subscriptionsView("/subscribe weekly 10:30"),
		"removal": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.ConfirmRemoval(all.In(lang), templates.ConfirmRemovalView{
				Asked:        "ou_me",
				Subscription: active(), Yes: "/unsubscribe k7q2mw confirm", Keep: "/subs",
			})
		},
		"done_paused_until":    doneView(templates.DoneView{Key: templates.DonePaused, Subscription: paused(), Back: "/resume aaaaaa"}),
		"done_resumed_unknown": doneView(templates.DoneView{Key: templates.DoneResumed, Subscription: paused(), Back: "/pause aaaaaa"}),
		"history":              historyView(templates.HistoryView{Entries: history()}),
		"history_of_one":       historyView(templates.HistoryView{Of: &of, Entries: history()}),
		"history_none":         historyView(templates.HistoryView{}),
		"settings":             settingsView(settings()),
		"settings_changed":     settingsView(changed),
		"figures_late": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.FiguresLate(all.In(lang), templates.FiguresLateView{Topic: weeklyTopic(), Period: week})
		},
		"owner_left": func(all *templates.Templates, lang locale.Language) templates.Card {
			return templates.OwnerLeft(all.In(lang), templates.OwnerLeftView{ID: "k7q2mw", Topic: weeklyTopic(), Resume: "/resume k7q2mw"})
		},
		"owner_notice":     noticeView(notices()...),
		"owner_notice_one": noticeView(notices()[0]),
		"admin_alert_secret": alertView(templates.AdminAlertView{
			Key: templates.ReasonKey(usage.WrongSecret), LogID: "20261123174200ABCDEF",
		}),
		"admin_alert_scope": alertView(templates.AdminAlertView{Key: templates.MessageScope}),
		"admin_alert_figures_scope": alertView(templates.AdminAlertView{
			App: shop, Key: templates.ReasonKey(usage.MissingScope), LogID: "20261123174200ABCDEF",
			Scopes: []string{"application:application.app_usage_stats.overview:readonly"},
		}),
		"admin_alert_rejected": alertView(templates.AdminAlertView{
			Key: templates.MessageRejected, Args: map[string]string{"code": "230036"}, LogID: "20261123174200ABCDEF",
		}),
		"welcome": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Welcome(all.In(lang), templates.WelcomeView{Usage: "/usage", Subscribe: "/subscribe weekly", Help: "/help"})
		},
	}
	for _, key := range templates.DoneKeys() {
		back := templates.DoneView{Key: key, Subscription: active(), Period: week, Back: "/subs"}
		v["done_"+string(key)] = doneView(back)
	}
	return v
}
