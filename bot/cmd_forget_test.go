package bot

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/feishu/events"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/usage"
)

// ordered is a scene in which the person has a digest in direct messages, and one in a group.
func ordered(t *testing.T) *scene {
	t.Helper()
	s := newScene(t)
	daily := reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "UTC"}
	s.notes.ledger.kept = []reports.Subscription{
		{ID: "aaaaaa", ChatID: "oc_1", Single: true, OwnerID: "ou_1", AppID: "cli_a", Ability: usage.AppAbility, State: reports.Active, Schedule: daily},
		{ID: "bbbbbb", ChatID: "oc_2", OwnerID: "ou_1", AppID: "cli_a", Ability: usage.AppAbility, State: reports.Active, Schedule: daily},
	}
	return s
}

func (s *scene) states() string {
	var states []string
	for _, kept := range s.notes.ledger.kept {
		states = append(states, string(kept.State))
	}
	return strings.Join(states, " ")
}

// press clicks, as one person, on a button that asks another.
func (s *scene) press(t *testing.T, by, asked, line string) events.Response {
	t.Helper()
	value := map[string]any{"cmd": line}
	if asked != "" {
		value["for"] = asked
	}
	got, err := s.bot.Handle(t.Context(), &events.Event{ID: "e-" + by + asked, Click: &events.Click{OperatorID: by, MessageID: "om_card", ChatID: "oc_1", Value: value}})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return got
}

// TestConfirm_OnlyByThePersonAsked clicks as another person, then on a button that asks nobody, then as the person asked.
func TestConfirm_OnlyByThePersonAsked(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{"/forget-me confirm": "removed removed", "/unsubscribe aaaaaa confirm": "removed active"} {
		synctest.Test(t, func(t *testing.T) {
			s := ordered(t)
			s.notes.ledger.kept[1].OwnerID = "ou_1"
			if got := s.press(t, "ou_2", "ou_1", line); got.Toast == nil || !strings.Contains(got.Toast.Content, "需要发起操作的人本人确认") || s.states() != "active active" {
				t.Errorf("%s by somebody else: %+v, %s", line, got.Toast, s.states())
			}
			if got := string(s.press(t, "ou_1", "", line).Card); !strings.Contains(got, `"for":"ou_1"`) || s.states() != "active active" {
				t.Errorf("%s of a card that asked nobody: %s, %s", line, got, s.states())
			}
			if got := s.press(t, "ou_1", "ou_1", line); got.Card == nil || s.states() != want {
				t.Errorf("%s by who was asked: %+v, %s", line, got.Toast, s.states())
			}
		})
	}
}

// TestForget_ChatUnreadable_DigestStays has the platform fail for now, and then refuse for good.
func TestForget_ChatUnreadable_DigestStays(t *testing.T) {
	t.Parallel()
	s := ordered(t)
	forget := func() string {
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/forget-me confirm", Single: true})
		return string(a.Card.JSON())
	}
	s.notes.chatErr = &feishu.Error{Status: 503, Class: feishu.Retry}
	if card := forget(); !strings.Contains(card, "过几分钟再试") || s.states() != "active active" {
		t.Errorf("%s\n%s", s.states(), card)
	}
	s.notes.chatErr = &feishu.Error{Status: 400, Code: 232009, Class: feishu.Invalid}
	if card := forget(); !strings.Contains(card, "已删除你的信息") || s.states() != "removed removed" {
		t.Errorf("%s\n%s", s.states(), card)
	}
}

// TestReleaseSubscription gives a subscription to a new owner, removes one, and leaves one alone that has another owner by now.
func TestReleaseSubscription(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		owner, newOwner string
		want            string // whose it is then, and whether digests go out
		act             access.Act
		told            int // notices
	}{
		"there is a new owner": {"ou_1", "ou_new", "ou_new active", access.HandedOver, 1},
		"there is none":        {"ou_1", "", "ou_1 removed", access.Removed, 0},
		"somebody else has it": {"ou_2", "", "", "", 0},
	} {
		was := reports.Subscription{ID: "k7q2mw", OwnerID: tt.owner, State: reports.Active}
		is, e := was, releaseSubscription(time.Now(), Request{UserID: "ou_1", ChatID: "oc_1"}, was.ID, tt.newOwner)
		err := e.Change(&is)
		if tt.want == "" {
			if !errors.Is(err, reports.ErrUnchanged) || is != was {
				t.Errorf("%s: %v, %+v", name, err, is)
			}
			continue
		}
		if got := is.OwnerID + " " + string(is.State); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, tt.want)
		}
		entry := e.Entry(was, is)
		if entry.Act != tt.act || entry.By != "ou_1" || entry.Of != was.ID || entry.ChatID != "oc_1" || entry.Before == entry.After || entry.At.IsZero() {
			t.Errorf("%s: recorded as %+v", name, entry)
		}
		if len(e.Notices) != tt.told {
			t.Errorf("%s: %d notices", name, len(e.Notices))
		}
	}
}

