package bot

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/bot/command"
	"usagebot/feishu/events"
	"usagebot/usage"
)

// TestUsage_Refine_KeepsTheMoment publishes another day and corrects figures while a card waits for its chart.
func TestUsage_Refine_KeepsTheMoment(t *testing.T) {
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
				s.figures = func(ctx context.Context, ask usage.Request) (usage.Figures, error) {
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
				card := a.Card.Text()
				// The last two weeks and the figure at the top are from the first moment, the weeks before them from later.
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

func TestUsage_DepartmentID_ShownByName(t *testing.T) {
	for _, line := range []string{"/usage weekly dept:od-1", "/trend weekly dept:od-1", "/top weekly dept:od-1"} {
		t.Run(line, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				head, _, _ := strings.Cut(newScene(t).bot.Ask(t.Context(), line).Card.Text(), "\n\n")
				if !strings.Contains(head, "研发部") || strings.Contains(head, "od-1") {
					t.Errorf("headed %q", head)
				}
			})
		})
	}
}

// TestTooEarly_ExampleKeepsTheQuestion asks for periods without figures. The example differs from the question in its date only.
func TestTooEarly_ExampleKeepsTheQuestion(t *testing.T) {
	for line, want := range map[string]string{
		"/usage weekly h5 dept:研发部 app:商城 this-week": "/usage weekly h5 dept:研发部 app:商城 date:2026-11-22",
		"/usage bot dept:研发部 this-week":              "/usage weekly bot dept:研发部 date:2026-11-22",
		"/trend weekly h5 dept:研发部 n:5 this-week":    "/trend weekly h5 dept:研发部 date:2026-11-22 n:5",
		"/top weekly h5 this-week":                   "/top weekly h5 date:2026-11-22",
		"/usage mp dept:研发部 today":                   "/usage mp dept:研发部 date:2026-11-22",
	} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC))) // a Monday
			s := newScene(t)
			s.set(func(o *Settings) { o.Language = "en" })
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: true})
			if text := string(a.Card.JSON()); !a.Problem || !strings.Contains(text, "Example: "+want) {
				t.Errorf("%s: %q is not said in\n%s", line, want, text)
			}
		})
	}
}

// TestFollowUp_AfterUnansweredQuestion follows up a question that had no figures, or no answer for now.
func TestFollowUp_AfterUnansweredQuestion(t *testing.T) {
	for name, fail := range map[string]error{
		"no figures":   &usage.Failure{Reason: usage.NoData, Code: 211011, LogID: "log-1"},
		"no answer":    &usage.Failure{Reason: usage.Rejected, Code: 1},
		"an early day": nil,
	} {
		for _, command := range []string{"usage", "trend", "top"} {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(time.Until(time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)))
				s := newScene(t)
				ask := func(text string) Answer {
					return s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: text, Single: true})
				}
				ask("/usage monthly")
				s.failWith(fail)
				line, followUp, ability := "/"+command+" weekly h5", "bot", "机器人"
				if fail == nil {
					line, followUp, ability = line+" this-week", "last-week", "网页"
				}
				if a := ask(line); !a.Problem {
					t.Fatalf("%s, %s: it was answered:\n%s", name, line, string(a.Card.JSON()))
				}
				s.failWith(nil)
				a := ask(followUp)
				if text := string(a.Card.JSON()); a.Problem || !strings.Contains(text, "2026-11-16") || !strings.Contains(text, ability) {
					t.Errorf("%s, after %s:\n%s", name, line, text)
				}
			})
		}
	}
}

// TestFollowUp_AfterUnknownName follows up a question that names what there is not: it means that question.
func TestFollowUp_AfterUnknownName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		for _, unknown := range []string{"/usage weekly h5 dept:不存在", "/trend weekly h5 app:不存在", "/top weekly dept:不存在"} {
			ask := func(text string) Answer {
				return s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: text, Single: true})
			}
			ask("/usage weekly bot")
			for _, text := range []string{unknown, "monthly"} {
				if a := ask(text); !a.Problem || !strings.Contains(string(a.Card.JSON()), "不存在") {
					t.Errorf("%s, after %s:\n%s", text, unknown, a.Card.JSON())
				}
			}
		}
	})
}

// TestNoFigures_NamesWhatWasAskedFor also checks the platform's log id.
func TestNoFigures_NamesWhatWasAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)))
		s := newScene(t)
		s.missing = func(ask usage.Request) bool { return ask.Ability == usage.MiniProgram }
		for line, want := range map[string]string{
			"/usage mp dept:研发部":   "2026-11-22 周日 没有 小程序 · 研发部 的数据",
			"/usage weekly mp":     "2026-11-16 周一 – 2026-11-22 周日 没有 小程序 的数据",
			"/trend mp dept:研发部":   "没有 小程序 · 研发部 的数据",
			"/usage mp 2026-11-18": "2026-11-18 周三 没有 小程序 的数据",
		} {
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: true})
			text := string(a.Card.JSON())
			if !a.Problem || !strings.Contains(text, want) || !strings.Contains(text, "log-1") || strings.Contains(text, "产出") {
				t.Errorf("%s: %q is not said, or more is, in\n%s", line, want, text)
			}
		}
	})
}

