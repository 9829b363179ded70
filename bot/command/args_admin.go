package command

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"usagebot/locale"
)

var (
	personForm = regexp.MustCompile(`^ou_[A-Za-z0-9_-]{1,64}$`)
	chatForm   = regexp.MustCompile(`^oc_[A-Za-z0-9_-]{1,64}$`)
	appForm    = regexp.MustCompile(`^cli_[0-9a-z]{1,60}$`)
	daysForm   = regexp.MustCompile(`^([0-9]+)(?:d|days?|天|日)?$`)
)

// ThisChat stands for the chat in which the command is typed.
const ThisChat = "this"

// PersonArg returns the argument for a person: a mention, or `ou_…`.
func PersonArg() *Arg {
	return &Arg{
		Name:    "person",
		Keys:    Words{En: []string{"user"}, Zh: []string{"用户"}},
		Proper:  true,
		HasForm: regexp.MustCompile(`^@?ou_`).MatchString,
		Read: func(args *Args, value string) bool {
			if isMention(value) {
				value = value[1:]
			}
			ok := personForm.MatchString(value)
			if ok {
				args.Person = value
			}
			return ok
		},
		Write:   func(args Args) string { return args.Person },
		Hint:    Words{En: []string{"@person"}, Zh: []string{"@某人"}},
		Samples: []string{"ou_84aad35d084aa403a838cf73ee18467"},
		Example: Words{En: []string{"ou_84aad35d084aa403a838cf73ee18467"}},
	}
}

// SubjectArg returns the argument for who gets a role: a person as in PersonArg, a chat (`chat:this`, `oc_…`), or everybody in
// a department (`members:研发部`).
func SubjectArg() *Arg {
	return &Arg{
		Name:    "to",
		Keys:    subjectKeys(),
		Values:  []Value{{Means: ThisChat, Words: Words{En: []string{ThisChat, "this-chat", "this chat"}, Zh: []string{"本群", "本会话"}}}},
		Free:    true,
		HasForm: regexp.MustCompile(`^(@?ou|oc)_`).MatchString,
		Read: func(args *Args, value string) bool {
			args.Subject = subjectOf(value)
			return args.Subject != ""
		},
		Write:   func(args Args) string { return args.Subject },
		Samples: []string{"ou_84aad35d084aa403a838cf73ee18467", "oc_413871888e0d5492e25b173f0812efb7"},
		Example: Words{En: []string{"ou_84aad35d084aa403a838cf73ee18467"}},
	}
}

func subjectKeys() Words {
	return Words{En: []string{"to", "chat", "members", "user"}, Zh: []string{"给", "会话", "群", "成员", "用户"}}
}