// TestForget_WaitingQuestion has a question wait for the platform, or for another process, while the person who asked is
// forgotten. It gets no figures, nothing of the person is stored afterwards, and it cannot be followed up.
func TestForget_WaitingQuestion(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"/usage weekly", "/trend weekly", "/top weekly"} {
		for name, rescued := range map[string]bool{"here": false, "another process": true} {
			t.Run(line+", "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newScene(t)
					s.took = 20 * time.Second
					asked := time.Now()
					if !rescued {
						go func() { _, _ = s.say(line) }()
						time.Sleep(10 * time.Second)
						if len(s.notes.keysOf("ou_1")) == 0 {
							t.Fatal("the question is not remembered")
						}
					}
					forgotten := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/forget-me confirm", Single: true, At: time.Now()})
					if forgotten.Problem {
						t.Fatalf("%s", forgotten.Card.JSON())
					}
					if rescued {
						job, err := json.Marshal(Request{Key: messageKey, MessageID: "om_1", ChatID: "oc_1", UserID: "ou_1", Text: line, At: asked.Add(-time.Second)})
						if err != nil {
							t.Fatal(err)
						}
						s.leave(t, job)
						s.rescue(t)
					}
					time.Sleep(time.Minute)
					synctest.Wait()
					if lines := s.desk.String(); strings.Contains(lines, "figures") || !strings.HasSuffix(lines, "problem") {
						t.Errorf("the question got %s", lines)
					}
					if keys := append(s.notes.keysOf("ou_1"), s.notes.keysOf("oc_1")...); len(keys) != 0 {
						t.Errorf("stored afterwards: %q", keys)
					}
					s.took = 0
					if a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "那呢", Single: true, At: time.Now()}); !strings.Contains(string(a.Card.JSON()), "/help") {
						t.Errorf("followed up:\n%s", a.Card.JSON())
					}
					if a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: true, At: time.Now()}); a.Problem {
						t.Errorf("asked again:\n%s", a.Card.JSON())
					}
				})
			})
		}
	}
}

// TestForget_TriedAgain answers the request to be forgotten, also when another process tries it again, and the questions of
// other people.
func TestForget_TriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		answer := func(who, line string, at time.Time) string {
			return string(s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: who, Text: line, Single: true, At: at}).Card.JSON())
		}
		asked := time.Now()
		time.Sleep(time.Second)
		for range 2 {
			if card := answer("ou_1", "/forget-me confirm", asked); !strings.Contains(card, "已删除你的信息") {
				t.Errorf("it is not done:\n%s", card)
			}
			time.Sleep(time.Second)
		}
		if card := answer("ou_2", "/usage", asked); !strings.Contains(card, `"42"`) {
			t.Errorf("somebody else:\n%s", card)
		}
		if card := answer("ou_1", "/subscribe daily", asked); strings.Contains(card, "订阅") || !strings.Contains(card, "删除了自己的信息") {
			t.Errorf("a command from before:\n%s", card)
		}
	})
}

// TestForget_Nobody refuses to forget an empty id, which would match what belongs to nobody.
func TestForget_Nobody(t *testing.T) {
	t.Parallel()
	s := ordered(t)
	s.notes.ledger.kept[0].OwnerID = ""
	cmd := command.Command{Name: "forget-me", Args: command.Args{Confirm: true}}
	if _, err := s.bot.forget.forgetMe(t.Context(), s.bot.answers.in(t.Context(), ""), Request{}, cmd); err == nil || s.states() != "active active" {
		t.Errorf("%v, %s", err, s.states())
	}
}
