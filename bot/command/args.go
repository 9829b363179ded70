package command

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"usagebot/locale"
	"usagebot/usage"
)

// arguments returns every kind of argument, in the order in which a line is written. They are made once, and never changed.
var arguments = sync.OnceValue(func() []*Arg {
	return []*Arg{
		DoArg(), IDArg(), SubjectArg(), PersonArg(), ChatArg(), RoleArg(), stateArg(), DaysArg(), CycleArg(), TimeArg(), OnArg(), AbilityArg(), DeptArg(), AppArg(), NamesArg(), ZoneArg(), DatesArg(), FromArg(), ThroughArg(), NumberArg(),
		PageArg(), MetricArg(), ByArg(), UntilArg(), LangArg(), NameArg(), ConfirmArg(), ProgressArg(), FormArg(), TopicArg(),
	}
})

// CycleArg returns the argument for the length of the period: `weekly`, `周报`.
func CycleArg() *Arg {
	return &Arg{
		Name: "cycle",
		Keys: Words{En: []string{"cycle", "period"}, Zh: []string{"周期"}},
		Values: []Value{
			{Means: usage.Daily.String(), Words: Words{En: []string{"daily", "day", "every day", "everyday"}, Zh: []string{"日报", "日", "每日", "每天", "每 天", "每 日", "天"}}},
			{Means: usage.Weekly.String(), Words: Words{En: []string{"weekly", "week", "every week"}, Zh: []string{"周报", "周", "每周"}}},
			{Means: usage.Monthly.String(), Words: Words{En: []string{"monthly", "month", "every month"}, Zh: []string{"月报", "月", "每月"}}},
		},
		Read: func(args *Args, value string) bool {
			for _, c := range usage.Cycles() {
				if c.String() == value {
					args.Cycle = c
					return true
				}
			}
			return false
		},
		Write: func(args Args) string {
			if args.Cycle == 0 {
				return ""
			}
			return args.Cycle.String()
		},
		Hint:    Words{En: []string{"cycle"}, Zh: []string{"周期"}},
		Example: Words{En: []string{"weekly"}, Zh: []string{"周报"}},
	}
}

// AbilityArg returns the argument for the part of an app: `h5`, `网页`.
func AbilityArg() *Arg {
	return &Arg{
		Name: "ability",
		Keys: Words{En: []string{"ability", "feature"}, Zh: []string{"能力"}},
		Values: []Value{
			{Means: string(usage.AppAbility), Words: Words{En: []string{"app", "whole-app", "whole app"}, Zh: []string{"整体", "应用整体", "应用"}}},
			{Means: string(usage.MiniProgram), Words: Words{En: []string{"mp", "miniprogram", "mini-program", "mini program"}, Zh: []string{"小程序"}}},
			{Means: string(usage.Web), Words: Words{En: []string{"h5", "web", "webapp", "web-app", "web app"}, Zh: []string{"网页应用", "网页"}}},
			{Means: string(usage.Bot), Words: Words{En: []string{"bot"}, Zh: []string{"机器人"}}},
			{Means: string(usage.All), Words: Words{En: []string{"all", "side-by-side", "side by side"}, Zh: []string{"全部", "各能力对比", "各能力", "所有"}}},
		},
		Read:    readAbility,
		Write:   func(args Args) string { return string(args.Ability) },
		Hint:    Words{En: []string{"ability"}, Zh: []string{"能力"}},
		Example: Words{En: []string{"h5"}, Zh: []string{"网页应用"}},
	}
}

func readAbility(args *Args, value string) bool {
	ability := usage.Ability(value)
	ok := ability == usage.All || slices.Contains(usage.Abilities(), ability)
	if ok {
		args.Ability = ability
	}
	return ok
}

// DeptArg returns the argument for a department: `dept:研发部`. The words for the whole tenant set an empty department, which
// takes back one that was given before.
func DeptArg() *Arg {
	return &Arg{
		Name: "dept",
		Keys: Words{En: []string{"dept", "department"}, Zh: []string{"部门"}},
		Values: []Value{
			{NeedsKey: true, Words: Words{En: []string{"all"}, Zh: []string{"全部", "所有"}}},
			{Words: Words{En: []string{"whole-company", "whole company"}, Zh: []string{"全公司"}}},
		},
		Free:    true,
		Read:    func(args *Args, value string) bool { args.Dept = value; return true },
		Write:   func(args Args) string { return args.Dept },
		Samples: []string{"研发部", "研发部/后端组"}, SamplesEn: []string{"Engineering", "Engineering/Backend"},
		Example: Words{En: []string{"dept:Engineering"}, Zh: []string{"部门:研发部"}},
	}
}

