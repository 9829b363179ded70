package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"usagebot/access"
	"usagebot/usage"
)

const refreshColumns = backfillColumns + ", department_id, changed, kept, failed"

func readRefresh(row scan) (r usage.Refresh, err error) {
	err = row(&r.AppID, day{&r.From}, day{&r.Next}, day{&r.Until}, &r.By, &r.DepartmentID, &r.Changed, &r.Kept, &r.Failed)
	return r, err
}

// StartRefresh keeps a range that the platform is to be asked for anew, and
// records it. One of the same app that is under way stays. It returns the one
// that is kept, and whether it is this one.
func (s Refreshes) StartRefresh(ctx context.Context, key string, r usage.Refresh, c access.Change) (kept usage.Refresh, started bool, err error) {
	started, err = s.onceAs(ctx, key, "start a refresh", c, func(ctx context.Context, tx *sql.Tx) error {
		return alter(ctx, tx, `INSERT INTO refreshes (`+refreshColumns+`, lease)
			VALUES (`+placeholders(9)+`, 0)
			ON CONFLICT (app_id) DO UPDATE SET from_on = excluded.from_on, next_on = excluded.next_on,
				until_on = excluded.until_on, by_id = excluded.by_id, department_id = excluded.department_id,
				changed = 0, kept = 0, failed = 0, lease = 0
			WHERE refreshes.next_on < refreshes.from_on`,
			r.AppID, r.From.String(), r.Next.String(), r.Until.String(), r.By, r.DepartmentID, 0, 0, 0)
	})
	if err != nil {
		return r, false, err
	}
	kept, ok, err := s.Refresh(ctx, r.AppID)
	if !ok {
		return r, started, err // it has been dropped since
	}
	return kept, started, err
}

// Refresh returns the last one of an app; ok is false where there is none.
func (s Refreshes) Refresh(ctx context.Context, appID string) (r usage.Refresh, ok bool, err error) {
	found, err := lookUp(ctx, s.conn, "read a refresh", readRefresh, `SELECT `+refreshColumns+` FROM refreshes WHERE app_id = $1`, appID)
	if err != nil || len(found) == 0 {
		return usage.Refresh{}, false, err
	}
	return found[0], true, nil
}

// ClaimRefresh takes one that is not done and that nobody holds, until the
// lease ends. No two callers are given the same one.
func (s Refreshes) ClaimRefresh(ctx context.Context, now time.Time, lease time.Duration) (r usage.Refresh, ok bool, err error) {
	open, err := lookUp(ctx, s.conn, "look for a refresh", readRefresh,
		`SELECT `+refreshColumns+` FROM refreshes WHERE next_on >= from_on AND lease <= $1 ORDER BY lease, app_id`, millis(now))
	if err != nil {
		return usage.Refresh{}, false, err
	}
	for _, r := range open {
		mine, err := s.update(ctx, "claim a refresh", `UPDATE refreshes SET lease = $1 WHERE app_id = $2 AND lease <= $3`,
			millis(now.Add(lease)), r.AppID, millis(now))
		if err != nil || mine {
			return r, mine, err
		}
	}
	return usage.Refresh{}, false, nil
}

// SaveRefresh writes how far one has come and what it has found, and gives it
// up until a time.
func (s Refreshes) SaveRefresh(ctx context.Context, r usage.Refresh, until time.Time) error {
	_, err := s.update(ctx, "save a refresh", `UPDATE refreshes SET next_on = $1, changed = $2, kept = $3, failed = $4, lease = $5 WHERE app_id = $6`,
		r.Next.String(), r.Changed, r.Kept, r.Failed, millis(until), r.AppID)
	return err
}

// DropRefresh ends one that cannot be done.
func (s Refreshes) DropRefresh(ctx context.Context, appID string) error {
	_, err := s.update(ctx, "drop a refresh", `DELETE FROM refreshes WHERE app_id = $1`, appID)
	return err
}
