package feishu

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"
	"strings"
)

// maxFallback bounds plain text in bytes: far below the platform's 30 KB for a card, whose JSON may need two bytes for
// one, and 150 KB for a text.
const maxFallback = 12 << 10

// UUID derives a message's uuid from what the message is about: equal parts give equal uuids, in every process.
func UUID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		// The length keeps ("ab", "c") and ("a", "bc") apart.
		_, _ = h.Write([]byte{byte(len(p) >> 24), byte(len(p) >> 16), byte(len(p) >> 8), byte(len(p))})
		_, _ = h.Write([]byte(p))
	}
	return hex.EncodeToString(h.Sum(nil)[:20])
}

// The forms that replace a card which the platform refuses.
const (
	formCompact = "small" // a smaller card
	formText    = "text"  // a text message
)

// formUUID returns the uuid of a form that replaces a card, so that this form is sent only once too.
func formUUID(uuid, form string) string {
	if uuid == "" {
		return ""
	}
	return UUID(uuid, form)
}

// messageForms yields the card of a message and then its simpler forms, in the order in which they are tried. A simpler form
// is made only when it is needed.
func messageForms(card []byte, content Content, uuid string) iter.Seq[outgoing] {
	return func(yield func(outgoing) bool) {
		if !yield(outgoing{msgTypeCard, string(card), uuid}) {
			return
		}
		if smaller := content.Compact(); smaller != nil {
			if !yield(outgoing{msgTypeCard, string(smaller), formUUID(uuid, formCompact)}) {
				return
			}
		}
		yield(outgoing{msgTypeText, plainMessage(content.Text()), formUUID(uuid, formText)})
	}
}

// plainMessage returns the content of a text message. There "<" may begin a mention of everybody and "](" a link; the plain
// text of a card must not become either.
func plainMessage(text string) string {
	text = strings.NewReplacer("<", "＜", "](", "] (").Replace(truncate(text, maxFallback))
	return string(ToJSON(map[string]string{"text": text}))
}

// plainCard returns a card with one element that holds a text.
func plainCard(text string) []byte {
	type plainText struct {
		Tag     string `json:"tag"`
		Content string `json:"content"`
	}
	type div struct {
		Tag  string    `json:"tag"`
		Text plainText `json:"text"`
	}
	return ToJSON(map[string]any{
		"schema": "2.0",
		"config": map[string]any{"update_multi": true},
		"body":   map[string]any{"elements": []div{{"div", plainText{"plain_text", truncate(text, maxFallback)}}}},
	})
}

// truncate shortens a text to a number of bytes without splitting a character.
func truncate(s string, size int) string {
	if len(s) <= size {
		return s
	}
	return strings.ToValidUTF8(s[:size], "") + "…"
}

// ToJSON encodes a value that encoding/json can always encode. It does not escape <, > and &, which would make them six
// bytes long.
func ToJSON(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte("{}")
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
