package templates_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// body is a card's text without its head and buttons.
func body(c card.Card) []string {
	_, lines, _ := strings.Cut(describe(c), "\n\n")
	var kept []string
	for line := range strings.SplitSeq(lines, "\n") {
		if !strings.HasPrefix(line, "→") {
			kept = append(kept, line)
		}
	}
	return kept
}

func TestADigestSaysAllThatTheUsageCardSays(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for _, r := range []usage.Report{allAbilities(), edges(), complete(usage.Web, week, rd, webSection())} {
		for _, lang := range locale.Languages() {
			asked := templates.Usage(all.In(lang), r, templates.UsageOptions{TimeZone: "Asia/Shanghai"})
			sent := templates.Digest(all.In(lang), r, templates.DigestOptions{TimeZone: "Asia/Shanghai"})
			if diff := cmp.Diff(body(asked), body(sent)); diff != "" {
				t.Errorf("the bodies differ (-usage +digest):\n%s", diff)
			}
		}
	}
}

func TestDigestTags(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	late := notOut()
	late.Complete = false
	tests := []struct {
		name   string
		report usage.Report
		o      templates.DigestOptions
		want   []string
	}{
		{"on time", edges(), templates.DigestOptions{}, nil},
		{"late", edges(), templates.DigestOptions{Late: true}, []string{"【延迟推送】"}},
		{"a late test", edges(), templates.DigestOptions{Late: true, Test: true}, []string{"【测试】", "【延迟推送】"}},
		{"never more than three", late, templates.DigestOptions{Late: true, Test: true}, []string{"【测试】", "【延迟推送】", "【进行中】"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			head, _, _ := strings.Cut(describe(templates.Digest(all.In(locale.Chinese), tt.report, tt.o)), "\n\n")
			var got []string
			for line := range strings.SplitSeq(head, "\n") {
				if strings.HasPrefix(line, "【") {
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTimingIsWorded(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	tests := []struct {
		cycle  usage.Cycle
		on     string
		zh, en string
	}{
		{usage.Daily, "", "每天 09:05（东京时间）", "Every day at 09:05 (Tokyo time)"},
		{usage.Daily, "workdays", "每个工作日 09:05（东京时间）", "Every workday at 09:05 (Tokyo time)"},
		{usage.Weekly, "sun", "每周日 09:05（东京时间）", "Every Sunday at 09:05 (Tokyo time)"},
		{usage.Monthly, "28", "每月 28 日 09:05（东京时间）", "Day 28 of each month at 09:05 (Tokyo time)"},
		{usage.Monthly, "29", "每月 29 日（当月没有这天则为最后一天） 09:05（东京时间）", "Day 29 of each month (the last day of shorter months) at 09:05 (Tokyo time)"},
		{usage.Monthly, "last", "每月最后一天 09:05（东京时间）", "Last day of each month at 09:05 (Tokyo time)"},
	}
	for _, tt := range tests {
		t.Run(tt.cycle.String()+" "+tt.on, func(t *testing.T) {
			t.Parallel()
			s := active()
			s.Topic.Cycle, s.Timing = tt.cycle, templates.Timing{Hour: 9, Minute: 5, On: tt.on, Zone: "Asia/Tokyo"}
			for lang, want := range map[locale.Language]string{locale.Chinese: tt.zh, locale.English: tt.en} {
				text := templates.ConfirmRemoval(all.In(lang), templates.ConfirmRemovalView{Subscription: s}).Text()
				if !strings.Contains(text, "\n"+want+"\n") {
					t.Errorf("%s: %q is not told in:\n%s", lang, want, text)
				}
			}
		})
	}
}

func TestTimesAreTheZonesOwn(t *testing.T) {
	t.Parallel()
	s := active()
	s.Next = []time.Time{time.Date(2026, 11, 29, 22, 30, 0, 0, time.UTC).In(shanghai)}
	text := templates.Subscribed(newTemplates(t).In(locale.Chinese), templates.SubscribedView{Subscription: s}).Text()
	if !strings.Contains(text, "接下来的推送：2026-11-30 周一") {
		t.Errorf("the next digest is told as:\n%s", text)
	}
}

func TestAtMostThreeDigestsAreAnnounced(t *testing.T) {
	t.Parallel()
	s := active()
	s.Next = append(s.Next, clock(12, 21, 10, 30))
	text := templates.Subscribed(newTemplates(t).In(locale.Chinese), templates.SubscribedView{Subscription: s}).Text()
	if !strings.Contains(text, "2026-12-14") || strings.Contains(text, "2026-12-21") {
		t.Errorf("the next digests are told as:\n%s", text)
	}
}

func TestEachViewHasItsButtons(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	working, resting := active(), paused()
	change := working.Actions.Change
	tests := []struct {
		name string
		card card.Card
		want []string
	}{
		{"subscribed", templates.Subscribed(all.In("en"), templates.SubscribedView{Subscription: working}), []string{"/test k7q2mw", change, "/pause k7q2mw", "/unsubscribe k7q2mw"}},
		{"subscribed and paused", templates.Subscribed(all.In("en"), templates.SubscribedView{Subscription: resting}), []string{"/test aaaaaa", change, "/resume aaaaaa", "/unsubscribe aaaaaa"}},
		{"list", templates.Subscriptions(all.In("en"), templates.SubscriptionsView{Subscriptions: []templates.Subscription{working, resting}, Example: "/x"}), []string{
			"/test k7q2mw", change, "/pause k7q2mw", "/history k7q2mw", "/test aaaaaa", change, "/resume aaaaaa", "/history aaaaaa",
		}},
		{"empty list", templates.Subscriptions(all.In("en"), templates.SubscriptionsView{Example: "/subscribe weekly"}), []string{"/subscribe weekly"}},
		{"removal", templates.ConfirmRemoval(all.In("en"), templates.ConfirmRemovalView{Yes: "/yes", Keep: "/keep"}), []string{"/yes", "/keep"}},
		{"history", templates.History(all.In("en"), templates.HistoryView{Entries: history()}), []string{
			"/retry k7q2mw date:2026-11-02", "/retry k7q2mw date:2026-10-26", "/retry k7q2mw date:2026-10-19",
		}},
		{"a chat that is gone", templates.OwnerNotices(all.In("en"), templates.OwnerNoticeView{Notices: notices()[:1]}), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range clicks(t, tt.card) {
				got = append(got, c.Command)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRemovalIsMarkedAsDangerous(t *testing.T) {
	t.Parallel()
	card := templates.ConfirmRemoval(newTemplates(t).In(locale.English), templates.ConfirmRemovalView{Yes: "/yes", Keep: "/keep"})
	want := []click{{"Unsubscribe", "danger", "/yes"}, {"Keep it", "default", "/keep"}}
	if diff := cmp.Diff(want, clicks(t, card)); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsMarkWhatIsChosen(t *testing.T) {
	t.Parallel()
	want := []click{
		{"中文", "primary", "/settings lang:zh"},
		{"English", "default", "/settings lang:en"},
		{"商城", "primary", "/settings app:cli_shop"},
		{"报销", "default", "/settings app:cli_expense"},
	}
	if diff := cmp.Diff(want, clicks(t, templates.Settings(newTemplates(t).In(locale.English), settings()))); diff != "" {
		t.Error(diff)
	}
}

func TestOutcomesHaveTheirSettledNames(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for outcome, want := range map[templates.Outcome][2]string{
		templates.Delivered: {"已送达", "delivered"}, templates.Waiting: {"待推送", "pending"}, templates.Skipped: {"已跳过", "skipped"},
		templates.Failed: {"失败", "failed"}, templates.Uncertain: {"待确认", "unconfirmed"},
	} {
		entries := []templates.HistoryEntry{{Period: day, Outcome: outcome}}
		for i, lang := range []locale.Language{locale.Chinese, locale.English} {
			text := templates.History(all.In(lang), templates.HistoryView{Entries: entries}).Text()
			if !strings.Contains(text, " · "+want[i]) {
				t.Errorf("%s in %s is told as:\n%s", outcome, lang, text)
			}
		}
	}
}

func TestEveryCauseIsTold(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for _, lang := range locale.Languages() {
		seen := map[string]templates.Cause{}
		for _, cause := range templates.Causes() {
			entries := []templates.HistoryEntry{{Period: day, Outcome: templates.Skipped, Cause: cause}}
			text := templates.History(all.In(lang), templates.HistoryView{Entries: entries}).Text()
			if other, ok := seen[text]; ok {
				t.Errorf("%s: %s and %s are told alike", lang, cause, other)
			}
			seen[text] = cause
		}
	}
}

func TestAListNamesWhatItHasNoRoomFor(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	list := many(30)
	card := templates.Subscriptions(all.In(locale.English), templates.SubscriptionsView{Subscriptions: list})
	shown := strings.Count(describe(card), "Every Monday")
	if shown < 8 || shown > 20 || !strings.Contains(describe(card), fmt.Sprintf("%d more are not listed: %s", 30-shown, list[shown].ID)) {
		t.Errorf("of 30 subscriptions %d are shown in:\n%s", shown, describe(card))
	}
	entries := make([]templates.HistoryEntry, 50)
	for i := range entries {
		entries[i] = history()[4]
	}
	text := templates.History(all.In(locale.English), templates.HistoryView{Entries: entries}).Text()
	if shown := strings.Count(text, " · failed"); shown < 10 || !strings.Contains(text, fmt.Sprintf("and %d more", 50-shown)) {
		t.Errorf("history:\n%s", text)
	}
}

// TestADigestSaysWhatItsChartLacks: it is not filled up, so that it does not say that more is coming.
func TestADigestSaysWhatItsChartLacks(t *testing.T) {
	t.Parallel()
	lacking := pendingTrend()
	for lang, want := range map[locale.Language][2]string{
		locale.Chinese: {"个周期的数据在发送时还没取到", "刷新"}, locale.English: {"had not loaded when this was sent", "Refresh"},
	} {
		card := string(templates.Digest(newTemplates(t).In(lang), unfinished(), templates.DigestOptions{Trend: &lacking}).JSON())
		if !strings.Contains(card, want[0]) || strings.Contains(card, want[1]) {
			t.Errorf("%s:\n%s", lang, card)
		}
	}
}

// firstSentence is what a digest with the remark begins with.
func firstSentence(t *testing.T, lang locale.Language, r usage.Highlight) string {
	t.Helper()
	c := templates.Digest(newTemplates(t).In(lang), complete(usage.Web, week, usage.Department{}, webSection()), templates.DigestOptions{Remark: r})
	first, _, _ := strings.Cut(strings.Join(body(c), "\n"), "\n")
	return first
}

func TestTheFirstSentence(t *testing.T) {
	t.Parallel()
	change := func(k usage.ChangeKind, delta int64, percent float64) usage.Change {
		return usage.Change{Kind: k, Delta: delta, Percent: percent}
	}
	same := remarkOf(usage.Alike, 40, 40, change(usage.Same, 0, 0), month.Previous())
	moderate := remarkOf(usage.Rose, 640, 600, byPercent(usage.ActiveUsers, 640, 600).Change, week.Previous())
	unknownMover := rose()
	unknownMover.Mover, unknownMover.MoverUnknown = nil, true
	tests := map[string]struct {
		remark usage.Highlight
		zh, en string
	}{
		"rose, most of it in an ability": {
			rose(), "活跃用户 1,234 人，比前一周同一天（11-15 周日）多 321 人（+35.2%），增长最多的是网页应用（多 210 人）。",
			"1,234 active users, up 321 (+35.2%) on the same weekday a week earlier (Sun 11-15). Web app rose most (210).",
		},
		"fell, most of it in a department": {
			fell(), "活跃用户 640 人，比前一周（2026-11-09 – 11-15）少 260 人（−28.9%），减少最多的是研发部（少 200 人）。",
			"640 active users, down 260 (−28.9%) on the week before (2026-11-09 – 11-15). R&D fell most (200).",
		},
		"rose from a small base": {
			remarkOf(usage.Rose, 14, 5, change(usage.ByCount, 9, 0), month.Previous()),
			"活跃用户 14 人，比前一个月（2026-09）多 9 人。", "14 active users, up 9 on the month before (2026-09).",
		},
		"from zero": {
			remarkOf(usage.Rose, 45, 0, change(usage.FromZero, 45, 0), month.Previous()),
			"活跃用户 45 人，前一个月（2026-09）没有人使用。", "45 active users; the month before (2026-09) had none.",
		},
		"to zero": {
			remarkOf(usage.Fell, 0, 45, change(usage.ByPercent, -45, -100), month.Previous()),
			"这个月没有人使用，前一个月（2026-09）有 45 人。", "Nobody used it in this month; the month before (2026-09) had 45 active users.",
		},
		"zero as before": {
			remarkOf(usage.Alike, 0, 0, change(usage.Same, 0, 0), week.Previous()),
			"这一周没有人使用，前一周（2026-11-09 – 11-15）也没有。", "Nobody used it in this week; the week before (2026-11-09 – 11-15) had none either.",
		},
		"moderate": {
			moderate, "活跃用户 640 人，比前一周（2026-11-09 – 11-15）多 40 人（+6.7%）。",
			"640 active users, up 40 (+6.7%) on the week before (2026-11-09 – 11-15).",
		},
		"steady": {
			steady(), "活跃用户 625 人，与前一周（2026-11-09 – 11-15）基本持平（+25，+4.2%）。",
			"625 active users, steady on the week before (2026-11-09 – 11-15): +25 (+4.2%).",
		},
		"the same": {
			same, "活跃用户 40 人，与前一个月（2026-09）持平。", "40 active users, the same as the month before (2026-09).",
		},
		"one to zero": {
			remarkOf(usage.Fell, 0, 1, change(usage.ByPercent, -1, -100), usage.Period{Cycle: usage.Daily, Start: day.Start.AddDays(-7)}),
			"这一天没有人使用，前一周同一天（11-15 周日）有 1 人。",
			"Nobody used it on this day; the same weekday a week earlier (Sun 11-15) had 1 active user.",
		},
		"what it would be compared with could not be had": {
			usage.Highlight{Kind: usage.Unknown, Metric: usage.ActiveUsers, Value: 640, Against: usage.Period{Cycle: usage.Daily, Start: day.Start.AddDays(-7)}},
			"活跃用户 640 人。", "640 active users.",
		},
		"rose, and not all could be counted": {
			unknownMover, "活跃用户 1,234 人，比前一周同一天（11-15 周日）多 321 人（+35.2%），各部分没有统计全，不能说哪部分变化最大。",
			"1,234 active users, up 321 (+35.2%) on the same weekday a week earlier (Sun 11-15). Not all parts could be counted, so none is named as the biggest change.",
		},
		"silent": {usage.Highlight{}, "活跃用户数  640", "Active users  640"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for lang, want := range map[locale.Language]string{locale.Chinese: tt.zh, locale.English: tt.en} {
				if got := firstSentence(t, lang, tt.remark); got != want {
					t.Errorf("%s: %q\nwant %q", lang, got, want)
				}
			}
		})
	}
}
