package templates_test

import (
	"strings"
	"testing"
	"time"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// zerosSoFar is a report whose last days had zeros as of 14:00.
func zerosSoFar(r usage.Report, from, through usage.Date) usage.Report {
	r.Complete, r.Over, r.Through = false, true, through
	r.ZerosFrom, r.AsOf = from, time.Date(2026, 11, 23, 14, 0, 0, 0, time.FixedZone("", 8*3600))
	return r
}

func idleDay() usage.Report {
	none := usage.Section{Ability: usage.Web, Rows: []usage.Row{row(usage.ActiveUsers, count(0), count(45), usage.Change{})}}
	return zerosSoFar(complete(usage.Web, day, usage.Department{}, none), day.Start, day.Start)
}

func idleWeekend() usage.Report {
	r := unfinished()
	return zerosSoFar(r, sunday.AddDays(-1), sunday)
}

// TestZerosAreToldAsWhatTheyAre on every card that may show them.
func TestZerosAreToldAsWhatTheyAre(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	running := zerosSoFar(unfinished(), usage.NewDate(2026, 11, 19), usage.NewDate(2026, 11, 19))
	running.Over = false
	lacking := zerosSoFar(unfinished(), sunday.AddDays(-1), sunday.AddDays(-1))
	idle := trend(usage.Web, day, 8)
	for i := range 2 {
		p := &idle.Points[6+i]
		p.Complete, p.ZerosFrom, p.Through, p.Figures = false, p.Period.Start, p.Period.Start, map[usage.Ability]usage.Figures{usage.Web: figures(usage.Web, 0)}
	}
	idle.AsOf = idleDay().AsOf
	weekly := trend(usage.Web, week, 8)
	last := &weekly.Points[7]
	last.Complete, last.ZerosFrom, weekly.AsOf = false, sunday, idleDay().AsOf
	top := templates.TopView{Ranking: usage.Ranking{
		Query: usage.Query{App: shop, Ability: usage.Web, Cycle: usage.Daily}, Period: day, Through: day.Start, Over: true, ZerosFrom: day.Start, AsOf: idleDay().AsOf,
		Rows: []usage.Rank{{Department: rd, Value: count(0)}},
	}}
	tests := map[string]struct {
		card  func(lang locale.Language) card.Card
		en    []string
		zh    []string
		never []string // in English
	}{
		"a day": {
			func(l locale.Language) card.Card { return templates.Usage(all.In(l), idleDay(), options()) },
			[]string{"As of 14:00, Sun 2026-11-22 shows 0: nobody may have used it, or the platform may still be counting.", "so far"},
			[]string{"截至 14:00，2026-11-22 周日 为 0"},
			[]string{"Compared with", "partial data", "This day isn't over"},
		},
		"a week that ends with a weekend": {
			func(l locale.Language) card.Card { return templates.Usage(all.In(l), idleWeekend(), options()) },
			[]string{"Mon 2026-11-16 – Sun 2026-11-22", "As of 14:00, Sat 2026-11-21 – Sun 2026-11-22 shows 0: nobody", "so far"},
			[]string{"截至 14:00，2026-11-21 周六 – 2026-11-22 周日 为 0"},
			[]string{"partial data", "aren't published", "This week isn't over"},
		},
		"a week that lacks its Sunday": {
			func(l locale.Language) card.Card { return templates.Usage(all.In(l), lacking, options()) },
			[]string{"The last days aren't published yet; data covers Mon 2026-11-16 – Sat 2026-11-21 only.", "As of 14:00, Sat 2026-11-21 shows 0: nobody"},
			nil, nil,
		},
		"a week that runs": {
			func(l locale.Language) card.Card { return templates.Usage(all.In(l), running, options()) },
			[]string{"This week isn't over", "As of 14:00, Thu 2026-11-19 shows 0: nobody"},
			nil, nil,
		},
		"a digest": {
			func(l locale.Language) card.Card {
				return templates.Digest(all.In(l), idleDay(), templates.DigestOptions{Late: true})
			},
			[]string{"As of 14:00, Sun 2026-11-22 shows 0: nobody", "If new data comes within three days, this message is updated."},
			[]string{"截至 14:00，2026-11-22 周日 为 0", "三天内有了新数据，这条消息会更新"},
			[]string{"came later than usual"},
		},
		"a test of it": {
			func(l locale.Language) card.Card {
				return templates.Digest(all.In(l), idleDay(), templates.DigestOptions{Test: true})
			},
			[]string{"As of 14:00"},
			nil,
			[]string{"this message is updated"},
		},
		"a digest that was amended": {
			func(l locale.Language) card.Card {
				return templates.Digest(all.In(l), complete(usage.Web, day, usage.Department{}, webSection()), templates.DigestOptions{Late: true, Amended: true})
			},
			[]string{"the platform had only zeros for the last days. Their data has come since, and this message was updated."},
			[]string{"这条消息发出时，平台对最后几天只给出 0"},
			[]string{"0 as of", "If figures come"},
		},
		"a trend of days": {
			func(l locale.Language) card.Card {
				return templates.Trend(all.In(l), templates.TrendView{Trend: idle})
			},
			[]string{"Dashed: 0 as of 14:00 for Sat 2026-11-21 – Sun 2026-11-22; nobody may have used it", "Sun 2026-11-22 (so far)"},
			[]string{"虚线：截至 14:00"},
			[]string{"unfinished"},
		},
		"a trend of weeks": {
			func(l locale.Language) card.Card {
				return templates.Trend(all.In(l), templates.TrendView{Trend: weekly})
			},
			[]string{"Dashed: 0 as of 14:00 for Sun 2026-11-22; nobody may have used it", "2026-11-16 – 11-22 (so far)"},
			nil,
			[]string{"unfinished"},
		},
		"a ranking": {
			func(l locale.Language) card.Card { return templates.Top(all.In(l), top) },
			[]string{"As of 14:00, Sun 2026-11-22 shows 0: nobody"},
			[]string{"截至 14:00，2026-11-22 周日 为 0"},
			nil,
		},
	}
	for name, tt := range tests {
		for lang, words := range map[locale.Language][]string{locale.English: tt.en, locale.Chinese: tt.zh} {
			text := tt.card(lang).Text()
			for _, want := range words {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %s: %q is not in\n%s", name, lang, want, text)
				}
			}
			for _, never := range tt.never {
				if strings.Contains(text, never) {
					t.Errorf("%s, %s: %q is in\n%s", name, lang, never, text)
				}
			}
		}
	}
}

