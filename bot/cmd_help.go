package bot

import (
	"cmp"
	"context"
	"strings"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/locale"
	"usagebot/templates"
)

// helpCommands explain the commands, and show and change the settings of a chat.
type helpCommands struct {
	conversations *conversations
	chats         chats
	subs          *subscriptions
}

// help lists the commands that the person may use, or explains one.
func (h *helpCommands) help(_ context.Context, c conversation, _ Request, cmd command.Command) (Answer, error) {
	if spec := c.commands.Find(cmd.Args.Topic); spec != nil {
		if err := c.mayUse(spec); err != nil {
			return Answer{}, err
		}
		if len(c.commands.OfferedUnder(spec.Name())) > 0 {
			return helpUnder(c, spec.Name()), nil
		}
		return Answer{Private: true, Card: templates.HelpTopic(c.words(), helpTopic(c, spec))}, nil
	}
	return Answer{Private: true, Card: templates.Help(c.words(), helpView(c, c.commands.Offered()))}, nil
}

// adminHelp lists the administrators' commands.
func (h *helpCommands) adminHelp(_ context.Context, c conversation, _ Request, _ command.Command) (Answer, error) {
	return helpUnder(c, "admin"), nil
}

// helpUnder lists the commands under another.
func helpUnder(c conversation, name string) Answer {
	return Answer{Private: true, Card: templates.Help(c.words(), helpView(c, c.commands.OfferedUnder(name)))}
}

// helpView lists commands, and lets one be chosen that is explained on a page of its own.
func helpView(c conversation, specs []*command.Spec) templates.HelpView {
	var v templates.HelpView
	for _, spec := range specs {
		v.Commands = append(v.Commands, helpCommand(c, spec))
		v.Topics.Options = append(v.Topics.Options, templates.Option{Text: "/" + spec.Called(c.language), Value: spec.Name()})
	}
	v.Topics.Line, v.Topics.Arg = "/help", command.TopicArg().Name
	return v
}

func helpCommand(c conversation, spec *command.Spec) templates.HelpCommand {
	return templates.HelpCommand{Name: spec.Name(), Word: "/" + spec.Called(c.language), Usage: spec.Usage(c.language), Examples: spec.Examples.In(c.language)}
}

func helpTopic(c conversation, spec *command.Spec) templates.HelpTopicView {
	v := templates.HelpTopicView{Command: helpCommand(c, spec)}
	for _, arg := range spec.Args {
		v.Arguments = append(v.Arguments, templates.HelpArgument{Name: arg.Name, Words: arg.Allowed(c.language)})
	}
	v.Buttons = exampleButtons(c, spec)
	return v
}

// exampleButtons returns the examples that can be tried as they are. Those with names in them are for copying only, since
// this organisation may have no such department or app. So are those that change something: a click in help should not
// subscribe anybody.
func exampleButtons(c conversation, spec *command.Spec) (buttons []templates.Button) {
	if spec.Who == command.Manager || spec.Who == command.AdminOnly || spec.Name() == "forget-me" {
		return nil
	}
	for _, example := range spec.Examples.In(c.language) {
		if cmd, err := c.commands.Parse(example); err == nil && c.commands.May(c.commands.Find(cmd.Name)) && cmd.Args.Dept == "" && cmd.Args.App == "" {
			buttons = append(buttons, templates.Button{Command: example})
		}
	}
	return buttons
}

// SlashCommands returns the entries for the platform's slash panel: what everybody may use, described in both languages. The
// panel takes English names only.
func (b *Bot) SlashCommands() []feishu.SlashCommand {
	var list []feishu.SlashCommand
	for _, spec := range b.shared.grammar.Specs(func(s *command.Spec) bool { return s.Who != command.AdminOnly }) {
		zh := templates.CommandLine(b.shared.templates.In(locale.Chinese), spec.Name())
		name := spec.Called(locale.English)
		if zh == "" || !isPanelName(name) {
			continue
		}
		en := templates.CommandLine(b.shared.templates.In(locale.English), spec.Name())
		standard := zh
		if b.shared.defaultLanguage == locale.English {
			standard = en
		}
		list = append(list, feishu.SlashCommand{
			Name: name, Description: standard, Localized: map[string]string{"zh_cn": zh, "en_us": en},
		})
	}
	return list
}

// isPanelName reports whether the slash panel takes the name: letters, digits and underscores.
func isPanelName(name string) bool {
	return name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// settings shows the settings of the chat, or changes them.
func (h *helpCommands) settings(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	changed := cmd.Args.Lang != "" || cmd.Args.App != ""
	if changed {
		if err := h.prefer(ctx, c, req, cmd.Args); err != nil {
			return Answer{}, err
		}
		fresh := h.conversations.in(ctx, req.ChatID)
		c.language, c.app = fresh.language, fresh.app
	}
	v := templates.SettingsView{Changed: changed, Language: c.language, App: c.app, Languages: map[locale.Language]string{}}
	for _, lang := range locale.Languages() {
		v.Languages[lang] = "/settings lang:" + string(lang)
	}
	for _, app := range c.apps.all() {
		set := command.Command{Name: "settings", Args: command.Args{App: app.ID}}
		v.Apps = append(v.Apps, templates.AppChoice{App: app, Command: set.String()})
	}
	return Answer{Card: templates.Settings(c.words(), v)}, nil
}

// prefer changes the settings of the chat.
func (h *helpCommands) prefer(ctx context.Context, c conversation, req Request, a command.Args) error {
	if err := h.subs.mayManage(ctx, c.rights, req, nil); err != nil {
		return err
	}
	app, err := c.findApp(a.App)
	if err != nil {
		return err
	}
	return h.chats.Prefer(ctx, req.Key, req.ChatID, func(p *Preferences) {
		p.Language = cmp.Or(string(a.Lang), p.Language)
		if a.App != "" {
			p.AppID = app.ID
		}
	}, func(was, is Preferences) access.Change {
		return auditEntry(c.now(), req, access.SettingsSaved, req.ChatID, settingsSummary(was), settingsSummary(is))
	})
}
