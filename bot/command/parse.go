package command

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// IsCommand reports whether the text begins like a command: with a slash, after any space.
func IsCommand(text string) bool { return (&lexer{line: text}).slash() }

// Parse reads a command from a line that begins with a slash. Every error is an *Error. Words that no argument knows may be
// the names of an app or of a department: if the command takes names, they are in Args.Names.
func (r *Registry) Parse(text string) (Command, error) { return r.correct(text, true) }

// ParseKnown is Parse for a line whose unknown words are not names: they are errors.
func (r *Registry) ParseKnown(text string) (Command, error) { return r.correct(text, false) }

// correct parses a line. If it is wrong, the error has the line as it was probably meant.
func (r *Registry) correct(text string, names bool) (Command, error) {
	text = strings.ToValidUTF8(text, "\ufffd")
	c, e := r.parse(text, names)
	if e == nil {
		return c, nil
	}
	if e.fix != "" {
		fixed := text[:e.from] + e.fix + text[e.to:]
		_, still := r.parse(fixed, false)
		if names && still != nil && still.Kind == UnknownWord && still.Suggestion == "" {
			_, still = r.parse(fixed, true) // the rest may be names
		}
		if still == nil {
			e.Corrected = strings.TrimFunc(fixed, isGap)
		}
	}
	return Command{}, e
}

func (r *Registry) parse(text string, names bool) (Command, *Error) {
	p, e := r.read(text, names)
	if e == nil {
		e = p.check()
	}
	if e != nil {
		return Command{}, e
	}
	return p.command(), nil
}

// read reads the arguments of a line. Whether they go together is for check. names says that unknown words may be names.
func (r *Registry) read(text string, names bool) (*parser, *Error) {
	if utf8.RuneCountInString(text) > MaxRunes {
		return nil, &Error{Kind: TooLong, examples: r.examples()}
	}
	lex := lexer{line: text}
	if !lex.slash() {
		return nil, &Error{Kind: NotCommand, examples: r.examples()}
	}
	name := lex.name()
	spec := r.Find(name.raw)
	if spec == nil {
		if word, found := gluedName(name.raw, r.Specs(nil)); found != nil {
			spec, lex.pos = found, name.start+len(word)
			lex.skip(isColon)
		}
	}
	if spec == nil {
		e := r.unknownCommand(name.raw)
		e.from, e.to = name.start, name.end
		return nil, e
	}
	spec, e := r.descend(spec, &lex)
	if e != nil {
		return nil, e
	}
	p := &parser{registry: r, spec: spec, given: map[string]token{}, implied: map[string]bool{}}
	p.names = names && spec.arg(NamesArg().Name) != nil
	lex.key = spec.isKey
	if e := p.all(&lex); e != nil {
		return p, e
	}
	return p, collect(p)
}

// parser reads the arguments of one command.
type parser struct {
	registry *Registry
	spec     *Spec
	tokens   []token
	args     Args
	given    map[string]token // the token of each argument that was given, by the argument's name
	compared []compared       // the values of the arguments that may be repeated
	implied  map[string]bool  // those that were given by another one
	names    bool             // unknown words are kept as names
}

func (s *Spec) isKey(folded string) bool { return s.keyed(folded) != nil }

func (p *parser) command() Command { return Command{Name: p.spec.Name(), Args: p.args} }

func (p *parser) all(lex *lexer) *Error {
	tokens, e := lex.tokens()
	if e != nil {
		return p.at(e, nil)
	}
	for p.tokens = p.withoutMentions(tokens); len(p.tokens) > 0; {
		if e := p.step(); e != nil {
			return e
		}
	}
	return nil
}

