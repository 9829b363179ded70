package command

import (
	"regexp"
	"strings"
	"time"
	"unicode"
)

// zoneShape keeps everything but names from the database of time zones, which may be a folder of files. Its names begin
// with a capital; beside them the folder may hold what differs from machine to machine, such as localtime.
var zoneShape = regexp.MustCompile(`^[A-Z][A-Za-z]*(?:[/_+-]?[A-Za-z0-9]+)*$`)

// ZoneArg returns the argument for the time zone in which a time is told: `tz:Asia/Shanghai`, `时区:北京`. The words of its
// values all need the key: a city by itself may be a department.
func ZoneArg() *Arg {
	return &Arg{
		Name:   "tz",
		Keys:   Words{En: []string{"tz", "timezone", "time-zone", "zone"}, Zh: []string{"时区"}},
		Proper: true,
		Values: []Value{
			{Means: "Asia/Shanghai", NeedsKey: true, Words: Words{En: []string{"asia/shanghai", "shanghai", "beijing", "china", "utc+8", "gmt+8"}, Zh: []string{"北京", "上海", "北京时间", "中国", "东八区"}}},
			{Means: "Asia/Hong_Kong", NeedsKey: true, Words: Words{En: []string{"asia/hong_kong", "hong kong", "hongkong"}, Zh: []string{"香港"}}},
			{Means: "Asia/Taipei", NeedsKey: true, Words: Words{En: []string{"asia/taipei", "taipei"}, Zh: []string{"台北"}}},
			{Means: "Asia/Singapore", NeedsKey: true, Words: Words{En: []string{"asia/singapore", "singapore"}, Zh: []string{"新加坡"}}},
			{Means: "Asia/Tokyo", NeedsKey: true, Words: Words{En: []string{"asia/tokyo", "tokyo"}, Zh: []string{"东京"}}},
			{Means: "Asia/Seoul", NeedsKey: true, Words: Words{En: []string{"asia/seoul", "seoul"}, Zh: []string{"首尔"}}},
			{Means: "Asia/Dubai", NeedsKey: true, Words: Words{En: []string{"asia/dubai", "dubai"}, Zh: []string{"迪拜"}}},
			{Means: "Europe/London", NeedsKey: true, Words: Words{En: []string{"europe/london", "london"}, Zh: []string{"伦敦"}}},
			{Means: "Europe/Paris", NeedsKey: true, Words: Words{En: []string{"europe/paris", "paris"}, Zh: []string{"巴黎"}}},
			{Means: "Europe/Berlin", NeedsKey: true, Words: Words{En: []string{"europe/berlin", "berlin"}, Zh: []string{"柏林"}}},
			{Means: "America/New_York", NeedsKey: true, Words: Words{En: []string{"america/new_york", "new york", "newyork"}, Zh: []string{"纽约"}}},
			{Means: "America/Los_Angeles", NeedsKey: true, Words: Words{En: []string{"america/los_angeles", "los angeles"}, Zh: []string{"洛杉矶"}}},
			{Means: "Australia/Sydney", NeedsKey: true, Words: Words{En: []string{"australia/sydney", "sydney"}, Zh: []string{"悉尼"}}},
			{Means: "UTC", NeedsKey: true, Words: Words{En: []string{"utc", "gmt"}, Zh: []string{"世界时"}}},
		},
		Read: func(args *Args, value string) bool {
			zone, ok := findZone(value)
			if ok {
				args.Zone = zone
			}
			return ok
		},
		Write:   func(args Args) string { return args.Zone },
		Example: Words{En: []string{"tz:Asia/Shanghai"}, Zh: []string{"时区:北京"}},
	}
}

// findZone returns the name of a zone as the database writes it: with capitals at the beginning of each word, or
// throughout, or as it was typed (`America/Port_of_Spain`).
func findZone(text string) (name string, ok bool) {
	for _, name := range []string{capitalised(text), text, strings.ToUpper(text)} {
		if !zoneShape.MatchString(name) || name == "Local" {
			continue
		}
		if _, err := time.LoadLocation(name); err == nil {
			return name, true
		}
	}
	return "", false
}

func capitalised(s string) string {
	inside := false
	return strings.Map(func(r rune) rune {
		first := !inside
		inside = unicode.IsLetter(r)
		if first {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, s)
}
