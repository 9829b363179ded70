package bot

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// TestTheRecordIsToldInNames reads lines as they are recorded.
func TestTheRecordIsToldInNames(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	if err := s.settings.Directory.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := s.bot.answers.in(t.Context(), "oc_1")
	c.language = templates.English
	rd := usage.Department{ID: "od-1", ParentID: "0", Name: "R&D", I18n: map[string]string{"en_us": "R&D"}, Path: "R&D", Paths: map[string]string{"en_us": "R&D"}}
	shop := usage.App{ID: "cli_a", Name: "商城"}
	weekly := reports.Subscription{
		ID: "abcdef", OwnerID: "ou_1", AppID: "cli_a", Ability: usage.Web, DepartmentID: "od-1", State: reports.Paused,
		Schedule: reports.Schedule{Cycle: usage.Weekly, Hour: 9, On: "mon", Zone: "Asia/Tokyo"},
	}
	for name, tt := range map[string]struct {
		act  access.Act
		line string
		want templates.Past
	}{
		"a subscription": {access.Paused, summary(weekly), templates.Past{
			Topic:  &templates.Topic{App: shop, Ability: usage.Web, Cycle: usage.Weekly, Department: rd, DepartmentPath: "R&D"},
			Timing: templates.Timing{Hour: 9, On: "mon", Zone: "Asia/Tokyo"}, State: "paused", Owner: "ou_1",
		}},
		"nothing before it":      {access.Subscribed, "", templates.Past{}},
		"a role":                 {access.Granted, "viewer dept:od-1", templates.Past{Role: access.Viewer, Department: "R&D"}},
		"a department that went": {access.Revoked, "viewer dept:od-9", templates.Past{Role: access.Viewer, Department: "od-9"}},
		"apps":                   {access.AppsChanged, "cli_a=商城,cli_b=OA", templates.Past{Apps: []usage.App{shop, {ID: "cli_b", Name: "OA"}}}},
		"an app with a comma":    {access.AppsChanged, appsSummary(usage.Apps{{ID: "cli_a", Name: "采购,报销=100%2C"}, {ID: "cli_b", Name: ","}}), templates.Past{Apps: []usage.App{{ID: "cli_a", Name: "采购,报销=100%2C"}, {ID: "cli_b", Name: ","}}}},
		"settings":               {access.SettingsSaved, Preferences{Language: "en", AppID: "cli_a"}.String(), templates.Past{Language: "en", App: shop}},
		"a day":                  {access.Ran, "2026-11-16", templates.Past{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.want.Text = tt.line
			if diff := cmp.Diff(tt.want, c.readSummary(tt.act, tt.line)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.line, diff)
			}
		})
	}
	for id, want := range map[string]string{"od-1": "R&D", "cli_a": "商城", "ou_1": "", "abcdef": ""} {
		if got := c.subjectName(t.Context(), id); got != want {
			t.Errorf("%s is called %q, want %q", id, got, want)
		}
	}
}
