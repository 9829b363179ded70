package templates_test

import (
	"time"

	"usagebot/access"
	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// adminViews are the cards for administrators, and those about people.
func adminViews() map[string]draw {
	failed := templates.HistoryEntry{ID: "k7q2mw", Topic: weeklyTopic(), Period: week, Outcome: templates.Failed, Cause: templates.CauseRefused}
	return map[string]draw{
		"roles": rolesView(templates.RolesView{
			Kind: templates.RolesListed, Access: access.Listed, Admins: []string{"ou_first"}, Roles: roles(), Left: 2,
		}),
		"roles_none": rolesView(templates.RolesView{Kind: templates.RolesListed, Access: access.Everyone}),
		"roles_granted": rolesView(templates.RolesView{
			Kind: templates.RoleGranted, Roles: roles()[:1], Now: &access.Rights{Departments: []string{"od-rd"}}, Sees: []string{"研发部"},
		}),
		"roles_held":      rolesView(templates.RolesView{Kind: templates.RoleHeld, Roles: roles()[1:2], Now: &access.Rights{Admin: true}}),
		"roles_revoked":   rolesView(templates.RolesView{Kind: templates.RoleRevoked, Roles: roles()[:1], Now: &access.Rights{Everything: true}}),
		"roles_to_revoke": rolesView(templates.RolesView{Kind: templates.RoleToRevoke, Roles: roles()[:1], Asked: "ou_me", Yes: "/admin revoke @ou_me confirm", Keep: "/admin roles"}),
		"roles_not_held":  rolesView(templates.RolesView{Kind: templates.RoleNotThere, Now: &access.Rights{}}),
		"record": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Record(all.In(lang), templates.AuditView{About: "k7q2mw", Changes: changes()})
		},
		"record_none": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Record(all.In(lang), templates.AuditView{})
		},
		"every_subscription": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.EverySubscription(all.In(lang), templates.EverySubscriptionView{All: 40, Subscriptions: []templates.ChatSubscription{
				{Subscription: governed(active()), ChatName: "产品周会", ChatID: "oc_1"},
				{Subscription: governed(paused()), ChatID: "oc_2"},
			}})
		},
		"every_subscription_page": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.EverySubscription(all.In(lang), templates.EverySubscriptionView{
				All: 13, Turn: templates.Paging{Page: 2, Back: "/admin subs paused page:1", On: "/admin subs paused page:3"},
				Subscriptions: []templates.ChatSubscription{{Subscription: governed(paused()), ChatID: "oc_2"}},
			})
		},
		"hand_over": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.HandOver(all.In(lang), templates.HandOverView{
				Subscription: templates.ChatSubscription{Subscription: active(), ChatName: "产品周会", ChatID: "oc_1"},
				Candidates:   []string{"ou_owner", "ou_manager"}, Line: "/admin hand-over k7q2mw", Back: "/admin subs",
			})
		},
		"hand_over_here": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.HandOver(all.In(lang), templates.HandOverView{
				Subscription: templates.ChatSubscription{Subscription: active(), ChatID: "oc_1"}, Line: "/admin hand-over k7q2mw", Back: "/admin subs",
			})
		},
		"every_subscription_none": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.EverySubscription(all.In(lang), templates.EverySubscriptionView{})
		},
		"chats": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Chats(all.In(lang), templates.ChatsView{Chats: []templates.ChatRow{
				{ID: "oc_1", Name: "产品周会", Subscriptions: 3, Show: "/admin subs chat:oc_1"}, {ID: "oc_2"},
			}, Turn: templates.Paging{Page: 1, On: "/admin chats page:2"}})
		},
		"chats_none": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Chats(all.In(lang), templates.ChatsView{})
		},
		"status": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Status(all.In(lang), templates.StatusView{
				Version: "1.4.0", Replicas: []string{"1.4.0", "1.4.0"}, Redis: templates.Well, Database: templates.Well, DatabaseKind: "PostgreSQL",
				QuotaLeft: 97, QuotaAll: 100, Next: []templates.Due{{ID: "k7q2mw", Topic: weeklyTopic(), At: clock(11, 30, 10, 30)}},
				Failed: []templates.HistoryEntry{failed}, ShowSubs: "/admin subs", ShowFailed: "/admin history failed", ShowRoles: "/admin roles", ShowRecord: "/admin audit",
			})
		},
		"status_troubled": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Status(all.In(lang), templates.StatusView{
				Version: "1.4.0", Replicas: []string{"1.4.0", "1.3.2"}, Redis: templates.Away, Database: templates.Embedded, DatabaseKind: "SQLite",
				QuotaAll: 100, Wait: 12 * time.Second, Overdue: 3, OverdueSince: clock(11, 23, 10, 30),
				RecentErrors: []templates.RecentError{{At: clock(11, 23, 10, 31), What: "a question could not be answered", Reference: "E-7KQ2MW3A"}, {At: clock(11, 23, 10, 30), What: "a tick failed"}},
			})
		},
		"app_removal": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.ConfirmAppRemoval(all.In(lang), templates.ConfirmAppRemovalView{
				App: shop, Asked: "ou_me", Yes: "/admin apps remove app:cli_shop confirm", Keep: "/admin apps",
			})
		},
		"app_list": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.AppList(all.In(lang), templates.AppListView{Changed: true, Apps: []templates.AppRow{
				{App: shop, Default: true, Abilities: []usage.Ability{usage.Web, usage.Bot}},
				{App: usage.App{ID: "cli_b"}, MakeDefault: "/admin apps default app:cli_b", Remove: "/admin apps remove app:cli_b", AbilitiesHidden: true},
			}})
		},
		"forget": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Forget(all.In(lang), templates.ForgetView{HandedOver: 2, Removed: 1, Asked: "ou_me", Yes: "/forget-me confirm", Keep: "/subs"})
		},
		"forget_done": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Forget(all.In(lang), templates.ForgetView{Done: true, Removed: 1})
		},
		"welcome_single": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Welcome(all.In(lang), templates.WelcomeView{Usage: "/usage weekly", Subscribe: "/subscribe weekly", Help: "/help", Single: true})
		},
		"welcome_nothing": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Welcome(all.In(lang), templates.WelcomeView{Help: "/help", Single: true})
		},
		"backfill":         backfillView(templates.BackfillView{Done: 21, All: 90, Again: "/admin backfill 90d"}),
		"backfill_done":    backfillView(templates.BackfillView{Done: 90, All: 90}),
		"backfill_stopped": backfillView(templates.BackfillView{Stopped: true}),
		"refresh":          refreshView(templates.RefreshView{Done: 2, All: 7, Changed: 1, Again: "/admin refresh app:cli_a progress"}),
		"refresh_done":     refreshView(templates.RefreshView{Done: 7, All: 7, Changed: 12, Kept: 1, Failed: 2, Show: "/usage weekly app:cli_a 2026-11-16"}),
		"refresh_other": refreshView(templates.RefreshView{
			Department: usage.Department{ID: "od-rd", Name: "研发部", Path: "研发部/后端组"}, Done: 0, All: 7, Other: true, Again: "/admin refresh app:cli_a progress",
		}),
		"refresh_stopped": refreshView(templates.RefreshView{Done: 3, All: 7, Changed: 4, Stopped: true}),
		"refresh_none":    refreshView(templates.RefreshView{None: true}),
		"checkup": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Checkup(all.In(lang), templates.CheckupView{Findings: []templates.Finding{
				{Grade: templates.OK, What: "Redis 7.2"}, {Grade: templates.Fail, What: "im:chat:read", Todo: "Add the permission."}, {Grade: templates.Warn, What: "clock"},
			}})
		},
		"checkup_none": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.Checkup(all.In(lang), templates.CheckupView{})
		},
	}
}