// TestControls offers the same question for each cycle, of the newest period if that was asked for and otherwise of the day
// shown, for the periods beside it, and by the other commands.
func TestControls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)))
		s := newScene(t)
		for line, want := range map[string][]string{
			"/usage weekly h5 last-week": {
				"/usage weekly h5 app:cli_a date:2026-11-09", "/usage weekly h5 app:cli_a date:2026-11-23", "/trend weekly h5 app:cli_a date:2026-11-16",
				"/top weekly h5 app:cli_a date:2026-11-16", "/subscribe weekly h5 app:cli_a form", "/usage daily h5 app:cli_a date:2026-11-22",
			},
			"/usage this-week":                 {"/usage daily app app:cli_a date:2026-11-24", "/usage monthly app app:cli_a date:2026-11-24"},
			"/usage 11月":                       {"/usage daily app app:cli_a date:2026-11-24", "/usage weekly app app:cli_a date:2026-11-16"},
			"/usage weekly date:2026-11-16":    {"/usage monthly app app:cli_a date:2026-11-22"}, // and back to November
			"/usage 2026-10":                   {"/usage daily app app:cli_a date:2026-10-31", "/usage weekly app app:cli_a date:2026-10-19"},
			"/usage weekly date:2026-10-26":    {"/usage monthly app app:cli_a date:2026-11-01"}, // where it ends
			"/trend monthly 2026-10":           {"/trend weekly app app:cli_a date:2026-10-19", "/trend daily app app:cli_a date:2026-10-31"},
			"/usage 2026-11-01..2026-11-15":    {"/trend daily app app:cli_a date:2026-11-15 n:15", "/trend weekly app app:cli_a date:2026-11-15"},
			"/usage weekly h5":                 {"/usage daily h5 app:cli_a", "/usage weekly h5 app:cli_a date:2026-11-16", "/usage monthly h5 app:cli_a"},
			"/trend weekly h5 date:2026-11-09": {"/trend daily h5 app:cli_a date:2026-11-15", "/trend weekly h5 app:cli_a date:2026-11-09", "/trend monthly h5 app:cli_a date:2026-11-15"},
		} {
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: true})
			for _, cmd := range want {
				if card := string(a.Card.JSON()); !strings.Contains(card, `"cmd":"`+cmd+`"`) {
					t.Errorf("%s does not offer %s:\n%s", line, cmd, card)
				}
			}
		}
	})
}

// TestAsk_CutOff returns the card without its chart if there is no time for it.
func TestAsk_CutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)))
		s := newScene(t)
		s.figures = func(ctx context.Context, ask usage.Request) (usage.Figures, error) {
			if ask.Date.Before(usage.NewDate(2026, 11, 1)) {
				_ = sleep(ctx, time.Minute)
			}
			return usage.Figures{usage.ActiveUsers: 42}, nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if a := s.bot.Ask(ctx, "/usage weekly"); a.Problem || !strings.Contains(a.Card.Text(), "42") {
			t.Errorf("got\n%s", a.Card.JSON())
		}
	})
}

// TestUsage_MetricFirst puts the metric that was asked for before the others: in the figures, the summary and the chart.
func TestUsage_MetricFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)))
		s := newScene(t)
		s.figures = func(context.Context, usage.Request) (usage.Figures, error) {
			return usage.Figures{usage.ActiveUsers: 42, usage.PageViews: 777, usage.Opens: 55}, nil
		}
		for line, want := range map[string]string{
			"/usage h5 weekly 指标:页面访问数": "页面访问数 777", "/usage mp metric:opens": "打开次数 55", "/usage h5": "活跃用户数 42", "/usage all metric:pv": "页面访问数 777",
		} {
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: true})
			card := string(a.Card.JSON())
			summary, _, _ := strings.Cut(card, `"header"`)
			if !strings.Contains(summary, want) {
				t.Errorf("%s: the summary is %s, want %q in it", line, summary, want)
			}
			name, value, _ := strings.Cut(want, " ")
			if at := strings.Index(card, `"content":"`+value+`"`); !strings.Contains(line, "all") && (at < 0 || strings.Contains(card[:at], `"content":"42"`) && value != "42") {
				t.Errorf("%s: %s %s is not the first figure:\n%s", line, name, value, card)
			}
		}
	})
}

// TestFutureDay_ToastAndNoNewCard picks a day that is still to come. The platform's date picker has no bounds.
func TestFutureDay_ToastAndNoNewCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 25, 11, 0, 0, 0, time.UTC)))
		s := newScene(t)
		res, err := s.bot.Handle(t.Context(), &events.Event{ID: "e9", Click: &events.Click{
			OperatorID: "ou_1", MessageID: "om_card", ChatID: "oc_1", Option: "2026-12-24 +0800",
			Value: map[string]any{"cmd": "/usage daily h5 app:cli_a", "with": "date"},
		}})
		if err != nil || res.Card != nil || res.Toast == nil || !strings.Contains(res.Toast.Content, "2026-12-24") {
			t.Errorf("%+v, %v", res, err)
		}
		synctest.Wait()
		if lines := s.desk.String(); lines != "" {
			t.Errorf("the card was changed: %s", lines)
		}
	})
}
