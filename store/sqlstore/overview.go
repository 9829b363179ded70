package sqlstore

import (
	"context"

	"usagebot/reports"
)

// All implements reports.Overview.
func (s Overview) All(ctx context.Context, w reports.SubscriptionFilter, limit int) ([]reports.Subscription, error) {
	return lookUp(ctx, s.conn, "list subscriptions", readSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions
		WHERE state <> 'removed' AND ($1 = '' OR chat_id = $1) AND ($2 = '' OR app_id = $2) AND ($3 = '' OR state = $3)
			AND ($4 = '' OR owner_id = $4) AND ($5 = 0 OR NOT (state = 'paused' AND reason = 'chat_gone'))
		ORDER BY created_at, id LIMIT $6 OFFSET $7`,
		w.ChatID, w.AppID, string(w.State), w.OwnerID, truth(w.Reachable), int64(limit), int64(w.Skip))
}

// Count implements reports.Overview.
func (s Overview) Count(ctx context.Context, w reports.SubscriptionFilter) (int, error) {
	return s.number(ctx, "count subscriptions", `SELECT count(*) FROM subscriptions
		WHERE state <> 'removed' AND ($1 = '' OR chat_id = $1) AND ($2 = '' OR app_id = $2) AND ($3 = '' OR state = $3)
			AND ($4 = '' OR owner_id = $4) AND ($5 = 0 OR NOT (state = 'paused' AND reason = 'chat_gone'))`,
		w.ChatID, w.AppID, string(w.State), w.OwnerID, truth(w.Reachable))
}

// Latest implements reports.Overview.
func (s Overview) Latest(ctx context.Context, state reports.DeliveryState, limit int) ([]reports.Delivery, error) {
	return lookUp(ctx, s.conn, "list deliveries", readDelivery, `SELECT `+deliveryColumns+` FROM deliveries
		WHERE $1 = '' OR state = $1 ORDER BY slot DESC, subscription_id LIMIT $2`, string(state), int64(limit))
}

// Next implements reports.Overview.
func (s Overview) Next(ctx context.Context, limit int) ([]reports.Subscription, error) {
	return lookUp(ctx, s.conn, "list what is due next", readSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions
		WHERE state = 'active' ORDER BY next_due, id LIMIT $1`, int64(limit))
}

// ChatSummaries returns the chats that the bot has something to do with, and how many
// subscriptions each has.
func (s Overview) ChatSummaries(ctx context.Context, skip, limit int) ([]reports.ChatSummary, error) {
	read := func(row scan) (r reports.ChatSummary, err error) {
		err = row(&r.ChatID, &r.Name, &r.Subscriptions)
		return r, err
	}
	return lookUp(ctx, s.conn, "list the chats", read, `SELECT c.id, c.name, count(s.id) FROM chats c
		LEFT JOIN subscriptions s ON s.chat_id = c.id AND s.state <> 'removed'
		GROUP BY c.id, c.name ORDER BY count(s.id) DESC, c.id LIMIT $1 OFFSET $2`, int64(limit), int64(skip))
}

func (db *conn) number(ctx context.Context, what, query string, args ...any) (int, error) {
	read := func(row scan) (n int, err error) {
		err = row(&n)
		return n, err
	}
	found, err := lookUp(ctx, db, what, read, query, args...)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	return found[0], nil
}
