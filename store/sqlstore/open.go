package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	sqliteFile = "usagebot.db"
	// lockFile is locked by the process that changes the tables. It is an empty database of its own, because the lock of a
	// database ends with its process, even if that is killed.
	lockFile = "usagebot.lock"
	// sqliteReaders is the number of connections that read while one writes.
	sqliteReaders = 4
)

// openSQLite opens the file in the folder. All writes share one connection and queue for it in order; with several
// connections they would poll for the lock of the file.
func openSQLite(ctx context.Context, dir string) (*conn, error) {
	path, err := makeFile(dir, sqliteFile)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	db := &conn{idle: 1, checkDiskSpace: checkFileDisk}
	if db.write, err = openFile(path, 1, url.Values{"_txlock": {"immediate"}}); err != nil {
		return nil, err
	}
	if db.read, err = openFile(path, sqliteReaders, url.Values{"_query_only": {"1"}}); err != nil {
		return nil, err
	}
	db.queries = newPreparedReads(db.read)
	db.emptyLog = func(ctx context.Context) error { return truncateLog(ctx, path) }
	err = withFolderLock(ctx, dir, func() error { return migrateSQLite(ctx, db.write) })
	if err != nil {
		_ = db.close() // what went wrong before matters more
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	_ = db.scrub(ctx) // an earlier process may have left deleted rows in the log; it is tried again and again
	return db, nil
}

// scrubTimeout is how long truncateLog waits for readers. Writers wait with it.
const scrubTimeout = 250 * time.Millisecond

// errReaders says that a reader keeps the log from being emptied now.
var errReaders = errors.New("somebody reads what was deleted since")

// truncateLog moves the log into the file and empties it. The log holds pages from before a row was deleted.
func truncateLog(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", fileAddress(path, url.Values{"_busy_timeout": {fmt.Sprint(scrubTimeout.Milliseconds())}}))
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

// makeFile creates the folder and an empty file that only this user can read. SQLite creates its other files with the same
// mode.
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

// openFile prepares a pool of connections. A commit is on the disk when it returns (_synchronous=FULL): a digest that was
// sent must not be forgotten.
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

// fileAddress writes a path as the URL that SQLite accepts, whatever characters the path has.
func fileAddress(path string, options url.Values) string {
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: options.Encode()}
	return address.String()
}

// withFolderLock calls f while no other process is in it for the same folder.
func withFolderLock(ctx context.Context, dir string, f func() error) error {
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

const (
	// postgresConnections of each replica: ten replicas stay within the 100
	// that a server allows unless it is told otherwise.
	postgresConnections = 10
	postgresIdle        = 4
	postgresIdleTime    = 5 * time.Minute
	connectTimeout      = 5 * time.Second
)

// errPostgresURL replaces the error of the parser, which quotes the address with its password.
var errPostgresURL = errors.New("the address is not postgres://[user:password@]host[:port]/database[?parameters]; " +
	"in a password write / ? # @ and % as percent codes")

func openPostgreSQL(ctx context.Context, address string) (*conn, error) {
	db, err := connect(ctx, address)
	if err != nil {
		return nil, err
	}
	if err := migratePostgreSQL(ctx, db); err != nil {
		_ = db.Close() // what went wrong before matters more
		return nil, fmt.Errorf("open the database: %w", err)
	}
	return &conn{
		read: db, write: db, queries: db, skipLocked: " FOR UPDATE SKIP LOCKED", idle: postgresIdle,
		checkDiskSpace: func(ctx context.Context) error { return checkServerDisk(ctx, db) },
	}, nil
}

// execModeParameter in DATABASE_URL says how statements are run, whatever answers there.
const execModeParameter = "default_query_exec_mode"

// connect prepares a pool of connections. Each connection prepares its statements once, which halves the server's work. Behind
// a pooler such as PgBouncer that does not work: the next statement may run in another session, which does not know them, or
// in one where another client prepared them. There only the types of a statement's values are remembered.
func connect(ctx context.Context, address string) (*sql.DB, error) {
	config, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	if !namesExecMode(address) {
		pooled, err := isPooled(ctx, config)
		if err != nil {
			return nil, fmt.Errorf("open the database: %w", err)
		}
		if pooled {
			config.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		}
	}
	return openPool(config), nil
}

// parseAddress reads DATABASE_URL.
func parseAddress(address string) (*pgx.ConnConfig, error) {
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
	return config, nil
}

// openPool prepares a pool of connections without opening any.
func openPool(config *pgx.ConnConfig) *sql.DB {
	db := stdlib.OpenDB(*config)
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresIdle)
	db.SetConnMaxIdleTime(postgresIdleTime)
	return db
}

// isPooled reports whether a pooler answers in the server's place: it tells each client a process id of its own, with which
// the client could cancel a query, and not that of the server's process.
func isPooled(ctx context.Context, config *pgx.ConnConfig) (bool, error) {
	client, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return false, err
	}
	defer client.Close(context.WithoutCancel(ctx))
	var pid uint32
	if err := client.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeExec).Scan(&pid); err != nil {
		return false, err
	}
	return pid != client.PgConn().PID(), nil
}

