package app

import (
	"context"

	"usagebot/bot"
	"usagebot/doctor"
)

// Examine is the running bot looking at itself, by the same checks and with its own parts.
func (a *App) Examine(ctx context.Context) []doctor.Finding {
	p := doctor.Parts{Config: a.Config, Now: a.now, Redis: a.redis, Client: a.Client, Admins: a.Rights.Administrators, InUse: a.SQL.InUse}
	if a.long != nil {
		p.Connection = a.long.State
	}
	return doctor.RunOn(ctx, p)
}

// diagnose is examine for a chat.
func (a *App) diagnose(ctx context.Context, language string) (told []bot.Finding) {
	words := doctor.Wording(doctor.Language(language))
	for _, f := range a.Examine(ctx) {
		text := words.Text(f)
		told = append(told, bot.Finding{Status: string(f.Status), What: text.Title + " · " + text.Detail, Todo: text.Todo})
	}
	return told
}
