package sentence

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

var (
	hanNumber = regexp.MustCompile(`百分之[零一二两三四五六七八九十]+|[一二两三四五六七八九]成[一二三四五六七八九半]?|[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万]*`)
	hanDigits = map[rune]int{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	hanUnits  = map[rune]int{'十': 10, '百': 100, '千': 1000, '万': 10000}
)

// countable are the characters that follow a Chinese number. 日活 is none of them.
const countable = "月号日点天周个年名季星礼万千百成家款端种"

// limits are the words that a number follows.
var beforeNumbers = strings.Fields("前 top 破 于 过 到 不到 不足 超")

// digits writes the Chinese numbers of a text as digits where they count something: 十一月三号, 近八周, 前三, 三百, 两成. The 一 of
// 周一 and of 一共 stays.
func digits(text string) string {
	var b strings.Builder
	at := 0
	for _, span := range hanNumber.FindAllStringIndex(text, -1) {
		before, word, after := text[at:span[0]], text[span[0]:span[1]], text[span[1]:]
		b.WriteString(before)
		at = span[1]
		n, percent, ok := hanShare(word)
		if !percent {
			n, ok = hanValue(word)
			large := strings.ContainsAny(word, "百千万") && word != "万" || strings.Count(word, "十") == 1 && utf8.RuneCountInString(word) > 1 && word != "十一"
			ok = ok && (counts(text[:span[0]], after) || large && !strings.HasSuffix(text[:span[0]], "双"))
		}
		switch {
		case !ok:
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
	if strings.ContainsRune(countable, next) && !strings.HasPrefix(after, "日活") {
		return true
	}
	before = strings.TrimSuffix(before, " ")
	return slices.ContainsFunc(beforeNumbers, func(word string) bool { return strings.HasSuffix(before, word) })
}

func firstRune(s string) (rune, bool) {
	for _, r := range s {
		return r, true
	}
	return 0, false
}

// hanShare reads 百分之二十, 三成 and 两成五.
func hanShare(s string) (n int, percent, ok bool) {
	if number, is := strings.CutPrefix(s, "百分之"); is {
		n, ok = hanValue(number)
		return n, true, ok
	}
	tenths, rest, is := strings.Cut(s, "成")
	if !is {
		return 0, false, false
	}
	n, ok = hanValue(tenths)
	n *= 10
	switch {
	case rest == "半":
		n += 5
	case rest != "":
		part, _ := hanValue(rest)
		n += part
	}
	return n, true, ok
}

// hanValue reads a Chinese number: 二十, 三百零五, 一千二, 一万五.
func hanValue(s string) (int, bool) {
	total, section, digit, unit, pending := 0, 0, 0, 1, false
	for i, r := range []rune(s) {
		if d, is := hanDigits[r]; is {
			if pending && d != 0 && digit != 0 {
				return 0, false
			}
			digit, pending = d, true
			if d == 0 {
				unit, pending = 1, len([]rune(s)) == 1
			}
			continue
		}
		u, is := hanUnits[r]
		switch {
		case !is:
			return 0, false
		case u == 10000:
			if !pending && section == 0 {
				return 0, false
			}
			total, section = total+(section+digit)*u, 0
		case pending:
			section += digit * u
		case u == 10 && i == 0:
			section += u
		default:
			return 0, false
		}
		digit, pending, unit = 0, false, u
	}
	if pending && unit >= 100 {
		digit *= unit / 10 // 三百五 is 350
	}
	return total + section + digit, s != ""
}

// englishDigits are the number words of English. The smaller ones stay words where they do not belong to a larger number:
// they are also other words.
var englishDigits = func() map[string]int {
	values := map[string]int{"a": 1, "an": 1}
	for i, word := range strings.Fields("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen") {
		values[word] = i + 1
	}
	for i, word := range strings.Fields("twenty thirty forty fifty sixty seventy eighty ninety") {
		values[word] = 10 * (i + 2)
	}
	values["hundred"], values["thousand"] = 100, 1000
	return values
}()

// countedInEnglish are the words that follow a number, or stand before one.
var (
	countedInEnglish = strings.Fields("percent per % people users views visits opens days weeks months years departments teams")
	beforeInEnglish  = strings.Fields("below under than over above exceeds exceed reaches reach by hits hit past last top")
)

// englishNumbers writes the English numbers of a text as digits where they count something: two hundred, twenty percent.
func englishNumbers(words []string) []string {
	var written []string
	for i := 0; i < len(words); i++ {
		n, used := englishNumber(words[i:])
		large := used > 0 && n >= 20
		counted := used > 0 && (i+used < len(words) && slices.Contains(countedInEnglish, words[i+used]) || i > 0 && slices.Contains(beforeInEnglish, words[i-1]))
		clock := i+used < len(words) && used > 0 && (words[i+used] == "past" || words[i+used] == "to")
		if !large || !counted && n < 100 || clock {
			written = append(written, words[i])
			continue
		}
		written = append(written, strconv.Itoa(n))
		i += used - 1
	}
	return written
}

// englishNumber reads the number that words begin with, and returns how many of them it has.
func englishNumber(words []string) (n, used int) {
	section := 0
	for used < len(words) {
		word := words[used]
		if word == "and" && n+section >= 100 && used+1 < len(words) && englishDigits[words[used+1]] > 2 {
			used++
			continue
		}
		parts := strings.Split(word, "-")
		value := 0
		for _, part := range parts {
			if englishDigits[part] == 0 {
				return n + section, used
			}
			value += englishDigits[part]
		}
		switch {
		case word == "hundred" && section > 0:
			section *= 100
		case word == "thousand" && section > 0:
			n, section = n+section*1000, 0
		case word == "hundred" || word == "thousand":
			return n + section, used
		case (word == "a" || word == "an") && (used+1 == len(words) || words[used+1] != "hundred" && words[used+1] != "thousand"):
			return n + section, used
		default:
			section += value
		}
		used++
	}
	return n + section, used
}
