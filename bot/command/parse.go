package command

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// IsCommand reports whether the text begins like a command: with a slash, after any space.
func IsCommand(text string) bool { return (&lexer{line: text}).slash() }

// Parse reads a command from a line that begins with a slash. Every error is an *Error.
func (r *Registry) Parse(text string) (Command, error) {
	text = strings.ToValidUTF8(text, "\ufffd")
	c, e := r.parse(text)
	if e == nil {
		return c, nil
	}
	if e.fix != "" {
		fixed := text[:e.from] + e.fix + text[e.to:]
		if _, still := r.parse(fixed); still == nil {
			e.Corrected = strings.TrimFunc(fixed, isGap)
		}
	}
	return Command{}, e
}

func (r *Registry) parse(text string) (Command, *Error) {
	p, e := r.read(text)
	if e == nil {
		e = p.check()
	}
	if e != nil {
		return Command{}, e
	}
	return p.command(), nil
}

// read reads what a line says, whether or not it goes together.
func (r *Registry) read(text string) (*parser, *Error) {
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
		e := r.unknownCommand(name.raw)
		e.from, e.to = name.start, name.end
		return nil, e
	}
	spec, e := r.descend(spec, &lex)
	if e != nil {
		return nil, e
	}
	p := &parser{registry: r, spec: spec, given: map[string]token{}}
	lex.key = p.isKey
	return p, p.all(&lex)
}

// parser reads the arguments of one command.
type parser struct {
	registry *Registry
	spec     *Spec
	tokens   []token
	args     Args
	given    map[string]token // by the argument's name, where it was given
}

func (p *parser) isKey(folded string) bool { return p.spec.keyed(folded) != nil }

func (p *parser) command() Command { return Command{Name: p.spec.Name(), Args: p.args} }

func (p *parser) all(lex *lexer) *Error {
	tokens, e := lex.tokens()
	if e != nil {
		return p.at(e, nil)
	}
	for p.tokens = p.addressed(tokens); len(p.tokens) > 0; {
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
		t.end, t.raw = p.tokens[n-1].end, p.phraseText(n)
		p.tokens = p.tokens[n:]
		return p.set(a, v.Means, t)
	}
	if a := p.keyBefore(); a != nil {
		p.tokens[0].colon, p.tokens[0].text = true, ""
		return p.keyed(a)
	}
	p.tokens = p.tokens[1:]
	var looks *Arg
	for _, a := range p.spec.Args {
		if a.Looks == nil || !a.Looks(fold(t.bare())) {
			continue
		}
		if !p.has(a) && a.Rest {
			return p.readRest(a, t)
		}
		if !p.has(a) {
			return p.read(a, t.bare(), t)
		}
		looks = a
	}
	// What has the form of something that is there already may also be a slip of something that is not.
	if e := p.unknown(t); looks == nil || e.Suggestion != "" {
		return e
	}
	return p.fail(GivenTwice, looks, t)
}

// keyBefore finds the argument whose key stands before its value without a colon: `on monday at 10:30`. Any text would
// do for a value that is Free, so that the colon shows what is meant there.
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

// phrase finds the argument that the next words name by themselves, two words before one: `last week` is not `week`.
func (p *parser) phrase() (arg *Arg, value *Value, words int) {
	for n := 2; n > 0; n-- {
		if n > len(p.tokens) || n > 1 && slices.ContainsFunc(p.tokens[:n], token.special) {
			continue
		}
		folded := fold(p.phraseText(n))
		for _, a := range p.spec.Args {
			if v := a.value(folded, false); v != nil {
				return a, v, n
			}
		}
	}
	return nil, nil, 0
}

func (p *parser) phraseText(n int) string {
	var words []string
	for _, t := range p.tokens[:n] {
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
		if next.colon && p.spec.keyed(next.key) != nil {
			return p.fail(MissingValue, a, t)
		}
		p.tokens = p.tokens[1:]
		t.text, t.quoted, t.value = next.bare(), next.quoted && !next.colon, next.start
		t.raw, t.end = t.raw+" "+next.raw, next.end
	}
	if strings.TrimSpace(t.text) == "" {
		return p.fail(MissingValue, a, t)
	}
	if v := p.secondWord(a, t); v != nil {
		t.raw, t.end = t.raw+" "+p.tokens[0].raw, p.tokens[0].end
		p.tokens = p.tokens[1:]
		return p.set(a, v.Means, t)
	}
	if v := a.value(fold(t.text), true); v != nil && (!a.Free || !t.quoted) {
		return p.set(a, v.Means, t)
	}
	return p.read(a, t.text, t)
}

// secondWord finds the value that the token names together with the next one, as in `date:last week`.
func (p *parser) secondWord(a *Arg, t token) *Value {
	if t.quoted || len(p.tokens) == 0 || p.tokens[0].special() {
		return nil
	}
	return a.value(fold(t.text+" "+p.tokens[0].text), true)
}

// read takes text that is not one of the argument's words.
func (p *parser) read(a *Arg, text string, t token) *Error {
	if utf8.RuneCountInString(text) > MaxValue {
		return p.fail(TooLong, a, t)
	}
	return p.set(a, a.typed(text), t)
}

// readRest takes the token with all that follow it.
func (p *parser) readRest(a *Arg, t token) *Error {
	p.tokens = append([]token{t}, p.tokens...)
	n := len(p.tokens)
	text, last := p.phraseText(n), p.tokens[n-1]
	t.raw, t.value, t.end, p.tokens = text, t.start, last.end, nil
	return p.read(a, text, t)
}

func (p *parser) set(a *Arg, value string, t token) *Error {
	if p.has(a) {
		return p.fail(GivenTwice, a, t)
	}
	if !a.Read(&p.args, value) {
		return p.badValue(a, t)
	}
	p.given[a.Name] = t
	return nil
}

// check looks at the command as a whole.
func (p *parser) check() *Error {
	for _, name := range p.spec.Required {
		if a := p.spec.arg(name); a.Write(p.args) == "" {
			return p.fail(MissingValue, a, token{})
		}
	}
	if p.spec.Check == nil {
		return nil
	}
	e := p.spec.Check(p.registry, &p.args)
	if e == nil {
		return nil
	}
	t := p.given[e.Arg]
	e.Word, e.from, e.to = clip(t.raw), t.value, t.end
	return p.at(e, p.spec.arg(e.Arg))
}
