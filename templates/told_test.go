package templates_test

import (
	"strings"
	"testing"

	"usagebot/templates"
	"usagebot/usage"
)

// firstSentence is what a digest with the remark begins with.
func firstSentence(t *testing.T, lang templates.Language, r usage.Remark) string {
	t.Helper()
	c := newTemplates(t).Digest(lang, complete(usage.Web, week, usage.Department{}, webSection()), templates.DigestOptions{Remark: r})
	first, _, _ := strings.Cut(strings.Join(body(c), "\n"), "\n")
	return first
}

func TestTheFirstSentence(t *testing.T) {
	t.Parallel()
	change := func(k usage.ChangeKind, delta int64, percent float64) usage.Change {
		return usage.Change{Kind: k, Delta: delta, Percent: percent}
	}
	same := remarkOf(usage.Quiet, 40, 40, change(usage.Same, 0, 0), month.Previous())
	unknownMover := rose()
	unknownMover.Mover, unknownMover.MoverUnknown = nil, true
	tests := map[string]struct {
		remark usage.Remark
		zh, en string
	}{
		"rose, most of it in an ability": {
			rose(), "活跃用户 1,234 人，比上周同一天（11-15 周日）多 321 人（+35.2%），增长最多的是网页（+210 人）。",
			"1,234 active users, 321 more than the same day last week (Sun 11-15), +35.2%; the largest rise is in Web (+210).",
		},
		"fell, most of it in a department": {
			fell(), "活跃用户 640 人，比上一周（2026-11-09 – 11-15）少 260 人（−28.9%），减少最多的是研发部（−200 人）。",
			"640 active users, 260 fewer than the week before (2026-11-09 – 11-15), −28.9%; the largest fall is in R&D (−200).",
		},
		"rose from a small base": {
			remarkOf(usage.Rose, 31, 12, change(usage.ByCount, 19, 0), month.Previous()),
			"活跃用户 31 人，比上个月（2026-09）多 19 人。", "31 active users, 19 more than the month before (2026-09).",
		},
		"from zero": {
			remarkOf(usage.Rose, 45, 0, change(usage.FromZero, 45, 0), month.Previous()),
			"活跃用户 45 人，上个月（2026-09）没有。", "45 active users; the month before (2026-09) had none.",
		},
		"to zero": {
			remarkOf(usage.Fell, 0, 45, change(usage.ByPercent, -45, -100), month.Previous()),
			"活跃用户 0 人，上个月（2026-09）有 45 人。", "0 active users; the month before (2026-09) had 45.",
		},
		"quiet": {
			quiet(), "平稳的一周：活跃用户 640 人，和上一周（2026-11-09 – 11-15）相比变化不大（+40，+6.7%）。",
			"A quiet week: 640 active users, little changed (+40, +6.7%) from the week before (2026-11-09 – 11-15).",
		},
		"the same": {
			same, "平稳的一个月：活跃用户 40 人，和上个月（2026-09）一样。", "A quiet month: 40 active users, the same as the month before (2026-09).",
		},
		"a few to zero": {
			remarkOf(usage.Quiet, 0, 9, change(usage.ByPercent, -9, -100), month.Previous()),
			"活跃用户 0 人，上个月（2026-09）有 9 人。", "0 active users; the month before (2026-09) had 9.",
		},
		"one": {
			remarkOf(usage.Quiet, 1, 0, change(usage.FromZero, 1, 0), usage.Period{Cycle: usage.Daily, Start: day.Start.AddDays(-7)}),
			"平稳的一天：活跃用户 1 人，和上周同一天（11-15 周日）相比变化不大（+1）。",
			"A quiet day: 1 active user, little changed (+1) from the same day last week (Sun 11-15).",
		},
		"what it would be compared with could not be had": {
			usage.Remark{Kind: usage.Unknown, Metric: usage.ActiveUsers, Against: usage.Period{Cycle: usage.Daily, Start: day.Start.AddDays(-7)}},
			"没有取到上周同一天（11-15 周日）的数据，所以没有对比。",
			"The figures of the same day last week (Sun 11-15) could not be fetched, so there is no comparison.",
		},
		"rose, and not all could be counted": {
			unknownMover, "活跃用户 1,234 人，比上周同一天（11-15 周日）多 321 人（+35.2%），主要变在哪里没有统计全，所以不说。",
			"1,234 active users, 321 more than the same day last week (Sun 11-15), +35.2%; where most of it shows cannot be told, as not everything could be counted.",
		},
		"silent": {usage.Remark{}, "活跃用户数  640  ▲ +40（+6.7%）  上一周 600", "Active users  640  ▲ +40 (+6.7%)  Week before: 600"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for lang, want := range map[templates.Language]string{templates.Chinese: tt.zh, templates.English: tt.en} {
				if got := firstSentence(t, lang, tt.remark); got != want {
					t.Errorf("%s: %q\nwant %q", lang, got, want)
				}
			}
		})
	}
}
