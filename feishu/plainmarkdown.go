package feishu

import (
	"html"
	"strings"
)

// maxTag is the longest markup tag that is taken for one, in bytes.
const maxTag = 256

// stripMarkdown takes the marks out of the platform's markdown, roughly: what is left reads well, and nothing that was
// said is lost.
func stripMarkdown(s string) string {
	if !strings.ContainsAny(s, "*~`#<[&") {
		return s
	}
	s = stripLinks(stripTags(s))
	s = strings.NewReplacer("**", "", "~~", "", "`", "").Replace(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if title := strings.TrimLeft(l, "#"); title != l && strings.HasPrefix(title, " ") {
			lines[i] = strings.TrimSpace(title)
		}
	}
	return html.UnescapeString(strings.Join(lines, "\n"))
}

// stripTags drops <font …>, </font>, <at …> and their kin; a lone "<" stays.
func stripTags(s string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "<")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		end := strings.IndexByte(rest[:min(len(rest), maxTag)], '>')
		if end < 0 || !opensTag(rest) {
			b.WriteByte('<')
			s = rest
			continue
		}
		if tag := rest[:end]; tag == "br" || tag == "br/" || tag == "br /" {
			b.WriteByte('\n')
		}
		s = rest[end+1:]
	}
}

func opensTag(s string) bool {
	s = strings.TrimPrefix(s, "/")
	return s != "" && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z')
}

// stripLinks writes [text](address) as "text (address)".
func stripLinks(s string) string {
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '[')
		if open < 0 {
			b.WriteString(s)
			return b.String()
		}
		middle := strings.Index(s[open:], "](")
		end := -1
		if middle > 0 {
			end = strings.IndexByte(s[open+middle:], ')')
		}
		if end < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:open] + s[open+1:open+middle] + " (" + s[open+middle+2:open+middle+end] + ")")
		s = s[open+middle+end+1:]
	}
}
