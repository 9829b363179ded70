package command

import "fmt"

// Kind says what is wrong with a line.
type Kind string

// The kinds of error.
const (
	NotCommand      Kind = "not_command"      // the line begins with no slash
	UnknownCommand  Kind = "unknown_command"  // there is no such command
	UnknownWord     Kind = "unknown_word"     // the command takes no such word or key
	BadValue        Kind = "bad_value"        // the argument has no such value
	MissingValue    Kind = "missing_value"    // a key without a value, or a required argument that was not given
	GivenTwice      Kind = "given_twice"      // the same argument twice
	Conflict        Kind = "conflict"         // two arguments, Arg and Other, that exclude each other
	UnclosedQuote   Kind = "unclosed_quote"   // a quote without its end
	UnexpectedValue Kind = "unexpected_value" // a value where none belongs: `weekly:x`, or any where all that there can be was given
	TooLong         Kind = "too_long"         // over MaxRunes, or a value over MaxValue
)

// Limits of what is read, in runes.
const (
	MaxRunes = 2000 // a whole line
	MaxValue = 256  // a value that is kept as typed; so short that every command's own line stays under MaxRunes
	maxWord  = 64   // Error.Word
)

// Error is a line that cannot be carried out. It carries what an answer needs; the wording is not its business.
type Error struct {
	Kind  Kind
	Word  string // what was wrong, as typed, at most 64 runes; empty when it is something that is missing
	Spec  *Spec  // the command, nil when it is unknown
	Arg   string // the argument's name, where one is concerned
	Other string // the argument that Arg conflicts with

	Suggestion string // the word that was probably meant, in the script that was typed; never carried out by itself
	Corrected  string // the whole line with Suggestion in it, when nothing else is wrong with it

	keyless  bool // Word means something behind a key only
	allowed  []Words
	examples Words  // whole lines; empty: what the command or the argument gives
	from, to int    // the part of the line that fix replaces, in bytes
	fix      string // Suggestion as it must be written there
}

// Error tells the kind and the place but not what was typed: messages do not belong in logs.
func (e *Error) Error() string {
	name := ""
	if e.Spec != nil {
		name = e.Spec.Name()
	}
	return fmt.Sprintf("read command %q, argument %q: %s", name, e.Arg, e.Kind)
}

// Allowed returns what could stand in the wrong word's place: words, or forms such as `dept:X`.
func (e *Error) Allowed(lang Lang) []string {
	words := make([]string, 0, len(e.allowed))
	for _, w := range e.allowed {
		words = append(words, w.First(lang))
	}
	return words
}

// Example returns one whole line to copy.
func (e *Error) Example(lang Lang) string { return e.examples.First(lang) }

// suggest takes over what nearest found; at is the part of the line that it replaces.
func (e *Error) suggest(found candidate, from, to int) {
	e.Suggestion, e.fix = found.shown, found.shown
	e.from, e.to = from, to
}
