package sentence

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"usagebot/bot/command"
	"usagebot/usage"
)

// scanner finds the tokens that have a form instead of fixed words: dates, times, numbers.
type scanner struct {
	first   string // the runes or, for letters, the words' beginnings that it may begin with
	after   string // the runes that may follow the digits and the space that it begins with; empty: any
	pattern *regexp.Regexp
	read    func(c Context, m []string) (token, bool)
}

const (
	monthName   = `(january|jan|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|sept|sep|october|oct|november|nov|december|dec)\.?`
	weekdayName = `(monday|mon|tuesday|tues|tue|wednesday|wed|thursday|thurs|thur|thu|friday|fri|saturday|sat|sunday|sun)`
	smallNumber = `(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten)`
	unitName    = `(days?|weeks?|months?|years?|quarters?)`
	hourName    = `(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)`
	dayPart     = `(?: (?:in the )?(am|pm|a\.m\.?|p\.m\.?|morning|afternoon|evening))?`
	dayHalf     = `(?:上午|早上|早晨|清晨|凌晨|中午|下午|傍晚|晚上)?`
)

func when1(p period) (token, bool) { return token{entry: entry{sort: when}, period: p}, true }

func monthNumber(text string) int {
	return strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", text[:3])/3 + 1
}

const digitRunes = "0123456789"

