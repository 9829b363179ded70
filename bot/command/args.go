package command

import (
	"regexp"
	"slices"
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
