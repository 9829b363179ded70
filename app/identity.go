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

// introduce asks the platform who the bot is, until it knows. Before that it is not ready: it cannot tell a mention of
// itself from that of another bot, and its credentials may be wrong.
func (a *App) introduce(ctx context.Context) {
	pause := backoff.NewExponentialBackOff()
	pause.MaxInterval = 30 * time.Second
	for {
		err := a.Introduce(ctx)
		if err == nil {
			a.health.ready()
			return
		}
		reason := "the platform cannot be reached"
		if refusal := new(feishu.Error); errors.As(err, &refusal) && feishu.Ours.Is(err) {
			reason = "the platform refuses the app or its credentials"
			if refusal.Code != 0 {
				reason += fmt.Sprintf(" (code %d)", refusal.Code)
			}
		}
		a.health.unready(reason)
		a.Log.Warn("the bot does not know itself yet", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause.NextBackOff()):
		}
	}
}

// Introduce asks the platform who the bot and its apps are.
func (a *App) Introduce(ctx context.Context) error {
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

// appNames completes the names of the apps. An app whose name cannot be had is called by its id.
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
