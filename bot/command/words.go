package command

import "slices"

// Lang is a language that commands are written in.
type Lang string

// The languages of the grammar. Both are understood everywhere, also mixed in one line.
const (
	En Lang = "en"
	Zh Lang = "zh"
)

// Words are the ways to say one thing. The first of each language is the one that is shown, the first English one is
// also the thing's name. They are written folded: lower case, half-width, single spaces.
type Words struct{ En, Zh []string }

// In returns the words of the language, or the English ones where it has none.
func (w Words) In(lang Lang) []string {
	if lang == Zh && len(w.Zh) > 0 {
		return w.Zh
	}
	return w.En
}

// First returns the word that is shown in the language, or "" when there is none.
func (w Words) First(lang Lang) string {
	if words := w.In(lang); len(words) > 0 {
		return words[0]
	}
	return ""
}

func (w Words) all() []string { return slices.Concat(w.En, w.Zh) }

func (w Words) has(folded string) bool {
	return slices.Contains(w.En, folded) || slices.Contains(w.Zh, folded)
}

// shownAs returns the words that are shown, each changed by f.
func (w Words) shownAs(f func(string) string) Words {
	return Words{En: []string{f(w.First(En))}, Zh: []string{f(w.First(Zh))}}
}
