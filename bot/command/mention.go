package command

import (
	"strings"
	"unicode/utf8"
)

// StripMentions returns the text without the mentions whose placeholders are the keys, such as `@_user_1`. The keys
// come with the message: a placeholder that somebody typed and that is no key stays.
func StripMentions(text string, keys []string) string {
	var b strings.Builder
	for text != "" {
		if key := mentionAt(text, keys); key != "" {
			b.WriteByte(' ') // what stood before and after a mention stays apart
			text = text[len(key):]
			continue
		}
		_, size := utf8.DecodeRuneInString(text)
		b.WriteString(text[:size])
		text = text[size:]
	}
	return strings.TrimFunc(b.String(), isGap)
}

// mentionAt returns the longest key that the text begins with. `@_user_1` is no key of `@_user_10`.
func mentionAt(text string, keys []string) (longest string) {
	for _, key := range keys {
		rest, begins := strings.CutPrefix(text, key)
		if begins && len(key) > len(longest) && !splitsNumber(key, rest) {
			longest = key
		}
	}
	return longest
}

func splitsNumber(before, after string) bool {
	return before != "" && after != "" && isDigit(before[len(before)-1]) && isDigit(after[0])
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
