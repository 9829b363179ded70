package sqlstore

import (
	"context"
	"time"

	"usagebot/reports"
)

const (
	historyQuery = `SELECT ` + deliveryColumns + ` FROM deliveries
		WHERE subscription_id IN (SELECT id FROM subscriptions WHERE chat_id = $1 AND ($2 = '' OR id = $2))
		ORDER BY slot DESC, start DESC, subscription_id LIMIT $3`
	overdueQuery = `SELECT count(*), coalesce(min(due), 0) FROM (
			SELECT slot AS due FROM deliveries WHERE state = 'waiting' AND slot <= $1
			UNION ALL SELECT next_due FROM subscriptions WHERE state = 'active' AND next_due <= $1
		) AS overdue`
)

// History implements reports.Store. Deliveries of removed subscriptions are
// among them.
func (s Deliveries) History(ctx context.Context, chatID, subscriptionID string, limit int) ([]reports.Delivery, error) {
	return lookUp(ctx, s.conn, "read a chat's history", readDelivery, historyQuery, chatID, subscriptionID, int64(limit))
}

// Overdue implements reports.Store. What was never entered counts as well: if
// nothing is, something is wrong.
func (s Deliveries) Overdue(ctx context.Context, now time.Time) (count int, oldest time.Time, err error) {
	err = s.again(ctx, "count overdue deliveries", func(ctx context.Context) error {
		return s.read.QueryRowContext(ctx, overdueQuery, millis(now)).Scan(&count, moment{&oldest})
	})
	return count, oldest, err
}
