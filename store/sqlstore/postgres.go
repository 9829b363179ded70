package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	// postgresConnections of each replica: ten replicas stay within the 100
	// that a server allows unless it is told otherwise.
	postgresConnections = 10
	postgresIdle        = 4
	postgresIdleTime    = 5 * time.Minute
	connectTimeout      = 5 * time.Second
)

// errPostgresURL stands for the parser's error, which quotes the address.
var errPostgresURL = errors.New("the address is not postgres://[user:password@]host[:port]/database[?parameters]; " +
	"in a password write / ? # @ and % as percent codes")

func openPostgreSQL(ctx context.Context, address string) (*conn, error) {
	db, err := connect(address)
	if err != nil {
		return nil, err
	}
	if err := migratePostgreSQL(ctx, db); err != nil {
		_ = db.Close() // what went wrong before matters more
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return &conn{
		read: db, write: db, skipLocked: " FOR UPDATE SKIP LOCKED", idle: postgresIdle,
		hasRoom: func(ctx context.Context) error { return serverHasRoom(ctx, db) },
	}, nil
}

// connect prepares a pool of connections; it makes none yet.
func connect(address string) (*sql.DB, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", errPostgresURL)
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "usagebot"
	}
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresIdle)
	db.SetConnMaxIdleTime(postgresIdleTime)
	return db, nil
}