// governed is a subscription as an administrator sees it.
func governed(s templates.Subscription) templates.Subscription {
	s.Actions.HandOver = "/admin hand-over " + s.ID
	return s
}

func backfillView(v templates.BackfillView) draw {
	v.App, v.From, v.Until = shop, usage.NewDate(2026, time.August, 26), usage.NewDate(2026, time.November, 23)
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Backfill(all.In(lang), v)
	}
}

func refreshView(v templates.RefreshView) draw {
	v.App, v.From, v.Until = shop, usage.NewDate(2026, time.November, 16), usage.NewDate(2026, time.November, 22)
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Refresh(all.In(lang), v)
	}
}

func rolesView(v templates.RolesView) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Roles(all.In(lang), v)
	}
}

func roles() []templates.Role {
	role := func(kind access.Kind, id string, r access.Role, department, called string) templates.Role {
		return templates.Role{
			Grant:          access.Grant{Subject: access.Subject{Kind: kind, ID: id}, Role: r, Department: department, By: "ou_first"},
			DepartmentName: called, At: clock(11, 23, 17, 42), Revoke: "/admin revoke to:" + id + " " + string(r),
		}
	}
	members := role(access.Department, "od-rd", access.Viewer, "", "")
	members.SubjectName = "研发部"
	return []templates.Role{
		role(access.Person, "ou_somebody", access.Viewer, "od-backend", "研发部/后端组"), role(access.Person, "ou_chief", access.Admin, "", ""),
		role(access.Chat, "oc_1", access.Viewer, "od-gone", ""), members,
	}
}

