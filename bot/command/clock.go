package command

import (
	"fmt"
	"regexp"
	"strconv"
)

// dayHalf is what people say in front of an hour of the half day.
const dayHalf = `(?:上午|早上|早晨|清晨|凌晨|中午|下午|傍晚|晚上)`

var (
	// clockShape is what somebody who means a time of day types, right or wrong.
	clockShape = regexp.MustCompile(`^` + dayHalf + `?\d+(?:[:点时].*|[ap]m)$`)
	// clockForm is every form that is read: `9:05`, `9点05分`, `下午3点半`, `9am`, and behind a key also `9`. Chinese numbers
	// are digits by then.
	clockForm = regexp.MustCompile(`^(` + dayHalf + `)?(\d{1,2})(?::(\d\d)|[点时](?:(\d{1,2})分?|(半|[13]刻)|整|钟)?)?([ap]m)?$`)
	// clockTime is the form in which a time is kept and written.
	clockTime = regexp.MustCompile(`^\d\d:\d\d$`)
)

// TimeArg returns the argument for the time of day at which a digest goes out: `10:30`. It shares the key 时间 with the
// date, which a command takes or a time, but not both.
func TimeArg() *Arg {
	return &Arg{
		Name:  "time",
		Keys:  Words{En: []string{"at", "time"}, Zh: []string{"时间", "时刻", "几点"}},
		Looks: func(folded string) bool { return clockShape.MatchString(withDigits(folded)) },
		Read: func(args *Args, value string) bool {
			clock, ok := parseClock(value)
			if ok {
				args.Time = clock
			}
			return ok
		},
		Write:   func(args Args) string { return args.Time },
		Hint:    Words{En: []string{"HH:MM"}},
		Samples: []string{"09:00", "10:30"},
		Example: Words{En: []string{"10:30"}},
	}
}

func parseClock(folded string) (clock string, ok bool) {
	m := clockForm.FindStringSubmatch(withDigits(folded))
	if m == nil {
		return "", false
	}
	hour, err := strconv.Atoi(m[2])
	if err != nil {
		return "", false
	}
	hour, ok = onClock(hour, m[1]+m[6])
	if !ok {
		return "", false
	}
	minute := map[string]int{"半": 30, "1刻": 15, "3刻": 45}[m[5]]
	if digits := m[3] + m[4]; digits != "" {
		if minute, err = strconv.Atoi(digits); err != nil {
			return "", false
		}
	}
	return fmt.Sprintf("%02d:%02d", hour, minute), minute < 60
}

// onClock returns the hour of 24 that an hour of the half day is. Twelve is no such hour but at noon: people do not agree on
// which side of noon, or of midnight, it lies.
func onClock(hour int, half string) (int, bool) {
	switch half {
	case "":
		return hour, hour < 24
	case "中午":
		if hour == 1 || hour == 2 {
			hour += 12
		}
		return hour, 11 <= hour && hour <= 14
	case "上午", "早上", "早晨", "清晨", "凌晨", "am":
		return hour, 0 < hour && hour < 12
	case "下午", "傍晚", "晚上", "pm":
		return hour + 12, 0 < hour && hour < 12
	}
	return 0, false
}
