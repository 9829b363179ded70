package bot

import (
	"strings"
	"testing"
	"testing/synctest"

	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/usage"
)

// ordered is a scene in which the person has a digest in his single chat, and one in a group.
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

// press is a click of somebody on a button that is for somebody.
func (s *scene) press(t *testing.T, by, asked, line string) feishu.Response {
	t.Helper()
	value := map[string]any{"cmd": line}
	if asked != "" {
		value["for"] = asked
	}
	got, err := s.bot.Handle(t.Context(), &feishu.Event{ID: "e-" + by + asked, Click: &feishu.Click{OperatorID: by, MessageID: "om_card", ChatID: "oc_1", Value: value}})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return got
}

// TestOnlyWhoWasAskedConfirms has somebody else press the button, then one that asked nobody pressed, then the right one.
func TestOnlyWhoWasAskedConfirms(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{"/forget-me confirm": "removed removed", "/unsubscribe aaaaaa confirm": "removed active"} {
		synctest.Test(t, func(t *testing.T) {
			s := ordered(t)
			s.notes.ledger.kept[1].OwnerID = "ou_1"
			if got := s.press(t, "ou_2", "ou_1", line); got.Toast == nil || !strings.Contains(got.Toast.Content, "在等别人确认") || s.states() != "active active" {
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

// TestAGroupKeepsItsDigestWhileItsOwnerCannotBeAskedFor has the platform fail for a while, and then refuse for good.
func TestAGroupKeepsItsDigestWhileItsOwnerCannotBeAskedFor(t *testing.T) {
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
	if card := forget(); !strings.Contains(card, "已忘记你") || s.states() != "removed removed" {
		t.Errorf("%s\n%s", s.states(), card)
	}
}
