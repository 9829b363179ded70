package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"usagebot/access"
	"usagebot/reports"
)

// SQL keeps what lasts, in a SQLite file or in PostgreSQL, by the same
// statements. It is a reports.Store.
type SQL struct {
	// changed are told of each entry of the record of changes once it is kept.
	changed []func(access.Change)

	read  *sql.DB // the same as write, except with SQLite
	write *sql.DB
	// skipLocked ends a SELECT that chooses rows to update, so that concurrent
	// choosers do not wait for each other. SQLite has one writer at a time.
	skipLocked string
	// refused is set while the database answers and takes nothing, and at first:
	// a program that starts on a full disk must not wait for an order to see it.
	refused atomic.Bool
	// hasRoom asks whether there is room for more, as far as that can be asked.
	hasRoom func(context.Context) error
	idle    int // connections that are kept
	// scrub takes out of the database's files what was deleted; nil where the
	// database sees to that by itself.
	scrub func(context.Context) error
}

var (
	_ reports.Store    = (*SQL)(nil)
	_ reports.Overview = (*SQL)(nil)
)

// OpenSQL opens the database and brings its tables up to date; several
// processes may do so at once. An empty URL is the file usagebot.db in dataDir,
// which is made if it is not there; otherwise the URL begins with postgres://
// or postgresql://. Errors do not hold the URL, which may hold a password.
// Each of changed is told of every entry of the record of changes, once it is
// kept.
func OpenSQL(ctx context.Context, databaseURL, dataDir string, changed ...func(access.Change)) (s *SQL, err error) {
	switch {
	case databaseURL == "":
		s, err = openSQLite(ctx, dataDir)
	case strings.HasPrefix(databaseURL, "postgres://"), strings.HasPrefix(databaseURL, "postgresql://"):
		s, err = openPostgreSQL(ctx, databaseURL)
	default:
		return nil, errors.New("open the database: its address does not begin with postgres://")
	}
	if err == nil {
		s.refused.Store(true)
		s.changed = changed
	}
	return s, err
}

// Ping reports whether the database answers a question about its tables and,
// once it has refused to take something, whether it takes something again.
func (s *SQL) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	var chats int
	if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM chats LIMIT 1) AS one").Scan(&chats); err != nil {
		return fmt.Errorf("ping the database: %w", err)
	}
	return s.takesAgain(ctx)
}

// Scrub takes out of the database's files what has been deleted. It fails while
// somebody reads for long: what is left then goes with the next call.
func (s *SQL) Scrub(ctx context.Context) error {
	if s.scrub == nil {
		return nil
	}
	return s.scrub(ctx)
}

// Close ends the connections. It may be called more than once.
func (s *SQL) Close() error {
	if err := errors.Join(s.read.Close(), s.write.Close()); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}
