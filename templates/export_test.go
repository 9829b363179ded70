package templates

import "strings"

// Text gives the card's content as a reader sees it, a line each, for tests to look at.
func (c Card) Text() string {
	lines := []string{c.header.Title.Content}
	if c.header.Subtitle != nil {
		lines = append(lines, c.header.Subtitle.Content)
	}
	for _, t := range c.header.TextTagList {
		lines = append(lines, "【"+t.Text.Content+"】")
	}
	lines = append(lines, "")
	for _, e := range c.body {
		lines = append(lines, linesOf(e)...)
	}
	return strings.Join(lines, "\n")
}

func linesOf(e any) (all []string) {
	switch e := e.(type) {
	case div:
		return []string{e.Text.Content}
	case button:
		return []string{"→ " + e.Text.Content + "  " + e.Behaviors[0].Value.Cmd}
	case columnSet:
		for _, c := range e.Columns {
			var parts []string
			for _, inner := range c.Elements {
				parts = append(parts, linesOf(inner)...)
			}
			all = append(all, strings.Join(parts, "  "))
		}
	case collapsiblePanel:
		all = append(all, "", e.Header.Title.Content)
		for _, inner := range e.Elements {
			for _, line := range linesOf(inner) {
				all = append(all, "  "+line)
			}
		}
		all = append(all, "")
	case table:
		all = append(all, tableLines(e)...)
	}
	return all
}

func tableLines(t table) []string {
	var head []string
	for _, c := range t.Columns {
		head = append(head, c.DisplayName)
	}
	all := []string{strings.Join(head, " | ")}
	for _, row := range t.Rows {
		var cells []string
		for _, c := range t.Columns {
			cells = append(cells, row[c.Name])
		}
		all = append(all, strings.Join(cells, " | "))
	}
	return all
}
