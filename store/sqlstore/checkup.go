package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3/lock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"usagebot/store"
	"usagebot/usage/directory"
)

// Checkup is the state of the database before the program uses it.
type Checkup struct {
	Kind    string // "SQLite" or "PostgreSQL"
	Version string // of its software
	New     bool   // SQLite: there is no file yet; Version and Tables are empty
	Tables  int64  // the version of its tables; 0: none yet
	Want    int64  // the version that this program has
	// Ahead is by how much the server's clock is ahead of ours. SQLite has no
	// clock of its own.
	Ahead  time.Duration
	Folder *Folder     // SQLite's; nil with PostgreSQL
	Server *Server     // PostgreSQL's; nil with SQLite
	Fault  store.Fault // with an error: why it could not be looked at
}

// Server is what the program meets at a PostgreSQL server.
type Server struct {
	Full     bool // its disk takes nothing more
	Standby  bool // it is a copy of another server, and takes no writes
	ReadOnly bool // it, the database or the user is set to take no writes
	// MayMigrate is whether the user may create the tables and change those that there are.
	MayMigrate bool
	Forbidden  []string // tables that the user may not read, or not write
	Pooled     bool     // a connection pooler answers in its place
	// NoTransactions is why a transaction cannot be made, in the pooler's or the server's words: PgBouncer refuses them in its
	// statement mode.
	NoTransactions string
	// NoStatements is set where DATABASE_URL demands prepared statements, and the pooler mixes up those of its clients.
	NoStatements bool
	Replicas     int // processes of the bot that were seen lately
}

// Folder is where SQLite keeps its file.
type Folder struct {
	Writable bool
	Full     bool      // nothing more fits in
	Free     uint64    // bytes; 0 where the system does not tell
	Exposed  []Exposed // what others than the program's own user may write
}

// Examine looks at the database without changing it: it neither creates a file nor brings tables up to date. Kind,
// Folder and Fault are set even with an error, which does not contain the URL.
func Examine(ctx context.Context, databaseURL, dataDir string) (Checkup, error) {
	want, err := newestMigration()
	if err != nil {
		return Checkup{}, err
	}
	var c Checkup
	if databaseURL != "" {
		c, err = examinePostgreSQL(ctx, databaseURL, Checkup{Kind: "PostgreSQL", Want: want})
	} else {
		c, err = examineSQLite(ctx, dataDir, Checkup{Kind: "SQLite", Want: want})
	}
	c.Fault = sqlFault(err)
	return c, err
}

// recently is how long ago a process was seen that still counts. A process is seen each half minute.
const recently = 75 * time.Second

func examinePostgreSQL(ctx context.Context, address string, c Checkup) (Checkup, error) {
	config, err := parseAddress(address)
	if err != nil {
		return c, err
	}
	pooled, err := isPooled(ctx, config)
	if err != nil {
		return c, fmt.Errorf("examine the database: %w", err)
	}
	db := openSafely(config)
	defer db.Close()
	c.Server = &Server{Pooled: pooled}
	if err := c.Server.examineRights(ctx, db, &c); err != nil {
		return c, fmt.Errorf("examine the database: %w", err)
	}
	if !slices.Contains(c.Server.Forbidden, versionTable) {
		if c.Tables, err = tableVersion(ctx, db); err != nil {
			return c, fmt.Errorf("examine the database's tables: %w", err)
		}
	}
	if c.Tables > 0 && !slices.Contains(c.Server.Forbidden, "replicas") {
		row := db.QueryRowContext(ctx, "SELECT count(*) FROM replicas WHERE seen_ms >= $1", time.Now().Add(-recently).UnixMilli())
		if err := row.Scan(&c.Server.Replicas); err != nil {
			return c, fmt.Errorf("examine the database's tables: %w", err)
		}
	}
	switch err := checkServerDisk(ctx, db); {
	case errors.Is(asRefusal(err), errFull):
		c.Server.Full = true
	case err != nil && pooled:
		c.Server.NoTransactions = err.Error()
	}
	if pooled && namesExecMode(address) && config.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement {
		if c.Server.NoStatements, err = mixesStatements(ctx, config); err != nil {
			return c, fmt.Errorf("examine the database: %w", err)
		}
	}
	return c, nil
}

