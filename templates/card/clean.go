package card

import (
	"strconv"
	"strings"
	"unicode"
)

// Limits of what is shown, in characters.
const (
	MaxName  = 60   // a department, an app, a word that a person typed
	maxLabel = 80   // a button's text; the platform allows 100
	MaxText  = 300  // any text
	maxPath  = 2000 // a path before it is shortened from its beginning
)

// Absent stands where there is nothing to show. It is not zero.
const Absent = "—"

// Clean returns s fit to be shown: valid, in one line, at most limit characters long, and without the marks that turn the
// direction of writing, with which a name could show in another order than it has.
func Clean(s string, limit int) string {
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

// Name cleans a name or a typed word.
func Name(s string) string { return Clean(s, MaxName) }

// Path cleans a path of names. A long one loses its beginning, since its end says which department it is.
func Path(s string) string {
	r := []rune(Clean(s, maxPath))
	if len(r) <= MaxName {
		return string(r)
	}
	return "…" + string(r[len(r)-MaxName+1:])
}

// WithoutBrackets returns a name for where a chart might take it for markup, with other brackets.
func WithoutBrackets(s string) string { return strings.NewReplacer("<", "‹", ">", "›").Replace(s) }

// separator stands between what is told in one line.
const separator = " · "

// Dotted puts what is told in one line beside each other; empty parts are left out.
func Dotted(parts ...string) string {
	var told []string
	for _, s := range parts {
		if s != "" {
			told = append(told, s)
		}
	}
	return strings.Join(told, separator)
}

// Minus is the true minus sign: as wide as +, and never broken from its number.
const Minus = "−"

// Integer writes n with thousands separators: 12,345.
func Integer(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = Minus, digits[1:]
	}
	return sign + grouped(digits)
}

func grouped(digits string) string {
	head := len(digits) % 3
	if head == 0 {
		head = min(3, len(digits))
	}
	var b strings.Builder
	b.WriteString(digits[:head])
	for i := head; i < len(digits); i += 3 {
		b.WriteByte(',')
		b.WriteString(digits[i : i+3])
	}
	return b.String()
}
