package sandbox

import (
	"encoding/json"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// CardText returns what a client shows of a card, as lines for a terminal. It knows the elements that the bot sends.
func CardText(card string) string {
	var root struct {
		Header struct {
			Title, Subtitle cardWords
			Tags            []struct{ Text cardWords } `json:"text_tag_list"`
		}
		Body struct{ Elements []cardElement }
	}
	if json.Unmarshal([]byte(card), &root) != nil {
		return ""
	}
	title := root.Header.Title.Content
	for _, tag := range root.Header.Tags {
		title += " [" + tag.Text.Content + "]"
	}
	lines := []string{strings.TrimSpace(title)}
	if s := root.Header.Subtitle.Content; s != "" {
		lines = append(lines, s)
	}
	lines = append(lines, "")
	for _, e := range root.Body.Elements {
		lines = e.appendLines(lines)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

type cardWords struct{ Content string }

// cardElement has the properties of all elements; each element uses some of them.
type cardElement struct {
	Tag         string
	Text        cardWords
	Header      struct{ Title cardWords }
	Placeholder cardWords
	Elements    []cardElement
	Behaviors   []struct{ Value struct{ Cmd string } }
	Persons     []struct{ ID string }
	Date        string `json:"initial_date"`
	Time        string `json:"initial_time"`
	Option      string `json:"initial_option"`
	Options     []struct {
		Text  cardWords
		Value string
	}
	Columns []struct {
		Elements []cardElement
		Name     string
		Title    string `json:"display_name"`
	}
	Rows []map[string]string
}

// appendLines appends the lines of the element.
func (e cardElement) appendLines(lines []string) []string {
	switch e.Tag {
	case "hr":
		if n := len(lines); n > 0 && lines[n-1] != "" {
			lines = append(lines, "")
		}
	case "div":
		return append(lines, strings.Split(e.Text.Content, "\n")...)
	case "button":
		text := "[" + e.Text.Content + "]"
		for _, b := range e.Behaviors {
			text += " " + b.Value.Cmd
		}
		return append(lines, text)
	case "date_picker", "picker_time", "select_person":
		return append(lines, strings.TrimSpace("["+e.Placeholder.Content+"] "+e.Date+e.Time))
	case "select_static":
		return append(lines, "["+e.Placeholder.Content+"] "+e.chosen())
	case "person_list":
		var names []string
		for _, p := range e.Persons {
			names = append(names, "@"+p.ID)
		}
		return append(lines, strings.Join(names, " "))
	case "form":
		for _, inner := range e.Elements {
			lines = inner.appendLines(lines)
		}
	case "collapsible_panel":
		return e.appendPanel(lines)
	case "column_set":
		return e.appendColumns(lines)
	case "table":
		return e.appendTable(lines)
	}
	return lines
}

// chosen returns the chosen option of a list, or all options if none is chosen.
func (e cardElement) chosen() string {
	var options []string
	for _, o := range e.Options {
		if o.Value == e.Option {
			return o.Text.Content
		}
		options = append(options, o.Text.Content)
	}
	return strings.Join(options, " / ")
}

func (e cardElement) appendPanel(lines []string) []string {
	blank := func() {
		if n := len(lines); n > 0 && lines[n-1] != "" {
			lines = append(lines, "")
		}
	}
	blank()
	lines = append(lines, "▸ "+e.Header.Title.Content)
	for _, inner := range e.Elements {
		for _, l := range inner.appendLines(nil) {
			lines = append(lines, "  "+l)
		}
	}
	blank()
	return lines
}

// appendColumns puts columns of one piece each on one line. A column of several pieces is a line of its own.
func (e cardElement) appendColumns(lines []string) []string {
	var cells []string
	short := true
	for _, c := range e.Columns {
		var pieces []string
		for _, inner := range c.Elements {
			pieces = inner.appendLines(pieces)
		}
		switch len(pieces) {
		case 0:
			continue
		case 1:
			cells = append(cells, pieces[0])
			continue
		}
		short = false
		cells = append(cells, labelled(pieces))
	}
	if short && len(cells) > 0 {
		return append(lines, strings.Join(cells, "  "))
	}
	return append(lines, cells...)
}

// labelled joins a label, its value and what is said of the value, with the punctuation of the label's language.
func labelled(pieces []string) string {
	label, value, more := strings.TrimRight(pieces[0], ":："), pieces[1], pieces[2:]
	if strings.ContainsFunc(label, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		if len(more) == 0 {
			return label + "：" + value
		}
		notes := strings.ReplaceAll(strings.ReplaceAll(strings.Join(more, "；"), "（", "，"), "）", "")
		return label + "：" + value + "（" + notes + "）"
	}
	if len(more) == 0 {
		return label + ": " + value
	}
	notes := strings.ReplaceAll(strings.ReplaceAll(strings.Join(more, "; "), " (", ", "), ")", "")
	return label + ": " + value + " (" + notes + ")"
}

// appendTable pads the cells of a table so that its columns stand in line.
func (e cardElement) appendTable(lines []string) []string {
	rows := make([][]string, 1+len(e.Rows))
	for _, c := range e.Columns {
		rows[0] = append(rows[0], c.Title)
		for i, row := range e.Rows {
			rows[i+1] = append(rows[i+1], row[c.Name])
		}
	}
	widths := make([]int, len(e.Columns))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], min(terminalWidth(cell), 40))
		}
	}
	for _, row := range rows {
		line := ""
		for i, cell := range row {
			line += cell + strings.Repeat(" ", max(0, widths[i]-terminalWidth(cell))+2)
		}
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// terminalWidth counts a terminal's cells: characters of East Asian scripts take two.
func terminalWidth(s string) int {
	n := 0
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
