package bot

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/bot/command"
	"usagebot/usage"
)

// TestRefreshRange checks the first and the last day that a command means on 2026-11-25.
func TestRefreshRange(t *testing.T) {
	today, yesterday := usage.NewDate(2026, 11, 25), usage.NewDate(2026, 11, 24)
	for name, tt := range map[string]struct {
		args        command.Args
		from, until usage.Date
		wrong       string // early: not published yet; from: too many days
	}{
		"nothing":                   {command.Args{}, usage.NewDate(2026, 11, 18), yesterday, ""},
		"days":                      {command.Args{Days: 1}, yesterday, yesterday, ""},
		"the most days":             {command.Args{Days: command.MaxDays}, today.AddDays(-command.MaxDays), yesterday, ""},
		"from":                      {command.Args{From: usage.NewDate(2026, 11, 1)}, usage.NewDate(2026, 11, 1), yesterday, ""},
		"from, the most days":       {command.Args{From: today.AddDays(-command.MaxDays)}, today.AddDays(-command.MaxDays), yesterday, ""},
		"from, one day too early":   {command.Args{From: today.AddDays(-command.MaxDays - 1)}, usage.Date{}, usage.Date{}, "from"},
		"to":                        {command.Args{Through: usage.NewDate(2026, 11, 3)}, usage.NewDate(2026, 11, 3), usage.NewDate(2026, 11, 3), ""},
		"from and to":               {command.Args{From: usage.NewDate(2026, 11, 1), Through: usage.NewDate(2026, 11, 3)}, usage.NewDate(2026, 11, 1), usage.NewDate(2026, 11, 3), ""},
		"to a day that is not over": {command.Args{From: usage.NewDate(2026, 11, 23), Through: usage.NewDate(2026, 11, 29)}, usage.NewDate(2026, 11, 23), yesterday, ""},
		"a day":                     {command.Args{When: onDay(usage.NewDate(2026, 11, 3))}, usage.NewDate(2026, 11, 3), usage.NewDate(2026, 11, 3), ""},
		"this week":                 {command.Args{When: usage.When{Kind: usage.ThisWeek}}, usage.NewDate(2026, 11, 23), yesterday, ""},
		"last week":                 {command.Args{When: usage.When{Kind: usage.LastWeek}}, usage.NewDate(2026, 11, 16), usage.NewDate(2026, 11, 22), ""},
		"today":                     {command.Args{When: onDay(today)}, usage.Date{}, usage.Date{}, "early"},
	} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)))
			s := newScene(t)
			h := &figureCommands{usage: s.settings.Usage}
			from, until, err := h.refreshRange(t.Context(), today, usage.App{ID: "cli_a"}, tt.args)
			wrong, typed := "", new(command.Error)
			switch {
			case errors.As(err, new(*usage.TimeError)):
				wrong = "early"
			case errors.As(err, &typed):
				wrong = typed.Arg
			case err != nil:
				t.Fatal(err)
			}
			if wrong != tt.wrong || wrong == "" && (from != tt.from || until != tt.until) {
				t.Errorf("%s: got %s to %s, %v, want %s to %s %s", name, from, until, err, tt.from, tt.until, tt.wrong)
			}
		})
	}
}

// TestFigureCards_Progress shows how many days of a job are done.
func TestFigureCards_Progress(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c, h := s.bot.answers.in(t.Context(), "oc_1"), &figureCommands{}
	job := usage.Backfill{AppID: "cli_a", From: usage.NewDate(2026, 11, 1), Next: usage.NewDate(2026, 11, 7), Until: usage.NewDate(2026, 11, 10)}
	for name, a := range map[string]Answer{
		"backfill": h.backfillCard(c, command.Command{Name: "admin backfill", Args: command.Args{App: "cli_a", Progress: true}}, usage.App{ID: "cli_a"}, job),
		"refresh":  h.refreshCard(c, usage.App{ID: "cli_a"}, usage.Refresh{Backfill: job}, false),
	} {
		if text := a.Card.Text(); !strings.Contains(text, "3/10") || a.Refine == nil {
			t.Errorf("%s: 3 of 10 days are not told:\n%s", name, text)
		}
	}
}
