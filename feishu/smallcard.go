package feishu

import (
	"bytes"
	"encoding/json"
	"strings"
)

// smallCard says what another card says by the least that a card can be made of: its head, its words as plain text and
// its buttons. There is nothing in it that is drawn, filled in, unfolded or rendered from markup, so that whatever the
// platform did not like is likely to be gone. It is nil when nothing would be left.
func smallCard(card []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(card))
	dec.UseNumber() // what a button carries stays as it is written
	var root map[string]any
	if dec.Decode(&root) != nil {
		return nil
	}
	s := &small{text: plain{wordsOnly: true}, left: maxFallback}
	s.walk(list(object(root["body"])["elements"]), 0)
	s.walk(list(root["elements"]), 0)
	s.closeText()
	s.closeButtons()
	if len(s.elements) == 0 {
		return nil
	}
	config := map[string]any{"update_multi": true}
	if words := str(object(object(root["config"])["summary"])["content"]); words != "" {
		config["summary"] = map[string]any{"content": words}
	}
	smaller := map[string]any{"schema": "2.0", "config": config, "body": map[string]any{"elements": s.elements}}
	if head := smallHead(object(root["header"])); len(head) > 0 {
		smaller["header"] = head
	}
	return ToJSON(smaller)
}

// smallHead is a head without its ornaments.
func smallHead(h map[string]any) map[string]any {
	head := map[string]any{}
	for _, name := range []string{"title", "subtitle", "template", "text_tag_list"} {
		if h[name] != nil {
			head[name] = h[name]
		}
	}
	return head
}

// small collects the elements of a small card: texts that follow each other are one, and so are buttons.
type small struct {
	elements []any
	text     plain
	buttons  []any
	left     int // bytes of text that still go in
}

func (s *small) walk(elements []any, depth int) {
	if depth > maxCardDepth {
		return
	}
	for _, element := range elements {
		e := object(element)
		switch {
		case str(e["tag"]) == "button":
			s.closeText()
			s.buttons = append(s.buttons, smallButton(e))
		case isLeftOut(str(e["tag"])):
		case holdsButton(e, depth):
			for _, inner := range []string{"columns", "elements", "actions"} {
				s.walk(list(e[inner]), depth+1)
			}
		default:
			lines := len(s.text.lines)
			s.text.element(e, depth)
			if len(s.text.lines) > lines { // what says nothing does not part the buttons around it
				s.closeButtons()
			}
		}
	}
}

// isLeftOut reports whether an element of a kind has no words of its own, or words that make no sense where nothing can
// be chosen or filled in.
func isLeftOut(tag string) bool {
	switch tag {
	case "chart", "form", "img", "img_combination", "input", "select_static", "multi_select_static", "select_person",
		"multi_select_person", "date_picker", "picker_time", "picker_datetime", "select_img", "overflow", "checker":
		return true
	}
	return false
}

func holdsButton(e map[string]any, depth int) bool {
	if depth > maxCardDepth || isLeftOut(str(e["tag"])) {
		return false
	}
	if str(e["tag"]) == "button" {
		return true
	}
	for _, inner := range []string{"columns", "elements", "actions"} {
		for _, element := range list(e[inner]) {
			if holdsButton(object(element), depth+1) {
				return true
			}
		}
	}
	return false
}

func smallButton(e map[string]any) map[string]any {
	return map[string]any{
		"tag": "button", "text": map[string]any{"tag": "plain_text", "content": textOf(e["text"])}, "behaviors": list(e["behaviors"]),
	}
}

// closeText makes one element of the text so far.
func (s *small) closeText() {
	words := strings.TrimSpace(strings.Join(s.text.lines, "\n"))
	s.text = plain{wordsOnly: true}
	if words == "" || s.left <= 0 {
		return
	}
	s.elements = append(s.elements, map[string]any{"tag": "div", "text": map[string]any{"tag": "plain_text", "content": cut(words, s.left)}})
	s.left -= len(words)
}

// closeButtons lays the buttons so far side by side.
func (s *small) closeButtons() {
	if len(s.buttons) == 0 {
		return
	}
	columns := make([]any, len(s.buttons))
	for i, b := range s.buttons {
		columns[i] = map[string]any{"tag": "column", "width": "auto", "elements": []any{b}}
	}
	s.buttons = nil
	s.elements = append(s.elements, map[string]any{"tag": "column_set", "flex_mode": "flow", "columns": columns})
}
