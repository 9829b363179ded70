package command

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
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

// read reads the arguments of a line. Whether they go together is for check.
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
	given    map[string]token // the token of each argument that was given, by the argument's name
}

func (p *parser) isKey(folded string) bool { return p.spec.keyed(folded) != nil }

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
		if a.HasForm == nil || !a.HasForm(fold(t.bare())) {
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

// phrase finds the argument that the next words name by themselves. It tries two words before one, so that `last week` is
// not read as `week`.
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

// secondWord finds the value that the token and the next one name together, as in `date:last week`.
func (p *parser) secondWord(a *Arg, t token) *Value {
	if t.quoted || len(p.tokens) == 0 || p.tokens[0].special() {
		return nil
	}
	return a.value(fold(t.text+" "+p.tokens[0].text), true)
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

// token is one word of a line: `weekly`, `"last week"`, `dept:研发部`.
type token struct {
	start, value, end int    // in the line, in bytes: where the token begins, where its value begins, and where it ends
	raw               string // as typed
	colon             bool   // it has a colon outside quotes
	key               string // the folded text before that colon
	text              string // the value as typed without its quotes, or the whole word where there is no colon
	quoted            bool   // text stood in quotes
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

// isInvisible reports whether r is one of the zero-width characters that copied text often contains.
func isInvisible(r rune) bool {
	return r >= '\u200b' && r <= '\u200f' || r == '\u2060' || r == '\ufeff'
}

// isGap reports whether r is a space or invisible.
func isGap(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) }

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

// Mentions map the placeholders in a message, such as `@_user_1`, to open_ids; to "" for bots and @all. They come with the
// message, so a text like a placeholder that a person typed is not among them.
type Mentions map[string]string

// ReplaceMentions returns the text with each placeholder replaced by `@` and the open_id, or by nothing. A command that takes
// no person ignores the former.
func ReplaceMentions(text string, mentions Mentions) string {
	var b strings.Builder
	keys := slices.Collect(maps.Keys(mentions))
	for text != "" {
		if key := mentionAt(text, keys); key != "" {
			b.WriteByte(' ') // so that the words before and after a mention do not run together
			if id := mentions[key]; personForm.MatchString(id) {
				b.WriteString("@" + id + " ")
			}
			text = text[len(key):]
			continue
		}
		_, size := utf8.DecodeRuneInString(text)
		b.WriteString(text[:size])
		text = text[size:]
	}
	return strings.TrimFunc(b.String(), isGap)
}

// mentionAt returns the longest key that the text begins with. The key `@_user_1` does not match `@_user_10`.
func mentionAt(text string, keys []string) (longest string) {
	for _, key := range keys {
		rest, begins := strings.CutPrefix(text, key)
		if begins && len(key) > len(longest) && !splitsNumber(key, rest) {
			longest = key
		}
	}
	return longest
}

func splitsNumber(before, after string) bool {
	return before != "" && after != "" && isDigit(before[len(before)-1]) && isDigit(after[0])
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// isMention reports whether a word is a mention as ReplaceMentions writes it.
func isMention(raw string) bool {
	id, mention := strings.CutPrefix(raw, "@")
	return mention && personForm.MatchString(id)
}

// withoutMentions drops the mentions from a command that takes no person: they only say whom the message addresses.
func (p *parser) withoutMentions(tokens []token) []token {
	if p.spec.arg(PersonArg().Name) != nil || p.spec.arg(SubjectArg().Name) != nil {
		return tokens
	}
	return slices.DeleteFunc(tokens, func(t token) bool { return isMention(t.raw) })
}

// WithoutMentions returns the text without mentions, for showing it.
func WithoutMentions(text string) string {
	words := strings.FieldsFunc(text, isGap)
	return strings.Join(slices.DeleteFunc(words, isMention), " ")
}

// Quote returns a value as it is written after a key, in quotes if it would otherwise be read as something else.
func Quote(value string) string { return quote(value) }
