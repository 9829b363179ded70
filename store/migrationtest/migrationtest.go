// Package migrationtest makes tables one step newer than this program knows, as the next version would when it starts.
package migrationtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"usagebot/store/sqlstore"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// step makes every kind of change that a version may make to the tables while the version before it works on them: columns
// with defaults, tables, indexes. It changes the tables that are written most.
const step = `-- +goose Up
ALTER TABLE events ADD COLUMN newer TEXT NOT NULL DEFAULT 'newer';
ALTER TABLE deliveries ADD COLUMN newer BIGINT NOT NULL DEFAULT 7;
ALTER TABLE subscriptions ADD COLUMN newer TEXT NOT NULL DEFAULT 'newer';
ALTER TABLE changes ADD COLUMN newer TEXT NOT NULL DEFAULT 'newer';
ALTER TABLE usage_history ADD COLUMN newer BIGINT NOT NULL DEFAULT 7;
CREATE TABLE newer (id TEXT NOT NULL PRIMARY KEY, at_ms BIGINT NOT NULL);
CREATE INDEX deliveries_newer ON deliveries (newer, slot);
CREATE INDEX events_newer ON events (newer, received_at);
`

// Step applies the step with the tool that the program uses, and under the same lock.
func Step(ctx context.Context, databaseURL, dataDir string) error {
	checkup, err := sqlstore.Examine(ctx, databaseURL, dataDir)
	if err != nil {
		return err
	}
	files := fstest.MapFS{fmt.Sprintf("%05d_newer.sql", checkup.Want+1): {Data: []byte(step)}}
	driver, address, dialect := "pgx", databaseURL, goose.DialectPostgres
	var options []goose.ProviderOption
	if databaseURL == "" {
		driver, dialect = "sqlite", goose.DialectSQLite3
		address = "file:" + filepath.Join(dataDir, "usagebot.db") + "?_busy_timeout=10000&_txlock=immediate"
	} else {
		locker, err := lock.NewPostgresTableLocker()
		if err != nil {
			return err
		}
		options = append(options, goose.WithLocker(locker))
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		return err
	}
	defer db.Close()
	provider, err := goose.NewProvider(dialect, db, files, append(options, goose.WithDisableGlobalRegistry(true))...)
	if err != nil {
		return err
	}
	return retryDeadlocks(ctx, provider)
}

// retryDeadlocks applies the step again while it deadlocks with the work of the running processes, as a supervisor restarts a
// process that could not start.
func retryDeadlocks(ctx context.Context, provider *goose.Provider) error {
	for {
		_, err := provider.Up(ctx)
		deadlock := new(pgconn.PgError)
		if !errors.As(err, &deadlock) || deadlock.Code != "40P01" {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
