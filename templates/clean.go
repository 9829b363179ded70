package templates

import (
	"strings"
	"unicode"
)

// Limits of what is shown, in characters.
const (
	maxName  = 60   // a department, an app, a word that a person typed
	maxLabel = 80   // a button's text; the platform allows 100
	maxText  = 300  // any text
	maxPath  = 2000 // a path before it is shortened from its beginning
)

// absent stands where there is nothing to show. It is not zero.
const absent = "—"

// clean returns s fit to be shown: valid, in one line, at most limit characters long, and without the marks that turn the
// direction of writing, with which a name could show in another order than it has.
func clean(s string, limit int) string {
	s = strings.Map(showable, strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.TrimSpace(s)
	if len(s) <= limit {
		return s
	}
	if r := []rune(s); len(r) > limit {
		return strings.TrimSpace(string(r[:limit-1])) + "…"
	}
	return s
}

func showable(r rune) rune {
	switch {
	case unicode.Is(unicode.Bidi_Control, r):
		return -1
	case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp):
		return ' '
	}
	return r
}

// name cleans a name or a typed word.
func name(s string) string { return clean(s, maxName) }

// path cleans a path of names. A long one loses its beginning, since its end says which department it is.
func path(s string) string {
	r := []rune(clean(s, maxPath))
	if len(r) <= maxName {
		return string(r)
	}
	return "…" + string(r[len(r)-maxName+1:])
}

// unmarked returns a name for where a chart might take it for markup, with other brackets.
func unmarked(s string) string { return strings.NewReplacer("<", "‹", ">", "›").Replace(s) }
