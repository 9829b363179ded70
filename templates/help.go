package templates

import "usagebot/templates/card"

// HelpCommand is one command as help shows it. Usage and Examples are in the reader's language already; what the command
// is for is worded here, by its Name.
type HelpCommand struct {
	Name     string   // the canonical name: usage, help
	Usage    string   // how it is written
	Examples []string // lines that can be copied, the most useful first
}

// HelpView is the overview of what the caller may use.
type HelpView struct {
	Commands []HelpCommand
	Buttons  []card.Button // lines to try or to read on; an empty Label shows the line
}

// HelpTopicView is one command with all of its arguments.
type HelpTopicView struct {
	Command   HelpCommand
	Arguments []HelpArgument
	Buttons   []card.Button // examples to run
}

// HelpArgument is one argument. What it is for is worded here, by its Name.
type HelpArgument struct {
	Name  string   // cycle, ability, dept, app, date, topic
	Words []string // what may stand there
}

// Limits of a help card.
const (
	maxCommands     = 20
	maxHelpExamples = 2
	maxExamples     = 8
	maxHelpButtons  = 8
	maxWords        = 16
)

// Help draws the overview.
func (t *Templates) Help(lang Language, v HelpView) card.Card {
	w := t.in(lang)
	p := card.NewPage(card.Header{Title: card.Text(w.say("help.title")), Template: card.BlueHead}, w.say("help.title"))
	p.Add(card.Paragraph(w.say("help.intro")))
	p.Add(w.leftOut(p.List(len(v.Commands), maxCommands, func(i int) []card.Element { return w.helpEntry(v.Commands[i]) }))...)
	p.Add(card.Remark(w.say("help.outro")))
	p.Add(card.ButtonRow(card.DrawAll(v.Buttons, card.PlainButton, maxHelpButtons)...)...)
	return p.Card
}

func (w wording) helpEntry(c HelpCommand) []card.Element {
	elements := []card.Element{card.Sized(c.Usage, card.LargeSize)}
	if about := w.about("command.", c.Name); about != "" {
		elements = append(elements, card.Paragraph(about))
	}
	return append(elements, w.examples(c.Examples, maxHelpExamples)...)
}

// about words a thing that has a name elsewhere; nothing for one that is not known here.
func (w wording) about(family, known string) string { return w.forms[family+known].other }

func (w wording) examples(lines []string, limit int) []card.Element {
	var elements []card.Element
	for _, line := range lines[:min(len(lines), limit)] {
		elements = append(elements, card.Remark(w.say("help.example", "line", line)))
	}
	return elements
}

// HelpTopic draws one command with all of its arguments.
func (t *Templates) HelpTopic(lang Language, v HelpTopicView) card.Card {
	w := t.in(lang)
	title := w.say("help.topic", "name", card.Name(v.Command.Name))
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	p.Add(w.helpEntry(HelpCommand{Name: v.Command.Name, Usage: v.Command.Usage})...)
	p.Add(w.leftOut(p.List(len(v.Arguments), maxCommands, func(i int) []card.Element { return w.argument(v.Arguments[i]) }))...)
	p.Add(w.examples(v.Command.Examples, maxExamples)...)
	p.Add(card.ButtonRow(card.DrawAll(v.Buttons, card.PlainButton, maxHelpButtons)...)...)
	return p.Card
}

func (w wording) argument(a HelpArgument) []card.Element {
	about := w.about("argument.", a.Name)
	if about == "" {
		about = card.Name(a.Name)
	}
	elements := []card.Element{card.Paragraph(about)}
	if len(a.Words) > 0 {
		elements = append(elements, card.Remark(w.say("help.words", "words", w.List(a.Words))))
	}
	return elements
}

// List joins at most maxWords words and says how many are left out.
func (w wording) List(words []string) string {
	shown := make([]string, 0, maxWords+1)
	for _, s := range words[:min(len(words), maxWords)] {
		shown = append(shown, card.Name(s))
	}
	if left := len(words) - len(shown); left > 0 {
		shown = append(shown, w.count("list.more", left))
	}
	return w.join(shown)
}
