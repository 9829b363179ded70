package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// This file finds out which apps and departments are meant by the words of a command that the grammar does not know:
// `/usage weekly 市场部`, `/usage dept:R&D Center`.

// naming replaces the names in a command one by one.
type naming struct {
	conversation
	cmd    command.Command
	failed error    // why departments could not be looked up; nil if they could
	words  []string // that are still to be read
	rest   []string // that name nothing
}

// named returns the command with the apps and departments that its names mean. It asks back if a name means several, or if
// a word means nothing.
func named(ctx context.Context, c conversation, cmd command.Command, line string) (command.Command, error) {
	if cmd.Args.Names == "" {
		return cmd, nil
	}
	_, failed := c.directory.Children(ctx, "") // which fetches the departments if there are none yet
	n, err := readNames(ctx, c, cmd)
	if err != nil || len(n.rest) == 0 {
		return n.cmd, err
	}
	typed := new(command.Error)
	if _, err := c.commands.ParseKnown(line); !errors.As(err, &typed) {
		typed = &command.Error{Kind: command.UnknownWord}
	}
	if typed.Suggestion == "" && failed == nil {
		// It may be a new department.
		see, _ := seenBy(c)
		if _, failed = c.directory.FindFor(ctx, n.unknownText(), see); failed == nil {
			if n, err = readNames(ctx, c, cmd); err != nil || len(n.rest) == 0 {
				return n.cmd, err
			}
		}
	}
	if failed = cmp.Or(failed, n.failed); failed != nil && typed.Suggestion == "" {
		return cmd, noDirectory(failed)
	}
	return cmd, n.unknown(ctx, typed)
}

// readNames reads the names in a command with the departments that are known now.
func readNames(ctx context.Context, c conversation, cmd command.Command) (*naming, error) {
	n := &naming{conversation: c, cmd: cmd, words: strings.Fields(cmd.Args.Names)}
	n.cmd.Args.Names = ""
	n.lengthen(ctx)
	for len(n.words) > 0 {
		if err := n.next(ctx); err != nil {
			return n, err
		}
	}
	return n, nil
}

func (n *naming) unknownText() string { return strings.Join(n.rest, " ") }

// kinds are words that belong to the name before them, though no name has them in common.
var kinds = []string{"department", "dept", "team", "group", "部门", "团队", "部", "组"}

// lengthen adds to a department or app that was typed with its key the words behind it that belong to its name.
func (n *naming) lengthen(ctx context.Context) {
	for i := len(n.words); i > 0; i-- {
		longer := strings.Join(n.words[:i], " ")
		if app := n.cmd.Args.App; app != "" && n.apps.all().Match(app+" "+longer).Exact {
			n.cmd.Args.App, n.words = app+" "+longer, n.words[i:]
			return
		}
		if dept := n.cmd.Args.Dept; dept != "" {
			if m := n.find(ctx, dept+" "+longer); m.Exact || m.Closed {
				n.cmd.Args.Dept, n.words = dept+" "+longer, n.words[i:]
				return
			}
		}
	}
	if len(n.words) > 0 && n.cmd.Args.Dept != "" && slices.Contains(kinds, strings.ToLower(n.words[0])) {
		n.cmd.Args.Dept, n.words = n.cmd.Args.Dept+" "+n.words[0], n.words[1:]
	}
}

// find looks for a department in the index that is at hand.
func (n *naming) find(ctx context.Context, text string) directory.Match {
	see, unread := seenBy(n.conversation)
	m := n.directory.FindLoaded(ctx, text, see)
	if *unread != nil {
		n.failed = *unread
		return directory.Match{}
	}
	return m
}

// maxName is how many words a name may have.
const maxName = 8

// next takes the longest name at the beginning of the words, or one word that is none.
func (n *naming) next(ctx context.Context) error {
	for i := min(maxName, len(n.words)); i > 0; i-- {
		text := strings.Join(n.words[:i], " ")
		apps, departments := n.apps.all().Match(text), n.find(ctx, text)
		if departments.One != nil {
			departments.Several = []usage.Department{*departments.One}
		}
		if n.cmd.Args.App != "" && len(departments.Several) > 0 {
			apps.Found = nil // a typed one wins, so this is something else
		}
		if n.cmd.Args.Dept != "" && len(apps.Found) > 0 {
			departments = directory.Match{}
		}
		if len(apps.Found) > 0 && len(departments.Several) > 0 && apps.Exact != departments.Exact {
			if apps.Exact { // the whole name of the one and only the beginning of the other
				departments.Several = nil
			} else {
				apps.Found = nil
			}
		}
		if len(apps.Found)+len(departments.Several) == 0 && !departments.Closed {
			continue
		}
		n.words = n.words[i:]
		return n.take(ctx, text, apps.Found, departments)
	}
	n.rest, n.words = append(n.rest, n.words[0]), n.words[1:]
	return nil
}

