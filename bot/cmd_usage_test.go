package bot

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/usage"
)

// TestUsage_FillingUpKeepsTheMoment lets another day come out, and the platform mend what it has said, while a card waits
// for its chart.
func TestUsage_FillingUpKeepsTheMoment(t *testing.T) {
	for _, name := range []string{"usage", "trend"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC))) // a Wednesday
				s := newScene(t)
				var mu sync.Mutex
				newest, count := usage.NewDate(2026, 11, 23), int64(777)
				now := func() (usage.Date, int64) {
					mu.Lock()
					defer mu.Unlock()
					return newest, count
				}
				s.figures = func(ctx context.Context, ask usage.Ask) (usage.Figures, error) {
					if day, _ := now(); ask.Date.After(day) {
						return nil, &usage.Failure{Reason: usage.NoData}
					}
					if ask.Cycle == usage.Weekly && ask.Date.Before(usage.NewDate(2026, 11, 16)) {
						_ = sleep(ctx, 3*time.Second)
					}
					_, active := now()
					return usage.Figures{usage.ActiveUsers: active, usage.TotalUsers: 5000, usage.NewUsers: 1, usage.PageViews: 2, usage.Opens: 2}, nil
				}
				c := s.bot.answers.in(t.Context(), "oc_1")
				c.rights.Everything = true
				cmd := command.Command{Name: name, Args: command.Args{Cycle: usage.Weekly, When: usage.When{Kind: usage.ThisWeek}}}
				a, err := s.bot.answers.handlers[name](t.Context(), c, Request{}, cmd)
				if err != nil || a.Refine == nil {
					t.Fatalf("it lacks nothing: %v", err)
				}
				mu.Lock()
				newest, count = usage.NewDate(2026, 11, 24), 888
				mu.Unlock()
				time.Sleep(2 * time.Hour)
				s.notes.forget() // what is remembered has aged
				for a.Refine != nil {
					if a, err = a.Refine(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				card := feishu.PlainText(a.Card.JSON())
				// The last two weeks and the head's figure are those of the first moment, the weeks before them came later.
				if strings.Contains(card, "11-24") || !strings.Contains(card, "11-23") || strings.Count(card, "777") < 2 || !strings.Contains(card, "888") {
					t.Errorf("the card is of two moments:\n%s", card)
				}
				if !strings.Contains(card, "2026-11-23 周一") {
					t.Errorf("the card does not end on the day of its figures:\n%s", card)
				}
			})
		})
	}
}

func TestDepartmentID_IsHeadedByItsName(t *testing.T) {
	for _, line := range []string{"/usage weekly dept:od-1", "/trend weekly dept:od-1", "/top weekly dept:od-1"} {
		t.Run(line, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				head, _, _ := strings.Cut(feishu.PlainText(newScene(t).bot.Ask(t.Context(), line).Card.JSON()), "\n\n")
				if !strings.Contains(head, "研发部") || strings.Contains(head, "od-1") {
					t.Errorf("headed %q", head)
				}
			})
		})
	}
}
