package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/templates"
)

// help tells what the caller may use, or all about one command.
func (b speaker) help(_ context.Context, _ Request, c command.Command) (Answer, error) {
	if spec := b.commands.Find(c.Args.Topic); spec != nil {
		if err := b.guard(spec); err != nil {
			return Answer{}, err
		}
		if len(b.commands.OfferedUnder(spec.Name())) > 0 {
			return Answer{Card: b.templates.Help(b.language, b.helpUnder(spec.Name()))}, nil
		}
		return Answer{Card: b.templates.HelpTopic(b.language, b.helpTopic(spec))}, nil
	}
	return Answer{Card: b.templates.Help(b.language, b.helpView(b.commands.Offered()))}, nil
}

// helpUnder lists the commands under another.
func (b speaker) helpUnder(name string) templates.HelpView {
	return b.helpView(b.commands.OfferedUnder(name))
}

func (b speaker) helpView(specs []*command.Spec) templates.HelpView {
	var v templates.HelpView
	for _, spec := range specs {
		v.Commands = append(v.Commands, b.helpCommand(spec))
		if buttons := b.exampleButtons(spec); len(buttons) > 0 {
			v.Buttons = append(v.Buttons, buttons[0])
		}
	}
	return v
}

func (b speaker) helpCommand(spec *command.Spec) templates.HelpCommand {
	return templates.HelpCommand{Name: spec.Name(), Usage: spec.Usage(b.lang()), Examples: spec.Examples.In(b.lang())}
}

func (b speaker) helpTopic(spec *command.Spec) templates.HelpTopicView {
	v := templates.HelpTopicView{Command: b.helpCommand(spec)}
	for _, arg := range spec.Args {
		v.Arguments = append(v.Arguments, templates.HelpArgument{Name: arg.Name, Words: arg.Allowed(b.lang())})
	}
	v.Buttons = b.exampleButtons(spec)
	return v
}

// exampleButtons gives the examples that can be tried as they are: those with names in them are for copying, since this
// organisation may have no such department or app.
func (b speaker) exampleButtons(spec *command.Spec) (buttons []templates.Button) {
	if spec.Who == command.Manager || spec.Who == command.AdminOnly {
		return nil // what changes something is for copying: a click in help should not subscribe anybody
	}
	for _, example := range spec.Examples.In(b.lang()) {
		if c, err := b.commands.Parse(example); err == nil && b.commands.May(b.commands.Find(c.Name)) && c.Args.Dept == "" && c.Args.App == "" {
			buttons = append(buttons, templates.Button{Command: example})
		}
	}
	return buttons
}
