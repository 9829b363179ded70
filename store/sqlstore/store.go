package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"

	"usagebot/access"
	"usagebot/reports"
)

// Store keeps what must last, in a SQLite file or in PostgreSQL, with the same statements. Each field is one theme; all of
// them use the same connections.
type Store struct {
	*conn
	Subscriptions Subscriptions
	Deliveries    Deliveries
	Notices       Notices
	SendRefusals  SendRefusals
	Overview      Overview
	Figures       Figures
	Backfills     Backfills
	Refreshes     Refreshes
	Chats         Chats
	People        People
	Apps          Apps
	Grants        Grants
	Audit         Audit
	Tasks         Tasks
	Housekeeping  Housekeeping
	Events        Events
}

// The themes. The file named after each has its methods.
type (
	// Subscriptions is a reports.SubscriptionStore.
	Subscriptions struct{ *conn }
	// Deliveries is a reports.DeliveryStore.
	Deliveries struct{ *conn }
	// Notices is a reports.NoticeStore.
	Notices struct{ *conn }
	// SendRefusals is a reports.RefusalStore.
	SendRefusals struct{ *conn }
	// Overview is a reports.Overview.
	Overview struct{ *conn }
	// Figures is a usage.History.
	Figures struct{ *conn }
	// Backfills keeps which apps' histories are being filled, and how far.
	Backfills struct{ *conn }
	// Refreshes keeps which days are being fetched again, and how far.
	Refreshes struct{ *conn }
	// Chats keeps the settings of chats.
	Chats struct{ *conn }
	// People keeps who was greeted, whose direct message a chat is, and who is being forgotten.
	People struct{ *conn }
	// Apps keeps the apps that administrators chose.
	Apps struct{ *conn }
	// Grants keeps the roles that administrators gave.
	Grants struct{ *conn }
	// Audit reads the record of changes.
	Audit struct{ *conn }
	// Tasks is a reports.TaskStore.
	Tasks struct{ *conn }
	// Housekeeping deletes what is too old and keeps which replicas run.
	Housekeeping struct{ *conn }
	// Events is an inbox.Store.
	Events struct{ *conn }
)

// reportsStore implements reports.Store by its parts.
type reportsStore struct {
	Subscriptions
	Deliveries
	Notices
	SendRefusals
	Tasks
}

var (
	_ reports.Store    = reportsStore{}
	_ reports.Overview = Overview{}
)

// conn is the connections to the database. Its methods run calls and retry them.
type conn struct {
	read, write *sql.DB // the same pool, except with SQLite
	queries     queryer // for queries of many rows: read, with SQLite through prepared statements
	// skipLocked ends a SELECT that chooses rows to update, so that concurrent choosers do not wait for each other. It is
	// empty with SQLite, which has one writer at a time.
	skipLocked string
	// readOnly is set while the database answers but stores nothing. It starts set, so that a program that starts on a full
	// disk notices before the first subscription.
	readOnly atomic.Bool
	// checkDiskSpace checks whether the disk has room, as far as the database can tell.
	checkDiskSpace func(context.Context) error
	idle           int // connections that the write pool keeps
	// emptyLog removes deleted rows from the database's files; nil if the database does so without being asked.
	emptyLog func(context.Context) error
	// changed are called with each stored entry of the record of changes.
	changed []func(access.Change)
	log     *slog.Logger
}

// isSQLite reports whether the database is a SQLite file.
func (db *conn) isSQLite() bool { return db.skipLocked == "" }

// Option changes how a Store works.
type Option func(*conn)

// OnChange has a function called with every entry of the record of changes once it is stored.
func OnChange(changed func(access.Change)) Option {
	return func(db *conn) { db.changed = append(db.changed, changed) }
}

// LogTo has rows that cannot be read logged.
func LogTo(log *slog.Logger) Option { return func(db *conn) { db.log = log } }

// Open opens the database and brings its tables up to date; several processes may do so at once. An empty URL means the file
// usagebot.db in dataDir, which Open creates if it is missing; any other URL begins with postgres:// or postgresql://.
// Errors do not contain the URL, which may contain a password.
func Open(ctx context.Context, databaseURL, dataDir string, options ...Option) (*Store, error) {
	var db *conn
	var err error
	switch {
	case databaseURL == "":
		db, err = openSQLite(ctx, dataDir)
	case strings.HasPrefix(databaseURL, "postgres://"), strings.HasPrefix(databaseURL, "postgresql://"):
		db, err = openPostgreSQL(ctx, databaseURL)
	default:
		return nil, errors.New("open the database: its address does not begin with postgres://")
	}
	if err != nil {
		return nil, err
	}
	db.readOnly.Store(true)
	db.log = slog.New(slog.DiscardHandler)
	for _, option := range options {
		option(db)
	}
	return &Store{
		conn:          db,
		Subscriptions: Subscriptions{db}, Deliveries: Deliveries{db}, Notices: Notices{db}, SendRefusals: SendRefusals{db}, Overview: Overview{db},
		Figures: Figures{db}, Backfills: Backfills{db}, Refreshes: Refreshes{db}, Chats: Chats{db}, People: People{db}, Apps: Apps{db},
		Grants: Grants{db}, Audit: Audit{db}, Tasks: Tasks{db}, Housekeeping: Housekeeping{db}, Events: Events{db},
	}, nil
}

// Reports returns the parts that send digests and manage subscriptions, as one.
func (s *Store) Reports() reports.Store {
	return reportsStore{s.Subscriptions, s.Deliveries, s.Notices, s.SendRefusals, s.Tasks}
}

// Ping reports whether the database answers a query of its tables. If the last write was refused, it also checks whether the
// database stores something again.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingLimit)
	defer cancel()
	var chats int
	if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM chats LIMIT 1) AS one").Scan(&chats); err != nil {
		return fmt.Errorf("ping the database: %w", err)
	}
	return s.probeWrite(ctx)
}

// Scrub removes deleted rows from the database's files. It fails while a reader takes long; the next call then removes the
// rest.
func (s *Store) Scrub(ctx context.Context) error { return s.scrub(ctx) }

func (db *conn) scrub(ctx context.Context) error {
	if db.emptyLog == nil {
		return nil
	}
	return db.emptyLog(ctx)
}

// Close closes the connections. It may be called more than once.
func (s *Store) Close() error { return s.close() }

func (db *conn) close() error {
	if err := errors.Join(db.read.Close(), db.write.Close()); err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}
