package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/usage"
)

// TestDeliveryLimit_OneChat lets many digests to one chat fall due at once.
func TestDeliveryLimit_OneChat(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine, func(c *config.Config) { c.UnlimitedCalls = true }) // or the digests would wait for their figures
	limits := sandbox.DefaultLimits()
	limits.Overview = sandbox.Rate{}
	h.SetLimits(limits)
	group := h.AddGroup("周会", h.me).ID
	departments := h.Departments()
	digests := min(len(departments), 2*reports.ChatPerSecond+1)
	if digests <= 2*reports.ChatPerSecond {
		t.Fatalf("%d digests would not show it", digests)
	}
	h.app.Scheduler.StopJobs() //nolint:errcheck // it only waits
	for _, d := range departments[:digests] {
		_, _, err := h.app.SQL.Subscriptions.Subscribe(t.Context(), "", reports.Subscription{
			ID: reports.NewID(), ChatID: group, OwnerID: h.me, AppID: h.Options().AppID, Ability: usage.Web, DepartmentID: d.ID, DepartmentName: d.Name,
			Schedule: reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "Asia/Shanghai"}, State: reports.Active, NextDue: wednesday,
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
	}
	h.app.Scheduler.Start()
	await(t, "all digests come", func() bool { return len(h.digests(group)) == digests })
	if n := sandbox.Busiest(h.Calls("message.create"), time.Second); n > reports.ChatPerSecond {
		t.Errorf("%d messages to one chat in one second", n)
	}
	for _, c := range h.Calls("message.create") {
		if c.Code != 0 {
			t.Errorf("a digest was refused with %d", c.Code)
		}
	}
}

// TestDelivery_SlowChats_OthersNotDelayed keeps some sendings waiting for an answer, and refuses others. One after the other
// the slow ones alone would take over three minutes; await waits for two.
func TestDelivery_SlowChats_OthersNotDelayed(t *testing.T) {
	t.Parallel()
	const slow, failing, chats = 20, 10, 80
	h := open(t, wednesday, fastEngine)
	h.AddFault(sandbox.Fault{Endpoint: "message.create", Latency: 40 * time.Second, BeforeEffect: true, Times: slow})
	h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 230020, Times: failing})
	h.subscribeGroups(t, chats)
	await(t, "the others come", func() bool { return len(h.BotMessages("")) >= chats-slow })
}

// TestTestCommand_ShowsTheNextDigest compares what /test shows with what comes.
func TestTestCommand_ShowsTheNextDigest(t *testing.T) {
	t.Parallel()
	h := open(t, at(11, 26, 10, 5), fastEngine)
	id := h.subscribed(t, "/订阅 日报 10:30 网页 部门:研发部")
	stored, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	try := h.say(t, "/test "+id)
	if list, err := h.app.SQL.Deliveries.History(t.Context(), h.p2p, "", 9); err != nil || len(list) != 0 {
		t.Errorf("deliveries: %+v, %v, want none", list, err)
	}
	after, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id)
	if diff := cmp.Diff(stored, after); err != nil || diff != "" {
		t.Errorf("the subscription has changed, %v:\n%s", err, diff)
	}
	h.setClock(at(11, 26, 10, 30))
	h.awaitState(t, h.p2p, reports.Delivered)
	digest := h.digests(h.p2p)[0]
	if diff := cmp.Diff(unmarked(t, digest.Content), unmarked(t, try.Content)); diff != "" {
		t.Errorf("the try differs by more than its mark (-digest +try):\n%s", diff)
	}
	if strings.Contains(digest.Content, "测试") || !strings.Contains(try.Content, "测试") {
		t.Error("the try is not marked, or the digest is")
	}
}

// unmarked is a card without the parts by which the answer to /test differs from a digest: a tag in the header, and the
// same in the summary.
func unmarked(t *testing.T, content string) map[string]any {
	t.Helper()
	var card map[string]any
	if err := json.Unmarshal([]byte(content), &card); err != nil {
		t.Fatal(err)
	}
	head, _ := card["header"].(map[string]any)
	config, _ := card["config"].(map[string]any)
	delete(head, "text_tag_list")
	delete(config, "summary")
	return card
}

