package e2e

import (
	"errors"
	"strings"
	"testing"

	"usagebot/access"
	"usagebot/config"
	"usagebot/reports"
)

// TestWelcome_Person_Once opens the direct message chat twice, as a person who may see figures and as one who may not.
func TestWelcome_Person_Once(t *testing.T) {
	t.Parallel()
	for mode, offers := range map[config.Access]bool{config.Everyone: true, config.Listed: false} {
		h := withAccess(t, mode)
		for range 2 {
			d, err := h.Enter(t.Context(), h.me)
			taken(t, h.Sandbox, d, err)
			h.handled(t)
		}
		got := h.BotMessages(h.p2p)
		if len(got) != 1 {
			t.Fatalf("%d welcomes, want 1", len(got))
		}
		if strings.Contains(got[0].Content, "/subscribe weekly") != offers || !strings.Contains(got[0].Content, "/help") {
			t.Errorf("%s: the welcome offers what is not to be had, or lacks what is:\n%s", mode, got[0].Content)
		}
	}
}

// TestMenu_AnsweredInDirectMessage uses its entries, and one that is not ours.
func TestMenu_AnsweredInDirectMessage(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone)
	id := h.subscribed(t, "/subscribe weekly 10:30")
	for key, want := range map[string]string{"usage": "2026-11-24", "help": "/用量", "subs": id, "other": ""} {
		before := len(h.BotMessages(h.p2p))
		d, err := h.PressMenu(t.Context(), h.me, key)
		d = taken(t, h.Sandbox, d, err)
		if _, err := h.Repeat(t.Context(), d.EventID); err != nil {
			t.Fatal(err)
		}
		h.handled(t)
		got := h.BotMessages(h.p2p)[before:]
		if n := map[bool]int{true: 0, false: 1}[want == ""]; len(got) != n {
			t.Fatalf("%s: %d answers, want %d", key, len(got), n)
		}
		if len(got) > 0 && !strings.Contains(got[0].Content, want) {
			t.Errorf("%s: the answer lacks %q:\n%s", key, want, got[0].Content)
		}
	}
}

// TestForget_HandsOverAndErases has subscriptions, a role and a past.
func TestForget_HandsOverAndErases(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Listed)
	h.grant(t, access.Person, h.me, access.Viewer, "")
	h.grant(t, access.Person, h.People()[1].OpenID, access.Viewer, "") // nothing is handed over to people who may not see it
	group := h.AddGroup("周会", h.People()[1].OpenID, h.me)
	single := h.subscribed(t, "/subscribe weekly 10:30")
	theirs := h.subscribe(t, group.ID, h.me)
	h.say(t, "/forget-me").has("删除你的个人信息", "1 个订阅会转交给群主", "1 个订阅会取消", "代号")
	if s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), single); err != nil || s.State != reports.Active {
		t.Fatalf("it did not ask first: %v", s.State)
	}
	h.say(t, "/忘记我 确认").has("已删除你的信息")
	for id, owner := range map[string]string{theirs: h.People()[1].OpenID, single: ""} {
		s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id)
		if owner == "" && !errors.Is(err, reports.ErrNotFound) || owner != "" && (err != nil || s.OwnerID != owner) {
			t.Errorf("%s: %s, owned by %s, %v", id, s.State, s.OwnerID, err)
		}
	}
	list, err := h.app.SQL.Audit.Changes(t.Context(), "", 50)
	if err != nil || len(list) < 4 {
		t.Fatalf("%v, %v", list, err)
	}
	for _, c := range list {
		if strings.Contains(c.By+c.Of+c.Before+c.After, h.me) {
			t.Errorf("the record still has the person: %+v", c)
		}
	}
	if got := verdict("/usage weekly", h.sayText(t, "/usage weekly")); got != "no viewer" {
		t.Errorf("the role is still there: %s", got)
	}
	h.Clock().Advance(noticesGathered)
	newOwner, _ := h.Single(h.People()[1].OpenID)
	await(t, "the new owner gets a notice", func() bool {
		list := h.BotMessages(newOwner.ID)
		return len(list) == 1 && strings.Contains(list[0].Content, theirs)
	})
}

