package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"time"

	"usagebot/reports"
	"usagebot/usage"
)

// insertNotices stores what a subscription's owner must be told. A notice that is stored already, and may be on its way,
// is to be sent again.
func insertNotices(ctx context.Context, tx *sql.Tx, subscriptionID string, notices []reports.Notice) error {
	for _, n := range notices {
		start := ""
		if n.Period != (usage.Period{}) {
			start = n.Period.Start.String()
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO notices (subscription_id, reason, cycle, start, at_ms, batch_id)
			VALUES ($1, $2, $3, $4, $5, '')
			ON CONFLICT (subscription_id, reason, cycle, start) DO UPDATE SET at_ms = excluded.at_ms, batch_id = ''`,
			subscriptionID, string(n.Reason), int64(n.Period.Cycle), start, millis(n.At))
		if err != nil {
			return err
		}
	}
	return nil
}

// The owners with a notice that has waited long enough, and the number of batches that can be claimed.
const (
	ownersToNotifyQuery = `SELECT s.owner_id FROM notices n JOIN subscriptions s ON s.id = n.subscription_id
		WHERE n.batch_id = '' AND n.at_ms <= $1 AND s.owner_id <> '' GROUP BY s.owner_id ORDER BY min(n.at_ms) LIMIT $2`
	freeBatchesQuery = `SELECT count(*) FROM notice_batches WHERE lease <= $1`
)

// ClaimNoticeBatches implements reports.NoticeStore. While there are no notices it only reads.
func (s Notices) ClaimNoticeBatches(ctx context.Context, now, ripe time.Time, lease time.Duration, limit int) (batches []reports.NoticeBatch, err error) {
	owners, err := selectAll(ctx, s.conn, "look for notices", readText, ownersToNotifyQuery, millis(ripe), int64(limit))
	if err != nil {
		return nil, err
	}
	free := 0
	err = s.withRetry(ctx, "look for notice batches", func(ctx context.Context) error {
		return s.read.QueryRowContext(ctx, freeBatchesQuery, millis(now)).Scan(&free)
	})
	if err != nil || len(owners) == 0 && free == 0 {
		return nil, err
	}
	err = s.transaction(ctx, "claim notice batches", func(ctx context.Context, tx *sql.Tx) error {
		for _, owner := range owners {
			if err := batchNotices(ctx, tx, owner); err != nil {
				return err
			}
		}
		batches, err = s.claimBatches(ctx, tx, now, lease, limit)
		return err
	})
	return batches, err
}

func readText(row scan) (text string, err error) {
	err = row(&text)
	return text, err
}

// batchNotices puts all waiting notices of an owner into one batch. If another process is faster, none are left and no
// batch is created.
func batchNotices(ctx context.Context, tx *sql.Tx, owner string) error {
	batch := rand.Text()
	result, err := tx.ExecContext(ctx, `UPDATE notices SET batch_id = $1
		WHERE batch_id = '' AND subscription_id IN (SELECT n.subscription_id FROM notices n
			JOIN subscriptions s ON s.id = n.subscription_id WHERE n.batch_id = '' AND s.owner_id = $2)`, batch, owner)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO notice_batches (id, owner_id, lease, sent_at) VALUES ($1, $2, 0, 0)`, batch, owner)
	return err
}

// claimBatches claims batches in the way of claimQuery and reads their notices. It deletes a batch that has no notice
// left, because all of them are to be sent again.
func (s Notices) claimBatches(ctx context.Context, tx *sql.Tx, now time.Time, lease time.Duration, limit int) ([]reports.NoticeBatch, error) {
	batches, err := all(ctx, tx, readNoticeBatch, `WITH chosen AS MATERIALIZED (
			SELECT id AS batch FROM notice_batches WHERE lease <= $1 ORDER BY lease, id LIMIT $2`+s.skipLocked+`)
		UPDATE notice_batches SET lease = $3 FROM chosen WHERE id = chosen.batch RETURNING id, owner_id, sent_at`,
		millis(now), int64(limit), millis(now.Add(lease)))
	if batches, err = withoutUnreadable(s.conn, "claim notices", batches, err); err != nil {
		return nil, err
	}
	var told []reports.NoticeBatch
	for _, l := range batches {
		l.Notices, err = all(ctx, tx, readNotice, `SELECT n.reason, n.cycle, n.start, n.at_ms, `+ofSubscription+`
			FROM notices n JOIN subscriptions s ON s.id = n.subscription_id WHERE n.batch_id = $1 AND n.batch_id <> ''
			ORDER BY n.at_ms, n.subscription_id, n.start, n.reason`, l.ID)
		l.Notices, err = withoutUnreadable(s.conn, "read notices", l.Notices, err)
		if err == nil && len(l.Notices) == 0 {
			_, err = tx.ExecContext(ctx, `DELETE FROM notice_batches WHERE id = $1`, l.ID)
		} else {
			told = append(told, l)
		}
		if err != nil {
			return nil, err
		}
	}
	return told, nil
}

func readNoticeBatch(row scan) (l reports.NoticeBatch, err error) {
	err = row(&l.ID, &l.OwnerID, timeColumn{&l.SentAt})
	return l, err
}

func readNotice(row scan) (n reports.Notice, err error) {
	var start string
	err = row(append([]any{&n.Reason, &n.Period.Cycle, &start, timeColumn{&n.At}}, subscriptionFields(&n.Subscription)...)...)
	if err == nil && start != "" {
		n.Period.Start, err = usage.ParseDate(start)
	}
	return n, err
}

// SaveNoticeBatch implements reports.NoticeStore.
func (s Notices) SaveNoticeBatch(ctx context.Context, l reports.NoticeBatch, until time.Time) error {
	_, err := s.execChanged(ctx, "save a notice batch", `UPDATE notice_batches SET lease = $1, sent_at = $2 WHERE id = $3`,
		millis(until), millis(l.SentAt), l.ID)
	return err
}

// DeleteNoticeBatch implements reports.NoticeStore.
func (s Notices) DeleteNoticeBatch(ctx context.Context, id string) error {
	return s.transaction(ctx, "delete a notice batch", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM notices WHERE batch_id = $1 AND batch_id <> ''`, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM notice_batches WHERE id = $1`, id)
		return err
	})
}
