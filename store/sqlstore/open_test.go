package sqlstore

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3/lock"

	"usagebot/reports"
	"usagebot/store/pgtest"
)

func fourThatStartAtOnceMigrateOnce(t *testing.T, server *pgtest.Server) {
	for kind, address := range map[string]string{"SQLite": "", "PostgreSQL": server.NewDatabase(t)} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			atOnce(4, func(int) {
				s, err := Open(t.Context(), address, dir)
				if err != nil {
					t.Errorf("Open: %v", err)
					return
				}
				defer s.Close()
				if _, _, err := s.Deliveries.Overdue(t.Context(), noon()); err != nil {
					t.Errorf("Overdue: %v", err)
				}
			})
			var applied int
			err := openSQL(t, address, dir).read.QueryRowContext(t.Context(), "SELECT count(*) FROM goose_db_version WHERE version_id = 1").Scan(&applied)
			if err != nil || applied != 1 {
				t.Errorf("the first migration was applied %d times, %v", applied, err)
			}
		})
	}
}

func aKilledMigrationIsTakenOver(t *testing.T, server *pgtest.Server) {
	address := server.NewDatabase(t)
	db, err := connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	began := time.Now()
	for _, statement := range []string{
		`CREATE TABLE goose_lock (lock_id BIGINT NOT NULL PRIMARY KEY, locked BOOLEAN NOT NULL, locked_at TIMESTAMPTZ, locked_by TEXT,
			lease_expires_at TIMESTAMPTZ, updated_at TIMESTAMPTZ)`,
		fmt.Sprintf("INSERT INTO goose_lock VALUES (%d, true, now(), 'killed', now() + interval '1 second', now())", lock.DefaultLockID),
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	openSQL(t, address, "") // it fails if it cannot wait for the lease to end
	if took := time.Since(began); took < time.Second {
		t.Errorf("it took %v: the lock of another process was passed over", took)
	}
	var locked bool
	if err := db.QueryRowContext(t.Context(), "SELECT locked FROM goose_lock").Scan(&locked); err != nil || locked {
		t.Errorf("locked afterwards: %v, %v", locked, err)
	}
}

func TestSQLiteFilesAreForThisUserAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a folder?with #odd%20signs", "data")
	s := openSQL(t, "", dir)
	subscribe(t, s, order("oc_a", 1))
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		info, err := file.Info()
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v, %v", file.Name(), info.Mode(), err)
		}
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", info.Mode(), err)
	}
}

func errorsHoldNoPassword(t *testing.T, server *pgtest.Server) {
	const password = "hunter2%2Fsecret"
	right, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	wrong := "postgres://usagebot:" + password + "@" + right.Host + "/"
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ address, dir, want string }{
		"a wrong password":         {wrong + "postgres?sslmode=disable", "", "password authentication failed"},
		"no such database":         {strings.Replace(server.URL(), "/postgres?", "/nowhere?", 1), "", "nowhere"},
		"nobody there":             {"postgres://u:" + password + "@127.0.0.1:1/db", "", "open the database"},
		"an address of no form":    {"postgres://u:" + password + "@ho st:port/db", "", "the address is not postgres://"},
		"an unknown setting":       {wrong + "postgres?sslmode=hunter2", "", "the address is not postgres://"},
		"another kind of database": {"mysql://u:" + password + "@h/db", "", "does not begin with postgres://"},
		"a file for a folder":      {"", file, "open the database"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := Open(t.Context(), tt.address, tt.dir)
			if err == nil {
				_ = s.Close()
				t.Fatal("it opened")
			}
			if text := err.Error(); !strings.Contains(text, tt.want) || strings.Contains(text, "hunter2") || strings.Contains(text, "pgtest-password") {
				t.Errorf("%q, want %q and no password", text, tt.want)
			}
		})
	}
}

func TestPostgreSQLGoesAwayAndComesBack(t *testing.T) {
	t.Parallel()
	for name, pooled := range map[string]bool{"PostgreSQL": false, "behind PgBouncer": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := pgtest.Start(t)
			address := server.NewDatabase(t)
			if pooled {
				address = server.StartPooler(t, "transaction").Address(t, address)
			}
			s := openSQL(t, address, "")
			sub := enterAll(t, s, waiting(1, 0), waiting(2, 0))
			want := claim(t, s, noon(), 1)
			server.Stop()
			if s.Ping(t.Context()) == nil {
				t.Error("a stopped server answers")
			}
			if _, err := s.Deliveries.Claim(t.Context(), noon(), 1, 1); !errors.Is(err, reports.ErrUnavailable) {
				t.Errorf("a stopped server's claim: %v", err)
			}
			server.Restart()
			// The connections that the pool kept are dead; each may cost one call.
			inTime(t, "the database is used again", func() bool { return s.Ping(t.Context()) == nil })
			same(t, "claimed before", want[0], delivery(t, s, sub.ID, want[0].Period.Start.Day))
			same(t, "claimed after", 1, len(claim(t, s, noon(), 9)))
		})
	}
}

// inTime waits for something that takes real time on a real server.
func inTime(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatal("never happened: " + what)
		case <-tick.C:
		}
	}
}
