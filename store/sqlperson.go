package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/reports"
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

// Forget edits a person's subscriptions and removes what else is kept of him:
// grants, the mark of the greeting, and letters. In the record of changes, and
// where the person granted something to others, the pseudonym takes the
// open_id's place, also in what is recorded of this. It returns that.
func (s *SQL) Forget(ctx context.Context, openID, pseudonym string, edits []reports.Edit, c access.Change) (made []access.Change, err error) {
	made, _, err = s.once(ctx, "forget a person", string(access.Forgotten), func(ctx context.Context, tx *sql.Tx) (entries []access.Change, err error) {
		for _, e := range edits {
			_, more, err := edit(ctx, tx, e)
			if err != nil && !errors.Is(err, reports.ErrUnchanged) {
				return nil, err
			}
			entries = append(entries, more...)
		}
		return renamed(append(entries, c), openID, pseudonym), erase(ctx, tx, openID, pseudonym)
	})
	return made, err
}

// renamed puts a pseudonym into entries.
func renamed(entries []access.Change, openID, pseudonym string) []access.Change {
	for i := range entries {
		for _, field := range []*string{&entries[i].By, &entries[i].Of, &entries[i].Before, &entries[i].After} {
			*field = strings.ReplaceAll(*field, openID, pseudonym)
		}
	}
	return entries
}

// erase removes a person but for his subscriptions.
func erase(ctx context.Context, tx *sql.Tx, openID, pseudonym string) error {
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
		"UPDATE refreshes SET by_id = $2 WHERE by_id = $1",
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
}
