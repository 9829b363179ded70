package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// ErrInUse says that another process has the SQLite file open.
var ErrInUse = errors.New("the database is in use: stop the bot first")

// BackupSQLite writes a consistent copy of the SQLite database in dataDir to file, which must not exist yet. The bot may be
// running meanwhile. The copy is complete when BackupSQLite returns without an error; after an error there is no file.
func BackupSQLite(ctx context.Context, dataDir, file string) error {
	path, err := existingFile(dataDir)
	if err != nil {
		return err
	}
	// SQLite would write into a file that exists, if it is empty.
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	defer out.Close()
	if err := copyDatabase(ctx, path, file); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return out.Sync()
}

func copyDatabase(ctx context.Context, path, file string) error {
	db, err := openExisting(path, url.Values{"_busy_timeout": {"10000"}})
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := db.ExecContext(ctx, "VACUUM INTO $1", file); err != nil {
		return fmt.Errorf("back up to %s: %w", file, err)
	}
	return nil
}

// RestoreSQLite puts a copy that BackupSQLite made in the place of the SQLite database in dataDir, and returns where it
// moved the former one; "" if there was none. The bot must not be running: ErrInUse.
func RestoreSQLite(ctx context.Context, dataDir, file string, now time.Time) (former string, err error) {
	if err := checkBackup(ctx, file); err != nil {
		return "", err
	}
	path, err := makeFolder(dataDir)
	if err != nil {
		return "", fmt.Errorf("restore %s: %w", file, err)
	}
	incoming := path + ".restoring"
	if err := copyFile(file, incoming); err != nil {
		return "", fmt.Errorf("restore %s: %w", file, errors.Join(err, os.Remove(incoming)))
	}
	err = withFolderLock(ctx, dataDir, func() error {
		if former, err = moveAside(ctx, path, now); err != nil {
			return err
		}
		return os.Rename(incoming, path)
	})
	if err != nil {
		return "", fmt.Errorf("restore %s: %w", file, errors.Join(err, os.RemoveAll(incoming)))
	}
	return former, nil
}

// checkBackup reports what keeps a file from being restored: it is no database of this program, it is damaged, or a newer
// version of the program made it.
func checkBackup(ctx context.Context, file string) error {
	if _, err := os.Stat(file); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	db, err := openExisting(file, url.Values{"mode": {"ro"}})
	if err != nil {
		return err
	}
	defer db.Close()
	var integrity string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&integrity); err != nil {
		return fmt.Errorf("restore: %s is not an SQLite database: %w", file, err)
	}
	if integrity != "ok" {
		return fmt.Errorf("restore: %s is damaged: %s", file, integrity)
	}
	var ours bool
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'goose_db_version')").Scan(&ours); err != nil {
		return fmt.Errorf("restore: read %s: %w", file, err)
	}
	if !ours {
		return fmt.Errorf("restore: %s is not a database of usagebot", file)
	}
	want, err := newestMigration()
	if err != nil {
		return err
	}
	version, err := lastMigration(ctx, db)
	if err != nil {
		return err
	}
	if version > want {
		return fmt.Errorf("restore: %s has tables of version %d, which a newer usagebot made; this one knows version %d", file, version, want)
	}
	return nil
}

// moveAside renames the database that is there, once nobody has it open.
func moveAside(ctx context.Context, path string, now time.Time) (former string, err error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err := foldLog(ctx, path); err != nil {
		return "", err
	}
	former = path + ".before-restore-" + now.UTC().Format("20060102T150405Z")
	return former, os.Rename(path, former)
}

// foldLog moves what the write-ahead log holds into the database file, and ends that mode. SQLite does so only while no
// other connection is open, which is how a running bot is noticed.
func foldLog(ctx context.Context, path string) error {
	db, err := openExisting(path, url.Values{"_busy_timeout": {"1000"}})
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	var mode string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode=DELETE").Scan(&mode); err != nil || mode != "delete" {
		return errors.Join(ErrInUse, err)
	}
	return nil
}

// existingFile returns the path of the SQLite file in a folder.
func existingFile(dataDir string) (string, error) {
	path, err := filepath.Abs(filepath.Join(dataDir, sqliteFile))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("find the database: %w", err)
	}
	return path, nil
}

// makeFolder makes the folder and returns the path of the SQLite file in it, which may not exist.
func makeFolder(dataDir string) (string, error) {
	dir, err := filepath.Abs(dataDir)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, sqliteFile), os.MkdirAll(dir, 0o700)
}

func openExisting(path string, options url.Values) (*sql.DB, error) {
	if options.Get("mode") == "" {
		options.Set("mode", "rw") // do not create it
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", fileAddress(path, options))
	if err != nil {
		return nil, fmt.Errorf("open the database %s: %w", path, err)
	}
	return db, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return errors.Join(err, out.Close())
	}
	return errors.Join(out.Sync(), out.Close())
}
