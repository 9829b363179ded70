package bot

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/locale"
	"usagebot/usage/directory"

	"github.com/google/go-cmp/cmp"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// TestRevokedGrants_FromAuditLog checks that an audit entry says everything that a card shows of a grant.
func TestRevokedGrants_FromAuditLog(t *testing.T) {
	t.Parallel()
	subject, at := access.Subject{Kind: access.Person, ID: "ou_1"}, time.Unix(1_790_000_000, 0)
	for _, want := range []access.Grant{
		{Subject: subject, Role: access.Admin, By: "ou_admin", At: at},
		{Subject: subject, Role: access.Viewer, By: "ou_admin", At: at},
		{Subject: subject, Role: access.Viewer, Department: "od-1 dept:od-2", By: "ou_admin", At: at},
	} {
		got := revokedGrants(subject, []access.Change{{By: "ou_admin", At: at, Before: grantSummary(want)}})
		if diff := cmp.Diff([]access.Grant{want}, got); diff != "" {
			t.Errorf("grants (-want +got):\n%s", diff)
		}
	}
}

// behind is a ledger in which every subscription is removed right after it was read.
type behind struct{ *ledger }

func (b behind) Subscription(ctx context.Context, id string) (reports.Subscription, error) {
	s, err := b.ledger.Subscription(ctx, id)
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.kept {
		b.kept[i].State = reports.Removed
	}
	return s, err
}

func (b behind) Subscribe(ctx context.Context, _ string, s reports.Subscription, _ access.Entry[reports.Subscription]) (reports.Subscription, bool, error) {
	kept, err := b.Subscription(ctx, "aaaaaa")
	return kept, false, err
}

// TestChange_RemovedMeanwhile_StaysRemoved removes a subscription after the command has read it and before it changes it.
func TestChange_RemovedMeanwhile_StaysRemoved(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"/pause aaaaaa", "/resume aaaaaa", "/subscribe daily 9:00"} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			daily := reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "UTC"}
			s.notes.ledger.kept = []reports.Subscription{
				{ID: "aaaaaa", ChatID: "oc_1", OwnerID: "ou_1", AppID: "cli_a", Ability: usage.AppAbility, State: reports.Active, Schedule: daily},
			}
			s.set(func(o *Settings) { o.Store = behind{s.notes.ledger} })
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: true})
			if kept := s.notes.ledger.kept[0]; kept.State != reports.Removed || !strings.Contains(string(a.Card.JSON()), "没有编号为") {
				t.Errorf("%s: it is %s, and the answer is\n%s", line, kept.State, a.Card.JSON())
			}
		})
	}
}

// TestChangeLogger_WithoutNames logs a change of the apps, whose audit entry contains their names.
func TestChangeLogger_WithoutNames(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ChangeLogger(slog.New(slog.NewTextHandler(&log, nil)))(access.Change{
		By: "ou_1", Act: access.AppsChanged, Of: "cli_b",
		Before: appsSummary(directory.Apps{{ID: "cli_a", Name: "商城"}}), After: appsSummary(directory.Apps{{ID: "cli_a", Name: "采购,报销"}, {ID: "cli_b", Name: "=办公="}}),
	})
	if got, want := log.String(), "before=cli_a after=cli_a,cli_b "; !strings.Contains(got, want) || strings.ContainsAny(got, "商城采购报销办公") {
		t.Errorf("logged %s, want %s", got, want)
	}
}

// TestReadSummary_PresentNames reads summaries of the audit log.
func TestReadSummary_PresentNames(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	if err := s.settings.Directory.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := s.bot.answers.in(t.Context(), "oc_1")
	c.language = locale.English
	rd := usage.Department{ID: "od-1", ParentID: "0", Name: "R&D", I18n: map[string]string{"en_us": "R&D"}, Path: "R&D", Paths: map[string]string{"en_us": "R&D"}}
	shop := usage.App{ID: "cli_a", Name: "商城"}
	weekly := reports.Subscription{
		ID: "abcdef", OwnerID: "ou_1", AppID: "cli_a", Ability: usage.Web, DepartmentID: "od-1", State: reports.Paused,
		Schedule: reports.Schedule{Cycle: usage.Weekly, Hour: 9, On: "mon", Zone: "Asia/Tokyo"},
	}
	for name, tt := range map[string]struct {
		act  access.Act
		line string
		want templates.AuditState
	}{
		"a subscription": {access.Paused, summary(weekly), templates.AuditState{
			Topic:  &templates.Topic{App: shop, Ability: usage.Web, Cycle: usage.Weekly, Department: rd, DepartmentPath: "R&D"},
			Timing: templates.Timing{Hour: 9, On: "mon", Zone: "Asia/Tokyo"}, State: "paused", Owner: "ou_1",
		}},
		"nothing before it":      {access.Subscribed, "", templates.AuditState{}},
		"a role":                 {access.Granted, `{"role":"viewer","dept":"od-1"}`, templates.AuditState{Role: access.Viewer, Department: "R&D"}},
		"a department that went": {access.Revoked, `{"role":"viewer","dept":"od-9"}`, templates.AuditState{Role: access.Viewer, Department: "od-9"}},
		"apps":                   {access.AppsChanged, `[{"id":"cli_a","name":"商城"},{"id":"cli_b","name":"OA"}]`, templates.AuditState{Apps: []usage.App{shop, {ID: "cli_b", Name: "OA"}}}},
		"an app with a comma":    {access.AppsChanged, appsSummary(directory.Apps{{ID: "cli_a", Name: "采购,报销=100%2C"}, {ID: "cli_b", Name: ","}}), templates.AuditState{Apps: []usage.App{{ID: "cli_a", Name: "采购,报销=100%2C"}, {ID: "cli_b", Name: ","}}}},
		"settings":               {access.SettingsSaved, settingsSummary(Preferences{Language: "en", AppID: "cli_a"}), templates.AuditState{Language: "en", App: shop}},
		"a day":                  {access.Ran, "2026-11-16", templates.AuditState{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.want.Text = tt.line
			if diff := cmp.Diff(tt.want, changeLog{c}.readSummary(tt.act, tt.line)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.line, diff)
			}
		})
	}
	for id, want := range map[string]string{"od-1": "R&D", "cli_a": "商城", "ou_1": "", "abcdef": ""} {
		if got := (changeLog{c}).subjectName(t.Context(), id); got != want {
			t.Errorf("%s is called %q, want %q", id, got, want)
		}
	}
}