// step reads one argument and always takes at least one token.
func (p *parser) step() *Error {
	t := p.tokens[0]
	if t.colon {
		if a := p.spec.keyed(t.key); a != nil {
			return p.keyed(a)
		}
	}
	if a, v, n := p.phrase(); a != nil {
		t.end, t.raw = p.tokens[n-1].end, textOf(p.tokens[:n])
		p.tokens = p.tokens[n:]
		return p.set(a, v, t)
	}
	if a := p.keyBefore(); a != nil {
		p.tokens[0].colon, p.tokens[0].text = true, ""
		return p.keyed(a)
	}
	if words := p.spec.split(t); len(words) > 0 {
		p.tokens = append(words, p.tokens[1:]...)
		return nil
	}
	p.tokens = p.tokens[1:]
	var looks *Arg
	for _, a := range p.spec.Args {
		if a.HasForm == nil || !a.HasForm(t.folded) {
			continue
		}
		if !full(p, a) && a.Rest {
			return p.readRest(a, t)
		}
		if !full(p, a) {
			return p.read(a, t.bare(), t)
		}
		looks = a
	}
	if looks == nil && p.takeName(t) {
		return nil
	}
	// A word with the form of an argument that was given already may also be a typo of another one.
	if e := p.unknown(t); looks == nil || e.Suggestion != "" {
		return e
	}
	return p.fail(GivenTwice, looks, t)
}

// keyBefore finds the argument whose key stands before its value without a colon: `on monday at 10:30`. A Free argument
// needs the colon, because any next word would be a value of it.
func (p *parser) keyBefore() *Arg {
	t := p.tokens[0]
	if t.special() || len(p.tokens) < 2 {
		return nil
	}
	a, next := p.spec.keyed(fold(t.text)), p.tokens[1].bare()
	if a == nil || a.Free {
		return nil
	}
	if v := a.value(fold(next), true); v != nil {
		return a
	}
	if trial := p.args; a.Read(&trial, a.typed(next)) {
		return a
	}
	return nil
}

// has reports whether the argument was given.
func (p *parser) has(a *Arg) bool { return p.gave(a.Name) }

func (p *parser) gave(name string) bool {
	_, given := p.given[name]
	return given
}

// maxPhrase is how many words a value without a key may have: `from 1 nov to 15 nov`.
const maxPhrase = 7

// phrase finds the argument that the next words name by themselves. It tries more words before fewer, so that `last week` is
// not read as `week`.
func (p *parser) phrase() (arg *Arg, value string, words int) {
	for n := min(maxPhrase, len(p.tokens)); n > 0; n-- {
		if n > 1 && slices.ContainsFunc(p.tokens[:n], token.special) {
			continue
		}
		folded := foldedText(p.tokens[:n])
		for _, a := range p.spec.Args {
			if v := a.value(folded, false); v != nil {
				return a, v.Means, n
			}
			if n > 1 && a.Long && (a.reads(folded) || a.hasNoDay(folded)) {
				return a, folded, n
			}
		}
	}
	return nil, "", 0
}

// reads reports whether a text without a key is a right value of the argument.
func (a *Arg) reads(folded string) bool {
	var trial Args
	return a.HasForm != nil && a.HasForm(folded) && a.Read(&trial, folded)
}

// hasNoDay reports whether a text names a day that does not exist.
func (a *Arg) hasNoDay(folded string) bool {
	if a.Explain == nil {
		return false
	}
	e := a.Explain(folded)
	return e != nil && e.Kind == NoSuchDay
}

// foldedText joins the words of tokens.
func foldedText(tokens []token) string {
	words := make([]string, 0, len(tokens))
	for _, t := range tokens {
		if t.folded != "" {
			words = append(words, t.folded)
		}
	}
	return strings.Join(words, " ")
}

// textOf joins the words of tokens as they were typed.
func textOf(tokens []token) string {
	var words []string
	for _, t := range tokens {
		words = append(words, t.bare())
	}
	return strings.Join(words, " ")
}

