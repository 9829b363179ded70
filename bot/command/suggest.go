package command

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"usagebot/locale"
	"usagebot/typo"
)

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
	UnexpectedValue Kind = "unexpected_value" // a value where none belongs: `weekly:x`, or a word although every argument was given
	NoSuchDay       Kind = "no_such_day"      // a day that the calendar does not have, in NoDay
	OnePeriod       Kind = "one_period"       // several periods where one is wanted
	TooLong         Kind = "too_long"         // over MaxRunes, or a value over MaxValue

	// Of a comparison.
	TooFewCompared  Kind = "too_few_compared"  // less than two things
	TooManyCompared Kind = "too_many_compared" // more than MaxCompared
	TwoCompared     Kind = "two_compared"      // two arguments, Arg and Other, are repeated
	SameCompared    Kind = "same_compared"     // the same thing twice
)

// Limits of what is read, in runes.
const (
	MaxRunes = 2000 // a whole line
	MaxValue = 256  // a value that is stored as typed; short enough that the line of every Command stays under MaxRunes
	maxWord  = 64   // Error.Word
)

// Error says why a line cannot be carried out. It has what an answer needs, but no words for the person.
type Error struct {
	Kind  Kind
	Word  string // the wrong part as typed, at most 64 runes; empty if something is missing
	Spec  *Spec  // the command; nil if it is unknown
	Arg   string // the name of the argument that is wrong; empty if it is none in particular
	Other string // the argument that Arg conflicts with
	NoDay NoDay  // for NoSuchDay

	Suggestion string // the word that was probably meant, in the script that was typed; it is only offered
	Corrected  string // the whole line with Suggestion in it, if nothing else is wrong with it

	Instead *Command // another command that shows what was asked for; nil: there is none

	keyless  bool // Word would mean something only after a key
	allowed  []Words
	examples Words  // whole lines; empty: those of the command or the argument
	from, to int    // the part of the line that fix replaces, in bytes
	fix      string // Suggestion as it must be written there
}

// Error returns the kind and the place, but not what was typed: messages do not belong in logs.
func (e *Error) Error() string {
	name := ""
	if e.Spec != nil {
		name = e.Spec.Name()
	}
	return fmt.Sprintf("read command %q, argument %q: %s", name, e.Arg, e.Kind)
}

// Allowed returns what could replace the wrong word: words, or forms such as `dept:X`.
func (e *Error) Allowed(lang locale.Language) []string {
	words := make([]string, 0, len(e.allowed))
	for _, w := range e.allowed {
		words = append(words, w.First(lang))
	}
	return words
}

// Example returns one whole line to copy.
func (e *Error) Example(lang locale.Language) string { return e.examples.First(lang) }

// suggest suggests a candidate in place of a part of the line.
func (e *Error) suggest(found candidate, from, to int) {
	e.Suggestion, e.fix = found.shown, found.shown
	e.from, e.to = from, to
}

// fail describes what is wrong with the token as a value of the argument.
func (p *parser) fail(kind Kind, a *Arg, t token) *Error {
	return p.at(&Error{Kind: kind, Word: clip(t.raw)}, a)
}

// at completes an error by its place: the command and, unless a is nil, the argument.
func (p *parser) at(e *Error, a *Arg) *Error {
	e.Spec = p.spec
	given := p.expectedArgs()
	if a != nil {
		a = a.narrowed(given)
	}
	if len(e.examples.En) == 0 {
		e.examples = p.spec.example(a, given)
	}
	if a != nil {
		e.Arg = a.Name
	}
	if e.allowed == nil && e.Kind != UnclosedQuote {
		e.allowed = p.allowed(a)
	}
	return e
}

// expectedArgs returns the arguments that were given, and the leading ones from the rest of the line: in `on:32 monthly` the
// cycle is known although it comes after the error.
func (p *parser) expectedArgs() Args {
	args := p.args
	for _, t := range p.tokens {
		for _, a := range p.spec.Args {
			if !p.spec.leads(a.Name) || p.has(a) || t.special() {
				continue
			}
			if v := a.value(fold(t.text), false); v != nil {
				a.Read(&args, v.Means)
			}
		}
	}
	return args
}

func (p *parser) allowed(a *Arg) []Words {
	if a != nil {
		return a.values()
	}
	var allowed []Words
	for _, each := range p.spec.Args {
		if !full(p, each) {
			allowed = append(allowed, each.places()...)
		}
	}
	return allowed
}

func (p *parser) badValue(a *Arg, value string, t token) *Error {
	if a.Explain != nil {
		if e := a.Explain(value); e != nil {
			e.Word = clip(value)
			return p.at(e, a)
		}
	}
	e := p.fail(BadValue, a, t)
	if found, ok := nearest(t.text, a.candidates(true)); ok {
		e.suggest(found, t.value, t.end)
		e.fix = quote(e.fix)
	}
	return e
}

