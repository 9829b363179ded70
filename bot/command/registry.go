package command

import (
	"slices"
	"strings"

	"usagebot/locale"
)

// Registry holds the commands that exist. It never changes.
type Registry struct {
	specs []*Spec
	may   func(*Spec) bool
}

// NewRegistry returns a registry of the commands. If two share a name, the first one gets it.
func NewRegistry(specs ...*Spec) *Registry { return &Registry{specs: slices.Clone(specs)} }

// May reports whether the registry offers a command.
func (r *Registry) May(s *Spec) bool { return r.may == nil || r.may(s) }

// Offered returns the commands of one word that the registry offers.
func (r *Registry) Offered() []*Spec { return r.Specs(r.may) }

// OfferedUnder returns the commands of the parent that the registry offers.
func (r *Registry) OfferedUnder(name string) []*Spec { return r.Under(name, r.may) }

// For returns a registry that reads the same commands but suggests only those for which may is true.
func (r *Registry) For(may func(*Spec) bool) *Registry { return &Registry{specs: r.specs, may: may} }

// Specs returns the commands of one word for which may is true, in the order of help; all of them if may is nil.
func (r *Registry) Specs(may func(*Spec) bool) []*Spec {
	var specs []*Spec
	for _, s := range r.specs {
		if s.Parent == nil && (may == nil || may(s)) {
			specs = append(specs, s)
		}
	}
	return specs
}

// Find returns the command with the name, or nil. The name may be in any language and case, with or without its slash, and
// have two words.
func (r *Registry) Find(name string) *Spec {
	return r.find(strings.TrimLeft(fold(name), "/ "))
}

// Line writes the command in the language. Parse reads the same command from it.
func (r *Registry) Line(c Command, lang locale.Language) string {
	name := c.Name
	if spec := r.Find(name); spec != nil {
		name = spec.Called(lang)
	}
	if topic := r.Find(c.Args.Topic); topic != nil {
		c.Args.Topic = topic.Called(lang)
	}
	return write(name, c.Args, lang, nil)
}

// lines writes the command in every language.
func (r *Registry) lines(c Command) Words {
	return Words{En: []string{r.Line(c, locale.English)}, Zh: []string{r.Line(c, locale.Chinese)}}
}

// unknownCommand describes a name that no command has, and suggests the one that was probably meant.
func (r *Registry) unknownCommand(name string) *Error {
	e := &Error{Kind: UnknownCommand, Word: clip("/" + name)}
	var list []candidate
	e.examples = r.examples()
	for _, s := range r.Specs(r.may) {
		e.allowed = append(e.allowed, s.shownAs(func(word string) string { return "/" + word }))
		list = append(list, candidates(s.Words, s, asIs)...)
	}
	found, ok := runTogether(name, list)
	if !ok {
		found, ok = nearest(name, list)
	}
	if ok {
		e.Suggestion, e.fix = "/"+found.shown, found.shown
		e.examples = found.of.(*Spec).Examples
	}
	return e
}

// examples returns lines that show what a command looks like.
func (r *Registry) examples() Words {
	if offered := r.Specs(r.may); len(offered) > 0 {
		return offered[0].Examples
	}
	return Words{}
}

// runTogether finds the name that a word begins with if the rest are words of that command, as in `usageweekly` for
// `usage weekly`.
func runTogether(typed string, list []candidate) (found candidate, ok bool) {
	typed = fold(typed)
	for _, c := range list {
		rest, begins := strings.CutPrefix(typed, c.word)
		if !begins || len(c.word) <= len(found.word) {
			continue
		}
		spec := c.of.(*Spec)
		words := spec.wordsIn(rest, true)
		if spec.argOf(rest) != nil {
			words = []string{rest}
		}
		if len(words) > 0 {
			found, ok = c, true
			found.shown = c.word + " " + strings.Join(words, " ")
		}
	}
	return found, ok
}

// A command of two words, such as `/admin status`, is a Spec with a Parent. The parent alone is a command of its own.

// Called returns the command's whole name in the language, with its parent's in front.
func (s *Spec) Called(lang locale.Language) string {
	if s.Parent == nil {
		return s.First(lang)
	}
	return s.Parent.First(lang) + " " + s.First(lang)
}

// Under returns the commands under a parent for which may is true, in their order; all of them if may is nil.
func (r *Registry) Under(name string, may func(*Spec) bool) []*Spec {
	var specs []*Spec
	for _, s := range r.specs {
		if s.Parent != nil && s.Parent.Name() == name && (may == nil || may(s)) {
			specs = append(specs, s)
		}
	}
	return specs
}

// below returns the command under the parent that a word names, or nil.
func (r *Registry) below(parent *Spec, word string) *Spec {
	for _, s := range r.Under(parent.Name(), nil) {
		if s.has(word) {
			return s
		}
	}
	return nil
}

// find finds a command by its whole folded name.
func (r *Registry) find(name string) *Spec {
	for _, s := range r.specs {
		if s.Parent == nil && s.has(name) {
			return s
		}
	}
	first, rest, two := strings.Cut(name, " ")
	if !two {
		return nil
	}
	if parent := r.find(first); parent != nil {
		return r.below(parent, rest)
	}
	return nil
}

// descend reads the second word of a command, if there are commands under it. Without one the command is the parent itself.
func (r *Registry) descend(spec *Spec, lex *lexer) (*Spec, *Error) {
	if len(r.Under(spec.Name(), nil)) == 0 {
		return spec, nil
	}
	lex.skip(isGap)
	if lex.pos == len(lex.line) {
		return spec, nil
	}
	word := lex.name()
	if below := r.below(spec, fold(word.raw)); below != nil {
		return below, nil
	}
	if name, below := gluedName(word.raw, r.Under(spec.Name(), nil)); below != nil {
		lex.pos = word.start + len(name)
		lex.skip(isColon)
		return below, nil
	}
	e := r.unknownBelow(spec, word.raw)
	e.from, e.to = word.start, word.end
	return nil, e
}

// unknownBelow describes a second word that no command under the parent has, and suggests the one that was probably meant.
func (r *Registry) unknownBelow(parent *Spec, word string) *Error {
	e := &Error{Kind: UnknownCommand, Word: clip("/" + parent.First(locale.English) + " " + word), examples: parent.Examples}
	var list []candidate
	for _, s := range r.Under(parent.Name(), r.may) {
		e.allowed = append(e.allowed, Words{En: []string{"/" + s.Called(locale.English)}, Zh: []string{"/" + s.Called(locale.Chinese)}})
		list = append(list, candidates(s.Words, s, asIs)...)
	}
	found, ok := runTogether(word, list)
	if !ok {
		found, ok = nearest(word, list)
	}
	if ok {
		e.Suggestion, e.fix = "/"+parent.First(scriptOf(found.word))+" "+found.shown, found.shown
		e.examples = found.of.(*Spec).Examples
	}
	return e
}

func scriptOf(s string) locale.Language {
	if isHan(s) {
		return locale.Chinese
	}
	return locale.English
}
