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
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
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
	Full   bool        // PostgreSQL: its disk takes nothing more
	Folder *Folder     // SQLite's; nil with PostgreSQL
	Fault  store.Fault // with an error: why it could not be looked at
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

func examinePostgreSQL(ctx context.Context, address string, c Checkup) (Checkup, error) {
	db, err := connect(address)
	if err != nil {
		return c, err
	}
	defer db.Close()
	began := time.Now()
	var now time.Time
	row := db.QueryRowContext(ctx, "SELECT current_setting('server_version'), clock_timestamp(), to_regclass('goose_db_version') IS NOT NULL")
	var migrated bool
	if err := row.Scan(&c.Version, &now, &migrated); err != nil {
		return c, fmt.Errorf("examine the database: %w", err)
	}
	took := time.Since(began)
	c.Ahead = now.Sub(began.Add(took / 2)).Round(time.Millisecond)
	if err := tablesOf(ctx, db, migrated, &c); err != nil {
		return c, err
	}
	c.Full = errors.Is(asRefusal(checkServerDisk(ctx, db)), errFull)
	return c, nil
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
	err = tablesOf(ctx, db, migrated, &c)
	return c, err
}

// tablesOf reads which migration was applied last.
func tablesOf(ctx context.Context, db *sql.DB, migrated bool, c *Checkup) error {
	if !migrated {
		return nil
	}
	row := db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied")
	if err := row.Scan(&c.Tables); err != nil {
		return fmt.Errorf("examine the database's tables: %w", err)
	}
	return nil
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
		db, err = connect(databaseURL)
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
