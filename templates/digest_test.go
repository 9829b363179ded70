package templates_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// body is a card's text without its head and buttons.
func body(c card.Card) []string {
	_, lines, _ := strings.Cut(c.Text(), "\n\n")
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
		for _, lang := range templates.Languages() {
			asked := all.Usage(lang, r, templates.UsageOptions{TimeZone: "Asia/Shanghai"})
			sent := all.Digest(lang, r, templates.DigestOptions{TimeZone: "Asia/Shanghai"})
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
			head, _, _ := strings.Cut(all.Digest(templates.Chinese, tt.report, tt.o).Text(), "\n\n")
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
			for lang, want := range map[templates.Language]string{templates.Chinese: tt.zh, templates.English: tt.en} {
				text := all.ConfirmRemoval(lang, templates.ConfirmRemovalView{Subscription: s}).Text()
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
	text := newTemplates(t).Subscribed(templates.Chinese, templates.SubscribedView{Subscription: s}).Text()
	if !strings.Contains(text, "（Asia/Shanghai）：\n2026-11-30 周一 06:30") {
		t.Errorf("the next digest is told as:\n%s", text)
	}
}

func TestAtMostThreeDigestsAreAnnounced(t *testing.T) {
	t.Parallel()
	s := active()
	s.Next = append(s.Next, clock(12, 21, 10, 30))
	text := newTemplates(t).Subscribed(templates.Chinese, templates.SubscribedView{Subscription: s}).Text()
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
		{"subscribed", all.Subscribed("en", templates.SubscribedView{Subscription: working}), []string{"/test k7q2mw", change, "/pause k7q2mw", "/unsubscribe k7q2mw"}},
		{"subscribed and paused", all.Subscribed("en", templates.SubscribedView{Subscription: resting}), []string{"/test aaaaaa", change, "/resume aaaaaa", "/unsubscribe aaaaaa"}},
		{"list", all.Subscriptions("en", templates.SubscriptionsView{Subscriptions: []templates.Subscription{working, resting}, Example: "/x"}), []string{
			"/test k7q2mw", change, "/pause k7q2mw", "/history k7q2mw", "/test aaaaaa", change, "/resume aaaaaa", "/history aaaaaa",
		}},
		{"empty list", all.Subscriptions("en", templates.SubscriptionsView{Example: "/subscribe weekly"}), []string{"/subscribe weekly"}},
		{"removal", all.ConfirmRemoval("en", templates.ConfirmRemovalView{Yes: "/yes", Keep: "/keep"}), []string{"/yes", "/keep"}},
		{"history", all.History("en", templates.HistoryView{Entries: history()}), []string{
			"/retry k7q2mw date:2026-11-02", "/retry k7q2mw date:2026-10-26", "/retry k7q2mw date:2026-10-19",
		}},
		{"a chat that is gone", all.OwnerNotice("en", templates.OwnerNoticeView{Notices: notices()[:1]}), nil},
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
	card := newTemplates(t).ConfirmRemoval(templates.English, templates.ConfirmRemovalView{Yes: "/yes", Keep: "/keep"})
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
	if diff := cmp.Diff(want, clicks(t, newTemplates(t).Settings(templates.English, settings()))); diff != "" {
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
		for i, lang := range []templates.Language{templates.Chinese, templates.English} {
			text := all.History(lang, templates.HistoryView{Entries: entries}).Text()
			if !strings.Contains(text, " · "+want[i]) {
				t.Errorf("%s in %s is told as:\n%s", outcome, lang, text)
			}
		}
	}
}

func TestEveryCauseIsTold(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for _, lang := range templates.Languages() {
		seen := map[string]templates.Cause{}
		for _, cause := range templates.Causes() {
			entries := []templates.HistoryEntry{{Period: day, Outcome: templates.Skipped, Cause: cause}}
			text := all.History(lang, templates.HistoryView{Entries: entries}).Text()
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
	card := all.Subscriptions(templates.English, templates.SubscriptionsView{Subscriptions: list})
	shown := strings.Count(card.Text(), "Every Monday")
	if shown < 8 || shown > 20 || !strings.Contains(card.Text(), fmt.Sprintf("%d more are not shown: %s", 30-shown, list[shown].ID)) {
		t.Errorf("of 30 subscriptions %d are shown in:\n%s", shown, card.Text())
	}
	entries := make([]templates.HistoryEntry, 50)
	for i := range entries {
		entries[i] = history()[4]
	}
	text := all.History(templates.English, templates.HistoryView{Entries: entries}).Text()
	if shown := strings.Count(text, " · failed"); shown < 10 || !strings.Contains(text, fmt.Sprintf("and %d more", 50-shown)) {
		t.Errorf("history:\n%s", text)
	}
}

// TestADigestSaysWhatItsChartLacks: it is not filled up, so that it does not say that more is coming.
func TestADigestSaysWhatItsChartLacks(t *testing.T) {
	t.Parallel()
	lacking := pendingTrend()
	for lang, want := range map[templates.Language][2]string{
		templates.Chinese: {"个周期的数据发送时还没取到", "刷新"}, templates.English: {"had not come when this was sent", "Refresh"},
	} {
		card := string(newTemplates(t).Digest(lang, unfinished(), templates.DigestOptions{Trend: &lacking}).JSON())
		if !strings.Contains(card, want[0]) || strings.Contains(card, want[1]) {
			t.Errorf("%s:\n%s", lang, card)
		}
	}
}
