package bot

import (
	"testing"
	"testing/synctest"

	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/usage"
)

// order keeps a subscription of a chat.
func (s *scene) order(id, chatID, ownerID string) {
	daily := reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "UTC"}
	s.notes.ledger.kept = append(s.notes.ledger.kept, reports.Subscription{
		ID: id, ChatID: chatID, OwnerID: ownerID, AppID: "cli_a", Ability: usage.AppAbility, State: reports.Active, Schedule: daily,
	})
}

func (s *scene) state(id string) reports.SubscriptionState {
	for _, k := range s.notes.ledger.kept {
		if k.ID == id {
			return k.State
		}
	}
	return ""
}

// TestManage_AnotherChatsSubscription_IsOutOfReach asks by the id of a subscription that somebody else has in another chat:
// in direct messages, where everybody manages what is there, and in a group.
func TestManage_AnotherChatsSubscription_IsOutOfReach(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"/pause zzzzzz", "/resume zzzzzz", "/unsubscribe zzzzzz confirm", "/history zzzzzz", "/test zzzzzz", "/retry zzzzzz date:2026-11-22",
	} {
		for _, single := range []bool{true, false} {
			for _, click := range []bool{true, false} {
				synctest.Test(t, func(t *testing.T) {
					s := newScene(t)
					s.notes.info = feishu.ChatInfo{OwnerID: "ou_1"}
					s.order("zzzzzz", "oc_2", "ou_2")
					a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: single, Click: click, For: "ou_1"})
					if got := s.state("zzzzzz"); got != reports.Active || !a.Problem {
						t.Errorf("%s (direct messages: %v, click: %v): it is %s, and a problem is told: %v", line, single, click, got, a.Problem)
					}
				})
			}
		}
	}
}

// TestManage_OwnSubscription_FromElsewhere is what notices to the owner are for.
func TestManage_OwnSubscription_FromElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.order("zzzzzz", "oc_2", "ou_1")
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/pause zzzzzz", Single: true})
		if got := s.state("zzzzzz"); got != reports.Paused || a.Problem {
			t.Errorf("it is %s:\n%s", got, a.Card.JSON())
		}
	})
}

func TestManage_InAGroup_OwnerManagersSubscriberAdmins(t *testing.T) {
	t.Parallel()
	for who, want := range map[string]reports.SubscriptionState{
		"ou_1": reports.Paused, "ou_owner": reports.Paused, "ou_manager": reports.Paused, "ou_admin": reports.Paused, "ou_2": reports.Active,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.rights.Admins = []string{"ou_admin"}
			s.notes.info = feishu.ChatInfo{OwnerID: "ou_owner", Managers: []string{"ou_manager"}}
			s.order("zzzzzz", "oc_1", "ou_1")
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: who, Text: "/pause zzzzzz"})
			if got := s.state("zzzzzz"); got != want || a.Problem != (want == reports.Active) {
				t.Errorf("%s: it is %s, want %s", who, got, want)
			}
		})
	}
}

// TestSettings_ByClick_AsTyped sets a language in direct messages and in a group, typed and by a click, with a chat that can
// be read and with one that cannot.
func TestSettings_ByClick_AsTyped(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		info feishu.ChatInfo
		err  error
		told func(*scene, *testing.T) // how the bot heard of the chat
		want bool
	}{
		"direct messages": {want: true},
		"direct messages that cannot be read, after a word": {err: errDenied, want: true, told: (*scene).typedHelp},
		"direct messages that cannot be read, entered":      {err: errDenied, want: true, told: (*scene).entered},
		"direct messages that could be read before":         {err: errDenied, want: true, told: (*scene).clickedBefore},
		"a chat of which nothing is known":                  {err: errDenied, want: false},
		"a group that cannot be read":                       {info: feishu.ChatInfo{OwnerID: "ou_owner"}, err: errDenied, want: false},
		"a group of another owner":                          {info: feishu.ChatInfo{OwnerID: "ou_owner"}, want: false},
		"a group of one's own":                              {info: feishu.ChatInfo{OwnerID: "ou_1"}, want: true},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.notes.info = tt.info
			if tt.told != nil {
				tt.told(s, t)
			}
			s.notes.chatErr = tt.err
			r, err := s.click("/settings lang:en")
			if err != nil {
				t.Fatal(err)
			}
			if done := s.notes.set.Language == "en"; done != tt.want || (r.Card != nil) != tt.want {
				t.Errorf("%s: set: %v, want %v; it says %+v", name, done, tt.want, r.Toast)
			}
		})
	}
}

func (s *scene) typedHelp(t *testing.T) {
	t.Helper()
	if _, err := s.say("/help"); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

func (s *scene) entered(t *testing.T) {
	t.Helper()
	e := &feishu.Event{ID: "e9", Type: feishu.SingleChatEntered, Chat: &feishu.ChatChange{ID: "oc_1", OperatorID: "ou_1"}}
	if _, err := s.bot.Handle(t.Context(), e); err != nil {
		t.Fatal(err)
	}
}

func (s *scene) clickedBefore(t *testing.T) {
	t.Helper()
	if _, err := s.click("/settings lang:zh"); err != nil {
		t.Fatal(err)
	}
}

// TestManage_OwnerChanges_SeenAtItsEvent has a group handed over right after its former owner managed it.
func TestManage_OwnerChanges_SeenAtItsEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.notes.info = feishu.ChatInfo{OwnerID: "ou_1"}
		set := func(who, lang string) bool {
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: who, Text: "/settings lang:" + lang})
			return !a.Problem
		}
		if !set("ou_1", "en") || set("ou_2", "zh") {
			t.Error("before, the owner may not, or another may")
		}
		s.notes.info.OwnerID = "ou_2"
		e := &feishu.Event{ID: "e1", Type: feishu.ChatUpdated, Chat: &feishu.ChatChange{ID: "oc_1", OwnerID: "ou_2", FormerOwnerID: "ou_1"}}
		if _, err := s.bot.Handle(t.Context(), e); err != nil {
			t.Fatal(err)
		}
		if set("ou_1", "zh") || !set("ou_2", "zh") {
			t.Error("after, the former owner may, or the new one may not")
		}
	})
}
