package bot

import (
	"context"
	"strings"
	"testing"

	"usagebot/bot/command"
	"usagebot/locale"
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
	if got := ask("ou_2"); !strings.Contains(got, "只有机器人管理员能用") {
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
