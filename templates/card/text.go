package card

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Text returns what the card says, for a terminal and for clients that cannot show the card. It has no control characters,
// so that a name cannot control the terminal.
func (c Card) Text() string {
	w := &textWriter{}
	w.header(c.Header)
	for _, e := range c.Body {
		w.element(e)
	}
	return w.String()
}

// textWriter collects the lines of a card.
type textWriter struct {
	lines    []string
	indent   string
	textOnly bool // leaves out buttons and fields
}

func (w *textWriter) String() string { return strings.TrimSpace(strings.Join(w.lines, "\n")) }

func (w *textWriter) line(s string) {
	for l := range strings.SplitSeq(printable(s), "\n") {
		w.lines = append(w.lines, strings.TrimRight(w.indent+l, " "))
	}
}

// blank adds an empty line, unless the last line is empty.
func (w *textWriter) blank() {
	if n := len(w.lines); n > 0 && w.lines[n-1] != "" {
		w.lines = append(w.lines, "")
	}
}

func (w *textWriter) header(h Header) {
	title := h.Title.Content
	for _, t := range h.TextTagList {
		title += " [" + t.Text.Content + "]"
	}
	w.line(title)
	if h.Subtitle != nil {
		w.line(h.Subtitle.Content)
	}
	w.blank()
}

func (w *textWriter) element(e Element) {
	if !w.textOnly || !isControl(e) {
		e.write(w)
	}
}

// isControl reports whether an element is for clicking or drawing: without its control its text makes no sense.
func isControl(e Element) bool {
	switch e.(type) {
	case ButtonElement, Chart, InputForm, SelectStatic, SelectPerson, DatePicker, TimePicker:
		return true
	}
	return false
}

func (d Div) write(w *textWriter) { w.line(d.Text.Content) }

func (Divider) write(w *textWriter) { w.blank() }

func (b ButtonElement) write(w *textWriter) {
	text := "[" + b.Text.Content + "]"
	for _, behavior := range b.Behaviors {
		text += " " + behavior.Value.Cmd
	}
	w.line(text)
}

// write writes nothing: the card also holds the figures of a chart as text.
func (Chart) write(*textWriter) {}

// write writes the chosen option, or all options if none is chosen.
func (s SelectStatic) write(w *textWriter) {
	var options []string
	for _, o := range s.Options {
		if o.Value == s.Initial {
			options = []string{o.Text.Content}
			break
		}
		options = append(options, o.Text.Content)
	}
	w.field(s.Placeholder, strings.Join(options, " / "))
}

func (d DatePicker) write(w *textWriter) { w.field(d.Placeholder, d.Initial) }

func (t TimePicker) write(w *textWriter) { w.field(t.Placeholder, t.Initial) }

func (s SelectPerson) write(w *textWriter) { w.field(s.Placeholder, "") }

// field writes what a field asks for, and the value that it begins with.
func (w *textWriter) field(label PlainText, value string) {
	w.line(strings.TrimSpace("[" + label.Content + "] " + value))
}

// write writes people in the form that a command accepts, @open_id: only the platform knows their names.
func (l PersonList) write(w *textWriter) {
	names := make([]string, len(l.Persons))
	for i, p := range l.Persons {
		names[i] = "@" + p.ID
	}
	w.line(strings.Join(names, " "))
}

func (f InputForm) write(w *textWriter) {
	for _, e := range f.Elements {
		w.element(e)
	}
}

func (p CollapsiblePanel) write(w *textWriter) {
	if w.textOnly && !slices.ContainsFunc(p.Elements, func(e Inner) bool { return !isControl(e) }) {
		return // a title without anything below it makes no sense
	}
	w.blank()
	w.line("▸ " + p.Header.Title.Content)
	outer := w.indent
	w.indent += "  "
	for _, e := range p.Elements {
		w.element(e)
	}
	w.indent = outer
	w.blank()
}

// write writes columns with one piece each on one line, and columns with several pieces as "label: value (change)" on a
// line each.
func (s ColumnSet) write(w *textWriter) {
	var cells []string
	short := true
	for _, c := range s.Columns {
		inner := &textWriter{textOnly: w.textOnly}
		for _, e := range c.Elements {
			inner.element(e)
		}
		if pieces := inner.pieces(); len(pieces) > 0 {
			short = short && len(pieces) == 1
			cells = append(cells, columnText(pieces))
		}
	}
	if short && len(cells) > 0 {
		cells = []string{strings.Join(cells, "  ")}
	}
	for _, c := range cells {
		w.line(c)
	}
}

// pieces returns the lines that are not empty, without their indents.
func (w *textWriter) pieces() []string {
	var filled []string
	for _, l := range w.lines {
		if l = strings.TrimSpace(l); l != "" {
			filled = append(filled, l)
		}
	}
	return filled
}

// columnText joins the pieces of a column: a label, a value, and notes on the value. The label tells the language.
func columnText(pieces []string) string {
	if len(pieces) == 1 {
		return pieces[0]
	}
	marks := latinMarks
	if strings.ContainsFunc(pieces[0], func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		marks = chineseMarks
	}
	s := strings.TrimRight(pieces[0], ":：") + marks.colon + pieces[1]
	if len(pieces) > 2 {
		notes := strings.Join(pieces[2:], marks.semicolon)
		s += marks.left + marks.flat.Replace(notes) + marks.right
	}
	return s
}

// punctuation is what joins the pieces of a column. flat replaces brackets inside of the notes, which stand in brackets.
type punctuation struct {
	colon, semicolon, left, right string
	flat                          *strings.Replacer
}

// The punctuation of the two scripts.
var (
	latinMarks   = punctuation{": ", "; ", " (", ")", strings.NewReplacer(" (", ", ", ")", "")}
	chineseMarks = punctuation{"：", "；", "（", "）", strings.NewReplacer("（", "，", "）", "")}
)

// maxPadded is the width in a terminal's cells up to which the columns of a table are padded.
const maxPadded = 40

// write writes the rows of a table with aligned columns.
func (t Table) write(w *textWriter) {
	rows := make([][]string, 1, len(t.Rows)+1)
	for _, c := range t.Columns {
		rows[0] = append(rows[0], c.DisplayName)
	}
	for _, row := range t.Rows {
		var cells []string
		for _, c := range t.Columns {
			cells = append(cells, strings.ReplaceAll(printable(row[c.Name]), "\n", " "))
		}
		rows = append(rows, cells)
	}
	widths := make([]int, len(t.Columns))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], min(displayWidth(cell), maxPadded))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			b.WriteString(strings.Repeat(" ", max(0, widths[i]-displayWidth(cell))+2))
		}
		w.line(b.String())
	}
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

// printable keeps line breaks and removes characters that could mislead a terminal or a reader.
func printable(s string) string {
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
