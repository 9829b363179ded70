package templates_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

func anyCompared(t *rapid.T, a usage.Ability, p usage.Period) templates.ComparedView {
	r := usage.Report{
		Query: usage.Query{
			App: usage.App{ID: anyString().Draw(t, "app id"), Name: anyString().Draw(t, "app")}, Ability: a, Cycle: p.Cycle,
			Department: usage.Department{ID: anyString().Draw(t, "dept id"), Name: anyString().Draw(t, "dept")},
		},
		Period: p, Through: anyDate().Draw(t, "through"), Complete: rapid.Bool().Draw(t, "complete"), Over: rapid.Bool().Draw(t, "over"),
		Before: p.Previous(),
	}
	s := usage.Section{Ability: a, Missing: rapid.Bool().Draw(t, "missing"), TotalFailed: rapid.Bool().Draw(t, "no total")}
	for _, m := range a.Metrics() {
		s.Rows = append(s.Rows, anyRow(m).Draw(t, "row"))
	}
	r.Sections = []usage.Section{s}
	v := templates.ComparedView{
		Compared: usage.Compared{Query: r.Query, Report: r}, Name: anyString().Draw(t, "name"),
		ShowUsage: anyString().Draw(t, "usage"), ShowTrend: anyString().Draw(t, "trend"),
	}
	if rapid.Bool().Draw(t, "with a trend") {
		v.Trend = anyTrend(t)
		v.Trend.Query = r.Query
	}
	v.Err = rapid.SampledFrom([]error{nil, nil, nil, &usage.Failure{Reason: usage.NoData}, &usage.Failure{Reason: usage.Unavailable}, &usage.TimeError{}}).Draw(t, "error")
	if v.Err != nil {
		v.Report, v.Trend = usage.Report{}, usage.Trend{}
	}
	return v
}

func anyComparison(t *rapid.T) templates.CompareView {
	o := anyOptions(t)
	v := templates.CompareView{
		By: rapid.SampledFrom([]string{"dept", "app", "ability", "date"}).Draw(t, "by"), Metric: o.Metric, DepartmentPath: o.DepartmentPath, TimeZone: o.TimeZone,
		Cycles: o.Cycles, MetricPick: o.MetricPick, Date: o.Date, Previous: o.Previous, Next: o.Next, Refresh: o.Refresh, Union: rapid.Bool().Draw(t, "union"),
	}
	p := anyPeriod().Draw(t, "period")
	for range rapid.IntRange(1, 5).Draw(t, "things") {
		one := anyCompared(t, rapid.SampledFrom(usage.Abilities()).Draw(t, "ability"), p)
		if v.By == "date" {
			one.Period = p
		}
		v.List = append(v.List, one)
		p = p.Next()
	}
	if rapid.Bool().Draw(t, "to date") {
		v.ToDate = &usage.ToDate{Days: 3, Sides: [2]usage.Trend{anyTrend(t), anyTrend(t)}}
	}
	return v
}

func anyWhy(t *rapid.T) templates.WhyView {
	o := anyOptions(t)
	one := anyCompared(t, usage.AppAbility, anyPeriod().Draw(t, "period"))
	parts := func(ability usage.Ability) []usage.Part {
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) usage.Part {
			return usage.Part{
				Ability: ability, Department: usage.Department{ID: anyString().Draw(t, "id"), Name: anyString().Draw(t, "name")},
				Value: anyCount().Draw(t, "value"), Before: anyCount().Draw(t, "before"), Change: anyChange(t), Failed: rapid.Bool().Draw(t, "failed"),
			}
		}), 0, 40).Draw(t, "parts")
	}
	b := usage.Breakdown{Report: one.Report, Abilities: parts(usage.Web), Departments: parts(""), Unknown: rapid.IntRange(0, 3).Draw(t, "unknown")}
	b.Abilities = b.Abilities[:min(len(b.Abilities), 3)]
	b.Whole = usage.Part{Value: count(rapid.Int64Range(0, 1e12).Draw(t, "value")), Before: count(rapid.Int64Range(0, 1e12).Draw(t, "before")), Change: anyChange(t)}
	return templates.WhyView{
		Breakdown: b, DepartmentPath: o.DepartmentPath, TimeZone: o.TimeZone, Open: anyStrings(t, "open"), Cycles: o.Cycles, Ability: o.Ability,
		Department: o.Department, Date: o.Date, Previous: o.Previous, Next: o.Next, ShowUsage: o.ShowTrend, ShowTop: o.ShowTop, Refresh: o.Refresh,
	}
}

