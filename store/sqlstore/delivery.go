package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/usage"
)

// deliveryColumns in the order of deliveryValues and readDelivery.
const deliveryColumns = "subscription_id, cycle, start, slot, state, reason, detail, " +
	"try_at, lease, fence, tries, sent_at, late_notice_at, late, done_at, message, searches, waited, zeros_from"

func deliveryValues(d reports.Delivery) []any {
	return []any{
		d.SubscriptionID, int64(d.Period.Cycle), d.Period.Start.String(), millis(d.Slot),
		string(d.State), string(d.Reason), text(d.Detail),
		millis(d.TryAt), millis(d.Lease), d.Fence, int64(d.Tries), millis(d.SentAt), millis(d.LateNoticeAt),
		boolInt(d.Late), millis(d.DoneAt), d.Message, int64(d.Searches), boolInt(d.Waited), dateText(d.ZerosFrom),
	}
}

func readDelivery(row scan) (d reports.Delivery, err error) {
	err = row(&d.SubscriptionID, &d.Period.Cycle, dateColumn{&d.Period.Start}, timeColumn{&d.Slot}, &d.State, &d.Reason, &d.Detail,
		timeColumn{&d.TryAt}, timeColumn{&d.Lease}, &d.Fence, &d.Tries, timeColumn{&d.SentAt}, timeColumn{&d.LateNoticeAt},
		&d.Late, timeColumn{&d.DoneAt}, &d.Message, &d.Searches, &d.Waited, dateColumn{&d.ZerosFrom})
	return d, err
}

// claimQuery chooses and claims in one statement. No other process can claim the same rows: PostgreSQL checks them again
// when it locks them, and SQLite has one writer. The choice is materialized because a plan that repeated it for each row
// would claim more than the limit. The update finds its rows by their key alone because a further condition could make the
// plan read all due rows.
func (s Deliveries) claimQuery() string { return s.claimOf(`state = 'waiting'`) }

// amendQuery is claimQuery for delivered digests that had zeros.
func (s Deliveries) amendQuery() string { return s.claimOf(`state = 'delivered' AND zeros_from <> ''`) }

func (s Deliveries) claimOf(condition string) string {
	return `WITH chosen AS MATERIALIZED (
			SELECT subscription_id AS of, cycle AS length, start AS day FROM deliveries
			WHERE ` + condition + ` AND try_at <= $1 AND lease <= $1 ORDER BY try_at LIMIT $2` + s.skipLocked + `)
		UPDATE deliveries SET lease = $3, fence = fence + 1 FROM chosen
		WHERE subscription_id = chosen.of AND cycle = chosen.length AND start = chosen.day
		RETURNING ` + deliveryColumns
}

// Claim implements reports.DeliveryStore.
func (s Deliveries) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]reports.Delivery, error) {
	return s.claim(ctx, "claim deliveries", s.claimQuery(), now, lease, limit)
}

// ClaimAmendments implements reports.DeliveryStore.
func (s Deliveries) ClaimAmendments(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]reports.Delivery, error) {
	return s.claim(ctx, "claim what was sent with zeros", s.amendQuery(), now, lease, limit)
}

