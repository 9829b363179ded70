package sqlstore

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// openIn opens the SQLite database in a folder.
func openIn(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), "", dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func rowsIn(t *testing.T, s *Store, table string) (n int) {
	t.Helper()
	if err := s.read.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func insertChat(ctx context.Context, s *Store, id string) error {
	_, err := s.write.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS probe (id TEXT PRIMARY KEY)")
	if err == nil {
		_, err = s.write.ExecContext(ctx, "INSERT INTO probe (id) VALUES ($1)", id)
	}
	return err
}

// A backup is taken while rows are written: it holds a prefix of them, and the restored database has exactly these.
func TestBackup_WhileItIsUsed_IsConsistent(t *testing.T) {
	t.Parallel()
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "copy.db")
	s := openIn(t, dir)
	if err := insertChat(t.Context(), s, "first"); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 0; ctx.Err() == nil && i < 10000; i++ {
			_ = insertChat(ctx, s, time.Now().String()+strings.Repeat("x", i%50))
		}
	})
	err := BackupSQLite(t.Context(), dir, file)
	stop()
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy: %v, %v", info.Mode(), err)
	}
	target := t.TempDir()
	if former, err := RestoreSQLite(t.Context(), target, file, time.Now()); err != nil || former != "" {
		t.Fatalf("former %q, %v", former, err)
	}
	r := openIn(t, target)
	if n := rowsIn(t, r, "probe"); n < 1 || n > rowsIn(t, s, "probe") {
		t.Errorf("%d rows are restored, of %d", n, rowsIn(t, s, "probe"))
	}
}

func TestBackup_ToAFileThatExists_IsRefused(t *testing.T) {
	t.Parallel()
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "copy.db")
	openIn(t, dir)
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := BackupSQLite(t.Context(), dir, file); !errors.Is(err, os.ErrExist) {
		t.Errorf("got %v, want %v", err, os.ErrExist)
	}
	if b, _ := os.ReadFile(file); string(b) != "precious" {
		t.Error("the file was overwritten")
	}
	if err := BackupSQLite(t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "x.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("without a database: got %v, want %v", err, os.ErrNotExist)
	}
}

func TestRestore_WhileTheBotRuns_IsRefused(t *testing.T) {
	t.Parallel()
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "copy.db")
	s := openIn(t, dir)
	if err := insertChat(t.Context(), s, "kept"); err != nil {
		t.Fatal(err)
	}
	if err := BackupSQLite(t.Context(), dir, file); err != nil {
		t.Fatal(err)
	}
	if err := insertChat(t.Context(), s, "later"); err != nil {
		t.Fatal(err)
	}
	if _, err := RestoreSQLite(t.Context(), dir, file, time.Now()); !errors.Is(err, ErrInUse) {
		t.Fatalf("got %v, want %v", err, ErrInUse)
	}
	if n := rowsIn(t, s, "probe"); n != 2 {
		t.Errorf("got %d rows, want both", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	former, err := RestoreSQLite(t.Context(), dir, file, time.Now())
	if err != nil || former == "" {
		t.Fatalf("former %q, %v", former, err)
	}
	if n := rowsIn(t, openIn(t, dir), "probe"); n != 1 {
		t.Errorf("got %d rows after the restore, want 1", n)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.restoring")); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
	if err := os.Rename(former, filepath.Join(t.TempDir(), sqliteFile)); err != nil {
		t.Error(err)
	}
}

func TestRestore_OfAnotherFile_IsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	newer := filepath.Join(dir, "newer")
	s := openIn(t, filepath.Join(dir, "data"))
	if _, err := s.write.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := BackupSQLite(t.Context(), filepath.Join(dir, "data"), newer); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other")
	db, err := openExisting(other, map[string][]string{"mode": {"rwc"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE t (x)"); err != nil {
		t.Fatal(err)
	}
	_ = db.Close()
	for file, want := range map[string]string{
		text: "not an SQLite database", newer: "newer usagebot", other: "not a database of usagebot", filepath.Join(dir, "none"): "no such file",
	} {
		target := t.TempDir()
		if _, err := RestoreSQLite(t.Context(), target, file, time.Now()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", filepath.Base(file), err, want)
		}
		if left, _ := os.ReadDir(target); len(left) > 0 {
			t.Errorf("%s: it left %v", filepath.Base(file), left)
		}
	}
}
