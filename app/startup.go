package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"

	"usagebot/feishu"
	"usagebot/usage/directory"
)

// identifyWithRetry calls Identify until it succeeds, and then sets the bot ready. Until then the bot cannot distinguish a
// mention of itself from one of another bot, and its credentials may be wrong.
func (a *App) identifyWithRetry(ctx context.Context) {
	pause := backoff.NewExponentialBackOff()
	pause.MaxInterval = 30 * time.Second
	for {
		err := a.Identify(ctx)
		if err == nil {
			a.health.setReady()
			return
		}
		reason := "the platform cannot be reached"
		if refusal := new(feishu.Error); errors.As(err, &refusal) && feishu.AppRejected.Is(err) {
			reason = "the platform refuses the app or its credentials"
			if refusal.Code != 0 {
				reason += fmt.Sprintf(" (code %d)", refusal.Code)
			}
		}
		a.health.setUnready(reason)
		a.Log.Warn("the bot does not know itself yet", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause.NextBackOff()):
		}
	}
}

// Identify asks the platform for the bot's open_id and name, and for the names of the apps.
func (a *App) Identify(ctx context.Context) error {
	self, err := a.Client.Bot(ctx)
	if err != nil {
		return err
	}
	a.Bot.Identify(self, a.appNames(ctx, self))
	if err := a.Bot.ReadApps(ctx); err != nil {
		a.Log.Warn("the apps that administrators chose could not be read", "error", err)
	}
	return nil
}

// appNames completes the names of the apps. An app whose name the platform does not give is called by its id.
func (a *App) appNames(ctx context.Context, self feishu.BotInfo) directory.Apps {
	apps := namedApps(a.Config)
	for i := range apps {
		if apps[i].Name != "" {
			continue
		}
		if apps[i].ID == a.Config.AppID {
			apps[i].Name = self.Name
			continue
		}
		name, err := a.Client.App(ctx, apps[i].ID, string(a.Config.Language))
		if err != nil {
			a.Log.Warn("an app's name could not be asked for: set it in APPS", "app", apps[i].ID, "error", err)
		}
		apps[i].Name = name
	}
	for i := range apps {
		if apps[i].Name == "" {
			apps[i].Name = apps[i].ID
		}
	}
	return apps
}

// slashSyncTimeout bounds the whole synchronisation, which makes a call or two for each command.
const slashSyncTimeout = time.Minute

// syncSlashCommands updates the commands in the platform's slash panel, once at each start. A failure is only logged: typed
// commands do not depend on the panel, and the doctor reports what is wrong with it.
func (a *App) syncSlashCommands(ctx context.Context) {
	if a.health.waitReady(ctx) != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, slashSyncTimeout)
	defer cancel()
	changed, err := a.Client.SlashPanel().Sync(ctx, a.Bot.SlashCommands())
	switch {
	case errors.Is(err, feishu.ErrNoSlashScope):
		a.Log.Info("the slash panel is left as it is: the app has no scope for it")
	case err != nil && ctx.Err() == nil:
		a.Log.Warn("the slash panel is not complete", "error", err, "changed", changed)
	case changed > 0:
		a.Log.Info("the slash panel was brought up to date", "changed", changed)
	}
}
