package e2e

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"usagebot/app"
	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/usage"
)

// noticesGathered is how long the bot collects notices to an owner in the tests that move its clock. All that a test makes
// happen before it moves the clock by that comes in one message, even on a busy machine.
const noticesGathered = 5 * time.Minute

// fastEngine makes the bot look for due digests often, on a clock that the tests move. A busy machine must be able to renew its leases in
// time, or a delivery is sent once more under the same uuid.
func fastEngine(c *config.Config) {
	c.ReadinessPoll, c.DeliveryLease, c.Tick, c.GatherNotices = time.Second, 30*time.Second, 100*time.Millisecond, noticesGathered
}

// digests are the bot's messages in a chat that are digests.
func (h *testEnv) digests(chat string) (found []answer) {
	for _, m := range h.BotMessages(chat) {
		if strings.Contains(m.Content, "订阅") && m.ParentID == "" && !strings.Contains(m.Content, "条提醒") {
			found = append(found, answer{Message: m})
		}
	}
	return found
}

// settled waits until the engine has looked twice for due digests, and has nothing in progress. A digest that has not come by
// then does not come at this time of the clock. It waits for other replicas in the same way.
func (h *testEnv) settled(t *testing.T, others ...*app.App) {
	t.Helper()
	for _, a := range append([]*app.App{h.app}, others...) {
		ticked := metric(t, a, "usagebot_ticks_total")
		await(t, "the engine looks twice", func() bool { return metric(t, a, "usagebot_ticks_total") >= ticked+2 })
		await(t, "nothing is in hand", func() bool { return metric(t, a, "usagebot_deliveries_in_flight") == 0 })
	}
}

// advanceUntil moves the clock on step by step until a condition holds. At each time the engine does all that is due, so that a
// busy machine does not leave it behind the clock.
func (h *testEnv) advanceUntil(t *testing.T, what string, step time.Duration, holds func() bool) {
	t.Helper()
	await(t, what, func() bool {
		if holds() {
			return true
		}
		h.Clock().Advance(step)
		h.settled(t)
		return holds()
	})
}

// metric is the sum of one of the program's metrics.
func metric(t *testing.T, a *app.App, name string) (sum float64) {
	t.Helper()
	families, err := a.Metrics().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
		return sum
	}
	if name != "usagebot_ticks_total" { // which is not there before the first
		t.Fatalf("there is no metric %s", name)
	}
	return 0
}

// setClock sets the sandbox's clock, by which the program runs.
func (h *testEnv) setClock(at time.Time) { h.Clock().Set(at) }

func at(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 5, 0, wednesday.Location())
}

// subscribed subscribes and returns the subscription's id.
func (h *testEnv) subscribed(t *testing.T, line string) string {
	t.Helper()
	return h.subscribedIn(t, h.p2p, line)
}

func (h *testEnv) subscribedIn(t *testing.T, chat, line string) string {
	t.Helper()
	a := h.sayIn(t, chat, line)
	id := regexp.MustCompile(`/test ([a-z2-7]{6})`).FindStringSubmatch(a.text())
	if id == nil {
		t.Fatalf("%q was answered:\n%s", line, a.text())
	}
	return id[1]
}

func TestDigest_Weekly_OnceWithTrueFigures(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	a := h.say(t, "/订阅 周报 周一 10:30 网页 部门:研发部")
	a.has("研发部", "10:30", "2026-11-30", "2026-12-07", "2026-12-14")
	again := h.subscribed(t, "/subscribe weekly h5 dept:yanfa")
	if !strings.Contains(a.Content, again) {
		t.Error("subscribing twice to the same made two subscriptions")
	}
	h.setClock(at(11, 30, 10, 29))
	h.settled(t)
	if n := len(h.digests(h.p2p)); n != 0 {
		t.Fatalf("%d digests before the time", n)
	}
	h.setClock(at(11, 30, 10, 30))
	await(t, "the digest comes", func() bool { return len(h.digests(h.p2p)) == 1 })
	d := h.digests(h.p2p)[0]
	d.t = t
	d.has(h.truth(t, usage.Web, usage.Weekly, "2026-11-23", h.department(t, "研发部"), usage.ActiveUsers), "2026-11-23", "2026-11-29")
	if d.UUID == "" || len(d.UUID) > 50 {
		t.Errorf("its uuid is %q", d.UUID)
	}
	h.setClock(at(12, 2, 12, 0))
	h.settled(t)
	if n := len(h.digests(h.p2p)); n != 1 {
		t.Errorf("%d digests, want 1", n)
	}
	h.say(t, "/history").has("已送达")
	h.say(t, "/subs").has("已送达", again, "2026-12-07")
}

