package templates

import "usagebot/usage"

// sideways lays controls side by side, wrapped where the screen is narrow; without any it returns nothing.
func sideways(groups ...[]inner) []element {
	set := columnSet{FlexMode: wrapColumns}
	for _, group := range groups {
		for _, control := range group {
			set.Columns = append(set.Columns, column{Width: autoWidth, Align: centered, Elements: []inner{control}})
		}
	}
	if len(set.Columns) == 0 {
		return nil
	}
	return []element{set}
}

// beside lays words at the left and a button at the right, if it can be used.
func beside(words []inner, b Button) columnSet {
	set := columnSet{FlexMode: keepColumns, Columns: []column{{Width: weightedWidth, Weight: 1, Align: centered, Spacing: "4px", Elements: words}}}
	for _, b := range one(b.Label, b.Command, plainButton) {
		set.Columns = append(set.Columns, column{Width: autoWidth, Align: centered, Elements: []inner{b}})
	}
	return set
}

// one draws a button with a label of the card's own; nothing without a command.
func one(label, command string, look buttonType) []inner {
	b := Button{label, command}
	if !b.usable() {
		return nil
	}
	return []inner{b.draw(look)}
}

// periodControls lead to the period before, to any other and to the one after.
func (w wording) periodControls(previous string, date Pick, next string) []element {
	return sideways(
		one(w.say("control.previous"), previous, plainButton),
		date.date(w.say("control.date")),
		one(w.say("control.next"), next, plainButton),
	)
}

// cycleControls ask the same for another cycle; the one in view is marked.
func (w wording) cycleControls(commands map[usage.Cycle]string, current usage.Cycle) []element {
	var buttons []inner
	for _, c := range usage.Cycles() {
		buttons = append(buttons, one(w.cycle(c), commands[c], look(c == current))...)
	}
	return sideways(buttons)
}

// choiceControls ask for another ability, department or metric. A department that has no room is told about, since it
// can be asked for by name.
func (w wording) choiceControls(ability, department, metric Pick) []element {
	return append(sideways(
		ability.list(w.say("control.ability")), department.list(w.say("control.department")), metric.list(w.say("control.metric")),
	), w.notOffered(department)...)
}
