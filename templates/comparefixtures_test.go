package templates_test

import (
	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// compared is one thing with a report that has the figures of figures, and a trend up to it.
func compared(name string, a usage.Ability, p usage.Period, d usage.Department, users int64) templates.ComparedView {
	s := usage.Section{Ability: a}
	given := figures(a, users)
	for _, m := range a.Metrics() {
		s.Rows = append(s.Rows, row(m, count(given[m]), nil, usage.Change{}))
	}
	if a == usage.AppAbility && p.Cycle != usage.Daily {
		s = withTotalAsOf(s, p.End())
	}
	r := complete(a, p, d, s)
	t := trend(a, p, 8)
	for i := range t.Points {
		t.Points[i].Figures = map[usage.Ability]usage.Figures{a: figures(a, users-int64(i*i*7%40))}
	}
	return templates.ComparedView{
		Compared: usage.Compared{Query: r.Query, Report: r, Trend: t}, Name: name,
		ShowTrend: "/trend " + name, ShowUsage: "/usage " + name,
	}
}

func compareView(by string, list ...templates.ComparedView) templates.CompareView {
	return templates.CompareView{
		By: by, List: list, TimeZone: "Asia/Shanghai", Cycles: cycles("/compare"), MetricPick: metricPick("/compare"),
		Date: datePick("/compare", "2026-11-16"), Previous: "/compare date:2026-11-09", Next: "/compare date:2026-11-23", Refresh: "/compare",
	}
}

func drawCompare(v templates.CompareView) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card {
		return templates.Compare(all.In(lang), v)
	}
}

func drawWhy(v templates.WhyView) draw {
	return func(all *templates.Templates, lang locale.Language) card.Card { return templates.Why(all.In(lang), v) }
}

func market() usage.Department { return usage.Department{ID: "od-market", Name: "市场部"} }

// comparedDepartments has one that could not be fetched and one without figures.
func comparedDepartments() templates.CompareView {
	v := compareView("dept",
		compared("研发部", usage.AppAbility, week, rd, 640), compared("市场部", usage.AppAbility, week, market(), 212),
		compared("财务部", usage.AppAbility, week, usage.Department{ID: "od-f"}, 1), compared("法务部", usage.AppAbility, week, usage.Department{ID: "od-l"}, 1),
		compared("全公司", usage.AppAbility, week, usage.Department{}, 1234))
	v.List[2].Report, v.List[2].Trend, v.List[2].Err = usage.Report{}, usage.Trend{}, &usage.Failure{Reason: usage.Unavailable}
	v.List[3].Report, v.List[3].Trend, v.List[3].Err = usage.Report{}, usage.Trend{}, &usage.Failure{Reason: usage.NoData}
	v.Metric = usage.PageViews
	return v
}

// comparedAbilities are those of a week that is not finished; the app lacks one.
func comparedAbilities() templates.CompareView {
	v := compareView("ability", compared("网页", usage.Web, week, rd, 640), compared("机器人", usage.Bot, week, rd, 90), compared("小程序", usage.MiniProgram, week, rd, 0))
	for i := range v.List {
		one := &v.List[i]
		last := &one.Trend.Points[len(one.Trend.Points)-1]
		one.Report.Complete, one.Report.Through = false, week.Start.AddDays(2)
		last.Complete, last.Through = false, one.Report.Through
	}
	v.List[2].Report, v.List[2].Trend, v.List[2].Err = usage.Report{}, usage.Trend{}, &usage.Failure{Reason: usage.NoData}
	v.List[2].Lack = &templates.Lack{App: shop, Ability: usage.MiniProgram, Has: []usage.Ability{usage.Web, usage.Bot}}
	v.List[1].Trend.Points[3].Pending, v.List[1].Trend.Points[3].Figures = true, nil
	return v
}

func comparedPeriods() templates.CompareView {
	v := compareView("date", compared("last", usage.Web, week.Previous(), rd, 640), compared("this", usage.Web, week, rd, 700))
	v.Previous, v.Next, v.Date = "", "", card.Pick{}
	for i := range v.List {
		v.List[i].Trend, v.List[i].Name, v.List[i].Period = usage.Trend{}, "", v.List[i].Report.Period
	}
	return v
}

// comparedToDate has the first three days of two weeks; one day of them has no figures.
func comparedToDate() templates.CompareView {
	v := comparedPeriods()
	v.List[1].Report.Complete, v.List[1].Report.Through = false, week.Start.AddDays(2)
	side := func(first usage.Date) usage.Trend {
		return trend(usage.Web, usage.Period{Cycle: usage.Daily, Start: first.AddDays(2)}, 3)
	}
	v.ToDate = &usage.ToDate{Days: 3, Sides: [2]usage.Trend{side(week.Previous().Start), side(week.Start)}}
	return v
}

