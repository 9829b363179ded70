package e2e

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usagebot/config"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/usage"
)

// withMall adds the sandbox's other apps to those that are reported on.
func withMall(h *sandbox.Sandbox) option {
	return func(c *config.Config) {
		c.Apps = nil
		for _, app := range h.Options().Apps {
			c.Apps = append(c.Apps, config.App{ID: app.ID, Name: app.Name})
		}
	}
}

// complete waits until a card that fills up is whole.
func (h *testEnv) complete(t *testing.T, a answer) answer {
	t.Helper()
	await(t, "the card is filled up", func() bool {
		m, _ := h.Message(a.ID)
		a = answer{t, m}
		return !strings.Contains(a.Content, "刷新")
	})
	return a
}

// figuresOf returns all figures of a question.
func (h *testEnv) figuresOf(t *testing.T, ask usage.Request) usage.Figures {
	t.Helper()
	figures, code := h.Figures(ask)
	if code != 0 {
		t.Fatalf("the sandbox has no figures for %+v: %d", ask, code)
	}
	return figures
}

// rows returns the rows of a card's tables by their first cell, without the spaces between cells.
func (a answer) rows() map[string][]string {
	a.t.Helper()
	var card struct {
		Body struct {
			Elements []struct {
				Tag     string
				Columns []struct{ Name string }
				Rows    []map[string]string
			}
		}
	}
	if err := json.Unmarshal([]byte(a.Content), &card); err != nil {
		a.t.Fatal(err)
	}
	rows := map[string][]string{}
	for _, e := range card.Body.Elements {
		for _, row := range e.Rows {
			var cells []string
			for _, c := range e.Columns {
				cells = append(cells, row[c.Name])
			}
			rows[cells[0]] = append(rows[cells[0]], cells[1:]...)
		}
	}
	return rows
}

// row checks the cells of a row.
func (a answer) row(name string, want ...string) {
	a.t.Helper()
	if got := a.rows()[name]; !slices.Equal(got, want) {
		a.t.Errorf("the row of %s has %q, want %q; rows: %q", name, got, want, slices.Sorted(maps.Keys(a.rows())))
	}
}

// cells writes figures in the order of metrics.
func cells(f usage.Figures, metrics ...usage.Metric) (texts []string) {
	for _, m := range metrics {
		texts = append(texts, thousands(f[m]))
	}
	return texts
}

func date(t *testing.T, s string) usage.Date {
	t.Helper()
	d, err := usage.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var uncounted = regexp.MustCompile(`合计|总计|[Tt]otal of`)

// TestCompare_EachNumberIsThePlatforms holds every number of comparisons of departments, abilities and apps against the
// platform's answers.
func TestCompare_EachNumberIsThePlatforms(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, clockFrom(wednesday), longEventTimeout)
	h := openOn(t, sb, withMall(sb))
	apps := h.Options().Apps
	monday := date(t, "2026-11-16")
	ask := func(app string, a usage.Ability, department string) usage.Figures {
		return h.figuresOf(t, usage.Request{AppID: app, Ability: a, Cycle: usage.Weekly, Date: monday, DepartmentID: department})
	}
	web := []usage.Metric{usage.PageViews, usage.ActiveUsers, usage.Opens}

	a := h.complete(t, h.say(t, "/对比 周报 网页 部门:研发部 部门:市场部 部门:全公司 指标:访问"))
	for name, id := range map[string]string{"研发部": h.department(t, "研发部"), "市场部": h.department(t, "市场部"), "全公司": ""} {
		a.row(name, cells(ask(apps[0].ID, usage.Web, id), web...)...)
		for p := (usage.Period{Cycle: usage.Weekly, Start: monday}); !p.Start.Before(date(t, "2026-09-28")); p = p.Previous() {
			point := h.figuresOf(t, usage.Request{AppID: apps[0].ID, Ability: usage.Web, Cycle: usage.Weekly, Date: p.Start, DepartmentID: id})
			if value := jsonNumber(point[usage.PageViews]); !strings.Contains(a.Content, `"y":`+value) {
				t.Errorf("the chart lacks %s of %s in the week from %s", value, name, p.Start)
			}
		}
	}
	a.has("不能相加", "2026-11-16")
	if uncounted.MatchString(a.text()) {
		t.Errorf("the card has a total:\n%s", a.text())
	}

	a = h.complete(t, h.press(t, a, h.me, "月报"))
	a.has("部门对比", "2026-10-01")
	a.row("研发部", cells(h.figuresOf(t, usage.Request{
		AppID: apps[0].ID, Ability: usage.Web, Cycle: usage.Monthly, Date: date(t, "2026-10-01"), DepartmentID: h.department(t, "研发部"),
	}), web...)...)

	a = h.complete(t, h.say(t, "/compare weekly mp bot app:商城 date:2026-11-16"))
	a.row("小程序", cells(ask(apps[1].ID, usage.MiniProgram, ""), usage.ActiveUsers, usage.PageViews, usage.Opens)...)
	a.row("机器人", cells(ask(apps[1].ID, usage.Bot, ""), usage.ActiveUsers)[0], "—", "—")

	a = h.complete(t, h.say(t, "/compare weekly h5 app:商城 app:报销 app:用量助手"))
	for i, name := range []string{"用量助手", "商城", "报销"} {
		a.row(name, cells(ask(apps[i].ID, usage.Web, ""), usage.ActiveUsers, usage.PageViews, usage.Opens)...)
	}

	h.say(t, "/compare weekly mp h5").has("线上版本没有小程序，有：网页应用、机器人")
}

