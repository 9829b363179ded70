package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	sqliteFile = "usagebot.db"
	// lockFile is locked by whoever changes the tables. It is a database of
	// its own, and empty: the lock ends with its process, however that ends.
	lockFile = "usagebot.lock"
	// sqliteReaders read beside each other and beside the one writer.
	sqliteReaders = 4
)

// openSQLite opens the file in the folder. Writers queue for one connection in
// the order in which they come: several would poll for the file's lock.
func openSQLite(ctx context.Context, dir string) (*conn, error) {
	path, err := makeFile(dir, sqliteFile)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db := &conn{idle: 1, hasRoom: fileHasRoom}
	if db.write, err = openFile(path, 1, url.Values{"_txlock": {"immediate"}}); err != nil {
		return nil, err
	}
	if db.read, err = openFile(path, sqliteReaders, url.Values{"_query_only": {"1"}}); err != nil {
		return nil, err
	}
	db.emptyLog = func(ctx context.Context) error { return truncateLog(ctx, path) }
	err = alone(ctx, dir, func() error { return migrateSQLite(ctx, db.write) })
	if err != nil {
		_ = db.close() // what went wrong before matters more
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	_ = db.scrub(ctx) // an earlier process may have left deleted rows in the log; it is tried again and again
	return db, nil
}

// scrubPatience is how long truncateLog waits for readers. Writers wait with it.
const scrubPatience = 250 * time.Millisecond

// errReaders says that the log cannot be emptied now.
var errReaders = errors.New("somebody reads what was deleted since")

// truncateLog brings the log into the file and empties it: it holds every page
// as it was before a row was deleted.
func truncateLog(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", fileAddress(path, url.Values{"_busy_timeout": {fmt.Sprint(scrubPatience.Milliseconds())}}))
	if err != nil {
		return fmt.Errorf("empty the database's log: %w", err)
	}
	defer db.Close()
	var busy, pages, moved int
	if err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved); err != nil {
		return fmt.Errorf("empty the database's log: %w", err)
	}
	if busy != 0 {
		return fmt.Errorf("empty the database's log: %w", errReaders)
	}
	return nil
}

// makeFile makes the folder and an empty file in it that only this user reads.
// SQLite gives the files that it makes beside it the same mode.
func makeFile(dir, name string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dir, name)
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	return path, file.Close()
}

// openFile prepares a pool of connections. A commit is on the disk when it
// returns (synchronous), which a digest that has gone out must not forget.
func openFile(path string, connections int, more url.Values) (*sql.DB, error) {
	options := url.Values{
		"_busy_timeout": {"10000"}, // milliseconds, for another process
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_foreign_keys": {"1"},
		"_pragma":       {"secure_delete(1)"}, // what is deleted is overwritten
	}
	maps.Copy(options, more)
	db, err := sql.Open("sqlite", fileAddress(path, options))
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}

// fileAddress is the form in which SQLite takes a path with any sign in it.
func fileAddress(path string, options url.Values) string {
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: options.Encode()}
	return address.String()
}

// alone calls f while no other process is in it for the same folder.
func alone(ctx context.Context, dir string, f func() error) error {
	path, err := makeFile(dir, lockFile)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", fileAddress(path, url.Values{"_busy_timeout": {"60000"}, "_txlock": {"exclusive"}}))
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("wait for another process that changes the tables: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // there is nothing in it
	return f()
}
