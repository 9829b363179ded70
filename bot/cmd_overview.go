package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
)

// everySubscription lists the subscriptions of all chats, or of those that are asked for.
func (b speaker) everySubscription(ctx context.Context, req Request, c command.Command) (Answer, error) {
	which := reports.SubscriptionFilter{ChatID: c.Args.Chat, State: reports.SubscriptionState(c.Args.State)}
	if which.ChatID == command.ThisChat {
		which.ChatID = req.ChatID
	}
	if c.Args.App != "" {
		app, err := b.findApp(c.Args.App)
		if err != nil {
			return Answer{}, err
		}
		which.AppID = app.ID
	}
	n, err := b.Overview.Count(ctx, which)
	if err != nil {
		return Answer{}, err
	}
	c.Args.Page = min(c.Args.Page, 1+(n-1)/templates.SubscriptionsOnPage) // some may have been removed since
	which.Skip = skipped(c, templates.SubscriptionsOnPage)
	list, err := b.Overview.All(ctx, which, templates.SubscriptionsOnPage)
	if err != nil {
		return Answer{}, err
	}
	v := templates.EverySubscriptionView{All: n, Turn: turn(c, which.Skip+len(list) < n)}
	for _, s := range list {
		row, err := b.governed(ctx, s)
		if err != nil {
			return Answer{}, err
		}
		v.Subscriptions = append(v.Subscriptions, row)
	}
	return Answer{Card: b.templates.EverySubscription(b.language, v)}, nil
}

// governed is a subscription as an administrator sees it.
func (b speaker) governed(ctx context.Context, s reports.Subscription) (templates.ChatSubscription, error) {
	shown, err := b.announced(ctx, s)
	shown.Actions.HandOver = idCommand("admin hand-over", s.ID)
	return templates.ChatSubscription{Subscription: shown, ChatID: s.ChatID, ChatName: b.chatName(ctx, s.ChatID)}, err
}

// chatList lists the chats that the bot knows.
func (b speaker) chatList(ctx context.Context, req Request, c command.Command) (Answer, error) {
	skip := skipped(c, templates.ChatsOnPage)
	rooms, err := b.Overview.ChatSummaries(ctx, skip, templates.ChatsOnPage+1) // one more tells whether there is another page
	if err != nil {
		return Answer{}, err
	}
	if len(rooms) == 0 && skip > 0 { // there were more of them
		c.Args.Page = 0
		return b.chatList(ctx, req, c)
	}
	v := templates.ChatsView{Turn: turn(c, len(rooms) > templates.ChatsOnPage)}
	rooms = rooms[:min(len(rooms), templates.ChatsOnPage)]
	for _, r := range rooms {
		row := templates.ChatRow{ID: r.ChatID, Name: r.Name, Subscriptions: r.Subscriptions}
		if r.Subscriptions > 0 {
			row.Show = command.Command{Name: "admin subs", Args: command.Args{Chat: r.ChatID}}.String()
		}
		v.Chats = append(v.Chats, row)
	}
	return Answer{Card: b.templates.Chats(b.language, v)}, nil
}

// everyHistory lists the newest deliveries of all chats.
func (b speaker) everyHistory(ctx context.Context, _ Request, c command.Command) (Answer, error) {
	list, err := b.Overview.Latest(ctx, reports.DeliveryState(c.Args.State), listed)
	if err != nil {
		return Answer{}, err
	}
	v := templates.HistoryView{Zone: b.Zone.String()}
	if v.Entries, err = b.historyEntries(ctx, list); err != nil {
		return Answer{}, err
	}
	return Answer{Card: b.templates.History(b.language, v)}, nil
}

// skipped is how many entries stand on the pages before the one that is asked for.
func skipped(c command.Command, onPage int) int { return (max(c.Args.Page, 1) - 1) * onPage }

// turn leads to the pages before and after the one that is asked for.
func turn(c command.Command, more bool) templates.Turn {
	page := max(c.Args.Page, 1)
	to := func(page int) string {
		c.Args.Page = page
		return c.String()
	}
	t := templates.Turn{Page: page}
	if page > 1 {
		t.Back = to(page - 1)
	}
	if more {
		t.On = to(page + 1)
	}
	return t
}
