// Package sqltest makes SQLite databases for tests. Making the tables takes longer than most tests, so that they are made
// once in a process and copied.
package sqltest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"usagebot/store/sqlstore"
)

// name is the file that the program keeps in its folder.
const name = "usagebot.db"

// Folder returns a new folder, as DATA_DIR, that holds a database with its tables and no rows.
func Folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	Fill(t, dir)
	return dir
}

// Fill puts a database with its tables and no rows into a folder, unless it has a database already.
func Fill(t testing.TB, dir string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if _, err := os.Stat(file); err == nil {
		return
	}
	content, err := empty()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// empty is the content of a database with its tables.
var empty = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "sqltest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	db, err := sqlstore.Open(context.Background(), "", dir)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil { // writes all into the one file
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, name))
})
