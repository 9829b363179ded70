package command

import (
	"slices"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// candidate is a word that may have been meant.
type candidate struct {
	word  string // to be compared, folded
	shown string // to be suggested
	of    any    // what the word stands for: words for the same thing do not compete
}

func candidates(w Words, of any, show func(string) string) []candidate {
	var list []candidate
	for _, word := range w.all() {
		list = append(list, candidate{word: word, shown: show(word), of: of})
	}
	return list
}

func asIs(s string) string { return s }

// nearest returns the one candidate that is closest to what was typed, if any is close enough and no other thing is as
// close.
func nearest(typed string, list []candidate) (best candidate, ok bool) {
	typed = fold(typed)
	least := 0
	for _, c := range list {
		d, near := distance(typed, c.word)
		switch {
		case !near:
		case best.of == nil || d < least:
			best, least, ok = c, d, true
		case d == least && c.of != best.of:
			ok = false
		}
	}
	return best, ok
}

// distance counts the changes from a to b and reports whether they are few enough for a slip: two, of a short word one or
// two letters that changed places, of a single character none. Words of different scripts are never near: replacing a Chinese word by an English one
// helps nobody who typed Chinese.
func distance(a, b string) (d int, near bool) {
	la, lb := utf8.RuneCountInString(a), utf8.RuneCountInString(b)
	limit := 2
	switch short := min(la, lb); {
	case short < 2:
		return 0, false
	case short <= 3, short == 4 && !swapped(a, b):
		limit = 1
	}
	if max(la, lb)-min(la, lb) > limit || isHan(a) != isHan(b) {
		return 0, false
	}
	d = levenshtein.ComputeDistance(a, b)
	return d, d <= limit
}

// swapped reports whether two letters that stand beside each other are all that differs.
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
