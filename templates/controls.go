package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// sideways lays controls side by side, wrapped where the screen is narrow; without any it returns nothing.
func sideways(groups ...[]card.Inner) []card.Element {
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

// beside lays words at the left and a button at the right, if it can be used.
func beside(words []card.Inner, b card.Button) card.ColumnSet {
	set := card.ColumnSet{FlexMode: card.KeepColumns, Columns: []card.Column{{Width: card.WeightedWidth, Weight: 1, Align: card.Centered, Spacing: "4px", Elements: words}}}
	for _, b := range one(b.Label, b.Command, card.PlainButton) {
		set.Columns = append(set.Columns, card.Column{Width: card.AutoWidth, Align: card.Centered, Elements: []card.Inner{b}})
	}
	return set
}

// one draws a button with a label of the card's own; nothing without a command.
func one(label, command string, look card.ButtonType) []card.Inner {
	b := card.Button{Label: label, Command: command}
	if !b.Usable() {
		return nil
	}
	return []card.Inner{b.Draw(look)}
}

// periodControls lead to the period before, to any other and to the one after.
func (w wording) periodControls(previous string, date card.Pick, next string) []card.Element {
	return sideways(
		one(w.say("control.previous"), previous, card.PlainButton),
		date.Date(w.say("control.date")),
		one(w.say("control.next"), next, card.PlainButton),
	)
}

// cycleControls ask the same for another cycle; the one in view is marked.
func (w wording) cycleControls(commands map[usage.Cycle]string, current usage.Cycle) []card.Element {
	var buttons []card.Inner
	for _, c := range usage.Cycles() {
		buttons = append(buttons, one(w.cycle(c), commands[c], look(c == current))...)
	}
	return sideways(buttons)
}

// choiceControls ask for another ability, department or metric. A department that has no room is told about, since it
// can be asked for by name.
func (w wording) choiceControls(ability, department, metric card.Pick) []card.Element {
	return append(sideways(
		ability.List(w.say("control.ability")), department.List(w.say("control.department")), metric.List(w.say("control.metric")),
	), w.notOffered(department)...)
}
