package templates

import (
	"time"

	"usagebot/templates/card"
)

// HelpCommand is one command in the help. Usage and Examples are in the reader's language; the catalog explains the
// command by its Name.
type HelpCommand struct {
	Name     string   // the canonical name: usage, help
	Word     string   // how it begins: /usage
	Usage    string   // its syntax
	Examples []string // lines that can be copied, the most useful first
}

// HelpView shows the commands that the reader may use, one a line. The choice Topics explains one of them.
type HelpView struct {
	Commands []HelpCommand
	Topics   card.Pick
}

// HelpTopicView is one command with all of its arguments.
type HelpTopicView struct {
	Command   HelpCommand
	Arguments []HelpArgument
	Buttons   []card.Button // examples to run
}

// HelpArgument is one argument. The catalog explains it by its Name.
type HelpArgument struct {
	Name  string   // cycle, ability, dept, app, date, topic
	Words []string // accepted words
}

// Limits of a help card.
const (
	maxCommands    = 20
	maxExamples    = 8
	maxHelpButtons = 8
	maxWords       = 16
)

// Help draws the overview.
func Help(cat Catalog, v HelpView) card.Card {
	p := card.NewPage(card.Header{Title: card.Text(cat.Text("help.title")), Template: card.BlueHead}, cat.Text("help.title"))
	p.Add(card.Paragraph(cat.Text("help.intro")))
	p.Add(leftOut(cat, p.List(len(v.Commands), maxCommands, func(i int) []card.Element { return []card.Element{helpEntry(cat, v.Commands[i])} }))...)
	p.Add(controlRow(v.Topics.List(cat.Text("help.choose")))...)
	p.Add(card.SmallText(cat.Text("help.outro")))
	return p.Card
}

// helpEntry is one command with what it does, in one line.
func helpEntry(cat Catalog, c HelpCommand) card.Element {
	return card.Paragraph(cat.Text("line.titled", "title", card.Name(c.Word), "text", optionalText(cat, "command.", c.Name)))
}

// optionalText returns the text of a name defined elsewhere, or "" if the catalog has none.
func optionalText(cat Catalog, family, known string) string { return cat.Raw(family + known) }

func examples(cat Catalog, lines []string, limit int) []card.Element {
	var elements []card.Element
	for _, line := range lines[:min(len(lines), limit)] {
		elements = append(elements, card.SmallText(cat.Text("help.example", "line", line)))
	}
	return elements
}

// HelpTopic draws one command with all of its arguments.
func HelpTopic(cat Catalog, v HelpTopicView) card.Card {
	title := cat.Text("help.topic", "name", card.Name(v.Command.Name))
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	p.Add(card.Sized(v.Command.Usage, card.LargeSize))
	if about := optionalText(cat, "command.", v.Command.Name); about != "" {
		p.Add(card.Paragraph(about))
	}
	p.Add(leftOut(cat, p.List(len(v.Arguments), maxCommands, func(i int) []card.Element { return argument(cat, v.Arguments[i]) }))...)
	p.Add(examples(cat, v.Command.Examples, maxExamples)...)
	p.Add(card.ButtonRow(card.DrawAll(v.Buttons, card.PlainButton, maxHelpButtons)...)...)
	return p.Card
}

func argument(cat Catalog, a HelpArgument) []card.Element {
	about := optionalText(cat, "argument.", a.Name)
	if about == "" {
		about = card.Name(a.Name)
	}
	elements := []card.Element{card.Paragraph(about)}
	if len(a.Words) > 0 {
		elements = append(elements, card.SmallText(cat.Text("help.words", "words", cat.list(a.Words))))
	}
	return elements
}

// list joins at most maxWords words and says how many it leaves out.
func (cat Catalog) list(words []string) string {
	shown := make([]string, 0, maxWords+1)
	for _, s := range words[:min(len(words), maxWords)] {
		shown = append(shown, card.Name(s))
	}
	if left := len(words) - len(shown); left > 0 {
		shown = append(shown, cat.count("list.more", left))
	}
	return cat.join(shown)
}

