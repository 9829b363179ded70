package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"usagebot/reports"
)

// dueQuery reads the beginning of two indexes, whatever stands behind.
const dueQuery = `SELECT ` + subscriptionColumns + ` FROM (
		SELECT * FROM (SELECT *, next_due AS moment FROM subscriptions
			WHERE state = 'active' AND next_due <= $1 ORDER BY next_due LIMIT $2) AS active
		UNION ALL
		SELECT * FROM (SELECT *, paused_until AS moment FROM subscriptions
			WHERE state = 'paused' AND paused_until > 0 AND paused_until <= $1 ORDER BY paused_until LIMIT $2) AS paused
	) AS due ORDER BY moment, id LIMIT $2`

// Due implements reports.Store.
func (s Deliveries) Due(ctx context.Context, now time.Time, limit int) ([]reports.Subscription, error) {
	return lookUp(ctx, s.conn, "ask what is due", readSubscription, dueQuery, millis(now), int64(limit))
}

// Open implements reports.Store. The subscription is active afterwards. One
// that was paused or removed meanwhile, or until another time, has moved as
// well.
func (s Deliveries) Open(ctx context.Context, sub reports.Subscription, next time.Time, entries []reports.Delivery) error {
	return s.transaction(ctx, "open deliveries", func(ctx context.Context, tx *sql.Tx) error {
		moved, err := tx.ExecContext(ctx, `UPDATE subscriptions
			SET next_due = $1, state = 'active', reason = '', paused_until = 0, version = version + 1
			WHERE id = $2 AND next_due = $3 AND state = $4 AND paused_until = $5
				AND (state = 'active' OR state = 'paused' AND paused_until > 0)`,
			millis(next), sub.ID, millis(sub.NextDue), string(sub.State), millis(sub.PausedUntil))
		if err != nil {
			return err
		}
		if n, err := moved.RowsAffected(); err != nil || n == 0 {
			return cmp.Or(err, reports.ErrConflict)
		}
		for _, d := range entries {
			d.SubscriptionID = sub.ID
			err := enter(ctx, tx, d)
			if errors.Is(err, reports.ErrUnchanged) && d.State == reports.Waiting {
				err = enterAgain(ctx, tx, d)
			}
			if err != nil && !errors.Is(err, reports.ErrUnchanged) {
				return err
			}
		}
		return nil
	})
}

// enterAgain lets a delivery whose period is due once more begin anew, at its
// new time: the schedule was changed, or the subscription came back. Whoever
// held it before is fenced. reports.ErrUnchanged when it was delivered, or
// something of it was handed to the platform.
func enterAgain(ctx context.Context, tx *sql.Tx, d reports.Delivery) error {
	return alter(ctx, tx, `UPDATE deliveries SET state = 'waiting', reason = '', detail = '',
			slot = $1, try_at = $2, lease = 0, fence = fence + 1, tries = 0, sent_at = 0, late = 0, done_at = 0, message = '',
			searches = 0, waited = 0, zeros_from = ''
		WHERE subscription_id = $3 AND cycle = $4 AND start = $5
			AND (state IN ('failed', 'skipped') OR state = 'waiting' AND sent_at = 0)`,
		millis(d.Slot), millis(d.TryAt), d.SubscriptionID, int64(d.Period.Cycle), d.Period.Start.String())
}

// enter keeps a delivery; reports.ErrUnchanged when it is there.
func enter(ctx context.Context, tx *sql.Tx, d reports.Delivery) error {
	return alter(ctx, tx, `INSERT INTO deliveries (`+deliveryColumns+`) VALUES (`+placeholders(19)+`)
		ON CONFLICT (subscription_id, cycle, start) DO NOTHING`, deliveryValues(d)...)
}