// subjectOf returns the subject without the keys that people write twice, as in `to:chat:this`.
func subjectOf(text string) string {
	for {
		at := strings.IndexFunc(text, isColon)
		if at < 0 || !subjectKeys().has(fold(text[:at])) {
			break
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		text = strings.TrimFunc(text[at+size:], isGap)
	}
	switch {
	case isMention(text):
		return text[1:]
	case SubjectArg().value(fold(text), true) != nil:
		return ThisChat
	}
	return text
}

// IsPerson reports whether a subject is a person. A subject that is neither a person nor a chat names a department.
func IsPerson(subject string) bool { return personForm.MatchString(subject) }

// IsAppID reports whether a text has the form of an app's id.
func IsAppID(text string) bool { return appForm.MatchString(text) }

// IsChat reports whether the subject is a chat, ThisChat included.
func IsChat(subject string) bool { return subject == ThisChat || chatForm.MatchString(subject) }

// ChatArg returns the argument for a chat: `chat:this`, `chat:oc_…`.
func ChatArg() *Arg {
	return &Arg{
		Name:   "chat",
		Keys:   Words{En: []string{"chat"}, Zh: []string{"会话", "群"}},
		Proper: true,
		Values: []Value{{Means: ThisChat, NeedsKey: true, Words: Words{En: []string{ThisChat}, Zh: []string{"本群", "本会话"}}}},
		Read: func(args *Args, value string) bool {
			ok := IsChat(value)
			if ok {
				args.Chat = value
			}
			return ok
		},
		Write:   func(args Args) string { return args.Chat },
		Samples: []string{"oc_413871888e0d5492e25b173f0812efb7"},
		Example: Words{En: []string{"chat:this"}, Zh: []string{"会话:本群"}},
	}
}

// RoleArg returns the argument for a role: `viewer`, `admin`.
func RoleArg() *Arg {
	return choiceArg("role", Words{En: []string{"role"}, Zh: []string{"角色"}}, func(args *Args) *string { return &args.Role },
		choice("viewer", Words{En: []string{"viewer"}, Zh: []string{"查看者", "查看"}}),
		choice("admin", Words{En: []string{"admin", "administrator"}, Zh: []string{"管理员"}}))
}

// StateArg returns the argument for the state of a subscription: `state:paused`.
func StateArg() *Arg {
	return choiceArg("state", Words{En: []string{"state"}, Zh: []string{"状态"}}, func(args *Args) *string { return &args.State },
		choice("active", Words{En: []string{"active"}, Zh: []string{"推送中", "正常推送", "有效", "正常"}}),
		choice("paused", Words{En: []string{"paused"}, Zh: []string{"已暂停"}}))
}

// DoArg returns the argument for what to do with an app of the list.
func DoArg() *Arg {
	a := choiceArg("do", Words{En: []string{"do"}, Zh: []string{"操作"}}, func(args *Args) *string { return &args.Do },
		choice("add", Words{En: []string{"add"}, Zh: []string{"添加"}}),
		choice("remove", Words{En: []string{"remove"}, Zh: []string{"移除"}}),
		choice("rename", Words{En: []string{"rename"}, Zh: []string{"改名"}}),
		choice("default", Words{En: []string{"default"}, Zh: []string{"设为默认"}}))
	a.Example = Words{En: []string{"add app:" + SampleApp}, Zh: []string{"添加 应用:" + SampleApp}} // each of them needs an app
	return a
}

func choice(means string, words Words) Value { return Value{Means: means, Words: words} }

// choiceArg returns an argument that is one of a few words.
func choiceArg(name string, keys Words, field func(*Args) *string, choices ...Value) *Arg {
	return &Arg{
		Name: name, Keys: keys, Values: choices,
		Read: func(args *Args, value string) bool {
			for _, choice := range choices {
				if choice.Means == value {
					*field(args) = value
					return true
				}
			}
			return false
		},
		Write: func(args Args) string { return *field(&args) },
		Hint:  Words{En: []string{name}, Zh: []string{keys.First(locale.Chinese)}},
		Example: Words{
			En: []string{choices[0].First(locale.English)}, Zh: []string{choices[0].First(locale.Chinese)},
		},
	}
}

// stateArg writes the states of subscriptions and of deliveries: a line has only one of them.
func stateArg() *Arg {
	a := StateArg()
	a.Values = append(a.Values, OutcomeArg().Values...)
	return a
}

// NameArg returns the argument for a new name: `name:商城`.
func NameArg() *Arg {
	return &Arg{
		Name:    "name",
		Keys:    Words{En: []string{"name"}, Zh: []string{"名称"}},
		Free:    true,
		Read:    func(args *Args, value string) bool { args.Called = value; return value != "" },
		Write:   func(args Args) string { return args.Called },
		Samples: []string{"商城"}, SamplesEn: []string{"Shop"},
		Example: Words{En: []string{"name:Shop"}, Zh: []string{"名称:商城"}},
	}
}

// MaxDays is how many days can be backfilled or refreshed. The platform does not say how long it keeps figures.
const MaxDays = 400

// DaysArg returns the argument for a number of days back: `90d`, `90`.
func DaysArg() *Arg {
	return &Arg{
		Name:    "days",
		Keys:    Words{En: []string{"days"}, Zh: []string{"天数"}},
		Default: true,
		HasForm: daysForm.MatchString,
		Read:    readDays,
		Write: func(args Args) string {
			if args.Days == 0 {
				return ""
			}
			return strconv.Itoa(args.Days) + "d"
		},
		Hint:    Words{En: []string{"DAYS"}, Zh: []string{"天数"}},
		Samples: []string{"30", "90d"},
		Example: Words{En: []string{"90d"}, Zh: []string{"90天"}},
	}
}

func readDays(args *Args, value string) bool {
	m := daysForm.FindStringSubmatch(value)
	if m == nil {
		return false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < 1 || n > MaxDays {
		return false
	}
	args.Days = n
	return true
}

// OutcomeArg returns the argument for what became of a digest.
func OutcomeArg() *Arg {
	return choiceArg("state", Words{En: []string{"state"}, Zh: []string{"状态"}}, func(args *Args) *string { return &args.State },
		choice("failed", Words{En: []string{"failed"}, Zh: []string{"失败"}}),
		choice("uncertain", Words{En: []string{"unconfirmed", "uncertain"}, Zh: []string{"待确认", "不确定"}}),
		choice("skipped", Words{En: []string{"skipped"}, Zh: []string{"已跳过", "跳过"}}),
		choice("waiting", Words{En: []string{"pending", "waiting"}, Zh: []string{"待推送", "等待数据", "等待"}}),
		choice("delivered", Words{En: []string{"delivered"}, Zh: []string{"已送达", "送达"}}))
}