// WelcomeView greets a group that the bot was added to, or a person who opened a direct message. The commands are those
// of the three buttons; they are empty if the reader may not use the bot.
type WelcomeView struct {
	Usage, Subscribe, Help string

	Single bool // it is a direct message
}

// Welcome draws the greeting.
func Welcome(cat Catalog, v WelcomeView) card.Card {
	title, body := cat.Text("welcome.title"), cat.Text("welcome.single")
	if !v.Single {
		title, body = cat.Text("welcome.title_group"), cat.Text("welcome.body")
	}
	if v.Usage == "" {
		body = cat.Text("welcome.nothing")
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.BlueHead}, title)
	p.Add(card.Paragraph(body))
	if !v.Single {
		p.Add(card.SmallText(cat.Text("welcome.mention")))
	}
	first := card.DrawAll([]card.Button{{Label: cat.Text("welcome.usage"), Command: v.Usage}}, card.PrimaryButton, 1)
	others := card.DrawAll([]card.Button{{Label: cat.Text("welcome.subscribe"), Command: v.Subscribe}, {Label: cat.Text("welcome.help"), Command: v.Help}}, card.PlainButton, maxActions)
	p.Add(card.ButtonRow(append(first, others...)...)...)
	return p.Card
}

// CommandLine describes a command in one line for the platform's slash panel; "" if there is no description.
func CommandLine(cat Catalog, name string) string {
	return optionalText(cat, "command.", name)
}

// WorkingView is shown while a question waits for the platform's quota.
type WorkingView struct {
	Question string        // as it was typed
	Wait     time.Duration // estimate; unknown if not positive
}

// Working draws the notice that the answer replaces.
func Working(cat Catalog, v WorkingView) card.Card {
	title := cat.Text("working.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.GreyHead}, title)
	if v.Question != "" {
		p.Add(card.Paragraph(v.Question))
	}
	p.Add(card.SmallText(wait(cat, v.Wait)))
	return p.Card
}

// wait rounds up, so that the answer rather comes early.
func wait(cat Catalog, d time.Duration) string {
	switch {
	case d <= 0:
		return cat.Text("working.soon")
	case d <= 5*time.Second:
		return cat.count("working.seconds", roundUp(d, time.Second))
	case d <= 90*time.Second: // an estimate, or what is left of the time that the platform said in seconds
		return cat.count("working.seconds", 5*roundUp(d, 5*time.Second))
	}
	return cat.count("working.minutes", roundUp(d, time.Minute))
}

func roundUp(d, unit time.Duration) int {
	n := int(d / unit)
	if d%unit > 0 {
		n++
	}
	return n
}

// maxToast is how many characters of a toast are always visible.
const maxToast = 60

// WorkingToast answers a click before the card is updated.
func WorkingToast(cat Catalog) string {
	return card.Clean(cat.Text("toast.working"), maxToast)
}

// BelowToast answers a click whose answer is a message of its own.
func BelowToast(cat Catalog) string {
	return card.Clean(cat.Text("toast.below"), maxToast)
}

// ProblemToast answers a click that failed: what went wrong, but not what to do.
func ProblemToast(cat Catalog, v ProblemView) string {
	toast := problem(cat, v.Key, "what", v.Args)
	if v.Reference != "" {
		toast = cat.Text("problem.reference", "id", v.Reference) + " " + toast
	}
	return card.Clean(toast, maxToast)
}

// Entries per page of a list. This many always fit, regardless of their names, so that no entry is lost between two
// pages.
const (
	SubscriptionsOnPage = 5
	ChatsOnPage         = 12
)

// Paging leads to the previous and next page of a list.
type Paging struct {
	Page     int // current page, from 1
	Back, On string
}

// paging draws the buttons, or nothing for a list of one page.
func paging(cat Catalog, t Paging) []card.Element {
	buttons := controlRow(buttonFor(cat.Text("turn.back"), t.Back, card.PlainButton), buttonFor(cat.Text("turn.on"), t.On, card.PlainButton))
	if buttons == nil {
		return nil
	}
	return append([]card.Element{card.SmallText(cat.Text("turn.page", "page", card.Integer(int64(t.Page))))}, buttons...)
}
