package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"usagebot/store"
)

// SQLCheckup is what there is to know about the database before it is trusted.
type SQLCheckup struct {
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

// ExamineSQL looks at the database and leaves it as it is: it neither makes a
// file nor brings tables up to date. Kind, Folder and Fault are filled in also
// with an error, which does not hold the URL.
func ExamineSQL(ctx context.Context, databaseURL, dataDir string) (SQLCheckup, error) {
	want, err := newestMigration()
	if err != nil {
		return SQLCheckup{}, err
	}
	var c SQLCheckup
	if databaseURL != "" {
		c, err = examinePostgreSQL(ctx, databaseURL, SQLCheckup{Kind: "PostgreSQL", Want: want})
	} else {
		c, err = examineSQLite(ctx, dataDir, SQLCheckup{Kind: "SQLite", Want: want})
	}
	c.Fault = sqlFault(err)
	return c, err
}

func examinePostgreSQL(ctx context.Context, address string, c SQLCheckup) (SQLCheckup, error) {
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
	c.Full = errors.Is(refused(serverHasRoom(ctx, db)), errFull)
	return c, nil
}

func examineSQLite(ctx context.Context, dir string, c SQLCheckup) (SQLCheckup, error) {
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
func tablesOf(ctx context.Context, db *sql.DB, migrated bool, c *SQLCheckup) error {
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

// probeSize is what is written to see whether there is room: less than what the
// file grows by with a few subscriptions.
const probeSize = 64 << 10

// examineFolder looks at the folder, or at the one above it that exists: the
// program makes its own.
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
