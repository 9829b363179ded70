package templates_test

import (
	"fmt"
	"strings"
	"testing"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// longest are the longest names that a card shows, in characters that take the most bytes.
func longest(i int) string { return fmt.Sprintf("%02d%s", i, strings.Repeat("𠮷", 58)) }

// crowded has every control, with 60 departments to choose from.
func crowded(t *usage.Trend) templates.UsageOptions {
	o := dashboard(t, usage.ActiveUsers)
	line := "/usage monthly all app:cli_0123456789abcdef dept:od-0123456789abcdef0123456789abcdef date:2026-10-01"
	for _, p := range []*card.Pick{&o.Ability, &o.Department, &o.MetricPick, &o.Date} {
		p.Line = line
	}
	o.DepartmentPath = longest(0) + "/" + longest(1)
	o.Department.Current = "od-0123456789abcdef0123456789abc059"
	for i := range 60 {
		o.Department.Options = append(o.Department.Options, card.Option{
			Text: longest(i), Value: fmt.Sprintf("od-0123456789abcdef0123456789abc%03d", i),
		})
	}
	return o
}

func crowdedReport() usage.Report {
	r := complete(usage.All, day, rd, appSection(), webSection(), botSection(),
		usage.Section{Ability: usage.MiniProgram, Rows: webRows()})
	r.Query.App.Name = longest(0)
	for i := range r.Sections {
		for j := range r.Sections[i].Rows {
			r.Sections[i].Rows[j].Value = count(123_456_789_012)
		}
	}
	return r
}

func crowdedTrend(c usage.Cycle, n int) usage.Trend {
	t := trend(usage.All, usage.PeriodOf(c, sunday), n)
	for _, p := range t.Points {
		for _, f := range p.Figures {
			f[usage.ActiveUsers] = 123_456_789_012
		}
	}
	t.Points[0].Pending = true
	t.Points[n-1].Complete, t.Points[n-1].Through = false, t.Points[n-1].Period.Start
	return t
}

func crowdedRanking() templates.TopView {
	r := ranking()
	r.Rows = nil
	for i := range 60 {
		r.Rows = append(r.Rows, usage.Rank{
			Department: usage.Department{ID: fmt.Sprintf("od-%d", i), Name: longest(i)}, Value: count(123_456_789_012), Before: count(1),
			Change: usage.Change{Kind: usage.ByPercent, Delta: 123_456_789_011, Percent: 12345678901100},
		})
	}
	v := topView(r)
	v.Limit, v.Down = 0, crowded(nil).Department
	for i := range 9 {
		v.Trail = append(v.Trail, templates.Crumb{Name: longest(i), Command: "/top weekly dept:od-0123456789abcdef0123456789abcdef"})
	}
	return v
}

// TestTheLargestCardsKeepTheirControls draws the most that there can be: it fits. Only the oldest and
// lowest figures are left out, and a sentence says so.
func TestTheLargestCardsKeepTheirControls(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	daily, monthly := crowdedTrend(usage.Daily, 31), crowdedTrend(usage.Monthly, 24)
	trendOf := func(c usage.Trend) templates.TrendView {
		o, v := crowded(nil), trendView(c, "")
		v.Ability, v.Department, v.MetricPick, v.Date = o.Ability, o.Department, o.MetricPick, o.Date
		v.Trend.Query.App.Name = longest(0)
		return v
	}
	digest := toldDigests()["rose"]
	digest.Trend, digest.LateFigures, digest.CarriesLastWorkday, digest.Test = &daily, true, true, true
	tests := map[string]struct {
		view     draw
		controls []string // some of what stands at the end
		buttons  int
	}{
		"usage, 31 days":   {usageView(crowdedReport(), crowded(&daily)), []string{"▾ 部门", "▾ 指标", "还有 39 项"}, 9},
		"usage, 24 months": {usageView(crowdedReport(), crowded(&monthly)), []string{"▾ 部门", "▾ 指标"}, 9},
		"trend, 31 days":   {drawTrend(trendOf(daily)), []string{"▾ 部门", "▾ 指标"}, 7},
		"trend, 24 months": {drawTrend(trendOf(monthly)), []string{"▾ 部门", "▾ 指标"}, 7},
		"top":              {drawTop(crowdedRanking()), []string{"▾ 查看子部门", "▾ 能力", "个部门"}, 21},
		"digest":           {digestView(crowdedReport(), digest), nil, 5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := tt.view(all, locale.Chinese)
			if err := checkCard(c); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d bytes, %d elements", len(c.JSON()), c.Elements())
			for _, want := range tt.controls {
				if !strings.Contains(describe(c), want) {
					t.Errorf("%q has no room", want)
				}
			}
			if got := len(clicks(t, c)); got != tt.buttons {
				t.Errorf("%d buttons, want %d:\n%s", got, tt.buttons, describe(c))
			}
		})
	}
}

func TestEveryDayOfAMonthCanBeChosen(t *testing.T) {
	t.Parallel()
	v := formView(true)
	v.Topic.Cycle, v.Timing.On, v.On = usage.Monthly, "last", []string{"last"}
	for i := range 31 {
		v.On = append(v.On, fmt.Sprint(i+1))
	}
	c := templates.SubscribeForm(newTemplates(t).In(locale.English), v)
	if err := checkCard(c); err != nil {
		t.Error(err)
	}
	if text := describe(c); !strings.Contains(text, "▾ Days: last (32)") {
		t.Errorf("form:\n%s", text)
	}
}
