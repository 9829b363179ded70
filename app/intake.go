package app

import (
	"context"
	"fmt"
	"time"

	"usagebot/config"
	"usagebot/feishu/events"
)

// ConnectionGrace is how long a lost connection may take to come back before the bot counts as not ready. The SDK's client
// waits up to 30 s before it reconnects, so that clients do not all reconnect at once.
const ConnectionGrace = 30 * time.Second

// startIntake prepares how events are received: it returns the webhook, or sets up the long connection and returns nil.
func (a *App) startIntake() (*events.Webhook, error) {
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
		Handle: a.handle, RetryWait: a.ReconnectDelay, Now: a.now, Log: a.Log, Observe: a.metrics.event,
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the long connection: %w", err)
	}
	a.longConn = long
	a.metrics.registerConnection(long.State)
	a.health.setExtraCheck(a.longConnProblem)
	return nil, nil
}

// runLongConn keeps the long connection open, once the bot knows itself: before that it could not tell whom a message in a
// group is for.
func (a *App) runLongConn(ctx context.Context) {
	if a.health.waitReady(ctx) == nil {
		a.longConn.Run(ctx)
	}
}

// longConnProblem returns why no events arrive over the long connection, or "" if it is open or was lost only just now.
func (a *App) longConnProblem() string {
	s := a.longConn.State()
	switch {
	case s.Up || !s.LostAt.IsZero() && a.now().Sub(s.LostAt) < ConnectionGrace:
		return ""
	case s.Code != 0:
		return fmt.Sprintf("the long connection is refused (code %d)", s.Code)
	}
	return "the long connection is not open"
}
