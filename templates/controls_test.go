package templates_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

func TestOnlyWhatIsComingIsRefreshed(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for name, tt := range map[string]struct {
		trend usage.Trend
		want  bool
	}{"all there": {trend(usage.AppAbility, month, 12), false}, "pending": {pendingTrend(), true}} {
		for view, c := range map[string]card.Card{
			"usage": templates.Usage(all.In(locale.English), complete(usage.AppAbility, month, usage.Department{}, appSection()), dashboard(&tt.trend, "")),
			"trend": templates.Trend(all.In(locale.English), trendView(tt.trend, "")),
		} {
			told := strings.Contains(describe(c), "Data for 5 periods is still loading")
			if offered := strings.Contains(describe(c), "→ Refresh"); told != tt.want || offered != tt.want {
				t.Errorf("%s, %s: told %v, offered %v", name, view, told, offered)
			}
		}
	}
}

func TestAFieldShowsItsCurrentChoice(t *testing.T) {
	t.Parallel()
	var options []card.Option
	for i := range 40 {
		options = append(options, card.Option{Text: fmt.Sprint("部门", i), Value: fmt.Sprint("od-", i)})
	}
	long := strings.Repeat("x", 700)
	tests := map[string]struct {
		pick card.Pick
		want string // "" where there is no field
	}{
		"among the first":            {card.Pick{Line: "/usage", Arg: "dept", Options: options, Current: "od-3"}, "▾ Department: od-3 (24)  /usage + dept"},
		"further down":               {card.Pick{Line: "/usage", Arg: "dept", Options: options, Current: "od-39"}, "▾ Department: od-39 (24)  /usage + dept"},
		"none of them":               {card.Pick{Line: "/usage", Arg: "dept", Options: options[:2], Current: "od-9"}, "▾ Department:  (2)  /usage + dept"},
		"a value twice and an empty": {card.Pick{Line: "/usage", Arg: "dept", Options: []card.Option{{Text: "A", Value: "1"}, {Text: "B", Value: "1"}, {Text: "C"}}}, "▾ Department:  (1)  /usage + dept"},
		"a value that is too long":   {card.Pick{Line: "/usage", Arg: "dept", Options: []card.Option{{Text: "A", Value: long}}}, ""},
		"no options":                 {card.Pick{Line: "/usage", Arg: "dept"}, ""},
		"no command":                 {card.Pick{Arg: "dept", Options: options}, ""},
		"a command that is too long": {card.Pick{Line: long, Arg: "dept", Options: options}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := templates.UsageOptions{Department: tt.pick}
			text := describe(templates.Usage(newTemplates(t).In(locale.English), complete(usage.Web, week, rd, webSection()), o))
			if tt.want == "" && strings.Contains(text, "▾") || !strings.Contains(text, tt.want) {
				t.Errorf("want %q in:\n%s", tt.want, text)
			}
		})
	}
}

func TestOnlyADayIsShownInADatePicker(t *testing.T) {
	t.Parallel()
	for current, want := range map[string]string{"2026-11-22": "▾ Choose a date: 2026-11-22 (0)", "2026-11": "▾ Choose a date:  (0)", "": "▾ Choose a date:  (0)"} {
		o := templates.UsageOptions{Date: datePick("/usage", current)}
		text := describe(templates.Usage(newTemplates(t).In(locale.English), complete(usage.Web, week, rd, webSection()), o))
		if !strings.Contains(text, want) {
			t.Errorf("%q: want %q in:\n%s", current, want, text)
		}
	}
}

func TestShortFiguresStandExactlyElsewhere(t *testing.T) {
	t.Parallel()
	text := templates.Usage(newTemplates(t).In(locale.English), largeReport(), templates.UsageOptions{}).Text()
	for _, want := range []string{"1,217,958", "45,084,186", "16,779"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not told in:\n%s", want, text)
		}
	}
}

func TestCrumbsLeaveOutTheMiddle(t *testing.T) {
	t.Parallel()
	v := topView(ranking())
	v.Trail = nil
	for i := range 9 {
		v.Trail = append(v.Trail, templates.Crumb{Name: fmt.Sprint("D", i), Command: fmt.Sprint("/top dept:od-", i)})
	}
	v.Trail[8].Command = ""
	lines := describe(templates.Top(newTemplates(t).In(locale.English), v))
	shown := strings.Join(regexp.MustCompile(`\bD\d\b|…`).FindAllString(lines, 5), " ")
	if shown != "D0 … D5 D6 D7" || !strings.Contains(lines, "› …\n") || !strings.Contains(lines, "› D8\n") {
		t.Errorf("crumbs %s:\n%s", shown, lines)
	}
}