// keyed reads `key:value`, or `key: value` from two tokens.
func (p *parser) keyed(a *Arg) *Error {
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	if t.text == "" && !t.quoted && len(p.tokens) > 0 {
		next := p.tokens[0]
		if p.spec.missesValue(a, next) {
			return p.fail(MissingValue, a, t)
		}
		p.tokens = p.tokens[1:]
		t.text, t.quoted, t.value = next.bare(), next.quoted && !next.colon, next.start
		t.raw, t.end = t.raw+" "+next.raw, next.end
	}
	if strings.TrimSpace(t.text) == "" {
		return p.fail(MissingValue, a, t)
	}
	if value, n := p.longer(a, t); n > 0 {
		t.raw, t.end = t.raw+" "+textOf(p.tokens[:n]), p.tokens[n-1].end
		p.tokens = p.tokens[n:]
		return p.set(a, value, t)
	}
	if v := a.value(fold(t.text), true); v != nil && (!a.Free || !t.quoted) {
		return p.set(a, v.Means, t)
	}
	return p.read(a, t.text, t)
}

// missesValue reports whether the token behind a key is no value of it: another key, a mention of a person, or for a name
// another argument's word, as in `dept: weekly`.
func (s *Spec) missesValue(a *Arg, next token) bool {
	switch {
	case next.colon:
		return s.keyed(next.key) != nil
	case isMention(next.raw):
		return !a.Proper && a.Name != SubjectArg().Name
	}
	return a.Free && !next.quoted && a.value(fold(next.text), true) == nil && s.knows(fold(next.text))
}

// longer finds the value that the token and the next n ones make together, as in `date:last week`.
func (p *parser) longer(a *Arg, t token) (value string, n int) {
	if t.quoted {
		return "", 0
	}
	for n := min(maxPhrase-1, len(p.tokens)); n > 0; n-- {
		if slices.ContainsFunc(p.tokens[:n], token.special) {
			continue
		}
		folded := fold(t.text + " " + textOf(p.tokens[:n]))
		if v := a.value(folded, true); v != nil {
			return v.Means, n
		}
		if trial := p.args; a.Long && (a.Read(&trial, folded) || a.hasNoDay(folded)) {
			return folded, n
		}
	}
	return "", 0
}

// read takes a text that is not one of the argument's words.
func (p *parser) read(a *Arg, text string, t token) *Error {
	if utf8.RuneCountInString(text) > MaxValue {
		return p.fail(TooLong, a, t)
	}
	return p.set(a, a.typed(text), t)
}

// readRest takes the token and all that follow it as one value.
func (p *parser) readRest(a *Arg, t token) *Error {
	p.tokens = append([]token{t}, p.tokens...)
	n := len(p.tokens)
	text, last := textOf(p.tokens[:n]), p.tokens[n-1]
	t.raw, t.value, t.end, p.tokens = text, t.start, last.end, nil
	return p.read(a, text, t)
}

func (p *parser) set(a *Arg, value string, t token) *Error {
	if p.spec.repeats(a) {
		return repeat(p, a, value, t)
	}
	if p.implied[a.Name] {
		if again := p.args; a.Read(&again, value) && again == p.args {
			return nil
		}
	}
	if p.has(a) {
		return p.fail(GivenTwice, a, t)
	}
	before := p.args
	if !a.Read(&p.args, value) {
		return p.badValue(a, value, t)
	}
	p.given[a.Name] = t
	for _, name := range a.Implies {
		if other := p.spec.arg(name); other != nil && p.has(other) && other.Write(p.args) != other.Write(before) {
			p.args = before
			e := p.fail(Conflict, a, t)
			e.Other = name
			return e
		}
		p.given[name], p.implied[name] = t, true
	}
	return nil
}

// check looks at the command as a whole.
func (p *parser) check() *Error {
	for _, name := range p.spec.Required {
		if a := p.spec.arg(name); a.Write(p.args) == "" {
			return p.fail(MissingValue, a, token{})
		}
	}
	var e *Error
	if p.spec.Check != nil {
		e = p.spec.Check(p.registry, &p.args)
	}
	if e == nil && p.spec.Becomes != nil {
		if other := p.registry.Find(p.spec.Becomes(p.args)); other != nil {
			p.spec = other
			return p.check()
		}
	}
	if e == nil {
		return nil
	}
	t := p.given[e.Arg]
	e.Word, e.from, e.to = clip(t.raw), t.value, t.end
	return p.at(e, p.spec.arg(e.Arg))
}
