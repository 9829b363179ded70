package e2e

import (
	"testing"
	"time"

	"usagebot/usage"
)

// TestTypedLines types lines as people do: periods by their names, departments without a key, words without spaces. Each
// answer has the platform's figure of the period that is meant.
func TestTypedLines(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday) // 2026-11-25
	market, rd, hr := h.department(t, "市场部"), h.department(t, "研发部"), h.department(t, "测试组")
	figure := func(ability usage.Ability, cycle usage.Cycle, date, department string) string {
		return h.truth(t, ability, cycle, date, department, usage.ActiveUsers)
	}
	whole, h5 := usage.AppAbility, usage.Web
	for _, tt := range []struct {
		line  string
		words []string
	}{
		{"/usage 前天", []string{"2026-11-23", figure(whole, usage.Daily, "2026-11-23", "")}},
		{"/用量 大前天", []string{"2026-11-22", figure(whole, usage.Daily, "2026-11-22", "")}},
		{"/用量 上周五", []string{"2026-11-20", figure(whole, usage.Daily, "2026-11-20", "")}},
		{"/usage last friday", []string{"2026-11-20", figure(whole, usage.Daily, "2026-11-20", "")}},
		{"/usage 周一", []string{"2026-11-23", figure(whole, usage.Daily, "2026-11-23", "")}},
		{"/usage 15号", []string{"2026-11-15", figure(whole, usage.Daily, "2026-11-15", "")}},
		{"/usage Nov 3 h5", []string{"2026-11-03", figure(h5, usage.Daily, "2026-11-03", "")}},
		{"/usage 上上周", []string{"2026-11-09", "2026-11-15", figure(whole, usage.Weekly, "2026-11-09", "")}},
		{"/usage 10月", []string{"2026-10-01", figure(whole, usage.Monthly, "2026-10-01", "")}},
		{"/usage September", []string{"2026-09-01", figure(whole, usage.Monthly, "2026-09-01", "")}},
		{"/usage last:7d", []string{"趋势", "2026-11-18", "2026-11-24", "没有去重后的总人数"}},
		{"/用量 近8周", []string{"趋势", "8 周"}},
		{"/usage 2026-11-01..2026-11-15", []string{"趋势", "2026-11-01", "2026-11-15", "没有去重后的总人数", figure(whole, usage.Daily, "2026-11-15", "")}},
		{"/usage 三季度", []string{"趋势", "2026-07", "2026-09", figure(whole, usage.Monthly, "2026-09-01", "")}},
		{"/usage 2026-02-30", []string{"不存在", "28 天"}},
		{"/usage weekly 市场部", []string{"市场部", figure(whole, usage.Weekly, "2026-11-16", market)}},
		{"/top 研发", []string{"部门排行", "后端组"}},
		{"/trend weekly Marketing", []string{"市场部", "趋势", figure(whole, usage.Weekly, "2026-11-16", market)}},
		{"/用量上周h5", []string{"2026-11-16", figure(h5, usage.Weekly, "2026-11-16", "")}},
		{"/usage周报，网页应用、研发", []string{"研发部", figure(h5, usage.Weekly, "2026-11-16", rd)}},
		{"/usage 测试团队 weekly", []string{"测试组", figure(whole, usage.Weekly, "2026-11-16", hr)}},
		{"/usage dept:marketing department weekly", []string{"市场部", figure(whole, usage.Weekly, "2026-11-16", market)}},
		{"/usage 后端组", []string{"研发部/后端组", "重庆分公司/后端组"}},
		{"/usage Marketnig", []string{"Marketnig", "市场部"}},
		{"/usage h5weekly", []string{"/usage h5 weekly"}},
		{"/usage 2026-11-01..2026-11-30", []string{"2026-11-30 还没到"}},
	} {
		h.say(t, tt.line).has(tt.words...)
		time.Sleep(250 * time.Millisecond) // the platform takes 5 messages a second into one chat
	}
}

// TestCycles_LeadBack opens a week from November's card, and November again from the week's.
func TestCycles_LeadBack(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	november := h.say(t, "/usage 2026-11").has("2026-11-01")
	week := h.press(t, november, h.me, "周报").has("2026-11-16", "2026-11-22")
	h.press(t, week, h.me, "月报").has("2026-11-01")
}
