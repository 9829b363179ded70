package templates_test

import (
	"strings"
	"testing"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/usage"
)

// TestProblem_RefreshButton offers to ask a question again if it may be answered later, and says when only an administrator
// can make that happen.
func TestProblem_RefreshButton(t *testing.T) {
	t.Parallel()
	reason := templates.ReasonKey
	all := newTemplates(t)
	for key, want := range map[templates.ProblemKey]struct{ refresh, administrator bool }{
		reason(usage.Throttled):          {true, false},
		reason(usage.Unavailable):        {true, false},
		reason(usage.Rejected):           {true, false},
		reason(usage.NoData):             {true, false},
		templates.NothingForYet:          {true, false},
		templates.RightsUnread:           {true, false},
		templates.Restarting:             {true, false},
		templates.DatabaseUnavailable:    {true, false},
		templates.Internal:               {true, false},
		reason(usage.MonthQuota):         {true, false},
		reason(usage.MissingScope):       {true, true},
		reason(usage.PlanTooSmall):       {true, true},
		reason(usage.UnknownApp):         {true, true},
		reason(usage.WrongSecret):        {true, true},
		reason(usage.AppDisabled):        {true, true},
		reason(usage.IPDenied):           {true, true},
		templates.DepartmentsUnavailable: {true, true},
		reason(usage.UnknownDepartment):  {},
		reason(usage.BadAbility):         {},
		reason(usage.BadRange):           {},
		templates.NothingFor:             {},
		templates.NotViewer:              {},
		templates.UnknownWord:            {},
		templates.TooFast:                {},
		templates.DateInFuture:           {},
		templates.Forgotten:              {},
	} {
		for _, question := range []string{"/usage weekly h5", ""} {
			text := templates.Problem(all.In(locale.English), templates.ProblemView{Key: key, Refresh: question}).Text()
			refresh := strings.Contains(text, "[Refresh] /usage weekly h5")
			administrator := strings.Contains(text, "Only an administrator can fix this")
			if asked := question != ""; refresh != (want.refresh && asked) || administrator != (want.administrator && asked) {
				t.Errorf("%s of %q: refresh %t, an administrator is named %t, want %+v:\n%s", key, question, refresh, administrator, want, text)
			}
		}
	}
}

// TestTrend_UncheckedPoint shows the figure of an unfinished week, and not which days it covers.
func TestTrend_UncheckedPoint(t *testing.T) {
	t.Parallel()
	all, unchecked := newTemplates(t), uncheckedTrend()
	last := unchecked.Points[len(unchecked.Points)-1]
	text := templates.Trend(all.In(locale.English), trendView(unchecked, "")).Text()
	for _, want := range []string{last.Period.End().String()[5:] + " (in progress)", "which days it covers is not checked yet", "[Refresh]"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not said:\n%s", want, text)
		}
	}
	for _, not := range []string{last.Through.String()[5:], "still loading", "not yet |"} {
		if strings.Contains(text, not) {
			t.Errorf("%q is said:\n%s", not, text)
		}
	}
	checked := templates.Trend(all.In(locale.English), trendView(unfinishedTrend(), "")).Text()
	if !strings.Contains(checked, "in progress, data covers") || !strings.Contains(checked, last.Through.String()[5:]+" (in progress)") || strings.Contains(checked, "Refresh") {
		t.Errorf("once it is checked:\n%s", checked)
	}
}