// openSafely opens a server so that its statements run behind a pooler in any mode, whatever DATABASE_URL demands.
func openSafely(config *pgx.ConnConfig) *sql.DB {
	safe := config.Copy()
	safe.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	return openPool(safe)
}

// examineRights asks the server for its state, and for what the user may do with our tables.
func (s *Server) examineRights(ctx context.Context, db *sql.DB, c *Checkup) error {
	began := time.Now()
	var now time.Time
	row := db.QueryRowContext(ctx, `SELECT current_setting('server_version'), clock_timestamp(), pg_is_in_recovery(),
		current_setting('transaction_read_only') = 'on', coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`)
	if err := row.Scan(&c.Version, &now, &s.Standby, &s.ReadOnly, &s.MayMigrate); err != nil {
		return err
	}
	took := time.Since(began)
	c.Ahead = now.Sub(began.Add(took / 2)).Round(time.Millisecond)
	names, err := ownTables()
	if err != nil {
		return err
	}
	type rights struct {
		name                string
		reads, writes, owns bool
	}
	read := func(row scan) (r rights, err error) {
		err = row(&r.name, &r.reads, &r.writes, &r.owns)
		return r, err
	}
	tables, err := all(ctx, db, read, `SELECT relname, has_table_privilege(oid, 'SELECT'),
			has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'), pg_has_role(relowner, 'USAGE')
		FROM (SELECT to_regclass(name) AS found FROM unnest(string_to_array($1, ' ')) AS name) AS names JOIN pg_class ON oid = found
		ORDER BY relname`, strings.Join(names, " "))
	for _, t := range tables {
		s.MayMigrate = s.MayMigrate && t.owns // only who owns a table may change it
		usable := t.reads && t.writes
		switch t.name { // only migrations write these
		case versionTable:
			usable = t.reads
		case lock.DefaultLockTableName:
			usable = true
		}
		if !usable {
			s.Forbidden = append(s.Forbidden, t.name)
		}
	}
	return err
}

