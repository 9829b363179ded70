package app

import (
	"context"
	"errors"
	"time"

	"usagebot/feishu"
)

// panelTimeout bounds the whole synchronisation: some calls for each command.
const panelTimeout = time.Minute

// fillPanel puts the commands into the platform's slash panel, once in a start and as well as it goes: typed commands do
// not depend on it, and the doctor says what is wrong with it.
func (a *App) fillPanel(ctx context.Context) {
	if a.health.wait(ctx) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, panelTimeout)
	defer cancel()
	changed, err := a.Client.SyncSlashCommands(ctx, a.Bot.SlashCommands())
	switch {
	case errors.Is(err, feishu.ErrNoSlashScope):
		a.Log.Info("the slash panel is left as it is: the app has no scope for it")
	case err != nil && ctx.Err() == nil:
		a.Log.Warn("the slash panel is not complete", "error", err, "changed", changed)
	case changed > 0:
		a.Log.Info("the slash panel was brought up to date", "changed", changed)
	}
}
