package command

import "strings"

// Arg is one kind of argument: how it is recognised, read and written. A new kind is a new value of this type, added
// to arguments.
//
// An argument with Keys is written `key:value`, one without stands by itself. Either is also recognised by itself
// through its Values and through Looks.
type Arg struct {
	Name   string // for errors and wording: "cycle"
	Keys   Words  // what stands before the colon; none for an argument that has no key
	Values []Value
	Free   bool // any text is a value, kept as typed; in quotes it is never one of Values

	// Looks reports whether a folded word without a key has the form of this argument, right or wrong. Nil: never.
	Looks func(folded string) bool
	// Read puts a value into the arguments and reports whether it is one: a Value's Means, the text as typed when the
	// argument is Free, or else the folded text.
	Read func(args *Args, value string) bool
	// Write returns the value that Read takes, or "" when the argument was not given.
	Write func(args Args) string

	Hint    Words    // in the usage line, for an argument that has neither keys nor values
	Samples []string // values that are not among Values, to show what is allowed
	Example Words    // the argument as one would type it
}

// Value is a value that has words of its own.
type Value struct {
	Words
	Means    string // what Read takes and Write returns
	NeedsKey bool   // without the key the words mean something else
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
	if key := a.Keys.First(lang); key != "" {
		return key + ":" + text
	}
	return text
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
		if v.Means == value {
			return quote(v.First(lang))
		}
	}
	return quote(value)
}

// usage returns the argument's place in a usage line: `daily|weekly|monthly`, `dept:X`, `command`.
func (a *Arg) usage(lang Lang) string {
	switch {
	case a.Keys.First(lang) != "":
		return a.Keys.First(lang) + ":X"
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
		allowed = append(allowed, v.Words)
	}
	for _, s := range a.Samples {
		allowed = append(allowed, Words{En: []string{s}})
	}
	return allowed
}

// places returns what may be written where the argument is expected: its key, or its values where it has none.
func (a *Arg) places() []Words {
	if len(a.Keys.En) > 0 {
		return []Words{a.Keys.shownAs(func(key string) string { return key + ":X" })}
	}
	if len(a.Values) > 0 {
		return a.values()
	}
	return []Words{a.Hint}
}
