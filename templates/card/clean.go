package card

import (
	"strconv"
	"strings"
	"unicode"
)

// Limits of displayed text, in characters.
const (
	MaxName  = 60   // a department, an app, a word that a person typed
	maxLabel = 80   // a button's text; the platform allows 100
	MaxText  = 300  // any text
	maxPath  = 2000 // a path before it is shortened from its beginning
)

// Absent is shown where there is no value. It is not zero.
const Absent = "—"

// Clean makes s fit for display: valid UTF-8, one line, at most limit characters, and without bidirectional control
// characters, which could reorder a name.
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

// Path cleans a path of names. It shortens a long path at its beginning, because the end names the department.
func Path(s string) string {
	r := []rune(Clean(s, maxPath))
	if len(r) <= MaxName {
		return string(r)
	}
	return "…" + string(r[len(r)-MaxName+1:])
}

// WithoutBrackets replaces angle brackets, which a chart might take for markup.
func WithoutBrackets(s string) string { return strings.NewReplacer("<", "‹", ">", "›").Replace(s) }

// separator stands between the parts of a line.
const separator = " · "

// Dotted joins the parts that are not empty.
func Dotted(parts ...string) string {
	var told []string
	for _, s := range parts {
		if s != "" {
			told = append(told, s)
		}
	}
	return strings.Join(told, separator)
}

// Minus is the minus sign U+2212: as wide as +, and never separated from its number by a line break.
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
