package app

import (
	"context"
	"fmt"
	"time"

	"usagebot/config"
	"usagebot/feishu/events"
)

// ConnectionGrace is how long a lost connection may take to come back before the bot counts as not ready: the SDK's
// client waits up to 30 s before it connects again, so that not all clients come at once.
const ConnectionGrace = 30 * time.Second

// openWayIn makes what takes the platform's events: the webhook, or the long connection and no webhook.
func (a *App) openWayIn() (*events.Webhook, error) {
	if a.Config.EventMode != config.WebSocket {
		webhook, err := events.NewWebhook(events.WebhookSettings{
			AppID: a.Config.AppID, EncryptKey: a.Config.EncryptKey.Reveal(), VerificationToken: a.Config.VerificationToken.Reveal(),
			Handle: a.handle, Full: a.Bot.Full, Now: a.now, Log: a.Log, Observe: a.metrics.event,
		})
		if err != nil {
			return nil, fmt.Errorf("preparing the webhook: %w", err)
		}
		return webhook, nil
	}
	long, err := events.NewLongConnection(events.LongConnectionSettings{
		AppID: a.Config.AppID, AppSecret: a.Config.AppSecret.Reveal(), BaseURL: a.Config.BaseURL,
		Handle: a.handle, Pause: a.Pause, Now: a.now, Log: a.Log, Observe: a.metrics.event,
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the long connection: %w", err)
	}
	a.long = long
	a.metrics.watchConnection(long.State)
	a.health.needs(a.disconnected)
	return nil, nil
}

// connect keeps the long connection open, once the bot knows itself: before that it could not tell whom a message in a
// group is for.
func (a *App) connect(ctx context.Context) {
	if a.health.wait(ctx) == nil {
		a.long.Run(ctx)
	}
}

// disconnected says why no events come over the long connection; empty when they do, or will soon again.
func (a *App) disconnected() string {
	s := a.long.State()
	switch {
	case s.Up || !s.LostAt.IsZero() && a.now().Sub(s.LostAt) < ConnectionGrace:
		return ""
	case s.Code != 0:
		return fmt.Sprintf("the long connection is refused (code %d)", s.Code)
	}
	return "the long connection is not open"
}
