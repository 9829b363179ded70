package sqlstore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"usagebot/access"
	"usagebot/reports"
)

// onceTries bounds how often a change that belongs to an event is tried while
// the database is away: for some ten seconds, as long as it takes to restart.
const onceTries = 30

// errRepeated undoes a transaction whose event has made its change before.
var errRepeated = errors.New("the event has made its change before")

// once makes a change to something, its entries in the record of changes and
// the mark of an idempotency key: all three, or none. It returns the entries,
// also of a change that was made before under the key, which is repeated and not
// made again. One key may change several things. The work may be done again. An
// empty key marks nothing.
func (db *conn) once(ctx context.Context, key, what, of string, work func(context.Context, *sql.Tx) ([]access.Change, error)) (made []access.Change, repeated bool, err error) {
	err = db.transactionFor(ctx, key, what, func(ctx context.Context, tx *sql.Tx) error {
		if err := markEvent(ctx, tx, key, of); err != nil {
			return err
		}
		entries, err := work(ctx, tx)
		if err != nil {
			return err
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
		db.tell(c)
	}
	return made, false, nil
}

// onceAs makes a change that has one entry, and reports whether there was
// something to change.
func (db *conn) onceAs(ctx context.Context, key, what string, c access.Change, work func(context.Context, *sql.Tx) error) (made bool, err error) {
	_, _, err = db.once(ctx, key, what, string(c.Act), func(ctx context.Context, tx *sql.Tx) ([]access.Change, error) {
		return []access.Change{c}, work(ctx, tx)
	})
	if errors.Is(err, reports.ErrUnchanged) {
		return false, nil
	}
	return err == nil, err
}

// tell lets it be known that a change was made.
func (db *conn) tell(c access.Change) {
	for _, changed := range db.changed {
		changed(c)
	}
}

// markEvent keeps in the transaction that a change to something is made under an
// idempotency key; errRepeated when it was made before. Another process that
// works on the same event waits here until this one has committed.
func markEvent(ctx context.Context, tx *sql.Tx, key, of string) error {
	if key == "" {
		return nil
	}
	err := alter(ctx, tx, `INSERT INTO handled (id, at_ms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, markOf(key, of), time.Now().UnixMilli())
	if errors.Is(err, reports.ErrUnchanged) {
		return errRepeated
	}
	return err
}

func markOf(key, of string) string { return "change:" + key + ":" + of }

// entryID begins the ids of a change's entries. The entries of a key are found
// by it again.
func entryID(key, of string) string {
	if key == "" {
		return rand.Text()
	}
	sum := sha256.Sum256([]byte(markOf(key, of)))
	return hex.EncodeToString(sum[:entryIDLength/2])
}

// entryIDLength is the length of what entryID returns.
const entryIDLength = 26

// alter makes a statement; reports.ErrUnchanged when it changes no row.
func alter(ctx context.Context, db doer, statement string, args ...any) error {
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

// unsure is the error of a transaction of which nobody knows whether it was
// made. Under an idempotency key it can be tried again.
type unsure struct{ err error }

func (u *unsure) Error() string { return u.err.Error() }
func (u *unsure) Unwrap() error { return u.err }

// maybeMade tells whether a failed transaction may be tried again although it
// may have been made.
func maybeMade(key string, err error) error {
	if key != "" && unreachable(err) {
		return &unsure{err}
	}
	return err
}
