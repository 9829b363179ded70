package feishu

import (
	"bytes"
	"encoding/json"
	"strings"
)

// compactCard returns a card that consists of another card's header, its text as plain text and its buttons. It has no
// charts, inputs, panels or markup, so the part that the platform refused is probably gone. It is nil if nothing is left.
func compactCard(card []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(card))
	dec.UseNumber() // keeps the numbers in the values of buttons
	var root map[string]any
	if dec.Decode(&root) != nil {
		return nil
	}
	s := &compactBuilder{text: textWriter{textOnly: true}, bytesLeft: maxFallback}
	s.addElements(list(object(root["body"])["elements"]), 0)
	s.addElements(list(root["elements"]), 0)
	s.flushText()
	s.flushButtons()
	if len(s.elements) == 0 {
		return nil
	}
	config := map[string]any{"update_multi": true}
	if words := str(object(object(root["config"])["summary"])["content"]); words != "" {
		config["summary"] = map[string]any{"content": words}
	}
	smaller := map[string]any{"schema": "2.0", "config": config, "body": map[string]any{"elements": s.elements}}
	if head := compactHeader(object(root["header"])); len(head) > 0 {
		smaller["header"] = head
	}
	return ToJSON(smaller)
}

// compactHeader returns a header without icons and other decoration.
func compactHeader(h map[string]any) map[string]any {
	head := map[string]any{}
	for _, name := range []string{"title", "subtitle", "template", "text_tag_list"} {
		if h[name] != nil {
			head[name] = h[name]
		}
	}
	return head
}

// compactBuilder collects the elements of a compact card. It joins consecutive texts, and consecutive buttons.
type compactBuilder struct {
	elements  []any
	text      textWriter
	buttons   []any
	bytesLeft int // bytes of text that may still be added
}

func (s *compactBuilder) addElements(elements []any, depth int) {
	if depth > maxCardDepth {
		return
	}
	for _, element := range elements {
		e := object(element)
		switch {
		case str(e["tag"]) == "button":
			s.flushText()
			s.buttons = append(s.buttons, compactButton(e))
		case isLeftOut(str(e["tag"])):
		case holdsButton(e, depth):
			for _, inner := range []string{"columns", "elements", "actions"} {
				s.addElements(list(e[inner]), depth+1)
			}
		default:
			lines := len(s.text.lines)
			s.text.element(e, depth)
			if len(s.text.lines) > lines { // an element without text does not separate the buttons around it
				s.flushButtons()
			}
		}
	}
}

// isLeftOut reports whether elements with this tag have no text, or only text that makes no sense without the control.
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

func compactButton(e map[string]any) map[string]any {
	return map[string]any{
		"tag": "button", "text": map[string]any{"tag": "plain_text", "content": textOf(e["text"])}, "behaviors": list(e["behaviors"]),
	}
}

// flushText adds the collected text as one element.
func (s *compactBuilder) flushText() {
	words := strings.TrimSpace(strings.Join(s.text.lines, "\n"))
	s.text = textWriter{textOnly: true}
	if words == "" || s.bytesLeft <= 0 {
		return
	}
	s.elements = append(s.elements, map[string]any{"tag": "div", "text": map[string]any{"tag": "plain_text", "content": truncate(words, s.bytesLeft)}})
	s.bytesLeft -= len(words)
}

// flushButtons adds the collected buttons as one row.
func (s *compactBuilder) flushButtons() {
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
