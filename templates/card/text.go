package card

import (
	"fmt"
	"strings"
)

// Text returns the card's content as text lines.
func (c Card) Text() string {
	lines := []string{c.Header.Title.Content}
	if c.Header.Subtitle != nil {
		lines = append(lines, c.Header.Subtitle.Content)
	}
	for _, t := range c.Header.TextTagList {
		lines = append(lines, "【"+t.Text.Content+"】")
	}
	lines = append(lines, "")
	for _, e := range c.Body {
		lines = append(lines, linesOf(e)...)
	}
	return strings.Join(lines, "\n")
}

func linesOf(e any) (all []string) {
	switch e := e.(type) {
	case Div:
		return []string{e.Text.Content}
	case ButtonElement:
		return []string{"→ " + e.Text.Content + "  " + e.Behaviors[0].Value.Cmd}
	case SelectStatic:
		return []string{fieldLine(e.Placeholder.Content, e.Initial, len(e.Options), e.Behaviors)}
	case SelectPerson:
		line := fieldLine(e.Placeholder.Content, "", len(e.Options), e.Behaviors)
		for _, o := range e.Options {
			line += "  @" + o.Value
		}
		return []string{line}
	case DatePicker:
		return []string{fieldLine(e.Placeholder.Content, e.Initial, 0, e.Behaviors)}
	case TimePicker:
		return []string{fieldLine(e.Placeholder.Content, e.Initial, 0, nil)}
	case PersonList:
		for _, p := range e.Persons {
			all = append(all, "@"+p.ID)
		}
	case InputForm:
		for _, inner := range e.Elements {
			all = append(all, linesOf(inner)...)
		}
	case Chart:
		for _, d := range e.Spec.Data {
			all = append(all, d.Marks())
		}
	case ColumnSet:
		for _, c := range e.Columns {
			var parts []string
			for _, inner := range c.Elements {
				parts = append(parts, linesOf(inner)...)
			}
			all = append(all, strings.Join(parts, "  "))
		}
	case CollapsiblePanel:
		all = append(all, "", e.Header.Title.Content)
		for _, inner := range e.Elements {
			for _, line := range linesOf(inner) {
				all = append(all, "  "+line)
			}
		}
		all = append(all, "")
	case Table:
		all = append(all, tableLines(e)...)
	}
	return all
}

// fieldLine describes a field: its label, value, number of options, and command.
func fieldLine(label, shown string, options int, behaviors []Callback) string {
	line := fmt.Sprintf("▾ %s: %s (%d)", label, shown, options)
	for _, b := range behaviors {
		line += "  " + b.Value.Cmd + " + " + b.Value.With
	}
	return line
}

// Marks returns the data points of a series in one line.
func (d ChartData) Marks() string {
	var marks []string
	for _, v := range d.Values {
		y := Absent
		if v.Y != nil {
			y = Integer(*v.Y)
		}
		marks = append(marks, strings.TrimSpace(v.S+" "+v.X)+"="+y)
	}
	return "~ " + d.ID + ": " + strings.Join(marks, " ")
}

func tableLines(t Table) []string {
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
