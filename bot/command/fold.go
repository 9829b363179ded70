package command

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// fold gives the form in which words are compared: half-width, lower case, single spaces, nothing invisible.
func fold(s string) string { return strings.ToLower(narrow(s)) }

// narrow is fold but for the case of letters.
func narrow(s string) string {
	s = strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(width.Fold.String(s)), " ")
}

// isInvisible reports whether r is one of the zero-width characters that come along with copied text.
func isInvisible(r rune) bool {
	return r >= '\u200b' && r <= '\u200f' || r == '\u2060' || r == '\ufeff'
}

// isGap reports whether r carries nothing outside a value.
func isGap(r rune) bool { return unicode.IsSpace(r) || isInvisible(r) }

func isColon(r rune) bool { return r == ':' || r == '：' }

// isEquals reports whether r stands between a key and its value where somebody writes `dept=研发部`. Elsewhere it is a
// character like any other.
func isEquals(r rune) bool { return r == '=' || r == '＝' }

func isSlash(r rune) bool { return r == '/' || r == '／' }

// closing returns the character that ends a text opened with r, or 0 when r opens none. Phones often type the closing
// one twice, so it opens as well.
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

// quote writes a value so that the lexer reads the same value again.
func quote(s string) string {
	plain := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_/.", r)
	}
	if clockTime.MatchString(s) { // its colon comes after no key
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

// clip shortens what was typed to what an Error may carry.
func clip(s string) string { return clipTo(s, maxWord) }

func clipTo(s string, limit int) string {
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit])
	}
	return s
}
