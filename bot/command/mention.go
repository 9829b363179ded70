package command

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mentions say who is meant by the placeholders in a message, such as `@_user_1`: an open_id, or "" for whoever is of no
// matter. They come with the message: a placeholder that somebody typed and that is none of them stays.
type Mentions map[string]string

// PutMentions returns the text with each placeholder replaced: by `@` and the open_id, or by nothing. A command that
// takes no person passes over the former.
func PutMentions(text string, mentions Mentions) string {
	var b strings.Builder
	keys := slices.Collect(maps.Keys(mentions))
	for text != "" {
		if key := mentionAt(text, keys); key != "" {
			b.WriteByte(' ') // what stood before and after a mention stays apart
			if id := mentions[key]; personForm.MatchString(id) {
				b.WriteString("@" + id + " ")
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

// mentionForm is a mention as PutMentions writes it.
func mentionForm(raw string) bool {
	id, mention := strings.CutPrefix(raw, "@")
	return mention && personForm.MatchString(id)
}

// addressed returns the tokens without the people who are only addressed: those of a command that takes no person.
func (p *parser) addressed(tokens []token) []token {
	if p.spec.arg(PersonArg().Name) != nil || p.spec.arg(SubjectArg().Name) != nil {
		return tokens
	}
	return slices.DeleteFunc(tokens, func(t token) bool { return mentionForm(t.raw) })
}

// Addressed returns the text without those who are addressed in it, for showing it.
func Addressed(text string) string {
	words := strings.FieldsFunc(text, isGap)
	return strings.Join(slices.DeleteFunc(words, mentionForm), " ")
}
