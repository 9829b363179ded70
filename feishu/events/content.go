package events

import (
	"encoding/json"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// readContent reads the text of a message out of its content, which the platform sends as a string of JSON, and adds the
// mentions that only the content tells of. Messages of other types than text and post have no text.
func (m *Message) readContent(content string) {
	switch m.Type {
	case "text":
		var t struct {
			Text string `json:"text"`
		}
		if json.Unmarshal([]byte(content), &t) == nil {
			m.Text = withoutLinks(t.Text)
			m.addUnlisted(t.Text)
		}
	case "post":
		m.readPost(content)
	}
}

// placeholder is what stands for a mention in the text of a message.
var placeholder = regexp.MustCompile(`^\s*(@_user_\d+)(?:\D|$)`)

// addUnlisted adds the mention that a text begins with if the message lists no mentions at all: then nobody is known to be
// mentioned, but somebody is. With a list, what is not in it was typed by a person.
func (m *Message) addUnlisted(text string) {
	if found := placeholder.FindStringSubmatch(text); len(m.Mentions) == 0 && found != nil {
		m.Mentions = append(m.Mentions, Mention{Key: found[1]})
	}
}

// link is how a text message carries a link: `[text](address)`. The client makes links of everything that looks like one,
// such as the name of an app, so the text is what the person typed.
var link = regexp.MustCompile(`\[([^\[\]\n]*)\]\(((?:https?://|mailto:|tel:)[^\s()]*(?:\([^\s()]*\)[^\s()]*)*)\)`)

// withoutLinks replaces each link by its text, or by its address if it has none.
func withoutLinks(text string) string {
	return link.ReplaceAllStringFunc(text, func(found string) string {
		parts := link.FindStringSubmatch(found)
		if strings.TrimSpace(parts[1]) == "" {
			return parts[2]
		}
		return parts[1]
	})
}

// post is a rich text. It may be wrapped in the name of its language, as in messages that are sent.
type post struct {
	Title   string        `json:"title"`
	Content []listOf[any] `json:"content"`
}

// readPost reads a rich text's title and lines. A mention is written as a key, as in a plain text.
func (m *Message) readPost(content string) {
	p := unwrapped([]byte(content), 0)
	m.Title = p.Title
	var lines []string
	for _, pieces := range p.Content {
		var b strings.Builder
		for _, piece := range pieces {
			m.writePiece(&b, piece, 0)
		}
		if b.Len() > 0 {
			lines = append(lines, b.String())
		}
	}
	m.Text = strings.Join(lines, "\n")
}

// maxNesting bounds how deep a rich text is read. The platform's own are three levels deep.
const maxNesting = 8

// unwrapped decodes a rich text. A field of another type than expected is left out and does not spoil the rest.
func unwrapped(content []byte, depth int) (p post) {
	_ = json.Unmarshal(content, &p)
	if p.Title != "" || len(p.Content) > 0 || depth > 1 {
		return p
	}
	wrapped := map[string]json.RawMessage{}
	if json.Unmarshal(content, &wrapped) != nil {
		return p
	}
	names := slices.Sorted(maps.Keys(wrapped))
	for _, name := range slices.Concat([]string{"post", "zh_cn", "en_us"}, names) {
		inner := wrapped[name]
		if len(inner) == 0 || inner[0] != '{' {
			continue
		}
		if found := unwrapped(inner, depth+1); found.Title != "" || len(found.Content) > 0 {
			return found
		}
	}
	return p
}

// listOf is a list that may also come as a single value.
type listOf[T any] []T

// UnmarshalJSON never fails, because one malformed line must not cost the message.
func (l *listOf[T]) UnmarshalJSON(b []byte) error {
	var one T
	var many []T
	switch {
	case json.Unmarshal(b, &many) == nil:
		*l = many
	case json.Unmarshal(b, &one) == nil:
		*l = listOf[T]{one}
	}
	return nil
}

// writePiece writes the text of a rich text's element. Quotes and lists come as text elements, by the platform's page;
// elements within an element are read all the same.
func (m *Message) writePiece(b *strings.Builder, value any, depth int) {
	if depth > maxNesting {
		return
	}
	if list, ok := value.([]any); ok {
		for _, inner := range list {
			m.writePiece(b, inner, depth+1)
		}
		return
	}
	piece, ok := value.(map[string]any)
	if !ok {
		return
	}
	field := func(name string) string {
		text, _ := piece[name].(string)
		return text
	}
	text := field("text")
	if escaped, _ := piece["un_escape"].(bool); escaped {
		text = html.UnescapeString(text)
	}
	switch field("tag") {
	case "at":
		key := m.mentionIn(field("user_id"), field("user_name"))
		b.WriteString(key)
		if key != "" && !strings.HasPrefix(key, "@_") { // an id, which must not run into what follows
			b.WriteByte(' ')
		}
		return
	case "a":
		if strings.TrimSpace(text) == "" {
			text = field("href")
		}
	case "md":
		text = withoutLinks(text)
	case "img", "media", "emotion", "hr":
		return
	}
	b.WriteString(text)
	for _, name := range []string{"content", "elements", "items"} {
		m.writePiece(b, piece[name], depth+1)
	}
}

// mentionIn returns the key of the mention that an at element of a rich text makes. The element names it by a key of the
// message's list or by an open_id, and the list may lack it.
func (m *Message) mentionIn(id, name string) string {
	if id == "" {
		return ""
	}
	if id == "all" || id == "@all" {
		id = "@_all"
	}
	for _, known := range m.Mentions {
		if known.Key == id || known.OpenID != "" && known.OpenID == id {
			return known.Key
		}
	}
	mention := Mention{Key: id, Name: name}
	if strings.HasPrefix(id, "ou_") {
		mention.Key, mention.OpenID = "@"+id, id
	}
	if mention.Key != "@_all" {
		m.Mentions = append(m.Mentions, mention)
	}
	return mention.Key
}
