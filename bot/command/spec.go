package command

import (
	"slices"
	"strings"

	"usagebot/locale"
)

// Who says who may use a command.
type Who string

// From the most people to the fewest.
const (
	Anyone    Who = "anyone"
	Viewer    Who = "viewer"
	Manager   Who = "manager"
	AdminOnly Who = "admin"
)

// Spec describes one command to the parser and to help. Its handler is bound to its name elsewhere.
type Spec struct {
	Words              // the command's names, without the slash; with a Parent, the second word of its name
	ID       string    // the name by which it is known in code; empty: its first English one. One of its names
	Parent   *Spec     // the command whose name comes first, as in `/admin status`; nil for most
	Who      Who       // who may use it
	Args     []*Arg    // what it takes, in the order of the usage line
	Required []string  // the names of the Args that have to be given
	Repeats  []string  // the names of the Args that may be given several times, one of them in each line
	Lead     string    // the name of the argument that stands in every example; empty for most
	Examples Words     // whole lines to copy
	Check    CheckFunc // checks all arguments together, and may complete them; nil if there is nothing to check

	// Becomes returns the name of the command that answers for arguments which this one cannot answer, or "". Nil: there are none.
	Becomes func(args Args) string

	// FollowUp adapts the other arguments after a message without a slash changed those for which given is true. Nil: the
	// command takes no such messages. Only questions take them, never a command that changes something.
	FollowUp func(args *Args, given func(arg string) bool)
}

// CheckFunc checks the arguments of a whole command. In its Error it sets Kind and Arg and, if it knows better than the
// argument itself, what is allowed and an example.
type CheckFunc func(r *Registry, args *Args) *Error

// Name returns the command's name, by which handlers are bound to it.
func (s *Spec) Name() string {
	switch {
	case s.ID == "":
		return s.Called(locale.English)
	case s.Parent == nil:
		return s.ID
	}
	return s.Parent.Name() + " " + s.ID
}

