package sentence

import (
	"strings"

	"usagebot/usage"
)

// Holiday is one public holiday of one year.
type Holiday struct {
	Name        string // in Chinese, as it is published: "国庆节"; of two that fall together, both: "国庆中秋"
	First, Last usage.Date
}

// holidayNames are what the holidays are called, by what their published names contain.
var holidayNames = []struct{ published, chinese, english string }{
	{"国庆", "国庆|国庆节|十一假期|十一长假|十一期间|十一黄金周|国庆黄金周", "national day|the national day|golden week|the golden week"},
	{"春节", "春节|过年|新春", "spring festival|the spring festival|chinese new year|lunar new year|cny"},
	{"元旦", "元旦|元旦节", "new year|new year's day|new years day"},
	{"清明", "清明|清明节", "qingming|tomb-sweeping day|tomb sweeping day|qingming festival"},
	{"劳动", "五一|5一|五一节|劳动节", "labour day|labor day|may day"},
	{"端午", "端午|端午节", "dragon boat festival|the dragon boat festival|dragon boat"},
	{"中秋", "中秋|中秋节", "mid-autumn festival|the mid-autumn festival|mid-autumn|mid autumn festival|moon festival"},
}

// The beginnings of the values of words for holidays.
const (
	daysOff   = "holiday:"
	weeksOff  = "holiday week:"
	chineseOf = "|期间|假期|放假|放假期间|长假|小长假|那几天"
)

// holidayWords are the words for holidays and for the weeks that contain them.
func holidayWords() (list []definition) {
	for _, h := range holidayNames {
		var days, weeks []string
		for _, word := range strings.Split(h.chinese, "|") {
			for _, end := range strings.Split(chineseOf, "|") {
				days = append(days, word+end)
			}
			weeks = append(weeks, word+"周", word+"那周", word+"当周", word+"那一周", word+"那1周", word+"所在周")
		}
		for _, word := range strings.Split(h.english, "|") {
			days = append(days, word, word+" holiday", word+" holidays", word+" break")
			weeks = append(weeks, word+" week")
		}
		list = append(list, definition{sort: when, value: daysOff + h.published, words: strings.Join(days, "|")},
			definition{sort: when, value: weeksOff + h.published, words: strings.Join(weeks, "|")})
	}
	return list
}

// holiday returns the latest holiday of a kind that has begun, or that of a year; without a calendar it is not known.
func (c Context) holiday(value string, year int) period {
	kind, inWeeks := strings.CutPrefix(value, weeksOff)
	if !inWeeks {
		var is bool
		if kind, is = strings.CutPrefix(value, daysOff); !is {
			return period{form: unclear}
		}
	}
	found := period{form: unclear}
	for _, h := range c.Holidays {
		fits := strings.Contains(h.Name, kind) && (h.First.Year == year || h.Last.Year == year || year == 0 && !h.First.After(c.Today))
		if fits && (found.form == unclear || h.First.After(found.start)) {
			found = period{form: days, start: h.First, end: h.Last, holiday: value}
		}
	}
	switch {
	case found.form == unclear:
		found.holiday = value
	case inWeeks:
		return found.inWeeks()
	case found.start == found.end:
		found.form = day
	}
	return found
}

// inWeeks returns the weeks that contain a holiday.
func (p period) inWeeks() period {
	if p.form == unclear {
		return p
	}
	first, last := weekFrom(p.start), weekFrom(p.end)
	if first == last {
		return first
	}
	return period{form: weeks, start: first.start, end: last.end, holiday: p.holiday}
}

// isYear reports whether a period is a whole year.
func (p period) isYear() bool { return p.form == long && p == yearOf(p.start.Year) }
