package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"usagebot/access"
	"usagebot/usage"
)

const backfillColumns = "app_id, from_on, next_on, until_on, by_id"

func readBackfill(row scan) (b usage.Backfill, err error) {
	err = row(&b.AppID, day{&b.From}, day{&b.Next}, day{&b.Until}, &b.By)
	return b, err
}

// StartBackfill keeps a history that is to be filled, and records it. One of
// the same app that is under way stays. It returns the one that is kept.
func (s Backfills) StartBackfill(ctx context.Context, key string, b usage.Backfill, c access.Change) (kept usage.Backfill, err error) {
	_, err = s.onceAs(ctx, key, "start a backfill", c, func(ctx context.Context, tx *sql.Tx) error {
		return alter(ctx, tx, `INSERT INTO backfills (`+backfillColumns+`, lease)
			VALUES (`+placeholders(5)+`, 0)
			ON CONFLICT (app_id) DO UPDATE SET from_on = excluded.from_on, next_on = excluded.next_on,
				until_on = excluded.until_on, by_id = excluded.by_id, lease = 0
			WHERE backfills.next_on < backfills.from_on`,
			b.AppID, b.From.String(), b.Next.String(), b.Until.String(), b.By)
	})
	if err != nil {
		return b, err
	}
	kept, ok, err := s.Backfill(ctx, b.AppID)
	if !ok {
		return b, err // it has been dropped since
	}
	return kept, err
}

// Backfill returns the one of an app; ok is false where there is none.
func (s Backfills) Backfill(ctx context.Context, appID string) (b usage.Backfill, ok bool, err error) {
	found, err := lookUp(ctx, s.conn, "read a backfill", readBackfill, `SELECT `+backfillColumns+` FROM backfills WHERE app_id = $1`, appID)
	if err != nil || len(found) == 0 {
		return usage.Backfill{}, false, err
	}
	return found[0], true, nil
}

// ClaimBackfill takes one that is not done and that nobody holds, until the
// lease ends. No two callers are given the same one.
func (s Backfills) ClaimBackfill(ctx context.Context, now time.Time, lease time.Duration) (b usage.Backfill, ok bool, err error) {
	open, err := lookUp(ctx, s.conn, "look for a backfill", readBackfill,
		`SELECT `+backfillColumns+` FROM backfills WHERE next_on >= from_on AND lease <= $1 ORDER BY lease, app_id`, millis(now))
	if err != nil {
		return usage.Backfill{}, false, err
	}
	for _, b := range open {
		mine, err := s.update(ctx, "claim a backfill", `UPDATE backfills SET lease = $1 WHERE app_id = $2 AND lease <= $3`,
			millis(now.Add(lease)), b.AppID, millis(now))
		if err != nil || mine {
			return b, mine, err
		}
	}
	return usage.Backfill{}, false, nil
}

// SaveBackfill writes how far one has come, and gives it up until a time.
func (s Backfills) SaveBackfill(ctx context.Context, b usage.Backfill, until time.Time) error {
	_, err := s.update(ctx, "save a backfill", `UPDATE backfills SET next_on = $1, lease = $2 WHERE app_id = $3`,
		b.Next.String(), millis(until), b.AppID)
	return err
}

// DropBackfill ends one that cannot be done.
func (s Backfills) DropBackfill(ctx context.Context, appID string) error {
	_, err := s.update(ctx, "drop a backfill", `DELETE FROM backfills WHERE app_id = $1`, appID)
	return err
}
