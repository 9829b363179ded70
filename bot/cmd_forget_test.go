package bot

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/feishu/events"

	"usagebot/access"
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
	if card := forget(); !strings.Contains(card, "已忘记你") || s.states() != "removed removed" {
		t.Errorf("%s\n%s", s.states(), card)
	}
}

// TestReleaseSubscription gives a subscription to a new owner, removes one, and leaves one alone that has another owner by now.
func TestReleaseSubscription(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		owner, heir string
		want        string // whose it is then, and whether digests go out
		act         access.Act
		told        int // notices
	}{
		"there is an heir":     {"ou_1", "ou_heir", "ou_heir active", access.HandedOver, 1},
		"there is none":        {"ou_1", "", "ou_1 removed", access.Removed, 0},
		"somebody else has it": {"ou_2", "", "", "", 0},
	} {
		was := reports.Subscription{ID: "k7q2mw", OwnerID: tt.owner, State: reports.Active}
		is, e := was, releaseSubscription(time.Now(), Request{UserID: "ou_1", ChatID: "oc_1"}, was.ID, tt.heir)
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