// take puts what a name means into the command, or asks which of several is meant.
func (n *naming) take(ctx context.Context, text string, apps []usage.App, departments directory.Match) error {
	switch {
	case len(apps)+len(departments.Several) > 1:
		n.cmd.Args.Names = strings.Join(slices.Concat(n.rest, n.words), " ")
		return whichName(text, n.cmd, apps, departments.Several)
	case len(apps) == 1 && n.cmd.Args.App != "":
		return &command.Error{Kind: command.GivenTwice, Arg: command.AppArg().Name, Word: text}
	case len(apps) == 1:
		n.cmd.Args.App = apps[0].ID
	case n.cmd.Args.Dept != "":
		return &command.Error{Kind: command.GivenTwice, Arg: command.DeptArg().Name, Word: text}
	case departments.Closed:
		return closed(ctx, n.conversation, n.cmd, text)
	default:
		n.cmd.Args.Dept = n.reference(ctx, departments.Several[0])
	}
	return nil
}

// reference returns what stands for a department in a command: its path, which people can read, or its id if the path is
// not enough.
func (n *naming) reference(ctx context.Context, d usage.Department) string {
	path := n.local(d).Path
	if m := n.find(ctx, path); m.One != nil && m.One.ID == d.ID && m.Exact {
		return path
	}
	return d.ID
}

// whichName asks which app or department a name means.
func whichName(text string, cmd command.Command, apps []usage.App, departments []usage.Department) error {
	if len(apps) == 0 {
		cmd.Args.Dept = text
		return whichDepartment(departmentChoice{command: cmd, match: directory.Match{Several: departments}})
	}
	return &nameChoice{text: text, command: cmd, apps: apps, departments: departments}
}

// nameChoice says that a name fits several apps, or apps and departments.
type nameChoice struct {
	text        string
	command     command.Command
	apps        []usage.App
	departments []usage.Department
}

func (e *nameChoice) Error() string { return "a name fits several apps and departments" }

// answer asks which app or department is meant.
func (e *nameChoice) answer(c conversation) Answer {
	v := templates.ChoiceView{Word: e.text}
	for _, app := range e.apps {
		cmd := e.command
		cmd.Args.App = app.ID
		v.Options = append(v.Options, templates.ChoiceOption{App: true, Name: appNames(directory.Apps{c.inWords(app)})[0], Command: cmd.String()})
	}
	for _, d := range e.departments {
		shown := c.local(d)
		v.Options = append(v.Options, templates.ChoiceOption{Name: shown.Name, Path: shown.Path, Command: inDepartment(e.command, d)})
	}
	return Answer{Card: templates.Choice(c.words(), v), UsageError: true}
}

// unknown says which words mean nothing, and what they may have been meant for: a word of the grammar, as the error tells,
// or a name.
func (n *naming) unknown(ctx context.Context, typed *command.Error) error {
	text := n.unknownText()
	near := n.apps.all().Match(text).Near
	departments := n.find(ctx, text).Near
	return &userError{err: typed, usageError: true, problem: func(c conversation) templates.ProblemView {
		v := c.syntaxError(typed)
		if typed.Kind == command.UnknownWord {
			v.Args["word"] = text
		}
		for _, app := range near {
			cmd := n.cmd
			cmd.Args.App = app.ID
			v.Choices = append(v.Choices, templates.Button{Label: appNames(directory.Apps{c.inWords(app)})[0], Command: cmd.String()})
		}
		for _, d := range departments {
			v.Choices = append(v.Choices, templates.Button{Label: pathOrName(c.local(d)), Command: inDepartment(n.cmd, d)})
		}
		if dept := n.cmd.Args.Dept; dept != "" && len(v.Choices) == 0 { // perhaps the name is only not known
			cmd := n.cmd
			cmd.Args.Dept = dept + " " + text
			v.Example = c.commands.Line(cmd, c.language)
		}
		return v
	}}
}
