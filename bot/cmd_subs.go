package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
)

// subs lists the chat's subscriptions.
func (b speaker) subs(ctx context.Context, req Request, _ command.Command) (Answer, error) {
	list, err := b.subscriptionsFor(ctx, req)
	if err != nil {
		return Answer{}, err
	}
	v := templates.SubscriptionsView{Example: b.commands.Find("subscribe").Examples.First(b.lang())}
	for _, s := range list {
		shown, err := b.announced(ctx, s)
		if err != nil {
			return Answer{}, err
		}
		if err := b.addLast(ctx, s, &shown); err != nil {
			return Answer{}, err
		}
		v.Subscriptions = append(v.Subscriptions, shown)
	}
	return Answer{Card: b.templates.Subscriptions(b.language, v)}, nil
}

// subscriptionsFor returns the chat's subscriptions; from the menu, which knows no chat, the person's own.
func (b speaker) subscriptionsFor(ctx context.Context, req Request) ([]reports.Subscription, error) {
	if req.Person != "" {
		return b.Overview.All(ctx, reports.SubscriptionFilter{OwnerID: req.UserID}, listed)
	}
	return b.Ledger.InChat(ctx, req.ChatID)
}

// addLast tells what became of a subscription's last digests.
func (b speaker) addLast(ctx context.Context, s reports.Subscription, shown *templates.Subscription) error {
	last, err := b.Ledger.History(ctx, s.ChatID, s.ID, 10)
	if err != nil {
		return err
	}
	for i, d := range last {
		if i == 0 {
			shown.Last = &templates.Last{Outcome: templates.Outcome(d.State), Cause: templates.Cause(d.Reason)}
		}
		if d.State == reports.Delivered {
			shown.LastSent = d.DoneAt.In(b.zoneOf(s))
			return nil
		}
	}
	return nil
}
