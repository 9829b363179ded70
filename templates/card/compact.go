package card

import "strings"

// maxCompactText bounds the text of a compact card in bytes. Its JSON may need two bytes for one, and the platform's limit
// is 30 KB.
const maxCompactText = 12 << 10

// Compact returns the JSON of a smaller card with the same head, the text as plain paragraphs, and the buttons. It has no
// charts, fields, tables or panels, so if the platform refused the card, the refused part is probably gone. It is nil if
// nothing is left.
func (c Card) Compact() []byte {
	b := &compactBuilder{text: textWriter{textOnly: true}, bytesLeft: maxCompactText}
	for _, e := range c.Body {
		b.add(e)
	}
	b.flushText()
	b.flushButtons()
	if len(b.elements) == 0 {
		return nil
	}
	return Card{config: config{UpdateMulti: true, Summary: c.config.Summary}, Header: c.Header, Body: b.elements, marks: c.marks}.JSON()
}

// compactBuilder collects the elements of a compact card. It joins consecutive texts, and consecutive buttons.
type compactBuilder struct {
	elements  []Element
	text      textWriter
	buttons   []ButtonElement
	bytesLeft int // bytes of text that may still be added
}

func (b *compactBuilder) add(e Element) {
	button, isButton := e.(ButtonElement)
	switch {
	case isButton:
		b.flushText()
		b.buttons = append(b.buttons, ButtonElement{Text: button.Text, Behaviors: button.Behaviors})
	case isControl(e):
	case holdsButton(e):
		for _, inner := range parts(e) {
			b.add(inner)
		}
	default:
		lines := len(b.text.lines)
		b.text.element(e)
		if len(b.text.lines) > lines { // an element without text does not separate the buttons around it
			b.flushButtons()
		}
	}
}

// parts returns the elements directly inside an element, except those of a form.
func parts(e Element) (inner []Inner) {
	switch e := e.(type) {
	case ColumnSet:
		for _, c := range e.Columns {
			inner = append(inner, c.Elements...)
		}
	case CollapsiblePanel:
		inner = e.Elements
	}
	return inner
}

func holdsButton(e Element) bool {
	for _, inner := range parts(e) {
		if _, ok := inner.(ButtonElement); ok || holdsButton(inner) {
			return true
		}
	}
	return false
}

// flushText adds the collected text as one paragraph.
func (b *compactBuilder) flushText() {
	words := b.text.String()
	b.text = textWriter{textOnly: true}
	if words == "" || b.bytesLeft <= 0 {
		return
	}
	shown := words
	if len(words) > b.bytesLeft {
		shown = strings.ToValidUTF8(words[:b.bytesLeft], "") + "…"
	}
	b.elements = append(b.elements, Div{Text: PlainText{Content: shown}})
	b.bytesLeft -= len(words)
}

// flushButtons adds the collected buttons as one row.
func (b *compactBuilder) flushButtons() {
	b.elements = append(b.elements, ButtonRow(b.buttons...)...)
	b.buttons = nil
}