// unknown describes a token that names no argument.
func (p *parser) unknown(t token) *Error {
	switch {
	case len(p.allowed(nil)) == 0 || t.colon && p.spec.knows(t.key):
		return p.fail(UnexpectedValue, nil, t)
	case t.colon:
		return p.unknownKey(t)
	}
	if a := p.spec.keyed(fold(t.text)); a != nil && !t.quoted {
		return p.keyAlone(a, t)
	}
	e := p.fail(UnknownWord, nil, t)
	if words := p.spec.wordsIn(t.text, true); len(words) > 0 && !t.quoted {
		e.suggest(candidate{shown: strings.Join(words, " ")}, t.start, t.end)
		return e
	}
	found, ok := nearest(t.text, p.words(func(*Arg) bool { return true }))
	if !ok {
		found, ok = nearest(t.text, p.words(func(a *Arg) bool { return p.spec.leads(a.Name) }))
	}
	if ok {
		e.suggest(found, t.start, t.end)
		return e
	}
	if found, e.keyless = p.behindKey(t); e.keyless {
		e.suggest(found, t.start, t.end)
		return e
	}
	for _, a := range p.spec.Args {
		if a.Default && !p.has(a) {
			return p.fail(BadValue, a, t)
		}
	}
	return e
}

// keyAlone describes a key without its colon: `dept 研发部`. If the next word means nothing else, it is taken for the value.
func (p *parser) keyAlone(a *Arg, t token) *Error {
	e := p.fail(MissingValue, a, t)
	if len(p.tokens) == 0 || p.tokens[0].colon {
		return e
	}
	next := p.tokens[0]
	if folded := fold(next.text); a.value(folded, true) != nil || !p.spec.knows(folded) {
		e.suggest(candidate{shown: fold(t.text) + ":" + quote(next.text)}, t.start, next.end)
	}
	return e
}

// behindKey finds the one argument that would take the word as its value after a key: `20` for `n:20`. Free arguments do not
// count, because they would take any word.
func (p *parser) behindKey(t token) (found candidate, ok bool) {
	folded := fold(t.text)
	for _, a := range p.spec.Args {
		trial := p.args
		if a.Free || full(p, a) || len(a.Keys.En) == 0 || a.value(folded, true) == nil && !a.Read(&trial, a.typed(t.text)) {
			continue
		}
		if ok {
			return candidate{}, false
		}
		ok, found = true, candidate{shown: a.Keys.First(scriptOf(folded)) + ":" + quote(t.text)}
	}
	return found, ok
}

func (p *parser) unknownKey(t token) *Error {
	e := p.fail(UnknownWord, nil, t)
	var list []candidate
	for _, a := range p.spec.Args {
		if !full(p, a) {
			list = append(list, candidates(a.Keys, a, func(key string) string { return key + ":" })...)
		}
	}
	if found, ok := nearest(t.key, list); ok {
		e.suggest(found, t.start, t.value)
	}
	return e
}

// knows reports whether the folded word is the value of an argument.
func (s *Spec) knows(folded string) bool {
	for _, a := range s.Args {
		if a.value(folded, false) != nil {
			return true
		}
	}
	return false
}

// words returns the words of the arguments that were not given yet.
func (p *parser) words(of func(*Arg) bool) []candidate {
	var list []candidate
	for _, a := range p.spec.Args {
		if !full(p, a) && of(a) {
			list = append(list, a.candidates(false)...)
		}
	}
	return list
}

// candidate is a word that may have been meant.
type candidate struct {
	word  string // folded, to be compared
	shown string // to be suggested
	of    any    // what the word stands for; several words for the same thing do not compete
}

func candidates(w Words, of any, show func(string) string) []candidate {
	var list []candidate
	for _, word := range w.all() {
		list = append(list, candidate{word: word, shown: show(word), of: of})
	}
	return list
}

func asIs(s string) string { return s }

// nearest returns the candidate that is closest to what was typed, if it is close enough and no other thing is equally
// close. It does not return one that means something else than what may have been typed.
func nearest(typed string, list []candidate) (candidate, bool) {
	typed = fold(typed)
	list = slices.DeleteFunc(slices.Clone(list), func(c candidate) bool { return c.word != typed && changesMeaning(typed, c.word) })
	return typo.NearestOf(typed, list, func(c candidate) (string, any) { return c.word, c.of })
}

// telling are the characters that make another thing of a word: 上周 and 下周, 周报 and 月报, h5 and h6.
const telling = "上下本这今昨明前后大小去来年季月周星礼日天时工非不未取消退每0123456789零一二三四五六七八九十两半"

// tellingWords are words that differ by a typo from others that mean something else.
var tellingWords = []string{"last", "this", "next", "past", "first", "bi", "semi", "un", "non", "mid", "hour", "year", "quarter", "tomorrow", "weekend", "fort"}

// changesMeaning reports whether a correction would mean something else than the typed word plausibly does: it drops a part
// of it, or it differs in a character that tells the one from the other.
func changesMeaning(typed, word string) bool {
	drops := strings.Contains(typed, word) && (isHan(typed) || utf8.RuneCountInString(typed)-utf8.RuneCountInString(word) > 1)
	if drops {
		return true
	}
	if isHan(typed) || strings.ContainsAny(typed, "0123456789") {
		return tellingIn(typed) != tellingIn(word)
	}
	for _, t := range tellingWords {
		if strings.HasPrefix(typed, t) && !strings.HasPrefix(word, t) {
			return true
		}
	}
	return false
}

// tellingIn returns the characters of a word that tell it from others, in order.
func tellingIn(word string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(telling, r) {
			return r
		}
		return -1
	}, word)
}
