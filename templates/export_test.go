package templates

import (
	"fmt"
	"strings"
)

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
	case selectStatic:
		return []string{fieldLine(e.Placeholder.Content, e.Initial, len(e.Options), e.Behaviors)}
	case selectPerson:
		line := fieldLine(e.Placeholder.Content, "", len(e.Options), e.Behaviors)
		for _, o := range e.Options {
			line += "  @" + o.Value
		}
		return []string{line}
	case datePicker:
		return []string{fieldLine(e.Placeholder.Content, e.Initial, 0, e.Behaviors)}
	case timePicker:
		return []string{fieldLine(e.Placeholder.Content, e.Initial, 0, nil)}
	case personList:
		for _, p := range e.Persons {
			all = append(all, "@"+p.ID)
		}
	case inputForm:
		for _, inner := range e.Elements {
			all = append(all, linesOf(inner)...)
		}
	case chart:
		for _, d := range e.Spec.Data {
			all = append(all, dataLine(d))
		}
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

// fieldLine writes a field: what it asks for, what it shows, how many choices it has, and the command that it completes.
func fieldLine(label, shown string, options int, behaviors []callback) string {
	line := fmt.Sprintf("▾ %s: %s (%d)", label, shown, options)
	for _, b := range behaviors {
		line += "  " + b.Value.Cmd + " + " + b.Value.With
	}
	return line
}

// dataLine writes the marks of a chart's series.
func dataLine(d chartData) string {
	var marks []string
	for _, v := range d.Values {
		y := absent
		if v.Y != nil {
			y = integer(*v.Y)
		}
		marks = append(marks, strings.TrimSpace(v.S+" "+v.X)+"="+y)
	}
	return "~ " + d.ID + ": " + strings.Join(marks, " ")
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