// AppArg returns the argument for an app: `app:商城`.
func AppArg() *Arg {
	return &Arg{
		Name:    "app",
		Keys:    Words{En: []string{"app"}, Zh: []string{"应用"}},
		Free:    true,
		Read:    func(args *Args, value string) bool { args.App = value; return true },
		Write:   func(args Args) string { return args.App },
		Samples: []string{"商城"}, SamplesEn: []string{"Shop"},
		Example: Words{En: []string{"app:Shop"}, Zh: []string{"应用:商城"}},
	}
}

// NamesArg returns the argument for the words that no other argument knows: `/usage weekly 市场部`. Its key is for a name that
// is also another word.
func NamesArg() *Arg {
	return &Arg{
		Name: "names",
		Keys: Words{En: []string{"name"}, Zh: []string{"名称"}},
		Free: true,
		Read: func(args *Args, value string) bool {
			args.Names = strings.Join(strings.FieldsFunc(value, isGap), " ")
			return args.Names != ""
		},
		Write:   func(args Args) string { return args.Names },
		Samples: []string{"市场部", "商城"}, SamplesEn: []string{"Marketing", "Shop"},
		Example: Words{En: []string{"Marketing"}, Zh: []string{"市场部"}},
	}
}

// TopicArg returns the argument for the name of a command, with or without its slash.
func TopicArg() *Arg {
	return &Arg{
		Name:    "topic",
		Rest:    true,
		HasForm: func(string) bool { return true },
		Read: func(args *Args, value string) bool {
			args.Topic = strings.TrimLeft(value, "/ ")
			return args.Topic != ""
		},
		Write:   func(args Args) string { return args.Topic },
		Hint:    Words{En: []string{"command"}, Zh: []string{"命令"}},
		Example: Words{En: []string{"usage"}, Zh: []string{"用量"}},
	}
}

// MetricArg returns the argument for the metric that is charted: `metric:uv`, `指标:新增`. All its words need the key: "new"
// and 打开 by themselves are ordinary words.
func MetricArg() *Arg {
	return &Arg{
		Name: "metric",
		Keys: Words{En: []string{"metric"}, Zh: []string{"指标"}},
		Values: []Value{
			metricValue(usage.ActiveUsers, []string{"active", "active-users", "active users"}, "活跃", "活跃用户", "活跃用户数"),
			metricValue(usage.NewUsers, []string{"new", "new-users", "new users"}, "新增", "新增用户", "新增用户数"),
			metricValue(usage.TotalUsers, []string{"total", "total-users", "total users"}, "累计", "累计用户", "累计用户数"),
			metricValue(usage.PageViews, []string{"views", "page-views", "page views", "pageviews"}, "访问", "页面访问", "页面访问数", "访问页面数"),
			metricValue(usage.Opens, []string{"opens"}, "打开", "打开次数"),
		},
		Read:    func(args *Args, value string) bool { return readMetric(args, usage.Metric(value)) },
		Write:   func(args Args) string { return string(args.Metric) },
		Example: Words{En: []string{"metric:uv"}, Zh: []string{"指标:活跃"}},
	}
}

// metricValue returns the value for a metric. The platform's name of it is also the first of its English words.
func metricValue(m usage.Metric, en []string, zh ...string) Value {
	return Value{Means: string(m), NeedsKey: true, Words: Words{En: append([]string{string(m)}, en...), Zh: zh}}
}

func readMetric(args *Args, m usage.Metric) bool {
	ok := slices.Contains(usage.AllMetrics(), m)
	if ok {
		args.Metric = m
	}
	return ok
}

// metrics returns the metrics that can be charted for the arguments. If several abilities are shown side by side or compared, it is
// enough that one of them has the metric.
func (a Args) metrics() []usage.Metric {
	return slices.DeleteFunc(usage.AllMetrics(), func(m usage.Metric) bool {
		return !a.hasMetric(m) || m == usage.TotalUsers && a.ResolvedCycle() != usage.TotalUsersCycle
	})
}

func (a Args) hasMetric(m usage.Metric) bool {
	for _, one := range a.Each() {
		ability := one.Ability
		if ability == "" {
			ability = usage.AppAbility
		}
		if slices.ContainsFunc(ability.Each(), func(part usage.Ability) bool { return slices.Contains(part.Metrics(), m) }) {
			return true
		}
	}
	return false
}

func (a Args) metricFits() bool { return a.Metric == "" || slices.Contains(a.metrics(), a.Metric) }

