package command

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Message is what a person wrote to the bot, as it arrived.
type Message struct {
	Title    string // of a rich text
	Text     string // with the placeholders of mentions
	Rich     bool   // a rich text: a title, and lines that may be quotes or entries of lists
	Mentions Mentions
	BotNames []string // by which people address the bot without mentioning it
}

// Line returns what a message says to the bot, without whom it addresses: mentions and typed names before the command, or
// before the mention of the bot. Mentions behind that are part of what is said, and become `@` and the open_id.
//
// In a rich text the command may stand below a title or other lines, which are then left out. In every message it may be the
// entry of a list, a quote or code.
func (m Message) Line() string {
	text := m.withoutAddressees(ReplaceMentions(visible(m.Text), m.Mentions))
	if !m.Rich {
		return text
	}
	title := m.withoutAddressees(visible(m.Title))
	for rest := text; ; {
		line := m.withoutAddressees(rest)
		if IsCommand(line) {
			return line
		}
		_, below, more := strings.Cut(rest, "\n")
		if !more {
			return strings.TrimSpace(title + "\n" + text)
		}
		rest = below
	}
}

// visible returns a text without its invisible characters.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, text)
}

// marks are what stands before a command that is an entry of a list, a quote or code.
var marks = regexp.MustCompile("^(?:[\\s>＞•·‣▪●○◦*+–—`-]|\\d{1,2}[.)、．](?:\\s|[/／]|$))*")

// withoutMarks removes the marks before a command, and the end of the code; a text that is no command stays as it is.
func withoutMarks(text string) string {
	n := len(marks.FindString(text))
	for n > 0 && isSlash(lastRune(text[:n])) { // a number is a mark with the slash behind it, too
		n -= utf8.RuneLen(lastRune(text[:n]))
	}
	switch rest := text[n:]; {
	case !IsCommand(rest):
		return text
	case strings.ContainsAny(text[:n], "`*"):
		return strings.TrimRight(rest, "`* \n")
	default:
		return rest
	}
}

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

// withoutAddressees removes the mentions and typed names that a text begins with: all of them before a command, otherwise
// those up to the bot's own name.
func (m Message) withoutAddressees(text string) string {
	text = strings.TrimFunc(text, isGap)
	said := text
	for rest := text; ; {
		if line := withoutMarks(rest); IsCommand(line) {
			return line
		}
		if !strings.HasPrefix(rest, "@") && !strings.HasPrefix(rest, "＠") {
			return said
		}
		addressed := rest[len(string(firstRune(rest))):]
		if behind, ok := m.cutBotName(addressed); ok {
			rest = behind
			said = behind
			continue
		}
		end := strings.IndexFunc(addressed, func(r rune) bool { return isGap(r) || isSlash(r) })
		if end < 0 {
			return said
		}
		rest = strings.TrimLeftFunc(addressed[end:], isGap)
	}
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// cutBotName removes one of the bot's names from the beginning of a text, with what separates it from the rest.
func (m Message) cutBotName(text string) (behind string, ok bool) {
	for _, name := range m.BotNames {
		end := prefixLen(text, utf8.RuneCountInString(name))
		if name == "" || !strings.EqualFold(text[:end], name) || runsOn(text[:end], text[end:]) {
			continue
		}
		return strings.TrimLeftFunc(text[end:], func(r rune) bool {
			return isGap(r) || isColon(r) || r == ',' || r == '，' || r == '、'
		}), true
	}
	return text, false
}

// prefixLen is how many bytes the first n runes of a text have; all if there are fewer.
func prefixLen(text string, n int) int {
	for i := range text {
		if n == 0 {
			return i
		}
		n--
	}
	return len(text)
}

// runsOn reports whether a name goes on behind its end, as `usagebot2` does behind `usagebot`. Chinese needs no space.
func runsOn(name, behind string) bool {
	word := func(r rune) bool {
		return r <= unicode.MaxLatin1 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
	}
	return behind != "" && word(lastRune(name)) && word(firstRune(behind))
}
