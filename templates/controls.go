package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// fieldPanel draws a folded panel with the fields that change a question, and the button that asks the platform again.
func fieldPanel(cat Catalog, date, ability, department, metric card.Pick, askAnew string) []card.Element {
	fields := slices.Concat(
		date.Date(cat.Text("control.date")), ability.List(cat.Text("control.ability")),
		department.List(cat.Text("control.department")), metric.List(cat.Text("control.metric")),
	)
	for _, note := range notOffered(cat, department) {
		if note, ok := note.(card.Inner); ok {
			fields = append(fields, note)
		}
	}
	fields = append(fields, buttonFor(cat.Text("control.ask_anew"), askAnew, card.PlainButton)...)
	if len(fields) == 0 {
		return nil
	}
	return []card.Element{card.Panel(cat.Text("control.fields"), fields)}
}

func buttonStyle(current bool) card.ButtonType {
	if current {
		return card.PrimaryButton
	}
	return card.PlainButton
}

// controlRow lays controls side by side and wraps them on a narrow screen. It returns nothing without controls.
func controlRow(groups ...[]card.Inner) []card.Element {
	set := card.ColumnSet{FlexMode: card.WrapColumns}
	for _, group := range groups {
		for _, control := range group {
			set.Columns = append(set.Columns, card.Column{Width: card.AutoWidth, Align: card.Centered, Elements: []card.Inner{control}})
		}
	}
	if len(set.Columns) == 0 {
		return nil
	}
	return []card.Element{set}
}

// withButton lays words at the left and a button at the right, if the button is usable.
func withButton(words []card.Inner, b card.Button) card.ColumnSet {
	set := card.ColumnSet{FlexMode: card.KeepColumns, Columns: []card.Column{{Width: card.WeightedWidth, Weight: 1, Align: card.Centered, Spacing: "4px", Elements: words}}}
	for _, b := range buttonFor(b.Label, b.Command, card.PlainButton) {
		set.Columns = append(set.Columns, card.Column{Width: card.AutoWidth, Align: card.Centered, Elements: []card.Inner{b}})
	}
	return set
}

// buttonFor draws a button, or nothing without a command.
func buttonFor(label, command string, look card.ButtonType) []card.Inner {
	b := card.Button{Label: label, Command: command}
	if !b.Usable() {
		return nil
	}
	return []card.Inner{b.Draw(look)}
}

// periodControls draws the buttons for the adjacent periods and the date field.
func periodControls(cat Catalog, previous string, date card.Pick, next string) []card.Element {
	return controlRow(
		buttonFor(cat.Text("control.previous"), previous, card.PlainButton),
		date.Date(cat.Text("control.date")),
		buttonFor(cat.Text("control.next"), next, card.PlainButton),
	)
}

// cycleControls draws a button for each cycle and marks the current one.
func cycleControls(cat Catalog, commands map[usage.Cycle]string, current usage.Cycle) []card.Element {
	return controlRow(cycleButtons(cat, commands, current))
}

func cycleButtons(cat Catalog, commands map[usage.Cycle]string, current usage.Cycle) (buttons []card.Inner) {
	for _, c := range usage.Cycles() {
		buttons = append(buttons, buttonFor(cat.cycle(c), commands[c], buttonStyle(c == current))...)
	}
	return buttons
}

// choiceControls draws the fields for ability, department and metric. If not all departments fit it says so, because a
// command can still name them.
func choiceControls(cat Catalog, ability, department, metric card.Pick) []card.Element {
	return append(controlRow(
		ability.List(cat.Text("control.ability")), department.List(cat.Text("control.department")), metric.List(cat.Text("control.metric")),
	), notOffered(cat, department)...)
}