// scanners are tried at the beginning of every word or Chinese character.
var scanners = []scanner{
	{digitRunes, "-/.年", regexp.MustCompile(`^(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?`), func(_ Context, m []string) (token, bool) {
		return when1(date(atoi(m[1]), atoi(m[2]), atoi(m[3])))
	}},
	{digitRunes, "", regexp.MustCompile(`^(20\d\d)(\d\d)(\d\d)`), func(_ Context, m []string) (token, bool) {
		return when1(date(atoi(m[1]), atoi(m[2]), atoi(m[3])))
	}},
	{digitRunes, "-/年", regexp.MustCompile(`^(20\d\d)[-/年](\d{1,2})(?:月份|月)?`), func(_ Context, m []string) (token, bool) {
		p := date(atoi(m[1]), atoi(m[2]), 1)
		if p.form == day {
			p = monthFrom(p.start)
		}
		return when1(p)
	}},
	{digitRunes + "去今前明", "年的第q上下", regexp.MustCompile(`^(20\d\d年?|去年|今年|前年|明年)的?(?:第?([1-4])季度?|q([1-4])|(上|下)半年)`), func(c Context, m []string) (token, bool) {
		year := c.Today.Year + yearOffset(m[1])
		if n := atoi(strings.TrimSuffix(m[1], "年")); n > 0 {
			year = n
		}
		if m[4] != "" {
			return when1(halfOf(year, m[4] == "上"))
		}
		return when1(quarter(year, atoi(m[2]+m[3])))
	}},
	{digitRunes, "", regexp.MustCompile(`^(20\d\d)年?(?:全年|整年|度)?`), func(_ Context, m []string) (token, bool) { return when1(yearOf(atoi(m[1]))) }},
	{digitRunes, "月", regexp.MustCompile(`^(\d{1,2})月份?的?(\d{1,2})[日号]?`), func(c Context, m []string) (token, bool) {
		return when1(c.latestDay(atoi(m[1]), atoi(m[2])))
	}},
	{digitRunes, "月", regexp.MustCompile(`^(\d{1,2})月份?`), func(c Context, m []string) (token, bool) { return when1(c.latestMonth(atoi(m[1]))) }},
	{digitRunes, "号日", regexp.MustCompile(`^(\d{1,2})[号日]`), func(c Context, m []string) (token, bool) { return when1(c.latestMonthDay(atoi(m[1]))) }},
	{digitRunes, "/", regexp.MustCompile(`^(\d{1,2})/(\d{1,2})`), func(c Context, m []string) (token, bool) {
		return when1(c.latestDay(atoi(m[1]), atoi(m[2])))
	}},
	{digitRunes, "snrtojfmad", regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)? (?:of )?` + monthName + `(?: ?,? ?(20\d\d))?`), func(c Context, m []string) (token, bool) {
		return dayOfMonthName(c, m[2], m[1], m[3])
	}},
	{"jfmasond", "", regexp.MustCompile(`^` + monthName + ` ?(\d{1,2})(?:st|nd|rd|th)?(?: ?,? ?(20\d\d))?`), func(c Context, m []string) (token, bool) {
		return dayOfMonthName(c, m[1], m[2], m[3])
	}},
	{"jfmasond", "", regexp.MustCompile(`^` + monthName + `(?: ?,? ?(?:of )?(20\d\d|last year|this year))?`), func(c Context, m []string) (token, bool) {
		n := monthNumber(m[1])
		switch m[2] {
		case "":
			return when1(c.latestMonth(n))
		case "last year":
			return when1(monthFrom(usage.NewDate(c.Today.Year-1, time.Month(n), 1)))
		case "this year":
			return when1(monthFrom(usage.NewDate(c.Today.Year, time.Month(n), 1)))
		}
		return when1(monthFrom(usage.NewDate(atoi(m[2]), time.Month(n), 1)))
	}},
	{"lt", "", regexp.MustCompile(`^(?:last|this) ` + monthName), func(c Context, m []string) (token, bool) { return when1(c.latestMonth(monthNumber(m[1]))) }},
	{digitRunes, "snrt", regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)`), func(c Context, m []string) (token, bool) { return when1(c.latestMonthDay(atoi(m[1]))) }},
	{"去今前明", "", regexp.MustCompile(`^(去年|今年|前年|明年)的?(\d{1,2})月份?(?:(\d{1,2})[号日]?)?`), func(c Context, m []string) (token, bool) {
		p := date(c.Today.Year+yearOffset(m[1]), atoi(m[2]), max(1, atoi(m[3])))
		if m[3] == "" && p.form == day {
			p = monthFrom(p.start)
		}
		return when1(p)
	}},
	{"去今前明", "", regexp.MustCompile(`^(去年|今年|前年|明年)(?:全年|整年|1整年|一整年|1年|一年)?`), func(c Context, m []string) (token, bool) {
		return when1(yearOf(c.Today.Year + yearOffset(m[1])))
	}},
	{"lt", "", regexp.MustCompile(`^(last|this) year`), func(c Context, m []string) (token, bool) {
		return when1(yearOf(c.Today.Year - map[string]int{"last": 1}[m[1]]))
	}},
	{"y", "", regexp.MustCompile(`^(?:year to date|year-to-date|ytd)`), func(c Context, _ []string) (token, bool) { return when1(yearOf(c.Today.Year)) }},
	{"m", "", regexp.MustCompile(`^(?:month to date|month-to-date|mtd)`), func(c Context, _ []string) (token, bool) { return when1(c.ago(usage.Monthly, 0)) }},
	{"q", "", regexp.MustCompile(`^q([1-4])(?:[ /-]?(?:of |in )?(20\d\d|last year|this year))?`), func(c Context, m []string) (token, bool) {
		return when1(c.quarterOf(atoi(m[1]), c.yearNamed(m[2])))
	}},
	{"第" + digitRunes, "季", regexp.MustCompile(`^第?([1-4])季度?`), func(c Context, m []string) (token, bool) { return when1(c.quarterOf(atoi(m[1]), 0)) }},
	{"fst", "", regexp.MustCompile(`^(first|second|third|fourth) quarter(?: (?:of )?(20\d\d|last year|this year))?`), func(c Context, m []string) (token, bool) {
		return when1(c.quarterOf(map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4}[m[1]], c.yearNamed(m[2])))
	}},
	{"上本这下lpt", "", regexp.MustCompile(`^(上|本|这|last |previous |this )个?(?:季度|1季度|quarter)`), func(c Context, m []string) (token, bool) {
		back := 0
		if m[1] == "上" || m[1] == "last " || m[1] == "previous " {
			back = 1
		}
		return when1(quarter(c.Today.Year, (int(c.Today.Month)+2)/3-back))
	}},
	{"上下", "", regexp.MustCompile(`^(上|下)半年`), func(c Context, m []string) (token, bool) {
		return when1(halfOf(c.Today.Year, m[1] == "上"))
	}},
	{"上这本下", "", regexp.MustCompile(`^(上{1,4}|这|本|下{1,4})(?:1个|1|一|个)?(?:周|星期|礼拜)(?:的?(?:周|星期|礼拜)?([一二三四五六日天]))`), func(c Context, m []string) (token, bool) {
		return when1(c.weekdayIn(offset(m[1]), weekdayOf(m[2])))
	}},
	{"上这本下", "", regexp.MustCompile(`^(上{1,4}|这|本|下{1,4})(?:1个|1|一|个)?(?:周|星期|礼拜)`), func(c Context, m []string) (token, bool) {
		return when1(c.ago(usage.Weekly, -offset(m[1])))
	}},
	{"上这本下当", "", regexp.MustCompile(`^(上{1,4}|这|本|下{1,4}|当)(?:1个|1|一|个)?月份?(?:的?(\d{1,2})[号日]?)?`), func(c Context, m []string) (token, bool) {
		p := c.ago(usage.Monthly, -offset(m[1]))
		if m[2] != "" {
			p = date(p.start.Year, int(p.start.Month), atoi(m[2]))
		}
		return when1(p)
	}},
	{"上这本", "", regexp.MustCompile(`^(?:上{1,4}|这|本)个?(?:周|星期|礼拜)日活(?:跃)?(?:用户|人数)?数?`), func(_ Context, _ []string) (token, bool) {
		return token{entry: entry{sort: when, value: "daily"}, period: period{form: unclear}}, true
	}},
	{"周星礼", "", regexp.MustCompile(`^(?:周|星期|礼拜)([一二三四五六日天])`), func(c Context, m []string) (token, bool) { return when1(c.latestWeekday(weekdayOf(m[1]))) }},
	{"mtwfs", "", regexp.MustCompile(`^` + weekdayName + `s?`), func(c Context, m []string) (token, bool) { return when1(c.latestWeekday(weekdayOf(m[1]))) }},
	{"ltnp", "", regexp.MustCompile(`^(last|this|next|past) ` + weekdayName + `s?`), func(c Context, m []string) (token, bool) { return when1(c.relativeWeekday(m[1], weekdayOf(m[2]))) }},
	{"今昨前大tdy", "", regexp.MustCompile(`^(今天|今日|今儿个?|昨天|昨日|昨儿个?|昨|今|大{0,4}前天|大?前儿个?|前日|today|yesterday|the day before yesterday|day before yesterday)`), func(c Context, m []string) (token, bool) {
		return when1(dayOf(c.Today.AddDays(-daysBack(m[1]))))
	}},
	{"明后tn", "", regexp.MustCompile(`^(明天|明日|明儿个?|后天|后儿个?|tomorrow)`), func(c Context, m []string) (token, bool) {
		return when1(dayOf(c.Today.AddDays(1 + strings.Count(m[1], "后"))))
	}},
	{"ltnpwm", "", regexp.MustCompile(`^(last|this|next|previous|the week before last|week before last|the month before last|month before last)(?: (week|month))?(?:'s)?`), relativePeriod},
	{"ltnp" + digitRunes, "个天日周星礼月dwm", regexp.MustCompile(`^` + smallNumber + ` ?个?` + `(天|日|周|星期|礼拜|月|days?|weeks?|months?)(?:之前|以前|前| ago| earlier| before)`), func(c Context, m []string) (token, bool) {
		cycle, _ := cycleOf(m[2])
		return when1(c.ago(cycle, atoi(m[1])))
	}},
	{"otfsen", "", regexp.MustCompile(`^` + smallNumber + ` (days?|weeks?|months?) (?:ago|earlier)`), func(c Context, m []string) (token, bool) {
		cycle, _ := cycleOf(m[2])
		return when1(c.ago(cycle, atoi(m[1])))
	}},
	{"第" + digitRunes, "", regexp.MustCompile(`^第(\d{1,2})周`), func(c Context, m []string) (token, bool) { return when1(c.weekNumber(atoi(m[1]))) }},
	{"wc", "", regexp.MustCompile(`^(?:calendar )?(?:week|cw|w) ?(\d{1,2})`), func(c Context, m []string) (token, bool) { return when1(c.weekNumber(atoi(m[1]))) }},

	// Spans of periods.
	{"最近过这", "", regexp.MustCompile(`^(?:最近的|最近|近|过去的|过去|过往)(\d{1,3}|半|1整|一整)个?(天|日|周|星期|礼拜|月|年|季度)`), func(_ Context, m []string) (token, bool) {
		return spanOf(atoi(m[1]), m[1] == "半", m[2])
	}},
	{"lptr", "", regexp.MustCompile(`^(?:last|past|previous|recent|trailing|prior|most recent) ` + smallNumber + `[ -]?` + unitName), func(_ Context, m []string) (token, bool) {
		return spanOf(atoi(m[1]), false, m[2])
	}},
	{"lp", "", regexp.MustCompile(`^(?:past|last) (?:half[- ]?(?:a )?)(year)`), func(_ Context, m []string) (token, bool) { return spanOf(6, false, "month") }},
	{"p", "", regexp.MustCompile(`^past ` + unitName), func(_ Context, m []string) (token, bool) { return spanOf(1, false, m[1]) }},
	{"l", "", regexp.MustCompile(`^last:(\d{1,3})([dwm])`), func(_ Context, m []string) (token, bool) { return spanOf(atoi(m[1]), false, m[2]) }},
	{"半", "", regexp.MustCompile(`^半年`), func(_ Context, _ []string) (token, bool) { return bare(6, "月") }},
	{"前这", "", regexp.MustCompile(`^(?:前|这)(\d{1,3})个?(天|周|星期|礼拜|月)`), func(_ Context, _ []string) (token, bool) { return when1(period{form: unclear}) }},
	{digitRunes, "-个天周星礼年dwmy", regexp.MustCompile(`^(\d{1,3}) ?-?个?(天|周|星期|礼拜|年|days?|weeks?|months?|years?|d|w|m)`), func(_ Context, m []string) (token, bool) { return bare(atoi(m[1]), m[2]) }},
	{digitRunes, "个", regexp.MustCompile(`^(\d{1,3}) ?个(月|季度)`), func(_ Context, m []string) (token, bool) { return bare(atoi(m[1]), m[2]) }},
	{"otfsen", "", regexp.MustCompile(`^` + smallNumber + `[ -]` + unitName), func(_ Context, m []string) (token, bool) { return bare(atoi(m[1]), m[2]) }},

	// Numbers and what is counted.
	{"前", "", regexp.MustCompile(`^前(\d{1,2})(?:名|位|个|大)?(?:的?部门|的?团队|的?组)?`), ranked},
	{"t", "", regexp.MustCompile(`^top[- ]?` + smallNumber + `(?: (?:teams?|departments?|depts?|groups?))?`), ranked},
	{"n数期", "", regexp.MustCompile(`^(?:n|number|数量|期数)[:=] ?(\d{1,2})`), func(_ Context, m []string) (token, bool) {
		return token{entry: entry{sort: rank, value: "n"}, n: atoi(m[1])}, atoi(m[1]) > 0
	}},
	{"dacmpb部应能周指日时", "", regexp.MustCompile(`^(?:dept|department|app|ability|cycle|metric|date|部门|应用|能力|周期|指标|日期|时间)[:=]`), func(_ Context, _ []string) (token, bool) {
		return token{entry: entry{sort: filler, value: "key"}}, true
	}},
	{digitRunes + "otfsen", "个大款种部应组小团端能dta", regexp.MustCompile(`^` + smallNumber + ` ?(?:个|大|款|种)?(部门|大区|组|小组|团队|应用|端|能力|departments?|teams?|apps?)`), func(_ Context, m []string) (token, bool) {
		t := token{entry: entry{sort: filler, value: "count"}, n: atoi(m[1])}
		if m[2] == "应用" || m[2] == "端" || m[2] == "能力" || strings.HasPrefix(m[2], "app") {
			t.value = ""
		}
		return t, true
	}},
	{digitRunes, ".%p个", regexp.MustCompile(`^(\d{1,3}(?:\.\d+)?) ?(?:%|percentage points|per cent|percent|个百分点|个点)(?:以上)?`), func(_ Context, m []string) (token, bool) {
		return token{entry: entry{sort: percent, value: m[1]}}, true
	}},
	{digitRunes, "", regexp.MustCompile(`^(\d{1,3}(?:,\d{3})+|\d{1,9}(?:\.\d+)?)([万千百kw]| million| thousand)?(?:个?人|次)?`), readNumber},
	{"上早清凌中下傍晚at" + digitRunes, ":点时ap", regexp.MustCompile(`^` + dayHalf + `(?:\d{1,2}(?::\d\d|[点时](?:\d{1,2}分?|半|[13一三]刻|整|钟)?)(?: ?[ap]m)?|\d{1,2} ?[ap]m)`), func(_ Context, m []string) (token, bool) {
		text, ok := command.Clock(strings.ReplaceAll(m[0], " ", ""))
		return token{entry: entry{sort: clock, value: text}}, ok
	}},
	{"ahqtfos" + digitRunes, "mpt", regexp.MustCompile(`^(?:at |around )?(?:an? )?(half|quarter|five|ten|twenty|\d{1,2})(?: minutes)? (past|to) ` + hourName + dayPart), func(_ Context, m []string) (token, bool) {
		return clockIn(atoi(m[3]), map[string]int{"half": 30, "quarter": 15, "twenty": 20}[m[1]]+atoi(m[1]), m[2] == "to", m[4])
	}},
	{"aotfsen" + digitRunes, "o", regexp.MustCompile(`^(?:at |around )?` + hourName + ` (?:o'clock|oclock)` + dayPart), func(_ Context, m []string) (token, bool) {
		return clockIn(atoi(m[1]), 0, false, m[2])
	}},
	{"a", "", regexp.MustCompile(`^(?:at |around )` + hourName + `( fifteen| thirty| forty-five)?` + dayPart), func(_ Context, m []string) (token, bool) {
		return clockIn(atoi(m[1]), map[string]int{" fifteen": 15, " thirty": 30, " forty-five": 45}[m[2]], false, m[3])
	}},
	{"anm", "", regexp.MustCompile(`^(?:at )?(?:noon|midday)`), func(_ Context, _ []string) (token, bool) { return clockIn(12, 0, false, "") }},
	{"at", "", regexp.MustCompile(`^at (\d{1,2})`), func(_ Context, m []string) (token, bool) {
		text, ok := command.Clock(m[1] + ":00")
		return token{entry: entry{sort: clock, value: text}}, ok
	}},
	{"每", "", regexp.MustCompile(`^每个?(?:周|星期|礼拜)的?(?:周|星期|礼拜)?([一二三四五六日天])`), func(_ Context, m []string) (token, bool) { return onDay(weekdayNames[weekdayOf(m[1])]) }},
	{"每", "", regexp.MustCompile(`^每个?月的?(\d{1,2})[号日]?`), func(_ Context, m []string) (token, bool) { return onDay(strconv.Itoa(atoi(m[1]))) }},
	{"eo", "", regexp.MustCompile(`^(?:every|each|on) ` + weekdayName + `s`), func(_ Context, m []string) (token, bool) { return onDay(weekdayNames[weekdayOf(m[1])]) }},
	{"e", "", regexp.MustCompile(`^(?:every|each) ` + weekdayName), func(_ Context, m []string) (token, bool) { return onDay(weekdayNames[weekdayOf(m[1])]) }},
	{"abcdefghijklmnopqrstuvwxyz234567", "", regexp.MustCompile(`^[a-z2-7]{6}`), func(_ Context, m []string) (token, bool) {
		return token{entry: entry{sort: identity, value: m[0]}}, strings.ContainsAny(m[0], "234567") && strings.Trim(m[0], "234567") != ""
	}},
}

