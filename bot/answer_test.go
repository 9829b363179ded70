package bot

import (
	"context"
	"strings"
	"testing"
	"time"

	"usagebot/bot/command"
	"usagebot/reports"
)

// TestAnswer_Panic_IsAProblemWithAReference: a fault of the program reaches the person as a reference to its log line.
func TestAnswer_Panic_IsAProblemWithAReference(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.bot.answers.handlers["help"] = func(context.Context, conversation, Request, command.Command) (Answer, error) {
		panic("a secret detail")
	}
	a := s.asks(t, "ou_1", "/help")
	card := string(a.Card.JSON())
	if !a.Problem || !strings.Contains(card, "E-") || strings.Contains(card, "secret detail") || strings.Contains(card, ".go:") {
		t.Errorf("the answer is %s", card)
	}
}

// TestAnswer_Lines holds what the buttons of some answers carry.
func TestAnswer_Lines(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.organise(t, tree())
	for _, tt := range []struct {
		line      string
		said, not []string
	}{
		{"/top weekly dept:后端组", []string{"/top weekly app dept:od-rd"}, nil}, // the way up
		{"/subscribe form", []string{`"initial_option":"mon"`, "应用整体 · 周报"}, nil},
		{"/history", nil, []string{"abcdef"}},
	} {
		s.asks(t, "ou_1", tt.line).has(t, tt.line, tt.said, tt.not...)
	}
}

// TestOwnerNotices_NameTheirChat: an owner has subscriptions in several chats.
func TestOwnerNotices_NameTheirChat(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.notes.chatName = "周会"
	sub := reports.Subscription{ID: "abcdef", ChatID: "oc_1", OwnerID: "ou_1", AppID: "cli_a", Schedule: reports.Schedule{Cycle: 1, Zone: "Asia/Shanghai"}}
	card := s.bot.Digests().OwnerNotice(t.Context(), []reports.Notice{{Subscription: sub, Reason: reports.ChatForbids, At: time.Now()}})
	if !strings.Contains(string(card.JSON()), "周会") {
		t.Errorf("the notice is %s", card.JSON())
	}
}
