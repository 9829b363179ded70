package command

import "regexp"

var (
	// idShape is what somebody who copies an id types: people mistake 1 for l and 0 for o.
	idShape = regexp.MustCompile(`^[a-z0-9]{6}$`)
	idForm  = regexp.MustCompile(`^[a-z2-7]{6}$`)
)

// SampleID stands in examples for an id. No subscription need have it: whoever knows the chat's writes one of those.
const SampleID = "k7q2mw"

// IDArg returns the argument for a subscription: `k7q2mw`.
func IDArg() *Arg {
	return &Arg{
		Name:    "id",
		Keys:    Words{En: []string{"id"}, Zh: []string{"编号"}},
		Default: true,
		Looks:   idShape.MatchString,
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

// ConfirmArg returns the argument that carries out at once what asks first: `confirm`.
func ConfirmArg() *Arg {
	return wordArg(Words{En: []string{"confirm", "yes"}, Zh: []string{"确认", "确定"}}, func(args *Args) *bool { return &args.Confirm })
}

// FormArg returns the argument that opens a form instead of subscribing: `form`.
func FormArg() *Arg {
	return wordArg(Words{En: []string{"form"}, Zh: []string{"表单"}}, func(args *Args) *bool { return &args.Form })
}

// wordArg returns the argument that is one word, there or not. Its name is its first English word.
func wordArg(words Words, field func(*Args) *bool) *Arg {
	name := words.First(En)
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
		Example: Words{En: []string{name}, Zh: []string{words.First(Zh)}},
	}
}

// LangArg returns the argument for the language of answers: `lang:en`, `语言:中文`.
func LangArg() *Arg {
	return &Arg{
		Name: "lang",
		Keys: Words{En: []string{"lang", "language"}, Zh: []string{"语言"}},
		Values: []Value{
			{Means: string(Zh), Words: Words{En: []string{"zh", "chinese", "zh-cn"}, Zh: []string{"中文", "汉语"}}},
			{Means: string(En), Words: Words{En: []string{"en", "english", "en-us"}, Zh: []string{"英文", "英语"}}},
		},
		Read: func(args *Args, value string) bool {
			ok := value == string(Zh) || value == string(En)
			if ok {
				args.Lang = Lang(value)
			}
			return ok
		},
		Write:   func(args Args) string { return string(args.Lang) },
		Example: Words{En: []string{"lang:en"}, Zh: []string{"语言:中文"}},
	}
}
