package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// refuses reports whether the database answers but takes nothing: its disk is
// full, or it is read-only, as a PostgreSQL that is no longer the primary is.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func refuses(err error) bool {
	if postgres := new(pgconn.PgError); errors.As(err, &postgres) {
		return postgres.Code == "25006" || postgres.Code == "53100" // read_only_sql_transaction, disk_full
	}
	if lite := new(sqlite.Error); errors.As(err, &lite) {
		switch lite.Code() & 0xff { // without the extension
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
			return true
		}
	}
	return false
}

// takesAgain writes something of no matter, once the database has refused to
// take something: until that is written too, it is as good as away.
func (s *SQL) takesAgain(ctx context.Context) error {
	if !s.refused.Load() {
		return nil
	}
	_, err := s.write.ExecContext(ctx, `INSERT INTO handled (id, at_ms) VALUES ('probe', $1)
		ON CONFLICT (id) DO UPDATE SET at_ms = excluded.at_ms`, time.Now().UnixMilli())
	if err != nil {
		// The next try may reach another server under the same name: no connection is kept.
		s.write.SetMaxIdleConns(0)
		s.write.SetMaxIdleConns(s.idle)
		return fmt.Errorf("write to the database: %w", err)
	}
	s.refused.Store(false)
	return nil
}
