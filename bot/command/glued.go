package command

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// This file reads words that are typed without the space between them: `/用量上周h5`.

// gluedName finds the command with the longest name that a word begins with, if the name surely ends there: behind it the
// script changes, or it is Chinese. In `/usageweekly` it does not.
func gluedName(typed string, specs []*Spec) (word string, found *Spec) {
	for _, s := range specs {
		for _, name := range s.all() {
			rest := restOf(typed, name)
			next, _ := utf8.DecodeRuneInString(rest)
			ends := isHan(name) || unicode.Is(unicode.Han, next) || unicode.IsDigit(next)
			if head := typed[:len(typed)-len(rest)]; ends && rest != "" && len(head) > len(word) && fold(head) == name {
				word, found = head, s
			}
		}
	}
	return word, found
}

// restOf returns what comes after as many characters as the name has.
func restOf(text, name string) string {
	for range utf8.RuneCountInString(name) {
		_, size := utf8.DecodeRuneInString(text)
		text = text[size:]
	}
	return text
}

// maxGlued is the longest word that is looked at, in runes.
const maxGlued = 32

// split returns the words of a token that is made of known words only, if they surely begin and end there: `上周h5`, but not
// `h5weekly`.
func (s *Spec) split(t token) []token {
	if t.special() || s.argOf(t.text) != nil || slices.ContainsFunc(s.Args, func(a *Arg) bool { return a.hasNoDay(t.folded) }) {
		return nil
	}
	words := s.wordsIn(t.text, false)
	tokens := make([]token, 0, len(words))
	at := t.start
	for _, w := range words {
		tokens = append(tokens, token{start: at, value: at, end: at + len(w), raw: w, text: w, folded: fold(w)})
		at += len(w)
	}
	return tokens
}

// wordsIn divides a text into the fewest words that the command's arguments know, at least two; nil if it has other words too,
// or if there are several ways. within says that a word may also end between two letters of the same script.
func (s *Spec) wordsIn(text string, within bool) []string {
	runes := []rune(text)
	if len(runes) > maxGlued || len(runes) < 2 || !within && !isHan(text) {
		return nil
	}
	// best holds the division of each beginning of the text, and ways how many there are of as few words.
	best, ways := make([][]string, len(runes)+1), make([]int, len(runes)+1)
	ways[0] = 1
	for end := 1; end <= len(runes); end++ {
		for begin := range end {
			if ways[begin] == 0 || begin > 0 && !within && !divides(runes[begin-1], runes[begin]) || s.argOf(string(runes[begin:end])) == nil {
				continue
			}
			switch n := len(best[begin]) + 1; {
			case ways[end] == 0 || n < len(best[end]):
				best[end], ways[end] = append(best[begin][:n-1:n-1], string(runes[begin:end])), ways[begin]
			case n == len(best[end]):
				ways[end] += ways[begin]
			}
		}
	}
	words := best[len(runes)]
	if ways[len(runes)] != 1 || len(words) < 2 {
		return nil
	}
	args := map[string]bool{}
	for _, word := range words {
		args[s.argOf(word).Name] = true
	}
	if len(args) < len(words) { // two of one argument are rather one that is wrong: 11月31日
		return nil
	}
	return words
}

// divides reports whether a word may end between two characters: one of them is Chinese.
func divides(before, after rune) bool {
	return unicode.Is(unicode.Han, before) || unicode.Is(unicode.Han, after)
}

// argOf returns the argument that accepts the text as its value without a key; nil if none does. It ignores single characters,
// which are more probably part of a name.
func (s *Spec) argOf(text string) *Arg {
	folded := fold(text)
	if utf8.RuneCountInString(folded) < 2 {
		return nil
	}
	for _, a := range s.Args {
		if a.value(folded, false) != nil || !a.Rest && a.reads(folded) {
			return a
		}
	}
	return nil
}

// takeName stores an unknown word as part of a name, if the command takes names. A key that lacks its value is not a name, unless
// it continues one: `dept:finance department`.
func (p *parser) takeName(t token) bool {
	if !p.names || t.colon || isMention(t.raw) {
		return false
	}
	if a := p.spec.keyed(fold(t.text)); a != nil && !t.quoted && (a.Name != DeptArg().Name || !p.has(a) && p.args.Names == "") {
		return false
	}
	names := strings.TrimSpace(p.args.Names + " " + strings.Join(strings.FieldsFunc(t.text, isGap), " "))
	if utf8.RuneCountInString(names) > MaxValue || names == p.args.Names {
		return false
	}
	p.args.Names = names
	if !p.gave(NamesArg().Name) {
		p.given[NamesArg().Name] = t
	}
	return true
}