// checkMetric returns a check for the named command. It refuses a metric that the platform does not count for the ability,
// with an example for another metric, or not in the cycle, with an example for another cycle.
func checkMetric(name string) CheckFunc {
	return func(r *Registry, args *Args) *Error {
		if args.metricFits() {
			return nil
		}
		e := &Error{Kind: Conflict, Arg: MetricArg().Name, Other: AbilityArg().Name}
		fitting := Args{Cycle: args.Cycle, Ability: args.Ability, Metric: args.metrics()[0]}
		if args.hasMetric(args.Metric) {
			e.Other = CycleArg().Name
			fitting.Cycle, fitting.Metric = usage.TotalUsersCycle, args.Metric
		}
		for _, v := range MetricArg().Values {
			if slices.Contains(args.metrics(), usage.Metric(v.Means)) {
				e.allowed = append(e.allowed, v.Words)
			}
		}
		e.examples = r.lines(Command{Name: name, Args: fitting})
		return e
	}
}

// The limits of numbers. A trend needs two points.
const (
	minPoints = 2
	maxRanks  = 50
)

var numberForm = regexp.MustCompile(`^\d{1,4}$`)

// NumberArg returns the argument for how many periods or departments to show: `n:20`, `数量:20`. The command says by its Check
// which numbers are too large.
func NumberArg(samples ...string) *Arg {
	return &Arg{
		Name: "n",
		Keys: Words{En: []string{"n", "number"}, Zh: []string{"数量", "期数"}},
		Read: func(args *Args, value string) bool {
			n, err := strconv.Atoi(value)
			if err != nil || n == 0 || !numberForm.MatchString(value) {
				return false
			}
			args.N = n
			return true
		},
		Write: func(args Args) string {
			if args.N == 0 {
				return ""
			}
			return strconv.Itoa(args.N)
		},
		Samples: samples,
		Example: Words{En: []string{"n:20"}, Zh: []string{"数量:20"}},
	}
}

// PageArg returns the argument for the page of a long list: `page:2`, `页:2`.
func PageArg() *Arg {
	return &Arg{
		Name: "page",
		Keys: Words{En: []string{"page"}, Zh: []string{"页", "页码"}},
		Read: func(args *Args, value string) bool {
			n, err := strconv.Atoi(value)
			if err != nil || n == 0 || !numberForm.MatchString(value) {
				return false
			}
			args.Page = n
			return true
		},
		Write: func(args Args) string {
			if args.Page == 0 {
				return ""
			}
			return strconv.Itoa(args.Page)
		},
		Samples: []string{"2"},
		Example: Words{En: []string{"page:2"}, Zh: []string{"页:2"}},
	}
}

// maxPoints returns how many periods of a cycle one chart can show.
func maxPoints(c usage.Cycle) int {
	switch c {
	case usage.Weekly:
		return 26
	case usage.Monthly:
		return 24
	case usage.Daily:
		return 31
	}
	return 0
}

func (a Args) pointsFit() bool {
	return a.N == 0 || minPoints <= a.N && a.N <= maxPoints(a.ResolvedCycle())
}

// checkPoints refuses a number of periods that one chart cannot show. A number that is right for another cycle only, as in
// `weekly n:30`, is a conflict; any other is a bad value.
func checkPoints(r *Registry, args *Args) *Error {
	if args.pointsFit() {
		return nil
	}
	cycle := args.ResolvedCycle()
	e := &Error{Kind: BadValue, Arg: NumberArg().Name, allowed: span(minPoints, maxPoints(cycle))}
	if minPoints <= args.N && args.N <= maxPoints(usage.Daily) {
		e.Kind, e.Other = Conflict, CycleArg().Name
	}
	shown := Args{Cycle: cycle, N: maxPoints(cycle)}
	if cycle == usage.Daily && args.N > shown.N { // as many days fit in weeks or months
		shown = longer(args.N)
	}
	e.examples = r.lines(Command{Name: trendName, Args: shown})
	return e
}

// longer returns the weeks, or else the months, that are at least as long as a number of days and fit in a chart.
func longer(days int) Args {
	if weeks := (days + 6) / 7; weeks <= maxPoints(usage.Weekly) {
		return Args{Cycle: usage.Weekly, N: weeks}
	}
	return Args{Cycle: usage.Monthly, N: min((days+29)/30, maxPoints(usage.Monthly))}
}

// checkRanks refuses more departments than one card can list.
func checkRanks(_ *Registry, args *Args) *Error {
	if args.N <= maxRanks {
		return nil
	}
	return &Error{Kind: BadValue, Arg: NumberArg().Name, allowed: span(1, maxRanks)}
}

