package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one word of a line: `weekly`, `"last week"`, `dept:研发部`.
type token struct {
	start, value, end int    // where it, its value and what follows it begin in the line, in bytes
	raw               string // as typed
	colon             bool   // it has a colon outside quotes
	key               string // the folded text before that colon
	text              string // the value as typed without its quotes, or the whole word where there is no colon
	quoted            bool   // text stood in quotes
}

// bare returns what the token says when its colon does not follow a known key, as in `09:30`.
func (t token) bare() string {
	if t.colon {
		return t.raw
	}
	return t.text
}

// special reports whether the token is more than an ordinary word: quotes or a colon hold it together.
func (t token) special() bool { return t.colon || t.quoted }

type lexer struct {
	line string
	pos  int
	key  func(folded string) bool // whether it is a key of the command; nil: none is
}

// slash skips the character that makes a line a command, with the space around it.
func (l *lexer) slash() bool {
	l.skip(isGap)
	if !isSlash(l.peek()) {
		return false
	}
	l.advance()
	l.skip(isGap)
	return true
}

// name reads a command's name; people write `/usage: weekly` too.
func (l *lexer) name() token {
	start := l.pos
	raw := l.run(func(r rune) bool { return unicode.IsSpace(r) || isColon(r) })
	t := token{start: start, value: start, end: l.pos, raw: raw, text: raw}
	if isColon(l.peek()) {
		l.advance()
	}
	return t
}

// tokens reads the rest of the line. After an unclosed quote it returns what came before.
func (l *lexer) tokens() ([]token, *Error) {
	var tokens []token
	for {
		l.skip(isGap)
		if l.pos == len(l.line) {
			return tokens, nil
		}
		t, closed := l.token()
		if !closed {
			return tokens, &Error{Kind: UnclosedQuote, Word: clip(t.raw)}
		}
		tokens = append(tokens, t)
	}
}

func (l *lexer) token() (t token, closed bool) {
	t = token{start: l.pos, value: l.pos}
	closed = true
	if closing(l.peek()) != 0 {
		t.quoted = true
		t.text, closed = l.quoted()
		return l.finish(t), closed
	}
	t.text = l.run(func(r rune) bool {
		return unicode.IsSpace(r) || isColon(r) || isEquals(r) && l.isKey(l.line[t.start:l.pos])
	})
	if !l.colonAhead(t.text) {
		return l.finish(t), true
	}
	t.colon, t.key = true, fold(t.text)
	l.skip(isInvisible)
	t.value = l.pos
	if closing(l.peek()) != 0 {
		t.quoted = true
		t.text, closed = l.quoted()
	} else {
		t.text = strings.TrimFunc(l.run(unicode.IsSpace), isInvisible)
	}
	return l.finish(t), closed
}

func (l *lexer) finish(t token) token {
	t.end = l.pos
	t.raw = l.line[t.start:t.end]
	return t
}

func (l *lexer) isKey(text string) bool { return l.key != nil && l.key(fold(text)) }

// colonAhead skips a colon, or behind a key what people write for it, and the space before it if there is one.
func (l *lexer) colonAhead(text string) bool {
	before := l.pos
	l.skip(isGap)
	if r := l.peek(); isColon(r) || isEquals(r) && l.isKey(text) {
		l.advance()
		return true
	}
	l.pos = before
	return false
}

// quoted reads a text in quotes. The closing one written twice stands for itself.
func (l *lexer) quoted() (text string, closed bool) {
	end := closing(l.peek())
	l.advance()
	var b strings.Builder
	for l.pos < len(l.line) {
		r := l.peek()
		l.advance()
		if r == end {
			if l.peek() != end {
				return b.String(), true
			}
			l.advance()
		}
		b.WriteRune(r)
	}
	return b.String(), false
}

// run reads up to the first rune that stop holds for.
func (l *lexer) run(stop func(rune) bool) string {
	start := l.pos
	l.skip(func(r rune) bool { return !stop(r) })
	return l.line[start:l.pos]
}

func (l *lexer) skip(while func(rune) bool) {
	for l.pos < len(l.line) && while(l.peek()) {
		l.advance()
	}
}

// peek returns the next rune, or 0 at the end of the line, which neither opens nor closes anything.
func (l *lexer) peek() rune {
	if l.pos == len(l.line) {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(l.line[l.pos:])
	return r
}

func (l *lexer) advance() {
	_, size := utf8.DecodeRuneInString(l.line[l.pos:])
	l.pos += size
}
