package sentence

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxRunes is how much of a message is read.
const maxRunes = 400

var (
	botMention   = regexp.MustCompile(`@_user_\d+|@_all`)
	hyphened     = regexp.MustCompile(`\b(last|this)-?(week|month)\b`) // as the grammar writes them
	glued        = regexp.MustCompile(`\bvs\.?(\d)`)                   // 10月vs9月
	otherMention = regexp.MustCompile(`@ou_[0-9a-z]+`)
	quoteMarks   = strings.NewReplacer(`"`, " ", "“", " ", "”", " ", "「", " ", "」", " ", "『", " ", "』", " ", "《", " ", "》", " ",
		"‘", "'", "’", "'", "`", " ", "…", " . ", "—", "-", "–", "-", "～", "~", "。", " . ", "、", " 、 ", "·", " ")
)

// Normalize returns the form in which a sentence is read: half-width, lower case, single spaces, Chinese numbers as digits,
// no mention of the bot under one of its names.
func Normalize(text string, botNames ...string) string {
	if runes := []rune(text); len(runes) > maxRunes {
		text = string(runes[:maxRunes])
	}
	text = foldText(quoteMarks.Replace(strings.ToValidUTF8(text, " ")))
	text = botMention.ReplaceAllString(text, " ")
	for _, name := range botNames {
		if name = foldText(name); name != "" {
			text = strings.ReplaceAll(text, "@"+name, " ")
		}
	}
	text = hyphened.ReplaceAllString(text, "$1 $2")
	text = glued.ReplaceAllString(text, "vs $1")
	return strings.Join(englishNumbers(strings.Fields(digits(text))), " ")
}

// foldText folds widths, case, invisible characters and spaces.
func foldText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r), r == '\ufe0f':
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
	return strings.Join(strings.Fields(s), " ")
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// isWord reports whether the rune is part of a word that is written with spaces around it.
func isWord(r rune) bool { return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !isHan(r) }
