package templates_test

import (
	"time"

	"pgregory.net/rapid"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

func anyTopic() *rapid.Generator[templates.Topic] {
	return rapid.Custom(func(t *rapid.T) templates.Topic {
		return templates.Topic{
			App:     usage.App{ID: anyString().Draw(t, "app id"), Name: anyString().Draw(t, "app")},
			Ability: rapid.SampledFrom(append(usage.Abilities(), usage.All, "other")).Draw(t, "ability"),
			Cycle:   rapid.SampledFrom(append(usage.Cycles(), 0)).Draw(t, "cycle"),
			Department: usage.Department{
				ID: anyString().Draw(t, "dept id"), Name: anyString().Draw(t, "dept"),
			},
			DepartmentPath: anyString().Draw(t, "path"),
		}
	})
}

func anyTiming() *rapid.Generator[templates.Timing] {
	days := rapid.OneOf(rapid.SampledFrom([]string{"", "workdays", "mon", "sun", "1", "31", "last"}), anyString())
	return rapid.Custom(func(t *rapid.T) templates.Timing {
		return templates.Timing{
			Hour: rapid.Int().Draw(t, "hour"), Minute: rapid.Int().Draw(t, "minute"), On: days.Draw(t, "on"),
			Zone: anyString().Draw(t, "zone"),
		}
	})
}

func anyTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "zero") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "seconds"), 0).In(shanghai)
	})
}

func anyOutcome(t *rapid.T) (templates.Outcome, templates.Cause) {
	return rapid.SampledFrom(append(templates.Outcomes(), "", "other")).Draw(t, "outcome"),
		rapid.SampledFrom(append(templates.Causes(), "", "other")).Draw(t, "cause")
}

func anySubscription() *rapid.Generator[templates.Subscription] {
	return rapid.Custom(func(t *rapid.T) templates.Subscription {
		command := func() string { return anyString().Draw(t, "command") }
		s := templates.Subscription{
			ID: anyString().Draw(t, "id"), Topic: anyTopic().Draw(t, "topic"), Timing: anyTiming().Draw(t, "timing"),
			OwnerID: rapid.OneOf(anyString(), rapid.StringMatching(`ou_[A-Za-z0-9_-]{1,64}`)).Draw(t, "owner"),
			Next:    rapid.SliceOfN(anyTime(), 0, 5).Draw(t, "next"), LastSent: anyTime().Draw(t, "sent"),
			Actions: templates.Actions{Test: command(), Pause: command(), Resume: command(), History: command(), Remove: command()},
		}
		if rapid.Bool().Draw(t, "sent already") {
			s.Sent = anyPeriod().Draw(t, "sent period")
		}
		outcome, cause := anyOutcome(t)
		if rapid.Bool().Draw(t, "paused") {
			s.Paused = &templates.Pause{Cause: cause, Until: anyTime().Draw(t, "until")}
		}
		if rapid.Bool().Draw(t, "sent before") {
			s.Last = &templates.Last{Outcome: outcome, Cause: cause}
		}
		return s
	})
}

func anyEntry() *rapid.Generator[templates.HistoryEntry] {
	return rapid.Custom(func(t *rapid.T) templates.HistoryEntry {
		outcome, cause := anyOutcome(t)
		return templates.HistoryEntry{
			ID: anyString().Draw(t, "id"), Topic: anyTopic().Draw(t, "topic"), Period: anyPeriod().Draw(t, "period"),
			Outcome: outcome, Cause: cause, At: anyTime().Draw(t, "at"), Late: rapid.Bool().Draw(t, "late"),
			Again: anyString().Draw(t, "again"),
		}
	})
}

func anyNotice() *rapid.Generator[templates.OwnerNotice] {
	return rapid.Custom(func(t *rapid.T) templates.OwnerNotice {
		_, cause := anyOutcome(t)
		return templates.OwnerNotice{
			Kind: rapid.SampledFrom(append(templates.NoticeKinds(), "other")).Draw(t, "kind"), ID: anyString().Draw(t, "id"),
			Topic: anyTopic().Draw(t, "topic"), ChatName: anyString().Draw(t, "chat"), Single: rapid.Bool().Draw(t, "single"),
			Period: anyPeriod().Draw(t, "period"), Cause: cause, Command: anyString().Draw(t, "command"),
		}
	})
}

func anyAppChoice() *rapid.Generator[templates.AppChoice] {
	return rapid.Custom(func(t *rapid.T) templates.AppChoice {
		app := usage.App{ID: anyString().Draw(t, "id"), Name: anyString().Draw(t, "name")}
		return templates.AppChoice{App: app, Command: anyString().Draw(t, "command")}
	})
}

