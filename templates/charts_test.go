package templates

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"usagebot/locale"
	"usagebot/templates/card"
	"usagebot/usage"
)

// points makes consecutive days or weeks of the web app; a negative number is a gap.
func points(c usage.Cycle, users ...int64) usage.Trend {
	t := usage.Trend{Query: usage.Query{Ability: usage.Web, Cycle: c}}
	p := usage.PeriodOf(c, usage.NewDate(2026, 11, 19)) // a Thursday
	for _, n := range users {
		point := usage.Point{Period: p, Through: p.End(), Complete: true}
		if n >= 0 {
			point.Figures = map[usage.Ability]usage.Figures{usage.Web: {usage.ActiveUsers: n}}
		}
		t.Points = append(t.Points, point)
		p = p.Next()
	}
	return t
}

// drawn writes the series of a trend's chart, a line each.
func drawn(t *testing.T, trend usage.Trend, m usage.Metric) []string {
	t.Helper()
	var lines []string
	for _, e := range trendChart(newTemplates(t).In(locale.English), trend, m) {
		c := e.(card.Chart)
		for i, s := range c.Spec.Series {
			if s.DataID != c.Spec.Data[i].ID {
				t.Errorf("the series %s draws the data %s", s.ID, c.Spec.Data[i].ID)
			}
			if s.Label != nil { // the newest figures again, to write them: TestTheNewestFigureIsWritten
				continue
			}
			lines = append(lines, marks(c.Spec.Data[i]))
		}
	}
	return lines
}

// TestTheNewestFigureIsWritten beside the last point that has one.
func TestTheNewestFigureIsWritten(t *testing.T) {
	t.Parallel()
	trend := points(usage.Weekly, 4, 123_456, -1)
	for _, e := range trendChart(newTemplates(t).In(locale.English), trend, usage.ActiveUsers) {
		for _, s := range e.(card.Chart).Spec.Series {
			if s.Label == nil {
				continue
			}
			written := s.Label.Style.Text
			if fmt.Sprint(written.Domain, written.Range) != "[Active users] [123.5K]" {
				t.Errorf("written: %v %v", written.Domain, written.Range)
			}
			return
		}
	}
	t.Error("no figure is written")
}

func TestTrendChartIsTrue(t *testing.T) {
	t.Parallel()
	unfinished := points(usage.Weekly, 40, 50, 20)
	unfinished.Points[2].Complete = false
	two := points(usage.Weekly, 40, 20, 5)
	two.Points[1].Complete, two.Points[2].Complete = false, false
	onlyUnfinished := points(usage.Weekly, 20)
	onlyUnfinished.Points[0].Complete = false
	coming := points(usage.Weekly, -1, -1, 7)
	for i := range 2 {
		coming.Points[i].Pending = true
	}
	tests := []struct {
		name  string
		trend usage.Trend
		want  []string
	}{
		{"weekends are shaded to the end of the axis", points(usage.Daily, 3, 7, 0, 2), []string{
			"~ whole: Active users 11-19=3 Active users 11-20=7 Active users 11-21=0 Active users 11-22=2",
			"~ weekend: Active users 11-21=8 Active users 11-22=8",
		}},
		{"a gap is no zero, at the end neither", points(usage.Weekly, 4, -1, 0, -1), []string{
			"~ whole: Active users 11-16=4 Active users 11-23=— Active users 11-30=0 Active users 12-07=—",
		}},
		{"what is unfinished is drawn apart", unfinished, []string{
			"~ whole: Active users 11-16=40 Active users 11-23=50",
			"~ bridge: Active users 11-23=50 Active users 11-30=20",
			"~ part: Active users 11-30=20",
		}},
		{"and so are two", two, []string{
			"~ whole: Active users 11-16=40",
			"~ bridge: Active users 11-16=40 Active users 11-23=20 Active users 11-30=5",
			"~ part: Active users 11-23=20 Active users 11-30=5",
		}},
		{"with nothing whole before it", onlyUnfinished, []string{
			"~ bridge: Active users 11-16=20", "~ part: Active users 11-16=20",
		}},
		{"what is still coming is a gap", coming, []string{
			"~ whole: Active users 11-16=— Active users 11-23=— Active users 11-30=7",
		}},
		{"nothing to draw", points(usage.Weekly, -1, -1), nil},
		{"no points", points(usage.Weekly), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, drawn(t, tt.trend, usage.ActiveUsers)); diff != "" {
				t.Errorf("series differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheAxisBeginsAtZeroAndHoldsWhatIsDrawn(t *testing.T) {
	t.Parallel()
	for most, want := range map[int64]string{
		0: "1/1", 1: "1/1", 3: "3/3", 5: "5/5", 6: "6/3", 11: "12/4", 51: "60/3", 1444: "1500/3", 9_999: "10000/5", 123_456: "125000/5",
	} {
		if top, steps := card.AxisRange(most); fmt.Sprintf("%d/%d", top, steps) != want {
			t.Errorf("topOf(%d) = %d in %d steps, want %s", most, top, steps, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.Int64Range(0, card.MaxTop).Draw(t, "most")
		top, steps := card.AxisRange(most)
		if top < most || steps < 1 || steps > 5 || top%int64(steps) != 0 {
			t.Fatalf("topOf(%d) = %d in %d steps", most, top, steps)
		}
		if most > 5 && float64(top-most) > 0.3*float64(top) {
			t.Fatalf("topOf(%d) = %d leaves nearly a third of the chart empty", most, top)
		}
	})
}

func TestAbilitiesWithoutFiguresHaveNoLine(t *testing.T) {
	t.Parallel()
	trend := points(usage.Weekly, 4, 5)
	trend.Query.Ability = usage.All
	trend.Points[1].Figures[usage.Bot] = usage.Figures{usage.ActiveUsers: 2}
	want := []string{"~ whole: Web app 11-16=4 Web app 11-23=5 Bot 11-16=— Bot 11-23=2"}
	if diff := cmp.Diff(want, drawn(t, trend, usage.ActiveUsers)); diff != "" {
		t.Errorf("series differ (-want +got):\n%s", diff)
	}
}

func TestOnlyAbilitiesWithTheMetricAreListed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		ability usage.Ability
		metric  usage.Metric
		want    []usage.Ability
	}{
		{usage.All, usage.ActiveUsers, usage.Abilities()},
		{usage.All, usage.PageViews, []usage.Ability{usage.AppAbility, usage.MiniProgram, usage.Web}},
		{usage.All, usage.NewUsers, []usage.Ability{usage.AppAbility}},
		{usage.Bot, usage.PageViews, []usage.Ability{usage.Bot}},
	} {
		if diff := cmp.Diff(tt.want, abilitiesWith(usage.Trend{Query: usage.Query{Ability: tt.ability}}, tt.metric)); diff != "" {
			t.Errorf("%s of %s (-want +got):\n%s", tt.metric, tt.ability, diff)
		}
	}
}

// marks returns the data points of a series in one line.
func marks(d card.ChartData) string {
	var all []string
	for _, v := range d.Values {
		y := card.Absent
		if v.Y != nil {
			y = card.Integer(*v.Y)
		}
		all = append(all, strings.TrimSpace(v.S+" "+v.X)+"="+y)
	}
	return "~ " + d.ID + ": " + strings.Join(all, " ")
}
