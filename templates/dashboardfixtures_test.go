package templates_test

import (
	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// trend makes n periods that end with last. Every ability has figures in all of them, ups and downs without a pattern
// that a picture could hide.
func trend(a usage.Ability, last usage.Period, n int) usage.Trend {
	t := usage.Trend{Query: usage.Query{App: shop, Ability: a, Cycle: last.Cycle}}
	p := last
	for range n - 1 {
		p = p.Previous()
	}
	for i := range n {
		point := usage.Point{Period: p, Through: p.End(), Complete: true, Figures: map[usage.Ability]usage.Figures{}}
		for j, each := range a.Each() {
			point.Figures[each] = figures(each, int64(1234-300*j+(i*i*37+i*101)%211))
		}
		t.Points = append(t.Points, point)
		p = p.Next()
	}
	return t
}

func figures(a usage.Ability, users int64) usage.Figures {
	f := usage.Figures{}
	for i, m := range a.Metrics() {
		f[m] = users * int64(1+2*i)
	}
	return f
}

// gaps has a period for which the platform has nothing, two in a row, and one between gaps.
func gaps() usage.Trend {
	t := trend(usage.Web, day, 14)
	for _, i := range []int{2, 5, 6, 8} {
		t.Points[i].Figures = nil
	}
	return t
}

// unfinishedTrend ends with a week of which three days are out.
func unfinishedTrend() usage.Trend {
	t := trend(usage.Web, week.Next(), 8)
	last := &t.Points[7]
	last.Complete, last.Through, last.Figures = false, last.Period.Start.AddDays(2), map[usage.Ability]usage.Figures{usage.Web: figures(usage.Web, 700)}
	return t
}

// pendingTrend has figures that are still being asked for.
func pendingTrend() usage.Trend {
	t := trend(usage.AppAbility, month, 12)
	for i := range 5 {
		t.Points[i].Pending, t.Points[i].Figures = true, nil
	}
	return t
}

// uncheckedTrend ends with a week whose figures are there, while it is not known yet which days they cover.
func uncheckedTrend() usage.Trend {
	t := unfinishedTrend()
	last := &t.Points[len(t.Points)-1]
	last.Pending, last.Unchecked = true, true
	return t
}

// small has so few users that an axis with halves would be wrong.
func small() usage.Trend {
	t := trend(usage.Bot, day, 14)
	for i := range t.Points {
		t.Points[i].Figures = map[usage.Ability]usage.Figures{usage.Bot: {usage.ActiveUsers: int64(i*3) % 4}}
	}
	return t
}

// large has figures in the millions.
func large() usage.Trend {
	t := trend(usage.AppAbility, day, 14)
	for i := range t.Points {
		t.Points[i].Figures[usage.AppAbility][usage.PageViews] *= 4321
	}
	return t
}

// failedTrend has figures that could not be had, and a week of which there are none.
func failedTrend() usage.Trend {
	t := trend(usage.AppAbility, week, 8)
	for _, i := range []int{1, 2} {
		t.Points[i].Failed, t.Points[i].Figures = true, nil
	}
	t.Points[4].Figures = nil
	return t
}

// failedReport lacks an ability, the comparison of another and the total, none of which could be had.
func failedReport() usage.Report {
	r := allAbilities()
	r.Sections[1] = usage.Section{Ability: usage.MiniProgram, Failed: true}
	for i := range r.Sections[2].Rows {
		r.Sections[2].Rows[i].Before, r.Sections[2].Rows[i].Change = nil, usage.Change{}
	}
	r.Sections[2].BeforeFailed = true
	r.Sections[0].TotalFailed = true
	r.Sections[0].Rows[2].Value = nil
	return r
}

func abilityPick(line string) card.Pick {
	p := card.Pick{Line: line, Arg: "ability", Current: "app"}
	for _, o := range [][2]string{{"应用", "app"}, {"小程序", "mp"}, {"网页", "h5"}, {"机器人", "bot"}, {"全部", "all"}} {
		p.Options = append(p.Options, card.Option{Text: o[0], Value: o[1]})
	}
	return p
}

func departmentPick(line string) card.Pick {
	return card.Pick{Line: line, Arg: "dept", Current: "od-rd", Options: []card.Option{
		{Text: "全公司", Value: "all"}, {Text: "研发部", Value: "od-rd"}, {Text: "市场部", Value: "od-market"},
	}}
}

func metricPick(line string) card.Pick {
	return card.Pick{Line: line, Arg: "metric", Current: "uv", Options: []card.Option{
		{Text: "活跃用户数", Value: "uv"}, {Text: "页面访问数", Value: "pv"}, {Text: "打开次数", Value: "lifecycle"},
	}}
}

func datePick(line, current string) card.Pick {
	return card.Pick{Line: line, Arg: "date", Current: current}
}

func cycles(command string) map[usage.Cycle]string {
	all := map[usage.Cycle]string{}
	for _, c := range usage.Cycles() {
		all[c] = command + " " + c.String()
	}
	return all
}

// dashboard has every control.
func dashboard(t *usage.Trend, m usage.Metric) templates.UsageOptions {
	return templates.UsageOptions{
		TimeZone: "Asia/Shanghai", Trend: t, Metric: m, Cycles: cycles("/usage"),
		Ability: abilityPick("/usage daily"), Department: departmentPick("/usage daily"), MetricPick: metricPick("/usage daily"),
		Date: datePick("/usage daily", "2026-11-22"), Previous: "/usage date:2026-11-21", Next: "/usage date:2026-11-23",
		ShowTrend: "/trend daily", ShowTop: "/top daily", Subscribe: "/subscribe daily form", Refresh: "/usage daily",
	}
}

func trendView(t usage.Trend, m usage.Metric) templates.TrendView {
	return templates.TrendView{
		Trend: t, Metric: m, TimeZone: "Asia/Shanghai", Cycles: cycles("/trend"), Ability: abilityPick("/trend"),
		Department: departmentPick("/trend"), MetricPick: metricPick("/trend"), Date: datePick("/trend", "2026-11-22"),
		ShowUsage: "/usage", ShowTop: "/top", Subscribe: "/subscribe form", Refresh: "/trend",
	}
}

func rank(id, name string, value, before *int64, c usage.Change) usage.Rank {
	return usage.Rank{Department: usage.Department{ID: id, Name: name}, Value: value, Before: before, Change: c}
}

// ranking has two departments of one name, one without a figure and every kind of change.
func ranking() usage.Ranking {
	r := byPercent(usage.ActiveUsers, 640, 600)
	fell := byPercent(usage.ActiveUsers, 120_450, 150_000)
	return usage.Ranking{
		Query: usage.Query{App: shop, Ability: usage.AppAbility, Cycle: usage.Weekly}, Period: week, Through: week.End(),
		Complete: true, Over: true, Before: week.Previous(),
		Rows: []usage.Rank{
			rank("od-1", "市场部", fell.Value, fell.Before, fell.Change),
			{Department: rd, Below: 3, Value: r.Value, Before: r.Before, Change: r.Change},
			rank("od-3", "后端组", count(45), count(0), usage.Change{Kind: usage.FromZero, Delta: 45}),
			rank("od-4", "后端组", count(12), count(9), usage.Change{Kind: usage.ByCount, Delta: 3}),
			rank("od-5", "客户成功与服务支持中心", count(9), count(9), usage.Change{Kind: usage.Same}),
			rank("od-6", "法务部", count(0), nil, usage.Change{}),
			rank("od-7", "财务部", nil, nil, usage.Change{}),
		},
	}
}

func topView(r usage.Ranking) templates.TopView {
	v := templates.TopView{
		Ranking: r, Limit: 10, TimeZone: "Asia/Shanghai", Trail: []templates.Crumb{{Name: "全公司"}}, Cycles: cycles("/top"),
		Ability: abilityPick("/top"), Date: datePick("/top", "2026-11-16"), Previous: "/top date:2026-11-09", Next: "/top date:2026-11-23",
		ShowUsage: "/usage weekly", ShowTrend: "/trend weekly",
		Down: card.Pick{Line: "/top weekly", Arg: "dept", Options: []card.Option{{Text: "研发部", Value: "od-rd"}}},
	}
	for _, row := range r.Rows {
		v.Open = append(v.Open, "/usage weekly dept:"+row.Department.ID)
	}
	return v
}

// uncounted has two departments of one count, one that could not be counted and one that has no comparison.
func uncounted() templates.TopView {
	r := ranking()
	r.Rows[4].Value, r.Rows[4].Before, r.Rows[4].Change = count(12), nil, usage.Change{}
	r.Rows[4].BeforeUncounted = true
	r.Rows[6].Uncounted = true
	v := topView(r)
	v.Refresh = "/top weekly"
	return v
}

// below is the ranking of a department in a week that is not over.
func below() templates.TopView {
	r := ranking()
	r.Query.Department, r.Complete, r.Over, r.Through = rd, false, false, week.Start.AddDays(3)
	r.Rows = r.Rows[2:4]
	for i := range r.Rows {
		r.Rows[i].Change = usage.Change{}
	}
	v := topView(r)
	v.Down = card.Pick{}
	v.Trail = []templates.Crumb{{Name: "全公司", Command: "/top weekly"}, {Name: "技术中心", Command: "/top weekly dept:od-tech"}, {Name: "研发部"}}
	return v
}

// union is the ranking of all abilities together, for somebody who may see one department.
func union() templates.TopView {
	v := below()
	v.Union, v.Narrowed = true, true
	return v
}

func remarkOf(k usage.HighlightKind, value, before int64, c usage.Change, against usage.Period) usage.Highlight {
	return usage.Highlight{Kind: k, Metric: usage.ActiveUsers, Value: value, Before: before, Change: c, Against: against}
}

func rose() usage.Highlight {
	r := remarkOf(usage.Rose, 1234, 913, byPercent(usage.ActiveUsers, 1234, 913).Change,
		usage.Period{Cycle: usage.Daily, Start: day.Start.AddDays(-7)})
	r.Mover = &usage.TopContributor{Ability: usage.Web, Value: 640, Before: 430, Change: byPercent(usage.ActiveUsers, 640, 430).Change}
	return r
}

func fell() usage.Highlight {
	r := remarkOf(usage.Fell, 640, 900, byPercent(usage.ActiveUsers, 640, 900).Change, week.Previous())
	r.Mover = &usage.TopContributor{Department: rd, Value: 100, Before: 300, Change: byPercent(usage.ActiveUsers, 100, 300).Change}
	return r
}

func steady() usage.Highlight {
	return remarkOf(usage.Steady, 625, 600, byPercent(usage.ActiveUsers, 625, 600).Change, week.Previous())
}

func formView(change bool) templates.SubscribeFormView {
	return templates.SubscribeFormView{
		Topic: weeklyTopic(), Timing: mondays(), On: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
		Cycles: cycles("/subscribe form"), Submit: "/subscribe weekly h5 app:cli_shop dept:od-rd", Change: change, Back: "/subs",
	}
}

func dashboardView(r usage.Report, t usage.Trend, m usage.Metric) draw {
	return usageView(r, dashboard(&t, m))
}

func drawTrend(v templates.TrendView) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Trend(all.In(lang), v)
	}
}

