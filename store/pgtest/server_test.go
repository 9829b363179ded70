package pgtest

import (
	"database/sql"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestServerAnswersStopsAndKeepsItsDatabases(t *testing.T) {
	t.Parallel()
	s := Start(t)
	one, two := s.NewDatabase(t), s.NewDatabase(t)
	if one == two || one == s.URL() {
		t.Fatalf("databases are not apart: %s, %s, %s", one, two, s.URL())
	}
	db, err := sql.Open("pgx", one)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE kept AS SELECT 7 AS n"); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	s.Stop()
	if db.PingContext(t.Context()) == nil {
		t.Fatal("a stopped server answers")
	}
	s.Restart()
	var n int
	if err := db.QueryRowContext(t.Context(), "SELECT n FROM kept").Scan(&n); err != nil || n != 7 {
		t.Fatalf("after a restart: %d, %v, want 7", n, err)
	}
}

func TestPoolerSharesFewConnections(t *testing.T) {
	t.Parallel()
	s := Start(t)
	db, err := sql.Open("pgx", s.StartPooler(t, "transaction").Address(t, s.NewDatabase(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	servers := map[int]bool{}
	for range 5 * poolSize {
		client, err := db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close() // all at the same time
		var pid int
		if err := client.QueryRowContext(t.Context(), "SELECT pg_backend_pid() -- no named statement", pgx.QueryExecModeExec).Scan(&pid); err != nil {
			t.Fatal(err)
		}
		servers[pid] = true
	}
	if len(servers) > poolSize {
		t.Errorf("%d clients used %d connections to the server, want %d at most", 5*poolSize, len(servers), poolSize)
	}
}
