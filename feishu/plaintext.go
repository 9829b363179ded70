package feishu

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

const (
	maxCardDepth = 24
	maxPlain     = 256 << 10 // bytes
)

// PlainText writes any card as text: for a terminal, and for whoever cannot see the card. Control characters are left
// out, so that a name cannot steer a terminal.
func PlainText(card []byte) string {
	dec := json.NewDecoder(bytes.NewReader(card))
	dec.UseNumber() // a figure stays as it is written
	var root map[string]any
	if dec.Decode(&root) != nil {
		return ""
	}
	p := &plain{}
	p.header(object(root["header"]))
	p.elements(list(object(root["body"])["elements"]), 0)
	p.elements(list(root["elements"]), 0)
	return strings.TrimSpace(strings.Join(p.lines, "\n"))
}

// plain collects lines.
type plain struct {
	lines  []string
	size   int
	indent string

	wordsOnly bool // nothing is said of what one could look at, choose or press
}

func (p *plain) line(s string) {
	for l := range strings.SplitSeq(clean(s), "\n") {
		l = strings.TrimRight(p.indent+l, " ")
		if p.size += len(l) + 1; p.size > maxPlain {
			return
		}
		p.lines = append(p.lines, l)
	}
}

// blank separates two parts, once.
func (p *plain) blank() {
	if n := len(p.lines); n > 0 && p.lines[n-1] != "" {
		p.lines = append(p.lines, "")
	}
}

func (p *plain) header(h map[string]any) {
	if h == nil {
		return
	}
	title := textOf(h["title"])
	for _, tag := range list(h["text_tag_list"]) {
		if t := textOf(object(tag)["text"]); t != "" {
			title += " [" + t + "]"
		}
	}
	for _, s := range []string{strings.TrimSpace(title), textOf(h["subtitle"])} {
		if s != "" {
			p.line(s)
		}
	}
	p.blank()
}

func (p *plain) elements(elements []any, depth int) {
	if depth > maxCardDepth {
		return
	}
	for _, e := range elements {
		p.element(object(e), depth)
	}
}

func (p *plain) element(e map[string]any, depth int) {
	if e == nil || p.size > maxPlain || p.wordsOnly && (isLeftOut(str(e["tag"])) || str(e["tag"]) == "button") {
		return
	}
	switch str(e["tag"]) {
	case "hr":
		p.line(strings.Repeat("─", 12))
	case "column_set":
		p.columns(list(e["columns"]), depth)
	case "table":
		p.table(e)
	case "collapsible_panel":
		p.panel(e, depth)
	default:
		if s := single(e); s != "" {
			p.line(s)
		}
		p.elements(list(e["elements"]), depth+1)
		p.elements(list(e["actions"]), depth+1)
	}
}

func (p *plain) panel(e map[string]any, depth int) {
	p.blank()
	p.line("▸ " + textOf(object(e["header"])["title"]))
	outer := p.indent
	p.indent += "  "
	p.elements(list(e["elements"]), depth+1)
	p.indent = outer
	p.blank()
}

// columns writes a row of columns: those with one piece each on one line, those with several pieces as "label: value
// (change)" on a line each.
func (p *plain) columns(columns []any, depth int) {
	if depth > maxCardDepth {
		return
	}
	var cells []string
	short := true
	for _, c := range columns {
		inner := &plain{size: p.size, wordsOnly: p.wordsOnly}
		inner.elements(list(object(c)["elements"]), depth+1)
		p.size = max(p.size, inner.size)
		pieces := inner.filled()
		if len(pieces) == 0 {
			continue
		}
		short = short && len(pieces) == 1
		cells = append(cells, pair(pieces))
	}
	if short && len(cells) > 0 {
		p.line(strings.Join(cells, "  "))
		return
	}
	for _, c := range cells {
		p.line(c)
	}
}

func (p *plain) filled() []string {
	var filled []string
	for _, l := range p.lines {
		if l = strings.TrimSpace(l); l != "" {
			filled = append(filled, l)
		}
	}
	return filled
}

// pair joins the pieces of a column: a label, a value, and what there is to say about the value.
func pair(pieces []string) string {
	if len(pieces) == 1 {
		return pieces[0]
	}
	s := strings.TrimRight(pieces[0], ":：") + ": " + pieces[1]
	if len(pieces) > 2 {
		s += " (" + strings.Join(pieces[2:], "; ") + ")"
	}
	return s
}

// clean keeps line breaks and drops what a terminal or a reader could be misled by.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
}
