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

// again makes a call, and makes it again a few times while the database says
// that others were in the way and nothing was done.
func (db *conn) again(ctx context.Context, what string, call func(context.Context) error) error {
	return db.tryTimes(ctx, what, sqlTries, call)
}

func (db *conn) tryTimes(ctx context.Context, what string, tries uint, call func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, sqlLimit)
	defer cancel()
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval, pause.MaxInterval = sqlPause, sqlMaxPause
	_, err := backoff.Retry(ctx, func() (struct{}, error) {
		err := call(ctx)
		if err != nil && !inTheWay(err) {
			err = backoff.Permanent(err)
		}
		return struct{}{}, err
	}, backoff.WithBackOff(pause), backoff.WithMaxTries(tries))
	if err = refused(err); Refusal(err) != nil {
		db.refused.Store(true)
	}
	switch {
	case err == nil:
		return nil
	case unreachable(err):
		return fmt.Errorf("%s: %w: %w", what, reports.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// unreachable reports whether the database did not answer at all, or broke off
// because it shuts down.
func unreachable(err error) bool {
	if postgres := new(pgconn.PgError); errors.As(err, &postgres) && strings.HasPrefix(postgres.Code, "57P") {
		return true // admin_shutdown, crash_shutdown, cannot_connect_now, …
	}
	if pgconn.SafeToRetry(err) { // the connection was closed before anything was sent
		return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	}
	return errors.As(err, new(*net.OpError)) || errors.As(err, new(*pgconn.ConnectError)) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// transaction makes a call in one transaction, again if need be.
func (db *conn) transaction(ctx context.Context, what string, call func(context.Context, *sql.Tx) error) error {
	return db.transactionFor(ctx, "", what, call)
}

// transactionFor makes a call in one transaction for an idempotency key, under
// which the call can be made again also where nobody knows whether it was made.
func (db *conn) transactionFor(ctx context.Context, key, what string, call func(context.Context, *sql.Tx) error) error {
	tries := uint(sqlTries)
	if key != "" {
		tries = onceTries
	}
	return db.tryTimes(ctx, what, tries, func(ctx context.Context) error {
		tx, err := db.write.BeginTx(ctx, nil)
		if err != nil {
			return maybeMade(key, err)
		}
		defer tx.Rollback() //nolint:errcheck // after a commit it does nothing, and before one the call's error matters
		if err := call(ctx, tx); err != nil {
			return maybeMade(key, err)
		}
		return maybeMade(key, tx.Commit())
	})
}

// inTheWay reports whether the database undid the call because of others, or
// went away and the call can be made again.
// https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
func inTheWay(err error) bool {
	if errors.As(err, new(*unsure)) {
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

// idTaken reports whether a subscription's id is another one's already.
func idTaken(err error) bool {
	var postgres *pgconn.PgError
	if errors.As(err, &postgres) {
		return postgres.Code == "23505" && postgres.ConstraintName == "subscriptions_pkey" // unique_violation
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}
