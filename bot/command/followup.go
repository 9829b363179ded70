package command

import (
	"strings"
	"unicode/utf8"
)

// FollowUp reads a message without a slash as a change of the previous command: what it names replaces, the rest stays.
// ok is false when it is no such message; an *Error comes with ok.
//
// It is a follow-up when more of its words are arguments of the previous command than are strange to it, or when its only
// word nearly is an argument: people also talk to each other in a session ("the app is down").
func (r *Registry) FollowUp(text string, previous Command) (c Command, ok bool, err error) {
	spec := r.Find(previous.Name)
	text = strings.ToValidUTF8(text, "\ufffd")
	if spec == nil || spec.FollowUp == nil || IsCommand(text) || utf8.RuneCountInString(text) > MaxRunes {
		return Command{}, false, nil
	}
	c, ok, e := r.follow(text, spec, previous.Args)
	if e == nil {
		return c, ok, nil
	}
	if e.fix != "" {
		fixed, _, still := r.follow(text[:e.from]+e.fix+text[e.to:], spec, previous.Args)
		if still == nil {
			e.Corrected = r.Line(fixed, scriptOf(e.Suggestion))
		}
	}
	return Command{}, ok, e
}

func (r *Registry) follow(text string, spec *Spec, previous Args) (Command, bool, *Error) {
	p := parser{registry: r, spec: spec, args: previous, given: map[string]token{}}
	e, ok := p.conversation(&lexer{line: text, key: p.isKey})
	if !ok {
		return Command{}, false, nil
	}
	if e != nil {
		return Command{}, true, e
	}
	spec.FollowUp(&p.args, p.gave)
	if e := p.check(); e != nil {
		return Command{}, true, e
	}
	return p.command(), true, nil
}

// conversation reads on after an error, since one wrong word makes no difference to whether the bot was meant. It
// returns the first error and whether the bot was.
func (p *parser) conversation(lex *lexer) (first *Error, meant bool) {
	tokens, unclosed := lex.tokens()
	tokens = p.addressed(tokens)
	understood, strange := 0, 0
	for p.tokens = tokens; len(p.tokens) > 0; {
		e := p.step()
		switch {
		case e == nil || len(tokens) == 1 && isSlip(e):
			understood++
		case isStrange(e):
			strange++
		case e.Kind != UnknownWord:
			understood++
		}
		if first == nil {
			first = e
		}
	}
	if first == nil && unclosed != nil {
		first = p.at(unclosed, nil)
	}
	return first, understood > strange
}

// isSlip reports whether a message of one wrong word is taken for a slip. Two letters are too little to tell: "hi" is
// not h5.
func isSlip(e *Error) bool {
	return e.Kind == UnknownWord && e.Suggestion != "" && !e.keyless && (isHan(e.Word) || utf8.RuneCountInString(e.Word) > 2)
}

// isStrange reports whether a word says nothing to the bot. A key of one letter may be a word of its own: "n" is also no,
// and what means something behind a key only, such as a number, means much else without it.
func isStrange(e *Error) bool {
	if e.Kind == MissingValue {
		return utf8.RuneCountInString(e.Word) == 1
	}
	return e.Kind == UnknownWord && (e.Suggestion == "" || e.keyless)
}

// Guess returns the command that a message without a slash would be if it had one, or if `weekly h5` were asked of a
// command that takes it. It is for suggesting only: nothing that was typed without a slash is carried out.
func (r *Registry) Guess(text string) (Command, bool) {
	text = strings.ToValidUTF8(text, "\ufffd")
	if IsCommand(text) {
		return Command{}, false
	}
	if c, e := r.parse("/" + text); e == nil {
		return c, r.may == nil || r.may(r.Find(c.Name))
	}
	for _, s := range r.Specs(r.may) {
		if s.FollowUp == nil {
			continue
		}
		if c, e := r.parse("/" + s.Name() + " " + text); e == nil && c.Args != (Args{}) {
			return c, true
		}
	}
	return Command{}, false
}

func scriptOf(s string) Lang {
	if isHan(s) {
		return Zh
	}
	return En
}
