package templates_test

import (
	"math"

	"pgregory.net/rapid"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

func anyMetric(t *rapid.T) usage.Metric {
	return rapid.SampledFrom(append(usage.AllMetrics(), "")).Draw(t, "metric")
}

func anyPick(t *rapid.T) card.Pick {
	return card.Pick{
		Line: anyString().Draw(t, "line"), Arg: anyString().Draw(t, "arg"), Current: anyString().Draw(t, "current"),
		Options: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) card.Option {
			return card.Option{Text: anyString().Draw(t, "text"), Value: anyString().Draw(t, "value")}
		}), 0, 40).Draw(t, "options"),
	}
}

func anyTrend(t *rapid.T) usage.Trend {
	p := anyPeriod().Draw(t, "first")
	ability := rapid.SampledFrom(append(usage.Abilities(), usage.All)).Draw(t, "ability")
	trend := usage.Trend{Query: usage.Query{
		App:     usage.App{ID: anyString().Draw(t, "app id"), Name: anyString().Draw(t, "app")},
		Ability: ability, Cycle: p.Cycle, Department: usage.Department{ID: anyString().Draw(t, "dept id"), Name: anyString().Draw(t, "dept")},
	}}
	for range rapid.IntRange(0, 31).Draw(t, "points") {
		point := usage.Point{
			Period: p, Through: anyDate().Draw(t, "through"), Complete: rapid.Bool().Draw(t, "complete"),
			Pending: rapid.Bool().Draw(t, "pending"), Figures: map[usage.Ability]usage.Figures{},
		}
		for _, a := range ability.Each() {
			if rapid.Bool().Draw(t, "given") {
				point.Figures[a] = usage.Figures{usage.ActiveUsers: rapid.Int64().Draw(t, "users"), usage.PageViews: math.MaxInt64}
			}
		}
		trend.Points = append(trend.Points, point)
		p = p.Next()
	}
	return trend
}

func anyChange(t *rapid.T) usage.Change { return anyRow(usage.ActiveUsers).Draw(t, "row").Change }

func anyRemark(t *rapid.T) usage.Highlight {
	r := usage.Highlight{
		Kind:   rapid.SampledFrom([]usage.HighlightKind{usage.Silent, usage.Unknown, usage.Alike, usage.Steady, usage.Rose, usage.Fell, "other"}).Draw(t, "kind"),
		Metric: rapid.SampledFrom(usage.AllMetrics()).Draw(t, "metric"), Value: rapid.Int64().Draw(t, "value"),
		Before: rapid.Int64().Draw(t, "before"), Change: anyChange(t), Against: anyPeriod().Draw(t, "against"),
	}
	if rapid.Bool().Draw(t, "with a mover") {
		r.Mover = &usage.TopContributor{Department: usage.Department{ID: "od-1", Name: anyString().Draw(t, "dept")}, Change: anyChange(t)}
	}
	return r
}

func anyRanking(t *rapid.T) usage.Ranking {
	p := anyPeriod().Draw(t, "period")
	return usage.Ranking{
		Query: usage.Query{
			App: usage.App{ID: anyString().Draw(t, "app id"), Name: anyString().Draw(t, "app")}, Ability: usage.AppAbility, Cycle: p.Cycle,
			Department: usage.Department{ID: anyString().Draw(t, "dept id"), Name: anyString().Draw(t, "dept")},
		},
		Period: p, Through: anyDate().Draw(t, "through"), Complete: rapid.Bool().Draw(t, "complete"), Over: rapid.Bool().Draw(t, "over"),
		Before: p.Previous(),
		Rows: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) usage.Rank {
			return usage.Rank{
				Department: usage.Department{ID: anyString().Draw(t, "id"), Name: anyString().Draw(t, "name")},
				Value:      anyCount().Draw(t, "value"), Before: anyCount().Draw(t, "before"), Change: anyChange(t),
			}
		}), 0, 60).Draw(t, "rows"),
	}
}

func anyCrumbs(t *rapid.T) []templates.Crumb {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) templates.Crumb {
		return templates.Crumb{Name: anyString().Draw(t, "name"), Command: anyString().Draw(t, "command")}
	}), 0, 9).Draw(t, "trail")
}

func dashboardDraws(all *templates.Templates) map[string]func(*rapid.T, locale.Language) card.Card {
	return map[string]func(*rapid.T, locale.Language) card.Card{
		"trend": func(t *rapid.T, l locale.Language) card.Card {
			o := anyOptions(t)
			return templates.Trend(all.In(l), templates.TrendView{
				Trend: anyTrend(t), Metric: o.Metric, DepartmentPath: o.DepartmentPath, TimeZone: o.TimeZone, Cycles: o.Cycles,
				Ability: o.Ability, Department: o.Department, MetricPick: o.MetricPick, Date: o.Date, ShowUsage: o.ShowTrend,
				ShowTop: o.ShowTop, Subscribe: o.Subscribe, Refresh: o.Refresh,
			})
		},
		"top": func(t *rapid.T, l locale.Language) card.Card {
			return templates.Top(all.In(l), templates.TopView{
				Ranking: anyRanking(t), Limit: rapid.IntRange(-1, 60).Draw(t, "limit"), Trail: anyCrumbs(t), TimeZone: anyString().Draw(t, "zone"),
				Open: anyStrings(t, "open"), Down: anyPick(t), Cycles: anyCycles(t), Ability: anyPick(t), Date: anyPick(t),
				Previous: anyString().Draw(t, "previous"), Next: anyString().Draw(t, "next"), ShowUsage: anyString().Draw(t, "usage"),
				ShowTrend: anyString().Draw(t, "trend"),
			})
		},
		"compare": func(t *rapid.T, l locale.Language) card.Card { return templates.Compare(all.In(l), anyComparison(t)) },
		"why":     func(t *rapid.T, l locale.Language) card.Card { return templates.Why(all.In(l), anyWhy(t)) },
		"form": func(t *rapid.T, l locale.Language) card.Card {
			return templates.SubscribeForm(all.In(l), templates.SubscribeFormView{
				Topic: anyTopic().Draw(t, "topic"), Timing: templates.Timing{
					Hour: rapid.IntRange(0, 23).Draw(t, "hour"), On: anyString().Draw(t, "on"), Zone: anyString().Draw(t, "zone"),
				},
				On: anyStrings(t, "days"), Cycles: anyCycles(t), Submit: anyString().Draw(t, "submit"), Change: rapid.Bool().Draw(t, "change"),
				Back: anyString().Draw(t, "back"),
			})
		},
	}
}
