package e2e

import (
	"testing"
	"time"

	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/usage"
)

// TestOwner_ChatHandedOver_TakesDigests renames a chat and hands it over.
func TestOwner_ChatHandedOver_TakesDigests(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	former, newOwner := h.People()[0].OpenID, h.me
	group := h.AddGroup("周会", former, newOwner)
	h.me = former
	h.sayIn(t, group.ID, "/subscribe daily 10:30")
	h.sayIn(t, group.ID, "/subscribe weekly 10:30")
	theirs, _, err := h.app.SQL.Subscriptions.Subscribe(t.Context(), "", reports.Subscription{
		ID: reports.NewID(), ChatID: group.ID, OwnerID: "ou_somebody", AppID: h.Options().AppID, Ability: usage.Bot,
		Schedule: reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "Asia/Shanghai"}, State: reports.Active, NextDue: at(12, 26, 10, 30),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.me = newOwner
	if _, err := h.Rename(t.Context(), group.ID, "产品周会", former); err != nil {
		t.Fatal(err)
	}
	d, err := h.ChangeOwner(t.Context(), group.ID, newOwner, former)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Repeat(t.Context(), d.EventID); err != nil {
		t.Fatal(err)
	}
	h.handled(t)
	list, err := h.app.SQL.Subscriptions.InChat(t.Context(), group.ID)
	if err != nil {
		t.Fatal(err)
	}
	var handed []string
	for _, s := range list {
		if s.ID != theirs.ID {
			handed = append(handed, s.ID)
		}
		if want := map[bool]string{true: "ou_somebody", false: newOwner}[s.ID == theirs.ID]; s.OwnerID != want {
			t.Errorf("%s is owned by %s, want %s", s.ID, s.OwnerID, want)
		}
	}
	h.Clock().Advance(noticesGathered)
	await(t, "the new owner gets a notice", func() bool { return len(h.ownerNotices()) == 1 })
	word := h.ownerNotices()[0]
	word.t = t
	word.has(append(handed, "产品周会", "已转交给你负责")...).lacks(theirs.ID)
	h.settled(t)
	if n := len(h.BotMessages("")); n != 3 { // two answers and this word
		t.Errorf("%d messages, want 3", n)
	}
}

// TestOwner_LeftTheCompany_ChatOwnerTakesOver has a notice for an owner who has left the company: it goes to the chat's owner.
func TestOwner_LeftTheCompany_ChatOwnerTakesOver(t *testing.T) {
	t.Parallel()
	for code, handed := range map[int]bool{230013: true, 230029: true, 230053: false} {
		h := open(t, wednesday, fastEngine)
		left, newOwner := h.People()[1].OpenID, h.me
		group := h.AddGroup("周会", newOwner, left)
		h.me = left
		id := h.subscribe(t, group.ID, left)
		h.me = newOwner
		single, _ := h.Single(left)
		h.RefuseMessages(single.ID, code)
		h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 230001, Times: 1})
		h.setClock(at(11, 26, 10, 30))
		h.awaitState(t, group.ID, reports.Failed)
		h.Clock().Advance(noticesGathered)
		if !handed {
			await(t, "it was tried", func() bool { return len(h.Calls("message.create")) == 2 })
			h.settled(t)
			if n := len(h.ownerNotices()); n != 0 {
				t.Errorf("%d: the chat's owner got %d notices", code, n)
			}
			continue
		}
		await(t, "it is handed over", func() bool {
			s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id)
			return err == nil && s.OwnerID == newOwner
		})
		h.Clock().Advance(noticesGathered)
		await(t, "the chat's owner gets a notice", func() bool { return len(h.ownerNotices()) == 1 })
		word := h.ownerNotices()[0]
		word.t = t
		word.has("已转交给你负责", "失败")
	}
}

// subscribe subscribes a chat to a daily digest, as somebody.
func (h *testEnv) subscribe(t *testing.T, chat, owner string) string {
	t.Helper()
	stored, _, err := h.app.SQL.Subscriptions.Subscribe(t.Context(), "", reports.Subscription{
		ID: reports.NewID(), ChatID: chat, OwnerID: owner, AppID: h.Options().AppID, Ability: usage.Web,
		Schedule: reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "Asia/Shanghai"}, State: reports.Active, NextDue: at(11, 26, 10, 30),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return stored.ID
}

// TestOwnerNotice_Restart_SentOnce stops the program between an event and its notice, and again between the
// platform's taking the notice and its answer.
func TestOwnerNotice_Restart_SentOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keep := func(c *config.Config) { c.DataDir = dir }
	h := open(t, wednesday, fastEngine, keep)
	again := func() {
		h.app.Stop()
		h.app = h.start(t, fastEngine, keep)
		h.SetWebhook(h.app.URL() + "/webhook/event")
	}
	groups := []string{h.AddGroup("一", h.me).ID, h.AddGroup("二", h.me).ID}
	for _, g := range groups {
		h.subscribe(t, g, h.me)
		if _, err := h.RemoveBot(t.Context(), g, h.me); err != nil {
			t.Fatal(err)
		}
	}
	h.handled(t)
	again()
	h.AddFault(sandbox.Fault{Endpoint: "message.create", DropAnswer: true, Times: 1})
	h.Clock().Advance(noticesGathered)
	await(t, "the owner gets a notice", func() bool { return len(h.ownerNotices()) == 1 })
	again()
	for range 3 { // the notice's lease ends, and it is sent under the same uuid
		h.Clock().Advance(3 * time.Minute)
		h.settled(t)
	}
	if calls := len(h.Calls("message.create")); calls != 2 {
		t.Errorf("the notice was sent %d times, want twice under one uuid", calls)
	}
	if n := len(h.ownerNotices()); n != 1 {
		t.Fatalf("the owner got %d notices", n)
	}
	word := h.ownerNotices()[0]
	word.t = t
	word.has("2 条提醒")
}