var dayNumber = regexp.MustCompile(`\d日$`)

// byRune is which scanners may match at a rune.
var byRune = func() map[rune][]*scanner {
	m := map[rune][]*scanner{}
	for i := range scanners {
		for _, r := range scanners[i].first {
			m[r] = append(m[r], &scanners[i])
		}
	}
	return m
}()

// afterDigits returns the rune behind the digits and the space that a text begins with; 0 if it begins with none.
func afterDigits(text string) rune {
	behind := strings.TrimLeft(text, digitRunes)
	if len(behind) == len(text) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(strings.TrimPrefix(behind, " ")) // RuneError at the end, which nothing allows
	return r
}

// scan finds the tokens that have a form.
func (s *segmenter) scan(i int, found func(t token, end int)) {
	from := s.starts[i]
	r, _ := utf8.DecodeRuneInString(s.text[from:])
	rest := s.text[from:]
	if len(rest) > 48 {
		rest = rest[:48]
	}
	follows := afterDigits(rest)
	for _, scan := range byRune[r] {
		if scan.after != "" && follows != 0 && !strings.ContainsRune(scan.after, follows) {
			continue
		}
		m := scan.pattern.FindStringSubmatch(rest)
		if m == nil {
			continue
		}
		t, ok := scan.read(s.Context, m)
		end := i + utf8.RuneCountInString(m[0])
		if !ok || end >= len(s.starts) || !s.boundary(end) {
			continue
		}
		if strings.HasSuffix(m[0], "一") && strings.HasPrefix(rest[len(m[0]):], "共") {
			continue // 上周一共 is 上周 and 一共
		}
		t.from, t.to = from, s.starts[end]
		found(t, end)
		// 11月15日活 is the 15th and 日活.
		if dayNumber.MatchString(m[0]) && strings.HasPrefix(s.text[t.to:], "活") && t.period.form == day {
			t.to = s.starts[end-1]
			found(t, end-1)
		}
	}
}
