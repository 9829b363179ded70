package store

import (
	"context"
	"database/sql"
	"time"
)

// Greeted reports whether a person was greeted.
func (s *SQL) Greeted(ctx context.Context, openID string) (bool, error) {
	n, err := s.number(ctx, "look whether a person was greeted", `SELECT count(*) FROM people WHERE id = $1`, openID)
	return n > 0, err
}

// Greet notes that a person was greeted.
func (s *SQL) Greet(ctx context.Context, openID string, now time.Time) error {
	_, err := s.update(ctx, "greet a person", `INSERT INTO people (id, at_ms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`,
		openID, millis(now))
	return err
}

// Forget removes what is kept of a person but subscriptions: grants, the mark
// of the greeting, and letters. In the record of changes, and where the person
// granted something to others, the pseudonym takes the open_id's place.
func (s *SQL) Forget(ctx context.Context, openID, pseudonym string) error {
	return s.transaction(ctx, "forget a person", func(ctx context.Context, tx *sql.Tx) error {
		for _, statement := range []string{
			"DELETE FROM grants WHERE kind = 'person' AND subject = $1",
			"DELETE FROM people WHERE id = $1",
			"DELETE FROM notices WHERE letter IN (SELECT id FROM letters WHERE owner_id = $1)",
			"DELETE FROM letters WHERE owner_id = $1",
		} {
			if _, err := tx.ExecContext(ctx, statement, openID); err != nil {
				return err
			}
		}
		for _, statement := range []string{
			"UPDATE grants SET by_id = $2 WHERE by_id = $1",
			"UPDATE backfills SET by_id = $2 WHERE by_id = $1",
			"UPDATE subscriptions SET owner_id = $2, version = version + 1 WHERE owner_id = $1 AND state = 'removed'",
			"UPDATE changes SET by_id = $2 WHERE by_id = $1",
			"UPDATE changes SET subject = $2 WHERE subject = $1",
			"UPDATE changes SET before = replace(before, $1, $2), after = replace(after, $1, $2) WHERE before LIKE '%' || $1 || '%' OR after LIKE '%' || $1 || '%'",
		} {
			if _, err := tx.ExecContext(ctx, statement, openID, pseudonym); err != nil {
				return err
			}
		}
		return nil
	})
}
