package command

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mentions map the placeholders in a message, such as `@_user_1`, to open_ids; to "" for bots and @all. They come with the
// message, so a text like a placeholder that a person typed is not among them.
type Mentions map[string]string

// ReplaceMentions returns the text with each placeholder replaced by `@` and the open_id, or by nothing. A command that takes
// no person ignores the former. People who are mentioned before the bot are only addressed, and left out.
func ReplaceMentions(text string, mentions Mentions) string {
	var b strings.Builder
	keys := slices.Collect(maps.Keys(mentions))
	for text != "" {
		if key := mentionAt(text, keys); key != "" {
			b.WriteByte(' ') // so that the words before and after a mention do not run together
			if id := mentions[key]; personForm.MatchString(id) {
				b.WriteString("@" + id + " ")
			} else if WithoutMentions(b.String()) == "" {
				b.Reset()
			}
			text = text[len(key):]
			continue
		}
		_, size := utf8.DecodeRuneInString(text)
		b.WriteString(text[:size])
		text = text[size:]
	}
	return strings.TrimFunc(b.String(), isGap)
}

// mentionAt returns the longest key that the text begins with. The key `@_user_1` does not match `@_user_10`.
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

// isMention reports whether a word is a mention as ReplaceMentions writes it.
func isMention(raw string) bool {
	id, mention := strings.CutPrefix(raw, "@")
	return mention && personForm.MatchString(id)
}

// withoutMentions drops the mentions from a command that takes no person: they only say whom the message addresses. One that
// stands where a value is missing stays, so that the next word is not taken for the value.
func (p *parser) withoutMentions(tokens []token) []token {
	if p.spec.arg(PersonArg().Name) != nil || p.spec.arg(SubjectArg().Name) != nil {
		return tokens
	}
	var kept []token
	for i, t := range tokens {
		valueMissing := i > 0 && tokens[i-1].colon && tokens[i-1].text == "" && !tokens[i-1].quoted && p.spec.isKey(tokens[i-1].key)
		if !isMention(t.raw) || valueMissing {
			kept = append(kept, t)
		}
	}
	return kept
}

// WithoutMentions returns the text without mentions, for showing it.
func WithoutMentions(text string) string {
	words := strings.FieldsFunc(text, isGap)
	return strings.Join(slices.DeleteFunc(words, isMention), " ")
}
