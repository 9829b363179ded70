package templates

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
	Buttons  []Button // lines to try or to read on; an empty Label shows the line
}

// HelpTopicView is one command with all of its arguments.
type HelpTopicView struct {
	Command   HelpCommand
	Arguments []HelpArgument
	Buttons   []Button // examples to run
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
func (t *Templates) Help(lang Language, v HelpView) Card {
	w := t.in(lang)
	p := newPage(header{Title: text(w.say("help.title")), Template: blueHead}, w.say("help.title"))
	p.add(paragraph(w.say("help.intro")))
	p.add(w.leftOut(p.list(len(v.Commands), maxCommands, func(i int) []element { return w.helpEntry(v.Commands[i]) }))...)
	p.add(remark(w.say("help.outro")))
	p.add(buttonRow(drawAll(v.Buttons, plainButton, maxHelpButtons)...)...)
	return p.card
}

func (w wording) helpEntry(c HelpCommand) []element {
	elements := []element{sized(c.Usage, largeSize)}
	if about := w.about("command.", c.Name); about != "" {
		elements = append(elements, paragraph(about))
	}
	return append(elements, w.examples(c.Examples, maxHelpExamples)...)
}

// about words a thing that has a name elsewhere; nothing for one that is not known here.
func (w wording) about(family, known string) string { return w.forms[family+known].other }

func (w wording) examples(lines []string, limit int) []element {
	var elements []element
	for _, line := range lines[:min(len(lines), limit)] {
		elements = append(elements, remark(w.say("help.example", "line", line)))
	}
	return elements
}

// HelpTopic draws one command with all of its arguments.
func (t *Templates) HelpTopic(lang Language, v HelpTopicView) Card {
	w := t.in(lang)
	title := w.say("help.topic", "name", name(v.Command.Name))
	p := newPage(header{Title: text(title), Template: blueHead}, title)
	p.add(w.helpEntry(HelpCommand{Name: v.Command.Name, Usage: v.Command.Usage})...)
	p.add(w.leftOut(p.list(len(v.Arguments), maxCommands, func(i int) []element { return w.argument(v.Arguments[i]) }))...)
	p.add(w.examples(v.Command.Examples, maxExamples)...)
	p.add(buttonRow(drawAll(v.Buttons, plainButton, maxHelpButtons)...)...)
	return p.card
}

func (w wording) argument(a HelpArgument) []element {
	about := w.about("argument.", a.Name)
	if about == "" {
		about = name(a.Name)
	}
	elements := []element{paragraph(about)}
	if len(a.Words) > 0 {
		elements = append(elements, remark(w.say("help.words", "words", w.list(a.Words))))
	}
	return elements
}

// list joins at most maxWords words and says how many are left out.
func (w wording) list(words []string) string {
	shown := make([]string, 0, maxWords+1)
	for _, s := range words[:min(len(words), maxWords)] {
		shown = append(shown, name(s))
	}
	if left := len(words) - len(shown); left > 0 {
		shown = append(shown, w.count("list.more", left))
	}
	return w.join(shown)
}
