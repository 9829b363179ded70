package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"usagebot/usage"
)

// ClaimTask implements reports.TaskStore.
func (s Tasks) ClaimTask(ctx context.Context, name string, now, until time.Time) (mine bool, err error) {
	return s.execChanged(ctx, "claim a task", `INSERT INTO tasks (name, until_ms) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET until_ms = excluded.until_ms WHERE tasks.until_ms <= $3`,
		name, millis(until), millis(now))
}

// Retention says how long rows are kept: those before the given times are deleted. A zero time keeps everything.
type Retention struct{ Deliveries, Changes, History time.Time }

// DeleteExpired deletes what is too old. Waiting deliveries stay. A subscription is deleted once it is removed and has no delivery
// and no notice left.
func (s Housekeeping) DeleteExpired(ctx context.Context, r Retention) error {
	return s.transaction(ctx, "forget what is too old", func(ctx context.Context, tx *sql.Tx) error {
		for _, old := range []struct {
			statement string
			before    time.Time
		}{
			{`DELETE FROM deliveries WHERE state <> 'waiting' AND done_at > 0 AND done_at < $1`, r.Deliveries},
			{`DELETE FROM subscriptions WHERE state = 'removed' AND updated_at < $1
				AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscription_id = subscriptions.id)
				AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.subscription_id = subscriptions.id)`, r.Deliveries},
			{`DELETE FROM changes WHERE at_ms < $1`, r.Changes},
		} {
			if old.before.IsZero() {
				continue
			}
			if _, err := tx.ExecContext(ctx, old.statement, millis(old.before)); err != nil {
				return err
			}
		}
		if r.History.IsZero() {
			return nil
		}
		for _, table := range []string{"usage_history", "department_history"} {
			if _, err := tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE start < $1`, usage.DateOf(r.History).String()); err != nil {
				return err
			}
		}
		return nil
	})
}

// Replica is a process of the bot that is running, or was.
type Replica struct {
	ID, Version string
	Seen        time.Time
}

// Heartbeat records that a replica is running, and deletes those last seen before gone.
func (s Housekeeping) Heartbeat(ctx context.Context, r Replica, gone time.Time) error {
	return s.transaction(ctx, "note a replica", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO replicas (id, version, seen_ms) VALUES ($1, $2, $3)
			ON CONFLICT (id) DO UPDATE SET version = excluded.version, seen_ms = excluded.seen_ms`, r.ID, r.Version, millis(r.Seen))
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM replicas WHERE seen_ms < $1`, millis(gone))
		}
		return err
	})
}

// Replicas returns the processes that were seen since the given time.
func (s Housekeeping) Replicas(ctx context.Context, since time.Time) ([]Replica, error) {
	read := func(row scan) (r Replica, err error) {
		err = row(&r.ID, &r.Version, timeColumn{&r.Seen})
		return r, err
	}
	return selectAll(ctx, s.conn, "list the replicas", read, `SELECT id, version, seen_ms FROM replicas WHERE seen_ms >= $1 ORDER BY id`, millis(since))
}
