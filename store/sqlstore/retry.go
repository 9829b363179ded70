package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"usagebot/reports"
)

// Limits of one call.
const (
	pingLimit   = 2 * time.Second
	sqlLimit    = 20 * time.Second // for a caller who sets none, or a longer one
	sqlTries    = 8
	sqlPause    = 5 * time.Millisecond // before the second try; then longer
	sqlMaxPause = 500 * time.Millisecond
)

// withRetry makes a call, and repeats it a few times while the database reports a conflict with others and has changed
// nothing.
func (db *conn) withRetry(ctx context.Context, what string, call func(context.Context) error) error {
	return db.retryUpTo(ctx, what, sqlTries, call)
}

func (db *conn) retryUpTo(ctx context.Context, what string, tries uint, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, sqlLimit)
	defer cancel()
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = sqlPause, sqlMaxPause
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := call(ctx)
		if err != nil && !isConflict(err) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(tries))
	if err = asRefusal(err); Refusal(err) != nil {
		db.readOnly.Store(true)
	}
	switch {
	case err == nil:
		return nil
	case unreachable(err):
		return fmt.Errorf("%s: %w: %w", what, reports.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// unreachable reports whether the database did not answer, or broke off because it is shutting down. A pooler answers for a
// server that is away, and ends connections, with codes of class 08.
func unreachable(err error) bool {
	if postgres := new(pgconn.PgError); errors.As(err, &postgres) &&
		(strings.HasPrefix(postgres.Code, "57P") || strings.HasPrefix(postgres.Code, "08")) {
		return true // admin_shutdown, crash_shutdown, cannot_connect_now, …; connection_failure, protocol_violation, …
	}
	if pgconn.SafeToRetry(err) { // the connection was closed before anything was sent
		return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	}
	return errors.As(err, new(*net.OpError)) || errors.As(err, new(*pgconn.ConnectError)) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// transaction makes a call in one transaction, and repeats it like withRetry.
func (db *conn) transaction(ctx context.Context, what string, call func(context.Context, *sql.Tx) error) error {
	return db.transactionFor(ctx, "", what, call)
}

// transactionFor makes a call in one transaction for an idempotency key. With a key the call can be made again even if
// nobody knows whether it was committed.
func (db *conn) transactionFor(ctx context.Context, key, what string, call func(context.Context, *sql.Tx) error) error {
	tries := uint(sqlTries)
	if key != "" {
		tries = idempotentTries
	}
	return db.retryUpTo(ctx, what, tries, func(ctx context.Context) error {
		tx, err := db.write.BeginTx(ctx, nil)
		if err != nil {
			return markUncertain(key, err)
		}
		defer tx.Rollback() //nolint:errcheck // after a commit it does nothing, and before one the call's error matters
		if err := call(ctx, tx); err != nil {
			return markUncertain(key, err)
		}
		return markUncertain(key, tx.Commit())
	})
}

// isConflict reports whether the database undid the call because of others, or went away in a way that permits a
// repetition. https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
func isConflict(err error) bool {
	if errors.As(err, new(*uncertainCommit)) {
		return true
	}
	var postgres *pgconn.PgError
	if errors.As(err, &postgres) {
		return postgres.Code == "40001" || postgres.Code == "40P01" // serialization_failure, deadlock_detected
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & 0xff // without the extension
		return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
	}
	return false
}

// isDuplicateID reports whether another subscription has the id already.
func isDuplicateID(err error) bool {
	var postgres *pgconn.PgError
	if errors.As(err, &postgres) {
		return postgres.Code == "23505" && postgres.ConstraintName == "subscriptions_pkey" // unique_violation
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

// Why a database that answers takes nothing.
var (
	errFull     = errors.New("the database's disk is full")
	errReadOnly = errors.New("the database is read-only")
	errFiles    = errors.New("the files of the database cannot be used")
)

// Refusal returns why the database stores nothing, in words; nil if the error has another cause.
func Refusal(err error) error {
	for _, why := range []error{errFull, errReadOnly, errFiles} {
		if errors.Is(err, why) {
			return why
		}
	}
	return nil
}

// refusedError means that the database answers but stores nothing: its disk is full, or it is read-only, as a PostgreSQL
// server is that is no longer the primary.
type refusedError struct{ why, err error }

func (r *refusedError) Error() string   { return r.why.Error() + ": " + r.err.Error() }
func (r *refusedError) Unwrap() []error { return []error{r.why, r.err, reports.ErrUnavailable} }

// asRefusal turns an error that means a refusal into a *refusedError, and returns any other unchanged.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func asRefusal(err error) error {
	if postgres := new(pgconn.PgError); errors.As(err, &postgres) {
		switch postgres.Code {
		case "25006": // read_only_sql_transaction
			return &refusedError{errReadOnly, err}
		case "53100": // disk_full
			return &refusedError{errFull, err}
		}
	}
	if lite := new(sqlite.Error); errors.As(err, &lite) {
		switch lite.Code() & 0xff { // without the extension
		case sqlite3.SQLITE_FULL:
			return &refusedError{errFull, err}
		case sqlite3.SQLITE_READONLY:
			return &refusedError{errReadOnly, err}
		case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
			return &refusedError{errFiles, err}
		}
	}
	return err
}

// probeWrite writes a row without meaning if the last write was refused. Until that succeeds, the database counts as
// unavailable.
func (db *conn) probeWrite(ctx context.Context) error {
	if !db.readOnly.Load() {
		return nil
	}
	err := db.checkDiskSpace(ctx)
	if err == nil {
		_, err = db.write.ExecContext(ctx, `INSERT INTO tasks (name, until_ms) VALUES ('probe', $1)
			ON CONFLICT (name) DO UPDATE SET until_ms = excluded.until_ms`, time.Now().UnixMilli())
	}
	if err != nil {
		// The next try may reach another server under the same name: no connection is kept.
		db.write.SetMaxIdleConns(0)
		db.write.SetMaxIdleConns(db.idle)
		return fmt.Errorf("write to the database: %w", asRefusal(err))
	}
	db.readOnly.Store(false)
	return nil
}

// checkServerDisk runs a query for which PostgreSQL needs a few megabytes of its disk for a moment. A small write would
// prove nothing: it may fit into pages that the server already has.
func checkServerDisk(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // there is nothing in it
	var rows int
	for _, text := range []string{"SET LOCAL work_mem = '64kB'", "SET LOCAL temp_tablespaces = ''"} {
		if _, err := tx.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return tx.QueryRowContext(ctx, "SELECT count(*) FROM generate_series(1, 100000)").Scan(&rows)
}

// checkFileDisk checks nothing: the write that follows extends the file, and so fails on a full disk.
func checkFileDisk(context.Context) error { return nil }