var numberOnCard = regexp.MustCompile(`\d[\d,]*`)

// TestCompare_NoOtherNumbers draws comparisons of figures that are all different and large. Every number of that size in the
// tables is a figure, an allowed difference between two whole periods, or a sum of page views or opens over the same days. So
// no card adds people up.
func TestCompare_NoOtherNumbers(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	rapid.Check(t, func(t *rapid.T) {
		ability := rapid.SampledFrom(usage.Abilities()).Draw(t, "ability")
		next := int64(1_000_003)
		figure := func() *int64 {
			next += rapid.Int64Range(1_000, 90_000).Draw(t, "step")
			return count(next)
		}
		byTime := rapid.Bool().Draw(t, "by period")
		allowed := map[string]bool{}
		allow := func(n int64) { allowed[card.Integer(max(n, -n))] = true }
		v := templates.CompareView{By: "dept", Metric: ability.Metrics()[0]}
		n := rapid.IntRange(2, 5).Draw(t, "things")
		if byTime {
			v.By, n = "date", 2
		}
		p := week
		for range n {
			one := templates.ComparedView{Name: "部门"}
			s := usage.Section{Ability: ability}
			for _, m := range ability.Metrics() {
				value := figure()
				allow(*value)
				s.Rows = append(s.Rows, row(m, value, figure(), usage.Change{Kind: usage.ByCount, Delta: 7_777_777})) // the change from the period before is not shown
			}
			one.Report = complete(ability, p, usage.Department{}, s)
			if byTime {
				one.Period = p
				one.Report.Complete = rapid.Bool().Draw(t, "complete")
				one.Report.Through = p.Start.AddDays(2)
				p = p.Previous()
			}
			one.Query = one.Report.Query
			v.List = append(v.List, one)
		}
		whole := byTime && v.List[0].Report.Complete && v.List[1].Report.Complete
		if whole {
			for _, m := range ability.Metrics() {
				allow(*v.List[0].Of(m) - *v.List[1].Of(m))
			}
		}
		if byTime && !whole {
			v.ToDate = &usage.ToDate{Days: 3}
			for i := range 2 {
				day := usage.Period{Cycle: usage.Daily, Start: v.List[i].Report.Period.Start.AddDays(2)}
				v.ToDate.Sides[i] = trend(ability, day, 3)
				for j := range v.ToDate.Sides[i].Points {
					for _, m := range ability.Metrics() {
						v.ToDate.Sides[i].Points[j].Figures[ability][m] = *figure()
					}
				}
			}
			for _, m := range []usage.Metric{usage.PageViews, usage.Opens} {
				if slices.Contains(ability.Metrics(), m) {
					a, b := v.ToDate.Sum(0, ability, m), v.ToDate.Sum(1, ability, m)
					allow(*a)
					allow(*b)
					allow(*a - *b)
				}
			}
		}
		for _, found := range largeNumbers(t, templates.Compare(all.In(locale.English), v)) {
			if !allowed[found] {
				t.Fatalf("the card has %s, which is no figure, difference or sum that may be shown", found)
			}
		}
	})
}

// largeNumbers returns the numbers from 1,000 on in the tables of a card.
func largeNumbers(t *rapid.T, c card.Card) (found []string) {
	var read struct {
		Body struct {
			Elements []struct {
				Tag  string
				Rows []map[string]string
			}
		}
	}
	if err := json.Unmarshal(c.JSON(), &read); err != nil {
		t.Fatal(err)
	}
	for _, e := range read.Body.Elements {
		for _, cells := range e.Rows {
			for name, cell := range cells {
				for _, n := range numberOnCard.FindAllString(cell, -1) {
					if name != "name" && strings.Contains(n, ",") {
						found = append(found, n)
					}
				}
			}
		}
	}
	if len(found) == 0 {
		t.Fatal("the tables have no figures")
	}
	return found
}
