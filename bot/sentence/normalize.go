package sentence

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxRunes is how much of a message is read.
const maxRunes = 400

var (
	botMention   = regexp.MustCompile(`@_user_\d+|@_all`)
	hyphened     = regexp.MustCompile(`\b(last|this)-?(week|month)\b`) // as the grammar writes them
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
	return strings.Join(strings.Fields(digits(text)), " ")
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

var (
	hanNumber = regexp.MustCompile(`百分之[零一二两三四五六七八九十]+|[零〇一二两三四五六七八九十]+`)
	hanDigits = map[rune]int{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
)

// countable are the characters that follow a Chinese number. 日活 is none of them.
const countable = "月号日点天周个年名季星礼万千百成家款端种"

// digits writes the Chinese numbers of a text as digits where they count something: 十一月三号, 近八周, 前三. The 一 of 周一 and
// of 一共 stays.
func digits(text string) string {
	var b strings.Builder
	at := 0
	for _, span := range hanNumber.FindAllStringIndex(text, -1) {
		before, word, after := text[at:span[0]], text[span[0]:span[1]], text[span[1]:]
		b.WriteString(before)
		at = span[1]
		number, percent := strings.CutPrefix(word, "百分之")
		n, ok := hanValue(number)
		switch {
		case !ok || !percent && !counts(text[:span[0]], after):
			b.WriteString(word)
		case percent:
			b.WriteString(strconv.Itoa(n) + "%")
		default:
			if last, _ := utf8.DecodeLastRuneInString(before); isWord(last) {
				b.WriteByte(' ') // k7q2mw三天
			}
			b.WriteString(strconv.Itoa(n))
		}
	}
	return b.String() + text[at:]
}

// counts reports whether a number between the texts is one that counts.
func counts(before, after string) bool {
	for _, day := range []string{"周", "星期", "礼拜"} {
		if strings.HasSuffix(before, day) {
			return false
		}
	}
	next, _ := firstRune(after)
	return strings.ContainsRune(countable, next) && !strings.HasPrefix(after, "日活") ||
		strings.HasSuffix(before, "前") || strings.HasSuffix(before, "top") || strings.HasSuffix(before, "top ")
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

// hanValue reads a Chinese number below a hundred.
func hanValue(s string) (int, bool) {
	tens, ones, two := strings.Cut(s, "十")
	if !two {
		tens, ones = "", s
	}
	digit := func(s string, none int) (int, bool) {
		n, ok := none, s == ""
		for _, r := range s {
			if n, ok = hanDigits[r]; !ok {
				return 0, false
			}
		}
		return n, ok && len([]rune(s)) <= 1
	}
	ten, fine := digit(tens, 1)
	one, ok := digit(ones, 0)
	if !two {
		return one, ok && ones != ""
	}
	return 10*ten + one, ok && fine
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// isWord reports whether the rune is part of a word that is written with spaces around it.
func isWord(r rune) bool { return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !isHan(r) }
