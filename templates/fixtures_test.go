package templates_test

import (
	"testing"
	"time"

	"usagebot/templates"
	"usagebot/usage"
)

func newTemplates(t testing.TB) *templates.Templates {
	t.Helper()
	all, err := templates.New()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var (
	shop   = usage.App{ID: "cli_shop", Name: "商城"}
	rd     = usage.Department{ID: "od-rd", Name: "研发部", I18n: map[string]string{"en_us": "R&D", "zh_cn": "研发部"}}
	day    = usage.Period{Cycle: usage.Daily, Start: usage.NewDate(2026, time.November, 22)}
	week   = usage.Period{Cycle: usage.Weekly, Start: usage.NewDate(2026, time.November, 16)}
	month  = usage.Period{Cycle: usage.Monthly, Start: usage.NewDate(2026, time.October, 1)}
	sunday = usage.NewDate(2026, time.November, 22)
)

func count(n int64) *int64 { return &n }

func row(m usage.Metric, value, before *int64, c usage.Change) usage.Row {
	return usage.Row{Metric: m, Value: value, Before: before, Change: c}
}

func byPercent(m usage.Metric, value, before int64) usage.Row {
	c := usage.Change{Kind: usage.ByPercent, Delta: value - before, Percent: 100 * float64(value-before) / float64(before)}
	return row(m, count(value), count(before), c)
}

// comparedWith returns the period that a report compares with: for a day the same weekday of the week before.
func comparedWith(p usage.Period) usage.Period {
	if p.Cycle == usage.Daily {
		return usage.Period{Cycle: p.Cycle, Start: p.Start.AddDays(-7)}
	}
	return p.Previous()
}

// complete is a report whose period is over.
func complete(a usage.Ability, p usage.Period, d usage.Department, sections ...usage.Section) usage.Report {
	return usage.Report{
		Query:  usage.Query{App: shop, Ability: a, Cycle: p.Cycle, Department: d},
		Period: p, Through: p.End(), Complete: true, Before: comparedWith(p), Sections: sections,
	}
}

func appRows() []usage.Row {
	return []usage.Row{
		byPercent(usage.ActiveUsers, 1234, 1111),
		row(usage.NewUsers, count(17), count(12), usage.Change{Kind: usage.ByCount, Delta: 5}),
		byPercent(usage.TotalUsers, 3021, 3004),
		byPercent(usage.PageViews, 45678, 51000),
		row(usage.Opens, count(9001), count(9001), usage.Change{Kind: usage.Same}),
	}
}

func webRows() []usage.Row {
	return []usage.Row{
		byPercent(usage.ActiveUsers, 640, 600), byPercent(usage.PageViews, 20000, 18000), byPercent(usage.Opens, 4000, 3999),
	}
}

func appSection() usage.Section { return usage.Section{Ability: usage.AppAbility, Rows: appRows()} }
func webSection() usage.Section { return usage.Section{Ability: usage.Web, Rows: webRows()} }
func botSection() usage.Section {
	return usage.Section{Ability: usage.Bot, Rows: []usage.Row{byPercent(usage.ActiveUsers, 300, 310)}}
}

func withTotalAsOf(s usage.Section, d usage.Date) usage.Section {
	for i := range s.Rows {
		if s.Rows[i].Metric == usage.TotalUsers {
			s.Rows[i].AsOf, s.Rows[i].Before, s.Rows[i].Change = d, nil, usage.Change{} // as it is asked
		}
	}
	return s
}

func unfinished() usage.Report {
	r := complete(usage.AppAbility, week, usage.Department{})
	r.Complete, r.Through = false, usage.NewDate(2026, time.November, 19)
	r.Sections = []usage.Section{{Ability: usage.AppAbility, Rows: []usage.Row{
		row(usage.ActiveUsers, count(1034), count(1111), usage.Change{}),
		row(usage.NewUsers, count(3), nil, usage.Change{}),
	}}}
	return r
}

// lastDaysNotOut is a week that is over and lacks its Sunday.
func lastDaysNotOut() usage.Report {
	r := unfinished()
	r.Over, r.Through = true, week.End().AddDays(-1)
	return r
}

func notOut() usage.Report {
	r := complete(usage.AppAbility, day.Previous(), usage.Department{}, appSection())
	newer := day
	r.NotOut = &newer
	return r
}

// edges has every kind of change, a metric that is missing and one that is zero.
func edges() usage.Report {
	return complete(usage.AppAbility, day, usage.Department{}, usage.Section{Ability: usage.AppAbility, Rows: []usage.Row{
		row(usage.ActiveUsers, count(0), count(45), usage.Change{Kind: usage.ByPercent, Delta: -45, Percent: -100}),
		row(usage.NewUsers, count(5), count(0), usage.Change{Kind: usage.FromZero, Delta: 5}),
		row(usage.TotalUsers, nil, nil, usage.Change{}),
		row(usage.PageViews, count(0), count(0), usage.Change{Kind: usage.Same}),
		row(usage.Opens, count(12), count(15), usage.Change{Kind: usage.ByCount, Delta: -3}),
	}})
}

func allAbilities() usage.Report {
	return complete(usage.All, week, rd, withTotalAsOf(appSection(), sunday),
		usage.Section{Ability: usage.MiniProgram, Missing: true}, webSection(), botSection())
}

func allUnfinished() usage.Report {
	r := unfinished()
	r.Query.Ability = usage.All
	r.Sections = append(r.Sections, usage.Section{Ability: usage.Bot, Rows: []usage.Row{
		row(usage.ActiveUsers, count(200), count(310), usage.Change{}),
	}})
	return r
}

func options() templates.UsageOptions {
	return templates.UsageOptions{
		TimeZone: "Asia/Shanghai",
		Cycles: map[usage.Cycle]string{
			usage.Daily: "/usage daily app", usage.Weekly: "/usage weekly app", usage.Monthly: "/usage monthly app",
		},
		Ability: abilityPick("/usage weekly"),
	}
}