func drawTop(v templates.TopView) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card { return templates.Top(all.In(lang), v) }
}

func drawForm(v templates.SubscribeFormView) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.SubscribeForm(all.In(lang), v)
	}
}

// dashboardViews are the views with charts and fields.
func dashboardViews() map[string]draw {
	web, app := complete(usage.Web, day, usage.Department{}, webSection()), complete(usage.AppAbility, day, usage.Department{}, appSection())
	weekly, monthly := unfinishedTrend(), pendingTrend()
	every := formView(false)
	every.Topic.Cycle, every.Timing.On, every.On = usage.Daily, "", []string{"", "workdays"}
	v := map[string]draw{
		"usage_chart_daily":   dashboardView(app, trend(usage.AppAbility, day, 14), ""),
		"usage_chart_weekly":  dashboardView(complete(usage.Web, week, rd, webSection()), weekly, usage.ActiveUsers),
		"usage_chart_pending": dashboardView(complete(usage.AppAbility, month, usage.Department{}, appSection()), monthly, usage.Opens),
		"usage_chart_all":     dashboardView(allAbilities(), trend(usage.All, week, 8), ""),
		"usage_chart_gaps":    dashboardView(web, gaps(), usage.PageViews),
		"usage_chart_none":    dashboardView(web, usage.Trend{Query: web.Query}, ""),
		"usage_large":         dashboardView(largeReport(), trend(usage.All, day, 14), ""),
		"trend_daily":         drawTrend(trendView(trend(usage.AppAbility, day, 31), usage.NewUsers)),
		"trend_weekly":        drawTrend(trendView(unfinishedTrend(), "")),
		"trend_pending":       drawTrend(trendView(pendingTrend(), "")),
		"trend_unchecked":     drawTrend(trendView(uncheckedTrend(), "")),
		"trend_gaps":          drawTrend(trendView(gaps(), "")),
		"trend_small":         drawTrend(trendView(small(), "")),
		"trend_large":         drawTrend(trendView(large(), usage.PageViews)),
		"trend_all":           drawTrend(trendView(trend(usage.All, day, 14), "")),
		"top_root":            drawTop(topView(ranking())),
		"top_union":           drawTop(union()),
		"top_uncounted":       drawTop(uncounted()),
		"trend_failed":        drawTrend(trendView(failedTrend(), "")),
		"usage_failed":        dashboardView(failedReport(), failedTrend(), ""),
		"top_below":           drawTop(below()),
		"top_nothing":         drawTop(templates.TopView{Ranking: usage.Ranking{Query: ranking().Query, Period: week, Complete: true}}),
		"subscribe_form_new":  drawForm(every), "subscribe_form_change": drawForm(formView(true)),
	}
	for name, o := range toldDigests() {
		cycle := o.Remark.Against.Cycle
		r := web
		if cycle == usage.Weekly {
			r = complete(usage.Web, week, usage.Department{}, webSection())
		}
		v["digest_"+name] = digestView(r, o)
	}
	return v
}

// toldDigests begin with every kind of sentence, or with none.
func toldDigests() map[string]templates.DigestOptions {
	daily, weekly := trend(usage.Web, day, 14), trend(usage.Web, week, 8)
	o := func(t *usage.Trend, r usage.Highlight) templates.DigestOptions {
		return templates.DigestOptions{Trend: t, Remark: r, ShowTrend: "/trend h5", ShowTop: "/top h5", Pause: "/pause"}
	}
	lateFigures := o(&daily, usage.Highlight{})
	lateFigures.Late, lateFigures.LateFigures = true, true
	return map[string]templates.DigestOptions{
		"rose": o(&daily, rose()), "fell": o(&weekly, fell()), "steady": o(&weekly, steady()), "silent": o(&weekly, usage.Highlight{}),
		"late_figures": lateFigures,
	}
}

// largeReport has figures that do not fit into a narrow cell.
func largeReport() usage.Report {
	r := complete(usage.All, day, usage.Department{}, appSection(), webSection())
	for i := range r.Sections {
		for j, row := range r.Sections[i].Rows {
			large := *row.Value * 987
			r.Sections[i].Rows[j].Value = &large
		}
	}
	return r
}
