package command

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// token is one word of a line: `weekly`, `"last week"`, `dept:研发部`.
type token struct {
	start, value, end int    // in the line, in bytes: where the token begins, where its value begins, and where it ends
	raw               string // as typed
	colon             bool   // it has a colon outside quotes
	key               string // the folded text before that colon
	text              string // the value as typed without its quotes, or the whole word where there is no colon
	quoted            bool   // text stood in quotes
	folded            string // the folded bare word
}

// bare returns the whole word of a token whose colon does not follow a known key, as in `09:30`.
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
	key  func(folded string) bool // reports whether a word is a key of the command; nil: no word is
}

// slash skips the slash that makes a line a command, with the space around it.
func (l *lexer) slash() bool {
	l.skip(isGap)
	if !isSlash(l.peek()) {
		return false
	}
	l.advance()
	l.skip(isGap)
	return true
}

// name reads a command's name, and skips a colon after it: people write `/usage: weekly` too.
func (l *lexer) name() token {
	start := l.pos
	raw := l.run(func(r rune) bool { return endsWord(r) || isColon(r) })
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
		l.skip(func(r rune) bool { return isGap(r) || isSeparator(r) })
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
		return endsWord(r) || isColon(r) || isEquals(r) && l.isKey(l.line[t.start:l.pos])
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
		t.text = strings.TrimFunc(l.run(endsWord), isInvisible)
	}
	return l.finish(t), closed
}

func (l *lexer) finish(t token) token {
	t.end = l.pos
	t.raw = l.line[t.start:t.end]
	t.folded = fold(t.bare())
	return t
}

func (l *lexer) isKey(text string) bool { return l.key != nil && l.key(fold(text)) }

// colonAhead skips a colon and the space before it. After a key, an equals sign counts as a colon.
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

// quoted reads a text in quotes. A closing quote that is written twice stands for itself.
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

// run reads up to the first rune for which stop is true.
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

// fold returns the form in which words are compared: half-width, lower case, single spaces, nothing invisible.
func fold(s string) string { return strings.ToLower(narrow(s)) }

// narrow is fold without changing the case of letters.
func narrow(s string) string {
	s = strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(width.Fold.String(s)), " ")
}

// isInvisible reports whether r is one of the characters without a width that copied text often contains: zero-width
// spaces, soft hyphens, and the marks that set the direction of writing.
func isInvisible(r rune) bool { return unicode.Is(unicode.Cf, r) || r == '\u034f' }

// isGap reports whether r is a space or invisible.
func isGap(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) }

// isSeparator reports whether r may stand between two words instead of a space. In a value it needs quotes.
func isSeparator(r rune) bool { return strings.ContainsRune(",，、;；。!！?？", r) }

func endsWord(r rune) bool { return unicode.IsSpace(r) || isSeparator(r) }

func isColon(r rune) bool { return r == ':' || r == '：' }

// isEquals reports whether r is an equals sign, which separates a key from its value in `dept=研发部`. Without a key before it,
// it is a character like any other.
func isEquals(r rune) bool { return r == '=' || r == '＝' }

func isSlash(r rune) bool { return r == '/' || r == '／' }

// closing returns the character that ends a text opened with r, or 0 if r opens none. Phones often type the closing quote at
// both ends, so it opens a text too.
func closing(r rune) rune {
	switch r {
	case '"', '\'', '＂', '”', '’':
		return r
	case '“':
		return '”'
	case '‘':
		return '’'
	case '「':
		return '」'
	case '『':
		return '』'
	}
	return 0
}

// Quote returns a value as it is written after a key, in quotes if it would otherwise be read as something else.
func Quote(value string) string { return quote(value) }

// quote writes a value so that the lexer reads the same value from it.
func quote(s string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_/.", r)
	}
	if clockTime.MatchString(s) { // digits are no key, so the colon needs no quotes
		return s
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return inQuotes(s)
}

func inQuotes(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func isHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// clip shortens what was typed to the length of Error.Word.
func clip(s string) string { return clipTo(s, maxWord) }

func clipTo(s string, limit int) string {
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit])
	}
	return s
}