func TestDigest_FiguresLate_Waits(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	h.SetPublication(16 * time.Hour)
	h.subscribed(t, "/subscribe daily 10:30")
	h.setClock(at(11, 26, 10, 30))
	await(t, "it waits", func() bool { return strings.Contains(h.say(t, "/history").text(), "待推送") })
	if n := len(h.digests(h.p2p)); n != 0 {
		t.Fatalf("%d digests before the figures were out", n)
	}
	h.setClock(at(11, 26, 14, 0))
	await(t, "the chat gets a notice", func() bool {
		for _, m := range h.BotMessages(h.p2p) {
			if m.ParentID == "" && strings.Contains(m.Content, "还没有拿到") {
				return true
			}
		}
		return false
	})
	h.setClock(at(11, 26, 16, 0))
	uv := h.truth(t, usage.AppAbility, usage.Daily, "2026-11-25", "", usage.ActiveUsers)
	await(t, "the digest comes with its figures", func() bool {
		for _, m := range h.BotMessages(h.p2p) {
			if m.ParentID == "" && strings.Contains(m.Content, `"`+uv+`"`) {
				return true
			}
		}
		return false
	})
}

func TestDigest_Outage_NewestAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keep := func(c *config.Config) { c.DataDir = dir }
	h := open(t, wednesday, fastEngine, keep)
	h.subscribed(t, "/subscribe daily 10:30")
	h.app.Stop()
	h.setClock(at(11, 29, 12, 0)) // three digests were missed, and today's is an hour and a half late
	h.app = h.start(t, fastEngine, keep)
	h.SetWebhook(h.app.URL() + "/webhook/event")
	await(t, "the newest comes, marked late", func() bool {
		list := h.digests(h.p2p)
		return len(list) == 1 && strings.Contains(list[0].Content, "2026-11-28") && strings.Contains(list[0].Content, "迟")
	})
	h.settled(t)
	if n := len(h.digests(h.p2p)); n != 1 {
		t.Errorf("%d digests after an outage, want the newest alone", n)
	}
	h.say(t, "/history").has("已送达", "已跳过")
}

func TestDigest_LostAnswer_SentOnce(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	h.subscribed(t, "/subscribe daily 10:30")
	h.AddFault(sandbox.Fault{Endpoint: "message.create", DropAnswer: true, Times: 2})
	h.setClock(at(11, 26, 10, 30))
	h.advanceUntil(t, "it is recorded as delivered", 2*time.Second, func() bool { return h.last(t, h.p2p).State == reports.Delivered })
	if n := len(h.digests(h.p2p)); n != 1 {
		t.Errorf("%d digests, want 1", n)
	}
}

func TestDigest_BotRemovedAndBack_Resumed(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	group := h.AddGroup("周会", h.me)
	h.sayIn(t, group.ID, "/subscribe daily 10:30")
	if _, err := h.RemoveBot(t.Context(), group.ID, h.me); err != nil {
		t.Fatal(err)
	}
	h.handled(t)
	list, err := h.app.SQL.Subscriptions.InChat(t.Context(), group.ID)
	if err != nil || len(list) != 1 || list[0].Reason != "chat_gone" {
		t.Fatalf("after the bot was removed: %+v, %v", list, err)
	}
	h.Clock().Advance(noticesGathered)
	await(t, "the owner gets a notice", func() bool { return len(h.BotMessages(h.p2p)) == 1 })
	if _, err := h.AddBot(t.Context(), group.ID, h.me); err != nil {
		t.Fatal(err)
	}
	h.handled(t)
	h.setClock(at(11, 26, 10, 30))
	await(t, "the digest comes again", func() bool { return len(h.digests(group.ID)) == 1 })
}

func TestDigest_GroupMember_MayNotManage(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	group := h.Group()
	member := h.me
	h.sayIn(t, group.ID, "/subscribe weekly").has("群主")
	h.me = h.People()[0].OpenID
	id := h.subscribedIn(t, group.ID, "/subscribe weekly")
	h.me = member
	for _, line := range []string{"/subscribe weekly 15:00", "/pause " + id, "/unsubscribe " + id, "/unsubscribe " + id + " confirm", "/resume " + id, "/test " + id, "/retry " + id + " date:2026-11-16"} {
		h.sayIn(t, group.ID, line).has("群主")
	}
	if s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id); err != nil || s.State != reports.Active || s.Schedule.Hour != 10 {
		t.Errorf("it is %s at %d, %v", s.State, s.Schedule.Hour, err)
	}
}

