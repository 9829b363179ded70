package templates_test

import (
	"fmt"
	"strings"

	"usagebot/templates/card"
)

// describe returns what a card holds, one line for each element: with the commands and the number of options of its
// controls, which the card's own text leaves out.
func describe(c card.Card) string {
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
	case card.Div:
		return []string{e.Text.Content}
	case card.ButtonElement:
		return []string{"→ " + e.Text.Content + "  " + e.Behaviors[0].Value.Cmd}
	case card.SelectStatic:
		return []string{fieldLine(e.Placeholder.Content, e.Initial, len(e.Options), e.Behaviors)}
	case card.SelectPerson:
		line := fieldLine(e.Placeholder.Content, "", len(e.Options), e.Behaviors)
		for _, o := range e.Options {
			line += "  @" + o.Value
		}
		return []string{line}
	case card.DatePicker:
		return []string{fieldLine(e.Placeholder.Content, e.Initial, 0, e.Behaviors)}
	case card.TimePicker:
		return []string{fieldLine(e.Placeholder.Content, e.Initial, 0, nil)}
	case card.PersonList:
		for _, p := range e.Persons {
			all = append(all, "@"+p.ID)
		}
	case card.InputForm:
		for _, inner := range e.Elements {
			all = append(all, linesOf(inner)...)
		}
	case card.Chart:
		for _, d := range e.Spec.Data {
			all = append(all, d.ID)
		}
	case card.ColumnSet:
		for _, c := range e.Columns {
			var parts []string
			for _, inner := range c.Elements {
				parts = append(parts, linesOf(inner)...)
			}
			all = append(all, strings.Join(parts, "  "))
		}
	case card.CollapsiblePanel:
		all = append(all, "", e.Header.Title.Content)
		for _, inner := range e.Elements {
			for _, line := range linesOf(inner) {
				all = append(all, "  "+line)
			}
		}
		all = append(all, "")
	case card.Table:
		all = append(all, tableLines(e)...)
	}
	return all
}

// fieldLine describes a field: its label, value, number of options, and command.
func fieldLine(label, shown string, options int, behaviors []card.Callback) string {
	line := fmt.Sprintf("▾ %s: %s (%d)", label, shown, options)
	for _, b := range behaviors {
		line += "  " + b.Value.Cmd + " + " + b.Value.With
	}
	return line
}

func tableLines(t card.Table) []string {
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
