package command

import (
	"slices"
	"strings"
)

// Who says who may use a command.
type Who string

// The circles, each within the one before.
const (
	Anyone    Who = "anyone"
	Viewer    Who = "viewer"
	Manager   Who = "manager"
	AdminOnly Who = "admin"
)

// Spec describes one command to the parser and to help. What it does is bound to its name elsewhere.
type Spec struct {
	Words              // the command's names, without the slash; of one with a Parent its second word
	Parent   *Spec     // whose name stands before it; nil for most
	Who      Who       // who may use it
	Args     []*Arg    // what it takes, in the order of the usage line
	Required []string  // the names of those Args that it does not do without
	Lead     string    // the name of the argument that the command is mostly about; none for most
	Examples Words     // whole lines to copy
	Check    CheckFunc // looks at all arguments together and settles them; nil when there is nothing to look at

	// FollowUp settles the arguments after a message without a slash changed those that given holds for. Nil: the
	// command takes no such messages. Only a question may, never a command that changes something.
	FollowUp func(args *Args, given func(arg string) bool)
}

// CheckFunc looks at the arguments of a whole command. Of its Error it fills in Kind and Arg and, if it knows better
// than the argument itself, what is allowed and an example.
type CheckFunc func(r *Registry, args *Args) *Error

// Name returns the command's name, by which handlers are bound to it.
func (s *Spec) Name() string { return s.Called(En) }

