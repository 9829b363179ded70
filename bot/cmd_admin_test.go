package bot

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/bot/command"
	"usagebot/locale"
	"usagebot/reports"
	"usagebot/usage"
)

func TestCheckup_ForAdministratorsOnly(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.rights.Admins = []string{"ou_1"}
	ask := func(who string) string {
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: who, Text: "/admin doctor", Single: true})
		return string(a.Card.JSON())
	}
	if got := ask("ou_1"); !strings.Contains(got, "/admin doctor") || strings.Contains(got, "体检结果") {
		t.Errorf("without a check-up it is a command:\n%s", got)
	}
	s.set(func(o *Settings) {
		o.Doctor = func(_ context.Context, language locale.Language) []Finding {
			return []Finding{{Status: "failure", What: "im:chat:read in " + string(language)}}
		}
	})
	if got := ask("ou_1"); !strings.Contains(got, "体检结果") || !strings.Contains(got, "im:chat:read in zh") {
		t.Errorf("the findings are not shown:\n%s", got)
	}
	if got := ask("ou_2"); !strings.Contains(got, "只有机器人管理员可用") {
		t.Errorf("somebody else gets:\n%s", got)
	}
}

func TestEveryCommand_HasAHandler(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.set(func(o *Settings) { o.Doctor = func(context.Context, locale.Language) []Finding { return nil } })
	for _, spec := range command.Builtin() {
		if s.bot.answers.handlers[spec.Name()] == nil {
			t.Errorf("/%s has none", spec.Name())
		}
	}
	if got, want := len(s.bot.answers.handlers), len(command.Builtin()); got != want {
		t.Errorf("%d handlers, want %d: one of them has no command", got, want)
	}
}

// TestStatus_NextDigests names when each digest is due, with its jitter; one whose period was delivered already goes out at
// the time after that.
func TestStatus_NextDigests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)))
		s := newScene(t)
		s.rights.Admins = []string{"ou_1"}
		s.set(func(o *Settings) { o.Status = func(context.Context) Status { return Status{Redis: OK, Database: OK} } })
		for id, minute := range map[string]int{"aaaaaa": 34, "bbbbbb": 31} {
			s.notes.ledger.kept = append(s.notes.ledger.kept, reports.Subscription{
				ID: id, ChatID: "oc_1", AppID: "cli_a", Ability: usage.AppAbility, State: reports.Active,
				Schedule: reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "UTC"}, NextDue: time.Date(2026, 11, 25, 10, minute, 0, 0, time.UTC),
			})
		}
		s.notes.ledger.deliveries = []reports.Delivery{{
			SubscriptionID: "bbbbbb", Period: usage.Period{Cycle: usage.Daily, Start: usage.NewDate(2026, 11, 24)}, State: reports.Delivered, SentAt: time.Now(),
		}}
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/admin status", Single: true})
		text := a.Card.Text()
		for id, want := range map[string]string{"aaaaaa": "11-25 周三 10:34", "bbbbbb": "11-26 周四 10:30"} {
			if !slices.ContainsFunc(strings.Split(text, "\n"), func(line string) bool { return strings.Contains(line, id) && strings.Contains(line, want) }) {
				t.Errorf("%s is not said to go out at %s:\n%s", id, want, text)
			}
		}
	})
}