func anySettings(t *rapid.T) templates.SettingsView {
	v := templates.SettingsView{
		Changed: rapid.Bool().Draw(t, "changed"), Language: locale.Language(anyString().Draw(t, "language")),
		App:       usage.App{ID: anyString().Draw(t, "app id"), Name: anyString().Draw(t, "app")},
		Languages: map[locale.Language]string{}, Apps: rapid.SliceOfN(anyAppChoice(), 0, 30).Draw(t, "apps"),
	}
	for _, l := range locale.Languages() {
		v.Languages[l] = anyString().Draw(t, "language command")
	}
	return v
}

func digestDraws(all *templates.Templates) map[string]func(*rapid.T, locale.Language) card.Card {
	return map[string]func(*rapid.T, locale.Language) card.Card{
		"digest": func(t *rapid.T, l locale.Language) card.Card {
			flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
			var trend *usage.Trend
			if flag("with a trend") {
				drawn := anyTrend(t)
				trend = &drawn
			}
			return templates.Digest(all.In(l), anyReport(t), templates.DigestOptions{
				Trend: trend, Remark: anyRemark(t), LateFigures: flag("late figures"), ShowTrend: anyString().Draw(t, "trend"),
				ShowTop: anyString().Draw(t, "top"), Pause: anyString().Draw(t, "pause"),
				DepartmentPath: anyString().Draw(t, "path"), TimeZone: anyString().Draw(t, "zone"), Late: flag("late"),
				Test: flag("test"), CarriesLastWorkday: flag("workday"), Open: anyString().Draw(t, "open"), Manage: anyString().Draw(t, "manage"),
			})
		},
		"subscribed": func(t *rapid.T, l locale.Language) card.Card {
			return templates.Subscribed(all.In(l), templates.SubscribedView{
				Kind:         templates.SubscribedKind(rapid.SampledFrom([]string{"new", "again", "changed", "x"}).Draw(t, "kind")),
				Subscription: anySubscription().Draw(t, "subscription"), Single: rapid.Bool().Draw(t, "single"),
			})
		},
		"subscriptions": func(t *rapid.T, l locale.Language) card.Card {
			list := rapid.SliceOfN(anySubscription(), 0, 25).Draw(t, "list")
			return templates.Subscriptions(all.In(l), templates.SubscriptionsView{Subscriptions: list, Example: anyString().Draw(t, "example")})
		},
		"removal": func(t *rapid.T, l locale.Language) card.Card {
			return templates.ConfirmRemoval(all.In(l), templates.ConfirmRemovalView{
				Subscription: anySubscription().Draw(t, "subscription"), Yes: anyString().Draw(t, "yes"), Keep: anyString().Draw(t, "keep"),
			})
		},
		"done": func(t *rapid.T, l locale.Language) card.Card {
			return templates.Done(all.In(l), templates.DoneView{
				Key:          rapid.SampledFrom(append(templates.DoneKeys(), "other")).Draw(t, "key"),
				Subscription: anySubscription().Draw(t, "subscription"), Period: anyPeriod().Draw(t, "period"), Back: anyString().Draw(t, "back"),
			})
		},
		"history": func(t *rapid.T, l locale.Language) card.Card {
			v := templates.HistoryView{Entries: rapid.SliceOfN(anyEntry(), 0, 25).Draw(t, "entries"), Zone: anyString().Draw(t, "zone")}
			if rapid.Bool().Draw(t, "of one") {
				s := anySubscription().Draw(t, "subscription")
				v.Of = &s
			}
			return templates.History(all.In(l), v)
		},
		"settings": func(t *rapid.T, l locale.Language) card.Card { return templates.Settings(all.In(l), anySettings(t)) },
		"late": func(t *rapid.T, l locale.Language) card.Card {
			return templates.FiguresLate(all.In(l), templates.FiguresLateView{Topic: anyTopic().Draw(t, "topic"), Period: anyPeriod().Draw(t, "period")})
		},
		"owner left": func(t *rapid.T, l locale.Language) card.Card {
			return templates.OwnerLeft(all.In(l), templates.OwnerLeftView{ID: anyString().Draw(t, "id"), Topic: anyTopic().Draw(t, "topic"), Resume: anyString().Draw(t, "resume")})
		},
		"owner": func(t *rapid.T, l locale.Language) card.Card {
			return templates.OwnerNotices(all.In(l), templates.OwnerNoticeView{Notices: rapid.SliceOfN(anyNotice(), 0, 25).Draw(t, "notices")})
		},
		"alert": func(t *rapid.T, l locale.Language) card.Card {
			v := anyProblem(t)
			return templates.AdminAlert(all.In(l), templates.AdminAlertView{
				Key: v.Key, Args: v.Args, Scopes: v.Scopes, LogID: v.LogID, App: anyTopic().Draw(t, "topic").App, Since: anyTime().Draw(t, "since"),
			})
		},
		"welcome": func(t *rapid.T, l locale.Language) card.Card {
			return templates.Welcome(all.In(l), templates.WelcomeView{
				Usage: anyString().Draw(t, "usage"), Subscribe: anyString().Draw(t, "subscribe"), Help: anyString().Draw(t, "help"),
			})
		},
	}
}
