package command

import "strings"

// A command of two words, such as `/admin status`, is a Spec with a Parent. The parent alone is a command of its own.

// Called returns the command's whole name in the language, with its parent's in front.
func (s *Spec) Called(lang Lang) string {
	if s.Parent == nil {
		return s.First(lang)
	}
	return s.Parent.First(lang) + " " + s.First(lang)
}

// Under returns the commands whose parent is the one of that name, in their order, of those that may holds for.
func (r *Registry) Under(name string, may func(*Spec) bool) []*Spec {
	var specs []*Spec
	for _, s := range r.specs {
		if s.Parent != nil && s.Parent.Name() == name && (may == nil || may(s)) {
			specs = append(specs, s)
		}
	}
	return specs
}

// below finds the command of the parent that a word names, or nil.
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

// descend reads the second word of a command, where it has such. Without one the command is the parent itself.
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
	e := r.unknownBelow(spec, word.raw)
	e.from, e.to = word.start, word.end
	return nil, e
}

// unknownBelow describes a second word that no command of the parent has, and which was meant.
func (r *Registry) unknownBelow(parent *Spec, word string) *Error {
	e := &Error{Kind: UnknownCommand, Word: clip("/" + parent.First(En) + " " + word), examples: parent.Examples}
	var list []candidate
	for _, s := range r.Under(parent.Name(), r.may) {
		e.allowed = append(e.allowed, Words{En: []string{"/" + s.Called(En)}, Zh: []string{"/" + s.Called(Zh)}})
		list = append(list, candidates(s.Words, s, asIs)...)
	}
	found, ok := runTogether(word, list)
	if !ok {
		found, ok = nearest(word, list)
	}
	if ok {
		e.Suggestion, e.fix = "/"+parent.First(scriptOf(found.word))+" "+found.word, found.shown
		e.examples = found.of.(*Spec).Examples
	}
	return e
}
