package app

import (
	"context"

	"usagebot/bot"
	"usagebot/doctor"
	"usagebot/locale"
)

// RunChecks runs the doctor's checks with the running bot's own parts.
func (a *App) RunChecks(ctx context.Context) []doctor.Finding {
	p := doctor.Parts{Config: a.Config, Now: a.now, Redis: a.shared.redis, Limiter: a.shared.limiter, Client: a.Client, Admins: a.Rights.Administrators, InUse: a.SQL.InUse}
	if a.longConn != nil {
		p.Connection = a.longConn.State
	}
	return doctor.RunOn(ctx, p)
}

// checkForChat runs the checks and words their findings in the language of a chat.
func (a *App) checkForChat(ctx context.Context, language locale.Language) (told []bot.Finding) {
	words := doctor.CatalogFor(language)
	for _, f := range a.RunChecks(ctx) {
		text := words.Text(f)
		told = append(told, bot.Finding{Status: string(f.Status), What: text.Title + " · " + text.Detail, Todo: text.Todo})
	}
	return told
}
