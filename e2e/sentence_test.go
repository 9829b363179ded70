package e2e

import (
	"testing"
	"time"

	"usagebot/usage"
)

// TestSentences lets a newcomer write as to a colleague.
func TestSentences(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	market := h.department(t, "市场部")
	week := h.truth(t, usage.Web, usage.Weekly, "2026-11-16", "", usage.ActiveUsers)
	for _, tt := range []struct {
		say         string
		has, hasNot []string
	}{
		{"你好", []string{"直接问我", "/用量 周报", "/帮助"}, nil},
		{"上周h5用得怎么样", []string{week, "2026-11-16", "理解为 /用量 周报 网页应用 日期:2026-11-16"}, nil},
		{"那市场部呢", []string{"市场部", h.truth(t, usage.Web, usage.Weekly, "2026-11-16", market, usage.ActiveUsers), "理解为"}, nil},
		{"how many people used it yesterday?", []string{"2026-11-24", "理解为 /用量 日报"}, []string{"市场部"}},
		{"usage last week for Marketing", []string{"市场部", "2026-11-16"}, nil},
		{"用量周报", []string{"2026-11-16", "理解为 /用量 周报"}, nil},
		{"help", []string{"/帮助", "/用量"}, nil},
		{"近8周网页周活趋势", []string{"理解为 /趋势 周报 网页应用 数量:8"}, nil},
		{"市场部下面哪个组用得最多", []string{"品牌组", "理解为 /排行"}, nil},
		{"公关部上周用得怎么样", []string{"没有找到部门", "公关部"}, []string{"理解为"}},
		{"张伟上周用了几次", []string{"不提供具体是谁"}, []string{"理解为"}},
		{"次日留存率多少", []string{"没有留存"}, []string{"理解为"}},
		{"上周灰度用户活跃", []string{"灰度", "听懂的部分"}, []string{"理解为"}},
		{"后端组昨天多少人用", []string{"可以指多个", "研发部/后端组", "重庆分公司/后端组"}, []string{"理解为"}},
		{"2月30号日活", []string{"不存在"}, []string{"理解为"}},
		{"我的订阅", []string{"订阅"}, nil},
		{"thanks a lot", []string{"直接问我"}, nil},
	} {
		h.say(t, tt.say).has(tt.has...).lacks(tt.hasNot...)
		time.Sleep(250 * time.Millisecond) // the platform takes 5 messages a second into one chat
	}
}

// TestSentences_AChangeIsOnlyConfirmed asks for a digest in words: nothing is stored until the button is pressed.
func TestSentences_AChangeIsOnlyConfirmed(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	a := h.say(t, "每周五下午5点推市场部的周报").has("要这样做吗", "/订阅 周报 17:00 推送日:周五 部门:市场部")
	h.say(t, "/subs").lacks("市场部")
	h.press(t, a, h.me, "执行").has("市场部", "17:00")
	h.say(t, "/subs").has("市场部", "17:00")
}

// TestSentences_InAGroup needs a mention, and nothing else.
func TestSentences_InAGroup(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	group := h.Group().ID
	h.sayIn(t, group, "昨天全公司多少人用了").has("2026-11-24", "理解为")
}
