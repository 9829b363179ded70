package e2e

import (
	"strings"
	"testing"
	"time"

	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/usage"
)

const noData = 211011

// holiday is a platform that answers with zeros for days that nobody used the app on, up to the day before the tests' first,
// and for days that it still counts.
func holiday(h *testEnv) sandbox.Overview {
	first, last := usage.NewDate(2026, 11, 16), usage.NewDate(2026, 11, 24)
	return func(ask usage.Request, figures usage.Figures, code int) (usage.Figures, int) {
		today := usage.DateOf(h.Now().In(wednesday.Location()))
		off := !ask.Date.Before(first) && !ask.Date.After(last)
		if ask.Cycle == usage.Daily && (off || code == noData && ask.Date.Before(today)) {
			return usage.Figures{usage.ActiveUsers: 0, usage.TotalUsers: 99, usage.NewUsers: 0, usage.PageViews: 0, usage.Opens: 0}, 0
		}
		return figures, code
	}
}

// awaitProcessed waits until the chat's newest delivery was processed after the clock was moved.
func (h *testEnv) awaitProcessed(t *testing.T, chat string) reports.Delivery {
	t.Helper()
	now := h.Now()
	await(t, "the delivery is looked at", func() bool { d := h.last(t, chat); return d.TryAt.After(now) && d.Lease.IsZero() })
	return h.last(t, chat)
}

// TestZeros_AfterHoliday_AmendedOnce has only zeros at the digest's time: it goes out at 14:00 and says so, and gets its figures when
// they come, once, after a restart, by one of two replicas.
func TestZeros_AfterHoliday_AmendedOnce(t *testing.T) {
	t.Parallel()
	database := pgtest.Start(t).NewDatabase(t)
	redis := redistest.Start(t)
	shared := func(c *config.Config) {
		c.RedisURL, c.DatabaseURL = config.NewURL(redis.URL()), config.NewURL(database)
	}
	h := open(t, wednesday, fastEngine, shared)
	h.SetPublication(16 * time.Hour)
	h.SetOverview(holiday(h))
	h.subscribed(t, "/subscribe daily 10:30")
	for _, clock := range [][2]int{{10, 31}, {13, 58}} {
		h.setClock(at(11, 26, clock[0], clock[1]))
		if d := h.awaitProcessed(t, h.p2p); d.State != reports.Waiting || len(h.digests(h.p2p)) != 0 {
			t.Fatalf("at %v it is %+v", clock, d)
		}
	}
	h.say(t, "/usage date:2026-11-25").has("截至 13:58，2026-11-25 周三 为 0", "截至目前")
	h.setClock(at(11, 26, 14, 0))
	sent := h.awaitState(t, h.p2p, reports.Delivered)
	m, _ := h.Message(sent.Message)
	d := answer{t, m}
	d.has("截至 14:00，2026-11-25 周三 为 0", "可能平台还在统计", "这条消息会更新")
	if sent.ZerosFrom != usage.NewDate(2026, 11, 25) {
		t.Errorf("it is %+v", sent)
	}
	for _, m := range h.BotMessages(h.p2p) {
		if strings.Contains(m.Content, "还没有拿到") {
			t.Errorf("the chat got a notice that figures are late: %s", m.Content)
		}
	}
	h.app.Stop()
	h.setClock(at(11, 26, 16, 30))
	h.app = h.start(t, fastEngine, shared)
	h.start(t, fastEngine, shared)
	h.SetWebhook(h.app.URL() + "/webhook/event")
	uv := h.truth(t, usage.AppAbility, usage.Daily, "2026-11-25", "", usage.ActiveUsers)
	await(t, "there is nothing left to amend", func() bool { return h.last(t, h.p2p).ZerosFrom.IsZero() })
	m, _ = h.Message(sent.Message)
	d = answer{t, m}
	d.has(uv, "现在有了数据，消息已更新")
	d.lacks("截至 14:00", "这条消息会更新")
	if n := len(h.digests(h.p2p)); n != 1 || len(m.History) != 1 {
		t.Errorf("%d digests, updated %d times", n, len(m.History))
	}
	if done := h.last(t, h.p2p); done.State != reports.Delivered || done.Tries != 1 || done.Message != sent.Message {
		t.Errorf("it is %+v", done)
	}
}

// TestZeros_UnusedDay_NotAmended once a later day proves it.
func TestZeros_UnusedDay_NotAmended(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	off := usage.NewDate(2026, 11, 25)
	h.SetOverview(func(ask usage.Request, figures usage.Figures, code int) (usage.Figures, int) {
		if ask.Cycle == usage.Daily && ask.Date == off {
			return usage.Figures{usage.ActiveUsers: 0, usage.TotalUsers: 99}, 0
		}
		return figures, code
	})
	h.subscribed(t, "/subscribe daily 10:30 h5")
	h.setClock(at(11, 26, 14, 0))
	sent := h.awaitState(t, h.p2p, reports.Delivered)
	if sent.ZerosFrom != off {
		t.Fatalf("it is %+v", sent)
	}
	h.setClock(at(11, 27, 10, 5)) // Thursday is published, and its digest is not due yet
	await(t, "there is nothing left to amend", func() bool { return h.last(t, h.p2p).ZerosFrom.IsZero() })
	if m, _ := h.Message(sent.Message); len(m.History) != 0 {
		t.Errorf("it was updated: %s", m.Content)
	}
	h.say(t, "/usage h5 date:2026-11-25").lacks("截至")
}

// TestDigest_NoFiguresForOneDepartment sends a digest that says so, while others get their figures, and records it in the history.
func TestDigest_NoFiguresForOneDepartment(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	rd := h.department(t, "研发部")
	h.SetOverview(func(ask usage.Request, figures usage.Figures, code int) (usage.Figures, int) {
		if ask.DepartmentID == rd && ask.Ability == usage.Web {
			return nil, noData
		}
		return figures, code
	})
	h.subscribed(t, "/subscribe daily 10:30 h5")
	id := h.subscribed(t, "/subscribe daily 10:30 h5 dept:研发部")
	h.setClock(at(11, 26, 10, 31))
	await(t, "both digests come", func() bool { return len(h.digests(h.p2p)) == 2 })
	const sentence = "2026-11-25 周三 没有 网页应用 · 研发部 的数据"
	n := 0
	for _, d := range h.digests(h.p2p) {
		if strings.Contains(d.Content, sentence) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d digests say so", n)
	}
	await(t, "it is recorded", func() bool {
		list, err := h.app.SQL.Deliveries.History(t.Context(), h.p2p, id, 1)
		return err == nil && len(list) == 1 && list[0].State == reports.Delivered && list[0].Reason == reports.NothingFor
	})
	h.say(t, "/history "+id).has("已送达", "没有 网页应用 · 研发部 的数据")
	h.say(t, "/usage h5 dept:研发部").has(sentence)
	h.say(t, "/usage bot").lacks("没有 机器人 的数据")
}
