package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"usagebot/store"
)

// ParkedJob is work that was written down.
type ParkedJob struct {
	Key string
	Job []byte
}

// Standing is what the database knows of an event: Done, Parked, or nothing.
func (s Events) Standing(ctx context.Context, key string) (state string, err error) {
	err = s.withRetry(ctx, "ask what became of an event", func(ctx context.Context) error {
		var handled, parked int
		err := s.read.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM handled WHERE id = $1),
			(SELECT count(*) FROM parked WHERE id = $1)`, key).Scan(&handled, &parked)
		switch {
		case handled > 0:
			state = store.Done
		case parked > 0:
			state = store.Parked
		}
		return err
	})
	return state, err
}

// Park writes work down, unless somebody else holds it or it is done: ErrLost.
func (s Events) Park(ctx context.Context, key, owner string, job []byte, now, until time.Time) error {
	kept, err := s.execChanged(ctx, "write parked work down", `INSERT INTO parked (id, job, at_ms, owner, lease)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS BIGINT)
		WHERE NOT EXISTS (SELECT 1 FROM handled WHERE id = $1)
		ON CONFLICT (id) DO UPDATE SET job = excluded.job, owner = excluded.owner, lease = excluded.lease
		WHERE parked.owner = excluded.owner OR parked.lease <= excluded.at_ms`,
		key, string(job), millis(now), owner, millis(until))
	if err == nil && !kept {
		return store.ErrLost
	}
	return err
}

// LeaseParked holds the owner's parked work until a time; false when there is
// none of it.
func (s Events) LeaseParked(ctx context.Context, key, owner string, until time.Time) (bool, error) {
	return s.execChanged(ctx, "hold parked work", `UPDATE parked SET lease = $1 WHERE id = $2 AND owner = $3`,
		millis(until), key, owner)
}

// HandParked gives parked work to an owner, whoever had it.
func (s Events) HandParked(ctx context.Context, key, owner string, until time.Time) (bool, error) {
	return s.execChanged(ctx, "take over parked work", `UPDATE parked SET owner = $1, lease = $2 WHERE id = $3`,
		owner, millis(until), key)
}

// FreeParked lets parked work of before a moment be taken up by anybody.
func (s Events) FreeParked(ctx context.Context, before time.Time) error {
	_, err := s.execChanged(ctx, "free parked work", `UPDATE parked SET lease = 0 WHERE at_ms < $1 AND lease > 0`, millis(before))
	return err
}

// lapsedQuery looks whether there is something for claimParked, which writes.
const lapsedQuery = `SELECT id FROM parked WHERE lease <= $1 LIMIT 1`

// ClaimParked takes up one piece of parked work that nobody holds, in the
// manner of claimQuery.
func (s Events) ClaimParked(ctx context.Context, owner string, now, until time.Time) (jobs []ParkedJob, err error) {
	lapsed, err := selectAll(ctx, s.conn, "look for parked work", readText, lapsedQuery, millis(now))
	if err != nil || len(lapsed) == 0 {
		return nil, err
	}
	err = s.transaction(ctx, "take up parked work", func(ctx context.Context, tx *sql.Tx) (err error) {
		jobs, err = all(ctx, tx, readParked, `WITH chosen AS MATERIALIZED (
				SELECT id AS of FROM parked WHERE lease <= $1 ORDER BY lease, id LIMIT 1`+s.skipLocked+`)
			UPDATE parked SET owner = $2, lease = $3 FROM chosen WHERE id = chosen.of RETURNING id, job`,
			millis(now), owner, millis(until))
		return err
	})
	return jobs, err
}

func readParked(row scan) (j ParkedJob, err error) {
	err = row(&j.Key, &j.Job)
	return j, err
}

// Handle keeps that an event is done, and drops what was parked of it.
func (s Events) Handle(ctx context.Context, key string, now time.Time) error {
	return s.transaction(ctx, "keep that an event is done", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO handled (id, at_ms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, key, millis(now))
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM parked WHERE id = $1`, key)
		}
		return err
	})
}

// ForgetHandled drops what was done before a moment.
func (s Events) ForgetHandled(ctx context.Context, before time.Time) error {
	_, err := s.execChanged(ctx, "forget what was done", `DELETE FROM handled WHERE at_ms < $1`, millis(before))
	return err
}

// ParkedOf lists some of the parked work in which one of the ids is, but for
// one key.
func (s Events) ParkedOf(ctx context.Context, ids []string, except string) ([]string, error) {
	var found []string
	for _, id := range ids {
		keys, err := selectAll(ctx, s.conn, "look for parked work", readText,
			`SELECT id FROM parked WHERE job LIKE '%' || CAST($1 AS TEXT) || '%' AND id <> $2 ORDER BY id LIMIT 100`, id, except)
		if err != nil {
			return nil, err
		}
		found = append(found, keys...)
	}
	return found, nil
}

// DropParked removes parked work.
func (s Events) DropParked(ctx context.Context, keys []string) error {
	return s.transaction(ctx, "drop parked work", func(ctx context.Context, tx *sql.Tx) error {
		for _, key := range keys {
			if _, err := tx.ExecContext(ctx, `DELETE FROM parked WHERE id = $1`, key); err != nil {
				return err
			}
		}
		return nil
	})
}