// Usage returns the line that shows what the command takes: `/usage [daily|weekly|monthly] [dept:X]`.
func (s *Spec) Usage(lang Lang) string {
	parts := []string{"/" + s.Called(lang)}
	for _, a := range s.Args {
		part := a.usage(lang)
		if !slices.Contains(s.Required, a.Name) {
			part = "[" + part + "]"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

// leads reports whether the argument stands in every example, and is what a doubtful slip is taken for.
func (s *Spec) leads(name string) bool { return name == s.Lead || slices.Contains(s.Required, name) }

// example returns a line that shows the argument beside those that lead, these as they were given where they were; or all
// examples when a is nil.
func (s *Spec) example(a *Arg, given Args) Words {
	if a == nil {
		return s.Examples
	}
	line := func(lang Lang) []string {
		words := []string{"/" + s.Called(lang)}
		for _, each := range s.Args {
			if each.Name == a.Name || s.leads(each.Name) {
				words = append(words, each.shows(given, lang, each.Name != a.Name))
			}
		}
		return []string{strings.Join(words, " ")}
	}
	return Words{En: line(En), Zh: line(Zh)}
}

// shows returns what stands in an example for the argument: what was given if it is to be kept, else the argument's own.
func (a *Arg) shows(given Args, lang Lang, keep bool) string {
	if text := a.write(given, lang); keep && text != "" {
		return text
	}
	return a.beside(given).Example.First(lang)
}

func (s *Spec) arg(name string) *Arg {
	for _, a := range s.Args {
		if a.Name == name {
			return a
		}
	}
	return nil
}

func (s *Spec) keyed(folded string) *Arg {
	for _, a := range s.Args {
		if a.Keys.has(folded) {
			return a
		}
	}
	return nil
}

// Arg is one kind of argument: how it is recognised, read and written. A new kind is a new value of this type, added
// to arguments.
//
// An argument with Keys is written `key:value`, one without them or with a Hint stands by itself. Each is also
// recognised by itself through its Values and through Looks.
type Arg struct {
	Name   string // for errors and wording: "cycle"
	Keys   Words  // what stands before the colon; none for an argument that has no key
	Values []Value
	Free   bool // any text is a value, kept as typed; in quotes it is never one of Values
	Proper bool // values are proper names: Read takes them with their capitals, and they are written as Write gives them

	// Default says that a word which means nothing at all is a wrong value of this argument, if it was not given yet.
	Default bool

	// Rest says that all words that follow one without a key belong to it.
	Rest bool

	// Looks reports whether a folded word without a key has the form of this argument, right or wrong. Nil: never.
	Looks func(folded string) bool
	// Read puts a value into the arguments and reports whether it is one: a Value's Means, the text as typed when the
	// argument is Free, or else the folded text. What it does not take it leaves the arguments without.
	Read func(args *Args, value string) bool
	// Write returns the value that Read takes, or "" when the argument was not given.
	Write func(args Args) string

	Hint    Words    // in the usage line, for an argument that stands by itself and is not one of a few words
	Samples []string // values that are not among Values, to show what is allowed
	Example Words    // the argument as one would type it

	// Beside returns the argument as it is beside others that were given: with the values that go with them. Nil: as it is.
	Beside func(args Args) *Arg
}

// Value is a value that has words of its own.
type Value struct {
	Words
	Means    string // what Read takes and Write returns
	NeedsKey bool   // without the key the words mean something else
	Unsaid   bool   // it is understood, and nobody is told to write it
}

// beside returns the argument as it is beside the others.
func (a *Arg) beside(args Args) *Arg {
	if a.Beside == nil {
		return a
	}
	return a.Beside(args)
}

// value returns the value that the folded word stands for.
func (a *Arg) value(folded string, keyed bool) *Value {
	for i := range a.Values {
		if v := &a.Values[i]; v.has(folded) && (keyed || !v.NeedsKey) {
			return v
		}
	}
	return nil
}

// Allowed returns what may be written as the argument's value, in the language.
func (a *Arg) Allowed(lang Lang) []string {
	var words []string
	for _, v := range a.values() {
		words = append(words, v.First(lang))
	}
	return words
}

func (a *Arg) write(args Args, lang Lang) string {
	text := a.Write(args)
	if text == "" {
		return ""
	}
	text = a.word(text, lang)
	if key := a.key(lang); key != "" {
		return key + ":" + text
	}
	return text
}

// key returns what the argument is written with, or "" when it stands by itself.
func (a *Arg) key(lang Lang) string {
	if a.Hint.First(lang) != "" {
		return ""
	}
	return a.Keys.First(lang)
}

// typed returns the form of a typed value that Read takes.
func (a *Arg) typed(text string) string {
	switch {
	case a.Free:
		return text
	case a.Proper:
		return narrow(text)
	}
	return fold(text)
}

// word writes a value in the language, in quotes where it would be read as something else.
func (a *Arg) word(value string, lang Lang) string {
	if a.Free {
		if a.value(fold(value), true) != nil {
			return `"` + value + `"`
		}
		return quote(value)
	}
	for _, v := range a.Values {
		if v.Means == value && !a.Proper {
			return quote(v.First(lang))
		}
	}
	return quote(value)
}

// usage returns the argument's place in a usage line: `daily|weekly|monthly`, `dept:X`, `command`.
func (a *Arg) usage(lang Lang) string {
	switch {
	case a.key(lang) != "":
		return a.key(lang) + ":X"
	case len(a.Values) > 0:
		words := make([]string, 0, len(a.Values))
		for _, v := range a.Values {
			words = append(words, v.First(lang))
		}
		return strings.Join(words, "|")
	}
	return a.Hint.First(lang)
}

// values returns what may be written as the argument's value.
func (a *Arg) values() []Words {
	var allowed []Words
	for _, v := range a.Values {
		if !v.Unsaid {
			allowed = append(allowed, a.shown(v))
		}
	}
	for _, s := range a.Samples {
		allowed = append(allowed, Words{En: []string{s}})
	}
	return allowed
}

// shown returns the words of a value as they are shown: a proper name has its capitals.
func (a *Arg) shown(v Value) Words {
	if a.Proper {
		return Words{En: []string{v.Means}, Zh: v.Zh}
	}
	return v.Words
}

// candidates returns the words that a slip may have meant, those that need the key only where it was given.
func (a *Arg) candidates(keyed bool) []candidate {
	var list []candidate
	for i := range a.Values {
		v := &a.Values[i]
		if v.Unsaid || v.NeedsKey && !keyed {
			continue
		}
		list = append(list, candidates(v.Words, v, func(word string) string {
			if a.Proper && !isHan(word) {
				return v.Means
			}
			return word
		})...)
	}
	return list
}

// places returns what may be written where the argument is expected: its key, or its values where it has none.
func (a *Arg) places() []Words {
	if a.key(En) != "" {
		return []Words{a.Keys.shownAs(func(key string) string { return key + ":X" })}
	}
	if len(a.Values) > 0 {
		return a.values()
	}
	return []Words{a.Hint}
}

// Lang is a language that commands are written in.
type Lang string

// The languages of the grammar. Both are understood everywhere, also mixed in one line.
const (
	En Lang = "en"
	Zh Lang = "zh"
)

// Words are the ways to say one thing. The first of each language is the one that is shown, the first English one is
// also the thing's name. They are written folded: lower case, half-width, single spaces.
type Words struct{ En, Zh []string }

// In returns the words of the language, or the English ones where it has none.
func (w Words) In(lang Lang) []string {
	if lang == Zh && len(w.Zh) > 0 {
		return w.Zh
	}
	return w.En
}

// First returns the word that is shown in the language, or "" when there is none.
func (w Words) First(lang Lang) string {
	if words := w.In(lang); len(words) > 0 {
		return words[0]
	}
	return ""
}

func (w Words) all() []string { return slices.Concat(w.En, w.Zh) }

func (w Words) has(folded string) bool {
	return slices.Contains(w.En, folded) || slices.Contains(w.Zh, folded)
}

// shownAs returns the words that are shown, each changed by f.
func (w Words) shownAs(f func(string) string) Words {
	return Words{En: []string{f(w.First(En))}, Zh: []string{f(w.First(Zh))}}
}
