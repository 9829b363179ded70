package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"usagebot/usage"
)

// ClaimTask implements reports.TaskStore.
func (s Tasks) ClaimTask(ctx context.Context, name string, now, until time.Time) (mine bool, err error) {
	return s.execChanged(ctx, "claim a task", `INSERT INTO tasks (name, until_ms) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET until_ms = excluded.until_ms WHERE tasks.until_ms <= $3`,
		name, millis(until), millis(now))
}

// ExtendTask sets until when a task of this process is left to it.
func (s Tasks) ExtendTask(ctx context.Context, name string, until time.Time) error {
	_, err := s.execChanged(ctx, "extend a task", `INSERT INTO tasks (name, until_ms) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET until_ms = excluded.until_ms`, name, millis(until))
	return err
}

// TaskUntil returns the time that a task's row holds; the zero time if there is no row.
func (s Tasks) TaskUntil(ctx context.Context, name string) (until time.Time, err error) {
	read := func(row scan) (t time.Time, err error) {
		err = row(timeColumn{&t})
		return t, err
	}
	found, err := selectAll(ctx, s.conn, "read a task", read, `SELECT until_ms FROM tasks WHERE name = $1`, name)
	if err != nil || len(found) == 0 {
		return time.Time{}, err
	}
	return found[0], nil
}

// Retention says how long rows are kept: those before the given times are deleted. A zero time keeps everything.
type Retention struct {
	Deliveries, Changes, History time.Time
	// Gone is when a chat without the bot, its subscriptions, and a person who did not write since, are forgotten.
	Gone time.Time
	// Tasks is when a task that nobody has claimed since is forgotten.
	Tasks time.Time
}

// expiryBatch is how many rows one transaction deletes.
const expiryBatch = 500

// expiry is a statement that deletes some expired rows over an index. Its parameters are the time, as milliseconds or as a
// date, and how many.
type expiry struct {
	statement string
	before    any
}

// expiries returns what DeleteExpired does, in order: a subscription can only be deleted after its deliveries.
func expiries(r Retention) []expiry {
	var list []expiry
	add := func(before time.Time, value any, statements ...string) {
		if before.IsZero() {
			return
		}
		for _, s := range statements {
			list = append(list, expiry{s, value})
		}
	}
	const unused = ` NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.chat_id = %s AND s.state <> 'removed')`
	add(r.Gone, millis(r.Gone),
		`UPDATE subscriptions SET state = 'removed', version = version + 1 WHERE id IN (
			SELECT id FROM subscriptions WHERE state = 'paused' AND reason = 'chat_gone' AND updated_at < $1 LIMIT $2)`,
		`UPDATE subscriptions SET state = 'removed', version = version + 1 WHERE id IN (SELECT s.id FROM chats c JOIN subscriptions s ON s.chat_id = c.id
			WHERE c.left_at > 0 AND c.left_at < $1 AND s.state <> 'removed' LIMIT $2)`,
		`DELETE FROM chats WHERE id IN (SELECT id FROM chats c WHERE left_at > 0 AND left_at < $1 AND `+fmt.Sprintf(unused, "c.id")+` LIMIT $2)`,
		`DELETE FROM chats WHERE id IN (SELECT c.id FROM direct_chats d JOIN chats c ON c.id = d.chat_id WHERE d.seen_ms < $1 AND `+fmt.Sprintf(unused, "c.id")+` LIMIT $2)`,
		`DELETE FROM direct_chats WHERE chat_id IN (SELECT chat_id FROM direct_chats d WHERE seen_ms < $1 AND `+fmt.Sprintf(unused, "d.chat_id")+` LIMIT $2)`,
		`DELETE FROM greeted_people WHERE id IN (SELECT id FROM greeted_people WHERE at_ms < $1 LIMIT $2)`)
	add(r.Deliveries, millis(r.Deliveries),
		`DELETE FROM deliveries WHERE (subscription_id, cycle, start) IN (SELECT subscription_id, cycle, start FROM deliveries
			WHERE state <> 'waiting' AND done_at > 0 AND done_at < $1 LIMIT $2)`,
		`DELETE FROM subscriptions WHERE id IN (SELECT id FROM subscriptions s WHERE state = 'removed' AND updated_at < $1
			AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.subscription_id = s.id)
			AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.subscription_id = s.id) LIMIT $2)`)
	add(r.Changes, millis(r.Changes), `DELETE FROM changes WHERE id IN (SELECT id FROM changes WHERE at_ms < $1 LIMIT $2)`)
	add(r.Tasks, millis(r.Tasks), `DELETE FROM tasks WHERE name IN (SELECT name FROM tasks WHERE until_ms < $1 LIMIT $2)`)
	add(r.History, dateText(usage.DateOf(r.History)),
		`DELETE FROM usage_history WHERE (app_id, ability, cycle, start, department_id, metric) IN (
			SELECT app_id, ability, cycle, start, department_id, metric FROM usage_history WHERE start < $1 LIMIT $2)`,
		`DELETE FROM department_history WHERE (app_id, cycle, start, department_id) IN (
			SELECT app_id, cycle, start, department_id FROM department_history WHERE start < $1 LIMIT $2)`)
	return list
}

// DeleteExpired deletes what is too old, a few hundred rows in each transaction, until nothing is left or ctx ends. done
// reports that nothing is left. Waiting deliveries stay.
func (s Housekeeping) DeleteExpired(ctx context.Context, r Retention) (done bool, err error) {
	for _, e := range expiries(r) {
		for changed := true; changed; {
			if ctx.Err() != nil {
				return false, nil //nolint:nilerr // the rest is for the next call
			}
			if changed, err = s.execChanged(ctx, "delete what is too old", e.statement, e.before, int64(expiryBatch)); err != nil {
				return false, err
			}
		}
	}
	return true, nil
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

// RemoveReplica forgets a replica that stops.
func (s Housekeeping) RemoveReplica(ctx context.Context, id string) error {
	_, err := s.execChanged(ctx, "forget a replica", `DELETE FROM replicas WHERE id = $1`, id)
	return err
}

// Replicas returns the processes that were seen since the given time.
func (s Housekeeping) Replicas(ctx context.Context, since time.Time) ([]Replica, error) {
	read := func(row scan) (r Replica, err error) {
		err = row(&r.ID, &r.Version, timeColumn{&r.Seen})
		return r, err
	}
	return selectAll(ctx, s.conn, "list the replicas", read, `SELECT id, version, seen_ms FROM replicas WHERE seen_ms >= $1 ORDER BY id`, millis(since))
}