// TestATrendThatEndsEarlierSaysSo, as a usage card does.
func TestATrendThatEndsEarlierSaysSo(t *testing.T) {
	t.Parallel()
	for _, p := range []usage.Period{day, week, month} {
		ending := trend(usage.Web, p.Previous(), 3)
		ending.NotOut = &p
		for lang, want := range map[locale.Language]string{locale.English: "The trend ends with the latest", locale.Chinese: "趋势到"} {
			text := templates.Trend(newTemplates(t).In(lang), templates.TrendView{Trend: ending}).Text()
			if !strings.Contains(text, want) || !strings.Contains(text, p.Start.String()) {
				t.Errorf("%s does not say so:\n%s", p.Cycle, text)
			}
		}
	}
}

// TestNoFiguresForAnAbilityOrADepartment checks that the card names what has no figures, also in the history.
func TestNoFiguresForAnAbilityOrADepartment(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	one := complete(usage.MiniProgram, day, rd, usage.Section{Ability: usage.MiniProgram, Missing: true})
	each := complete(usage.All, day, rd)
	for _, a := range usage.Abilities() {
		each.Sections = append(each.Sections, usage.Section{Ability: a, Missing: true})
	}
	topic := templates.Topic{App: shop, Ability: usage.MiniProgram, Cycle: usage.Daily, Department: rd}
	entry := templates.HistoryEntry{Topic: topic, Period: day, Outcome: templates.Delivered, Cause: templates.CauseNothingFor}
	for name, tt := range map[string]struct{ text, want string }{
		"one":     {templates.Digest(all.In(locale.English), one, templates.DigestOptions{}).Text(), "No data for Mini program · R&D, Sun 2026-11-22: nobody may have used it"},
		"all":     {templates.Digest(all.In(locale.English), each, templates.DigestOptions{}).Text(), "No data for Side by side · R&D, Sun 2026-11-22: nobody may have used it"},
		"history": {templates.History(all.In(locale.English), templates.HistoryView{Entries: []templates.HistoryEntry{entry}}).Text(), "no data for Mini program · R&D"},
		"subscriptions": {
			templates.Subscriptions(all.In(locale.English), templates.SubscriptionsView{Subscriptions: []templates.Subscription{
				{ID: "aaaaaa", Topic: topic, Last: &templates.Last{Outcome: templates.Delivered, Cause: templates.CauseNothingFor}},
			}}).Text(), "delivered (no data for Mini program · R&D)",
		},
		"history in Chinese": {templates.History(all.In(locale.Chinese), templates.HistoryView{Entries: []templates.HistoryEntry{entry}}).Text(), "没有 小程序 · 研发部 的数据"},
	} {
		if !strings.Contains(tt.text, tt.want) {
			t.Errorf("%s: %q is not in\n%s", name, tt.want, tt.text)
		}
	}
}
