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
		truth(d.Late), millis(d.DoneAt), d.Message, int64(d.Searches), truth(d.Waited), dateText(d.ZerosFrom),
	}
}

func readDelivery(row scan) (d reports.Delivery, err error) {
	err = row(&d.SubscriptionID, &d.Period.Cycle, day{&d.Period.Start}, moment{&d.Slot}, &d.State, &d.Reason, &d.Detail,
		moment{&d.TryAt}, moment{&d.Lease}, &d.Fence, &d.Tries, moment{&d.SentAt}, moment{&d.LateNoticeAt},
		&d.Late, moment{&d.DoneAt}, &d.Message, &d.Searches, &d.Waited, day{&d.ZerosFrom})
	return d, err
}

// claimQuery chooses and takes in one statement. What is chosen cannot be taken
// by another before: PostgreSQL has looked at it again when it locked it, and
// SQLite has one writer. The choice is materialized, since a plan that made it
// anew for each row would take more than the limit; and its rows are updated
// by their key alone, since a condition could make the plan go through all
// that is due.
func (s Deliveries) claimQuery() string { return s.claimOf(`state = 'waiting'`) }

// amendQuery is claimQuery for what was sent with zeros.
func (s Deliveries) amendQuery() string { return s.claimOf(`state = 'delivered' AND zeros_from <> ''`) }

func (s Deliveries) claimOf(condition string) string {
	return `WITH chosen AS MATERIALIZED (
			SELECT subscription_id AS of, cycle AS length, start AS day FROM deliveries
			WHERE ` + condition + ` AND try_at <= $1 AND lease <= $1 ORDER BY try_at LIMIT $2` + s.skipLocked + `)
		UPDATE deliveries SET lease = $3, fence = fence + 1 FROM chosen
		WHERE subscription_id = chosen.of AND cycle = chosen.length AND start = chosen.day
		RETURNING ` + deliveryColumns
}

// Claim implements reports.Store.
func (s Deliveries) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]reports.Delivery, error) {
	return s.claim(ctx, "claim deliveries", s.claimQuery(), now, lease, limit)
}

// ClaimAmendments implements reports.Store.
func (s Deliveries) ClaimAmendments(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]reports.Delivery, error) {
	return s.claim(ctx, "claim what was sent with zeros", s.amendQuery(), now, lease, limit)
}

func (s Deliveries) claim(ctx context.Context, what, query string, now time.Time, lease time.Duration, limit int) (claimed []reports.Delivery, err error) {
	err = s.transaction(ctx, what, func(ctx context.Context, tx *sql.Tx) (err error) {
		claimed, err = all(ctx, tx, readDelivery, query, millis(now), int64(limit), millis(now.Add(lease)))
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

// Save implements reports.Store. Without a notice it is one statement.
func (s Deliveries) Save(ctx context.Context, d reports.Delivery, hold bool, tell ...reports.Notice) error {
	if !hold {
		d.Lease = time.Time{}
	}
	if len(tell) == 0 {
		return s.again(ctx, "save a delivery", func(ctx context.Context) error { return save(ctx, s.write, d) })
	}
	return s.transaction(ctx, "save a delivery", func(ctx context.Context, tx *sql.Tx) error {
		if err := save(ctx, tx, d); err != nil {
			return err
		}
		return note(ctx, tx, d.SubscriptionID, tell)
	})
}

// doer is a *sql.DB or a *sql.Tx.
type doer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

func save(ctx context.Context, db doer, d reports.Delivery) error {
	result, err := db.ExecContext(ctx, `UPDATE deliveries SET state = $1, reason = $2, detail = $3, try_at = $4,
			lease = $5, tries = $6, sent_at = $7, late_notice_at = $8, late = $9, done_at = $10, message = $11, searches = $12, waited = $13,
			zeros_from = $14
		WHERE subscription_id = $15 AND cycle = $16 AND start = $17 AND fence = $18`,
		string(d.State), string(d.Reason), text(d.Detail), millis(d.TryAt), millis(d.Lease), int64(d.Tries),
		millis(d.SentAt), millis(d.LateNoticeAt), truth(d.Late), millis(d.DoneAt), d.Message, int64(d.Searches), truth(d.Waited),
		dateText(d.ZerosFrom), d.SubscriptionID, int64(d.Period.Cycle), d.Period.Start.String(), d.Fence)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return cmp.Or(err, reports.ErrFenced)
	}
	return nil
}

// Delivery implements reports.Store.
func (s Deliveries) Delivery(ctx context.Context, subscriptionID string, p usage.Period) (d reports.Delivery, err error) {
	err = s.again(ctx, "read a delivery", func(ctx context.Context) (err error) {
		d, err = readDelivery(s.read.QueryRowContext(ctx, `SELECT `+deliveryColumns+` FROM deliveries
			WHERE subscription_id = $1 AND cycle = $2 AND start = $3`,
			subscriptionID, int64(p.Cycle), p.Start.String()).Scan)
		return orNotFound(err)
	})
	return d, err
}

// Reopen implements reports.DeliveryStore.
func (s Deliveries) Reopen(ctx context.Context, key, subscriptionID string, p usage.Period, now time.Time, c access.Change) (bool, error) {
	return s.onceAs(ctx, key, "reopen a delivery", c, func(ctx context.Context, tx *sql.Tx) error {
		return reopen(ctx, tx, subscriptionID, p, now)
	})
}

// Run implements reports.DeliveryStore.
func (s Deliveries) Run(ctx context.Context, key, subscriptionID string, p usage.Period, now time.Time, c access.Change) (bool, error) {
	d := reports.Delivery{SubscriptionID: subscriptionID, Period: p, Slot: now, State: reports.Waiting, TryAt: now}
	return s.onceAs(ctx, key, "run a delivery", c, func(ctx context.Context, tx *sql.Tx) error {
		err := enter(ctx, tx, d)
		if errors.Is(err, reports.ErrUnchanged) {
			return reopen(ctx, tx, subscriptionID, p, now)
		}
		return err
	})
}

// reopen lets a delivery begin anew, due now: what was tried and sent is
// forgotten, and whoever held it before is fenced. reports.ErrUnchanged when it
// is open or delivered, or not there.
func reopen(ctx context.Context, tx *sql.Tx, subscriptionID string, p usage.Period, now time.Time) error {
	return alter(ctx, tx, `UPDATE deliveries SET state = 'waiting', reason = '', detail = '',
			slot = $1, try_at = $1, lease = 0, fence = fence + 1, tries = 0, sent_at = 0, done_at = 0, message = '',
			searches = 0, waited = 0, zeros_from = ''
		WHERE subscription_id = $2 AND cycle = $3 AND start = $4 AND state IN ('failed', 'skipped', 'uncertain')`,
		millis(now), subscriptionID, int64(p.Cycle), p.Start.String())
}

// update makes one statement and reports whether it changed a row.
func (db *conn) update(ctx context.Context, what, statement string, args ...any) (changed bool, err error) {
	err = db.again(ctx, what, func(ctx context.Context) error {
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
