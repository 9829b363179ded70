package bot

import (
	"context"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
)

// settings shows and changes what holds for the chat.
func (b speaker) settings(ctx context.Context, req Request, c command.Command) (Answer, error) {
	set, err := b.Chats.Preferences(ctx, req.ChatID)
	if err != nil {
		return Answer{}, err
	}
	was := set
	changed := c.Args.Lang != "" || c.Args.App != ""
	if changed {
		if err := b.mayManage(ctx, req, nil); err != nil {
			return Answer{}, err
		}
		if c.Args.Lang != "" {
			set.Language = string(c.Args.Lang)
		}
		if c.Args.App != "" {
			app, err := b.findApp(c.Args.App)
			if err != nil {
				return Answer{}, err
			}
			set.AppID = app.ID
		}
		if err := b.Chats.Prefer(ctx, req.ChatID, set); err != nil {
			return Answer{}, err
		}
		b.changedBy(ctx, req, access.SettingsSaved, req.ChatID, was.String(), set.String())
		spoken := b.Bot.speaker(ctx, req.ChatID)
		b.language, b.app = spoken.language, spoken.app
	}
	v := templates.SettingsView{Changed: changed, Language: b.language, App: b.app, Languages: map[templates.Language]string{}}
	for _, lang := range templates.Languages() {
		v.Languages[lang] = "/settings lang:" + string(lang)
	}
	for _, app := range *b.apps.Load() {
		set := command.Command{Name: "settings", Args: command.Args{App: app.ID}}
		v.Apps = append(v.Apps, templates.AppChoice{App: app, Command: set.String()})
	}
	return Answer{Card: b.templates.Settings(b.language, v)}, nil
}
