package bot

import (
	"cmp"
	"context"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
)

// settings shows and changes what holds for the chat.
func (b speaker) settings(ctx context.Context, req Request, c command.Command) (Answer, error) {
	changed := c.Args.Lang != "" || c.Args.App != ""
	if changed {
		if err := b.prefer(ctx, req, c.Args); err != nil {
			return Answer{}, err
		}
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

// prefer changes what holds for the chat.
func (b speaker) prefer(ctx context.Context, req Request, a command.Args) error {
	if err := b.mayManage(ctx, req, nil); err != nil {
		return err
	}
	app, err := b.findApp(a.App)
	if err != nil {
		return err
	}
	return b.Chats.Prefer(ctx, req.ChatID, func(p *Preferences) {
		p.Language = cmp.Or(string(a.Lang), p.Language)
		if a.App != "" {
			p.AppID = app.ID
		}
	}, func(was, is Preferences) access.Change {
		return b.entry(req, access.SettingsSaved, req.ChatID, was.String(), is.String())
	})
}
