package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"usagebot/reports"
)

// Why a database that answers takes nothing.
var (
	errFull     = errors.New("the database's disk is full")
	errReadOnly = errors.New("the database is read-only")
	errFiles    = errors.New("the files of the database cannot be used")
)

// Refusal is why the database takes nothing, in words; nil when the error is
// not about that.
func Refusal(err error) error {
	for _, why := range []error{errFull, errReadOnly, errFiles} {
		if errors.Is(err, why) {
			return why
		}
	}
	return nil
}

// refusedError is an error by which the database answers but takes nothing: its disk
// is full, or it is read-only, as a PostgreSQL that is no longer the primary is.
type refusedError struct{ why, err error }

func (r *refusedError) Error() string   { return r.why.Error() + ": " + r.err.Error() }
func (r *refusedError) Unwrap() []error { return []error{r.why, r.err, reports.ErrUnavailable} }

// refused makes a *refusedError of an error that is one; any other stays what it is.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func refused(err error) error {
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

// takesAgain writes something of no matter, once the database has refused to
// take something: until that is written too, it is as good as away.
func (db *conn) takesAgain(ctx context.Context) error {
	if !db.refused.Load() {
		return nil
	}
	err := db.hasRoom(ctx)
	if err == nil {
		_, err = db.write.ExecContext(ctx, `INSERT INTO handled (id, at_ms) VALUES ('probe', $1)
			ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms`, time.Now().UnixMilli())
	}
	if err != nil {
		// The next try may reach another server under the same name: no connection is kept.
		db.write.SetMaxIdleConns(0)
		db.write.SetMaxIdleConns(db.idle)
		return fmt.Errorf("write to the database: %w", refused(err))
	}
	db.refused.Store(false)
	return nil
}

// serverHasRoom asks PostgreSQL something for which it needs a few megabytes of
// its disk for a moment, and of which nothing remains. What is written may still
// fit into the pages that it has, until it does not: that tells nothing.
func serverHasRoom(ctx context.Context, db *sql.DB) error {
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

// fileHasRoom leaves it to what is written next: all of it is added to a file.
func fileHasRoom(context.Context) error { return nil }