func (s Deliveries) claim(ctx context.Context, what, query string, now time.Time, lease time.Duration, limit int) (claimed []reports.Delivery, err error) {
	err = s.transaction(ctx, what, func(ctx context.Context, tx *sql.Tx) (err error) {
		claimed, err = all(ctx, tx, readDelivery, query, millis(now), int64(limit), millis(now.Add(lease)))
		claimed, err = withoutUnreadable(s.conn, what, claimed, err)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(claimed, func(a, b reports.Delivery) int {
		return cmp.Or(a.TryAt.Compare(b.TryAt), a.Slot.Compare(b.Slot), cmp.Compare(a.SubscriptionID, b.SubscriptionID),
			cmp.Compare(a.Period.Start.String(), b.Period.Start.String()))
	})
	return claimed, nil
}

// Save implements reports.DeliveryStore. Without notices it is a single statement.
func (s Deliveries) Save(ctx context.Context, d reports.Delivery, hold bool, tell ...reports.Notice) error {
	if !hold {
		d.Lease = time.Time{}
	}
	if len(tell) == 0 {
		return s.withRetry(ctx, "save a delivery", func(ctx context.Context) error { return save(ctx, s.write, d) })
	}
	return s.transaction(ctx, "save a delivery", func(ctx context.Context, tx *sql.Tx) error {
		if err := save(ctx, tx, d); err != nil {
			return err
		}
		return insertNotices(ctx, tx, d.SubscriptionID, tell)
	})
}

// execer is a *sql.DB or a *sql.Tx.
type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func save(ctx context.Context, db execer, d reports.Delivery) error {
	result, err := db.ExecContext(ctx, `UPDATE deliveries SET state = $1, reason = $2, detail = $3, try_at = $4,
			lease = $5, tries = $6, sent_at = $7, late_notice_at = $8, late = $9, done_at = $10, message = $11, searches = $12, waited = $13,
			zeros_from = $14
		WHERE subscription_id = $15 AND cycle = $16 AND start = $17 AND fence = $18`,
		string(d.State), string(d.Reason), text(d.Detail), millis(d.TryAt), millis(d.Lease), int64(d.Tries),
		millis(d.SentAt), millis(d.LateNoticeAt), boolInt(d.Late), millis(d.DoneAt), d.Message, int64(d.Searches), boolInt(d.Waited),
		dateText(d.ZerosFrom), d.SubscriptionID, int64(d.Period.Cycle), d.Period.Start.String(), d.Fence)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return cmp.Or(err, reports.ErrFenced)
	}
	return nil
}

// Delivery implements reports.DeliveryStore.
func (s Deliveries) Delivery(ctx context.Context, subscriptionID string, p usage.Period) (d reports.Delivery, err error) {
	err = s.withRetry(ctx, "read a delivery", func(ctx context.Context) (err error) {
		d, err = readDelivery(s.read.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries
			WHERE subscription_id = $1 AND cycle = $2 AND start = $3`,
			subscriptionID, int64(p.Cycle), p.Start.String()).Scan)
		return orNotFound(err)
	})
	return d, err
}

// Reopen implements reports.DeliveryStore.
func (s Deliveries) Reopen(ctx context.Context, key, subscriptionID string, p usage.Period, now time.Time, c access.Change) (bool, error) {
	return s.idempotentOne(ctx, key, "reopen a delivery", c, func(ctx context.Context, tx *sql.Tx) error {
		return resetDelivery(ctx, tx, subscriptionID, p, now)
	})
}

// Run implements reports.DeliveryStore.
func (s Deliveries) Run(ctx context.Context, key, subscriptionID string, p usage.Period, now time.Time, c access.Change) (bool, error) {
	d := reports.Delivery{SubscriptionID: subscriptionID, Period: p, Slot: now, State: reports.Waiting, TryAt: now}
	return s.idempotentOne(ctx, key, "run a delivery", c, func(ctx context.Context, tx *sql.Tx) error {
		err := insertDelivery(ctx, tx, d)
		if errors.Is(err, reports.ErrUnchanged) {
			return resetDelivery(ctx, tx, subscriptionID, p, now)
		}
		return err
	})
}

// resetDelivery makes a delivery due now and clears what was tried and sent; earlier claimers are fenced.
// reports.ErrUnchanged if it is waiting, delivered or missing.
func resetDelivery(ctx context.Context, tx *sql.Tx, subscriptionID string, p usage.Period, now time.Time) error {
	return txExecChanged(ctx, tx, `UPDATE deliveries SET state = 'waiting', reason = '', detail = '',
			slot = $1, try_at = $1, lease = 0, fence = fence + 1, tries = 0, sent_at = 0, done_at = 0, message = '',
			searches = 0, waited = 0, zeros_from = ''
		WHERE subscription_id = $2 AND cycle = $3 AND start = $4 AND state IN ('failed', 'skipped', 'uncertain')`,
		millis(now), subscriptionID, int64(p.Cycle), p.Start.String())
}

// execChanged runs one statement and reports whether it changed a row.
func (db *conn) execChanged(ctx context.Context, what, statement string, args ...any) (changed bool, err error) {
	err = db.withRetry(ctx, what, func(ctx context.Context) error {
		result, err := db.write.ExecContext(ctx, statement, args...)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		changed = n > 0
		return err
	})
	return changed, err
}

// dueQuery reads only the first entries of two indexes, however many subscriptions follow.
const dueQuery = `SELECT ` + subscriptionColumns + ` FROM (
		SELECT * FROM (SELECT *, next_due AS moment FROM subscriptions
			WHERE state = 'active' AND next_due <= $1 ORDER BY next_due LIMIT CAST($2 AS BIGINT) + $3) AS active
		UNION ALL
		SELECT * FROM (SELECT *, paused_until AS moment FROM subscriptions
			WHERE state = 'paused' AND paused_until > 0 AND paused_until <= $1 AND reason <> 'chat_external' ORDER BY paused_until LIMIT CAST($2 AS BIGINT) + $3) AS paused
	) AS due ORDER BY moment, id LIMIT $2 OFFSET $3`

// Due implements reports.DeliveryStore.
func (s Deliveries) Due(ctx context.Context, now time.Time, skip, limit int) (due []reports.Subscription, more bool, err error) {
	rows := 0
	read := func(row scan) (reports.Subscription, error) {
		rows++
		return readSubscription(row)
	}
	due, err = selectAll(ctx, s.conn, "ask what is due", read, dueQuery, millis(now), int64(limit), int64(skip))
	return due, rows >= limit, err
}

// Open implements reports.DeliveryStore. The subscription is active afterwards. ErrConflict also if it was paused or
// removed meanwhile, or paused until another time.
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
			err := insertDelivery(ctx, tx, d)
			if errors.Is(err, reports.ErrUnchanged) && d.State == reports.Waiting {
				err = restartDelivery(ctx, tx, d)
			}
			if err != nil && !errors.Is(err, reports.ErrUnchanged) {
				return err
			}
		}
		return nil
	})
}

// restartDelivery lets a delivery start again at its new time if its period is due once more, because the schedule changed
// or the subscription came back. Earlier claimers are fenced. reports.ErrUnchanged if it was delivered or something of it
// was handed to the platform.
func restartDelivery(ctx context.Context, tx *sql.Tx, d reports.Delivery) error {
	return txExecChanged(ctx, tx, `UPDATE deliveries SET state = 'waiting', reason = '', detail = '',
			slot = $1, try_at = $2, lease = 0, fence = fence + 1, tries = 0, sent_at = 0, late = 0, done_at = 0, message = '',
			searches = 0, waited = 0, zeros_from = ''
		WHERE subscription_id = $3 AND cycle = $4 AND start = $5
			AND (state IN ('failed', 'skipped') OR state = 'waiting' AND sent_at = 0)`,
		millis(d.Slot), millis(d.TryAt), d.SubscriptionID, int64(d.Period.Cycle), d.Period.Start.String())
}

// insertDelivery stores a delivery; reports.ErrUnchanged if it is stored already.
func insertDelivery(ctx context.Context, tx *sql.Tx, d reports.Delivery) error {
	return txExecChanged(ctx, tx, `INSERT INTO deliveries (`+deliveryColumns+`) VALUES (`+placeholders(19)+`)
		ON CONFLICT (subscription_id, cycle, start) DO NOTHING`, deliveryValues(d)...)
}

const (
	historyQuery = `SELECT ` + deliveryColumns + ` FROM deliveries
		WHERE subscription_id IN (SELECT id FROM subscriptions WHERE chat_id = $1 AND ($2 = '' OR id = $2))
		ORDER BY slot DESC, start DESC, subscription_id LIMIT $3`
	overdueQuery = `SELECT count(*), coalesce(min(due), 0) FROM (
			SELECT slot AS due FROM deliveries WHERE state = 'waiting' AND slot <= $1
			UNION ALL SELECT next_due FROM subscriptions WHERE state = 'active' AND next_due <= $1
		) AS overdue`
)

// History implements reports.DeliveryStore. It includes deliveries of removed subscriptions.
func (s Deliveries) History(ctx context.Context, chatID, subscriptionID string, limit int) ([]reports.Delivery, error) {
	return selectAll(ctx, s.conn, "read a chat's history", readDelivery, historyQuery, chatID, subscriptionID, int64(limit))
}

// Overdue implements reports.DeliveryStore. It also counts subscriptions that are due and have no delivery yet: if the
// process that creates deliveries fails, the number must grow.
func (s Deliveries) Overdue(ctx context.Context, now time.Time) (count int, oldest time.Time, err error) {
	err = s.withRetry(ctx, "count overdue deliveries", func(ctx context.Context) error {
		return s.read.QueryRowContext(ctx, overdueQuery, millis(now)).Scan(&count, timeColumn{&oldest})
	})
	return count, oldest, err
}