func changes() []templates.Change {
	at, topic := clock(11, 23, 17, 42), weeklyTopic()
	early := mondays()
	early.Hour, early.Minute = 9, 0
	was := templates.AuditState{Topic: &topic, Timing: mondays(), State: "active", Owner: "ou_a"}
	is, held := was, was
	is.Timing, held.State, held.Until = early, "paused", "2026-12-01"
	handed := is
	handed.Owner = "ou_b"
	shop, desk := usage.App{ID: "cli_a", Name: "商城"}, usage.App{ID: "cli_b", Name: "服务台"}
	return []templates.Change{
		{Change: access.Change{By: "ou_a", Act: access.Rescheduled, Of: "k7q2mw", ChatID: "oc_1"}, At: at, ChatName: "产品周会", Was: was, Is: is},
		{Change: access.Change{By: "ou_a", Act: access.Paused, Of: "k7q2mw", ChatID: "oc_1"}, At: at, ChatName: "产品周会", Was: was, Is: held},
		{Change: access.Change{By: "ou_a", Act: access.HandedOver, Of: "k7q2mw", ChatID: "oc_1"}, At: at, ChatName: "产品周会", Was: is, Is: handed},
		{Change: access.Change{By: "ou_a", Act: access.Granted, Of: "ou_b", ChatID: "oc_2"}, At: at, Is: templates.AuditState{Role: access.Viewer, Department: "研发部"}},
		{Change: access.Change{By: "forgotten-1", Act: access.Revoked, Of: "oc_1"}, OfName: "产品周会", At: at, Was: templates.AuditState{Role: access.Viewer}},
		{Change: access.Change{By: "ou_a", Act: access.AppsChanged, Of: "cli_b"}, OfName: "服务台", At: at, Was: templates.AuditState{Text: "x", Apps: []usage.App{shop}}, Is: templates.AuditState{Text: "x", Apps: []usage.App{shop, desk}}},
		{Change: access.Change{By: "ou_a", Act: access.SettingsSaved, Of: "oc_1"}, OfName: "产品周会", At: at, Is: templates.AuditState{Language: locale.English, App: shop}},
		{Change: access.Change{By: "ou_a", Act: access.Ran, Of: "k7q2mw"}, At: at, Is: templates.AuditState{Text: "2026-11-16"}},
	}
}
