package sqlstore

import (
	"context"
	"time"

	"usagebot/reports"
)

// RecordRefusal implements reports.RefusalStore. A row from before since, or from a clock that was set back, starts again.
func (s SendRefusals) RecordRefusal(ctx context.Context, target string, now, since time.Time) error {
	_, err := s.execChanged(ctx, "note a refusal", `INSERT INTO send_refusals (target, first_ms, last_ms) VALUES ($1, $2, $2)
		ON CONFLICT (target) DO UPDATE SET last_ms = excluded.last_ms,
			first_ms = CASE WHEN send_refusals.last_ms <= $3 OR send_refusals.first_ms > excluded.first_ms
				THEN excluded.first_ms ELSE send_refusals.first_ms END`,
		target, millis(now), millis(since))
	return err
}

// Refusals implements reports.RefusalStore.
func (s SendRefusals) Refusals(ctx context.Context, target string, since time.Time, persists time.Duration) (r reports.Refusals, err error) {
	var whole int
	err = s.withRetry(ctx, "look for refusals", func(ctx context.Context) error {
		return s.read.QueryRowContext(ctx, `SELECT
				count(CASE WHEN target <> '' AND last_ms - first_ms >= $1 THEN 1 END), count(CASE WHEN target = '' THEN 1 END),
				coalesce(max(last_ms), 0), coalesce(max(CASE WHEN target = $2 THEN first_ms END), 0)
			FROM send_refusals WHERE last_ms > $3`, persists.Milliseconds(), target, millis(since)).
			Scan(&r.Chats, &whole, timeColumn{&r.Last}, timeColumn{&r.Since})
	})
	r.App = whole > 0
	return r, err
}

// ClaimProbe implements reports.RefusalStore.
func (s SendRefusals) ClaimProbe(ctx context.Context, last, now time.Time) (mine bool, err error) {
	return s.execChanged(ctx, "begin a probe", `UPDATE send_refusals SET last_ms = $1 WHERE last_ms = $2`, millis(now), millis(last))
}

// ClearRefusals implements reports.RefusalStore. While there are no refusals it only reads.
func (s SendRefusals) ClearRefusals(ctx context.Context) error {
	n, err := s.queryInt(ctx, "look for refusals", `SELECT count(*) FROM send_refusals`)
	if err != nil || n == 0 {
		return err
	}
	_, err = s.execChanged(ctx, "forget refusals", `DELETE FROM send_refusals`)
	return err
}
