package e2e

import (
	"context"
	"fmt"

	"usagebot/access"
	"usagebot/reports"
)

// order is a change that a simulated user makes: its name in the audit, and the state after it.
type order struct {
	act  access.Act
	line string
	made func()
}

// nextOrder chooses what a simulated user changes: mostly the chat's subscription.
func (p *simUser) nextOrder(ctx context.Context) order {
	switch n := p.random.IntN(4); {
	case n == 0:
		return p.otherLanguage()
	case n == 1 && p.admin:
		return p.otherRole()
	}
	return p.nextSubscription(ctx)
}

func (p *simUser) otherLanguage() order {
	language := "en"
	if p.language == language {
		language = "zh"
	}
	return order{access.SettingsSaved, "/settings lang:" + language, func() { p.language = language }}
}

func (p *simUser) otherRole() order {
	if p.granted {
		return order{access.Revoked, "/admin revoke " + p.chat + " confirm", func() { p.granted = false }}
	}
	return order{access.Granted, "/admin grant " + p.chat + " viewer", func() { p.granted = true }}
}

func (p *simUser) nextSubscription(ctx context.Context) order {
	becomes := func(state reports.SubscriptionState) func() { return func() { p.want = state } }
	if p.want == "" || p.want == reports.Removed {
		return order{access.Subscribed, "/subscribe weekly h5", becomes(reports.Active)}
	}
	id := p.subscription(ctx).ID
	switch {
	case p.random.IntN(3) == 0:
		return order{access.Removed, fmt.Sprintf("/unsubscribe %s confirm", id), becomes(reports.Removed)}
	case p.want == reports.Active:
		return order{access.Paused, "/pause " + id, becomes(reports.Paused)}
	}
	return order{access.Resumed, "/resume " + id, becomes(reports.Active)}
}
