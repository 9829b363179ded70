package command

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"usagebot/locale"
)

// TestWordsOnCards types the words by which cards call metrics, abilities, cycles, states and outcomes. People copy what they
// read.
func TestWordsOnCards(t *testing.T) {
	t.Parallel()
	lines := map[string]struct {
		before string
		meant  func(Args) string
	}{
		"metric.":       {"/usage all metric:", func(a Args) string { return string(a.Metric) }},
		"ability.":      {"/usage ", func(a Args) string { return string(a.Ability) }},
		"cycle.":        {"/usage ", func(a Args) string { return a.Cycle.String() }},
		"outcome.":      {"/admin history ", func(a Args) string { return a.State }},
		"record.state.": {"/admin subs ", func(a Args) string { return a.State }},
	}
	for _, lang := range locale.Languages() {
		text, err := os.ReadFile("../../templates/locale/" + string(lang) + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]any
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatal(err)
		}
		read := map[string]int{}
		for key, value := range words {
			word, ok := value.(string)
			for family, line := range lines {
				means, in := strings.CutPrefix(key, family)
				if !in || !ok || means == "with_cause" || means == "removed" { // a sentence, and what no list shows
					continue
				}
				read[family]++
				c, err := registry().ParseKnown(line.before + word)
				if err != nil || line.meant(c.Args) != means {
					t.Errorf("%s%s: %s, %v, want %s", line.before, word, c, err, means)
				}
			}
		}
		for family := range lines {
			if read[family] < 2 {
				t.Errorf("%s has %d words that begin with %s", lang, read[family], family)
			}
		}
	}
}

// TestFormerWords types the words that cards and documents had before.
func TestFormerWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/历史":                      "/history",
		"/retry k7q2mw last-week":  "/retry k7q2mw date:last-week",
		"/resend k7q2mw last-week": "/retry k7q2mw date:last-week",
		"/管理 立即发送 k7q2mw":          "/admin run k7q2mw",
		"/admin send-now k7q2mw":   "/admin run k7q2mw",
		"/管理 立即推送 k7q2mw":          "/admin run k7q2mw",
		"/admin hand-over k7q2mw":  "/admin hand-over k7q2mw",
		"/admin transfer k7q2mw":   "/admin hand-over k7q2mw",
		"/管理 审计":                   "/admin audit",
		"/管理 变更记录":                 "/admin audit",
		"/admin changes":           "/admin audit",
		"/管理 撤权 " + anID:           "/admin revoke to:" + anID,
		"/管理 收回 " + anID:           "/admin revoke to:" + anID,
		"/管理 历史 等待":                "/admin history pending",
		"/管理 推送记录 待推送":             "/admin history pending",
		"/admin history uncertain": "/admin history unconfirmed",
		"/管理 订阅 有效":                "/admin subs active",
		"/管理 补数 30天":               "/admin backfill 30d",
		"/管理 补数据 30天":              "/admin backfill 30d",
		"/订阅 周报 日子:周一":             "/subscribe weekly on:mon",
		"/订阅 周报 推送日:周一":            "/subscribe weekly on:mon",
		"/用量 应用 上个周 指标:访问":         "/usage app date:last-week metric:pv",
		"/usage Side by side":      "/usage all",
		"/usage whole app":         "/usage app",
	} {
		if got := parse(t, text).String(); got != want {
			t.Errorf("%s is read as %s, want %s", text, got, want)
		}
	}
}