// span shows that every whole number from one to another is allowed.
func span(from, to int) []Words { return []Words{{En: []string{fmt.Sprintf("%d–%d", from, to)}}} }

// hanNumber is a number below a hundred in Chinese characters: 十, 二十三, 零五.
var hanNumber = regexp.MustCompile(`[零〇一二两三四五六七八九十]+`)

// withDigits returns the text with its Chinese numbers below a hundred in digits: 上午十点半 becomes 上午10点半.
func withDigits(text string) string { return hanNumber.ReplaceAllStringFunc(text, digitsOf) }

func digitsOf(han string) string {
	tens, ones, two := strings.Cut(han, "十")
	if !two {
		tens, ones = "", han
	}
	n, ok := hanDigit(ones, 0)
	if two {
		ten, fine := hanDigit(tens, 1)
		n, ok = n+10*ten, ok && fine
	}
	if !ok {
		return han
	}
	return strconv.Itoa(n)
}

// hanDigit reads one digit, which 零 may precede. For an empty text it returns none.
func hanDigit(han string, none int) (n int, ok bool) {
	if han == "" {
		return none, true
	}
	digits := []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	rest := strings.NewReplacer("〇", "零", "两", "二").Replace(han)
	if short := strings.TrimPrefix(rest, "零"); short != "" {
		rest = short
	}
	for n, digit := range digits {
		if rest == digit {
			return n, true
		}
	}
	return 0, false
}

var (
	// idShape is an id as people type it from a card, perhaps with 1 for l and 0 for o. idForm is a valid id.
	idShape = regexp.MustCompile(`^[a-z0-9]{6}$`)
	idForm  = regexp.MustCompile(`^[a-z2-7]{6}$`)
)

// SampleID is a subscription's id for examples. Answers replace it by an id of the chat, if it has one.
const SampleID = "k7q2mw"

// IDArg returns the argument for a subscription: `k7q2mw`.
func IDArg() *Arg {
	return &Arg{
		Name:    "id",
		Keys:    Words{En: []string{"id"}, Zh: []string{"编号"}},
		Default: true,
		HasForm: idShape.MatchString,
		Read: func(args *Args, value string) bool {
			ok := idForm.MatchString(value)
			if ok {
				args.ID = value
			}
			return ok
		},
		Write:   func(args Args) string { return args.ID },
		Hint:    Words{En: []string{"ID"}, Zh: []string{"编号"}},
		Example: Words{En: []string{SampleID}},
	}
}

// ConfirmArg returns the argument that confirms a command which otherwise asks first: `confirm`.
func ConfirmArg() *Arg {
	return flagArg(Words{En: []string{"confirm", "yes"}, Zh: []string{"确认", "确定"}}, func(args *Args) *bool { return &args.Confirm })
}

// FormArg returns the argument that opens a form instead of subscribing: `form`.
func FormArg() *Arg {
	return flagArg(Words{En: []string{"form"}, Zh: []string{"表单"}}, func(args *Args) *bool { return &args.Form })
}

// flagArg returns an argument of one word, which is given or not. Its name is its first English word.
func flagArg(words Words, field func(*Args) *bool) *Arg {
	name := words.First(locale.English)
	return &Arg{
		Name:   name,
		Values: []Value{{Means: name, Words: words}},
		Read: func(args *Args, value string) bool {
			ok := value == name
			*field(args) = ok || *field(args)
			return ok
		},
		Write: func(args Args) string {
			if *field(&args) {
				return name
			}
			return ""
		},
		Example: Words{En: []string{name}, Zh: []string{words.First(locale.Chinese)}},
	}
}

// LangArg returns the argument for the language of answers: `lang:en`, `语言:中文`.
func LangArg() *Arg {
	return &Arg{
		Name: "lang",
		Keys: Words{En: []string{"lang", "language"}, Zh: []string{"语言"}},
		Values: []Value{
			{Means: string(locale.Chinese), Words: Words{En: []string{"zh", "chinese", "zh-cn"}, Zh: []string{"中文", "汉语"}}},
			{Means: string(locale.English), Words: Words{En: []string{"en", "english", "en-us"}, Zh: []string{"英文", "英语"}}},
		},
		Read: func(args *Args, value string) bool {
			ok := value == string(locale.Chinese) || value == string(locale.English)
			if ok {
				args.Lang = locale.Language(value)
			}
			return ok
		},
		Write:   func(args Args) string { return string(args.Lang) },
		Example: Words{En: []string{"lang:en"}, Zh: []string{"语言:中文"}},
	}
}
