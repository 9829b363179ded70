package command

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"usagebot/usage"
)

// EveryDay is the value of On that takes back what was said of days before.
const EveryDay = "daily"

// The other values of On beside "mon" to "sun" and "1" to "31".
const (
	workdays = "workdays"
	lastDay  = "last"
)

var (
	// dayShape is a day of the month as people write it by itself, right or wrong. A bare number could be an hour.
	dayShape = regexp.MustCompile(`^(?:每?月)?\d+(?:号|日|st|nd|rd|th)$|^每?月\d+$`)
	dayForm  = regexp.MustCompile(`^(?:每?月)?(\d{1,2})(?:号|日|st|nd|rd|th)?$`)
)

// OnArg returns the argument for the days on which a digest goes out: `on:mon`, `周一`, `on:15`, `月底`.
func OnArg() *Arg {
	return &Arg{
		Name: "on",
		Keys: Words{En: []string{"on"}, Zh: []string{"日子", "每", "星期", "几号"}},
		Values: append(weekdays(),
			Value{Means: workdays, Words: Words{En: []string{workdays, "workday", "weekdays", "weekday"}, Zh: []string{"工作日", "每个工作日"}}},
			Value{Means: EveryDay, NeedsKey: true, Words: Words{En: []string{EveryDay, "every-day", "every day", "everyday"}, Zh: []string{"每天", "每日"}}},
			Value{Means: lastDay, Words: Words{En: []string{lastDay, "last-day", "last day"}, Zh: []string{"月底", "月末", "最后一天"}}},
		),
		Looks:   func(folded string) bool { return dayShape.MatchString(withDigits(folded)) },
		Read:    readOn,
		Write:   func(args Args) string { return args.On },
		Samples: []string{"1", "15", "31"},
		Example: Words{En: []string{"on:mon"}, Zh: []string{"日子:周一"}},
		Beside:  onBeside,
	}
}

// onBeside returns the argument with nothing but the days on which a digest of the cycle goes out.
func onBeside(args Args) *Arg {
	a := OnArg()
	examples := map[usage.Cycle]Words{
		usage.Daily:   {En: []string{"on:workdays"}, Zh: []string{"日子:工作日"}},
		usage.Weekly:  a.Example,
		usage.Monthly: {En: []string{"on:15"}, Zh: []string{"日子:15号"}},
	}
	if args.Cycle == 0 {
		return a
	}
	other := func(on string) bool { return cycleOf(on) != args.Cycle }
	a.Values = slices.DeleteFunc(a.Values, func(v Value) bool { return other(v.Means) })
	a.Samples = slices.DeleteFunc(a.Samples, other)
	a.Example = examples[args.Cycle]
	return a
}

func weekdays() []Value {
	return []Value{
		{Means: "mon", Words: Words{En: []string{"mon", "monday"}, Zh: []string{"周一", "星期一", "礼拜一", "每周一"}}},
		{Means: "tue", Words: Words{En: []string{"tue", "tuesday"}, Zh: []string{"周二", "星期二", "礼拜二", "每周二"}}},
		{Means: "wed", Words: Words{En: []string{"wed", "wednesday"}, Zh: []string{"周三", "星期三", "礼拜三", "每周三"}}},
		{Means: "thu", Words: Words{En: []string{"thu", "thursday"}, Zh: []string{"周四", "星期四", "礼拜四", "每周四"}}},
		{Means: "fri", Words: Words{En: []string{"fri", "friday"}, Zh: []string{"周五", "星期五", "礼拜五", "每周五"}}},
		{Means: "sat", Words: Words{En: []string{"sat", "saturday"}, Zh: []string{"周六", "星期六", "礼拜六", "每周六"}}},
		{Means: "sun", Words: Words{En: []string{"sun", "sunday"}, Zh: []string{"周日", "周天", "星期日", "星期天", "礼拜日", "礼拜天", "每周日", "每周天"}}},
	}
}

// readOn takes a day of the month too, and behind a key the end of a weekday's name, as in `星期:一`.
func readOn(args *Args, value string) bool {
	if dayForm.MatchString(value) {
		return readDay(args, value)
	}
	if value == EveryDay || value == workdays || value == lastDay {
		args.On = value
		return true
	}
	for _, v := range weekdays() {
		if value == v.Means || v.has("周"+value) {
			args.On = v.Means
			return true
		}
	}
	return readDay(args, withDigits(value)) // only now: 星期:一 is no first day
}

// readDay takes a day of the month.
func readDay(args *Args, value string) bool {
	m := dayForm.FindStringSubmatch(value)
	if m == nil {
		return false
	}
	day, err := strconv.Atoi(m[1])
	if err != nil || day < 1 || day > 31 {
		return false
	}
	args.On = strconv.Itoa(day)
	return true
}

// cycleOf returns the one cycle whose digests can go out on such days.
func cycleOf(on string) usage.Cycle {
	switch {
	case on == EveryDay, on == workdays:
		return usage.Daily
	case on == lastDay, strings.Trim(on, "0123456789") == "":
		return usage.Monthly
	}
	return usage.Weekly
}

// checkDay refuses days on which no digest of the cycle goes out, as in `daily on:mon`. Days without a cycle say which
// one is meant.
func checkDay(_ *Registry, args *Args) *Error {
	if args.On != "" && args.Cycle == 0 {
		args.Cycle = cycleOf(args.On)
	}
	if args.On == "" || cycleOf(args.On) == args.Cycle {
		return nil
	}
	return &Error{Kind: Conflict, Arg: OnArg().Name, Other: CycleArg().Name}
}