// namesExecMode reports whether the address says how statements are run.
func namesExecMode(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Query().Has(execModeParameter)
}

//go:embed migrations/*.sql
var migrations embed.FS

// The lock under which one process changes the tables. It is a row with a lease in the table goose_lock, because a lock of
// the session would belong to somebody else behind a pooler. The lease of a process that was killed ends by itself.
const (
	lockPeriod  = 250 * time.Millisecond // between two looks at the lock that another process holds
	lockLooks   = 480                    // about two minutes
	lockLease   = 20 * time.Second
	lockRenew   = 3 * time.Second
	unlockLooks = 3
)

// migratePostgreSQL brings the tables up to date, one process at a time. Where they are, it takes no lock: a start does not
// wait for one that was killed, and a user who may not create tables can run the program.
func migratePostgreSQL(ctx context.Context, db *sql.DB) error {
	want, err := newestMigration()
	if err != nil {
		return err
	}
	if version, err := tableVersion(ctx, db); err != nil || version >= want {
		return err
	}
	locker, err := lock.NewPostgresTableLocker(
		lock.WithTableLockTimeout(lockPeriod, lockLooks), lock.WithTableUnlockTimeout(lockPeriod, unlockLooks),
		lock.WithTableLeaseDuration(lockLease), lock.WithTableHeartbeatInterval(lockRenew),
		// A database that is away or refuses would do so for two minutes; that the lock is held has no code.
		lock.WithTableRetryPolicy(func(err error) bool {
			return isConflict(err) || !unreachable(err) && !errors.As(err, new(*pgconn.PgError))
		}))
	if err != nil {
		return err
	}
	return migrate(ctx, goose.DialectPostgres, db, goose.WithLocker(locker))
}

// tableVersion returns the number of the last migration that was applied to PostgreSQL; 0: none yet.
func tableVersion(ctx context.Context, db *sql.DB) (version int64, err error) {
	var migrated bool
	if err := db.QueryRowContext(ctx, "SELECT to_regclass($1) IS NOT NULL", versionTable).Scan(&migrated); err != nil || !migrated {
		return 0, err
	}
	return lastMigration(ctx, db)
}

// migrateSQLite brings the tables up to date. The caller keeps other processes from doing so at the same time.
func migrateSQLite(ctx context.Context, db *sql.DB) error {
	return migrate(ctx, goose.DialectSQLite3, db)
}

func migrate(ctx context.Context, dialect goose.Dialect, db *sql.DB, options ...goose.ProviderOption) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, db, files, append(options, goose.WithDisableGlobalRegistry(true))...)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the tables up to date: %w", err)
	}
	return nil
}
