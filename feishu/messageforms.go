package feishu

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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

// messageForms returns the forms of a message in the order in which they are tried.
func messageForms(card []byte, uuid string) []outgoing {
	all := []outgoing{{msgTypeCard, string(card), uuid}}
	if smaller := compactCard(card); smaller != nil {
		all = append(all, outgoing{msgTypeCard, string(smaller), formUUID(uuid, formCompact)})
	}
	return append(all, outgoing{msgTypeText, plainMessage(card), formUUID(uuid, formText)})
}

// plainMessage returns the content of a text message with the text of a card. In a text message "<" may begin a mention of
// everybody and "](" a link; plain text of the card must not become either.
func plainMessage(card []byte) string {
	text := strings.NewReplacer("<", "＜", "](", "] (").Replace(truncate(PlainText(card), maxFallback))
	return string(ToJSON(struct {
		Text string `json:"text"`
	}{text}))
}

// plainCard is a card with one element that says what another card says.
func plainCard(card []byte) []byte {
	type text struct {
		Tag     string `json:"tag"`
		Content string `json:"content"`
	}
	type div struct {
		Tag  string `json:"tag"`
		Text text   `json:"text"`
	}
	return ToJSON(map[string]any{
		"schema": "2.0",
		"config": map[string]any{"update_multi": true},
		"body":   map[string]any{"elements": []div{{"div", text{"plain_text", truncate(PlainText(card), maxFallback)}}}},
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
