package templates_test

import (
	"slices"
	"strings"
	"testing"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/usage"
)

// TestWhatCouldNotBeHadIsSaid draws the same cards with and without what they need, and looks for the words and the button
// that make the difference.
func TestWhatCouldNotBeHadIsSaid(t *testing.T) {
	t.Parallel()
	whole := trend(usage.AppAbility, week, 8)
	without := func(s usage.Section) usage.Section {
		s.Rows = slices.Clone(s.Rows)
		for i := range s.Rows {
			s.Rows[i].Before, s.Rows[i].Change = nil, usage.Change{}
		}
		return s
	}
	uncompared := without(webSection())
	uncompared.BeforeFailed = true
	total := withTotalAsOf(appSection(), sunday)
	total.Rows = slices.Clone(total.Rows)
	total.Rows[2].Value, total.TotalFailed = nil, true
	noTotal := total
	noTotal.TotalFailed = false
	several := allAbilities()
	several.Sections = slices.Clone(several.Sections)
	several.Sections[0] = usage.Section{Ability: usage.AppAbility, Failed: true}
	only := []string{"could not be fetched", "unavailable"}
	for name, tt := range map[string]struct {
		report      usage.Report
		trend       usage.Trend
		words, lack []string // that stand on the card, and that do not
		refresh     bool
	}{
		"all is there":   {complete(usage.Web, week, rd, webSection()), whole, []string{"on the week before"}, only, false},
		"nothing there":  {complete(usage.Web, week, rd, without(webSection())), whole, []string{"No earlier data"}, only, false},
		"no comparison":  {complete(usage.Web, week, rd, uncompared), whole, []string{"so there is no comparison"}, []string{"No earlier data"}, true},
		"no total given": {complete(usage.AppAbility, week, rd, noTotal), whole, []string{"Not provided by the platform"}, only, false},
		"no total":       {complete(usage.AppAbility, week, rd, total), whole, []string{"unavailable"}, []string{"Not provided by the platform"}, true},
		"no ability": {
			several, whole,
			[]string{"active users unavailable", "Could not be fetched from the platform (this doesn't mean that nobody used it): Whole app.", "No data for this period: Mini program."},
			nil, true,
		},
		"some points": {complete(usage.AppAbility, week, rd, appSection()), failedTrend(), []string{"Data for 2 periods could not be fetched", "2026-10-05 – 10-11: unavailable", "2026-10-26 – 11-01: —"}, nil, true},
		"nothing there at a point where another ability failed": {
			several,
			usage.Trend{Query: several.Query, Points: []usage.Point{{Period: week, Complete: true, Failed: true, Nothing: []usage.Ability{usage.MiniProgram}}}},
			[]string{"Whole app unavailable · Mini program — · Web app unavailable"},
			[]string{"Mini program unavailable"},
			true,
		},
		"no points": {
			complete(usage.AppAbility, week, rd, appSection()),
			usage.Trend{Query: whole.Query, Points: []usage.Point{{Period: week, Complete: true, Failed: true}}},
			[]string{"Data for 1 period could not be fetched"},
			[]string{"nothing to draw"},
			true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := newTemplates(t)
			card := templates.Usage(all.In(locale.English), tt.report, templates.UsageOptions{Trend: &tt.trend, Refresh: "/usage again"}).Text()
			digest := templates.Digest(all.In(locale.English), tt.report, templates.DigestOptions{Trend: &tt.trend}).Text()
			summary := string(templates.Usage(all.In(locale.English), tt.report, templates.UsageOptions{Trend: &tt.trend}).JSON())
			for _, words := range tt.words {
				if !strings.Contains(card+summary, words) || words != tt.words[0] && !strings.Contains(digest, words) {
					t.Errorf("%q does not stand on the card:\n%s\nor the digest:\n%s", words, card, digest)
				}
			}
			for _, words := range tt.lack {
				if strings.Contains(card, words) || strings.Contains(digest, words) {
					t.Errorf("%q stands on the card:\n%s", words, card)
				}
			}
			if got := strings.Count(card, "/usage again"); got > 1 || (got == 1) != tt.refresh || strings.Contains(digest, "Refresh") {
				t.Errorf("%d buttons to refresh:\n%s", got, card)
			}
		})
	}
}

func TestTop_UncountedDepartments(t *testing.T) {
	t.Parallel()
	v := uncounted()
	whole := topView(ranking())
	whole.Refresh = v.Refresh
	for _, tt := range []struct {
		name string
		view templates.TopView
		said bool
	}{{"uncounted", v, true}, {"whole", whole, false}} {
		card := templates.Top(newTemplates(t).In(locale.English), tt.view)
		for _, words := range []string{"1 of 7 departments could not be counted", "among those counted", "partial data", "  not counted"} {
			if strings.Contains(card.Text()+string(card.JSON()), words) != tt.said {
				t.Errorf("%s: %q: %v\n%s", tt.name, words, !tt.said, card.Text())
			}
		}
		if refresh := strings.Contains(card.Text(), "Refresh"); refresh != tt.said {
			t.Errorf("%s: a button to refresh: %v", tt.name, refresh)
		}
	}
}