// TestLimits_Words subscribes to more than a chat may have, and than all may.
func TestLimits_Words(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone, func(c *config.Config) { c.MaxSubscriptionsPerChat, c.MaxSubscriptions = 2, 3 })
	h.subscribed(t, "/subscribe daily")
	h.subscribed(t, "/subscribe weekly")
	h.say(t, "/subscribe monthly").has("2 个）")
	h.subscribed(t, "/subscribe weekly 9:00") // an existing subscription may be changed
	adminChat, _ := h.Single(h.admin())
	h.subscribedAs(t, h.admin(), adminChat.ID, "/subscribe daily")
	h.sayAs(t, h.admin(), adminChat.ID, "/subscribe weekly").has("全部会话", "3 个")
}

// TestLimits_OfOnePerson subscribes in several chats: active and paused ones count until they are removed or handed over,
// other people are not affected, and administrators have no limit.
func TestLimits_OfOnePerson(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone, func(c *config.Config) { c.MaxSubscriptionsPerPerson = 2 })
	group := h.AddGroup("周会", h.me, h.People()[1].OpenID).ID
	id := h.subscribed(t, "/subscribe daily")
	h.say(t, "/pause "+id)
	h.subscribedAs(t, h.me, group, "/subscribe daily")
	h.say(t, "/subscribe weekly").has("每人的上限", "对应的会话", "2 个", "转交", "取消")
	h.sayAs(t, h.me, group, "/subscribe weekly").has("2 个")
	h.say(t, "/subscribe daily 9:00").lacks("上限") // an existing subscription may be changed
	h.say(t, "/unsubscribe "+id+" confirm")
	h.subscribed(t, "/subscribe weekly")
	adminChat, _ := h.Single(h.admin())
	for _, cycle := range []string{"daily", "weekly", "monthly"} {
		h.subscribedAs(t, h.admin(), adminChat.ID, "/subscribe "+cycle)
	}
}

// TestRateLimit_SaidEachTime asks more often than is answered: each time the person is told how long to wait.
func TestRateLimit_SaidEachTime(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone, func(c *config.Config) { c.RatePerson = 2 })
	for range 2 { // with the two that follow, as many as may go to a chat in a second without an answer's reserved place
		h.sayAs(t, h.me, h.p2p, "/help").has("帮助")
	}
	for range 2 {
		h.sayAs(t, h.me, h.p2p, "/help").has("请等", "秒", "2 次")
	}
	adminChat, _ := h.Single(h.admin())
	h.sayAs(t, h.admin(), adminChat.ID, "/help").has("帮助")
}

// TestAudit_EachChange_Recorded makes each change once, and reads the record.
func TestAudit_EachChange_Recorded(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone)
	adminChat, _ := h.Single(h.admin())
	do := func(line string) answer { return h.sayAs(t, h.admin(), adminChat.ID, line) }
	id := h.subscribedAs(t, h.admin(), adminChat.ID, "/subscribe weekly 10:30")
	for _, line := range []string{
		"/subscribe weekly 9:00", "/pause " + id, "/resume " + id, "/admin hand-over " + id + " @" + h.me, "/admin run " + id, "/settings lang:zh",
		"/admin grant @" + h.me + " viewer", "/admin revoke @" + h.me + " confirm", "/unsubscribe " + id + " confirm",
	} {
		do(line).lacks("出错了", "没看懂")
	}
	list, err := h.app.SQL.Audit.Changes(t.Context(), "", 50)
	if err != nil {
		t.Fatal(err)
	}
	var acts []string
	for _, c := range list {
		acts = append(acts, string(c.Act))
		if c.By != h.admin() || c.ChatID != adminChat.ID || c.At.IsZero() || c.Before == "" && c.After == "" {
			t.Errorf("an entry that says too little: %+v", c)
		}
		if !strings.Contains(h.log.String(), `"act":"`+string(c.Act)+`"`) {
			t.Errorf("%s is not in the log", c.Act)
		}
	}
	if got, want := strings.Join(acts, " "), "remove revoke grant settings run hand_over resume pause change subscribe"; got != want {
		t.Errorf("recorded: %s\nwant:     %s", got, want)
	}
	do("/admin audit "+id).has("10:30", "09:00", "已暂停", "用量助手", h.me).lacks("state:paused", "/subscribe")
	do("/admin status").has("版本", "1 个副本", "SQLite", "内置")
	do("/admin subs").has("没有符合条件的订阅")
	do("/admin chats").lacks("出错了")
	do("/admin history").lacks("出错了")
}
