package bot

import (
	"strings"

	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/templates"
)

// SlashCommands returns the lines for the platform's slash panel: what everybody may use, by the English names, since the
// panel takes no others, with descriptions in both languages.
func (b *Bot) SlashCommands() []feishu.SlashCommand {
	var list []feishu.SlashCommand
	for _, spec := range b.all.Specs(func(s *command.Spec) bool { return s.Who != command.AdminOnly }) {
		zh := b.templates.CommandLine(templates.Chinese, spec.Name())
		if zh == "" || !panelName(spec.Name()) {
			continue
		}
		en := b.templates.CommandLine(templates.English, spec.Name())
		standard := zh
		if b.Language == string(templates.English) {
			standard = en
		}
		list = append(list, feishu.SlashCommand{
			Name: spec.Name(), Description: standard, Localized: map[string]string{"zh_cn": zh, "en_us": en},
		})
	}
	return list
}

// panelName reports whether the panel takes the name: letters, digits and underscores.
func panelName(name string) bool {
	return name != "" && strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
