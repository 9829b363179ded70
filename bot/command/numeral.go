package command

import (
	"regexp"
	"strconv"
	"strings"
)

// hanNumber is a number below a hundred in Chinese characters: 十, 二十三, 零五.
var hanNumber = regexp.MustCompile(`[零〇一二两三四五六七八九十]+`)

// withDigits returns the text with its Chinese numbers in digits: 上午十点半 as 上午10点半. What is no number below a hundred
// stays.
func withDigits(text string) string { return hanNumber.ReplaceAllStringFunc(text, digitsOf) }

func digitsOf(han string) string {
	tens, ones, two := strings.Cut(han, "十")
	if !two {
		tens, ones = "", han
	}
	n, ok := hanDigit(ones, 0)
	if two {
		ten, fine := hanDigit(tens, 1)
		n, ok = n+10*ten, ok && fine
	}
	if !ok {
		return han
	}
	return strconv.Itoa(n)
}

// hanDigit reads one digit, of which 零 may stand in front; none is what it says.
func hanDigit(han string, none int) (n int, ok bool) {
	if han == "" {
		return none, true
	}
	digits := []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	rest := strings.NewReplacer("〇", "零", "两", "二").Replace(han)
	if short := strings.TrimPrefix(rest, "零"); short != "" {
		rest = short
	}
	for n, digit := range digits {
		if rest == digit {
			return n, true
		}
	}
	return 0, false
}