func comparedToDateIncomplete() templates.CompareView {
	v := comparedToDate()
	v.ToDate.Sides[0].Points[1].Figures = nil
	v.ToDate.Sides[0].Points[1].Nothing = []usage.Ability{usage.Web}
	return v
}

func comparedToDateBot() templates.CompareView {
	v := comparedToDate()
	for i := range v.List {
		v.List[i].Query.Ability, v.List[i].Report.Query.Ability = usage.Bot, usage.Bot
		v.List[i].Report.Sections = []usage.Section{botSection()}
	}
	return v
}

func part(d usage.Department, a usage.Ability, value, before int64) usage.Part {
	r := byPercent(usage.ActiveUsers, value, before)
	return usage.Part{Department: d, Ability: a, Value: r.Value, Before: r.Before, Change: r.Change}
}

func whyFell() templates.WhyView {
	whole := byPercent(usage.ActiveUsers, 900, 1234)
	return templates.WhyView{
		Breakdown: usage.Breakdown{
			Report: complete(usage.AppAbility, week, usage.Department{}, usage.Section{Ability: usage.AppAbility, Rows: []usage.Row{whole}}),
			Whole:  usage.Part{Value: whole.Value, Before: whole.Before, Change: whole.Change},
			Abilities: []usage.Part{
				part(usage.Department{}, usage.Web, 500, 800), part(usage.Department{}, usage.Bot, 420, 400),
				{Ability: usage.MiniProgram, Failed: true},
			},
			Departments: []usage.Part{
				part(rd, "", 300, 640), part(market(), "", 250, 212), {Department: usage.Department{ID: "od-f", Name: "财务部"}, Value: count(12)},
			},
			Unknown: 1,
		},
		TimeZone: "Asia/Shanghai", Open: []string{"/why weekly dept:od-rd", "/why weekly dept:od-market"}, Cycles: cycles("/why"),
		Ability: abilityPick("/why"), Department: departmentPick("/why"), Date: datePick("/why", "2026-11-16"),
		Previous: "/why date:2026-11-09", Next: "/why date:2026-11-23", ShowUsage: "/usage weekly", ShowTrend: "/trend weekly",
		ShowTop: "/top weekly by:change", Refresh: "/why weekly",
	}
}

func whyUnfinished() templates.WhyView {
	v := whyFell()
	v.Breakdown = usage.Breakdown{Report: unfinished()}
	return v
}

// byChange is a ranking by change, of which one department could not be counted.
func byChange() templates.TopView {
	r := ranking()
	r.Rows[6].Uncounted = true
	v := topView(r)
	v.Uncounted = r.Incomparable()
	v.Ranking, v.Without = r.OrderedByChange()
	v.ByUsers, v.Refresh = "/top weekly", "/top weekly by:change"
	return v
}

// compareViews are the views that put things side by side.
func compareViews() map[string]draw {
	unfinishedRanking := below()
	unfinishedRanking.Ranking, unfinishedRanking.Without = unfinishedRanking.Ranking.OrderedByChange()
	late := templates.FiguresLateView{Topic: weeklyTopic(), Period: week, Lack: &templates.Lack{App: shop, Ability: usage.Web, Has: []usage.Ability{usage.Bot}}}
	lacking := dashboard(nil, "")
	lacking.Lack = &templates.Lack{App: shop, Ability: usage.Bot, Has: []usage.Ability{usage.Web}}
	moved := dashboard(nil, "")
	moved.ShowWhy = "/why weekly"
	zeros := usage.Section{Ability: usage.Bot, Rows: []usage.Row{row(usage.ActiveUsers, count(0), count(0), usage.Change{Kind: usage.Same})}}
	return map[string]draw{
		"compare_departments":        drawCompare(comparedDepartments()),
		"compare_abilities":          drawCompare(comparedAbilities()),
		"compare_periods":            drawCompare(comparedPeriods()),
		"compare_to_date":            drawCompare(comparedToDate()),
		"compare_to_date_incomplete": drawCompare(comparedToDateIncomplete()),
		"compare_to_date_bot":        drawCompare(comparedToDateBot()),
		"why_fell":                   drawWhy(whyFell()),
		"why_unfinished":             drawWhy(whyUnfinished()),
		"top_by_change":              drawTop(byChange()),
		"top_by_change_unfinished":   drawTop(unfinishedRanking),
		"usage_lacking":              usageView(complete(usage.Bot, week, usage.Department{}, zeros), lacking),
		"usage_moved":                usageView(complete(usage.AppAbility, week, usage.Department{}, appSection()), moved),
		"figures_late_lacking": func(all *templates.Templates, lang locale.Language) card.Card {
			return templates.FiguresLate(all.In(lang), late)
		},
	}
}
