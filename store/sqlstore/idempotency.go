package sqlstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"

	"usagebot/access"
	"usagebot/reports"
)

// idempotentTries limits how often a change that belongs to an event is tried while the database is away: for about ten
// seconds, the time of a restart.
const idempotentTries = 30

// errRepeated undoes a transaction whose event has made its change before.
var errRepeated = errors.New("the event has made its change before")

// idempotent makes a change, stores its audit entries and marks the change as made by the event that the idempotency key
// names, in one transaction. If the event has made its change before, repeated is true, and the entries are those of the
// first time. The change fails with access.ErrOutdated if a later event has changed the same. of names the change. work may be called more than once. An empty key marks nothing.
func (db *conn) idempotent(ctx context.Context, key, what, of string, work func(context.Context, *sql.Tx) ([]access.Change, error)) (made []access.Change, repeated bool, err error) {
	err = db.transactionFor(ctx, key, what, func(ctx context.Context, tx *sql.Tx) error {
		if err := markChanged(ctx, tx, key, of); err != nil {
			return err
		}
		entries, err := work(ctx, tx)
		if err != nil {
			return err
		}
		if len(entries) > 0 {
			if err := checkOrder(ctx, tx, key, entries[0].Of); err != nil {
				return err
			}
		}
		made, err = record(ctx, tx, entryID(key, of), entries)
		return err
	})
	if errors.Is(err, errRepeated) {
		made, err = db.entriesOf(ctx, entryID(key, of))
		return made, true, err
	}
	if err != nil {
		return nil, false, err
	}
	for _, c := range made {
		db.notifyChanged(c)
	}
	return made, false, nil
}

// idempotentOne makes a change that has one audit entry, and reports whether anything changed.
func (db *conn) idempotentOne(ctx context.Context, key, what string, c access.Change, work func(context.Context, *sql.Tx) error) (made bool, err error) {
	_, _, err = db.idempotent(ctx, key, what, string(c.Act), func(ctx context.Context, tx *sql.Tx) ([]access.Change, error) {
		return []access.Change{c}, work(ctx, tx)
	})
	if errors.Is(err, reports.ErrUnchanged) {
		return false, nil
	}
	return err == nil, err
}

// notifyChanged passes a stored audit entry to the functions given to Open.
func (db *conn) notifyChanged(c access.Change) {
	for _, changed := range db.changed {
		changed(c)
	}
}

// entryID returns the beginning of the ids of a change's audit entries. For a key it is always the same, so that the
// entries can be found again.
func entryID(key, of string) string {
	if key == "" {
		return rand.Text()
	}
	sum := sha256.Sum256([]byte(key + ":" + of))
	return hex.EncodeToString(sum[:entryIDLength/2])
}

// entryIDLength is the length of what entryID returns.
const entryIDLength = 26

// txExecChanged runs a statement; reports.ErrUnchanged if it changes no row.
func txExecChanged(ctx context.Context, db execer, statement string, args ...any) error {
	result, err := db.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		return reports.ErrUnchanged
	}
	return err
}

// uncertainCommit is an error after which the transaction may have been committed. With an idempotency key it can be tried
// again.
type uncertainCommit struct{ err error }

func (u *uncertainCommit) Error() string { return u.err.Error() }
func (u *uncertainCommit) Unwrap() error { return u.err }

// markUncertain marks an error after which nobody knows whether the transaction was committed, if an idempotency key makes
// it safe to try again.
func markUncertain(key string, err error) error {
	if key != "" && unreachable(err) {
		return &uncertainCommit{err}
	}
	return err
}
