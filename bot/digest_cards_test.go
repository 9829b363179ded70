package bot

import (
	"strings"
	"testing"
	"time"

	"usagebot/locale"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

func TestAlertKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		alert reports.Alert
		want  templates.ProblemKey
	}{
		{reports.Alert{Sending: true, Why: usage.Rejected, Code: 230006}, templates.BotOff},
		{reports.Alert{Sending: true, Why: usage.MissingScope, Code: 230027}, templates.MessageScope},
		{reports.Alert{Sending: true, Why: usage.Rejected, Code: 230036}, templates.MessageRejected},
		{reports.Alert{Sending: true, Why: usage.IPDenied, Code: 99991401}, templates.ReasonKey(usage.IPDenied)},
		{reports.Alert{Why: usage.MissingScope, Code: 99991672}, templates.ReasonKey(usage.MissingScope)},
		{reports.Alert{Why: usage.PlanTooSmall, Code: 211004}, templates.ReasonKey(usage.PlanTooSmall)},
	} {
		if got := alertKey(tt.alert); got != tt.want {
			t.Errorf("%+v is worded by %s, want %s", tt.alert, got, tt.want)
		}
	}
}

func TestAdminAlert_NamesScopes(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for language, word := range map[locale.Language]string{"zh": "权限", "en": "permission"} {
		s.set(func(o *Settings) { o.Language = language })
		card := s.bot.Digests().AdminAlert(t.Context(), reports.Alert{Sending: true, Why: usage.MissingScope, Code: 230027, Scopes: []string{"im:message:send"}, LogID: "log-1"})
		text := card.Text()
		if !strings.Contains(text, "im:message:send") || strings.Contains(text, "send_as_bot") || !strings.Contains(text, word) || !strings.Contains(text, "log-1") {
			t.Errorf("%s:\n%s", language, text)
		}
	}
}

func TestAdminAlert_NamesApp(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	since := time.Date(2026, 11, 23, 2, 31, 0, 0, time.UTC)
	card := s.bot.Digests().AdminAlert(t.Context(), reports.Alert{AppID: "cli_unnamed", Why: usage.PlanTooSmall, Code: 211004, Since: since})
	for _, want := range []string{"cli_unnamed", since.In(s.settings.Zone).Format("2006-01-02"), since.In(s.settings.Zone).Format("15:04")} {
		if text := card.Text(); !strings.Contains(text, want) {
			t.Errorf("it does not say %s:\n%s", want, text)
		}
	}
}

func TestOwnerNotice_SaysWhyPaused(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	notice := reports.Notice{Subscription: reports.Subscription{ID: "k7q2mw", AppID: "cli_a", Ability: usage.Web}, Reason: reports.BadSchedule}
	for language, word := range map[locale.Language]string{"zh": "时区", "en": "time zone"} {
		s.set(func(o *Settings) { o.Language = language })
		card := s.bot.Digests().OwnerNotice(t.Context(), []reports.Notice{notice})
		if text := card.Text(); !strings.Contains(text, word) || !strings.Contains(string(card.JSON()), "/unsubscribe k7q2mw") {
			t.Errorf("%s:\n%s", language, text)
		}
	}
}

func TestDigest_CarriesItsMark(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	period := usage.PeriodOf(usage.Daily, usage.NewDate(2026, 11, 25))
	q := usage.Query{App: usage.App{ID: "cli_a", Name: "商城"}, Ability: usage.Web, Cycle: usage.Daily, Department: usage.Department{ID: "od-1", Name: "研发部"}}
	r := usage.Report{Query: q, Period: period, Complete: true, Sections: []usage.Section{{Ability: usage.Web, Rows: []usage.Row{{Metric: usage.ActiveUsers}}}}}
	a := s.bot.Digests()
	// The query that looks for a digest may lack the names that the rendered one has.
	q.App.Name, q.Department.Name = "Mall", ""
	mark := a.LookupKey(q, period)
	if card := string(a.Digest(t.Context(), usage.DigestData{Report: r}, reports.DigestOptions{SubscriptionID: "k7q2mw"}).JSON()); mark == "" || !strings.Contains(card, `"cmd":"`+mark+`"`) {
		t.Errorf("the mark %q is not in\n%s", mark, card)
	}
	for name, other := range map[string]string{
		"another day": a.LookupKey(q, period.Next()), "another app": a.LookupKey(usage.Query{App: usage.App{ID: "cli_b"}, Ability: q.Ability, Department: q.Department}, period),
		"the whole company": a.LookupKey(usage.Query{App: q.App, Ability: q.Ability}, period),
	} {
		if other == mark {
			t.Errorf("%s has the same mark", name)
		}
	}
}