// mixesStatements reports whether a client of a pooler gets to see statements that another client has prepared, because the
// pooler gives a session to one after the other.
func mixesStatements(ctx context.Context, config *pgx.ConnConfig) (bool, error) {
	for range 5 { // other clients may have taken the session of ours in between
		err := prepareAsClient(ctx, config)
		if refusal, ok := errors.AsType[*pgconn.PgError](err); ok && refusal.Code == "42P05" { // duplicate_prepared_statement
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

// prepareAsClient prepares a statement as a client of its own, which leaves it to the pooler to clean up.
func prepareAsClient(ctx context.Context, config *pgx.ConnConfig) error {
	client, err := pgx.ConnectConfig(ctx, config.Copy())
	if err != nil {
		return err
	}
	defer client.Close(context.WithoutCancel(ctx))
	_, err = client.Prepare(ctx, "usagebot_checkup", "SELECT 1")
	return err
}

func examineSQLite(ctx context.Context, dir string, c Checkup) (Checkup, error) {
	c.Folder = examineFolder(dir)
	c.Folder.Exposed = ExposedFiles(dir)
	db, err := openToRead(dir)
	if errors.Is(err, fs.ErrNotExist) {
		c.New = true
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("examine the database: %w", err)
	}
	defer db.Close()
	var migrated bool
	row := db.QueryRowContext(ctx, "SELECT sqlite_version(), EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'goose_db_version')")
	if err := row.Scan(&c.Version, &migrated); err != nil {
		return c, fmt.Errorf("examine the database: %w", err)
	}
	if migrated {
		c.Tables, err = lastMigration(ctx, db)
	}
	return c, err
}

// versionTable holds which migrations were applied.
const versionTable = "goose_db_version"

// lastMigration reads the number of the migration that was applied last.
func lastMigration(ctx context.Context, db *sql.DB) (version int64, err error) {
	row := db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM "+versionTable+" WHERE is_applied")
	if err := row.Scan(&version); err != nil {
		return 0, fmt.Errorf("read the version of the tables: %w", err)
	}
	return version, nil
}

// ownTables returns the names of the tables that the migrations create, and of those that they are counted and locked with.
func ownTables() ([]string, error) {
	names := []string{versionTable, lock.DefaultLockTableName}
	err := fs.WalkDir(migrations, "migrations", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations, path)
		for _, found := range regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`).FindAllSubmatch(text, -1) {
			names = append(names, string(found[1]))
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return names, nil
}

// newestMigration is the number in front of the last file's name.
func newestMigration() (int64, error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("find the migrations: %w", errors.Join(err, errors.New("there are none")))
	}
	number, _, _ := strings.Cut(filepath.Base(files[len(files)-1]), "_") // Glob sorts
	version, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("number the migrations: %w", err)
	}
	return version, nil
}

// probeSize is how much is written to find out whether the disk has room: less than a few subscriptions need.
const probeSize = 64 << 10

// examineFolder looks at the folder, or at its nearest parent that exists: the program creates its own.
func examineFolder(dir string) *Folder {
	dir, err := filepath.Abs(dir)
	for err == nil {
		if _, missing := os.Stat(dir); missing == nil || filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	f := &Folder{Free: freeSpace(dir)}
	probe, err := os.CreateTemp(dir, ".usagebot-doctor-")
	if err != nil {
		f.Full = errors.Is(err, syscall.ENOSPC)
		return f
	}
	_, err = probe.Write(make([]byte, probeSize))
	f.Full = errors.Is(err, syscall.ENOSPC)
	f.Writable = errors.Join(probe.Close(), os.Remove(probe.Name())) == nil
	return f
}

// sqlFault names what is wrong by PostgreSQL's and SQLite's codes.
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func sqlFault(err error) store.Fault {
	if err == nil {
		return ""
	}
	if postgres, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch {
		case strings.Contains(postgres.Message, "no encryption"): // of a server that takes nobody without
			return store.Insecure
		case strings.HasPrefix(postgres.Code, "28"), postgres.Code == "42501": // authorization, insufficient_privilege
			return store.Refused
		case postgres.Code == "3D000": // invalid_catalog_name
			return store.Missing
		case postgres.Code == "53300": // too_many_connections
			return store.Crowded
		}
		return store.NoAnswer
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		switch lite.Code() & 0xff { // without the extension
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return store.Corrupt
		}
		return store.NoAnswer
	}
	if store.Untrusted(err) {
		return store.Insecure
	}
	return store.NoAnswer
}

// worldWritable is the bit of a mode that lets everybody write.
const worldWritable = 0o002

// Exposed is a file or folder that others than the program's own user may write.
type Exposed struct {
	Path string
	Mode fs.FileMode
}

// ExposedFiles returns what other users may write: the folder of the SQLite files, the files, and any parent folder in
// which everybody could replace it. If the folder does not exist yet, only its parents are examined: the program creates
// it with a safe mode.
func ExposedFiles(dir string) []Exposed {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	if target, err := filepath.EvalSymlinks(dir); err == nil {
		dir = target
	}
	var found []Exposed
	look := func(path string) {
		info, err := os.Stat(path)
		if err == nil && othersMayWrite(info) {
			found = append(found, Exposed{path, info.Mode()})
		}
	}
	look(dir)
	for _, name := range []string{sqliteFile, sqliteFile + "-wal", lockFile} {
		look(filepath.Join(dir, name))
	}
	for above := filepath.Dir(dir); ; above = filepath.Dir(above) {
		// In a folder with the sticky bit, such as /tmp, everybody may only replace what is theirs.
		if info, err := os.Stat(above); err == nil && info.Mode()&fs.ModeSticky == 0 && info.Mode()&worldWritable != 0 {
			found = append(found, Exposed{above, info.Mode()})
		}
		if above == filepath.Dir(above) {
			return found
		}
	}
}

// othersMayWrite reports whether the mode lets other users write. A group counts as others, unless a volume was made for
// the program's own group: then it has the setgid bit, as with Kubernetes' fsGroup.
func othersMayWrite(info fs.FileInfo) bool {
	const group = 0o020
	mode := info.Mode()
	switch {
	case mode&worldWritable != 0:
		return true
	case mode&group == 0:
		return false
	}
	return mode&fs.ModeSetgid == 0 || !isOwnGroup(info)
}

// InUse is what the bot reports on, and where, according to the database.
type InUse struct {
	Apps       directory.Apps // those that administrators chose; none when they chose none
	Subscribed []string       // ids of the apps that subscriptions are about
	Chat       string         // a group with a subscription, or any chat; empty when none is known
}

// InUse returns what the bot reports on, and where.
func (s *Store) InUse(ctx context.Context) (u InUse, err error) {
	err = s.withRetry(ctx, "look what is reported on", func(ctx context.Context) (err error) {
		u, err = inUse(ctx, s.read)
		return err
	})
	return u, err
}

// ReadInUse returns the same without changing the database: it neither creates a file nor brings tables up to date.
// Without tables nothing is in use.
func ReadInUse(ctx context.Context, databaseURL, dataDir string) (InUse, error) {
	c, err := Examine(ctx, databaseURL, dataDir)
	if err != nil || c.New || c.Tables == 0 {
		return InUse{}, err
	}
	var db *sql.DB
	if databaseURL != "" {
		var config *pgx.ConnConfig
		if config, err = parseAddress(databaseURL); err == nil {
			db = openSafely(config)
		}
	} else {
		db, err = openToRead(dataDir)
	}
	if err != nil {
		return InUse{}, err
	}
	defer db.Close()
	return inUse(ctx, db)
}

// openToRead opens the SQLite file so that nothing in it can change.
func openToRead(dir string) (*sql.DB, error) {
	path, err := filepath.Abs(filepath.Join(dir, sqliteFile))
	if err == nil {
		_, err = os.Stat(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	db, err := sql.Open("sqlite", fileAddress(path, url.Values{"mode": {"ro"}, "_query_only": {"1"}}))
	if err != nil {
		return nil, fmt.Errorf("open the database to read: %w", err)
	}
	return db, nil
}

func inUse(ctx context.Context, db queryer) (u InUse, err error) {
	if u.Apps, err = all(ctx, db, readApp, appsQuery); err != nil {
		return InUse{}, fmt.Errorf("read the apps: %w", err)
	}
	one := func(row scan) (s string, err error) { return s, row(&s) }
	if u.Subscribed, err = all(ctx, db, one, `SELECT DISTINCT app_id FROM subscriptions WHERE state <> 'removed' ORDER BY app_id`); err != nil {
		return InUse{}, fmt.Errorf("read the subscriptions' apps: %w", err)
	}
	chats, err := all(ctx, db, one, `SELECT chat_id FROM subscriptions WHERE state = 'active' ORDER BY single, updated_at DESC, id LIMIT 1`)
	if err == nil && len(chats) == 0 {
		chats, err = all(ctx, db, one, `SELECT id FROM chats ORDER BY id LIMIT 1`)
	}
	if err != nil {
		return InUse{}, fmt.Errorf("read a chat: %w", err)
	}
	if len(chats) > 0 {
		u.Chat = chats[0]
	}
	return u, nil
}
