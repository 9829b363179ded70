package feishu

import (
	"bytes"
	"encoding/json"
	"html"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const (
	maxCardDepth = 24
	maxPlain     = 256 << 10 // bytes
)

// PlainText returns any card as text, for a terminal and for clients that cannot show the card. Control characters are
// left out, so that a name cannot control the terminal.
func PlainText(card []byte) string {
	dec := json.NewDecoder(bytes.NewReader(card))
	dec.UseNumber() // keeps the digits of numbers
	var root map[string]any
	if dec.Decode(&root) != nil {
		return ""
	}
	p := &textWriter{}
	p.header(object(root["header"]))
	p.elements(list(object(root["body"])["elements"]), 0)
	p.elements(list(root["elements"]), 0)
	return strings.TrimSpace(strings.Join(p.lines, "\n"))
}

// textWriter collects the lines of a card.
type textWriter struct {
	lines  []string
	size   int
	indent string

	textOnly bool // leaves out charts, images, inputs and buttons
}

func (p *textWriter) line(s string) {
	for l := range strings.SplitSeq(cleanText(s), "\n") {
		l = strings.TrimRight(p.indent+l, " ")
		if p.size += len(l) + 1; p.size > maxPlain {
			return
		}
		p.lines = append(p.lines, l)
	}
}

// blank adds an empty line, unless the last line is empty.
func (p *textWriter) blank() {
	if n := len(p.lines); n > 0 && p.lines[n-1] != "" {
		p.lines = append(p.lines, "")
	}
}

func (p *textWriter) header(h map[string]any) {
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

func (p *textWriter) elements(elements []any, depth int) {
	if depth > maxCardDepth {
		return
	}
	for _, e := range elements {
		p.element(object(e), depth)
	}
}

func (p *textWriter) element(e map[string]any, depth int) {
	if e == nil || p.size > maxPlain || p.textOnly && (isLeftOut(str(e["tag"])) || str(e["tag"]) == "button") {
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
		if s := elementText(e); s != "" {
			p.line(s)
		}
		p.elements(list(e["elements"]), depth+1)
		p.elements(list(e["actions"]), depth+1)
	}
}

func (p *textWriter) panel(e map[string]any, depth int) {
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
func (p *textWriter) columns(columns []any, depth int) {
	if depth > maxCardDepth {
		return
	}
	var cells []string
	short := true
	for _, c := range columns {
		inner := &textWriter{size: p.size, textOnly: p.textOnly}
		inner.elements(list(object(c)["elements"]), depth+1)
		p.size = max(p.size, inner.size)
		pieces := inner.nonEmptyLines()
		if len(pieces) == 0 {
			continue
		}
		short = short && len(pieces) == 1
		cells = append(cells, columnText(pieces))
	}
	if short && len(cells) > 0 {
		p.line(strings.Join(cells, "  "))
		return
	}
	for _, c := range cells {
		p.line(c)
	}
}

func (p *textWriter) nonEmptyLines() []string {
	var filled []string
	for _, l := range p.lines {
		if l = strings.TrimSpace(l); l != "" {
			filled = append(filled, l)
		}
	}
	return filled
}

// columnText joins the pieces of a column: a label, a value, and notes on the value.
func columnText(pieces []string) string {
	if len(pieces) == 1 {
		return pieces[0]
	}
	s := strings.TrimRight(pieces[0], ":：") + ": " + pieces[1]
	if len(pieces) > 2 {
		s += " (" + strings.Join(pieces[2:], "; ") + ")"
	}
	return s
}

// cleanText keeps line breaks and removes characters that could mislead a terminal or a reader.
func cleanText(s string) string {
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

// elementText returns the text of an element, without that of the elements inside it; "" if it has none.
func elementText(e map[string]any) string {
	switch str(e["tag"]) {
	case "markdown", "lark_md":
		return stripMarkdown(str(e["content"]))
	case "button":
		return strings.TrimSpace("[" + textOf(e["text"]) + "] " + actionOf(e))
	case "select_static", "multi_select_static", "overflow":
		return optionsText(e)
	case "img":
		return textOf(e["alt"])
	case "input", "date_picker", "picker_time", "picker_datetime", "select_person", "multi_select_person":
		return fieldText(e)
	case "chart":
		return chartTitle(e)
	case "person":
		return mentionText([]any{map[string]any{"id": e["user_id"]}})
	case "person_list":
		return mentionText(list(e["persons"]))
	}
	pieces := []string{textOf(e["text"])}
	if pieces[0] == "" && str(e["tag"]) == "plain_text" {
		pieces[0] = str(e["content"])
	}
	for _, f := range list(e["fields"]) {
		pieces = append(pieces, textOf(object(f)["text"]))
	}
	return strings.TrimSpace(strings.Join(pieces, "\n"))
}

// actionOf returns what a click on the element does: its command, or the address that it opens.
func actionOf(e map[string]any) string {
	if cmd := str(object(e["value"])["cmd"]); cmd != "" {
		return cmd
	}
	for _, b := range list(e["behaviors"]) {
		if cmd := str(object(object(b)["value"])["cmd"]); cmd != "" {
			return cmd
		}
		if url := str(object(b)["default_url"]); url != "" {
			return url
		}
	}
	return str(e["url"])
}

// fieldText returns what an input field asks for and its initial value.
func fieldText(e map[string]any) string {
	hint := textOf(e["placeholder"])
	if hint == "" {
		return textOf(e["label"])
	}
	for _, initial := range []string{"initial_date", "initial_time", "initial_datetime", "default_value"} {
		if shown := str(e[initial]); shown != "" {
			return "[" + hint + "] " + shown
		}
	}
	return "[" + hint + "]"
}

// optionsText returns what a list asks for with the selected option, or with all options if none is selected.
func optionsText(e map[string]any) string {
	var options []string
	for _, o := range list(e["options"]) {
		t := textOf(object(o)["text"])
		if value := str(object(o)["value"]); value != "" && value == str(e["initial_option"]) {
			options = []string{t}
			break
		}
		if t != "" {
			options = append(options, t)
		}
	}
	return strings.TrimSpace("[" + textOf(e["placeholder"]) + "] " + strings.Join(options, " / "))
}

// mentionText returns people in the form that a command accepts, @open_id: only the platform knows their names.
func mentionText(people []any) string {
	var names []string
	for _, p := range people {
		if id := str(object(p)["id"]); id != "" {
			names = append(names, "@"+id)
		}
	}
	return strings.Join(names, " ")
}

// chartTitle returns the title of a chart, or "". The figures are not written, because the card also holds them as text.
func chartTitle(e map[string]any) string {
	if title := str(object(object(e["chart_spec"])["title"])["text"]); title != "" {
		return "[chart] " + title
	}
	return ""
}

// textOf reads a text object ({"tag": "plain_text" or "lark_md" or "markdown", "content": …}) or a plain string.
func textOf(v any) string {
	if s := str(v); s != "" {
		return s
	}
	t := object(v)
	if str(t["tag"]) == "plain_text" {
		return str(t["content"])
	}
	return stripMarkdown(str(t["content"]))
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func str(v any) string {
	switch s := v.(type) {
	case string:
		return s
	case json.Number:
		return s.String()
	}
	return ""
}

// maxTag is the longest text in bytes that counts as a markup tag.
const maxTag = 256

// stripMarkdown removes the marks of the platform's markdown. It is an approximation: the text stays readable and complete.
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

// stripTags removes <font …>, </font>, <at …> and other tags; a lone "<" stays.
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

const (
	maxTableRows    = 500
	maxTableColumns = 50
)

// table writes the rows of a table with aligned columns.
func (p *textWriter) table(e map[string]any) {
	var names []string
	head := []string{}
	for _, c := range firstN(list(e["columns"]), maxTableColumns) {
		column := object(c)
		title := str(column["display_name"])
		if title == "" {
			title = str(column["name"])
		}
		names, head = append(names, str(column["name"])), append(head, title)
	}
	rows := [][]string{head}
	for _, r := range firstN(list(e["rows"]), maxTableRows) {
		row := object(r)
		cells := make([]string, len(names))
		for i, name := range names {
			cells[i] = strings.ReplaceAll(cleanText(cellOf(row[name])), "\n", " ")
		}
		rows = append(rows, cells)
	}
	for _, l := range alignColumns(rows) {
		p.line(l)
	}
}

// cellOf reads a cell: text, a number, or a list of options with a text each.
func cellOf(v any) string {
	if s := str(v); s != "" {
		return stripMarkdown(s)
	}
	var options []string
	for _, o := range list(v) {
		if t := textOf(object(o)["text"]); t != "" {
			options = append(options, t)
		}
	}
	return strings.Join(options, ", ")
}

func alignColumns(rows [][]string) []string {
	widths := map[int]int{}
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], min(displayWidth(cell), 40))
		}
	}
	lines := make([]string, 0, len(rows))
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", max(0, widths[i]-displayWidth(cell))+2))
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}

// displayWidth counts a terminal's cells: characters of East Asian scripts take two.
func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		switch width.LookupRune(r).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

func firstN(items []any, n int) []any { return items[:min(len(items), n)] }
