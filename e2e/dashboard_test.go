package e2e

import (
	"strings"
	"testing"
	"time"

	"usagebot/config"
	"usagebot/sandbox"
	"usagebot/usage"
)

// TestUsageCard_EveryControl uses each control of a usage card that is a week old.
func TestUsageCard_EveryControl(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	rd := h.department(t, "研发部")
	card := h.say(t, "/usage weekly h5")
	h.Clock().Advance(7 * 24 * time.Hour)
	figure := func(a usage.Ability, c usage.Cycle, date, department string) string {
		return h.truth(t, a, c, date, department, usage.ActiveUsers)
	}
	steps := []struct {
		name string
		use  func(a answer) answer
		has  []string
	}{
		{"the period before", func(a answer) answer { return h.press(t, a, h.me, "‹") }, []string{"2026-11-09", figure(usage.Web, usage.Weekly, "2026-11-09", "")}},
		{"the period after", func(a answer) answer { return h.press(t, a, h.me, "›") }, []string{"2026-11-16", figure(usage.Web, usage.Weekly, "2026-11-16", "")}},
		{"a date", func(a answer) answer { return h.pick(t, a, h.me, "date", "2026-10-14 +0800") }, []string{"2026-10-12", figure(usage.Web, usage.Weekly, "2026-10-12", "")}},
		{"a department", func(a answer) answer { return h.pick(t, a, h.me, "dept", rd) }, []string{"研发部", figure(usage.Web, usage.Weekly, "2026-10-12", rd)}},
		{"an ability", func(a answer) answer { return h.pick(t, a, h.me, "ability", "app") }, []string{"研发部", figure(usage.AppAbility, usage.Weekly, "2026-10-12", rd)}},
		{"a metric", func(a answer) answer { return h.pick(t, a, h.me, "metric", "new_users") }, []string{"新增用户数 · 8 周"}},
		{"a cycle", func(a answer) answer { return h.press(t, a, h.me, "月报") }, []string{"2026-10-01", figure(usage.AppAbility, usage.Monthly, "2026-10-01", rd)}},
		{"the whole company", func(a answer) answer { return h.pick(t, a, h.me, "dept", "all") }, []string{"全公司", figure(usage.AppAbility, usage.Monthly, "2026-10-01", "")}},
		{"the trend", func(a answer) answer { return h.press(t, a, h.me, "看趋势") }, []string{"2026-10", h.truth(t, usage.AppAbility, usage.Monthly, "2026-06-01", "", usage.NewUsers)}},
	}
	for _, s := range steps {
		card = s.use(card)
		for _, want := range s.has {
			if !strings.Contains(card.text(), want) {
				t.Errorf("%s: the card lacks %q:\n%s", s.name, want, card.text())
			}
		}
	}
	if n := len(h.BotMessages(h.p2p)); n != 1 {
		t.Errorf("%d messages, want the one card", n)
	}
}

// TestTrend_EachPointIsThePlatforms holds each point of each cycle against what the platform answers.
func TestTrend_EachPointIsThePlatforms(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	for _, tt := range []struct {
		line  string
		cycle usage.Cycle
		last  string
		n     int
	}{
		{"/trend daily h5 n:31", usage.Daily, "2026-11-24", 31},
		{"/trend weekly h5 n:26", usage.Weekly, "2026-11-23", 26},
		{"/趋势 月报 网页 数量:12", usage.Monthly, "2026-11-01", 12},
	} {
		a := h.say(t, tt.line)
		last, err := usage.ParseDate(tt.last)
		if err != nil {
			t.Fatal(err)
		}
		p := usage.Period{Cycle: tt.cycle, Start: last}
		await(t, tt.line+" is filled up", func() bool {
			m, _ := h.Message(a.ID)
			a = answer{t, m}
			return !strings.Contains(a.Content, "刷新")
		})
		for range tt.n {
			a.has(h.truth(t, usage.Web, tt.cycle, p.Start.String(), "", usage.ActiveUsers))
			p = p.Previous()
		}
		time.Sleep(time.Second) // 5 messages a second into one chat
	}
}

// TestTrend_AfterRestart_FromHistory asks for a trend, starts the program again, and asks once more.
func TestTrend_AfterRestart_FromHistory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keep := func(c *config.Config) { c.DataDir = dir }
	h := open(t, wednesday.Add(4*time.Hour), keep)
	h.say(t, "/trend daily h5 n:20 date:2026-11-24")
	h.app.Stop()
	h.app = h.start(t, keep)
	h.SetWebhook(h.app.URL() + "/webhook/event")
	before := len(h.Calls("overview"))
	a := h.say(t, "/trend daily h5 n:20 date:2026-11-24")
	a.has(h.truth(t, usage.Web, usage.Daily, "2026-11-05", "", usage.ActiveUsers))
	if n := len(h.Calls("overview")) - before; n > 1+2 { // which day is the newest is asked anew, and the last two days may still change
		t.Errorf("the second look cost %d calls", n)
	}
}

func TestTrend_SlowFigures_ChartCompletedLater(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	h.say(t, "/usage daily h5")
	h.AddFault(sandbox.Fault{Endpoint: "overview", Latency: 2 * time.Second, Times: 12})
	a := h.say(t, "/trend daily h5 n:20")
	if first := append(a.History, a.Content)[0]; !strings.Contains(first, "刷新") {
		t.Errorf("it was sent when it was whole: %s", first)
	}
	await(t, "it fills up in its place", func() bool {
		m, _ := h.Message(a.ID)
		return !strings.Contains(m.Content, "刷新") && strings.Contains(m.Content, "2026-11-05")
	})
	if n := len(h.BotMessages(h.p2p)); n != 2 {
		t.Errorf("%d messages, want two answers", n)
	}
}

func TestTop_ByActiveUsers(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	rd := h.department(t, "研发部")
	a := h.say(t, "/排行 周报")
	a.has("研发部", h.truth(t, usage.AppAbility, usage.Weekly, "2026-11-16", rd, usage.ActiveUsers))
	a = h.pick(t, a, h.me, "dept", rd)
	below := 0
	for _, d := range h.Departments() {
		if d.ParentID == rd {
			below++
			a.has(d.Name, h.truth(t, usage.AppAbility, usage.Weekly, "2026-11-16", d.ID, usage.ActiveUsers))
		}
	}
	if below == 0 || len(h.Calls("department_overview")) == 0 {
		t.Fatal("nothing was ranked, or not by the platform's own ranking")
	}
	a = h.press(t, a, h.me, "全公司") // the breadcrumb leads back up
	a.has("市场部")
	h.press(t, a, h.me, "1. 研发部").has("活跃用户数", "2026-11-16")
}

// TestSubscribe_ByForm turns a view into a subscription, and changes it.
func TestSubscribe_ByForm(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	a := h.press(t, h.say(t, "/usage weekly h5 dept:研发部"), h.me, "订阅这份数据")
	a.has("研发部", "Asia/Shanghai")
	send := func(a answer, label string, fields map[string]any) answer {
		t.Helper()
		return h.use(t, a, h.me, map[string]any{"tag": "button", "name": "subscribe", "value": a.button(label), "form_value": fields})
	}
	a = send(a, "订阅", map[string]any{"time": "09:15 +0800", "on": "fri"})
	a.has("研发部", "09:15", "2026-11-27", "2026-12-04")
	a = h.press(t, a, h.me, "修改")
	a = send(a, "保存修改", map[string]any{"time": "16:00 +0800", "on": "mon"})
	a.has("16:00", "2026-11-30").lacks("09:15")
	h.say(t, "/subs").has("16:00").lacks("09:15")
}
