package bot

import (
	"testing"
	"testing/synctest"

	"usagebot/feishu/events"

	"usagebot/bot/command"
	"usagebot/feishu"
)

// TestClickRequest checks the completed line, which is persisted so that another process can carry it out.
func TestClickRequest(t *testing.T) {
	t.Parallel()
	r := requestReader{grammar: command.NewRegistry(command.Builtin()...)}
	for want, c := range map[string]events.Click{
		"/usage weekly":                 {Value: map[string]any{"cmd": "/usage weekly"}, Option: "x"},
		"/usage weekly date:2025-06-10": {Value: map[string]any{"cmd": "/usage weekly", "with": "date"}, Option: "2025-06-10 +0800", Tag: "date_picker"},
		"/subscribe daily 05:05":        {Value: map[string]any{"cmd": "/subscribe"}, Form: map[string]any{"cycle": "daily", "time": "05:05 +0800"}},
	} {
		if req, ok := r.click(&events.Event{ID: "e1", Click: &c}); !ok || req.Text != want {
			t.Errorf("a click is %q, %v, want %q", req.Text, ok, want)
		}
	}
	if req, ok := r.click(&events.Event{ID: "e1", Click: &events.Click{Value: map[string]any{"cmd": "/usage", "with": "date"}}}); ok {
		t.Errorf("a click without an option is %q", req.Text)
	}
}

func TestRefusal_ExternalPeopleAndChats(t *testing.T) {
	t.Parallel()
	message := func(own, sender, chatType string) *events.Event {
		return &events.Event{ID: "e", TenantKey: own, Message: &events.Message{
			ID: "om_1", ChatID: "oc_1", ChatType: chatType, TenantKey: sender, SenderType: "user", SenderID: "ou_1",
			Mentions: []events.Mention{{Key: "@_user_1", Kind: "bot"}},
		}}
	}
	click := func(own, operator string) *events.Event {
		return &events.Event{ID: "e", TenantKey: own, Click: &events.Click{
			ChatID: "oc_1", TenantKey: operator, OperatorID: "ou_1", Value: map[string]any{"cmd": "/usage"},
		}}
	}
	for name, tt := range map[string]struct {
		event    *events.Event
		external bool // the chat is shared
		allow    bool
		want     bool
	}{
		"a colleague":                           {message("t1", "t1", feishu.SingleChat), false, false, false},
		"somebody of another organisation":      {message("t1", "t2", feishu.SingleChat), false, false, true},
		"the same where they are let in":        {message("t1", "t2", feishu.SingleChat), false, true, false},
		"nobody knows whose":                    {message("t1", "", feishu.SingleChat), false, false, false},
		"a colleague in a chat that is shared":  {message("t1", "t1", feishu.GroupChat), true, false, true},
		"the same where it is let in":           {message("t1", "t1", feishu.GroupChat), true, true, false},
		"a colleague in a group":                {message("t1", "t1", feishu.GroupChat), false, false, false},
		"a click of somebody else":              {click("t1", "t2"), false, false, true},
		"a click in a chat that is shared":      {click("t1", "t1"), true, false, true},
		"a use of the menu, which tells nobody": {&events.Event{ID: "e", TenantKey: "t1", Menu: &events.MenuClick{Key: "help", OperatorID: "ou_1"}}, true, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.notes.info.External = tt.external
				s.set(func(o *Settings) { o.AnswerExternal = tt.allow })
				req, ok := s.bot.reader.request(tt.event)
				for range 2 { // the second time from memory
					if got := s.bot.answers.refusal(t.Context(), req); !ok || (got != nil) != tt.want {
						t.Errorf("got %v, %v", got, ok)
					}
				}
			})
		})
	}
}

func TestWelcome_SharedChat(t *testing.T) {
	t.Parallel()
	for allow, want := range map[bool]int{false: 0, true: 1} {
		s := newScene(t)
		s.set(func(o *Settings) { o.AnswerExternal = allow })
		s.notes.welcomed = true
		if err := s.bot.events.welcome(t.Context(), &events.ChatChange{ID: "oc_1", External: true}); err != nil || s.notes.welcomes != want {
			t.Errorf("greeted %d times, %v; want %d", s.notes.welcomes, err, want)
		}
	}
}
