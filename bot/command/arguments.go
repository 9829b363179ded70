package command

import (
	"slices"
	"strings"

	"usagebot/usage"
)

// arguments returns every kind of argument, in the order in which a line is written.
func arguments() []*Arg {
	return []*Arg{
		DoArg(), IDArg(), SubjectArg(), PersonArg(), ChatArg(), RoleArg(), stateArg(), DaysArg(), CycleArg(), TimeArg(), OnArg(), AbilityArg(), DeptArg(), AppArg(), ZoneArg(), DateArg(), FromArg(), ThroughArg(), NumberArg(),
		PageArg(), MetricArg(), UntilArg(), LangArg(), NameArg(), ConfirmArg(), ProgressArg(), FormArg(), TopicArg(),
	}
}

// CycleArg returns the argument for the length of the period: `weekly`, `周报`.
func CycleArg() *Arg {
	return &Arg{
		Name: "cycle",
		Keys: Words{En: []string{"cycle"}, Zh: []string{"周期"}},
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
		Keys: Words{En: []string{"ability"}, Zh: []string{"能力"}},
		Values: []Value{
			{Means: string(usage.AppAbility), Words: Words{En: []string{"app"}, Zh: []string{"应用", "整体"}}},
			{Means: string(usage.MiniProgram), Words: Words{En: []string{"mp", "miniprogram", "mini-program", "mini program"}, Zh: []string{"小程序"}}},
			{Means: string(usage.Web), Words: Words{En: []string{"h5", "web", "webapp", "web-app", "web app"}, Zh: []string{"网页", "网页应用"}}},
			{Means: string(usage.Bot), Words: Words{En: []string{"bot"}, Zh: []string{"机器人"}}},
			{Means: string(usage.All), Words: Words{En: []string{"all"}, Zh: []string{"全部", "所有"}}},
		},
		Read:    readAbility,
		Write:   func(args Args) string { return string(args.Ability) },
		Hint:    Words{En: []string{"ability"}, Zh: []string{"能力"}},
		Example: Words{En: []string{"h5"}, Zh: []string{"网页"}},
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

// DeptArg returns the argument for a department: `dept:研发部`. The whole tenant is no department, so that saying it
// takes back what was said before.
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
		Samples: []string{"研发部", "研发部/后端组"},
		Example: Words{En: []string{"dept:研发部"}, Zh: []string{"部门:研发部"}},
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
		Samples: []string{"商城"},
		Example: Words{En: []string{"app:商城"}, Zh: []string{"应用:商城"}},
	}
}

// TopicArg returns the argument for the name of a command, with or without its slash.
func TopicArg() *Arg {
	return &Arg{
		Name:  "topic",
		Rest:  true,
		Looks: func(string) bool { return true },
		Read: func(args *Args, value string) bool {
			args.Topic = strings.TrimLeft(value, "/ ")
			return args.Topic != ""
		},
		Write:   func(args Args) string { return args.Topic },
		Hint:    Words{En: []string{"command"}, Zh: []string{"命令"}},
		Example: Words{En: []string{"usage"}, Zh: []string{"用量"}},
	}
}
