package command

import "strings"

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