// TestDelivery_FiguresLate_OneProbeForAll holds figures back for hours.
func TestDelivery_FiguresLate_OneProbeForAll(t *testing.T) {
	t.Parallel()
	const chats = 30
	h := open(t, wednesday.Add(-time.Hour), fastEngine) // 10:00
	h.SetPublication(16 * time.Hour)
	groups := make([]string, chats)
	for i := range groups {
		groups[i] = h.AddGroup("群", h.me).ID
		h.subscribe(t, groups[i], h.me)
	}
	h.setClock(at(11, 26, 10, 30))
	await(t, "all wait", func() bool {
		for _, g := range groups {
			if h.last(t, g).Reason != reports.NotOut {
				return false
			}
		}
		return true
	})
	asked, began := len(h.Calls("overview")), h.Now()
	for i := 0; i < 4 || i < 60 && len(h.Calls("overview")) == asked; i++ {
		h.Clock().Advance(time.Second)
		h.settled(t)
	}
	if n, seconds := len(h.Calls("overview"))-asked, h.Now().Sub(began).Seconds(); n == 0 || float64(n) > 3*seconds {
		t.Errorf("%d chats that look each second cost %d questions in %.0f s", chats, n, seconds)
	}
	_, metrics := get(t, h.app.URL()+"/metrics")
	for _, want := range []string{`usagebot_deliveries_total{outcome="waiting"}`, "usagebot_quota_waits_total"} {
		if !strings.Contains(metrics, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
	h.setClock(at(11, 26, 14, 0))
	await(t, "all chats get a notice", func() bool { return len(h.BotMessages("")) >= chats })
	await(t, "/metrics tells what is overdue", func() bool {
		return metric(t, h.app, "usagebot_overdue_seconds") >= (3*time.Hour + 30*time.Minute).Seconds()
	})
	h.setClock(at(11, 26, 16, 1))
	for _, g := range groups {
		h.awaitState(t, g, reports.Delivered)
		if n := len(h.BotMessages(g)); n != 2 {
			t.Errorf("a chat got %d messages, want a notice and the digest", n)
		}
	}
	if _, metrics = get(t, h.app.URL()+"/metrics"); !strings.Contains(metrics, fmt.Sprintf(`usagebot_deliveries_total{outcome="delivered"} %d`, chats)) ||
		!strings.Contains(metrics, "usagebot_overdue_seconds 0") {
		t.Errorf("/metrics does not tell what was delivered")
	}
}

// TestWelcome_Chat_Once adds the bot again and again.
func TestWelcome_Chat_Once(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	group := h.AddGroup("周会", h.me).ID
	for range 2 {
		if _, err := h.AddBot(t.Context(), group, h.me); err != nil {
			t.Fatal(err)
		}
		h.handled(t)
		if _, err := h.RemoveBot(t.Context(), group, h.me); err != nil {
			t.Fatal(err)
		}
		h.handled(t)
	}
	if n := len(h.BotMessages(group)); n != 1 {
		t.Errorf("the chat was welcomed %d times", n)
	}
}

// TestDelivery_ChatDissolved_Paused finds out by sending, and keeps everything.
func TestDelivery_ChatDissolved_Paused(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	group := h.AddGroup("周会", h.me).ID
	id := h.subscribe(t, group, h.me)
	h.SetDissolved(group)
	h.setClock(at(11, 26, 10, 30))
	h.awaitState(t, group, reports.Skipped)
	h.Clock().Advance(noticesGathered)
	await(t, "its owner gets a notice", func() bool { return len(h.ownerNotices()) == 1 })
	h.setClock(at(11, 28, 12, 0))
	h.settled(t)
	s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id)
	if err != nil || s.State != reports.Paused || s.Reason != reports.ChatGone {
		t.Errorf("%+v, %v", s, err)
	}
	if n := len(h.Calls("message.create")); n != 2 {
		t.Errorf("%d messages were tried, want the digest and the notice", n)
	}
}

// TestDelivery_MovedToLaterToday_SentThen: what a card promises comes, and what was sent it does not promise.
func TestDelivery_MovedToLaterToday_SentThen(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	failing := h.subscribed(t, "/subscribe daily 10:30 h5")
	h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 230022, Times: 1})
	h.setClock(at(11, 26, 10, 30))
	h.awaitState(t, h.p2p, reports.Failed)
	h.say(t, "/subscribe daily 15:00 h5").has(failing, "每天 15:00", "接下来的推送：2026-11-26 周四、").lacks("已经发过")
	h.setClock(at(11, 26, 15, 0))
	h.awaitState(t, h.p2p, reports.Delivered)
	h.say(t, "/subscribe daily 17:00 h5").has("2026-11-27", "已经发过").lacks("2026-11-26")
	h.setClock(at(11, 26, 17, 0))
	h.settled(t)
	if n := len(h.digests(h.p2p)); n != 1 {
		t.Errorf("%d digests", n)
	}
}

// TestLimits_GoneChats_NotCounted fills it in a group that is dissolved then.
func TestLimits_GoneChats_NotCounted(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine, func(c *config.Config) { c.MaxSubscriptions = 1 })
	group := h.AddGroup("周会", h.me).ID
	h.sayIn(t, group, "/subscribe daily 10:30 h5")
	h.say(t, "/subscribe weekly 10:30 h5").has("1")
	if list, err := h.app.SQL.Subscriptions.InChat(t.Context(), h.p2p); err != nil || len(list) != 0 {
		t.Errorf("%d subscriptions beyond the ceiling, %v", len(list), err)
	}
	if _, err := h.RemoveBot(t.Context(), group, h.me); err != nil {
		t.Fatal(err)
	}
	h.handled(t)
	h.subscribed(t, "/subscribe weekly 10:30 h5")
}

// TestHistory_Failed_RetryButton presses the button.
func TestHistory_Failed_RetryButton(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	h.subscribed(t, "/subscribe daily 10:30 h5")
	h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 230022, Times: 1})
	h.setClock(at(11, 26, 10, 30))
	h.awaitState(t, h.p2p, reports.Failed)
	history := h.say(t, "/history").has("失败", "2026-11-25")
	seen, err := h.Click(t.Context(), history.ID, h.me, history.button("重发"))
	if err != nil || seen.Status != http.StatusOK || seen.Error != 0 {
		t.Fatalf("the click: %+v, %v", seen, err)
	}
	h.awaitState(t, h.p2p, reports.Delivered)
	h.say(t, "/history").has("已送达")
}

// TestSubscribe_AnswerAndListAgree reads what /subscribe promises and what /subs says afterwards.
func TestSubscribe_AnswerAndListAgree(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	a := h.say(t, "/subscribe daily 10:30 on:workdays h5")
	id := strings.Fields(strings.SplitN(a.text(), "/test ", 2)[1])[0]
	a.has("2026-11-26", "2026-11-27", "2026-11-30", "10:30", "负责人", "@"+h.me,
		"/test "+id, "/pause "+id, "/unsubscribe "+id, "[修改] /subscribe daily h5 app:")
	h.setClock(at(11, 26, 10, 30))
	h.awaitState(t, h.p2p, reports.Delivered)
	h.say(t, "/subs").has(id, "@"+h.me, "已送达", "2026-11-26 周四 10:30", "2026-11-27")
}
