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
		{"late", edges(), templates.DigestOptions{Late: true}, []string{"【迟到】"}},
		{"a late test", edges(), templates.DigestOptions{Late: true, Test: true}, []string{"【测试】", "【迟到】"}},
		{"never more than three", late, templates.DigestOptions{Late: true, Test: true}, []string{"【测试】", "【迟到】", "【未结束】"}},
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
		{usage.Daily, "", "每天 09:05（Asia/Tokyo）", "Every day at 09:05 (Asia/Tokyo)"},
		{usage.Daily, "workdays", "每个工作日（周一至周五） 09:05（Asia/Tokyo）", "Monday to Friday at 09:05 (Asia/Tokyo)"},
		{usage.Weekly, "sun", "每周日 09:05（Asia/Tokyo）", "Every Sunday at 09:05 (Asia/Tokyo)"},
		{usage.Monthly, "28", "每月 28 日 09:05（Asia/Tokyo）", "On day 28 of every month at 09:05 (Asia/Tokyo)"},
		{usage.Monthly, "29", "每月 29 日（没有这一天的月份是最后一天） 09:05（Asia/Tokyo）", "On day 29 of every month, or the last day of a shorter one, at 09:05 (Asia/Tokyo)"},
		{usage.Monthly, "last", "每月最后一天 09:05（Asia/Tokyo）", "On the last day of every month at 09:05 (Asia/Tokyo)"},
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
	if !strings.Contains(text, "（Asia/Shanghai）：\n2026-11-30 周一 06:30") {
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
	want := []click{{"Remove", "danger", "/yes"}, {"Keep", "default", "/keep"}}
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
		templates.Delivered: {"已送达", "delivered"}, templates.Waiting: {"等待数据", "waiting"}, templates.Skipped: {"已跳过", "skipped"},
		templates.Failed: {"失败", "failed"}, templates.Uncertain: {"待确认", "uncertain"},
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
	if shown < 8 || shown > 20 || !strings.Contains(describe(card), fmt.Sprintf("%d more are not shown: %s", 30-shown, list[shown].ID)) {
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
		locale.Chinese: {"个周期的数据发送时还没取到", "刷新"}, locale.English: {"had not come when this was sent", "Refresh"},
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
	same := remarkOf(usage.Quiet, 40, 40, change(usage.Same, 0, 0), month.Previous())
	unknownMover := rose()
	unknownMover.Mover, unknownMover.MoverUnknown = nil, true
	tests := map[string]struct {
		remark usage.Highlight
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
			usage.Highlight{Kind: usage.Unknown, Metric: usage.ActiveUsers, Against: usage.Period{Cycle: usage.Daily, Start: day.Start.AddDays(-7)}},
			"没有取到上周同一天（11-15 周日）的数据，所以没有对比。",
			"The figures of the same day last week (Sun 11-15) could not be fetched, so there is no comparison.",
		},
		"rose, and not all could be counted": {
			unknownMover, "活跃用户 1,234 人，比上周同一天（11-15 周日）多 321 人（+35.2%），主要变在哪里没有统计全，所以不说。",
			"1,234 active users, 321 more than the same day last week (Sun 11-15), +35.2%; where most of it shows cannot be told, as not everything could be counted.",
		},
		"silent": {usage.Highlight{}, "活跃用户数  640  ▲ +40（+6.7%）  上一周 600", "Active users  640  ▲ +40 (+6.7%)  Week before: 600"},
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
