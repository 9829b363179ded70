// Package typo finds what a person probably meant by a mistyped word: a command, a setting, a department.
package typo

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Distance counts the changes from a to b and reports whether they are few enough for a typo: a third of the shorter word,
// but at least two; one in a word of up to four letters; none in a single character. Two neighbouring letters that changed
// places count as one change. Words of different scripts are never near: a Chinese typo has a Chinese correction.
func Distance(a, b string) (d int, near bool) {
	la, lb := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	short := min(la, lb)
	limit := max(2, short/3)
	switch {
	case short < 2:
		return 0, false
	case short <= 4:
		limit = 1
	}
	if max(la, lb)-short > limit || isHan(a) != isHan(b) {
		return 0, false
	}
	if swapped(a, b) {
		return 1, true
	}
	d = levenshtein.ComputeDistance(a, b)
	return d, d <= limit
}

// isHan reports whether a word has a Chinese character.
func isHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// swapped reports whether the words differ only by two neighbouring letters that changed places.
func swapped(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) != len(y) {
		return false
	}
	for i := range len(x) - 1 {
		if x[i] != y[i] {
			return x[i] == y[i+1] && x[i+1] == y[i] && slices.Equal(x[i+2:], y[i+2:])
		}
	}
	return false
}

// Nearest returns the word that is closest to what was typed. ok is false if none is near, or if several are equally near.
func Nearest(typed string, words []string) (word string, ok bool) {
	return NearestOf(typed, words, func(w string) (string, any) { return w, w })
}

// NearestOf is Nearest for things that have several words: spell returns the word of a candidate and what it stands for.
// Candidates that stand for the same do not compete.
func NearestOf[T any](typed string, candidates []T, spell func(T) (word string, meaning any)) (best T, ok bool) {
	least, found := -1, any(nil)
	for _, c := range candidates {
		word, meaning := spell(c)
		d, near := Distance(typed, word)
		switch {
		case !near:
		case least < 0 || d < least:
			best, found, least, ok = c, meaning, d, true
		case d == least && meaning != found:
			ok = false
		}
	}
	return best, ok
}
