package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/templates"
)

// help tells what the caller may use, or all about one command.
func (b *Bot) help(_ context.Context, _ Request, c command.Command) (Answer, error) {
	if spec := b.commands.Find(c.Args.Topic); spec != nil {
		return Answer{Card: b.templates.HelpTopic(b.language, b.helpTopic(spec))}, nil
	}
	var v templates.HelpView
	for _, spec := range b.commands.Specs(nil) {
		v.Commands = append(v.Commands, b.helpCommand(spec))
		for _, example := range spec.Examples.In(b.lang())[:1] {
			v.Buttons = append(v.Buttons, templates.Button{Command: example})
		}
	}
	return Answer{Card: b.templates.Help(b.language, v)}, nil
}

func (b *Bot) helpCommand(spec *command.Spec) templates.HelpCommand {
	return templates.HelpCommand{Name: spec.Name(), Usage: spec.Usage(b.lang()), Examples: spec.Examples.In(b.lang())}
}

func (b *Bot) helpTopic(spec *command.Spec) templates.HelpTopicView {
	v := templates.HelpTopicView{Command: b.helpCommand(spec)}
	for _, arg := range spec.Args {
		v.Arguments = append(v.Arguments, templates.HelpArgument{Name: arg.Name, Words: arg.Allowed(b.lang())})
	}
	for _, example := range v.Command.Examples {
		v.Buttons = append(v.Buttons, templates.Button{Command: example})
	}
	return v
}