func jsonNumber(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}

// TestComparePeriods_EachNumberIsThePlatforms compares whole months, and a week that is not finished with a whole one.
func TestComparePeriods_EachNumberIsThePlatforms(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	app, rd := h.Options().AppID, h.department(t, "研发部")
	month := func(first string) usage.Figures {
		return h.figuresOf(t, usage.Request{AppID: app, Ability: usage.Web, Cycle: usage.Monthly, Date: date(t, first), DepartmentID: rd})
	}
	a := h.complete(t, h.say(t, "/compare monthly h5 dept:研发部 date:2026-09 date:2026-10"))
	later, earlier := month("2026-10-01"), month("2026-09-01")
	for name, m := range map[string]usage.Metric{"活跃用户数": usage.ActiveUsers, "页面访问数": usage.PageViews, "打开次数": usage.Opens} {
		got := a.rows()[name]
		if len(got) != 3 || got[0] != thousands(later[m]) || got[2] != thousands(earlier[m]) || !strings.Contains(got[1], signed(later[m]-earlier[m])) {
			t.Errorf("%s: %q, want %d, %d and their difference", name, got, later[m], earlier[m])
		}
	}

	a = h.complete(t, h.say(t, "/对比 网页 本周 上周"))
	a.has("前 2 天相加", "去重").lacks("%）；活跃")
	days := func(first string, m usage.Metric) (sum int64) {
		for i := range 2 {
			sum += h.figuresOf(t, usage.Request{AppID: app, Ability: usage.Web, Cycle: usage.Daily, Date: date(t, first).AddDays(i)})[m]
		}
		return sum
	}
	for name, m := range map[string]usage.Metric{"页面访问数": usage.PageViews, "打开次数": usage.Opens} {
		now, before := days("2026-11-23", m), days("2026-11-16", m)
		got := a.rows()[name]
		if len(got) != 3 || got[0] != thousands(now) || got[2] != thousands(before) || !strings.Contains(got[1], signed(now-before)) {
			t.Errorf("%s: %q, want the sums %d and %d and their difference", name, got, now, before)
		}
	}
	if got := a.rows()["活跃用户数"]; got != nil {
		t.Errorf("people of some days are compared: %q", got)
	}
	h.say(t, "/compare weekly date:2026-11-17 date:2026-11-18").has("前面的一项相同") // two days of one week
}

