package e2e

import (
	"strings"
	"testing"

	"usagebot/config"
	"usagebot/reports"
)

// TestExternal_Group_FromItsEventOn has a group become external, and then the organisation's own again, also while the bot may
// not read chats.
func TestExternal_Group_FromItsEventOn(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone)
	group := h.Group().ID
	id := h.subscribedAs(t, h.admin(), group, "/subscribe weekly 10:30")
	state := func(want reports.SubscriptionState, reason reports.Reason) {
		t.Helper()
		if s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id); err != nil || s.State != want || s.Reason != reason {
			t.Errorf("the subscription is %s (%s), %v; want %s (%s)", s.State, s.Reason, err, want, reason)
		}
	}
	share := func(external bool) {
		t.Helper()
		d, err := h.Share(t.Context(), group, h.admin(), external)
		taken(t, h.Sandbox, d, err)
		h.handled(t)
	}
	h.sayAs(t, h.admin(), group, "/usage weekly").has("活跃用户")
	h.Revoke("im:chat:read")
	share(true)
	state(reports.Paused, reports.ChatExternal)
	h.sayAs(t, h.admin(), group, "/usage weekly").has("不在外部群里回答").lacks("活跃用户")
	adminChat, _ := h.Single(h.admin())
	h.sayAs(t, h.admin(), adminChat.ID, "/usage weekly").has("活跃用户")
	h.sayAs(t, h.admin(), adminChat.ID, "/resume "+id).has("不在外部群里回答")
	share(false)
	state(reports.Active, "")
	h.sayAs(t, h.admin(), group, "/usage weekly").has("活跃用户")
}

// TestSettings_ByClick_WithoutReadingChats sets a language by a click in direct messages as by a line.
func TestSettings_ByClick_WithoutReadingChats(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone)
	h.Revoke("im:chat:read")
	card := h.say(t, "/settings")
	if got := h.clickCommand(t, card, h.me, "/settings lang:en"); !strings.Contains(got, "Default app") {
		t.Errorf("the settings are not in English:\n%s", got)
	}
	h.say(t, "/help").lacks("帮助")
}
