package feishu

import (
	"strings"

	"golang.org/x/text/width"
)

const (
	maxTableRows    = 500
	maxTableColumns = 50
)

// table writes a table's rows with their columns in line.
func (p *plain) table(e map[string]any) {
	var names []string
	head := []string{}
	for _, c := range capped(list(e["columns"]), maxTableColumns) {
		column := object(c)
		title := str(column["display_name"])
		if title == "" {
			title = str(column["name"])
		}
		names, head = append(names, str(column["name"])), append(head, title)
	}
	rows := [][]string{head}
	for _, r := range capped(list(e["rows"]), maxTableRows) {
		row := object(r)
		cells := make([]string, len(names))
		for i, name := range names {
			cells[i] = strings.ReplaceAll(clean(cellOf(row[name])), "\n", " ")
		}
		rows = append(rows, cells)
	}
	for _, l := range align(rows) {
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

func align(rows [][]string) []string {
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

func capped(items []any, n int) []any { return items[:min(len(items), n)] }