// signed is a difference as cards show it, without its sign.
func signed(n int64) string { return thousands(max(n, -n)) }

// TestWhy_EachNumberIsThePlatforms asks where a change comes from, and for the ranking by change.
func TestWhy_EachNumberIsThePlatforms(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	app := h.Options().AppID
	count := func(a usage.Ability, week, department string) int64 {
		return h.figuresOf(t, usage.Request{AppID: app, Ability: a, Cycle: usage.Weekly, Date: date(t, week), DepartmentID: department})[usage.ActiveUsers]
	}
	check := func(a answer, name string, ability usage.Ability, department string) int64 {
		t.Helper()
		now, before := count(ability, "2026-11-16", department), count(ability, "2026-11-09", department)
		got := a.rows()[name]
		if len(got) != 3 || got[1] != thousands(now) || got[2] != thousands(before) || now != before && !strings.Contains(got[0], signed(now-before)) {
			t.Errorf("%s: %q, want %d, before %d", name, got, now, before)
		}
		return max(now-before, before-now)
	}
	a := h.say(t, "/为什么 周报")
	a.has("平台不提供变化的原因", "加起来不等于整体")
	check(a, "网页应用", usage.Web, "")
	check(a, "机器人", usage.Bot, "")
	if a.rows()["小程序"] != nil {
		t.Error("the card has an ability that the app does not have")
	}
	for _, d := range h.Departments() {
		if d.ParentID == usage.RootID {
			check(a, d.Name, usage.AppAbility, d.ID)
		}
	}
	rd := h.department(t, "研发部")
	a = h.press(t, a, h.me, "按变化排行")
	last, rows := int64(1<<40), ranked(a)
	if len(rows) < 3 {
		t.Errorf("%d departments are ranked:\n%s", len(rows), a.text())
	}
	for _, row := range rows {
		id := h.department(t, row.name)
		now := count(usage.AppAbility, "2026-11-16", id)
		change := now - count(usage.AppAbility, "2026-11-09", id)
		if want := changed(change) + " · " + thousands(now); row.figures != want {
			t.Errorf("%s: %q, want %q", row.name, row.figures, want)
		}
		if change = max(change, -change); change > last {
			t.Errorf("%s changed more than the one before it", row.name)
		}
		last = change
	}
	h.say(t, "/why weekly dept:"+rd).has("研发部")
	h.say(t, "/top by:change 本周").has("完整的周期")
	h.say(t, "/top by:coverage").has("活跃", "变化")
}

// changed is a difference as rankings show it.
func changed(n int64) string {
	switch {
	case n > 0:
		return "+" + thousands(n)
	case n < 0:
		return "−" + thousands(-n)
	}
	return "持平"
}

// rankedRow is a department of a ranking: its name, and what stands beside it.
type rankedRow struct{ name, figures string }

var rankedLine = regexp.MustCompile(`(?m)^\s*\[\d+\. (.+)\] /usage \S.* date:\S+  (.+)$`)

// ranked returns the rows of a ranking, in their order.
func ranked(a answer) (rows []rankedRow) {
	for _, found := range rankedLine.FindAllStringSubmatch(a.text(), -1) {
		rows = append(rows, rankedRow{found[1], found[2]})
	}
	return rows
}

// TestAbilities_WhatTheAppLacks asks for and subscribes to an ability that the app does not have.
func TestAbilities_WhatTheAppLacks(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	h.say(t, "/usage weekly mp").has("没有小程序", "网页应用、机器人")
	h.say(t, "/usage weekly all").has("网页应用", "机器人").lacks("小程序 ")
	h.say(t, "/subscribe weekly mp").has("没有小程序", "网页应用、机器人")
	h.say(t, "/订阅 表单 小程序").has("没有小程序")
	if list := h.say(t, "/subs"); strings.Contains(list.text(), "小程序") {
		t.Errorf("it is subscribed to:\n%s", list.text())
	}
	a := h.say(t, "/subscribe weekly mp")
	h.press(t, a, h.me, "网页应用").has("网页应用")
}