// TestDigest_TwoReplicas_SentOnce runs two processes' worth of the program on one Redis and one PostgreSQL.
func TestDigest_TwoReplicas_SentOnce(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	database := pgtest.Start(t).NewDatabase(t)
	shared := func(c *config.Config) {
		c.RedisURL, c.DatabaseURL = config.NewURL(redis.URL()), config.NewURL(database)
	}
	h := open(t, wednesday, fastEngine, shared)
	other := h.start(t, fastEngine, shared)
	h.subscribed(t, "/subscribe daily 10:30")
	h.subscribed(t, "/subscribe daily 10:30 h5")
	h.setClock(at(11, 26, 10, 30))
	await(t, "both digests come", func() bool { return len(h.digests(h.p2p)) >= 2 })
	h.settled(t, other)
	if n := len(h.digests(h.p2p)); n != 2 {
		t.Errorf("%d digests, want one of each", n)
	}
}

func TestDigest_PauseTestResumeRemove(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	id := h.subscribed(t, "/subscribe daily 10:30")
	h.say(t, "/pause "+id+" until:3d").has("2026-11-28")
	h.setClock(at(11, 26, 10, 30))
	h.settled(t)
	h.say(t, "/test "+id).has("2026-11-25")
	h.say(t, "/resume "+id).has("2026-11-27")
	if s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id); err != nil || s.UpdatedAt.Before(at(11, 26, 10, 30)) || s.CreatedAt.After(at(11, 26, 10, 0)) {
		t.Errorf("it was made at %v and changed at %v, %v", s.CreatedAt, s.UpdatedAt, err)
	}
	h.say(t, "/unsubscribe "+id).has("确定取消")
	h.say(t, "/unsubscribe "+id+" confirm")
	h.say(t, "/subs").lacks(id)
	h.say(t, "/pause zzzzzz").has("zzzzzz")
	h.say(t, "/settings lang:en").has("English")
	h.settled(t)
	if n := len(h.digests(h.p2p)); n != 0 {
		t.Errorf("%d digests of a paused subscription", n)
	}
}

// TestDatabase_Stopped_EventsRefused stops PostgreSQL under the running program and brings it back.
func TestDatabase_Stopped_EventsRefused(t *testing.T) {
	t.Parallel()
	postgres := pgtest.Start(t)
	database := postgres.NewDatabase(t)
	h := open(t, wednesday, fastEngine, func(c *config.Config) { c.DatabaseURL = config.NewURL(database) })
	h.subscribed(t, "/subscribe daily 10:30")
	postgres.Stop()
	await(t, "it is not ready", func() bool {
		status, body := get(t, h.app.URL()+"/readyz")
		return status == 503 && strings.Contains(body, "database")
	})
	d, err := h.Say(t.Context(), h.p2p, h.me, "/usage weekly h5")
	if err != nil || d.Status() != 503 {
		t.Errorf("an event was answered %d, %v", d.Status(), err)
	}
	postgres.Restart()
	await(t, "it is ready again", func() bool { status, _ := get(t, h.app.URL()+"/readyz"); return status == 200 })
	h.setClock(at(11, 26, 10, 30))
	await(t, "the digest comes", func() bool { return len(h.digests(h.p2p)) == 1 })
}

