package command

import (
	"regexp"
	"strings"
	"time"

	"usagebot/usage"
)

// dateShape is what somebody who means a date types, right or wrong: numbers with something between them, or six
// digits and more.
var dateShape = regexp.MustCompile(`^\d+[-/.年月][-/.月日\d]*$|^\d{6,}$`)

// DateArg returns the argument for the period that is meant: `date:2026-11-16`, `昨天`.
func DateArg() *Arg {
	return &Arg{
		Name: "date",
		Keys: Words{En: []string{"date"}, Zh: []string{"日期", "时间"}},
		Values: []Value{
			{Means: string(usage.Today), Unsaid: true, Words: Words{En: []string{"today"}, Zh: []string{"今天", "今日"}}},
			{Means: string(usage.Yesterday), Words: Words{En: []string{"yesterday"}, Zh: []string{"昨天", "昨日"}}},
			{Means: string(usage.LastWeek), Words: Words{En: []string{"last-week", "lastweek", "last week"}, Zh: []string{"上周", "上个周"}}},
			{Means: string(usage.ThisWeek), Words: Words{En: []string{"this-week", "thisweek", "this week"}, Zh: []string{"本周", "这周"}}},
			{Means: string(usage.LastMonth), Words: Words{En: []string{"last-month", "lastmonth", "last month"}, Zh: []string{"上月", "上个月"}}},
			{Means: string(usage.ThisMonth), Words: Words{En: []string{"this-month", "thismonth", "this month"}, Zh: []string{"本月", "这个月"}}},
		},
		Looks:   dateShape.MatchString,
		Read:    readWhen,
		Write:   writeWhen,
		Samples: []string{"2026-11-16", "2026-10"},
		Example: Words{En: []string{"date:2026-11-16"}, Zh: []string{"日期:2026-11-16"}},
	}
}

func readWhen(args *Args, value string) bool {
	when, ok := parseWhen(value)
	if ok {
		args.When = when
	}
	return ok
}

func parseWhen(value string) (usage.When, bool) {
	switch kind := usage.WhenKind(value); kind {
	case usage.Today, usage.Yesterday, usage.LastWeek, usage.ThisWeek, usage.LastMonth, usage.ThisMonth:
		return usage.When{Kind: kind}, true
	}
	value = strings.NewReplacer("年", "-", "月", "-", "日", "", "/", "-", ".", "-").Replace(value)
	value = strings.TrimSuffix(value, "-")
	for _, form := range []struct {
		layout string
		kind   usage.WhenKind
	}{
		{"2006-1-2", usage.OnDay},
		{"20060102", usage.OnDay},
		{"2006-1", usage.InMonth},
	} {
		if t, err := time.Parse(form.layout, value); err == nil && plausible(t) {
			return usage.When{Kind: form.kind, Date: usage.DateOf(t)}, true
		}
	}
	return usage.When{}, false
}

// plausible keeps typing errors such as 0226-11-16 from becoming questions to the platform.
func plausible(t time.Time) bool { return t.Year() >= 2000 && t.Year() < 2100 }

func writeWhen(args Args) string {
	switch args.When.Kind {
	case usage.OnDay:
		return args.When.Date.String()
	case usage.InMonth:
		return strings.TrimSuffix(args.When.Date.String(), "-01")
	}
	return string(args.When.Kind)
}
