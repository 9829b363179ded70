package e2e

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"usagebot/config"
)

// TestAdminSubs_PagesAndHandOver looks for the seventh of seven subscriptions, and gives it to its group's owner
// by choosing him.
func TestAdminSubs_PagesAndHandOver(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone)
	newOwner := h.People()[1].OpenID
	for i := range 7 {
		h.subscribe(t, h.AddGroup(fmt.Sprint("群", i), newOwner, h.me).ID, h.me)
	}
	adminChat, _ := h.Single(h.admin())
	first := h.sayAs(t, h.admin(), adminChat.ID, "/admin subs").has("7 个订阅", "第 1 页", "@"+h.me)
	second := h.press(t, first, h.admin(), "下一页").has("第 2 页", "上一页").lacks("下一页")
	last := regexp.MustCompile(`/pause ([a-z2-7]{6})`).FindStringSubmatch(second.text())[1]
	asked := h.press(t, second, h.admin(), "转交").has(last, "交给谁", "@"+h.me)
	if !strings.Contains(asked.Content, `"value":"`+newOwner+`"`) {
		t.Errorf("the group's owner cannot be chosen:\n%s", asked.Content)
	}
	h.pick(t, asked, h.admin(), "person", newOwner).has(last, "@"+newOwner)
	if s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), last); err != nil || s.OwnerID != newOwner {
		t.Errorf("it is %s's, %v", s.OwnerID, err)
	}
	h.sayAs(t, h.admin(), adminChat.ID, "/admin subs page:99").has(last, "第 2 页")
	h.sayAs(t, h.admin(), adminChat.ID, "/admin chats").lacks("下一页")
}

// TestAdminSubs_OthersSubscriptions_Refused asks to be forgotten in a group, where somebody else presses the button.
func TestAdminSubs_OthersSubscriptions_Refused(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	other := h.People()[1].OpenID
	group := h.AddGroup("群", h.me, other).ID
	room, _ := h.Single(other)
	for chat, owner := range map[string]string{room.ID: other, h.p2p: h.me} {
		h.subscribe(t, chat, owner)
	}
	card := h.sayIn(t, group, "/forget-me").has("/forget-me confirm")
	if got := h.clickAction(t, card, other, map[string]any{"tag": "button", "value": card.button("删除")}); !strings.Contains(got, "需要发起操作的人本人确认") {
		t.Errorf("somebody else gets %q", got)
	}
	for chat, want := range map[string]int{room.ID: 1, h.p2p: 1} {
		if list, err := h.app.SQL.Subscriptions.InChat(t.Context(), chat); err != nil || len(list) != want {
			t.Errorf("%d subscriptions, %v", len(list), err)
		}
	}
	h.press(t, card, h.me, "删除").has("已删除你的信息")
	if list, err := h.app.SQL.Subscriptions.InChat(t.Context(), room.ID); err != nil || len(list) != 1 {
		t.Errorf("the other has %d subscriptions, %v", len(list), err)
	}
}
