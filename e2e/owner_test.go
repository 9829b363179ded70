package e2e

import (
	"testing"
	"time"

	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/usage"
)

// TestAChatsNewOwnerTakesItsDigestsOver renames a chat and hands it over.
func TestAChatsNewOwnerTakesItsDigestsOver(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, soon)
	former, heir := h.People()[0].OpenID, h.me
	group := h.AddGroup("周会", former, heir)
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
	h.me = heir
	if _, err := h.Rename(t.Context(), group.ID, "产品周会", former); err != nil {
		t.Fatal(err)
	}
	d, err := h.ChangeOwner(t.Context(), group.ID, heir, former)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Repeat(t.Context(), d.EventID); err != nil {
		t.Fatal(err)
	}
	list, err := h.app.SQL.Subscriptions.InChat(t.Context(), group.ID)
	if err != nil {
		t.Fatal(err)
	}
	var handed []string
	for _, s := range list {
		if s.ID != theirs.ID {
			handed = append(handed, s.ID)
		}
		if want := map[bool]string{true: "ou_somebody", false: heir}[s.ID == theirs.ID]; s.OwnerID != want {
			t.Errorf("%s is owned by %s, want %s", s.ID, s.OwnerID, want)
		}
	}
	h.Clock().Advance(noticesGathered)
	await(t, "the new owner is told", func() bool { return len(h.told()) == 1 })
	word := h.told()[0]
	word.t = t
	word.has(append(handed, "产品周会", "现在由你管理")...).lacks(theirs.ID)
	h.settled(t)
	if n := len(h.BotMessages("")); n != 3 { // two answers and this word
		t.Errorf("%d messages, want 3", n)
	}
}

// TestAnOwnerWhoLeftHandsOver tells an owner who has left the company, and then the chat's owner.
func TestAnOwnerWhoLeftHandsOver(t *testing.T) {
	t.Parallel()
	for code, handed := range map[int]bool{230013: true, 230029: true, 230053: false} {
		h := open(t, wednesday, soon)
		left, heir := h.People()[1].OpenID, h.me
		group := h.AddGroup("周会", heir, left)
		h.me = left
		id := h.subscribe(t, group.ID, left)
		h.me = heir
		single, _ := h.Single(left)
		h.RefuseMessages(single.ID, code)
		h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 230001, Times: 1})
		h.goTo(at(11, 26, 10, 30))
		h.becomes(t, group.ID, reports.Failed)
		h.Clock().Advance(noticesGathered)
		if !handed {
			await(t, "it was tried", func() bool { return len(h.Calls("message.create")) == 2 })
			h.settled(t)
			if n := len(h.told()); n != 0 {
				t.Errorf("%d: the chat's owner was told %d times", code, n)
			}
			continue
		}
		await(t, "it is handed over", func() bool {
			s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id)
			return err == nil && s.OwnerID == heir
		})
		h.Clock().Advance(noticesGathered)
		await(t, "the chat's owner is told", func() bool { return len(h.told()) == 1 })
		word := h.told()[0]
		word.t = t
		word.has("现在由你管理", "失败")
	}
}

// subscribe subscribes a chat to a daily digest, as somebody.
func (h *house) subscribe(t *testing.T, chat, owner string) string {
	t.Helper()
	kept, _, err := h.app.SQL.Subscriptions.Subscribe(t.Context(), "", reports.Subscription{
		ID: reports.NewID(), ChatID: chat, OwnerID: owner, AppID: h.Options().AppID, Ability: usage.Web,
		Schedule: reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "Asia/Shanghai"}, State: reports.Active, NextDue: at(11, 26, 10, 30),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return kept.ID
}

// TestWhatAnOwnerHasToKnowOutlivesTheProcess stops the program between what happened and the word about it, and again
// between the platform's taking the word and its answer.
func TestWhatAnOwnerHasToKnowOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keep := func(c *config.Config) { c.DataDir = dir }
	h := open(t, wednesday, soon, keep)
	again := func() {
		h.app.Stop()
		h.app = h.start(t, soon, keep)
		h.SetWebhook(h.app.URL() + "/webhook/event")
	}
	groups := []string{h.AddGroup("一", h.me).ID, h.AddGroup("二", h.me).ID}
	for _, g := range groups {
		h.subscribe(t, g, h.me)
		if _, err := h.RemoveBot(t.Context(), g, h.me); err != nil {
			t.Fatal(err)
		}
	}
	again()
	h.AddFault(sandbox.Fault{Endpoint: "message.create", DropAnswer: true, Times: 1})
	h.Clock().Advance(noticesGathered)
	await(t, "the owner is told", func() bool { return len(h.told()) == 1 })
	again()
	for range 3 { // the word's lease ends, and it is sent under the same uuid
		h.Clock().Advance(3 * time.Minute)
		h.settled(t)
	}
	if calls := len(h.Calls("message.create")); calls != 2 {
		t.Errorf("the word was sent %d times, want twice under one uuid", calls)
	}
	if n := len(h.told()); n != 1 {
		t.Fatalf("the owner was told %d times", n)
	}
	word := h.told()[0]
	word.t = t
	word.has("2 件事")
}