// Usage returns the line that shows what the command takes: `/usage [daily|weekly|monthly] [dept:X]`.
func (s *Spec) Usage(lang locale.Language) string {
	parts := []string{"/" + s.Called(lang)}
	for _, a := range s.Args {
		part := a.usage(lang)
		if !slices.Contains(s.Required, a.Name) {
			part = "[" + part + "]"
		}
		if s.repeats(a) {
			part += "…"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

// leads reports whether the argument stands in every example. A typo that could mean several things is taken for it.
func (s *Spec) leads(name string) bool { return name == s.Lead || slices.Contains(s.Required, name) }

// example returns a line that shows the argument beside the leading ones, which keep their given values; with nil, all
// examples. Of a command that repeats an argument it returns the first example with the argument, since a line with one value
// of it would not be accepted.
func (s *Spec) example(a *Arg, given Args) Words {
	if a == nil {
		return s.Examples
	}
	if len(s.Repeats) > 0 {
		return s.exampleWith(a)
	}
	line := func(lang locale.Language) []string {
		words := []string{"/" + s.Called(lang)}
		for _, each := range s.Args {
			if each.Name == a.Name || s.leads(each.Name) {
				words = append(words, each.shows(given, lang, each.Name != a.Name))
			}
		}
		return []string{strings.Join(words, " ")}
	}
	return Words{En: line(locale.English), Zh: line(locale.Chinese)}
}

// exampleWith returns the first example that gives the argument.
func (s *Spec) exampleWith(a *Arg) Words {
	for i, line := range s.Examples.En {
		if c, e := NewRegistry(s).parse(line, true); e == nil && a.Write(c.Args) != "" {
			return Words{En: []string{line}, Zh: s.Examples.Zh[i : i+1]}
		}
	}
	return s.Examples
}

// shows returns the argument's part of an example: the given value if it is kept, otherwise the argument's own example.
func (a *Arg) shows(given Args, lang locale.Language, keep bool) string {
	if text := a.write(given, lang); keep && text != "" {
		return text
	}
	return a.narrowed(given).Example.First(lang)
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

// Arg is one kind of argument: how it is recognised, read and written. A new kind has to be added to arguments.
//
// An argument with Keys is written `key:value`; one without them, or with a Hint, is written by itself. Each is also
// recognised without a key, by its Values and by HasForm.
type Arg struct {
	Name   string // for errors and wording: "cycle"
	Keys   Words  // what may stand before the colon; empty for an argument without a key
	Values []Value
	Free   bool // any text is a value and is stored as typed; in quotes it is never one of Values
	Proper bool // values are proper names: Read gets them with their capitals, and they are written as Write returns them

	// Default says that a word without any meaning is reported as a wrong value of this argument, if it was not given yet.
	Default bool

	// Rest says that the value takes all words up to the end of the line.
	Rest bool

	// Long allows values of several words, such as `last 30 days`. Each of the words alone may be a value of another argument.
	Long bool

	// Implies names the arguments that this one gives too.
	Implies []string

	// HasForm reports whether a folded word without a key has the form of this argument, right or wrong. Nil: never.
	HasForm func(folded string) bool
	// Read puts a value into the arguments and reports whether it is a valid one. It gets a Value's Means or a text: as typed
	// if the argument is Free, otherwise folded. It does not touch the arguments if the value is not valid.
	Read func(args *Args, value string) bool
	// Explain describes a wrong value better than that it is none of those that are allowed. Nil, or a nil Error: it does not.
	Explain func(value string) *Error
	// Write returns the value for Read, or "" if the argument was not given.
	Write func(args Args) string

	Hint      Words    // for the usage line of an argument that is written by itself and has no fixed words
	SamplesEn []string // the same in English, if they are names
	Samples   []string // values that are not among Values, to show the form of what is allowed
	Example   Words    // the argument as a person would type it

	// Narrow returns the argument with only those values that go with the other arguments. Nil: all values go with them.
	Narrow func(args Args) *Arg
}

// Value is a value that has its own words.
type Value struct {
	Words
	Means    string // the value for Read and Write
	NeedsKey bool   // the words mean this only after a key
	Hidden   bool   // it is understood but never suggested
}

// narrowed returns the argument with only those values that go with the others.
func (a *Arg) narrowed(args Args) *Arg {
	if a.Narrow == nil {
		return a
	}
	return a.Narrow(args)
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
func (a *Arg) Allowed(lang locale.Language) []string {
	var words []string
	for _, v := range a.values() {
		words = append(words, v.First(lang))
	}
	return words
}

func (a *Arg) write(args Args, lang locale.Language) string {
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

// key returns the key that the argument is written with, or "" if it is written by itself.
func (a *Arg) key(lang locale.Language) string {
	if a.Hint.First(lang) != "" {
		return ""
	}
	return a.Keys.First(lang)
}

// typed returns a typed value in the form that Read expects.
func (a *Arg) typed(text string) string {
	switch {
	case a.Free:
		return text
	case a.Proper:
		return narrow(text)
	}
	return fold(text)
}

// word writes a value in the language, in quotes if it would otherwise be read as something else.
func (a *Arg) word(value string, lang locale.Language) string {
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
func (a *Arg) usage(lang locale.Language) string {
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
		if !v.Hidden {
			allowed = append(allowed, a.shown(v))
		}
	}
	for i, s := range a.Samples {
		w := Words{En: []string{s}}
		if i < len(a.SamplesEn) {
			w = Words{En: []string{a.SamplesEn[i]}, Zh: []string{s}}
		}
		allowed = append(allowed, w)
	}
	return allowed
}

// shown returns the words of a value as they are shown, a proper name with its capitals.
func (a *Arg) shown(v Value) Words {
	if a.Proper {
		return Words{En: []string{v.Means}, Zh: v.Zh}
	}
	return v.Words
}

// candidates returns the words that a typo may have meant. Words that need the key count only if it was given.
func (a *Arg) candidates(keyed bool) []candidate {
	var list []candidate
	for i := range a.Values {
		v := &a.Values[i]
		if v.Hidden || v.NeedsKey && !keyed {
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

// places returns what may be written where the argument is expected: its key or, if it has none, its values.
func (a *Arg) places() []Words {
	if a.key(locale.English) != "" {
		return []Words{a.Keys.shownAs(func(key string) string { return key + ":X" })}
	}
	if len(a.Values) > 0 {
		return a.values()
	}
	return []Words{a.Hint}
}

// Words are the ways to say one thing, already folded. The first of each language is the one that is shown; the first English
// one is also the thing's name.
type Words struct{ En, Zh []string }

// In returns the words of the language, or the English ones if it has none.
func (w Words) In(lang locale.Language) []string {
	if lang == locale.Chinese && len(w.Zh) > 0 {
		return w.Zh
	}
	return w.En
}

// First returns the word that is shown in the language, or "" if there is none.
func (w Words) First(lang locale.Language) string {
	if words := w.In(lang); len(words) > 0 {
		return words[0]
	}
	return ""
}

func (w Words) all() []string { return slices.Concat(w.En, w.Zh) }

func (w Words) has(folded string) bool {
	return slices.Contains(w.En, folded) || slices.Contains(w.Zh, folded)
}

// shownAs returns the word that is shown in each language, changed by f.
func (w Words) shownAs(f func(string) string) Words {
	return Words{En: []string{f(w.First(locale.English))}, Zh: []string{f(w.First(locale.Chinese))}}
}
