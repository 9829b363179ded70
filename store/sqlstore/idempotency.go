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

// idempotentTries limits how often a change that belongs to an event is tried while the database is away: for about ten
// seconds, the time of a restart.
const idempotentTries = 30

// idempotencyKey is the context key for the event that is being worked on.
type idempotencyKey struct{}

// WithIdempotencyKey returns a context in which each change is made once for the event with this key, in whichever
// process. A repeated change returns the result of the first one.
func WithIdempotencyKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, idempotencyKey{}, key)
}

// errRepeated undoes a transaction whose event has made its change before.
var errRepeated = errors.New("the event has made its change before")

// idempotent makes a change, stores its audit entries and marks the change as made by the context's event, in one
// transaction. If the event has made the change before, repeated is true, and the entries are those of the first time. An
// event may make several changes; of tells them apart. work may be called more than once.
func (db *conn) idempotent(ctx context.Context, what, of string, work func(context.Context, *sql.Tx) ([]access.Change, error)) (made []access.Change, repeated bool, err error) {
	err = db.transaction(ctx, what, func(ctx context.Context, tx *sql.Tx) error {
		if err := insertMark(ctx, tx, of); err != nil {
			return err
		}
		entries, err := work(ctx, tx)
		if err != nil {
			return err
		}
		made, err = record(ctx, tx, entryID(ctx, of), entries)
		return err
	})
	if errors.Is(err, errRepeated) {
		made, err = db.entriesOf(ctx, entryID(ctx, of))
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
func (db *conn) idempotentOne(ctx context.Context, what string, c access.Change, work func(context.Context, *sql.Tx) error) (made bool, err error) {
	_, _, err = db.idempotent(ctx, what, string(c.Act), func(ctx context.Context, tx *sql.Tx) ([]access.Change, error) {
		return []access.Change{c}, work(ctx, tx)
	})
	if errors.Is(err, reports.ErrUnchanged) {
		return false, nil
	}
	return err == nil, err
}

// notifyChanged passes a stored audit entry to the function set by OnChange.
func (db *conn) notifyChanged(c access.Change) {
	if db.changed != nil {
		db.changed(c)
	}
}

// insertMark marks in the transaction that the context's event makes a change; errRepeated if it has made it before. A
// process that works on the same event waits here until this transaction ends.
func insertMark(ctx context.Context, tx *sql.Tx, of string) error {
	mark, ok := markID(ctx, of)
	if !ok {
		return nil
	}
	err := txExecChanged(ctx, tx, `INSERT INTO handled (id, at_ms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`, mark, time.Now().UnixMilli())
	if errors.Is(err, reports.ErrUnchanged) {
		return errRepeated
	}
	return err
}

func markID(ctx context.Context, of string) (mark string, ok bool) {
	key, ok := ctx.Value(idempotencyKey{}).(string)
	return "change:" + key + ":" + of, ok
}

// entryID returns the beginning of the ids of a change's audit entries. For an event it is always the same, so that the
// entries can be found again.
func entryID(ctx context.Context, of string) string {
	mark, ok := markID(ctx, of)
	if !ok {
		return rand.Text()
	}
	sum := sha256.Sum256([]byte(mark))
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
func markUncertain(ctx context.Context, err error) error {
	if _, once := ctx.Value(idempotencyKey{}).(string); once && unreachable(err) {
		return &uncertainCommit{err}
	}
	return err
}
