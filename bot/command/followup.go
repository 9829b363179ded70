package command

import (
	"strings"
	"unicode/utf8"

	"usagebot/locale"
)

// FollowUp reads a message without a slash as a change of the previous command: the arguments that it names are replaced, the
// rest stay. ok is false if it is no such message; an *Error comes with ok true.
//
// People also talk to each other in a chat ("the app is down"). So a message is a follow-up only if more of its words are
// arguments of the previous command than are not, or if its only word is nearly one.
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
	p := parser{registry: r, spec: spec, args: previous, given: map[string]token{}, implied: map[string]bool{}}
	e, ok := p.readLoosely(&lexer{line: text, key: spec.isKey})
	if !ok {
		return Command{}, false, nil
	}
	if e == nil {
		e = collect(&p)
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

// readLoosely reads a message to the end, even after an error: one wrong word does not decide whether the bot is meant. It
// returns the first error, and whether the bot is meant.
func (p *parser) readLoosely(lex *lexer) (first *Error, meant bool) {
	tokens, unclosed := lex.tokens()
	tokens = p.withoutMentions(tokens)
	understood, strange := 0, 0
	for p.tokens = tokens; len(p.tokens) > 0; {
		e := p.step()
		switch {
		case e == nil || len(tokens) == 1 && isTypo(e):
			understood++
		case isUnrelated(e):
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

// isTypo reports whether a message of one wrong word is taken for a typo. Two letters are too few to tell: "hi" is not
// h5.
func isTypo(e *Error) bool {
	return e.Kind == UnknownWord && e.Suggestion != "" && !e.keyless && (isHan(e.Word) || utf8.RuneCountInString(e.Word) > 2)
}

// isUnrelated reports whether a word is not meant for the bot. A key of one letter may be an ordinary word ("n" for "no"), and
// so may a word that means something only after a key, such as a number.
func isUnrelated(e *Error) bool {
	if e.Kind == MissingValue {
		return utf8.RuneCountInString(e.Word) == 1
	}
	return e.Kind == UnknownWord && (e.Suggestion == "" || e.keyless)
}

// Guess returns the command that a message would be with a slash, or with the name of a question before it, as for
// `weekly h5`. It is only for suggestions: nothing that was typed without a slash is carried out.
func (r *Registry) Guess(text string) (Command, bool) {
	text = strings.ToValidUTF8(text, "\ufffd")
	if IsCommand(text) {
		return Command{}, false
	}
	if c, e := r.parse("/"+text, false); e == nil {
		return c, r.may == nil || r.may(r.Find(c.Name))
	}
	for _, s := range r.Specs(r.may) {
		if s.FollowUp == nil {
			continue
		}
		if c, e := r.parse("/"+s.Name()+" "+text, false); e == nil && c.Args != (Args{}) {
			return c, true
		}
	}
	return Command{}, false
}

func scriptOf(s string) locale.Language {
	if isHan(s) {
		return locale.Chinese
	}
	return locale.English
}