// subscribeGroups subscribes new groups to the same digest, due half an hour before the tests begin.
func (h *testEnv) subscribeGroups(t testing.TB, n int) {
	t.Helper()
	for range n {
		group := h.AddGroup("群", h.me)
		_, _, err := h.app.SQL.Subscriptions.Subscribe(t.Context(), "", reports.Subscription{
			ID: reports.NewID(), ChatID: group.ID, OwnerID: h.me, AppID: h.Options().AppID, Ability: usage.Web,
			Schedule: reports.Schedule{Cycle: usage.Weekly, Hour: 10, Min: 30, On: "wed", Zone: "Asia/Shanghai"},
			State:    reports.Active, NextDue: wednesday.Add(-30 * time.Minute),
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestDigest_ManyChats_FiguresAskedOnce sends the same story to many chats within the platform's limits: the figures, the seven
// weeks before them and what tells which day is out are requested once.
func TestDigest_ManyChats_FiguresAskedOnce(t *testing.T) {
	t.Parallel()
	const chats = 120
	// The poll is also how long it is remembered that a day is not published.
	h := open(t, wednesday, fastEngine, func(c *config.Config) { c.ReadinessPoll = time.Minute })
	asked := len(h.Calls("overview"))
	h.subscribeGroups(t, chats)
	await(t, "all digests come", func() bool { return len(h.BotMessages("")) == chats })
	// Nine are needed. On a busy machine some are asked again, because a call or what is remembered of it has timed out.
	const most = chats / 4
	if n := len(h.Calls("overview")) - asked; n > most {
		t.Errorf("%d digests of the same figures cost %d questions, want at most %d", chats, n, most)
	}
	for _, c := range h.Calls("message.create") {
		if c.Code != 0 {
			t.Errorf("a digest was refused with %d", c.Code)
		}
	}
	if n := sandbox.Busiest(h.Calls("message.create"), time.Second); n > 50 {
		t.Errorf("%d messages in one second", n)
	}
}

// TestDigest_ChatForbids_PausedAfterThree refuses three digests. The owner gets one notice, with what to change.
func TestDigest_ChatForbids_PausedAfterThree(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	group := h.AddGroup("周会", h.me)
	h.sayIn(t, group.ID, "/subscribe daily 10:30")
	h.RefuseMessages(group.ID, 230018)
	state := func() reports.Subscription {
		list, err := h.app.SQL.Subscriptions.InChat(t.Context(), group.ID)
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		return list[0]
	}
	for day := range 3 {
		h.setClock(at(11, 26+day, 10, 30))
		await(t, "the refusal is counted", func() bool { s := state(); return s.Refusals == day+1 || s.State == reports.Paused })
	}
	await(t, "it is paused", func() bool { return state().State == reports.Paused })
	if s := state(); s.Reason != reports.ChatForbids {
		t.Errorf("paused for %q", s.Reason)
	}
	h.Clock().Advance(noticesGathered)
	await(t, "its owner gets a notice", func() bool { return len(h.BotMessages(h.p2p)) == 1 })
}

// TestDigest_RateLimited_Retried throttles the first tries.
func TestDigest_RateLimited_Retried(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	h.subscribed(t, "/subscribe daily 10:30")
	h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 99991400, Reset: 1, Times: 2})
	h.setClock(at(11, 26, 10, 30))
	h.advanceUntil(t, "it comes", time.Second, func() bool { return len(h.digests(h.p2p)) == 1 })
	uuids := map[string]bool{}
	for _, d := range h.digests(h.p2p) {
		uuids[d.UUID] = true
	}
	if len(uuids) != 1 {
		t.Errorf("%d uuids", len(uuids))
	}
}

// TestDigest_AnswersLostForAnHour_NotRepeated loses every answer for over an hour.
func TestDigest_AnswersLostForAnHour_NotRepeated(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	group := h.AddGroup("周会", h.me)
	h.sayIn(t, group.ID, "/subscribe daily 10:30")
	h.AddFault(sandbox.Fault{Endpoint: "message.create", DropAnswer: true})
	h.setClock(at(11, 26, 10, 30))
	await(t, "it is sent", func() bool { return len(h.digests(group.ID)) == 1 })
	h.setClock(at(11, 26, 11, 29))
	uncertain := func() bool {
		list, err := h.app.SQL.Deliveries.History(t.Context(), group.ID, "", 1)
		return err == nil && len(list) == 1 && list[0].State == reports.Uncertain
	}
	await(t, "it is uncertain", uncertain)
	h.ClearFaults()
	h.setClock(at(11, 26, 13, 0))
	await(t, "its owner gets a notice", func() bool { return len(h.BotMessages(h.p2p)) == 1 })
	if n := len(h.digests(group.ID)); n != 1 {
		t.Errorf("%d digests, want the one that nobody could be sure of", n)
	}
	h.sayIn(t, group.ID, "/history").has("待确认")

	list, err := h.app.SQL.Subscriptions.InChat(t.Context(), group.ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	h.sayIn(t, group.ID, "/retry "+list[0].ID+" last-month").has("/retry " + list[0].ID + " date:2026-11-25")
	h.sayIn(t, group.ID, "/retry "+list[0].ID+" date:2026-11-25")
	await(t, "it goes out again when somebody says so", func() bool { return len(h.digests(group.ID)) == 2 })
}

// TestDigest_CardRefused_SimplerForms refuses the card, and then the smaller card too.
func TestDigest_CardRefused_SimplerForms(t *testing.T) {
	t.Parallel()
	for refusals, kind := range []string{"interactive", "interactive", "text"} {
		h := open(t, wednesday, fastEngine)
		h.subscribed(t, "/subscribe daily 10:30 h5")
		if refusals > 0 {
			h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 230099, Times: refusals})
		}
		h.setClock(at(11, 26, 10, 30))
		d := h.awaitState(t, h.p2p, reports.Delivered)
		m, _ := h.Message(d.Message)
		if m.Type != kind || d.Tries != 1 || len(h.BotMessages(h.p2p)) != 2 {
			t.Errorf("after %d refusals: a message of type %q in %d tries, %d messages", refusals, m.Type, d.Tries, len(h.BotMessages(h.p2p)))
		}
		uv := h.truth(t, usage.Web, usage.Daily, "2026-11-25", "", usage.ActiveUsers)
		if !strings.Contains(m.Content, uv) {
			t.Errorf("after %d refusals it does not hold %s:\n%s", refusals, uv, m.Content)
		}
		if whole := strings.Contains(m.Content, "collapsible_panel"); whole != (refusals == 0) {
			t.Errorf("after %d refusals it is the whole card: %v", refusals, whole)
		}
		if refusals == 1 {
			answer{t, m}.button("管理订阅")
		}
	}
}
